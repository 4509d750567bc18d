"""NAdam: Adam with Nesterov momentum."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.optim.adam import means
from compat.torch_on_mindspore.optim.first_order import (
    FirstOrder,
    bias,
    check_at_least_zero,
    check_betas,
    check_rate,
    like,
    scalar,
)


class NAdam(FirstOrder):
    """`torch.optim.NAdam`."""

    counters = ("step", "mu_product")
    captured = "params, mu_products and state_steps"

    def __init__(
        self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"epsilon value": eps})
        check_betas(betas)
        check_at_least_zero({"weight_decay value": weight_decay, "momentum_decay value": momentum_decay})
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
                "capturable": capturable, "differentiable": differentiable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "mu_product": scalar(1.0), "exp_avg": like(parameter), "exp_avg_sq": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        first, second = options["betas"]
        rate, decay = options["lr"], options["weight_decay"]
        now, then = (first * (1.0 - 0.5 * 0.96 ** (count * options["momentum_decay"])) for count in (steps, steps + 1))
        product = self._formulas.changed(parameter, state, "mu_product", lambda number: number * now)
        shrink = 1 - rate * decay if decay and options["decoupled_weight_decay"] else None
        numbers = (
            options["maximize"], decay if shrink is None else 0, shrink, first, second, rate * (1.0 - now) / (1.0 - product),
            rate * then / (1.0 - product * then), bias(second, steps), options["eps"],
        )  # fmt: skip
        self._formulas.run(nadam, parameter, gradient, (state["exp_avg"], state["exp_avg_sq"]), numbers)


def nadam(
    xp: Any, value: Any, gradient: Any, mean: Any, square: Any, maximize: bool, decay: float, shrink: float | None,
    first: float, second: float, rate: float, ahead: float, correction: float, eps: float,
) -> None:  # fmt: skip
    """`rate` weighs the gradient and `ahead` its running mean."""
    # PyTorch adds the undecoupled weight decay after it has taken the decoupled one off; only one of them is on.
    if shrink is not None:
        value *= shrink
    move = means(value, gradient, mean, square, maximize, decay, first, second)
    value -= (move * rate + mean * ahead) / (xp.sqrt(square / correction) + eps)
