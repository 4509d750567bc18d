"""torch.UntypedStorage and torch.TypedStorage: the memory under tensors, as bytes that they share."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedAPI, UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.descriptors import check_device, device
from compat.torch_on_mindspore.engine import ON_CPU, mindspore
from compat.torch_on_mindspore.storage import view_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, owner

BYTE = np.dtype(np.uint8)
BFLOAT16 = mindspore.Tensor([0.0], mindspore.bfloat16).asnumpy().dtype  # a dtype that MindSpore registers with NumPy
as_strided = mindspore.ops.auto_generate.AsStrided()


def numpy_dtype(kind: Any) -> Any:
    """The NumPy dtype that holds elements of this torch.dtype."""
    return BFLOAT16 if kind == dtypes.bfloat16 else np.dtype(kind.name)


class UntypedStorage:
    """Bytes, shared with the tensors made of them."""

    __module__ = "torch.storage"

    def __init__(self, content: int | Sequence[int] | np.ndarray[Any, Any] = 0, *, device: Any = None) -> None:
        """`content` zero bytes, or these bytes; an array of bytes is shared, not copied."""
        check_device("torch.UntypedStorage", device)
        if isinstance(content, np.ndarray):
            self.memory = content
        else:
            self.memory = np.zeros(content, BYTE) if isinstance(content, int) else np.array(list(content), BYTE)
        self.owner: Any = None  # the tensor that has all of this memory, in order

    @classmethod
    def from_file(cls, filename: str | os.PathLike[str], shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The first bytes of a file; writes reach it when `shared`. RuntimeError when the file is shorter, unless shared."""
        if not nbytes:
            return cls()
        name = os.fspath(filename)
        if shared:
            with open(name, "ab") as opened:
                opened.truncate(max(nbytes, opened.tell()))
        elif not os.path.exists(name):
            raise invalid(RuntimeError, f"unable to open file <{name}> in read-only mode: No such file or directory (2)")
        elif (size := os.path.getsize(name)) < nbytes:
            raise invalid(RuntimeError, f"file <{name}> size <{size}> is smaller than the required mapping size <{nbytes}>")
        mapped = np.memmap(filename, BYTE, "r+" if shared else "c", shape=(nbytes,))
        return cls(mapped.view(np.ndarray))

    @property
    def device(self) -> device:
        return device("cpu")

    @property
    def is_cuda(self) -> bool:
        return False

    def data_ptr(self) -> int:
        return int(self.memory.ctypes.data) if self.memory.size else 0

    _cdata = property(data_ptr)

    def nbytes(self) -> int:
        return self.memory.size

    size = nbytes

    def element_size(self) -> int:
        return 1

    def __len__(self) -> int:
        return self.memory.size

    def __getitem__(self, index: Any) -> Any:
        """One byte, or with a slice the storage of a part of the same memory."""
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise invalid(RuntimeError, f"Trying to slice with a step of {index.step}, but only a step of 1 is supported")
            return UntypedStorage(self.memory[index])
        return int(self.memory[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.memory[index] = value

    def __iter__(self) -> Iterator[int]:
        return iter(self.memory.tolist())

    def __array__(self, dtype: Any = None) -> Any:
        return self.memory if dtype is None else self.memory.astype(dtype, copy=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and (self.data_ptr(), self.nbytes()) == (other.data_ptr(), other.nbytes())

    def __hash__(self) -> int:
        return hash((self.data_ptr(), self.nbytes()))

    def tolist(self) -> list[int]:
        return list(self)

    def untyped(self) -> UntypedStorage:
        return self

    def cpu(self) -> UntypedStorage:
        return self

    def clone(self) -> UntypedStorage:
        return UntypedStorage(self.memory.copy())

    def copy_(self, source: UntypedStorage, non_blocking: bool = False) -> UntypedStorage:
        self.memory[:] = source.memory
        return self

    def fill_(self, value: int) -> UntypedStorage:
        self.memory[:] = value
        return self

    def byteswap(self, dtype: Any) -> None:
        """Turn the bytes of every element around, in place."""
        kind = numpy_dtype(dtype)
        self.memory.view(np.dtype(np.int16) if kind == BFLOAT16 else kind).byteswap(inplace=True)

    def resize_(self, size: int) -> None:
        raise UnsupportedAPI("torch.UntypedStorage.resize_ has no implementation on MindSpore here: make a new tensor")

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Any:
        raise UnsupportedArgument("torch.UntypedStorage.cuda", "device", device, "cpu: MindSpore runs on no CUDA device here")

    def __repr__(self) -> str:
        return "".join(f" {one}\n" for one in self) + f"[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"

    def __reduce__(self) -> Any:
        return UntypedStorage, (list(self),)


class TypedStorage:
    """A storage counted in elements of one dtype."""

    __module__ = "torch.storage"

    def __init__(self, *, wrap_storage: UntypedStorage, dtype: Any, _internal: bool = False) -> None:
        self._untyped_storage, self.dtype = wrap_storage, dtype

    @property
    def device(self) -> device:
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> bool:
        return False

    def untyped(self) -> UntypedStorage:
        return self._untyped_storage

    def data_ptr(self) -> int:
        return self._untyped_storage.data_ptr()

    def nbytes(self) -> int:
        return self._untyped_storage.nbytes()

    def element_size(self) -> int:
        return int(self.dtype.itemsize)

    def size(self) -> int:
        return self.nbytes() // self.element_size()

    __len__ = size

    def elements(self) -> Any:
        """The memory as a NumPy array of the dtype."""
        return self._untyped_storage.memory.view(numpy_dtype(self.dtype))

    def numbers(self) -> Any:
        """The elements in a dtype of NumPy's own."""
        return self.elements().astype(np.float32) if self.dtype == dtypes.bfloat16 else self.elements()

    def tolist(self) -> list[Any]:
        return list(self.numbers().tolist())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise invalid(RuntimeError, "slices are only supported in UntypedStorage.__getitem__")
        return self.numbers()[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self.elements()[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def cpu(self) -> TypedStorage:
        return self

    def clone(self) -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype)

    def __repr__(self) -> str:
        shown = "".join(f" {one}\n" for one in self)
        return f"{shown}[torch.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}]"

    def __reduce__(self) -> Any:
        return _rebuild_typed_storage, (self._untyped_storage.memory.tobytes(), self.dtype)


def _rebuild_typed_storage(content: bytes, dtype: Any) -> TypedStorage:
    return TypedStorage(wrap_storage=UntypedStorage(np.frombuffer(bytearray(content), BYTE)), dtype=dtype)


def untyped_storage(input: Any) -> UntypedStorage:
    """All the memory that `input` lies in, shared with it."""
    if not ON_CPU:
        raise UnsupportedAPI("torch.Tensor.untyped_storage: the memory of a device is not visible from Python; use tensor.cpu()")
    native = mindspore.Tensor.untyped_storage(input)
    size = int(native.nbytes())
    if size:
        memory: Any = (ctypes.c_ubyte * size).from_address(int(native.data_ptr()))
        memory.keeper = native  # it holds the memory, also after the tensor is gone or was given other data
        found = UntypedStorage(np.frombuffer(memory, BYTE))
    else:
        found = UntypedStorage()
    whole = owner(input)
    whole._exported = True
    if whole.is_contiguous() and not whole.storage_offset() and whole.numel() * whole.element_size() == size:
        found.owner = whole
    return found


def typed_storage(input: Any) -> TypedStorage:
    return TypedStorage(wrap_storage=untyped_storage(input), dtype=input.dtype)


def compact_storage(input: Any) -> TypedStorage:
    """A storage of its own for the elements of `input`, in order."""
    elements = np.ascontiguousarray(input.asnumpy()).reshape(-1)
    return TypedStorage(wrap_storage=UntypedStorage(elements.view(BYTE)), dtype=input.dtype)


def tensor_in(storage: UntypedStorage, dtype: Any, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """The tensor that lies so in `storage`; RuntimeError when the storage does not reach as far."""
    check_within(storage.nbytes(), dtype.itemsize, offset, size, stride)
    if 0 in size or not storage.nbytes():
        return as_tensor(mindspore.Tensor.from_numpy(np.empty(size, numpy_dtype(dtype))))
    whole = not offset and stride == row_major(size) and int(np.prod(size)) * dtype.itemsize == storage.nbytes()
    if storage.owner is None:
        elements = storage.memory.view(numpy_dtype(dtype))
        storage.owner = as_tensor(mindspore.Tensor.from_numpy(elements.reshape(size) if whole else elements))
        if whole:
            return storage.owner
    if storage.owner.dtype != dtype:
        raise UnsupportedAPI(f"a storage seen as {dtype} and as {storage.owner.dtype} at once has no implementation on MindSpore here")
    return view_of(storage.owner, as_strided, size, stride, offset)


def seen_as(input: Any, dtype: Any) -> Any:
    """The same memory as elements of another dtype, without a history; RuntimeError when they would not fit in."""
    kind = dtypes.OF[dtype]
    size, stride, offset = list(input.shape), list(input.stride()), input.storage_offset()
    old, new = input.dtype.itemsize, kind.itemsize
    if old != new:
        check_sizes(input, kind, size, stride, offset)
        size[-1] = size[-1] * old // new
        stride[:-1] = [step * old // new for step in stride[:-1]]
        offset = offset * old // new
    return tensor_in(UntypedStorage(untyped_storage(input).memory), kind, offset, tuple(size), tuple(stride))


def check_sizes(input: Any, kind: Any, size: list[int], stride: list[int], offset: int) -> None:
    """RuntimeError unless elements of `kind`, of another size, fit where those of `input` are."""
    reason = f"to view {input.dtype.tensor_type} as {kind.tensor_type} (different element sizes)"
    if not size:
        raise invalid(RuntimeError, f"self.dim() cannot be 0 {reason}")
    if stride[-1] != 1:
        raise invalid(RuntimeError, f"self.stride(-1) must be 1 {reason}, but got {stride[-1]}")
    ratio = kind.itemsize // input.dtype.itemsize
    numbers = (("size(-1)", size[-1]), ("storage_offset()", offset), *((f"stride({at})", step) for at, step in enumerate(stride[:-1])))
    for name, number in numbers:
        if ratio and number % ratio:
            raise invalid(RuntimeError, f"self.{name} must be divisible by {ratio} {reason}, but got {number}")


def check_within(nbytes: int, itemsize: int, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
    """RuntimeError unless every element of such a tensor lies within `nbytes`."""
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or any(type(one) is not int or one < 0 for one in numbers):
        raise invalid(RuntimeError, f"a tensor can't have sizes={list(size)}, strides={list(stride)} and storage_offset={offset}")
    last = 0 if 0 in size else offset + 1 + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    if last * itemsize > nbytes:
        raise invalid(
            RuntimeError,
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize {itemsize} requiring a "
            f"storage size of {last * itemsize} are out of bounds for storage of size {nbytes}",
        )


def row_major(size: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a tensor of this size whose elements lie in order."""
    steps = [1]
    for count in reversed(size[1:]):
        steps.append(steps[-1] * max(count, 1))
    return tuple(reversed(steps))[: len(size)]


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A tensor of one dimension that shares the memory of `buffer`, or has a copy when that is read-only.

    ValueError when the buffer does not hold `count` elements.
    """
    kind = dtypes.OF[dtype]
    length = memoryview(buffer).nbytes
    if not length or not count:
        raise invalid(ValueError, f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise invalid(
            ValueError, f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count < 0 and (length - offset) % kind.itemsize:
        raise invalid(
            ValueError,
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of element size ({kind.itemsize})",
        )
    if count > 0 and offset + count * kind.itemsize > length:
        raise invalid(
            ValueError,
            f"requested buffer length ({count} * {kind.itemsize} bytes) after offset ({offset} bytes) must not be greater than "
            f"actual buffer length ({length} bytes)",
        )
    elements = np.frombuffer(buffer, numpy_dtype(kind), count, offset)
    made: Tensor = as_tensor(mindspore.Tensor.from_numpy(elements if elements.flags.writeable else elements.copy()))
    return made.requires_grad_() if requires_grad else made
