"""Padding as modules."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.functional.padding import pad
from compat.torch_on_mindspore.functional.tuples import _ntuple
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.tensor import Tensor


class _Padding(Module):
    """Pads the last `rank` dimensions in one mode; `padding` is one number, or two for each dimension, the last one first."""

    rank: int
    mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = _ntuple(2 * self.rank)(padding)

    def forward(self, input: Any) -> Tensor:
        return pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPadNd(_Padding):
    mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Any) -> Tensor:
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Adds `value` around the last dimension."""

    rank = 1


class ConstantPad2d(_ConstantPadNd):
    """Adds `value` around the last two dimensions."""

    rank = 2


class ConstantPad3d(_ConstantPadNd):
    """Adds `value` around the last three dimensions."""

    rank = 3


class ZeroPad1d(ConstantPad1d):
    """Adds zeros around the last dimension."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """Adds zeros around the last two dimensions."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """Adds zeros around the last three dimensions."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ReflectionPadNd(_Padding):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Continues the last dimension by its mirror image, without the edge."""

    rank = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Continues the last two dimensions by their mirror image, without the edge."""

    rank = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Continues the last three dimensions by their mirror image, without the edge."""

    rank = 3


class _ReplicationPadNd(_Padding):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Continues the last dimension by its edge."""

    rank = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Continues the last two dimensions by their edge."""

    rank = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Continues the last three dimensions by their edge."""

    rank = 3


class _CircularPadNd(_Padding):
    mode = "circular"

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim not in (self.rank + 1, self.rank + 2):
            raise invalid(ValueError, f"expected {self.rank + 1}D or {self.rank + 2}D input (got {input.ndim}D input)")

    def forward(self, input: Any) -> Tensor:
        self._check_input_dim(input)
        return super().forward(input)


class CircularPad1d(_CircularPadNd):
    """Continues the last dimension from its other end."""

    rank = 1


class CircularPad2d(_CircularPadNd):
    """Continues the last two dimensions from their other end."""

    rank = 2


class CircularPad3d(_CircularPadNd):
    """Continues the last three dimensions from their other end."""

    rank = 3


name_constructors(globals())
