"""mindspore.nn's layers that pad, mask, roll or mark the elements of a tensor, or bound its norm."""

from __future__ import annotations

import math
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import dtypes, shaping
from compat.mindspore_on_torch.convolutions import reversed_pairs, same_padding
from compat.mindspore_on_torch.layers.layer import Layer, check_rank, check_type, computed, refuse

torch: Any = frameworks.load("torch")

__all__ = [
    "ClipByNorm", "L1Regularizer", "MatrixDiag", "MatrixDiagPart", "MatrixSetDiag", "Norm", "OneHot", "Pad", "Roll", "Tril", "Triu", "Unfold",
]  # fmt: skip


class ClipByNorm(Layer):
    """nn.ClipByNorm: `x` scaled so that its L2 norm over `axis` is at most `clip_norm`; the result is float32."""

    def __init__(self, axis: Any = None) -> None:
        super().__init__()
        self.axis = () if axis is None else axis
        check_type(self, (int, tuple, list), axis=self.axis)

    @computed
    def construct(self, x: Any, clip_norm: Any) -> Any:
        if x.dtype not in (torch.float16, torch.float32):
            raise refuse(self, f"the type of 'x' must be float16 or float32, but got {x.dtype}.", TypeError)
        return clipped(x.float(), clip_norm, list(range(x.dim())) if self.axis in ((), []) else self.axis)


def clipped(x: Any, bound: Any, axes: Any) -> Any:
    """`x` where its norm over `axes` is at most `bound`, else scaled to it."""
    norm = torch.linalg.vector_norm(x, dim=axes, keepdim=True)
    return torch.where(norm > bound, x * bound / torch.where(norm > 0, norm, 1.0), x)


class L1Regularizer(Layer):
    """nn.L1Regularizer: `scale` times the sum of the absolute weights, at least in float32."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        check_type(self, (int, float), scale=scale)
        if scale <= 0 or math.isinf(scale) or math.isnan(scale):
            raise refuse(self, f"the 'scale' must be a finite number greater than 0, but got {scale}.")
        self.scale = scale

    @computed
    def construct(self, weights: Any) -> Any:
        if weights.dtype == torch.bool:
            raise refuse(self, "the 'weights' must be numbers, but got bool.", TypeError)
        return self.scale * weights.abs().sum().to(torch.promote_types(weights.dtype, torch.float32))


class Norm(Layer):
    """nn.Norm: the L2 norm over `axis`."""

    def __init__(self, axis: Any = (), keep_dims: bool = False) -> None:
        super().__init__()
        check_type(self, bool, keep_dims=keep_dims)
        self.axis, self.keep_dims = axis, keep_dims

    @computed
    def construct(self, x: Any) -> Any:
        axes = tuple(range(x.dim())) if self.axis == () else self.axis
        return x.square().sum(axes, keepdim=self.keep_dims).sqrt()

    def extend_repr(self) -> str:
        return f"axis={self.axis}, keep_dims={self.keep_dims}"


class OneHot(Layer):
    """nn.OneHot: `on_value` at the index along a new axis of length `depth`, `off_value` elsewhere."""

    def __init__(self, axis: int = -1, depth: int = 1, on_value: float = 1.0, off_value: float = 0.0, dtype: Any = dtypes.float32) -> None:
        super().__init__()
        self.axis, self.depth, self.on_value, self.off_value = axis, depth, on_value, off_value
        self.dtype = dtypes.checked("OneHot", dtype)

    @computed
    def construct(self, indices: Any) -> Any:
        on, off = (torch.tensor(value, dtype=self.dtype.torch, device=indices.device) for value in (self.on_value, self.off_value))
        return shaping.one_hot(indices, self.depth, on, off, self.axis)


class Pad(Layer):
    """nn.Pad: two numbers for each axis in front and behind: zeros, or the input mirrored without (REFLECT) or with its edge (SYMMETRIC)."""

    def __init__(self, paddings: Any, mode: str = "CONSTANT") -> None:
        super().__init__()
        if mode not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
            raise refuse(self, f"the 'mode' must be one of CONSTANT, REFLECT, SYMMETRIC, but got {mode}.")
        check_type(self, tuple, paddings=paddings)
        if any(len(pair) != 2 for pair in paddings) or len(paddings) > 4:
            raise refuse(self, f"'paddings' must have two numbers for each of at most 4 axes, but got {paddings}.")
        self.paddings, self.mode = paddings, mode

    @computed
    def construct(self, x: Any) -> Any:
        if len(self.paddings) != x.dim():
            raise refuse(self, f"the length of 'paddings' must be the rank of the input {x.dim()}, but got {len(self.paddings)}.")
        if self.mode == "CONSTANT":
            return torch.nn.functional.pad(x, [amount for pair in reversed(self.paddings) for amount in pair])
        for axis, (front, behind) in enumerate(self.paddings):
            if front or behind:
                x = x.index_select(axis, self.places(x.shape[axis], front, behind).to(x.device))
        return x

    def places(self, length: int, front: int, behind: int) -> Any:
        """Where in an axis each element of the padded one comes from."""
        skipped = 1 if self.mode == "REFLECT" else 0
        if max(front, behind) > length - skipped:
            raise refuse(self, f"an axis of {length} can't be mirrored by {max(front, behind)} elements.")
        inside = torch.arange(length)
        return torch.cat([
            inside[skipped : front + skipped].flip(0),
            inside,
            inside[length - behind - skipped : length - skipped].flip(0),
        ])  # fmt: skip


class Roll(Layer):
    """nn.Roll: elements moved by `shift` along `axis`; those that leave at the end come in at the front."""

    def __init__(self, shift: Any, axis: Any) -> None:
        super().__init__()
        check_type(self, (int, tuple, list), shift=shift, axis=axis)
        self.shift, self.axis = ([each] if isinstance(each, int) else list(each) for each in (shift, axis))
        if len(self.shift) != len(self.axis):
            raise refuse(self, f"'shift' and 'axis' must have one length, but got {len(self.shift)} and {len(self.axis)}.")

    @computed
    def construct(self, input_x: Any) -> Any:
        return torch.roll(input_x, self.shift, self.axis)


class Tril(Layer):
    """nn.Tril: the part on and below diagonal `k` of the last two axes, zeros elsewhere."""

    @computed
    def construct(self, x: Any, k: int = 0) -> Any:
        return torch.tril(x, k)


class Triu(Layer):
    """nn.Triu: the part on and above diagonal `k` of the last two axes, zeros elsewhere."""

    @computed
    def construct(self, x: Any, k: int = 0) -> Any:
        return torch.triu(x, k)


class MatrixDiag(Layer):
    """nn.MatrixDiag: (..., N) → (..., N, N) with these diagonals."""

    @computed
    def construct(self, input_x: Any) -> Any:
        return torch.diag_embed(input_x)


class MatrixDiagPart(Layer):
    """nn.MatrixDiagPart: the main diagonals of (..., M, N)."""

    @computed
    def construct(self, input_x: Any) -> Any:
        return input_x.diagonal(dim1=-2, dim2=-1)


class MatrixSetDiag(Layer):
    """nn.MatrixSetDiag: (..., M, N) with other main diagonals."""

    @computed
    def construct(self, input_x: Any, diagonal: Any) -> Any:
        if input_x.dtype != diagonal.dtype:
            raise refuse(self, f"the inputs must have one dtype, but got {input_x.dtype} and {diagonal.dtype}.", TypeError)
        return torch.diagonal_scatter(input_x, diagonal, dim1=-2, dim2=-1)


class Unfold(Layer):
    """nn.Unfold of (N, C, H, W): patches (N, rows * columns * C, H_out, W_out). Each argument is [1, row, column, 1].

    The channels of an element of a patch are next to one another, and `padding` is "valid" or "same". MindSpore has it on Ascend only.
    """

    def __init__(self, ksizes: Any, strides: Any, rates: Any, padding: str = "valid") -> None:
        super().__init__()
        for name, value in (("ksizes", ksizes), ("strides", strides), ("rates", rates)):
            check_type(self, (tuple, list), **{name: value})
            if len(value) != 4 or value[0] != 1 or value[3] != 1 or not all(isinstance(each, int) and each > 0 for each in value):
                raise refuse(self, f"the '{name}' must be [1, row, column, 1] of positive ints, but got {value}")
        if str(padding).lower() not in ("valid", "same"):
            raise refuse(self, f"the 'padding' must be valid or same, but got {padding}.")
        self.ksizes, self.strides, self.rates = (tuple(each[1:3]) for each in (ksizes, strides, rates))
        self.padding = padding.lower()

    @computed
    def construct(self, input_x: Any) -> Any:
        check_rank(self, input_x, 4)
        if self.padding == "same":
            pairs = [same_padding(*one) for one in zip(input_x.shape[2:], self.ksizes, self.strides, self.rates, strict=True)]
            input_x = torch.nn.functional.pad(input_x, reversed_pairs(pairs))
        for axis, (kernel, rate, stride) in enumerate(zip(self.ksizes, self.rates, self.strides, strict=True), 2):
            # (..., size, ...) → (..., windows, ..., kernel): each window behind the axes that there are.
            input_x = input_x.unfold(axis, (kernel - 1) * rate + 1, stride)[..., ::rate]
        count, _, height, width = input_x.shape[:4]
        return input_x.permute(0, 4, 5, 1, 2, 3).reshape(count, -1, height, width)
