"""A training step as MindSpore writes it, over compat.torch's modules: value_and_grad, and what is done to gradients before a step.

compat.torch's autograd computes the gradients. One of a parameter that the loss does not depend on is `Unreached`: zeros as MindSpore's,
which an optimizer of compat.torch passes over, as PyTorch's do where `grad` is None. Functions over all gradients leave it out.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from compat.native.calls import name_after, wrapped
from compat.torch_on_mindspore import autograd, engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.unreached import Unreached, unreached
from compat.torch_on_mindspore.tensor import Tensor

_real = mindspore.value_and_grad
_signature = inspect.signature(_real)


def value_and_grad(*args: Any, **kwargs: Any) -> Callable[..., Any]:
    """MindSpore's value_and_grad: for gradients with respect to weights of compat.torch's its autograd, else MindSpore's own."""
    bound = _signature.bind(*args, **kwargs)
    bound.apply_defaults()
    given = bound.arguments
    weights = given["weights"]
    single = isinstance(weights, Tensor)
    listed = (weights,) if single else () if weights is None else tuple(weights)
    plain = given["grad_position"] is None and not given["return_ids"] and not given.get("sens_param")
    if not (plain and listed and all(isinstance(one, Tensor) for one in listed)):
        found: Callable[..., Any] = wrapped(_real)(*args, **kwargs)
        return found
    function, has_aux = given["fn"], given["has_aux"]

    def called(*arguments: Any, **named: Any) -> Any:
        value = function(*arguments, **named)
        gradients = _gradients(value[0] if has_aux else value, listed)
        return value, gradients[0] if single else gradients

    return called


def _gradients(outputs: Any, weights: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients of the sum of all outputs; RuntimeError, as `backward` has it, where none of them was recorded."""
    roots = outputs if isinstance(outputs, tuple) else (outputs,)
    recorded = tuple(one for one in roots if engine.requires_grad(one)) or roots
    trained = [one for one in weights if engine.requires_grad(one)]
    ones = tuple(mindspore.ops.ones_like(one.detach()) for one in recorded)
    found = iter(autograd.grad(recorded, trained, ones, allow_unused=True))
    gradients = (next(found) if engine.requires_grad(one) else None for one in weights)
    return tuple(unreached(one) if gradient is None else gradient for one, gradient in zip(weights, gradients, strict=True))


def over_gradients(function: Any) -> Callable[..., Any]:
    """`function`, MindSpore's, of a tuple of gradients: of those that the loss reached, while the others stay."""
    plain = wrapped(function)

    @functools.wraps(plain)
    def called(x: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(x, (tuple, list)) or not any(isinstance(one, Unreached) for one in x):
            return plain(x, *args, **kwargs)
        reached = [one for one in x if not isinstance(one, Unreached)]
        found = iter(plain(reached, *args, **kwargs) if reached else ())
        return tuple(one if isinstance(one, Unreached) else next(found) for one in x)

    return called


name_after(value_and_grad, _real)
CLIPPING = ("clip_by_norm", "clip_by_global_norm", "clip_by_value")
BRIDGED: Mapping[str, Callable[..., Any]] = {
    "mindspore.value_and_grad": value_and_grad,
    **{f"mindspore.ops.{name}": over_gradients(getattr(mindspore.ops, name)) for name in CLIPPING},
}
