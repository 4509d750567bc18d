"""nn.ConstantPad, ZeroPad2d, ReflectionPad and ReplicationPad."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.layers.layer import Layer, check_rank, check_type, computed, refuse

torch: Any = frameworks.load("torch")


class ConstantPad(Layer):
    """What the paddings with one value share. `padding` is an int for all sides, or a tuple from the last axis on."""

    rank = 2

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__()
        check_type(self, (int, tuple), padding=padding)
        check_type(self, (int, float), value=value)
        self.padding = (padding,) * (2 * self.rank) if isinstance(padding, int) else padding
        if len(self.padding) % 2 or len(self.padding) > 2 * self.rank or (self.rank == 1 and len(self.padding) != 2):
            raise refuse(self, f"'padding' must have two numbers for each of at most {self.rank} axes, but has {len(self.padding)}.")
        self.value = value

    @computed
    def construct(self, x: Any) -> Any:
        return torch.nn.functional.pad(x, self.padding, "constant", self.value)


class ConstantPad1d(ConstantPad):
    """nn.ConstantPad1d: the last axis."""

    rank = 1


class ConstantPad2d(ConstantPad):
    """nn.ConstantPad2d: the last two axes."""


class ConstantPad3d(ConstantPad):
    """nn.ConstantPad3d: the last three axes."""

    rank = 3


class ZeroPad2d(ConstantPad):
    """nn.ZeroPad2d: the last two axes with zeros."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0)


class EdgePad(Layer):
    """What the paddings with the input's own values share: an int for all sides, or a tuple from the last axis on."""

    rank = 2
    mode = "reflect"
    least: int | None = 0

    def __init__(self, padding: Any) -> None:
        super().__init__()
        check_type(self, (int, tuple), padding=padding)
        self.padding = (padding,) * (2 * self.rank) if isinstance(padding, int) else padding
        if len(self.padding) % 2:
            raise refuse(self, f"the length of input 'padding' must be divisible by 2, but got {len(self.padding)}.")
        if not all(isinstance(amount, int) for amount in self.padding):
            raise refuse(self, f"every element in 'padding' must be integer, but got {self.padding}.", TypeError)
        if self.least is not None and any(amount < self.least for amount in self.padding):
            raise refuse(self, f"every element in 'padding' must be >= {self.least}, but got {self.padding}.")

    @computed
    def construct(self, x: Any) -> Any:
        axes = len(self.padding) // 2
        if not axes:
            return x
        if x.dim() < axes:
            raise refuse(self, f"the input must have at least {axes} dims, but has {x.dim()}.")
        # PyTorch pads the last axes of tensors with one or two more; any other input is padded as one of those.
        flat = x.reshape(1, -1, *x.shape[x.dim() - axes :])
        padded = torch.nn.functional.pad(flat, self.padding, self.mode)
        return padded.reshape(*x.shape[: x.dim() - axes], *padded.shape[2:])


class ReflectionPad1d(EdgePad):
    """nn.ReflectionPad1d: the last axis, mirrored at its ends."""

    rank = 1


class ReflectionPad2d(EdgePad):
    """nn.ReflectionPad2d: the last two axes, mirrored at their ends."""


class ReflectionPad3d(EdgePad):
    """nn.ReflectionPad3d: the last three axes, mirrored at their ends."""

    rank = 3


class ReplicationPad(EdgePad):
    """What the paddings with the outermost values share; negative numbers cut."""

    mode = "replicate"
    least = None

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, self.rank + 1, self.rank + 2)
        return torch.nn.functional.pad(x, self.padding, self.mode)


class ReplicationPad1d(ReplicationPad):
    """nn.ReplicationPad1d of (N, C, L) or (C, L)."""

    rank = 1


class ReplicationPad2d(ReplicationPad):
    """nn.ReplicationPad2d of (N, C, H, W) or (C, H, W)."""


class ReplicationPad3d(ReplicationPad):
    """nn.ReplicationPad3d of (N, C, D, H, W) or (C, D, H, W)."""

    rank = 3
