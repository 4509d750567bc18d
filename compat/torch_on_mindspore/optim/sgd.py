"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_at_least_zero, check_rate, descent, like


class SGD(FirstOrder):
    """Gradient descent with momentum, dampening, weight decay and Nesterov's variant; `torch.optim.SGD`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"momentum value": momentum, "weight_decay value": weight_decay})
        if nesterov and (momentum <= 0 or dampening != 0):
            raise invalid(ValueError, "Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
                "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def _keeps_state(self, options: dict[str, Any]) -> bool:
        return bool(options["momentum"])

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        common = (options["lr"], options["maximize"], options["weight_decay"])
        momentum = options["momentum"]
        if not momentum:
            self._formulas.run(plain_descent, parameter, gradient, (), common)
            return
        buffer = state.get("momentum_buffer")
        keep, add = momentum, 1 - options["dampening"]
        if buffer is None:
            # The first gradient is taken whole.
            buffer = state["momentum_buffer"] = like(parameter)
            keep, add = 0, 1
        numbers = (*common, keep, add, momentum if options["nesterov"] else None)
        self._formulas.run(heavy_ball, parameter, gradient, (buffer,), numbers)


def plain_descent(_xp: Any, value: Any, gradient: Any, rate: float, maximize: bool, decay: float) -> None:
    value -= descent(value, gradient, maximize, decay) * rate


def heavy_ball(
    _xp: Any, value: Any, gradient: Any, buffer: Any, rate: float, maximize: bool, decay: float, keep: float, add: float,
    nesterov: float | None,
) -> None:  # fmt: skip
    """`keep` and `add` weigh the old buffer and the new gradient; `nesterov` is the momentum to look ahead with."""
    move = descent(value, gradient, maximize, decay)
    buffer *= keep
    buffer += move if add == 1 else move * add
    value -= (buffer if nesterov is None else move + buffer * nesterov) * rate
