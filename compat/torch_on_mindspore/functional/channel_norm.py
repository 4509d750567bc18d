"""Normalisation whose scale and shift belong to channels, with its gradient: batch, instance and group normalisation.

The input is a matrix of one row for each sample and channel. MindSpore has a kernel only of BatchNorm, and that for float32.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional.matrices import column_sums, columns, number, ones, row_sums, rows, zeros
from compat.torch_on_mindspore.recomposition import recomposed
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops


@functools.lru_cache(maxsize=256)
def batch_norm_kernel(training: bool, eps: float, momentum: float) -> Any:
    return ops.operations.BatchNorm(training, eps, momentum)


class Layout(NamedTuple):
    """How the rows, one for each of `samples` and `channels`, share statistics: over the batch, or else by `groups` of a sample."""

    samples: int
    channels: int
    length: int
    groups: int = 0  # 0: over the batch

    @property
    def shared(self) -> int:
        """The elements that share one mean."""
        return (self.channels // self.groups if self.groups else self.samples) * self.length

    def matrix(self, input: Any) -> Any:
        return ops.reshape(input, (self.samples * self.channels, self.length))

    def averaged(self, statistic: Any) -> Any:
        """The mean by channel of one for each group of each sample; one by channel already stays."""
        return ops.mean(ops.reshape(statistic, (self.samples, self.groups)), 0) if self.groups else statistic

    def pooled(self, by_row: Any) -> Any:
        """The sums by row as sums by statistic."""
        if self.groups:
            return row_sums(ops.reshape(by_row, (self.samples * self.groups, self.channels // self.groups)))
        return self.by_channel(by_row)

    def mean(self, by_row: Any) -> Any:
        """The means by statistic from the sums by row."""
        return ops.div(self.pooled(by_row), number(self.shared, by_row))

    def spread(self, statistic: Any) -> Any:
        """One element for each row from one for each statistic."""
        return self.flat(columns(statistic, self.channels // self.groups)) if self.groups else self.by_row(statistic)

    def by_channel(self, by_row: Any) -> Any:
        """The sums by row as sums by channel."""
        return column_sums(ops.reshape(by_row, (self.samples, self.channels)))

    def by_row(self, by_channel: Any) -> Any:
        """One element for each row from one for each channel."""
        return self.flat(rows(by_channel, self.samples))

    def expanded(self, by_row: Any) -> Any:
        """The full matrix from one element for each row."""
        return columns(by_row, self.length)

    @staticmethod
    def flat(matrix: Any) -> Any:
        return ops.reshape(matrix, (-1,))


def reciprocal_deviation(variance: Any, eps: float) -> Any:
    return ops.rsqrt(ops.add(variance, number(eps, variance)))


def composed(input: Any, weight: Any, bias: Any, mean: Any, variance: Any, layout: Layout, eps: float) -> Any:
    """What ChannelNorm computes, of the same operands, in operations that can be differentiated again.

    `mean` and `variance` are those to use, or None.
    """
    groups = layout.groups or layout.channels
    x = as_tensor(input).reshape(layout.samples, groups, -1)
    dims = (2,) if layout.groups else (0, 2)
    middle = x.mean(dims, True) if mean is None else as_tensor(mean).reshape(1, -1, 1)
    centred = x - middle
    spread = (centred * centred).mean(dims, True) if variance is None else as_tensor(variance).reshape(1, -1, 1)
    found = (centred * (spread + eps).rsqrt()).reshape(layout.samples, layout.channels, layout.length)
    found = found if weight is None else found * as_tensor(weight).reshape(-1, 1)
    found = found if bias is None else found + as_tensor(bias).reshape(-1, 1)
    return found.reshape(tuple(input.shape))


class ChannelNorm(Function):
    """(input - mean) / √(variance + eps) · weight + bias; `statistics` are the mean and variance to use, or None to compute them.

    What it computed, the mean and the biased variance, it returns too.
    """

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, bias: Any, statistics: Any, layout: Layout, eps: float) -> Any:
        given = statistics is not None
        mean = statistics[0] if given else layout.mean(row_sums(input))
        centred = ops.sub(input, layout.expanded(layout.spread(mean)))
        variance = statistics[1] if given else layout.mean(row_sums(ops.square(centred)))
        scale = reciprocal_deviation(variance, eps)
        factor = layout.spread(scale)
        if weight is not None:
            factor = ops.mul(factor, layout.by_row(weight))
        found = ops.mul(centred, layout.expanded(factor))
        if bias is not None:
            found = ops.add(found, layout.expanded(layout.by_row(bias)))
        ctx.save_for_backward(centred, weight, input)
        ctx.layout, ctx.given, ctx.scale, ctx.factor = layout, given, scale, factor
        ctx.bias, ctx.statistics, ctx.eps = bias, statistics, eps
        if given:
            return found
        ctx.mark_non_differentiable(mean, variance)
        return found, mean, variance

    @staticmethod
    def backward(ctx: Any, gradient: Any, *_statistics: Any) -> Any:
        if engine.grad_enabled():
            mean, variance = ctx.statistics if ctx.given else (None, None)
            _, weight, input = ctx.saved_tensors
            again = composition(ctx.layout, ctx.eps, mean, variance)
            return *recomposed(gradient, again, input, weight, ctx.bias), None, None, None
        return (*gradients(ctx, gradient, ctx.saved_tensors[0]), None, None, None)


def batch_norm_by_kernel(
    input: Any, weight: Any, bias: Any, running: Any, layout: Layout, training: bool, eps: float, momentum: float
) -> Any:
    """The normalised float32 input, the mean and the biased variance; with `training` the storage of `running` is brought up to date."""
    channels, kind = (layout.channels,), mindspore.float32
    image = ops.reshape(input, (layout.samples, layout.channels, layout.length, 1))
    known = (None, None) if training else running
    weight, bias = ones(channels, kind) if weight is None else weight, zeros(channels, kind) if bias is None else bias
    found, _, _, mean, variance = batch_norm_kernel(training, eps, momentum)(image, weight, bias, *running)
    return derived(found, recomposed, composition(layout, eps, *known), image, weight, bias), mean, variance


def composition(layout: Layout, eps: float, mean: Any, variance: Any) -> Callable[[Any, Any, Any], Any]:
    """`composed` as a function of input, weight and bias."""

    def function(input: Any, weight: Any, bias: Any) -> Any:
        return composed(input, weight, bias, mean, variance, layout, eps)

    return function


def gradients(ctx: Any, gradient: Any, centred: Any) -> tuple[Any, Any, Any]:
    """The gradients of input, weight and bias; None for one that is not asked for."""
    layout, scale, factor = ctx.layout, ctx.scale, ctx.factor
    weight = ctx.saved_tensors[1]
    of_input, of_weight, of_bias = ctx.needs_input_grad[:3]
    sums = products = None
    if of_bias or (of_input and not ctx.given):
        sums = row_sums(gradient)
    if of_weight or (of_input and not ctx.given):
        products = row_sums(ops.mul(gradient, centred))
    found: list[Any] = [None, None, None]
    if of_input:
        found[0] = ops.mul(gradient, layout.expanded(factor))
        if not ctx.given:
            by_row = None if weight is None else layout.by_row(weight)
            shared, inclined = (layout.mean(one if by_row is None else ops.mul(one, by_row)) for one in (sums, products))
            shift = ops.mul(shared, scale)
            slope = ops.mul(inclined, scale * scale * scale)
            found[0] = ops.sub(found[0], ops.mul(centred, layout.expanded(layout.spread(slope))))
            found[0] = ops.sub(found[0], layout.expanded(layout.spread(shift)))
    if of_weight:
        found[1] = layout.by_channel(ops.mul(products, layout.spread(scale)))
    if of_bias:
        found[2] = layout.by_channel(sums)
    return found[0], found[1], found[2]
