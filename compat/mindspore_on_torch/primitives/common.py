"""What several modules of operators share: numbers by axis, layouts, dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.convolutions import each, reversed_pairs, same_padding
from compat.mindspore_on_torch.dtypes import torch_dtype

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

Pairs = list[tuple[int, int]]


def by_axis(rank: int, name: str, argument: str, value: Any) -> tuple[int, ...]:
    """One number for each axis of a window, given as one, `rank`, or `rank` + 2 of them with those of batch and channels first."""
    if isinstance(value, (tuple, list)) and len(value) == rank + 2:
        value = value[2:]
    return each(rank, name, argument, value)


def pairs(rank: int, name: str, value: Any) -> Pairs:
    """Padding (before, after) by axis: from one number, or from both of each axis. ValueError for another count, or a negative one."""
    amounts = each(2 * rank, name, "pad", value)
    if min(amounts) < 0:
        raise errors.invalid(ValueError, f"For '{name}', 'pad' must not be negative, but got {value}.")
    return list(zip(amounts[::2], amounts[1::2], strict=True))


def padding_of(
    name: str, pad_mode: str, given: Pairs, sizes: Any, kernel: Any, stride: Any, dilation: Any, modes: tuple[str, ...] = ("pad",)
) -> Pairs:  # fmt: skip
    """(before, after) by axis for "same", "valid" or "pad", in any case; ValueError for another mode, or a padding that the mode has not."""
    mode = pad_mode.lower()
    if mode not in ("same", "valid", *modes):
        raise errors.invalid(ValueError, f"For '{name}', 'pad_mode' must be one of {('same', 'valid', *modes)}, but got {pad_mode!r}.")
    if mode != "pad" and any(map(any, given)):
        raise errors.invalid(ValueError, f"For '{name}', 'pad' must be zero when 'pad_mode' is not 'pad', but got {given}.")
    if mode == "same":
        return [same_padding(*axis) for axis in zip(sizes, kernel, stride, dilation, strict=True)]
    return given


def filled(x: Any, padding: Pairs, fill: float = 0) -> Any:
    """`x` padded by (before, after) of its last axes; the same object without any."""
    return F.pad(x, reversed_pairs(padding), value=fill) if any(map(any, padding)) else x


def lowest(x: Any) -> Any:
    """The least number of the dtype of `x`: -inf, or that of the integers."""
    return -torch.inf if x.is_floating_point() else torch.iinfo(x.dtype).min


def channels_first(name: str, x: Any, data_format: str, compute: Callable[[Any], Any]) -> Any:
    """`compute` of (N, C, H, W), whether x is that or, with data_format "NHWC", (N, H, W, C), as is the result then."""
    if data_format == "NCHW":
        return compute(x)
    if data_format != "NHWC":
        raise errors.invalid(ValueError, f"For '{name}', 'data_format' must be 'NCHW' or 'NHWC', but got {data_format!r}.")
    return compute(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def only_layout(name: str, data_format: str, known: str) -> None:
    """ValueError unless the layout is the one that this operator has."""
    if data_format != known:
        raise errors.invalid(ValueError, f"For '{name}', 'data_format' must be {known!r}, but got {data_format!r}.")


def check_rank(name: str, x: Any, *ranks: int) -> None:
    """ValueError unless the tensor has one of these numbers of dimensions."""
    if x.dim() not in ranks:
        raise errors.invalid(ValueError, f"For '{name}', the input must have {' or '.join(map(str, ranks))} dims, but got {x.dim()}.")


def numbers(value: Any) -> list[Any]:
    """The elements of a tensor, tuple or list of integers. Those of a tensor are read from its device."""
    return torch.Tensor.tolist(value) if isinstance(value, torch.Tensor) else list(value)


def number(value: Any) -> Any:
    """A number, also out of a tensor of one element, which is read from its device."""
    return torch.Tensor.item(value) if isinstance(value, torch.Tensor) else value


def as_index(indices: Any, dtype: Any) -> Any:
    """Indices in MindSpore's dtype for them, int32 or int64."""
    return indices.to(torch_dtype(dtype))
