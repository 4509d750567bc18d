"""Attaches the operations to Tensor, and closes the MindSpore methods that PyTorch's Tensor has under the same name but
that nobody has matched yet: a MindSpore method that means something else must not answer for PyTorch's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import (
    arithmetic,
    bfloat16,
    boundary,
    creation,
    dispatch,
    display,
    dtypes,
    in_place,
    indexing,
    pointwise,
    rearranging,
    resizing,
    shaping,
    subclasses,
    tensor_types,
)
from compat.torch_on_mindspore.dispatch import MODES, PLAIN
from compat.torch_on_mindspore.dtypes import BFLOAT16_MET
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.environment import exchange
from compat.torch_on_mindspore.operations import METHODS, SHARED
from compat.torch_on_mindspore.overridable import OPERATORS as HANDED_OVER, SPECIAL_METHODS
from compat.torch_on_mindspore.properties import PROPERTIES
from compat.torch_on_mindspore.recorded import Recorded
from compat.torch_on_mindspore.serialization import rebuild, storages
from compat.torch_on_mindspore.tensor import Tensor, cast, in_format

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip
# what PyTorch's reflected operators raise when they are called on something that is no tensor, as `Tensor.__radd__(2, x)`
REFLECTED: dict[str, type[Exception] | None] = {
    "add": TypeError, "sub": None, "mul": TypeError, "truediv": AttributeError, "floordiv": None, "mod": None, "pow": None,
    "matmul": None, "and": TypeError, "or": TypeError, "xor": TypeError, "lshift": None, "rshift": None,
}  # fmt: skip
AUGMENTED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
# the augmented assignments that PyTorch doesn't count as the in-place method of that name
OWN_AUGMENTED = ("pow", "and", "or", "xor", "lshift", "rshift")
CASTS = {
    "float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16", "long": "int64", "int": "int32",
    "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip
METHODS_ONLY: dict[str, Callable[..., Any]] = {
    **METHODS,
    "type": tensor_types.of_type,
    "repeat": boundary.method("repeat", shaping.repeat),
    "split": boundary.method("split", shaping.split_method), "where": boundary.method("where", indexing.where_method),
    **in_place.METHODS,
    **resizing.METHODS,
    **exchange.METHODS,
    "untyped_storage": storages.untyped_storage, "storage": storages.typed_storage, "_typed_storage": storages.typed_storage,
    "__reduce_ex__": rebuild.reduced,
}  # fmt: skip
# MindSpore methods that mean in PyTorch what they mean there, and on which MindSpore's own functions call
KEPT = {"asnumpy", "register_hook", "storage_offset", "data_ptr", "requires_grad_"}
KEPT_METHODS = ("storage_offset", "data_ptr")
# PyTorch's Tensor has these too, and MindSpore's differ in arguments or results, or were never compared
UNMATCHED = (
    "acosh_", "addbmm", "addcdiv", "addcmul", "addmm", "addmm_", "addmv", "addr", "adjoint", "allclose", "angle",
    "aminmax", "argwhere", "baddbmm", "bincount", "cauchy_", "cholesky", "cholesky_inverse", "cholesky_solve", "copysign",
    "count_nonzero", "cov", "cross", "cummax", "cummin", "cumprod", "det", "diag", "diagflat", "diagonal",
    "diagonal_scatter", "diff", "digamma", "dsplit", "erfinv", "erfinv_", "exponential_", "fill_diagonal_", "float_power",
    "fmax", "fmin", "fmod", "frac", "gcd", "ger", "heaviside", "histc", "hsplit", "hypot", "i0", "igamma",
    "igammac", "index_add", "index_add_", "index_copy_", "index_fill", "index_fill_", "index_put", "index_put_", "inner",
    "inverse", "isclose", "isneginf", "isposinf", "isreal", "kthvalue", "lcm", "ldexp", "lerp", "lgamma", "logaddexp",
    "logaddexp2", "logcumsumexp", "logdet", "logit", "lstsq", "masked_fill", "masked_scatter",
    "masked_scatter_", "matrix_power", "median", "moveaxis", "msort", "multinomial", "mvlgamma", "nan_to_num", "nanmean",
    "nanmedian", "nanquantile", "nansum", "nextafter", "outer", "positive", "put_", "qr", "quantile",
    "rad2deg", "deg2rad", "renorm", "repeat_interleave", "resize", "roll", "rot90", "scatter", "scatter_", "scatter_add",
    "scatter_add_", "select_scatter", "set_", "sgn", "sign_", "signbit", "sinc", "slice_scatter", "slogdet", "svd",
    "sum_to_size", "swapdims", "take", "tensor_split", "trace", "tril", "triu", "type_as",
    "unfold", "unique_consecutive", "vsplit", "xlogy", "log_normal_", "bernoulli_", "floor_divide_", "remainder_",
)  # fmt: skip
# sparse tensors are not here; a program that only looks for the method finds it
SPARSE = ("to_sparse", "to_sparse_coo", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc", "sparse_mask")


def _cast_method(name: str, kind: Any) -> Callable[..., Any]:
    def method(self: Any, memory_format: Any = None) -> Any:
        return in_format(cast(self, kind), memory_format)

    method.__name__ = method.__qualname__ = name
    return method


def _operator(name: str, operation: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    """A binary operator that leaves operands other than tensors and numbers to the other side."""

    widened = OPERATORS[name.removeprefix("r") if reflected else name] not in ("add", "sub", "mul", "div")  # which see to it themselves

    def method(self: Any, other: Any) -> Any:
        if MODES or type(self) not in PLAIN or type(other) not in PLAIN:
            found = dispatch.operator(getattr(Tensor, handed_over), self, other)
            if found is not dispatch.NOT_TAKEN:
                return found
        if not (arithmetic.is_tensor(other) or arithmetic.is_number(other)):
            if not hasattr(other, "__array__"):
                return NotImplemented
            other = creation.tensor(other)
        operands = (other, self) if reflected else (self, other)
        if BFLOAT16_MET and widened and bfloat16.among(operands):
            return bfloat16.in_float32(operation, operands, {})
        return operation(*operands)

    method.__name__ = method.__qualname__ = f"__{name}__"
    handed_over = HANDED_OVER.get(name, method.__name__)
    return dispatch.known_as(f"torch.Tensor.{method.__name__}", method)  # type: ignore[no-any-return]


def _reflected(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    """A binary operator for a tensor on the right."""
    method, error = _operator(f"r{name}", operation, True), REFLECTED[name]
    if error is None:
        return method

    @functools.wraps(method)
    def checked(self: Any, other: Any) -> Any:
        if not arithmetic.is_tensor(self):
            raise invalid(error, f"torch.Tensor.__r{name}__ is a method of a tensor, not of {type(self).__name__}")
        return method(self, other)

    return dispatch.known_as(f"torch.Tensor.__r{name}__", checked)  # type: ignore[no-any-return]


def _equality(name: str, operation: Callable[..., Any], otherwise: bool) -> Callable[..., Any]:
    compare = _operator(name, operation, False)

    def method(self: Any, other: Any) -> Any:
        found = compare(self, other)
        return otherwise if found is NotImplemented else found

    method.__name__ = method.__qualname__ = f"__{name}__"
    return dispatch.known_as(f"torch.Tensor.{method.__name__}", method)  # type: ignore[no-any-return]


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
    attributes.update({name: _closed(name) for name in SPARSE})
    attributes.update({name: boundary.method(name, operation) for name, operation in SHARED.items()})
    attributes.update(METHODS_ONLY)
    attributes.update({name: _cast_method(name, dtypes.BY_NAME[kind]) for name, kind in CASTS.items()})
    attributes.update(
        T=property(shaping.reversed_dims), mT=property(shaping.matrix_transpose),
        H=property(rearranging.conjugate_transpose), mH=property(rearranging.adjoint),
        real=property(pointwise.real), imag=property(pointwise.imag), **PROPERTIES,
        __iter__=indexing.iterate, __reversed__=rearranging.reversed_rows, __contains__=indexing.contains, __getitem__=indexing.getitem, __setitem__=indexing.setitem,
        __repr__=display.text, __invert__=lambda self: arithmetic.bitwise_not(self),
    )  # fmt: skip
    attributes.update({name: getattr(mindspore.Tensor, name) for name in KEPT_METHODS if name not in attributes})
    for name, one in {**vars(Recorded), **vars(Tensor), **attributes}.items():
        if (
            name in SPECIAL_METHODS
            or name in KEPT_METHODS
            or (isinstance(one, FunctionType) and not name.startswith("_") and one not in dispatch.NAMES)
        ):
            attributes[name] = dispatch.overridable(f"torch.Tensor.{name}", one)
    for name, operation in OPERATORS.items():
        attributes[f"__{name}__"] = _operator(name, SHARED[operation], False)
    for name in REFLECTED:
        attributes[f"__r{name}__"] = _reflected(name, SHARED[OPERATORS[name]])
    attributes["__rdiv__"] = attributes["__rtruediv__"]  # which Python 3 never calls
    for name in AUGMENTED:
        written = attributes[f"{OPERATORS[name]}_"]
        attributes[f"__i{name}__"] = dispatch.overridable(f"torch.Tensor.__i{name}__", written) if name in OWN_AUGMENTED else written
    attributes.update(
        __eq__=_equality("eq", SHARED["eq"], False), __ne__=_equality("ne", SHARED["ne"], True),
        __neg__=attributes["neg"], __abs__=attributes["abs"], __pos__=attributes["positive"], __str__=attributes["__repr__"],
        **subclasses.ATTRIBUTES, **subclasses.METHODS,
    )  # fmt: skip
    for name, attribute in attributes.items():
        setattr(Tensor, name, attribute)
    for kind in (Recorded, Tensor):
        dispatch.note_properties(kind)
    dispatch.known_as("torch.Tensor.size", Tensor.size)


attach()
