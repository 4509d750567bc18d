"""softmax and its relatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, random, reductions
from compat.torch_on_mindspore.arithmetic import NARROW
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional import pointwise
from compat.torch_on_mindspore.functional.pointwise import check_floating
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import as_tensor, cast, normal_dim

ops = mindspore.ops


def implicit_dim(name: str, ndim: int) -> int:
    """The dimension that an old call without `dim` means."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax_along(input: Any, dim: int, dtype: Any = None) -> Any:
    """exp(input), scaled to sum to 1 along `dim`; `torch.softmax`."""
    return along(exponentials, "softmax", input, dim, dtype)


def log_softmax_along(input: Any, dim: int, dtype: Any = None) -> Any:
    """The logarithm of softmax; `torch.log_softmax`."""
    return along(logarithms, "log_softmax", input, dim, dtype)


def along(native: Callable[..., Any], kernel: str, input: Any, dim: int, dtype: Any) -> Any:
    """`native` in `dtype`; a narrow dtype passes through float32, and a 0-d input is one row."""
    input = input if dtype is None else cast(input, dtype)
    dim = normal_dim(input, dim)
    check_floating(f"{kernel}_lastdim_kernel_impl" if dim == max(input.ndim - 1, 0) else f"{kernel}_kernel_impl", input)
    if not input.numel():
        return input * 1
    given = input.dtype
    wide = cast(input, dtypes.float32) if given in NARROW else input
    found = native(wide, dim) if wide.ndim else native(wide.reshape(1), 0).reshape(())
    return cast(as_tensor(found), given)


def exponentials(input: Any, dim: int) -> Any:
    return where_defined(softmax_kernel, input, dim)


def softmax_kernel(input: Any, dim: int) -> Any:
    return pointwise.Softmax.apply(input) if dim == input.ndim - 1 else derived(ops.softmax(input, dim), shares_gradient, input, dim)


def where_defined(kernel: Callable[..., Any], input: Any, dim: int) -> Any:
    """`kernel(input, dim)`, all nan along `dim` where the input has nan or +inf there, or nothing but -inf.

    MindSpore's kernels leave numbers, and uninitialised memory, beside the nan, and get the rows that follow such a one wrong.
    """
    array = input.asnumpy()
    with np.errstate(all="ignore"):
        if np.isfinite(array.sum()):
            return kernel(input, dim)
        largest = array.max(dim, keepdims=True)
    defined = np.isfinite(largest)
    if defined.all():
        return kernel(input, dim)
    without = mindspore.Tensor(np.broadcast_to(~defined, array.shape).copy())
    factors = mindspore.Tensor(np.where(defined, array.dtype.type(1), array.dtype.type(np.nan)))
    found = kernel(as_tensor(ops.where(without, ops.zeros_like(input), input)), dim)
    return ops.where(without, ops.mul(input, factors), found)


def shares_gradient(gradient: Any, input: Any, dim: int) -> tuple[Any]:
    shares = softmax_along(as_tensor(input), dim)
    return (shares * (gradient - reductions.sum(gradient * shares, dim, True)),)


def logarithms(input: Any, dim: int) -> Any:
    if input.dtype != dtypes.float64:
        return where_defined(log_softmax_kernel, input, dim)
    # MindSpore's kernel gives float32's digits
    return input - reductions.logsumexp(input, dim, True)


def log_softmax_kernel(input: Any, dim: int) -> Any:
    return derived(ops.log_softmax(input, dim), logarithms_gradient, input, dim)


def logarithms_gradient(gradient: Any, input: Any, dim: int) -> tuple[Any]:
    return (gradient - softmax_along(input, dim) * reductions.sum(gradient, dim, True),)


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    return softmax_along(input, implicit_dim("softmax", input.ndim) if dim is None else dim, dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    return softmax_along(-input, implicit_dim("softmin", input.ndim) if dim is None else dim, dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    return log_softmax_along(input, implicit_dim("log_softmax", input.ndim) if dim is None else dim, dtype)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """softmax((logits + Gumbel noise of PyTorch's stream) / tau); with `hard` one-hot, with the gradient of the soft one."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    if logits.dtype.category != dtypes.FLOAT:
        raise invalid(
            RuntimeError,
            f"Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified {logits.dtype.tensor_type}",
        )
    drawn = -np.log1p(-random.default_generator.fractions(logits.numel(), double=True))
    noise = random.stored(-np.log(drawn), tuple(logits.shape), logits.dtype)
    soft = softmax_along((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = creation.one_hot(soft.argmax(dim), soft.shape[dim]).movedim(-1, dim).to(soft.dtype)
    return chosen - soft.detach() + soft


adopt_in(globals())
