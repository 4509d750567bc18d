"""Reading and writing by index, mask and position."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, engine, shaping
from compat.torch_on_mindspore.arithmetic import constant, is_number, is_tensor
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries, picked
from compat.torch_on_mindspore.storage import (
    attached,
    base_of,
    check_writable,
    fitted,
    is_recorded,
    note_write,
    put,
    renew,
    shares_memory,
    view_of,
    write,
)
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, elements, host, normal_dim

ops = mindspore.ops
native = mindspore.Tensor
BFLOAT16_MAX = (2 - 2.0**-7) * 2.0**127
NO_DIMENSION = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
)

BYTES = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."


def normal_index(input: Any, index: Any) -> tuple[tuple[Any, ...], bool]:
    """The index as a tuple that MindSpore takes, and whether it is basic, so that the result is a view."""
    given = index if isinstance(index, tuple) else (index,)
    given = tuple(part(one) for one in given)
    used = sum(dims_taken(one) for one in given if one is not Ellipsis)
    if used > input.ndim:
        raise invalid(IndexError, f"too many indices for tensor of dimension {input.ndim}")
    at = 0
    for one in given:
        if one is Ellipsis:
            at += input.ndim - used
        else:
            if type(one) is int:
                check_bounds(input, one, at)
            at += dims_taken(one)
    return given, not any(map(is_tensor, given))


def dims_taken(one: Any) -> int:
    """How many dimensions of the indexed tensor this part stands for."""
    return one.ndim if is_mask(one) else int(one is not None and not isinstance(one, bool))


def part(one: Any) -> Any:
    """One entry of an index: lists and arrays become tensors, integer scalars become int."""
    if one is None or one is Ellipsis or (isinstance(one, int) and not isinstance(one, bool)):
        return one
    if isinstance(one, bool):
        return one
    if isinstance(one, slice):
        if one.step is not None and one.step < 1:
            raise invalid(ValueError, "step must be greater than zero")
        return slice(*(None if edge is None else int(edge) for edge in (one.start, one.stop, one.step)))
    if isinstance(one, (list, tuple, range, np.ndarray)):
        array = np.asarray([host(each) if is_tensor(each) else each for each in one] if isinstance(one, (list, tuple)) else one)
        one = mindspore.Tensor(array.astype(np.int64) if array.dtype != np.bool_ else array)
    if is_tensor(one):
        if one.dtype == dtypes.uint8 and one.ndim:
            warnings.warn(BYTES, UserWarning, stacklevel=3)
            one = cast(one, dtypes.bool_)
        if one.dtype == dtypes.bool_:
            return one if one.ndim else bool(host(one))
        if dtypes.OF[one.dtype].category != dtypes.INTEGER:
            raise invalid(IndexError, "tensors used as indices must be long, int, byte or bool tensors")
        return int(host(one)) if not one.ndim else cast(one, dtypes.int64)
    if hasattr(one, "__index__"):
        return int(one)
    raise invalid(
        TypeError,
        f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {type(one).__name__})",
    )


def is_mask(one: Any) -> bool:
    return is_tensor(one) and one.dtype == dtypes.bool_


def check_bounds(input: Any, index: int, dim: int) -> None:
    size = input.shape[dim]
    if not -size <= index < size:
        raise invalid(IndexError, f"index {index} is out of bounds for dimension {dim} with size {size}")


def getitem(input: Any, index: Any) -> Any:
    """`input[index]`: a view for integers, slices, None and Ellipsis; a copy for masks and index tensors."""
    if type(index) is int:
        return row(input, index)
    if not input.ndim and isinstance(index, int) and not isinstance(index, bool):
        raise invalid(IndexError, NO_DIMENSION)
    parts, basic = normal_index(input, index)
    if any(isinstance(one, bool) for one in parts):
        return chosen(input, parts)
    if basic:
        return basic_view(input, parts)
    check_index_tensors(input, parts)
    if len(parts) == 1 and is_mask(parts[0]) and not bool(host(parts[0]).any()):
        return nothing((0, *input.shape[parts[0].ndim :]), input)
    if len(parts) == 1 and not is_mask(parts[0]):
        size = input.shape[0]
        return entries(input, ops.where(parts[0] < 0, parts[0] + size, parts[0]), 0)
    kind = dtypes.of(input)
    wide = cast(input, dtypes.float32) if kind is dtypes.bfloat16 and engine.ON_CPU else input
    found = cast(as_tensor(native.__getitem__(wide, parts if len(parts) > 1 else parts[0])), kind)
    return nothing(tuple(found.shape), input) if 0 in found.shape else found


def chosen(input: Any, parts: tuple[Any, ...]) -> Any:
    """`input[parts]` with one bool among the parts, a mask of no dimensions: a copy, in a new dimension of size 1, or of size 0."""
    places = [at for at, one in enumerate(parts) if isinstance(one, bool)]
    if len(places) > 1 or any(map(is_tensor, parts)):
        raise UnsupportedArgument("torch.Tensor.__getitem__", "index", parts, "one bool, without masks or index tensors beside it")
    at = places[0]
    found = getitem(input, (*parts[:at], None, *parts[at + 1 :]))
    if parts[at]:
        return found.clone()
    behind = parts[at + 1 :]
    dim = found.ndim - 1 - kept_dims(behind) if Ellipsis in parts[:at] else kept_dims(parts[:at])
    return shaping.narrow(found, dim, 0, 0).clone()


def kept_dims(parts: tuple[Any, ...]) -> int:
    """How many dimensions of the result come from these slices and Nones."""
    return sum(one is None or isinstance(one, slice) for one in parts)


def row(input: Any, index: int) -> Any:
    """`input[index]` for an integer, which datasets ask for sample by sample."""
    shape = engine.shape_of(input)
    if not shape:
        raise invalid(IndexError, NO_DIMENSION)
    if not -shape[0] <= index < shape[0]:
        check_bounds(input, index, 0)
    if engine.requires_grad(input):
        return view_of(input, native.__getitem__, index)
    # It is a view in any case, and has no history: nothing else has to be found out about it.
    found = engine.select(input, 0, index)
    found.__class__ = Tensor
    return attached(found, input, base_of(input), native.__getitem__, (index,))


def basic_view(input: Any, parts: tuple[Any, ...]) -> Any:
    """The view that integers, slices, None and Ellipsis make."""
    if all(one is Ellipsis or one == slice(None) for one in parts):
        return shaping.whole_view(input)
    steps = [one for one in parts if isinstance(one, slice) and one.step not in (None, 1)]
    found = view_of(input, stepped if steps else native.__getitem__, parts if len(parts) > 1 else parts[0])
    if 0 in found.shape and engine.requires_grad(input) and engine.grad_enabled():
        return nothing(tuple(found.shape), input)  # the gradient of MindSpore's slice reads out of bounds
    return found


def stepped(input: Any, index: Any) -> Any:
    """The view that a basic index with steps makes. Each step is taken in the first dimension: the gradient of MindSpore's slice with
    a step behind a whole dimension reads out of bounds."""
    parts = index if isinstance(index, tuple) else (index,)
    used = sum(one is not None and one is not Ellipsis for one in parts)
    plain: list[Any] = []
    moved: list[tuple[int, slice]] = []  # the dimension of the result, and its slice
    at = 0
    for one in parts:
        if isinstance(one, slice) and one.step not in (None, 1):
            moved.append((at, one))
            one = slice(None)
        plain.append(one)
        at += input.ndim - used if one is Ellipsis else not isinstance(one, int)
    found = input if all(one is Ellipsis or one == slice(None) for one in plain) else native.__getitem__(input, tuple(plain))
    for dim, one in moved:
        found = exchanged(native.__getitem__(exchanged(found, dim), one), dim) if dim else native.__getitem__(found, one)
    return found


def exchanged(input: Any, dim: int) -> Any:
    """The first dimension and `dim` in each other's place."""
    order = list(range(input.ndim))
    order[0], order[dim] = dim, 0
    return shaping.permuted(input, tuple(order))


def check_index_tensors(input: Any, parts: tuple[Any, ...]) -> None:
    """IndexError for an index tensor that reaches outside, and for a mask of another shape: MindSpore reads past the end."""
    at = 0
    used = sum(one.ndim if is_mask(one) else 1 for one in parts if one is not None and one is not Ellipsis)
    for one in parts:
        if one is Ellipsis:
            at += input.ndim - used
        elif is_mask(one):
            for axis in range(one.ndim):
                if one.shape[axis] != input.shape[at + axis]:
                    raise invalid(
                        IndexError,
                        f"The shape of the mask {list(one.shape)} at index {axis} does not match the shape of the indexed "
                        f"tensor {list(input.shape)} at index {at + axis}",
                    )
            at += one.ndim
        elif one is not None:
            if is_tensor(one) and one.shape.count(0) == 0:
                for extreme in (int(host(one).min()), int(host(one).max())):
                    check_bounds(input, extreme, at)
            at += 1


def setitem(input: Any, index: Any, value: Any) -> None:
    """`input[index] = value`, seen by every view of the same storage."""
    if not (is_tensor(value) or is_number(value)):
        raise invalid(TypeError, f"can't assign a {typename(value)} to a torch.{input.dtype.tensor_type}Tensor")
    parts, basic = normal_index(input, index)
    check_writable(input, whole=False)
    if any(one is False for one in parts):
        return  # no element is meant
    parts = tuple(None if one is True else one for one in parts)
    if basic:
        write(basic_view(input, parts), value)
        return
    check_index_tensors(input, parts)
    if engine.ON_CPU and not is_recorded(input, (value,)):
        put_at(input, parts, value)
        return
    kind = dtypes.float32 if engine.ON_CPU and input.dtype == dtypes.bfloat16 else input.dtype
    changed = input.clone() if kind == input.dtype else cast(input, kind)
    if is_tensor(value):
        value = cast(value, kind)
    native.__setitem__(changed, parts if len(parts) > 1 else parts[0], value)
    write(input, changed)


def typename(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def put_at(input: Any, parts: tuple[Any, ...], value: Any) -> None:
    """Write elements at index tensors into the memory that `input` shares with NumPy, on CPU."""
    at = tuple(host(one) if is_tensor(one) else one for one in parts)
    array = elements(input)
    if not shares_memory(array, input):
        changed = input.clone()
        put_at(changed, parts, value)
        put(input, changed)
        renew(input)
        return
    new = host(value) if is_tensor(value) else np.array(value)
    try:
        array[at] = new if new.dtype == array.dtype else new.astype(array.dtype)
    except ValueError as error:
        covered = list(array[at].shape)
        raise invalid(
            RuntimeError,
            f"shape mismatch: value tensor of shape {list(new.shape)} cannot be broadcast to indexing result of shape {covered}",
        ) from error
    note_write(input)
    renew(input)


def iterate(input: Any) -> Iterator[Any]:
    if not input.dim():
        raise invalid(TypeError, "iteration over a 0-d tensor")
    return iter(input.unbind(0))


def contains(input: Any, element: Any) -> bool:
    if not (is_tensor(element) or is_number(element)):
        raise invalid(
            RuntimeError,
            f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.",
        )
    return bool((input == element).any())


def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on."""
    if sparse_grad and engine.grad_enabled() and engine.requires_grad(input):
        raise UnsupportedArgument("torch.gather", "sparse_grad", True, "False where a gradient is recorded: there are no sparse tensors")
    dim = normal_dim(input, dim)
    if not input.ndim or not index.ndim:
        if max(input.ndim, index.ndim) > 1:
            raise invalid(RuntimeError, "Index tensor must have the same number of dimensions as input tensor")
        rows, places = (one if one.ndim else one.reshape(1) for one in (input, index))
        found: Tensor = gather(rows, 0, places).reshape(tuple(index.shape))
        return found
    if index.numel() and index.dtype not in (dtypes.int64, dtypes.int32):
        raise invalid(RuntimeError, "gather(): Expected dtype int32/int64 for index")
    if index.numel():
        low, high = int(host(index).min()), int(host(index).max())
        if low < 0 or high >= input.shape[dim]:
            outside = low if low < 0 else high
            raise invalid(RuntimeError, f"index {outside} is out of bounds for dimension {dim} with size {input.shape[dim]}")
    return picked(input, dim, index)


def index_select(input: Any, dim: int, index: Any) -> Tensor:
    """The entries `index` of `dim`."""
    dim = normal_dim(input, dim)
    if not input.ndim:
        if index.numel() != 1:
            raise invalid(RuntimeError, f"index_select(): Index to scalar can have only 1 value, got {index.numel()} value(s)")
        found: Tensor = index_select(input.reshape(1), 0, index.reshape(1)).reshape(())
        return found
    index = index if index.ndim else index.reshape(1)
    if index.numel() and not (int(host(index).min()) >= 0 and int(host(index).max()) < input.shape[dim]):
        raise invalid(IndexError, "index out of range in self")
    return entries(input, index, dim)


def masked_fill(input: Any, mask: Any, value: Any) -> Tensor:
    """`value` where `mask`, else input."""
    if mask.dtype != dtypes.bool_:
        raise invalid(RuntimeError, f"masked_fill_ only supports boolean masks, but got mask with dtype {c_name(mask)}")
    if is_number(value):
        check_fits(value, input.dtype)
    elif is_tensor(value) and value.ndim:
        raise invalid(
            RuntimeError, f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    elif is_tensor(value) and value.dtype.category > input.dtype.category:
        check_fits(value.item(), input.dtype)
    if is_number(value) and input.dtype is not dtypes.bool_ and dtypes.can_cast(dtypes.of_scalar(value), input.dtype):
        filler = constant(value, input.dtype)
    else:
        filler = fitted(input.new_zeros(()), value)
    found: Tensor = as_tensor(ops.where(mask, filler, input))
    return found


def check_fits(value: Any, kind: Any) -> None:
    """RuntimeError when a number lies outside the range of a dtype; unsigned dtypes take negative numbers, which wrap around."""
    if kind.category == dtypes.COMPLEX or kind is dtypes.bool_:
        return
    low, high = limits(kind)
    real, imaginary = (value.real, value.imag) if isinstance(value, complex) else (value, 0)
    fits = low <= real <= high or (kind.category == dtypes.FLOAT and not math.isfinite(real))
    if imaginary or not fits:
        raise invalid(RuntimeError, f"value cannot be converted to type {dtypes.C_NAMES[str(kind.tensor_type)]} without overflow")


@functools.cache
def limits(kind: Any) -> tuple[Any, Any]:
    """The smallest and the largest number that may be written into a tensor of this dtype."""
    if kind.category == dtypes.FLOAT:
        largest = BFLOAT16_MAX if kind is dtypes.bfloat16 else float(np.finfo(kind.name).max)
        return -largest, largest
    known = np.iinfo(kind.name)
    return int(known.min) or -int(known.max), int(known.max)


def masked_select(input: Any, mask: Any) -> Tensor:
    if mask.dtype != dtypes.bool_:
        raise invalid(RuntimeError, "masked_select: expected BoolTensor for mask")
    shape = np.broadcast_shapes(tuple(input.shape), tuple(mask.shape)) or (1,)
    found: Tensor = getitem(input.expand(shape), mask.expand(shape))
    return found


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where `condition`, else `other`; the places of `condition` when they are left out."""
    if input is None and other is None:
        return tuple(nonzero(condition).unbind(1))
    if dtypes.of(condition) is not dtypes.bool_:
        raise invalid(
            RuntimeError,
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.tensor_type}",
        )
    kind = dtypes.result_type(input, other)
    pair = [cast(one, kind) if is_tensor(one) else constant(one, kind) for one in (input, other)]
    return as_tensor(ops.where(condition, *pair))


def where_method(input: Any, condition: Any, other: Any) -> Any:
    """`where` as a method of what stands where the condition holds."""
    return where(condition, input, other)


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The index of each element that is not zero, one to a row."""
    if not bool(host(input).any()):
        found = input.new_zeros((0, input.ndim), dtype=dtypes.int64)
    elif not input.ndim:
        found = input.new_zeros((1, 0), dtype=dtypes.int64)
    else:
        found = cast(as_tensor(ops.nonzero(input)), dtypes.int64)
    return tuple(found.unbind(1)) if as_tuple else found


def nonzero_static(input: Any, *, size: int, fill_value: int = -1) -> Tensor:
    """The first `size` rows of `nonzero`, or all and then rows of `fill_value`."""
    if size < 0:
        raise invalid(RuntimeError, "nonzero_static: 'size' must be an non-negative integer")
    rows = np.full((size, input.ndim), fill_value, np.int64)
    found = np.argwhere(host(input)) if input.ndim else rows
    rows[: len(found)] = found[:size]
    result: Tensor = as_tensor(mindspore.Tensor(rows))
    return result


def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The index in each dimension of `shape` of these places of the flattened tensor; they wrap around."""
    if indices.is_complex() or indices.is_floating_point() or indices.dtype == dtypes.bool_:
        raise invalid(TypeError, f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, (int, Sequence)):
        raise invalid(TypeError, f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for one in sizes:
        if not isinstance(one, int):
            raise invalid(TypeError, f"expected 'shape' sequence to only contain ints, but got {type(one)}")
    if any(one < 0 for one in sizes):
        raise invalid(ValueError, f"'shape' cannot have negative values, but got {tuple(sizes)}")
    left, found = host(indices), []
    if 0 in sizes and left.size:
        raise invalid(RuntimeError, "ZeroDivisionError")
    for one in reversed(sizes):
        found.append(as_tensor(mindspore.Tensor(np.asarray(left % max(one, 1)).astype(np.int64))))
        left = left // max(one, 1)
    return tuple(reversed(found))
