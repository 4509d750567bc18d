"""Tensors in a pickle as what they are there: a place in a storage. Nothing that a file names is called but what stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compat.checkpoints.dtypes import DTYPES, STORAGES
from compat.checkpoints.storages import UNTYPED, StorageKind
from compat.checkpoints.unpickling import PLAIN, Machine

MOST_DIMENSIONS = 64


@dataclass(frozen=True)
class Pointer:
    """A tensor of a file: key of its storage, offset and strides in elements."""

    storage: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Mentioned:
    """A class or dtype that files of weights name, and that nothing is done with."""

    name: str


def pointer(storage: Any, offset: Any, shape: Any, strides: Any, dtype: str | None = None) -> Pointer:
    """A tensor; ValueError for what can't be one."""
    key, kind = storage
    numbers = (offset, *shape, *strides)
    if not all(type(number) is int and number >= 0 for number in numbers) or not len(shape) == len(strides) <= MOST_DIMENSIONS:
        raise ValueError(f"a tensor has the offset {offset!r}, shape {shape!r} and strides {strides!r}")
    if (dtype is None) != (kind.name != UNTYPED):
        raise ValueError(f"a tensor of {kind.name} has the dtype {dtype!r}")
    return Pointer(key, dtype or kind.dtype, offset, tuple(shape), tuple(strides))


def _rebuild_tensor(storage: Any, offset: Any, shape: Any, strides: Any) -> Pointer:
    return pointer(storage, offset, shape, strides)


def _rebuild_tensor_v2(storage: Any, offset: Any, shape: Any, strides: Any, _grad: Any, _hooks: Any, marks: Any = None) -> Pointer:
    return unmarked(pointer(storage, offset, shape, strides), marks)


def _rebuild_tensor_v3(
    storage: Any, offset: Any, shape: Any, strides: Any, _grad: Any, _hooks: Any, dtype: Any, marks: Any = None
) -> Pointer:
    name = dtype.name.removeprefix("torch.") if isinstance(dtype, Mentioned) else ""
    if name not in DTYPES:
        raise ValueError(f"a tensor is of the type {dtype!r}, which can't be converted")
    return unmarked(pointer(storage, offset, shape, strides, name), marks)


def unmarked(made: Pointer, marks: Any) -> Pointer:
    """A tensor without a mark that its elements are to be conjugated or negated."""
    for name, marked in (marks or {}).items():
        if marked:
            raise ValueError(f"a tensor has the mark {name!r}, which can't be converted: save tensor.resolve_{name}()")
    return made


def _rebuild_parameter(data: Any, _grad: Any, _hooks: Any, _state: Any = None) -> Pointer:
    if not isinstance(data, Pointer):
        raise ValueError(f"a parameter is made of {data!r}")
    return data


def _rebuild_from_type_v2(function: Any, _kind: Any, arguments: Any, _state: Any) -> Pointer:
    if function not in (_rebuild_tensor, _rebuild_tensor_v2, _rebuild_tensor_v3, _rebuild_parameter):
        raise ValueError(f"a tensor is made by {function!r}")
    made: Pointer = function(*arguments)
    return made


def _size(sizes: Any = ()) -> tuple[Any, ...]:
    return tuple(sizes)


def _text(*parts: Any) -> str:
    return ":".join(map(str, parts))


CALLABLE: dict[str, Any] = {
    **PLAIN,
    "torch.Size": _size,
    "torch.device": _text,
    "torch._utils._rebuild_tensor": _rebuild_tensor,
    "torch._utils._rebuild_tensor_v2": _rebuild_tensor_v2,
    "torch._utils._rebuild_tensor_v3": _rebuild_tensor_v3,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    "torch._tensor._rebuild_from_type_v2": _rebuild_from_type_v2,
}
MENTIONED: dict[str, Any] = {
    name: Mentioned(name) for name in ("torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer")
} | {f"torch.{name}": Mentioned(f"torch.{name}") for name in DTYPES}
STORAGE_KINDS = {f"torch.{name}": StorageKind(name) for name in STORAGES} | {f"torch.storage.{UNTYPED}": StorageKind(UNTYPED)}


class TensorMachine(Machine):
    """Reads a pickle of tensors and plain data."""

    def named(self, path: str) -> Any:
        return CALLABLE.get(path) or MENTIONED.get(path) or STORAGE_KINDS.get(path)

    def may_call(self, function: Any) -> bool:
        return any(function is one for one in CALLABLE.values())
