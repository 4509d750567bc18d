"""Adadelta: steps in the units of the parameters, by running means of both squared gradients and squared steps."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.optim.first_order import (
    CAPTURABLE_DEVICES,
    FirstOrder,
    check_at_least_zero,
    check_rate,
    descent,
    like,
    scalar,
)


class Adadelta(FirstOrder):
    """`torch.optim.Adadelta`."""

    capturable_devices = CAPTURABLE_DEVICES[:-1]

    def __init__(
        self, params: Any, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        if not 0.0 <= rho <= 1.0:
            raise invalid(ValueError, f"Invalid rho value: {rho}")
        check_at_least_zero({"epsilon value": eps, "weight_decay value": weight_decay})
        super().__init__(
            params,
            {
                "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
                "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "square_avg": like(parameter), "acc_delta": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        self._formulas.increased(parameter, state)
        numbers = (options["lr"], options["maximize"], options["weight_decay"], options["rho"], options["eps"])
        self._formulas.run(adadelta, parameter, gradient, (state["square_avg"], state["acc_delta"]), numbers)


def adadelta(
    xp: Any, value: Any, gradient: Any, squares: Any, steps: Any, rate: float, maximize: bool, decay: float, rho: float, eps: float,
) -> None:  # fmt: skip
    """`squares` and `steps` are the running means of the squared gradients and of the squared steps."""
    move = descent(value, gradient, maximize, decay)
    squares *= rho
    squares += move * move * (1 - rho)
    step = xp.sqrt(steps + eps) / xp.sqrt(squares + eps) * move
    steps *= rho
    steps += step * step * (1 - rho)
    value -= step * rate
