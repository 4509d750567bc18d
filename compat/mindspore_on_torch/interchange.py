"""Tensors out of other objects' memory, and two tensors that change places."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.tensor import Tensor, as_tensor

torch: Any = frameworks.load("torch")


def frombuffer(buffer: Any, dtype: Any = dtypes.float32, count: int = -1, offset: int = 0) -> Any:
    """mindspore.frombuffer: a flat Tensor that shares the memory of an object with a buffer; a copy of one that is read only."""
    if memoryview(buffer).readonly:
        buffer = bytearray(buffer)
    return as_tensor(torch.frombuffer(buffer, dtype=dtypes.torch_dtype(dtype), count=count, offset=offset))


def to_dlpack(tensor: Any) -> Any:
    """mindspore.to_dlpack: a capsule through which another library reads the same memory."""
    if not isinstance(tensor, torch.Tensor):
        raise errors.invalid(TypeError, f"to_dlpack needs a Tensor, but got {type(tensor).__name__}.")
    return torch.utils.dlpack.to_dlpack(tensor.detach().as_subclass(torch.Tensor))


def from_dlpack(dlpack: Any) -> Any:
    """mindspore.from_dlpack: a Tensor in the memory of a capsule, or of an object with `__dlpack__`."""
    return as_tensor(torch.from_dlpack(dlpack))


def swap_tensors(t1: Any, t2: Any) -> None:
    """mindspore.swap_tensors: exchange two tensors, so that every name for the one means the other. TypeError for anything else."""
    if not isinstance(t1, Tensor) or not isinstance(t2, Tensor):
        raise errors.invalid(TypeError, f"swap_tensors needs two Tensors, but got {type(t1).__name__} and {type(t2).__name__}.")
    torch.utils.swap_tensors(t1, t2)


Tensor.from_dlpack, Tensor.to_dlpack = staticmethod(from_dlpack), to_dlpack
