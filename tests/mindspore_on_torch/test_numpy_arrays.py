"""mindspore.numpy: tensors made, shaped, joined, split, padded and picked from, as MindSpore has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mindspore_on_torch.numpy_calls import check_error, check_value, on
from tests.mindspore_on_torch.test_values import table

VALUES = table("""
mnp.array(3) | mnp.array([[1, 2], [3, 4]], ms.float16) | mnp.array([1.7, 2.2], bool) | mnp.array(x, ms.int32) | mnp.array([[]])
mnp.asarray([1, 2]) | mnp.asarray([1.0, 2]) | mnp.asarray(x) | mnp.asarray(x, ms.float16) | mnp.asfarray([1, 2]) | mnp.asfarray(k, ms.int32)
mnp.asfarray(f64([1])) | mnp.asfarray(k, None) | mnp.copy([1, 2]) | mnp.copy(x) | mnp.copy(3) | mnp.ones((2, 3)) | mnp.ones([2, 3])
mnp.ones((2,), ms.int8) | mnp.ones((2,), int) | mnp.zeros((2, 3)) | mnp.zeros(3, ms.bool_) | mnp.zeros((0,)) | mnp.zeros(2, "float16")
mnp.full((2, 2), 3) | mnp.full(3, True) | mnp.full((2, 3), (1.0, 2, 3), ms.int32) | mnp.full((2,), s) | mnp.ones_like(x)
mnp.ones_like([[1, 2], [3, 4]]) | mnp.ones_like(x, shape=(4,)) | mnp.ones_like(3) | mnp.zeros_like(x) | mnp.zeros_like([1, 2])
mnp.zeros_like([1, 2], ms.float16, shape=(2, 2)) | mnp.zeros_like(3) | mnp.full_like(x, 3) | mnp.full_like(k, 2.5)
mnp.full_like([1, 2], 4) | mnp.full_like(x, w) | mnp.arange(5) | mnp.arange(1, 5, 2) | mnp.arange(5, dtype="float32")
mnp.arange(3, step=2) | mnp.arange(2, i32(7), f32(2)) | mnp.linspace(0, 5) | mnp.linspace(0, 5, 5, False, True)
mnp.linspace([1, 2], [3, 4], 3, axis=-1) | mnp.linspace(f16([1]), f16([2]), 3) | mnp.linspace(0.0, 1.0, 4) | mnp.logspace(0, 3, 4)
mnp.logspace(0, 3, 4, base=2) | mnp.logspace([0, 1], [1, 2], 3) | mnp.logspace([0, 1], [1, 2], 3, axis=-1) | mnp.geomspace(1, 256, 9)
mnp.geomspace(1, 256, 8, endpoint=False) | mnp.geomspace(-1, -1000, 4) | mnp.geomspace(1000, 1, 4) | mnp.eye(3) | mnp.eye(2, 3, 1)
mnp.eye(3, dtype=ms.int32) | mnp.eye(3, k=5) | mnp.identity(2) | mnp.identity(2, ms.bool_) | mnp.identity(0) | mnp.diagonal(x)
mnp.diagonal(x, 1) | mnp.diagonal(x, -1) | mnp.diagonal(c, 0, 0, 2) | mnp.tril(x) | mnp.tril(x, 1) | mnp.tril(c, 1)
mnp.tril([[1, 2], [3, 4]]) | mnp.triu(x) | mnp.triu(x, 1) | mnp.triu(x, -1) | mnp.triu(w, 1) | mnp.tri(3) | mnp.tri(3, 2) | mnp.tri(3, 4, 1)
mnp.tri(2, 3, -1, ms.int32) | mnp.trace(x) | mnp.trace(c) | mnp.trace(c, -1, 2, 0) | mnp.trace(k, dtype=ms.float32) | mnp.meshgrid(w, v)
mnp.meshgrid(w, v, indexing="ij") | mnp.meshgrid(w, v, sparse=True, indexing="ij") | mnp.meshgrid(w, i32([1, 2]), f16([1])) | mnp.mgrid[0:3]
mnp.mgrid[0:3, 0:2] | mnp.mgrid[0:1:5j] | mnp.mgrid[0:3:2, 0:1:3j] | mnp.ogrid[0:3] | mnp.ogrid[0:3, 0:2] | mnp.ogrid[0:1:5j]
mnp.ogrid[0:3:2, 0:1:3j] | mnp.diagflat(w) | mnp.diagflat(x, 1) | mnp.diagflat(w, -2) | mnp.diagflat(s) | mnp.diag(w) | mnp.diag(w, 1)
mnp.diag(w, -1) | mnp.diag(x, 1) | mnp.diag_indices(3) | mnp.diag_indices(2, 3) | mnp.ix_(i32([0, 1]), i32([2, 3]))
mnp.ix_(i32([0, 1]), f32([2, 3, 4]), i64([1])) | mnp.ix_(b[0], i32([1])) | mnp.ix_() | mnp.indices((2, 3)) | mnp.indices([2, 3], ms.float32)
mnp.indices((2, 3), sparse=True) | mnp.indices((2,)) | mnp.vander(w) | mnp.vander(w, 2) | mnp.vander([1, 2, 3])
mnp.vander(i32([1, 2, 3]), increasing=True) | mnp.bartlett(5) | mnp.bartlett(4) | mnp.bartlett(1) | mnp.bartlett(0) | mnp.blackman(5)
mnp.blackman(4) | mnp.blackman(1) | mnp.blackman(0) | mnp.hamming(5) | mnp.hamming(4) | mnp.hamming(1) | mnp.hamming(0) | mnp.hanning(5)
mnp.hanning(1) | mnp.hanning(0) | mnp.triu_indices(3) | mnp.triu_indices(3, 1) | mnp.triu_indices(3, -1, 2) | mnp.triu_indices(2.5)
mnp.tril_indices(3) | mnp.tril_indices(3, -1) | mnp.tril_indices(3, 1, 4) | mnp.triu_indices_from(x)
mnp.triu_indices_from([[1, 2], [3, 4]], 1) | mnp.tril_indices_from(x) | mnp.tril_indices_from(x, -1) | mnp.histogram_bin_edges(w)
mnp.histogram_bin_edges(w, 4, (0, 8)) | mnp.histogram_bin_edges(w, f32([5, 2, 1])) | mnp.histogram_bin_edges([1, 1], 2) | mnp.pad(w, 2)
mnp.pad(x, 1, constant_values=(7, 8)) | mnp.pad(x, 1, "linear_ramp", end_values=((1, 2), (3, 4)))
mnp.pad(v, (2, 1), "minimum", stat_length=2) | mnp.pad(w, -1) | mnp.transpose(x) | mnp.transpose(c, (2, 0, 1)) | mnp.transpose(c, [0, 2, 1])
mnp.transpose(c, (0, -1, 1)) | mnp.expand_dims(x, 0) | mnp.expand_dims(x, -1) | mnp.expand_dims(x, (0, 2)) | mnp.expand_dims(x, [0, -1])
mnp.squeeze(f32([[[1, 2]]])) | mnp.squeeze(f32([[[1, 2]]]), 0) | mnp.squeeze(f32([[[1, 2]]]), (0, 1)) | mnp.squeeze(f32([[[1, 2]]]), [0])
mnp.rollaxis(c, 2) | mnp.rollaxis(c, 0, 2) | mnp.rollaxis(c, 1, 3) | mnp.rollaxis(c, 0, -1) | mnp.swapaxes(c, 0, 2) | mnp.swapaxes(c, -1, 0)
mnp.reshape(x, 6) | mnp.reshape(x, (3, 2)) | mnp.reshape(x, [3, -1]) | mnp.reshape(x, -1) | mnp.ravel(x) | mnp.ravel(s)
mnp.concatenate((x, y)) | mnp.concatenate((x, y), None) | mnp.concatenate(c, 1) | mnp.concatenate((x, k)) | mnp.append(w, v)
mnp.append(x, y) | mnp.append(x, y, 0) | mnp.append(x, y, -1) | mnp.where(b, x, y) | mnp.where(b, 1, 0) | mnp.where(b, x, w)
mnp.where([[True], [False]], [1, 2], 5) | mnp.atleast_1d(s) | mnp.atleast_1d(x) | mnp.atleast_1d(s, x) | mnp.atleast_1d()
mnp.atleast_2d(s) | mnp.atleast_2d(w) | mnp.atleast_2d(w, c, s) | mnp.atleast_3d(s) | mnp.atleast_3d(w) | mnp.atleast_3d(x)
mnp.atleast_3d(c) | mnp.column_stack((w, w)) | mnp.column_stack([w, f32([[1, 2], [3, 4], [5, 6]])]) | mnp.column_stack(x)
mnp.column_stack(c) | mnp.hstack((w, v)) | mnp.hstack([x, y]) | mnp.hstack(x) | mnp.hstack(c) | mnp.vstack((w, w)) | mnp.vstack([x, w])
mnp.vstack(x) | mnp.vstack((s, s)) | mnp.dstack((w, w)) | mnp.dstack([x, y]) | mnp.dstack(x) | mnp.dstack((c, c)) | mnp.stack((w, w))
mnp.stack([x, y], 1) | mnp.stack([x, y], -1) | mnp.stack(x, 1) | mnp.unique(i32([3, 1, 1, 2])) | mnp.unique(k)
mnp.unique(f32([2, 1, 2]), True) | mnp.unique(i32([3, 1]), 1) | mnp.moveaxis(c, 0, 2) | mnp.moveaxis(c, (0, 1), (-1, -2))
mnp.moveaxis(c, [0], [1]) | mnp.tile(w, 2) | mnp.tile(x, (2, 1)) | mnp.tile(x, (2, 1, 2)) | mnp.tile(w, 0) | mnp.broadcast_to(w, (2, 3))
mnp.broadcast_to(s, (2,)) | mnp.broadcast_to(w, [2, 3]) | mnp.broadcast_arrays(w, x) | mnp.broadcast_arrays(w, f32([[1], [2]]))
mnp.broadcast_arrays(w) | mnp.broadcast_arrays(s, w) | mnp.roll(w, 1) | mnp.roll(x, 1) | mnp.roll(x, (1, 1), (0, 1))
mnp.roll(x, 1, (0, 1)) | mnp.split(x, 2) | mnp.split(x, 3, 1) | mnp.split(v, []) | mnp.split(x, 1, 1) | mnp.hsplit(x, 3)
mnp.hsplit(x, (1,)) | mnp.vsplit(x, 2) | mnp.vsplit(x, (1,)) | mnp.vsplit(w, 3) | mnp.dsplit(c, 2) | mnp.dsplit(c, (1, 3))
mnp.array_split(v, 2) | mnp.array_split(v, 3) | mnp.array_split(v, (1, 3)) | mnp.array_split(x, 2, 1) | mnp.flip(x) | mnp.flip(x, 0)
mnp.flip(x, (0, 1)) | mnp.flip(k, 1) | mnp.flipud(x) | mnp.flipud(w) | mnp.fliplr(x) | mnp.take_along_axis(x, i32([[0, 0, 1]]), 0)
mnp.take_along_axis(x, i32([[0], [2]]), 1) | mnp.take_along_axis(x, i32([0, 5]), None) | mnp.take_along_axis(x, i32([[-1], [-3]]), 1)
mnp.take(x, i32([0, 1])) | mnp.take(x, i32([[0, 1], [1, 0]]), 0) | mnp.take(x, i32([-1, 10]), mode="wrap") | mnp.take(x, i32([-1, 10]), 1)
mnp.take(x, i32(1), 0) | mnp.repeat(w, 2) | mnp.repeat(x, 2, 0) | mnp.repeat(x, (1, 2), 0) | mnp.repeat(w, [1, 2, 0]) | mnp.rot90(x)
mnp.rot90(x, 2) | mnp.rot90(x, 3) | mnp.rot90(x, 0) | mnp.select([[True, False, False], [False, True, False]], [[1, 2, 3], [4, 5, 6]])
mnp.select([b[0], w > 0], [w, w * 2], 9) | mnp.select(b, x) | mnp.select([b], [x], default=7) | mnp.choose(i32([0, 1, 1]), [w, w * 2])
mnp.choose(i32([0, 5, -3]), [w, w * 2]) | mnp.choose(i32([0, 1, 1]), x) | mnp.choose([0, 1, 0], [[1, 2, 3], [4, 5, 6]]) | mnp.size(x)
mnp.size(x, 0) | mnp.size(x, -1) | mnp.size([1, 2, 3]) | mnp.array_str(w) | mnp.array_str(k) | mnp.apply_along_axis(lambda a: a.sum(), 0, x)
mnp.apply_along_axis(lambda a: a * 2, 1, x) | mnp.apply_along_axis(lambda a: mnp.diag(a), 1, x)
mnp.apply_along_axis(lambda a, q, r=0: a.max() + q + r, -1, c, 2, r=1) | mnp.apply_over_axes(mnp.sum, c, (0, 2))
mnp.apply_over_axes(mnp.sum, c, 1) | mnp.apply_over_axes(mnp.cumsum, x, [0, 1]) | mnp.apply_over_axes(mnp.sum, [[1, 2], [3, 4]], 0)
mnp.piecewise(w, [w < 0, w >= 0], [-1, 1]) | mnp.piecewise(w, [w < 0], [lambda q: -q, lambda q: q * 2])
mnp.piecewise(w, [w < 0], [lambda q, a, z=1: q * a + z], 3, z=2) | mnp.piecewise(x, [b], [3]) | mnp.unravel_index(i32([1, 5]), (2, 3))
mnp.unravel_index([1, 5], (2, 3)) | mnp.unravel_index([1, 9, -3], (2, 3)) | mnp.unravel_index([[1, 5]], (2, 3, 4)) | mnp.argwhere(x)
mnp.argwhere(b) | mnp.argwhere(k) | mnp.argwhere([[1, 0], [0, 2]]) | mnp.intersect1d([1, 2, 3, 2], [2, 3, 5])
mnp.intersect1d([1, 2, 3, 2], [2, 3, 5], return_indices=True) | mnp.intersect1d([3, 1, 2], [2, 3, 5], True, True) | mnp.intersect1d(w, v)
""")  # fmt: skip

REFUSED = table("""
mnp.array([1.7, 2.2], "float99") | mnp.array(np.float32(2)) | mnp.asarray(np.array([1])) | mnp.asarray("a") | mnp.asfarray("a")
mnp.copy("a") | mnp.copy(np.array([1])) | mnp.ones((2,), None) | mnp.ones(2.5) | mnp.zeros(-1) | mnp.zeros("a") | mnp.full((2, 3), [1, 2])
mnp.full("a", 1) | mnp.ones_like("a") | mnp.ones_like([[1], [1, 2]]) | mnp.zeros_like(np.ones(2)) | mnp.arange(5, 0) | mnp.arange("a")
mnp.linspace(0, 5, 0) | mnp.linspace("a", 5) | mnp.logspace(0, 3, 4, base="a") | mnp.logspace(0, 3, 0) | mnp.geomspace(1, 256, 0)
mnp.geomspace("a", 3) | mnp.eye(-1) | mnp.eye(2.5) | mnp.identity(2.0) | mnp.identity(2, None) | mnp.diagonal(w) | mnp.diagonal(c, 0, 1, 5)
mnp.tril(s) | mnp.tril(3) | mnp.triu(s) | mnp.triu(x, 1.5) | mnp.tri(2.0) | mnp.trace(w) | mnp.trace(c, 0, 5, 1)
mnp.meshgrid([1, 2], [3, 4]) | mnp.meshgrid(w, v, indexing="zz") | mnp.mgrid[0:3, 0.5:2] | mnp.mgrid[3:] | mnp.ogrid[5] | mnp.ogrid[:3]
mnp.diagflat([1, 2]) | mnp.diagflat(3) | mnp.diag(c) | mnp.diag([1, 2]) | mnp.diag_indices(2.5) | mnp.diag_indices(2, "a")
mnp.ix_([0, 1], [1]) | mnp.ix_(x) | mnp.indices(3) | mnp.vander(x) | mnp.vander(w, -1) | mnp.bartlett(2.5) | mnp.blackman(2.5)
mnp.hamming(2.5) | mnp.hamming(True) | mnp.triu_indices("a") | mnp.tril_indices("a") | mnp.triu_indices_from(w) | mnp.triu_indices_from("a")
mnp.tril_indices_from(c) | mnp.tril_indices_from(x, "a") | mnp.histogram_bin_edges(w, x) | mnp.histogram_bin_edges(w, 2, (5, 1))
mnp.pad(k, 1, constant_values=2.5) | mnp.pad(w, 1.5) | mnp.rand(2, dtype=ms.int32) | mnp.rand(2.5) | mnp.randn(2, dtype=ms.int32)
mnp.randn(-1) | mnp.randint(5, dtype=ms.float32) | mnp.randint(2.5) | mnp.transpose(c, (0, 1)) | mnp.transpose([[1, 2], [3, 4]])
mnp.expand_dims(x, 5) | mnp.expand_dims(x, 1.5) | mnp.squeeze(x, 5) | mnp.squeeze(x, 1.5) | mnp.rollaxis(c, 3) | mnp.rollaxis(c, 0, -4)
mnp.swapaxes(c, 0, 3) | mnp.swapaxes(c, 0.0, 1) | mnp.reshape(x, (4, 2)) | mnp.reshape([1, 2], (2, 1)) | mnp.ravel([1])
mnp.concatenate((x, y), 2) | mnp.concatenate(3) | mnp.append(x, y, 2) | mnp.append([1], [2]) | mnp.where(b) | mnp.where(b, None, x)
mnp.atleast_1d(3) | mnp.atleast_1d([1, 2]) | mnp.atleast_2d([1, 2]) | mnp.atleast_3d([1, 2]) | mnp.column_stack(()) | mnp.column_stack(3)
mnp.hstack(()) | mnp.hstack(3) | mnp.vstack(()) | mnp.vstack(3) | mnp.dstack(()) | mnp.dstack(3) | mnp.stack([x, w]) | mnp.stack(())
mnp.unique([3, 1, 3]) | mnp.unique(3) | mnp.moveaxis(c, 0, 5) | mnp.moveaxis(c, (0, 1), 2) | mnp.tile([1], 2) | mnp.tile(w, 1.5)
mnp.broadcast_to(w, (2, 2)) | mnp.broadcast_to([1], (2,)) | mnp.broadcast_arrays(w, v) | mnp.broadcast_arrays([1], [2, 3])
mnp.roll(x, 1, 5) | mnp.roll(x, 1.5) | mnp.split(x, 3) | mnp.split(x, "a") | mnp.hsplit(w, 3) | mnp.hsplit(x, 2) | mnp.dsplit(x, 2)
mnp.array_split(v, 7) | mnp.array_split(v, 1.5) | mnp.flip(x, 5) | mnp.flip([1, 2]) | mnp.flipud(s) | mnp.fliplr(w) | mnp.fliplr([[1, 2]])
mnp.take_along_axis(x, i32([0]), 1) | mnp.take_along_axis(x, i32([[7], [-7]]), 1) | mnp.take(x, i32([-1, 10]), mode="raise")
mnp.take([1, 2], i32([0])) | mnp.repeat(x, (1, 2, 3), 0) | mnp.repeat(w, 1.5) | mnp.rot90(w) | mnp.rot90(x, 1, (0, 5))
mnp.select([b[0]], [w, w]) | mnp.select(b, x, "a") | mnp.choose(i32([0, 5, -3]), [w, w * 2], mode="raise") | mnp.choose(i32([0, 1]), [w, w])
mnp.size(x, 5) | mnp.size(x, "a") | mnp.array_str([1]) | mnp.apply_along_axis(lambda a: a.sum(), 5, x) | mnp.apply_along_axis(3, 0, x)
mnp.apply_over_axes(mnp.sum, c, 5) | mnp.apply_over_axes(mnp.sum, c, "a") | mnp.piecewise(w, w < 0, [5, 6])
mnp.piecewise(w, [w < 0, w > 2], [1, 2, 3, 4]) | mnp.unravel_index([1], (2, 3), "Z") | mnp.argwhere("a") | mnp.intersect1d([1], [1], 1)
mnp.intersect1d("a", [1])
""")  # fmt: skip

# Their elements are drawn, or undefined.
SHAPES = table("""
mnp.rand() | mnp.rand(2, 3) | mnp.rand((2, 3)) | mnp.rand([2], dtype=ms.float16) | mnp.rand(2, dtype=ms.float64)
mnp.rand(2, dtype="float32") | mnp.randn() | mnp.randn(2, 3) | mnp.randn((2, 3)) | mnp.randn(2, dtype=ms.float16) | mnp.randint(5)
mnp.randint(5, shape=(2, 3)) | mnp.randint(2, 3, 4) | mnp.randint(0, 3, [4]) | mnp.empty((2, 3)) | mnp.empty(2, ms.int32)
mnp.empty_like(x) | mnp.empty_like([1, 2]) | mnp.empty_like(x, ms.int32, (4,)) | mnp.pad(x, 1, "empty")
""")  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str, mine: Any, real: Any) -> None:
    check_value(text, mine, real)


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(text: str, mine: Any, real: Any) -> None:
    check_error(text, mine, real)


@pytest.mark.parametrize("text", SHAPES)
def test_shapes_and_dtypes(text: str, mine: Any, real: Any) -> None:
    one, other = on(mine, text), on(real, text)
    assert (one.shape, str(one.dtype)) == (other.shape, str(other.dtype))
