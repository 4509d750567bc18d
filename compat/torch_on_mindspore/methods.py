"""Attaches the operations to Tensor, and closes the MindSpore methods that PyTorch's Tensor has under the same name but
that nobody has matched yet: a MindSpore method that means something else must not answer for PyTorch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import (
    arithmetic,
    boundary,
    creation,
    dtypes,
    in_place,
    indexing,
    pointwise,
    rearranging,
    shaping,
    tensor_types,
)
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.environment import exchange
from compat.torch_on_mindspore.operations import METHODS, SHARED
from compat.torch_on_mindspore.properties import PROPERTIES
from compat.torch_on_mindspore.serialization import rebuild, storages
from compat.torch_on_mindspore.tensor import Tensor, cast, check_memory_format

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip
REFLECTED: dict[str, type[Exception] | None] = {
    "add": TypeError, "sub": None, "mul": TypeError, "truediv": AttributeError, "floordiv": None, "mod": None, "pow": None,
    "matmul": None, "and": TypeError, "or": TypeError, "xor": TypeError,
}  # fmt: skip
AUGMENTED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
CASTS = {
    "float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16", "long": "int64", "int": "int32",
    "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip
METHODS_ONLY: dict[str, Callable[..., Any]] = {
    **METHODS,
    "type": tensor_types.of_type,
    **in_place.METHODS,
    **exchange.METHODS,
    "untyped_storage": storages.untyped_storage, "storage": storages.typed_storage, "_typed_storage": storages.typed_storage,
    "__reduce_ex__": rebuild.reduced,
}  # fmt: skip
# MindSpore methods that mean in PyTorch what they mean there, and on which MindSpore's own functions call
KEPT = {"asnumpy", "register_hook", "storage_offset", "data_ptr", "requires_grad_"}
# PyTorch's Tensor has these too, and MindSpore's differ in arguments or results, or were never compared
UNMATCHED = (
    "acosh_", "addbmm", "addcdiv", "addcmul", "addmm", "addmm_", "addmv", "addr", "adjoint", "allclose", "angle",
    "aminmax", "argwhere", "baddbmm", "bincount", "cauchy_", "cholesky", "cholesky_inverse", "cholesky_solve", "copysign",
    "count_nonzero", "cov", "cross", "cummax", "cummin", "cumprod", "det", "diag", "diagflat", "diagonal",
    "diagonal_scatter", "diff", "digamma", "dsplit", "erfinv", "erfinv_", "exponential_", "fill_diagonal_", "float_power",
    "fmax", "fmin", "fmod", "frac", "gcd", "geqrf", "ger", "heaviside", "histc", "hsplit", "hypot", "i0", "igamma",
    "igammac", "index_add", "index_add_", "index_copy_", "index_fill", "index_fill_", "index_put", "index_put_", "inner",
    "inverse", "isclose", "isneginf", "isposinf", "isreal", "kthvalue", "lcm", "ldexp", "lerp", "lgamma", "logaddexp",
    "logaddexp2", "logcumsumexp", "logdet", "logit", "lstsq", "lu_solve", "masked_fill", "masked_scatter",
    "masked_scatter_", "matrix_power", "median", "moveaxis", "msort", "multinomial", "mvlgamma", "nan_to_num", "nanmean",
    "nanmedian", "nanquantile", "nansum", "nextafter", "orgqr", "ormqr", "outer", "positive", "put_", "qr", "quantile",
    "rad2deg", "deg2rad", "renorm", "repeat_interleave", "resize", "roll", "rot90", "scatter", "scatter_", "scatter_add",
    "scatter_add_", "select_scatter", "set_", "sgn", "sign_", "signbit", "sinc", "slice_scatter", "slogdet", "svd",
    "sum_to_size", "swapdims", "take", "tensor_split", "trace", "triangular_solve", "tril", "triu", "type_as",
    "unfold", "unique_consecutive", "vsplit", "xlogy", "log_normal_", "bernoulli_", "floor_divide_", "remainder_",
)  # fmt: skip


def _cast_method(name: str, kind: Any) -> Callable[..., Any]:
    def method(self: Any, memory_format: Any = None) -> Any:
        check_memory_format(f"torch.Tensor.{name}", memory_format)
        return cast(self, kind)

    method.__name__ = method.__qualname__ = name
    return method


def _operator(operation: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    """A binary operator that leaves operands other than tensors and numbers to the other side."""

    def method(self: Any, other: Any) -> Any:
        if not (arithmetic.is_tensor(other) or arithmetic.is_number(other)):
            if not hasattr(other, "__array__"):
                return NotImplemented
            other = creation.tensor(other)
        return operation(other, self) if reflected else operation(self, other)

    return method


def _reflected(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    """A binary operator for a tensor on the right; on what is none, PyTorch's raise this, called as `Tensor.__radd__(2, x)`."""
    method, error = _operator(operation, True), REFLECTED[name]
    if error is None:
        return method

    def checked(self: Any, other: Any) -> Any:
        if not arithmetic.is_tensor(self):
            raise invalid(error, f"torch.Tensor.__r{name}__ is a method of a tensor, not of {type(self).__name__}")
        return method(self, other)

    return checked


def _equality(operation: Callable[..., Any], otherwise: bool) -> Callable[..., Any]:
    compare = _operator(operation, False)

    def method(self: Any, other: Any) -> Any:
        found = compare(self, other)
        return otherwise if found is NotImplemented else found

    return method


def _closed(name: str) -> Callable[..., Any]:
    def method(*_args: Any, **_kwargs: Any) -> Any:
        raise UnsupportedAPI(f"torch.Tensor.{name} has no implementation on MindSpore here yet")

    return method


def attach() -> None:
    """Put every operation on Tensor; run once, at import."""
    attributes: dict[str, Any] = {name: _closed(name) for name in UNMATCHED if hasattr(mindspore.Tensor, name)}
    # An in-place method of MindSpore does nothing on CPU; PyTorch's names all end in one underscore.
    for name in dir(mindspore.Tensor):
        in_place_name = name.endswith("_") and not name.startswith("_")
        if in_place_name and name not in KEPT and callable(getattr(mindspore.Tensor, name)):
            attributes[name] = _closed(name)
    attributes.update({name: boundary.method(name, operation) for name, operation in SHARED.items()})
    attributes.update(METHODS_ONLY)
    attributes.update({name: _cast_method(name, dtypes.BY_NAME[kind]) for name, kind in CASTS.items()})
    for name, operation in OPERATORS.items():
        attributes[f"__{name}__"] = _operator(SHARED[operation], False)
    for name in REFLECTED:
        attributes[f"__r{name}__"] = _reflected(name, SHARED[OPERATORS[name]])
    attributes["__rdiv__"] = attributes["__rtruediv__"]  # which Python 3 never calls
    for name in AUGMENTED:
        attributes[f"__i{name}__"] = in_place.METHODS[f"{OPERATORS[name]}_"]
    attributes.update(
        __eq__=_equality(SHARED["eq"], False), __ne__=_equality(SHARED["ne"], True),
        __neg__=arithmetic.neg, __abs__=arithmetic.abs, __invert__=arithmetic.bitwise_not, __pos__=lambda self: self,
        __getitem__=indexing.getitem, __setitem__=indexing.setitem, __iter__=indexing.iterate,
        __contains__=indexing.contains, where=lambda self, condition, other: indexing.where(condition, self, other),
        T=property(shaping.reversed_dims), mT=property(shaping.matrix_transpose),
        H=property(rearranging.conjugate_transpose), mH=property(rearranging.adjoint),
        real=property(pointwise.real), imag=property(pointwise.imag), **PROPERTIES,
    )  # fmt: skip
    for name, attribute in attributes.items():
        setattr(Tensor, name, attribute)


attach()
