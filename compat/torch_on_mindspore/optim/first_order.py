"""What the optimizers share that take one step per call, each parameter by its own gradient and state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, creation, dtypes, engine, storage
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.base import Optimizer
from compat.torch_on_mindspore.optim.formulas import Formulas
from compat.torch_on_mindspore.tensor import Tensor

# what a group from an older checkpoint may lack, with the meaning that it had then
LATER_OPTIONS = {
    "amsgrad": False, "capturable": False, "decoupled_weight_decay": False, "differentiable": False, "foreach": None,
    "fused": None, "maximize": False, "nesterov": False,
}  # fmt: skip
CAPTURABLE_DEVICES = ["cuda", "xpu", "hpu", "privateuseone", "xla"]


class FirstOrder(Optimizer):
    """A subclass says what state a parameter starts with, and how one step moves it."""

    counters: tuple[str, ...] = ("step",)  # state that such a checkpoint may hold as Python numbers
    captured = "params and state_steps"  # what PyTorch's error about `capturable` names
    capturable_devices = CAPTURABLE_DEVICES

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        super().__init__(params, defaults)
        if defaults.get("fused") and defaults.get("differentiable"):
            raise invalid(RuntimeError, "`fused` does not support `differentiable`")
        if defaults.get("fused") and defaults.get("foreach"):
            raise invalid(RuntimeError, "`fused` and `foreach` cannot be `True` together.")
        if defaults.get("differentiable"):
            raise UnsupportedArgument(f"torch.optim.{type(self).__name__}", "differentiable", True, "False")
        self._formulas = Formulas()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._formulas = Formulas()
        for group in self.param_groups:
            for name in LATER_OPTIONS.keys() & self.defaults.keys():
                group.setdefault(name, LATER_OPTIONS[name])
            for parameter in group["params"]:
                kept = self.state.get(parameter) or {}
                for name in self.counters:
                    if name in kept and not isinstance(kept[name], mindspore.Tensor):
                        kept[name] = scalar(float(kept[name]))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; return what `closure` returns."""
        loss = None
        if closure is not None:
            with autograd.enable_grad():
                loss = closure()
        moved = []
        with autograd.no_grad(), np.errstate(all="ignore"):
            for group in self.param_groups:
                options = {name: value if name == "params" else plain(value) for name, value in group.items()}
                for parameter in group["params"]:
                    gradient = engine.grad(parameter)
                    if gradient is None:
                        continue
                    state = self.state[parameter] if self._keeps_state(options) else {}
                    if not state:
                        self._check(parameter, options)
                        state.update(self._initial(parameter, options))
                    if options.get("capturable") and not options.get("fused"):
                        raise invalid(
                            AssertionError,
                            f"If capturable=True, {self.captured} must be on supported devices: {self.capturable_devices}.",
                        )
                    self._move(parameter, gradient, state, options)
                    moved.append(parameter)
        note_writes(moved)
        return loss

    def _check(self, parameter: Any, options: dict[str, Any]) -> None:
        """Refuse a parameter on its first step, where PyTorch does."""
        if options.get("fused") and dtypes.OF[parameter.dtype].category != dtypes.FLOAT:
            raise invalid(
                RuntimeError,
                "`fused=True` requires all the params to be floating point Tensors of supported devices: "
                f"['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone'] but {parameter.dtype} and {parameter.device.type}",
            )

    def _keeps_state(self, options: dict[str, Any]) -> bool:
        return True

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        """The state before the first step."""
        raise NotImplementedError

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        """Move one parameter; `options` are its group's, tensors read as numbers."""
        raise NotImplementedError


def note_writes(tensors: list[Any]) -> None:
    """Advance the versions of `tensors`, and of what shares their storage: most share it with nothing."""
    alone = []
    for one in tensors:
        if storage.is_shared(one):
            storage.note_write(one)
            storage.renew(one)
        else:
            alone.append(one)
    engine.bump_versions(alone)


def plain(value: Any) -> Any:
    """A tensor of one element as a Python number, also within a tuple."""
    if isinstance(value, mindspore.Tensor):
        return value.item()
    return tuple(map(plain, value)) if isinstance(value, tuple) else value


def scalar(value: float, options: dict[str, Any] | None = None) -> Tensor:
    """A 0-d tensor as PyTorch keeps counters in: float32, or float64 where that is the default and the step isn't fused."""
    wide = dtypes.get_default_dtype() == dtypes.float64 and not (options and options.get("fused"))
    return creation.tensor(value, dtype=dtypes.float64 if wide else dtypes.float32)


def like(parameter: Any, value: float = 0.0) -> Tensor:
    """A new tensor of the parameter's shape and dtype that holds `value`, in both parts of a complex number."""
    kind = dtypes.OF[parameter.dtype]
    number = complex(value, value) if kind.category == dtypes.COMPLEX else value
    return creation.full(tuple(parameter.shape), number, dtype=kind)


def check_rate(lr: Any) -> None:
    if isinstance(lr, mindspore.Tensor) and lr.numel() != 1:
        raise invalid(ValueError, "Tensor lr must be 1-element")
    check_at_least_zero({"learning rate": lr})


def check_at_least_zero(options: dict[str, Any]) -> None:
    """ValueError, in PyTorch's words, for the first that is less than 0 or not a number."""
    for name, value in options.items():
        if not value >= 0.0:
            raise invalid(ValueError, f"Invalid {name}: {value}")


def check_betas(betas: Any) -> None:
    for number in (0, 1):
        if not 0.0 <= betas[number] < 1.0:
            raise invalid(ValueError, f"Invalid beta parameter at index {number}: {betas[number]}")


def descent(value: Any, gradient: Any, maximize: bool, decay: float) -> Any:
    """The direction to leave `value` in: the gradient, turned around to climb, with the weight decay added."""
    move = -gradient if maximize else gradient
    return move + value * decay if decay else move


def bias(beta: float, steps: float) -> float:
    """The share that a running mean of `steps` values, started at 0, has of its full weight."""
    return float(1 - beta**steps)
