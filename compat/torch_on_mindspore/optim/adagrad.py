"""Adagrad: steps scaled by the sum of all squared gradients."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_at_least_zero, check_rate, descent, like, scalar


class Adagrad(FirstOrder):
    """`torch.optim.Adagrad`."""

    def __init__(
        self, params: Any, lr: float = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero(
            {
                "lr_decay value": lr_decay, "weight_decay value": weight_decay,
                "initial_accumulator_value value": initial_accumulator_value, "epsilon value": eps,
            }
        )  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip
        for group in self.param_groups:
            for parameter in group["params"]:
                self.state[parameter] = self._initial(parameter, group)

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0, options), "sum": like(parameter, self.defaults["initial_accumulator_value"])}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        rate = options["lr"] / (1 + (steps - 1) * options["lr_decay"])
        numbers = (rate, options["maximize"], options["weight_decay"], options["eps"])
        self._formulas.run(adagrad, parameter, gradient, (state["sum"],), numbers)


def adagrad(xp: Any, value: Any, gradient: Any, total: Any, rate: float, maximize: bool, decay: float, eps: float) -> None:
    move = descent(value, gradient, maximize, decay)
    total += move * move
    value -= move / (xp.sqrt(total) + eps) * rate
