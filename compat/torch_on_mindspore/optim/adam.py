"""Adam and its relatives: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

import math
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.engine import mindspore
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

TENSOR_AND_FOREACH = "{} as a Tensor is not supported for capturable=False and foreach=True"


class Adam(FirstOrder):
    """Adam; with `decoupled_weight_decay`, AdamW; `torch.optim.Adam`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, mindspore.Tensor) and foreach and not capturable:
            raise invalid(ValueError, TENSOR_AND_FOREACH.format("lr"))
        check_rate(lr)
        check_at_least_zero({"epsilon value": eps})
        check_betas(betas)
        check_at_least_zero({"weight_decay value": weight_decay})
        self._check_kinds(betas, bool(foreach) and not capturable)
        super().__init__(
            params,
            {
                "lr": lr, "betas": tuple(one.squeeze() if isinstance(one, mindspore.Tensor) and one.ndim else one for one in betas),
                "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize, "foreach": foreach,
                "capturable": capturable, "differentiable": differentiable, "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )  # fmt: skip

    def _check_kinds(self, betas: Any, numbers_only: bool) -> None:
        if all(isinstance(one, float) for one in betas):
            return
        if not all(isinstance(one, mindspore.Tensor) for one in betas):
            raise invalid(ValueError, "betas must be either both floats or both Tensors")
        for number, one in enumerate(betas):
            if numbers_only:
                raise invalid(ValueError, TENSOR_AND_FOREACH.format(f"betas[{number}]"))
            if one.numel() != 1:
                raise invalid(ValueError, f"Tensor betas[{number}] must be 1-element")

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        state = {"step": scalar(0.0, options), "exp_avg": like(parameter), "exp_avg_sq": like(parameter)}
        return {**state, "max_exp_avg_sq": like(parameter)} if options["amsgrad"] else state

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        first, second = options["betas"]
        rate, decay = options["lr"], options["weight_decay"]
        kept = (state["exp_avg"], state["exp_avg_sq"], state["max_exp_avg_sq"] if options["amsgrad"] else None)
        shrink = 1 - rate * decay if decay and options["decoupled_weight_decay"] else None
        numbers = (
            options["maximize"], decay if shrink is None else 0, shrink, first, second, rate / bias(first, steps),
            math.sqrt(bias(second, steps)), options["eps"],
        )  # fmt: skip
        self._formulas.run(adam, parameter, gradient, kept, numbers)


class AdamW(Adam):
    """Adam with the weight decay taken off the parameters, not added to the gradients; `torch.optim.AdamW`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def means(value: Any, gradient: Any, mean: Any, square: Any, maximize: bool, decay: float, first: float, second: float) -> Any:
    """Update both running means; returns the direction that they took in."""
    move = descent(value, gradient, maximize, decay)
    mean += (move - mean) * (1 - first)
    square *= second
    square += move * move * (1 - second)
    return move


def adam(
    xp: Any, value: Any, gradient: Any, mean: Any, square: Any, largest: Any, maximize: bool, decay: float,
    shrink: float | None, first: float, second: float, rate: float, spread: float, eps: float,
) -> None:  # fmt: skip
    """`shrink` is what the decoupled weight decay leaves of the value, if it is on; `largest` is AMSGrad's, None without it.

    `rate` and `spread` hold the bias corrections.
    """
    if shrink is not None:
        value *= shrink
    means(value, gradient, mean, square, maximize, decay, first, second)
    if largest is not None:
        largest[...] = xp.maximum(largest, square)
    value -= mean / (xp.sqrt(square if largest is None else largest) / spread + eps) * rate
