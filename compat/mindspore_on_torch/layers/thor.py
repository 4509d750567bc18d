"""nn.DenseThor, Conv2dThor, EmbeddingThor and EmbeddingLookupThor: layers that note what a second-order optimizer reads.

`matrix_a` holds the second moment of a layer's input, `matrix_g` that of the gradient of its output, as MindSpore computes them on CPU.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.convolutions import reversed_pairs, same_padding
from compat.mindspore_on_torch.layers.basic import Dense
from compat.mindspore_on_torch.layers.convolution import Conv2d
from compat.mindspore_on_torch.layers.embedding import Embedding
from compat.mindspore_on_torch.layers.layer import Parameter, Tensor, new_parameter
from compat.mindspore_on_torch.layers.lookup import EmbeddingLookup

torch: Any = frameworks.load("torch")

__all__ = ["Conv2dThor", "DenseThor", "EmbeddingLookupThor", "EmbeddingThor"]


class Noted:
    """What the layers share: writing to the noted matrices, in the forward and the backward pass."""

    thor = True

    def note(self, parameter: Any, value: Any) -> None:
        """Overwrite a matrix."""
        with torch.no_grad():
            parameter.copy_(value)

    def watched(self, output: Any, take: Any) -> Any:
        """`output`, whose gradient is given to `take` when there is one."""
        if self.thor and output.requires_grad:
            output.register_hook(lambda gradient: take(gradient.detach()))
        return output


def identity(size: int, name: str) -> Any:
    """A matrix to be noted, the identity at first."""
    return Parameter(Tensor(np.eye(size, dtype=np.float32)), name, False)


class DenseThor(Dense, Noted):
    """nn.DenseThor of (N, in_channels)."""

    def __init__(
        self, in_channels: int, out_channels: int, weight_init: Any = "normal", bias_init: Any = "zeros", has_bias: bool = True,
        activation: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(in_channels, out_channels, weight_init, bias_init, has_bias, activation)
        self.matrix_a, self.matrix_g = identity(in_channels, "matrix_a"), identity(out_channels, "matrix_g")

    def construct(self, x: Any) -> Any:
        if not self.thor:
            return super().construct(x)
        self.note(self.matrix_a, x.T @ x / self.in_channels)
        product = self.watched(torch.nn.functional.linear(x, self.weight), lambda g: self.note(self.matrix_g, g.T @ g / len(g)))
        output = product if self.bias is None else product + self.bias
        return output if self.activation is None else self.activation(output)


class Conv2dThor(Conv2d, Noted):
    """nn.Conv2dThor: a Conv2d that also keeps the numbers of places, `a_normalizer` and `g_normalizer`."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = "normal", bias_init: Any = "zeros",
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias, weight_init, bias_init
        )
        size = in_channels * self.kernel_size[0] * self.kernel_size[1]
        self.a_normalizer = new_parameter("a_normalizer", 1, [1], dtypes.float32, requires_grad=False)
        self.g_normalizer = new_parameter("g_normalizer", 1, [1], dtypes.float32, requires_grad=False)
        self.matrix_a_cov = new_parameter("matrix_a", "zeros", [size, size], dtypes.float32, requires_grad=False)
        self.matrix_g_cov = new_parameter("matrix_g", "zeros", [out_channels, out_channels], dtypes.float32, requires_grad=False)

    def construct(self, x: Any) -> Any:
        if self.thor:
            pairs = [same_padding(*one) for one in zip(x.shape[2:], self.kernel_size, self.stride, strict=True)]
            padded = torch.nn.functional.pad(x.detach(), reversed_pairs(pairs))
            columns = torch.nn.functional.unfold(padded, self.kernel_size, stride=self.stride)
            self.moment(columns, self.matrix_a_cov, self.a_normalizer)
        return self.watched(super().construct(x), lambda g: self.moment(g.flatten(2), self.matrix_g_cov, self.g_normalizer))

    def moment(self, columns: Any, matrix: Any, count: Any) -> None:
        """Note the second moment over the places of the mean over the batch of `columns` (N, channels, places)."""
        mean = torch.mean(columns, 0).float()
        self.note(matrix, mean @ mean.T / mean.shape[1])
        self.note(count, torch.full_like(count, mean.shape[1]))


class EmbeddingThor(Embedding, Noted):
    """nn.EmbeddingThor: `matrix_a` counts how often each row was taken."""

    def __init__(
        self, vocab_size: int, embedding_size: int, use_one_hot: bool = False, embedding_table: Any = "normal",
        dtype: Any = dtypes.float32, padding_idx: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(vocab_size, embedding_size, use_one_hot, embedding_table, dtype, padding_idx)
        self.matrix_a = new_parameter("matrix_a", "zeros", [vocab_size], dtypes.float32, requires_grad=False)
        self.matrix_g = new_parameter("matrix_g", "zeros", [embedding_size, embedding_size], dtypes.float32, requires_grad=False)

    def construct(self, ids: Any) -> Any:
        output = super().construct(ids)
        if not self.thor or self.use_one_hot:
            return output
        self.note(self.matrix_a, torch.bincount(ids.reshape(-1), minlength=self.vocab_size))
        return self.watched(output, self.take)

    def take(self, gradient: Any) -> None:
        """Note the second moment of the gradient of the output."""
        rows = gradient.flatten(0, -2)
        self.note(self.matrix_g, rows.T @ rows / len(rows))


class EmbeddingLookupThor(EmbeddingLookup, Noted):
    """nn.EmbeddingLookupThor: notes what it takes with target="DEVICE" only, as in MindSpore."""

    def __init__(
        self, vocab_size: int, embedding_size: int, param_init: Any = "normal", target: str = "CPU", slice_mode: str = "batch_slice",
        manual_shapes: Any = None, max_norm: float | None = None, sparse: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(vocab_size, embedding_size, param_init, target, slice_mode, manual_shapes, max_norm, sparse)
        self.matrix_a = new_parameter("matrix_a", "zeros", [vocab_size], dtypes.float32, requires_grad=False)
        self.matrix_g = new_parameter("matrix_g", "zeros", [embedding_size, embedding_size], dtypes.float32, requires_grad=False)

    def construct(self, indices: Any) -> Any:
        output = super().construct(indices)
        if not self.thor or self.target == "CPU":
            return output
        self.note(self.matrix_a, torch.bincount(indices.reshape(-1), minlength=self.vocab_size))
        return self.watched(output, self.take)

    def take(self, gradient: Any) -> None:
        """Note the second moment of the gradient of the output, over the first axis of the indices."""
        rows = gradient.flatten(0, -2)
        self.note(self.matrix_g, rows.T @ rows / len(gradient))
