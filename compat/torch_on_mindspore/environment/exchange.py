"""Tensors of other libraries, and tensors for them, without a copy: DLPack; and moves to devices that are not here."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.descriptors import check_device, device as Device
from compat.torch_on_mindspore.storage import detached
from compat.torch_on_mindspore.tensor import Tensor


def dlpack(self: Any, *, stream: Any = None, **_options: Any) -> Any:
    """A capsule that shares this tensor's memory; BufferError when it requires grad."""
    if stream not in (None, -1):
        raise invalid(TypeError, "stream must be None for a tensor on CPU")
    refuse_recorded(self)
    return self.numpy().__dlpack__()


def refuse_recorded(tensor: Any) -> None:
    if tensor.requires_grad:
        raise invalid(BufferError, "Can't export tensors that require gradient, use tensor.detach()")


def dlpack_device(self: Any) -> tuple[int, int]:
    """(1, 0): the CPU."""
    return 1, 0


def to_dlpack(data: Any) -> Any:
    """A capsule that shares the memory of a tensor; `torch.utils.dlpack.to_dlpack`."""
    return dlpack(data)


class _Holder:
    """A capsule as NumPy takes it."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **_options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Any:
    """A tensor that shares the memory of another library's, or of a capsule; with `copy`, that has memory of its own.

    It comes by way of a NumPy array: MindSpore's own reader crashes on NumPy's capsules.
    """
    check_device("torch.from_dlpack", device)
    if isinstance(ext_tensor, Tensor) and ext_tensor.dtype == dtypes.bfloat16:  # which NumPy does not know
        refuse_recorded(ext_tensor)
        own = detached(ext_tensor)
        return own.clone() if copy else own
    found = creation.from_numpy(np.from_dlpack(ext_tensor if hasattr(ext_tensor, "__dlpack__") else _Holder(ext_tensor)))
    return found.clone() if copy else found


def cuda(self: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """AssertionError for a CUDA device, RuntimeError for a number or another device, as in PyTorch without CUDA."""
    place = Device("cuda" if device is None else device)
    if place.type != "cuda":
        raise invalid(RuntimeError, "Invalid device, must be cuda device")
    check_device("torch.Tensor.cuda", place)
    return self


def share_memory_(self: Any) -> Any:
    """UnsupportedAPI: MindSpore's memory can't be shared with other processes."""
    raise UnsupportedAPI("torch.Tensor.share_memory_ has no implementation on MindSpore here: programs run in one process")


METHODS = {"__dlpack__": dlpack, "__dlpack_device__": dlpack_device, "cuda": cuda, "share_memory_": share_memory_}
