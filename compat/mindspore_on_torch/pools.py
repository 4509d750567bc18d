"""mindspore.ops' pooling functions whose results or arguments differ from PyTorch's; transposed convolutions and decoding beside them."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.convolution import Conv3DTranspose
from compat.mindspore_on_torch.primitives.sequences import CTCGreedyDecoder

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "adaptive_max_pool3d", "conv3d_transpose", "conv_transpose2d", "ctc_greedy_decoder", "fractional_max_pool2d", "fractional_max_pool3d",
]  # fmt: skip


@operation
def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """mindspore.ops.adaptive_max_pool3d: of (N, C, D, H, W) or (C, D, H, W); the indices are int32."""
    found, places = F.adaptive_max_pool3d(input, output_size, return_indices=True)
    return (found, places.int()) if return_indices else found


def fractional(rank: int) -> Any:
    """mindspore.ops.fractional_max_pool2d or 3d."""
    pool = getattr(F, f"fractional_max_pool{rank}d")

    def function(
        input: Any,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:
        if output_size is None and output_ratio is None:
            raise errors.invalid(ValueError, "output_size and output_ratio must not both be None")
        ratio = None if output_size is not None else output_ratio
        return pool(input, kernel_size, output_size, ratio, return_indices, _random_samples)

    function.__name__ = function.__qualname__ = f"fractional_max_pool{rank}d"
    function.__doc__ = f"mindspore.ops.fractional_max_pool{rank}d: `output_size` counts where both it and `output_ratio` are given."
    return operation(function)


fractional_max_pool2d, fractional_max_pool3d = map(fractional, (2, 3))


@operation
def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """mindspore.ops.conv_transpose2d: of (N, C, H, W) or (C, H, W) by a weight (C, out / groups, KH, KW)."""
    return F.conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation)


@operation
def conv3d_transpose(
    inputs: Any, weight: Any, pad_mode: str = "valid", padding: Any = 0, stride: Any = 1, dilation: Any = 1, group: int = 1,
    output_padding: Any = 0,
) -> Any:  # fmt: skip
    """mindspore.ops.conv3d_transpose: of (N, C, D, H, W) by a weight (C, out / group, KD, KH, KW); a padding has 1 or 6 numbers."""
    channels, features, *kernel = weight.shape
    operator = Conv3DTranspose(
        channels, features * group, tuple(kernel), 1, pad_mode, padding, stride, dilation, group, output_padding
    )  # fmt: skip
    return operator(inputs, weight)


@operation
def ctc_greedy_decoder(inputs: Any, sequence_length: Any, merge_repeated: bool = True) -> Any:
    """mindspore.ops.ctc_greedy_decoder: CTCGreedyDecoder; ValueError for other numbers of axes, or a sequence that is too long."""
    if inputs.ndim != 3 or sequence_length.ndim != 1:
        raise errors.invalid(
            ValueError, f"inputs must have 3 axes and sequence_length 1, but they have {inputs.ndim} and {sequence_length.ndim}"
        )
    if sequence_length.numel() and int(sequence_length.max()) > inputs.shape[0]:
        raise errors.invalid(ValueError, f"a sequence is longer than {inputs.shape[0]} steps")
    return CTCGreedyDecoder(merge_repeated)(inputs, sequence_length)
