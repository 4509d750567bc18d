"""mindspore.ops.conv1d, conv2d and conv3d: `pad_mode` says how the input is padded, and `padding` counts only where it is "pad"."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

PAD_MODES = ("valid", "same", "pad")
CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    pad_mode: str = "valid",
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Of (N, C, L) by a weight (out, C / groups, K)."""
    return convolved(1, input, weight, bias, stride, pad_mode, padding, dilation, groups)


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    pad_mode: str = "valid",
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Of (N, C, H, W) by a weight (out, C / groups, KH, KW)."""
    return convolved(2, input, weight, bias, stride, pad_mode, padding, dilation, groups)


def conv3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    pad_mode: str = "valid",
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Of (N, C, D, H, W) by a weight (out, C / groups, KD, KH, KW)."""
    return convolved(3, input, weight, bias, stride, pad_mode, padding, dilation, groups)


def convolved(rank: int, input: Any, weight: Any, bias: Any, stride: Any, pad_mode: str, padding: Any, dilation: Any, groups: int) -> Any:
    """ValueError for another number of dimensions, an unknown mode, and a padding where the mode has none; TypeError for another type."""
    name = f"conv{rank}d"
    if input.ndim != rank + 2:
        raise errors.invalid(ValueError, f"For '{name}', the input must be a {rank + 2}D Tensor, but got input of {input.ndim}D.")
    if pad_mode not in PAD_MODES:
        raise errors.invalid(ValueError, f"For '{name}', 'pad_mode' must be one of {PAD_MODES}, but got {pad_mode!r}.")
    strides, dilations, given = (each(rank, name, *one) for one in (("stride", stride), ("dilation", dilation), ("padding", padding)))
    if pad_mode != "pad" and any(given):
        raise errors.invalid(ValueError, f"For '{name}', 'padding' must be zero when 'pad_mode' is not 'pad', but got {padding}.")
    if pad_mode == "same":
        pairs = [same_padding(*one) for one in zip(input.shape[2:], weight.shape[2:], strides, dilations, strict=True)]
        input = F.pad(input, reversed_pairs(pairs))
    return CONVOLUTIONS[rank](input, weight, bias, strides, given, dilations, groups)


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """What pad_mode "same" adds before and after one axis, so that ceil(size / stride) windows fit; the odd one goes behind."""
    total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def reversed_pairs(pairs: list[tuple[int, int]]) -> list[int]:
    """Padding by axis as torch.nn.functional.pad takes it: the last axis first."""
    return [amount for pair in reversed(pairs) for amount in pair]


def each(rank: int, name: str, argument: str, value: Any) -> tuple[int, ...]:
    """One number for each dimension."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * rank
    if not isinstance(value, (tuple, list)):
        raise errors.invalid(TypeError, f"For '{name}', '{argument}' must be an int, a tuple or a list, but got {type(value).__name__}.")
    if len(value) != rank:
        raise errors.invalid(ValueError, f"For '{name}', '{argument}' must have {rank} elements, but got {value}.")
    return tuple(value)
