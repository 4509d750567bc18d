"""Rprop: a step size for each element, which grows while the gradient keeps its sign."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_rate, like, scalar


class Rprop(FirstOrder):
    """`torch.optim.Rprop`."""

    def __init__(
        self, params: Any, lr: float = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise invalid(ValueError, f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(
            params,
            {
                "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "prev": like(parameter), "step_size": like(parameter, options["lr"])}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        self._formulas.increased(parameter, state)
        numbers = (options["maximize"], *options["etas"], *options["step_sizes"])
        self._formulas.run(rprop, parameter, gradient, (state["prev"], state["step_size"]), numbers)


def rprop(
    xp: Any, value: Any, gradient: Any, previous: Any, size: Any, maximize: bool, shrink: float, grow: float, least: float, most: float,
) -> None:  # fmt: skip
    move = -gradient if maximize else gradient
    agreement = move * previous
    turned = agreement < 0
    size *= xp.where(agreement > 0, grow, xp.where(turned, shrink, 1.0))
    size[...] = size.clip(least, most)
    previous[...] = xp.where(turned, 0.0, move)
    value -= xp.sign(previous) * size
