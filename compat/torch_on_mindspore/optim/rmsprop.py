"""RMSprop: steps scaled by a running mean of the squared gradient."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_at_least_zero, check_rate, descent, like, scalar


class RMSprop(FirstOrder):
    """`torch.optim.RMSprop`."""

    def __init__(
        self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
        momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"epsilon value": eps, "momentum value": momentum, "weight_decay value": weight_decay, "alpha value": alpha})
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay,
                "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        state = {"step": scalar(0.0), "square_avg": like(parameter)}
        if options["momentum"] > 0:
            state["momentum_buffer"] = like(parameter)
        if options["centered"]:
            state["grad_avg"] = like(parameter)
        return state

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        self._formulas.increased(parameter, state)
        momentum = options["momentum"]
        kept = (
            state["square_avg"], state["grad_avg"] if options["centered"] else None,
            state["momentum_buffer"] if momentum > 0 else None,
        )  # fmt: skip
        numbers = (options["lr"], options["maximize"], options["weight_decay"], options["alpha"], options["eps"], momentum)
        self._formulas.run(rmsprop, parameter, gradient, kept, numbers)


def rmsprop(
    xp: Any, value: Any, gradient: Any, square: Any, mean: Any, buffer: Any, rate: float, maximize: bool, decay: float,
    alpha: float, eps: float, momentum: float,
) -> None:  # fmt: skip
    """`mean`, of the gradients, and `buffer`, of the momentum, are None where they are not kept."""
    move = descent(value, gradient, maximize, decay)
    square *= alpha
    square += move * move * (1 - alpha)
    if mean is not None:
        mean += (move - mean) * (1 - alpha)
    move = move / (xp.sqrt(square if mean is None else square - mean * mean) + eps)
    if buffer is not None:
        buffer *= momentum
        buffer += move
        move = buffer
    value -= move * rate
