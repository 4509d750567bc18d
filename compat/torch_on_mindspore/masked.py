"""torch.masked: reductions and normalisations over the elements where a mask is true.

What is masked out is replaced by the identity of the operation, the number that changes no result, and stays out of the gradient.
"""

from __future__ import annotations

import math
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import creation, cumulative, dtypes, indexing, norms, reductions, special, statistics
from compat.torch_on_mindspore.arithmetic import TABLED, div, neg, sub
from compat.torch_on_mindspore.comparison import maximum
from compat.torch_on_mindspore.functional import softmax as softmaxes
from compat.torch_on_mindspore.reductions import Dims, dims_of
from compat.torch_on_mindspore.tensor import Tensor, cast

NO_MASKED_TENSOR = "torch.masked.MaskedTensor: a tensor that carries a mask has no implementation on MindSpore here; pass mask= instead"


# --- masks and identities ---


def lowest(name: str, kind: Any) -> Any:
    """The smallest number of a dtype; NotImplementedError of bool, TypeError of complex dtypes."""
    return extreme(name, kind, -1)


def highest(name: str, kind: Any) -> Any:
    """The largest number of a dtype; NotImplementedError of bool, TypeError of complex dtypes."""
    return extreme(name, kind, 1)


def extreme(name: str, kind: Any, sign: int) -> Any:
    if kind.category == dtypes.FLOAT:
        return sign * math.inf
    if kind == dtypes.bool_:
        raise invalid(NotImplementedError, f"identity of {name} on torch.bool input")
    if kind.category != dtypes.INTEGER:
        raise invalid(TypeError, f"identity of {name} on {kind} input: complex numbers have no order")
    bits = 8 * kind.itemsize - kind.is_signed
    return 2**bits - 1 if sign > 0 else -(2**bits) * kind.is_signed


def mask_for(input: Any, mask: Any) -> Any:
    """The mask as booleans in the shape of `input`; IndexError when it has more dimensions, RuntimeError when it can't be broadcast."""
    if mask.ndim > input.ndim:
        raise invalid(IndexError, "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
    booleans = cast(mask, dtypes.bool_)
    return booleans if tuple(mask.shape) == tuple(input.shape) else booleans.expand(tuple(input.shape))


def kept(input: Any, mask: Any, identity: Any) -> Any:
    """`input` with `identity()` where the mask is false."""
    return input if mask is None else indexing.masked_fill(input, ~mask_for(input, mask), identity())


def count_of(input: Any, mask: Any, dim: Dims, keepdim: bool) -> Any:
    """How many elements each result is computed from."""
    counted = creation.ones_like(input, dtype=dtypes.int64) if mask is None else mask_for(input, mask)
    return reductions.sum(counted, dim, keepdim, dtype=dtypes.int64)


def in_dtype(input: Any, dtype: Any) -> Any:
    return input if dtype is None else cast(input, dtype)


def ordinary(input: Any, dim: Dims) -> tuple[int, ...]:
    """The dimensions counted from the front; RuntimeError when one appears twice."""
    if isinstance(dim, (tuple, list)):
        found = [one % input.ndim if input.ndim and -input.ndim <= one < input.ndim else one for one in dim]
        for one in found:
            if found.count(one) > 1:
                raise invalid(RuntimeError, f"dim={one} appears multiple times in the list of dims")
    return dims_of(input, dim)


def along(input: Any, dim: Any) -> int:
    """The first of the dimensions meant."""
    return min(ordinary(input, dim), default=0)


def as_one(name: str, dim: Any) -> int | None:
    if dim is not None and not isinstance(dim, int):
        raise invalid(TypeError, f"{name}(): argument 'dim' (position 2) must be int, not {type(dim).__name__}")
    return dim


# --- reductions ---


def sum(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The sum, 0 of nothing; integers and booleans add up in int64 unless told."""
    dims = ordinary(input, dim)
    return reductions.sum(kept(in_dtype(input, dtype), mask, lambda: 0), dims, keepdim, dtype=dtype)


def prod(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The product, 1 of nothing; of integers and booleans in int64."""
    dims = ordinary(input, dim)
    found: Tensor = kept(in_dtype(input, dtype), mask, lambda: 1)
    if not dims:
        return reductions.prod(found)
    for at in sorted(dims, reverse=True):
        found = reductions.prod(found, at, keepdim)
    return found


def amax(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The largest element; of nothing the smallest number of the dtype."""
    x = in_dtype(input, dtype)
    return reductions.amax(kept(x, mask, lambda: lowest("amax", x.dtype)), ordinary(input, dim), keepdim)


def amin(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The smallest element; of nothing the largest number of the dtype."""
    x = in_dtype(input, dtype)
    return reductions.amin(kept(x, mask, lambda: highest("amin", x.dtype)), ordinary(input, dim), keepdim)


def argmax(input: Any, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The place of the largest element, in the dtype of `input` or `dtype`, as PyTorch has it."""
    x = in_dtype(input, dtype)
    found = reductions.argmax(kept(x, mask, lambda: lowest("argmax", x.dtype)), as_one("argmax", dim), keepdim)
    result: Tensor = cast(found, x.dtype)
    return result


def argmin(input: Any, dim: int | None = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The place of the smallest element, in the dtype of `input` or `dtype`, as PyTorch has it."""
    x = in_dtype(input, dtype)
    found = reductions.argmin(kept(x, mask, lambda: highest("argmin", x.dtype)), as_one("argmin", dim), keepdim)
    result: Tensor = cast(found, x.dtype)
    return result


def mean(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The mean, NaN of nothing; ValueError for integers and booleans without a floating-point `dtype`."""
    x = in_dtype(input, dtype)
    if x.dtype.category < dtypes.FLOAT:
        what = "Input" if dtype is None else "Optional"
        raise invalid(
            ValueError,
            f"mean(): Could not infer output dtype. {what} dtype must be either a floating point or complex dtype. Got: {x.dtype}",
        )
    dims = dims_of(x, dim)
    if mask is None:
        return reductions.mean(x, dims, keepdim)
    total = reductions.sum(kept(x, mask, lambda: 0), dims, keepdim)
    return div(total, cast(count_of(x, mask, dims, keepdim), x.dtype))


def median(input: Any, dim: Dims = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The lower median of the numbers along one dimension, the first of several; of nothing NaN.

    A `dtype` changes only the result of integers, as in PyTorch. ValueError where an integer median would be that of nothing.
    """
    x = input if input.dtype.category == dtypes.FLOAT else in_dtype(input, dtype)
    at = along(input, dim)
    if x.dtype.category == dtypes.FLOAT:
        found: Tensor = statistics.nanmedian(kept(x, mask, lambda: math.nan), at, keepdim).values
        return found
    numbers = x if x.dtype.category != dtypes.COMPLEX else x.real
    found = statistics.nanmedian(kept(cast(numbers, dtypes.float32), mask, lambda: math.nan), at, keepdim).values
    if bool(found.isnan().any()):
        raise invalid(ValueError, "masked median expects no fully masked out rows if dtype is not floating point")
    rounded: Tensor = cast(found, x.dtype)
    return rounded


def logsumexp(input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of the sum of exponentials, in the dtype of `input` or `dtype`; -∞ of nothing."""
    x = in_dtype(input, dtype)
    identity = (lambda: -math.inf) if x.dtype.category == dtypes.COMPLEX else (lambda: lowest("logsumexp", x.dtype))
    found: Tensor = cast(reductions.logsumexp(kept(x, mask, identity), ordinary(x, dim), keepdim), x.dtype)
    return found


def logaddexp(input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Tensor:
    """The logarithm of the sum of two exponentials, of which each may be masked out."""
    x, y = in_dtype(input, dtype), in_dtype(other, dtype)
    kind = x.dtype
    pair = [kept(one, mask, lambda: lowest("logaddexp", kind)) for one, mask in ((x, input_mask), (y, other_mask))]
    found: Tensor = special.logaddexp(*pair)
    return found


def norm(
    input: Any, ord: float | None = 2.0, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Tensor:  # fmt: skip
    """The vector norm of degree `ord`; what is masked out counts as 0, for -∞ as ∞."""
    x, degree = in_dtype(input, dtype), 2.0 if ord is None else ord
    if isinstance(degree, str):
        raise invalid(TypeError, "linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
    if degree == -math.inf and x.dtype.category != dtypes.FLOAT:
        raise invalid(AssertionError, f"input must be floating point, got {x.dtype}")
    identity = math.inf if degree == -math.inf else 0
    return norms.vector_norm(kept(x, mask, lambda: identity), degree, ordinary(x, dim), keepdim)


def var(
    input: Any, dim: Dims = None, unbiased: bool | None = None, *, correction: float | None = None, keepdim: bool = False,
    dtype: Any = None, mask: Any = None,
) -> Tensor:  # fmt: skip
    """The variance with `correction` degrees of freedom taken off, 1 unless told; NaN of nothing. Integers become float32."""
    if unbiased is not None and correction is not None:
        raise invalid(AssertionError, "Only one of unbiased and correction may be given")
    off = (1.0 if unbiased is None else float(unbiased)) if correction is None else correction
    x = in_dtype(input, dtype)
    if x.dtype == dtypes.bool_:
        raise invalid(RuntimeError, "Subtraction, the `-` operator, with a bool tensor is not supported.")
    if x.dtype.category < dtypes.FLOAT:
        x = cast(x, dtypes.get_default_dtype())
    dims = dims_of(x, dim)
    count = cast(count_of(x, mask, dims, True), x.dtype)
    middle = div(reductions.sum(kept(x, mask, lambda: 0), dims, True), count)
    apart = sub(x, middle)
    total = reductions.sum(kept(apart * apart.conj(), mask, lambda: 0), dims, keepdim)
    left = count if keepdim else count.reshape(tuple(total.shape))
    if off:
        left = freedom(left, off)
    return div(total, left)


def freedom(count: Any, off: float) -> Any:
    """The degrees of freedom that are left, 0 at least."""
    left = sub(count, off)
    return maximum(left, creation.zeros_like(left)) if left.dtype.category == dtypes.FLOAT else left


def std(
    input: Any, dim: Dims = None, unbiased: bool | None = None, *, correction: float | None = None, keepdim: bool = False,
    dtype: Any = None, mask: Any = None,
) -> Tensor:  # fmt: skip
    """The square root of `var`."""
    found = var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask)
    root: Tensor = TABLED["sqrt"](found)
    return root


# --- in the shape of the input ---


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The running sum, in the dtype of `input` or `dtype`; what is masked out adds nothing."""
    x = in_dtype(input, dtype)
    return cumulative.cumsum(kept(x, mask, lambda: 0), along(x, dim), dtype=x.dtype)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The running product, in the dtype of `input` or `dtype`; what is masked out multiplies by 1."""
    x = in_dtype(input, dtype)
    return cumulative.cumprod(kept(x, mask, lambda: 1), along(x, dim), dtype=x.dtype)


def softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Exponentials divided by their sum along `dim`, 0 where the mask is false; NaN where it is false everywhere."""
    x = in_dtype(input, dtype)
    found: Tensor = softmaxes.softmax_along(kept(x, mask, lambda: lowest("amax", x.dtype)), along(x, dim))
    return found


def log_softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of `softmax`."""
    x = in_dtype(input, dtype)
    found: Tensor = softmaxes.log_softmax_along(kept(x, mask, lambda: lowest("amax", x.dtype)), along(x, dim))
    return found


def softmin(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """`softmax` of the negated input."""
    x = in_dtype(input, dtype)
    found: Tensor = softmaxes.softmax_along(neg(kept(x, mask, lambda: highest("amin", x.dtype))), along(x, dim))
    return found


def normalize(input: Any, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Tensor:
    """`input` divided by its norm along `dim`, at least `eps`; 0 where the mask is false."""
    x = in_dtype(input, dtype)
    size = norm(x, ord, dim, keepdim=True, mask=mask)
    divisor = maximum(size, creation.full((), eps, dtype=size.dtype))
    return div(kept(x, mask, lambda: 0), divisor)


# --- tensors that carry a mask ---


class MaskedTensor:
    """`torch.masked.MaskedTensor`, of which there are none here."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI(NO_MASKED_TENSOR)


def masked_tensor(data: Any, mask: Any, requires_grad: bool = False) -> Any:
    raise UnsupportedAPI(NO_MASKED_TENSOR)


def as_masked_tensor(data: Any, mask: Any) -> Any:
    raise UnsupportedAPI(NO_MASKED_TENSOR)


def is_masked_tensor(obj: Any, /) -> bool:
    """Whether `obj` is a MaskedTensor."""
    return isinstance(obj, MaskedTensor)
