"""Samples into batches, and arrays into tensors. Plain tensors are joined on the host, by one copy."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, engine, shaping
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.serialization.storages import numpy_dtype
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

NOT_COLLATED = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
native = mindspore.Tensor


SHARED = frozenset(map(numpy_dtype, dtypes.BY_NAME.values()))
shape_of = engine.shape_of


def collate_tensors(batch: Sequence[Any], *, collate_fn_map: Any = None) -> Any:
    """The tensors stacked: by their bytes where there is no history to record."""
    first = batch[0]
    if engine.ON_CPU and set(map(type, batch)) == {Tensor}:
        traits = shape, _, recorded = engine.traits_of(first)
        if not recorded and list(map(engine.traits_of, batch)).count(traits) == len(batch):
            joined = bytearray().join(map(engine.bytes_of, batch))
            if joined:
                array: Any = np.ndarray((len(batch), *shape), numpy_dtype(dtypes.OF[first.dtype]), joined)
                return as_tensor(native.from_numpy(array))
    for at, one in enumerate(batch):
        if not isinstance(one, native):
            kind = type(one)
            name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
            raise invalid(TypeError, f"expected Tensor as element {at} in argument 0, but got {name}")
        if shape_of(one) != shape_of(first):
            raise unequal(shape_of(first), shape_of(one), at)
    return shaping.stack(batch)


def unequal(shape: Any, other: Any, at: int) -> Exception:
    return invalid(
        RuntimeError, f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and {list(other)} at entry {at}"
    )


def collate_arrays(batch: Sequence[Any], *, collate_fn_map: Any = None) -> Any:
    first = batch[0]
    if first.dtype.kind in "USO":
        raise invalid(TypeError, NOT_COLLATED.format(first.dtype))
    for at, one in enumerate(batch):
        if np.shape(one) != first.shape:
            raise unequal(first.shape, np.shape(one), at)
    return shared(np.array(batch))


def shared(array: Any) -> Any:
    """A tensor with the memory of an array that nothing else has."""
    if array.dtype not in SHARED:
        return creation.from_numpy(array)  # which raises
    return as_tensor(native.from_numpy(np.ascontiguousarray(array)))


def collate_scalars(batch: Sequence[Any], *, collate_fn_map: Any = None) -> Any:
    return shared(np.array(batch))


def collate_floats(batch: Sequence[Any], *, collate_fn_map: Any = None) -> Any:
    return shared(np.array(batch, np.float64))


def collate_ints(batch: Sequence[Any], *, collate_fn_map: Any = None) -> Any:
    if set(map(type, batch)) == {int}:
        try:
            return shared(np.array(batch, np.int64))
        except OverflowError:
            raise invalid(ValueError, "Overflow when unpacking long long") from None
    return creation.tensor(batch)


def collate_text(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return batch


# the type of the first sample → what joins the batch; a program may add to it
default_collate_fn_map: dict[Any, Callable[..., Any]] = {
    Tensor: collate_tensors,
    np.ndarray: collate_arrays,
    (np.bool_, np.number, np.object_): collate_scalars,
    float: collate_floats,
    int: collate_ints,
    str: collate_text,
    bytes: collate_text,
}


def collate(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Samples as one batch: what `collate_fn_map` has for the first one's type, and containers element by element."""
    first = batch[0]
    if collate_fn_map is not None:
        join = collate_fn_map.get(type(first))
        if join is None:
            join = next((function for kind, function in collate_fn_map.items() if isinstance(first, kind)), None)
        if join is not None:
            return join(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return joined_mapping(first, batch, collate_fn_map)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=True)))
    if isinstance(first, Sequence):
        if list(map(len, batch)).count(len(first)) != len(batch):
            raise invalid(RuntimeError, "each element in list of batch should be of equal size")
        columns = [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else like_sequence(first, columns)
    raise invalid(TypeError, NOT_COLLATED.format(type(first)))


def joined_mapping(first: Any, batch: Any, collate_fn_map: Any) -> Any:
    return like_mapping(first, {key: collate([one[key] for one in batch], collate_fn_map=collate_fn_map) for key in first})


def like_mapping(first: Any, found: dict[Any, Any]) -> Any:
    """`found` as a mapping like `first`, or as a dict when its type can't be made so."""
    try:
        if not isinstance(first, MutableMapping):
            return type(first)(found)
        made = copy.copy(first)
        made.update(found)
        return made
    except TypeError:
        return found


def like_sequence(first: Any, found: list[Any]) -> Any:
    """`found` as a sequence like `first`, or as a list when its type can't be made so."""
    try:
        if not isinstance(first, MutableSequence):
            return type(first)(found)
        made = copy.copy(first)
        for at, one in enumerate(found):
            made[at] = one
        return made
    except TypeError:
        return found


def default_collate(batch: Any) -> Any:
    """Samples as one batch: tensors and arrays stacked, numbers as a tensor, containers element by element."""
    return collate(batch, collate_fn_map=default_collate_fn_map)


def default_convert(data: Any) -> Any:
    """A sample with its arrays as tensors, for when batching is off."""
    if isinstance(data, native):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in ("SUO" if isinstance(data, np.ndarray) else "SU") else creation.as_tensor_public(data)
    if isinstance(data, Mapping):
        return like_mapping(data, {key: default_convert(one) for key, one in data.items()})
    if isinstance(data, tuple):
        found = [default_convert(one) for one in data]
        return type(data)(*found) if hasattr(data, "_fields") else found
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return like_sequence(data, [default_convert(one) for one in data])
    return data
