"""Windows, in the dtypes that MindSpore gives them: float64 where none is asked for."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def made(name: str, window_length: int, periodic: bool, dtype: Any, *shape: float) -> Any:
    """The window of PyTorch, in double precision, as `dtype`; TypeError or ValueError for arguments that MindSpore refuses."""
    if not isinstance(window_length, int):
        raise errors.invalid(TypeError, f"mindspore.ops.{name}: window_length must be an int, but got {type(window_length).__name__}")
    if not isinstance(periodic, bool):
        raise errors.invalid(TypeError, f"mindspore.ops.{name}: periodic must be a bool, but got {type(periodic).__name__}")
    if window_length < 0:
        raise errors.invalid(ValueError, f"mindspore.ops.{name}: window_length must not be negative, but got {window_length}")
    window = getattr(torch, name)(window_length, periodic, *shape, dtype=torch.float64)
    return as_tensor(window if dtype is None else window.to(torch_dtype(dtype)))


def hann_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> Any:
    """mindspore.ops.hann_window."""
    return made("hann_window", window_length, periodic, dtype)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None) -> Any:
    """mindspore.ops.kaiser_window."""
    return made("kaiser_window", window_length, periodic, dtype, beta)


def hanning(M: int) -> Any:
    """mindspore.numpy.hanning: the symmetric window, as float32; empty for M < 1."""
    if not isinstance(M, int):
        raise errors.invalid(TypeError, f"mindspore.numpy.hanning: M must be an int, but got {type(M).__name__}")
    return as_tensor(torch.hann_window(max(M, 0), periodic=False, dtype=torch.float64).float())
