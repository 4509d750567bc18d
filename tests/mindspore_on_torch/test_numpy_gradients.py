"""Gradients through mindspore.numpy and the methods of Tensor that are NumPy's; `t` is what they are taken by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mindspore_on_torch.numpy_calls import check_value
from tests.mindspore_on_torch.test_values import table

DIFFERENTIABLE = table("""
mnp.sin(t) | mnp.arctanh(t * 0.1) | mnp.exp(t) | mnp.log(t + 5) | mnp.log2(t + 5) | mnp.sqrt(t + 5) | mnp.cbrt(t + 5) | mnp.square(t)
mnp.abs(t) | mnp.reciprocal(t) | mnp.deg2rad(t) | mnp.negative(t) | mnp.positive(t) | mnp.exp2(t) | mnp.add(t, 2) | mnp.multiply(t, y)
mnp.divide(t, y) | mnp.power(t + 5, 2.5) | mnp.hypot(t, 2) | mnp.arctan2(t, y) | mnp.maximum(t, y) | mnp.minimum(t, 1.7) | mnp.clip(t, 0, 2)
mnp.fmod(t, 1.3) | mnp.remainder(t, 1.3) | mnp.heaviside(y, t) | mnp.copysign(t, y) | mnp.logaddexp(t, y) | mnp.float_power(t + 5, y)
mnp.where(b, t, y) | mnp.where(b, t, 1) | mnp.mean(t, 0) | mnp.sum(t) | mnp.std(t) | mnp.var(t, 1) | mnp.average(t, 1, w) | mnp.amax(t, 1)
mnp.amin(t) | mnp.ptp(t, 1) | mnp.nansum(t) | mnp.nanmean(t, 0) | mnp.nanvar(t) | mnp.cumsum(t) | mnp.cumprod(t, 1) | mnp.diff(t)
mnp.ediff1d(t) | mnp.gradient(t)[0] | mnp.trapz(t) | mnp.convolve(t[0], w) | mnp.correlate(w, t[0], "full") | mnp.cov(t) | mnp.corrcoef(t)
mnp.unwrap(t * 3) | mnp.dot(t, w) | mnp.inner(t, t) | mnp.outer(t, w) | mnp.matmul(t, y.T) | mnp.tensordot(t, y) | mnp.kron(t, w)
mnp.cross(t, y) | mnp.multi_dot((t, y.T, y)) | mnp.matrix_power(t[:, :2], 3) | mnp.norm(t) | mnp.norm(t, 1, axis=1) | mnp.norm(t, "fro")
mnp.polyval(t[0], 2.0) | mnp.polyadd(t[0], w) | mnp.polymul(t[0], w) | mnp.polyder(t[0]) | mnp.polyint(t[0]) | mnp.transpose(t)
mnp.expand_dims(t, 0) | mnp.reshape(t, 6) | mnp.ravel(t) | mnp.tile(t, 2) | mnp.repeat(t, 2) | mnp.roll(t, 1)
mnp.broadcast_to(t, (2, 2, 3)) | mnp.concatenate((t, y)) | mnp.stack((t, y)) | mnp.split(t, 3, 1)[1] | mnp.take(t, i32([0, 2]), 1)
mnp.take_along_axis(t, i32([[0], [1]]), 1) | mnp.choose(i32([0, 1, 0]), t) | mnp.apply_along_axis(lambda a: a * a, 1, t)
mnp.piecewise(t, [t < 0], [lambda q: q * q]) | mnp.diag(t) | mnp.diag(t[0]) | mnp.diagonal(t) | mnp.trace(t) | mnp.tril(t) | mnp.triu(t[0])
mnp.diagflat(t) | mnp.vander(t[0]) | mnp.pad(t, 1) | mnp.pad(t, 1, "edge") | mnp.pad(t, 1, "wrap") | mnp.pad(t, 1, "mean")
mnp.pad(t, 1, "linear_ramp") | mnp.meshgrid(t[0], w)[0] | mnp.linspace(t, 5.0, 3) | mnp.logspace(t, 1.0, 2) | mnp.full((2, 2, 3), t)
mnp.array(t) | mnp.copy(t) | mnp.asarray(t) | mnp.asfarray(t) | mnp.histogram(w, 2, weights=t[0])[0] | mnp.bincount([0, 1, 1], t[0])
t.ptp(1) | t.itemset(0, 2.0) | t.resize(2, 2) | t.trace(1) | t.argmax_with_value(1)[0] | t.cumsum(1) | t.reverse([1])
mnp.moveaxis(t, 0, 1) | mnp.squeeze(t) | mnp.append(t, y) | mnp.hstack((t, y)) | mnp.vstack((t, y)) | mnp.dstack((t, y))
""")  # fmt: skip


@pytest.mark.parametrize("text", DIFFERENTIABLE)
def test_gradients(text: str, mine: Any, real: Any) -> None:
    check_value(f"ms.grad(lambda t: (({text}) * 1.5).sum())(u)", mine, real)
