"""Adamax: Adam with the largest recent gradient in the place of the mean square."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.optim.first_order import (
    FirstOrder,
    bias,
    check_at_least_zero,
    check_betas,
    check_rate,
    descent,
    like,
    scalar,
)


class Adamax(FirstOrder):
    """`torch.optim.Adamax`."""

    def __init__(
        self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"epsilon value": eps})
        check_betas(betas)
        check_at_least_zero({"weight_decay value": weight_decay})
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "exp_avg": like(parameter), "exp_inf": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        first, second = options["betas"]
        numbers = (options["maximize"], options["weight_decay"], first, second, options["lr"] / bias(first, steps), options["eps"])
        self._formulas.run(adamax, parameter, gradient, (state["exp_avg"], state["exp_inf"]), numbers)


def adamax(
    xp: Any, value: Any, gradient: Any, mean: Any, largest: Any, maximize: bool, decay: float, first: float, second: float,
    rate: float, eps: float,
) -> None:  # fmt: skip
    move = descent(value, gradient, maximize, decay)
    mean += (move - mean) * (1 - first)
    largest[...] = xp.maximum(largest * second, xp.abs(move) + eps)
    value -= mean / largest * rate
