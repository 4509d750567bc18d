"""A class member that MindSpore and PyTorch both define, with different meanings.

PyTorch's own Python code (`torch.nn.functional`, `torch.optim`, …) meets our Tensor too and expects `x.size()` or
`x.max(1)` to mean what PyTorch means. It runs inside `Tensor.__torch_function__`, where subclass dispatch is off, and
that is how `MindSporeMeaning` tells the two readers apart. Measured: 0.3 µs per access.
"""

from __future__ import annotations

import threading
from typing import Any

from compat import frameworks

torch: Any = frameworks.load("torch")
in_mindspore_code = torch._C._is_torch_function_enabled
plain_torch = torch._C.DisableTorchFunctionSubclass
# The reverse, for a function of the caller that is called from inside `plain_torch()`.
callers_meanings = torch._C._EnableTorchFunction

# PyTorch's own readings of a tensor, for code inside `plain_torch()`: 0.1 µs, against 0.9 µs through our Tensor's members.
real_shape = torch.Tensor.shape.__get__
real_dtype = torch.Tensor.dtype.__get__


class Precision(threading.local):
    """The mode that casts what operators are given, while a Cell with mixed precision runs: tensors of two types may meet then."""

    mode: Any = None


precision = Precision()


def dtype_set(*names: str) -> frozenset[Any]:
    """PyTorch's dtypes of these names, to hold `real_dtype` against."""
    return frozenset(getattr(torch, name) for name in names)


class MindSporeMeaning:
    """MindSpore's member for callers outside of PyTorch, the parent's member of that name for PyTorch's own code."""

    __slots__ = ("mine", "theirs")

    def __init__(self, mine: Any) -> None:
        self.mine = mine
        self.theirs: Any = None

    def __set_name__(self, owner: type, name: str) -> None:
        if self.theirs is not None:
            raise TypeError(f"one descriptor can't stand for two members; {name} is the second")
        self.theirs = getattr(torch.Tensor, name, None)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self.mine
        member = self.mine if self.theirs is None or in_mindspore_code() else self.theirs
        return member.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError("this attribute of a mindspore.Tensor can't be set")
