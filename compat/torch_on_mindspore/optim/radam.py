"""RAdam: Adam that does without the mean square until enough steps make it reliable."""

from __future__ import annotations

import math
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


class RAdam(FirstOrder):
    """`torch.optim.RAdam`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"epsilon value": eps})
        check_betas(betas)
        check_at_least_zero({"weight_decay value": weight_decay})
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "foreach": foreach,
                "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "exp_avg": like(parameter), "exp_avg_sq": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        first, second = options["betas"]
        rate, decay = options["lr"], options["weight_decay"]
        shrink = 1 - rate * decay if decay and options["decoupled_weight_decay"] else None
        rate /= bias(first, steps)
        # how many values the mean square is worth, in the long run and now
        most = 2 / (1 - second) - 1
        worth = most - 2 * steps * second**steps / bias(second, steps)
        reliable = worth > 5.0
        if reliable:
            rate *= math.sqrt((worth - 4) * (worth - 2) * most / ((most - 4) * (most - 2) * worth)) * math.sqrt(bias(second, steps))
        numbers = (options["maximize"], decay if shrink is None else 0, shrink, first, second, rate, reliable, options["eps"])
        self._formulas.run(radam, parameter, gradient, (state["exp_avg"], state["exp_avg_sq"]), numbers)


def radam(
    xp: Any, value: Any, gradient: Any, mean: Any, square: Any, maximize: bool, decay: float, shrink: float | None,
    first: float, second: float, rate: float, reliable: bool, eps: float,
) -> None:  # fmt: skip
    if shrink is not None:
        value *= shrink
    means(value, gradient, mean, square, maximize, decay, first, second)
    value -= (mean / (xp.sqrt(square) + eps) if reliable else mean) * rate
