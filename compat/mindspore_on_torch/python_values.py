"""Operators on Python's own numbers, tuples, lists and dicts, which MindSpore's graphs need and programs can call as well."""

from __future__ import annotations
import __future__

import itertools
import math
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes, printing

torch: Any = frameworks.load("torch")

__all__ = [
    "SliceGetItem", "absolute_import", "array_to_scalar", "augassign_add", "augassign_div", "augassign_floordiv",
    "augassign_mod", "augassign_mul", "augassign_sub", "bool_and", "bool_eq", "bool_not", "bool_or", "broadcast_gradient_args",
    "dict_getitem", "dict_setitem", "get_vm_impl_fn", "hyper_add", "in_dict", "is_not", "isconstant", "list_equal", "list_getitem",
    "list_len", "list_setitem", "make_dict", "make_list", "make_range", "make_slice", "make_tuple", "not_in_dict", "reduced_shape",
    "scalar_add", "scalar_cast", "scalar_div", "scalar_eq", "scalar_floordiv", "scalar_ge", "scalar_gt", "scalar_le", "scalar_log",
    "scalar_lt", "scalar_max", "scalar_min", "scalar_mod", "scalar_mul", "scalar_ne", "scalar_pow", "scalar_sub", "scalar_uadd",
    "scalar_usub", "shape_mul", "tensordump", "tuple_div", "tuple_equal", "tuple_getitem", "tuple_len", "tuple_reversed",
    "tuple_setitem", "vm_impl_registry",
]  # fmt: skip

absolute_import = __future__.absolute_import
scalar_add, scalar_sub, scalar_mul, scalar_div, scalar_pow = operator.add, operator.sub, operator.mul, operator.truediv, operator.pow
scalar_mod, scalar_floordiv, scalar_uadd, scalar_usub = operator.mod, operator.floordiv, operator.pos, operator.neg
scalar_eq, scalar_ne, scalar_lt, scalar_le, scalar_gt, scalar_ge = (
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
)
scalar_log, scalar_max, scalar_min = math.log, max, min
bool_and, bool_or, bool_eq, bool_not, is_not = operator.and_, operator.or_, operator.eq, operator.not_, operator.is_not
# A tensor is left as it is and the result a new one, as with `+=`.
augassign_add, augassign_sub, augassign_mul, augassign_div = operator.iadd, operator.isub, operator.imul, operator.itruediv
augassign_mod, augassign_floordiv = operator.imod, operator.ifloordiv
tuple_getitem = list_getitem = dict_getitem = operator.getitem
tuple_len = list_len = len
tuple_equal = list_equal = operator.eq
SliceGetItem, make_slice, shape_mul = getattr, slice, math.prod
dumped = itertools.count()


def make_tuple(*items: Any) -> tuple[Any, ...]:
    """The arguments as a tuple."""
    return items


def make_list(*items: Any) -> list[Any]:
    """The arguments as a list."""
    return list(items)


def make_dict(keys: Any, values: Any) -> dict[Any, Any]:
    """The values under the keys."""
    return dict(zip(keys, values, strict=True))


def make_range(start: int, stop: int, step: int = 1) -> tuple[int, ...]:
    """The numbers of a range as a tuple."""
    return tuple(range(start, stop, step))


def list_setitem(items: Any, index: int, value: Any) -> list[Any]:
    """A list with one item replaced."""
    changed = list(items)
    changed[index] = value
    return changed


def tuple_setitem(items: Any, index: int, value: Any) -> tuple[Any, ...]:
    """A tuple with one item replaced."""
    return tuple(list_setitem(items, index, value))


def dict_setitem(items: Any, key: Any, value: Any) -> dict[Any, Any]:
    """A dict with one item replaced."""
    return {**items, key: value}


def in_dict(key: Any, items: Any) -> bool:
    """Whether there is such a key."""
    return key in items


def not_in_dict(key: Any, items: Any) -> bool:
    """Whether there is no such key."""
    return key not in items


def tuple_reversed(items: Any) -> tuple[Any, ...]:
    """The items from the last to the first."""
    return tuple(reversed(items))


def tuple_div(dividends: Any, divisors: Any) -> tuple[int, ...]:
    """The quotients of whole numbers, item by item; ValueError where one is no whole number."""
    if any(divisor == 0 or dividend % divisor for dividend, divisor in zip(dividends, divisors, strict=True)):
        raise errors.invalid(ValueError, f"mindspore.ops.tuple_div: {dividends} can't be divided by {divisors} without a rest")
    return tuple(dividend // divisor for dividend, divisor in zip(dividends, divisors, strict=True))


def reduced_shape(shape: Any, axes: Any) -> tuple[int, ...]:
    """The shape after a reduction that keeps its axes."""
    taken = {axis % len(shape) for axis in axes} if axes else set(range(len(shape)))
    return tuple(1 if axis in taken else length for axis, length in enumerate(shape))


def broadcast_gradient_args(x: Any, y: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """For each of two shapes the axes of their broadcast one over which its gradient is summed."""
    whole = tuple(torch.broadcast_shapes(tuple(x), tuple(y)))

    def summed(shape: Any) -> tuple[int, ...]:
        missing = len(whole) - len(shape)
        return tuple(axis for axis in range(len(whole)) if axis < missing or (shape[axis - missing] == 1 and whole[axis] != 1))

    return summed(x), summed(y)


def isconstant(value: Any) -> bool:
    """True: every value is known where programs run statement by statement."""
    return True


def array_to_scalar(value: Any) -> Any:
    """The number in a tensor of one element."""
    return value.item()


def scalar_cast(input_x: Any, input_y: Any) -> Any:
    """mindspore.ops.scalar_cast: a number as Python's int, float or bool; ValueError for a type other than int64, float64 and bool."""
    kinds = {dtypes.int64: int, dtypes.float64: float, dtypes.bool_: bool}
    if input_y not in kinds:
        raise errors.invalid(ValueError, f"mindspore.ops.scalar_cast: input_y must be int64, float64 or bool, but is {input_y}")
    return kinds[input_y](input_x)


def hyper_add(left: Any, right: Any) -> Any:
    """The sum of two tensors or numbers, or of those of two tuples or lists, however deep."""
    if isinstance(left, (tuple, list)):
        return type(left)(hyper_add(one, other) for one, other in zip(left, right, strict=True))
    return left + right


class Registry:
    """mindspore.ops.vm_impl_registry: what makes the Python function of an operator, by the operator's name."""

    def __init__(self) -> None:
        self.makers: dict[str, Callable[..., Any]] = {}

    def register(self, name: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A decorator that keeps the function under the operator's name."""

        def keep(maker: Callable[..., Any]) -> Callable[..., Any]:
            self.makers[_name_of(name)] = maker
            return maker

        return keep

    def get(self, name: Any) -> Callable[..., Any] | None:
        """What was registered, or None."""
        return self.makers.get(_name_of(name))


def _name_of(prim: Any) -> str:
    return prim if isinstance(prim, str) else getattr(prim, "name", None) or prim.__name__


vm_impl_registry = Registry()


def get_vm_impl_fn(prim: Any) -> Any:
    """mindspore.ops.get_vm_impl_fn: the Python function that was registered for an operator or its name, or None."""
    maker = vm_impl_registry.get(prim)
    return None if maker is None else maker(prim)


def tensordump(file_name: str, tensor: Any, mode: str = "out") -> None:
    """mindspore.ops.tensordump: writes file_name_TYPE_NUMBER.npy through the host, bfloat16 as float32; the number counts the files."""
    if not isinstance(file_name, str) or not file_name:
        raise errors.invalid(TypeError, f"mindspore.ops.tensordump: file_name must be a str that is not empty, but is {file_name!r}")
    if not isinstance(tensor, torch.Tensor):
        raise errors.invalid(TypeError, f"mindspore.ops.tensordump: tensor must be a Tensor, but is {type(tensor).__name__}")
    if mode not in ("in", "out"):
        raise errors.invalid(ValueError, f"mindspore.ops.tensordump: mode must be in or out, but is {mode!r}")
    if mode == "in":
        raise errors.UnsupportedArgument("mindspore.ops.tensordump", "mode", mode, '"out"; a tensor is not split over devices')
    path = Path(file_name.removesuffix(".npy"))
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = dtypes.FROM_TORCH[tensor.dtype].name.lower()
    np.save(path.with_name(f"{path.name}_{kind}_{next(dumped)}.npy"), printing.to_array(tensor)[0])
