"""The methods that change a tensor: computed out of place, then written to its storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, dtypes, engine, indexing, random
from compat.torch_on_mindspore.arithmetic import TABLED, is_tensor
from compat.torch_on_mindspore.operations import IN_PLACE
from compat.torch_on_mindspore.storage import check_writable, write
from compat.torch_on_mindspore.tensor import Tensor

# the method without its underscore → the operation
OPERATIONS: dict[str, Callable[..., Any]] = {
    **IN_PLACE,
    "add": arithmetic.add,
    "sub": arithmetic.sub,
    "mul": arithmetic.mul,
    "div": arithmetic.div,
    "floor_divide": arithmetic.floor_divide,
    "remainder": arithmetic.remainder,
    "pow": arithmetic.pow,
    "neg": arithmetic.neg,
    "abs": arithmetic.abs,
    "clamp": arithmetic.clamp,
    "masked_fill": indexing.masked_fill,
    "bitwise_and": TABLED["bitwise_and"],
    "bitwise_or": TABLED["bitwise_or"],
    "bitwise_xor": TABLED["bitwise_xor"],
    **{
        name: TABLED[name]
        for name in (
            "exp",
            "log",
            "sqrt",
            "rsqrt",
            "relu",
            "sigmoid",
            "tanh",
            "square",
            "floor",
            "ceil",
            "round",
            "reciprocal",
        )
    },
}


def _written(name: str, operation: Callable[..., Any]) -> Callable[..., Tensor]:
    """The in-place method of `operation`."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check_writable(self)
        # The recorded operation keeps its input, which the write changes: it gets a copy.
        recorded = engine.grad_enabled() and any(map(engine.requires_grad, (self, *filter(is_tensor, args))))
        return store(self, operation(self.clone() if recorded else self, *args, **kwargs))

    method.__name__ = method.__qualname__ = name
    return method


def store(target: Tensor, result: Any) -> Tensor:
    """Write `result`; RuntimeError when its category or its shape is more than `target` holds."""
    if not dtypes.can_cast(result.dtype, target.dtype):
        raise invalid(
            RuntimeError,
            f"result type {result.dtype.tensor_type} can't be cast to the desired output type {target.dtype.tensor_type}",
        )
    if tuple(result.shape) != tuple(target.shape):
        raise invalid(
            RuntimeError,
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(result.shape)}",
        )
    return write(target, result)


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Take the elements of `src`, broadcast and cast."""
    return write(self, src)


def fill_(self: Tensor, value: Any) -> Tensor:
    return write(self, value)


def zero_(self: Tensor) -> Tensor:
    return write(self, 0)


def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None) -> Tensor:
    """Numbers of PyTorch's stream in [from, to)."""
    check_writable(self)
    return write(self, random.uniform_numbers(tuple(self.shape), self.dtype, from_, to, generator))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Normal numbers of PyTorch's stream."""
    check_writable(self)
    if std < 0:
        raise invalid(RuntimeError, f"normal expects std >= 0.0, but found std {std}")
    return write(self, random.normal_numbers(tuple(self.shape), self.dtype, mean, std, generator))


def random_(self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Any = None) -> Tensor:
    """Integers of PyTorch's stream: `random_()`, `random_(to)` or `random_(from, to)`."""
    check_writable(self)
    low, high = (from_ or 0, to) if to is not None or from_ is None else (0, from_)
    return write(self, random.integer_numbers(tuple(self.shape), self.dtype, low, high, generator))


def bernoulli_(self: Tensor, p: float = 0.5, *, generator: Any = None) -> Tensor:
    check_writable(self)
    return write(self, random.bernoulli_numbers(tuple(self.shape), self.dtype, p, generator))


METHODS: dict[str, Callable[..., Any]] = {
    **{f"{name}_": _written(f"{name}_", operation) for name, operation in OPERATIONS.items()},
    **{made.__name__: made for made in (copy_, fill_, zero_, uniform_, normal_, random_, bernoulli_)},
}
