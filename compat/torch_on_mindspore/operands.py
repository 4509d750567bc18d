"""Which arguments of a function must be tensors, and which tensors its `out` may be, as PyTorch checks them before it computes.

Found by calling PyTorch's functions with numbers, with an `out` of another dtype, and with an `out` that is an argument.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore

native = mindspore.Tensor

BOTH = [
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "atan2",
    "arctan2",
    "hypot",
    "nextafter",
    "gcd",
    "lcm",
    "ldexp",
    "heaviside",
    "logaddexp",
    "logaddexp2",
    "igamma",
    "igammac",
    "polar",
    "complex",
    "logical_and",
    "logical_or",
    "logical_xor",
    "equal",
    "isclose",
    "allclose",
]
FIRST = [
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "greater",
    "less",
    "greater_equal",
    "less_equal",
    "not_equal",
    "fmod",
    "copysign",
    "rsub",
    "clamp",
    "clip",
    "resolve_conj",
    "resolve_neg",
]
EITHER = [
    "remainder",
    "pow",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_left_shift",
    "bitwise_right_shift",
    "float_power",
    "xlogy",
    "special_xlogy",
    "special_xlog1py",
    "special_zeta",
    "special_chebyshev_polynomial_t",
    "special_chebyshev_polynomial_u",
    "special_chebyshev_polynomial_v",
    "special_chebyshev_polynomial_w",
    "special_hermite_polynomial_h",
    "special_hermite_polynomial_he",
    "special_laguerre_polynomial_l",
    "special_legendre_polynomial_p",
    "special_shifted_chebyshev_polynomial_t",
    "special_shifted_chebyshev_polynomial_u",
    "special_shifted_chebyshev_polynomial_v",
    "special_shifted_chebyshev_polynomial_w",
]
LARGER = ("max", "min")  # of one tensor, along a dimension, or of two tensors
LISTS = ["cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "row_stack", "column_stack"]

# The dtype of `out` must be that of the result; elsewhere one is enough to which the result can be cast.
EXACT_OUT = frozenset(
    [
        "abs",
        "addmm",
        "addmv",
        "addbmm",
        "baddbmm",
        "dot",
        "vdot",
        "bmm",
        "bitwise_not",
        "ceil",
        "conj_physical",
        "complex",
        "cross",
        "cummax",
        "cummin",
        "diff",
        "diag",
        "frac",
        "floor",
        "frexp",
        "isin",
        "kthvalue",
        "masked_select",
        "matmul",
        "mm",
        "mv",
        "quantile",
        "nanquantile",
        "heaviside",
        "softmax",
        "log_softmax",
        "aminmax",
        "topk",
        "mode",
        "narrow_copy",
        "neg",
        "qr",
        "round",
        "sign",
        "sgn",
        "signbit",
        "trunc",
        "nan_to_num",
        "isposinf",
        "isneginf",
        "polar",
        "gather",
        "index_copy",
        "index_select",
        "index_add",
        "sort",
        "take",
        "scatter",
        "multinomial",
        "scatter_add",
        "histogram",
        "histc",
        "msort",
        "renorm",
        "take_along_dim",
        "tril",
        "triu",
        "inner",
        "tensordot",
        "logcumsumexp",
        "where",
        "norm",
        "amax",
        "amin",
        "argmax",
        "argmin",
        "linalg_cross",
        "linalg_det",
        "linalg_cholesky",
        "linalg_cholesky_ex",
        "linalg_vecdot",
        "linalg_eigh",
        "linalg_eigvalsh",
        "linalg_multi_dot",
        "linalg_norm",
        "linalg_matrix_norm",
        "linalg_qr",
        "linalg_slogdet",
        "linalg_vector_norm",
        "linalg_inv",
        "linalg_inv_ex",
        "linalg_solve",
        "linalg_solve_ex",
        "linalg_solve_triangular",
        "linalg_svdvals",
    ]
)
# Functions that fill an `out` in its own dtype, unless another is asked for, which then must be that of `out`.
FILLING = frozenset(
    ["arange", "range", "ones", "zeros", "full", "empty", "linspace", "logspace", "eye", "rand", "randn", "randint", "randperm"]
)
# `out` must not share memory with an argument.
APART = frozenset(["cat", "concat", "concatenate", "gather", "kthvalue", "masked_select", "take"])
# PyTorch has no `out` for these.
WITHOUT_OUT = frozenset(["special_softmax", "special_log_softmax"])
# what torch.masked has
MASKED = (
    "sum prod amax amin argmax argmin mean median logsumexp logaddexp norm var std cumsum cumprod softmax log_softmax softmin normalize"
)
OVERLAP = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please "
    "clone() the tensor before performing the operation."
)


def check_both(name: str, args: Any, _kwargs: Any) -> None:
    for place, one in enumerate(args[:2]):
        if not isinstance(one, native):
            raise not_tensor(name, place, one)


def check_first(name: str, args: Any, kwargs: Any) -> None:
    given = args[:1] or ((kwargs["input"],) if "input" in kwargs else ())
    if given and not isinstance(given[0], native):
        raise combination(name, args or tuple(kwargs.values()))


def check_either(name: str, args: Any, kwargs: Any) -> None:
    """Of two operands, given by place or by name, one is a tensor and the other a tensor or a number."""
    pair = (*args, *kwargs.values())[:2]
    if len(pair) > 1 and (
        not (isinstance(pair[0], native) or isinstance(pair[1], native))
        or not all(isinstance(one, (native, numbers.Number, np.bool_)) for one in pair)
    ):
        raise combination(name, pair)


def check_list(name: str, args: Any, kwargs: Any) -> None:
    given = args[0] if args else kwargs.get("tensors", ())
    if not isinstance(given, (list, tuple)):
        raise invalid(TypeError, f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {kind_of(given)}")
    for place, one in enumerate(given):
        if not isinstance(one, native):
            raise invalid(TypeError, f"expected Tensor as element {place} in argument 0, but got {kind_of(one)}")


CHECKS: dict[str, Callable[[str, Any, Any], None]] = {
    **dict.fromkeys(BOTH, check_both),
    **dict.fromkeys((*FIRST, *LARGER), check_first),
    **dict.fromkeys(EITHER, check_either),
    **dict.fromkeys(LISTS, check_list),
}


def kind_of(value: Any) -> str:
    return "Tensor" if isinstance(value, native) else type(value).__name__


def not_tensor(name: str, place: int, value: Any) -> Exception:
    return invalid(TypeError, f"{name}(): the argument at position {place + 1} must be Tensor, not {kind_of(value)}")


def combination(name: str, args: Any) -> Exception:
    kinds = ", ".join(map(kind_of, args))
    return invalid(TypeError, f"{name}() received an invalid combination of arguments - got ({kinds}), and a Tensor is expected")


def check_out(name: str, result: Any, out: Any, arguments: list[Any]) -> None:
    """RuntimeError for an `out` whose dtype must be another, or that shares memory with one of the tensors among the arguments."""
    if (name in EXACT_OUT or name in FILLING) and out.dtype != result.dtype:
        wanted, given = (dtypes.c_name(one) for one in (result, out))
        raise invalid(RuntimeError, f"{name}(): expected out tensor to have dtype {wanted}, but got {given} instead")
    if name in APART and any(one is out or shares_memory(one, out) for one in arguments):
        raise invalid(RuntimeError, OVERLAP)


def shares_memory(one: Any, other: Any) -> bool:
    """Whether the elements of two tensors, from the first to the last, lie in one stretch of memory."""
    if not one.numel() or not other.numel():
        return False
    (start, end), (first, last) = stretch(one), stretch(other)
    return start < last and first < end


def stretch(tensor: Any) -> tuple[int, int]:
    size = tensor.element_size()
    start = tensor.data_ptr()
    return start, start + size * (1 + sum((count - 1) * step for count, step in zip(tensor.shape, tensor.stride(), strict=True)))
