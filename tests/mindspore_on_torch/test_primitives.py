"""MindSpore's operators with a constructor, and the functions beside them: what they take, and what a call gives."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np
import pytest

import compat.mindspore as ours
from compat import errors
from compat.mindspore_on_torch import (
    arithmetic,
    gathering,
    matrix_diagonals,
    pools,
    sampling,
    scattering,
    segments,
    slicing,
    sparse_indices,
    spectral,
    statistics,
)  # fmt: skip
from compat.mindspore_on_torch.primitives.base import Primitive
from tests.mindspore_on_torch.conftest import assert_same
from tests.mindspore_on_torch.operators import compare, compare_error, compare_value, constructor, evaluated, framework, table

OPERATORS = {name: kind for name, kind in ((name, getattr(ours.ops, name)) for name in ours.ops.__all__)
             if inspect.isclass(kind) and issubclass(kind, Primitive)}  # fmt: skip

ARITHMETIC = table("""
ops.Add()(x, y) | ops.Add()(x, 2) | ops.TensorAdd()(i, x) | ops.AddN()([x, y]) | ops.AddN()((i, j, i)) | ops.Abs()(x) | ops.Abs()(z)
ops.Addcmul()(x, y, u, Tensor(2.0)) | ops.Addcmul()(x, y, u, Tensor([2.0])) | ops.Addcdiv()(x, y, u, Tensor(0.5))
ops.Div()(i, j) | ops.Div()(i, 2) | ops.Div()(x, y) | ops.RealDiv()(i, j) | ops.RealDiv()(-i, 2) | ops.RealDiv()(i, 2.0) | ops.tensor_div(i, 2)
ops.DivNoNan()(x, y - 2) | ops.DivNoNan()(x, x - x) | ops.MulNoNan()(x / 0, y - 2) | ops.Mod()(x, y) | ops.Mod()(i - 5, 2) | ops.Mod()(i, -2)
ops.FloorDiv()(i, j) | ops.FloorDiv()(x, -2) | ops.FloorMod()(x, -2) | ops.FloorMod()(i, j) | ops.TruncateDiv()(x, y) | ops.TruncateMod()(-i, j)
ops.SquaredDifference()(x, y) | ops.SquaredDifference()(x, i) | ops.SquareSumAll()(x, y) | ops.Xdivy()(x, y) | ops.Xlogy()(u, u)
ops.L2Normalize()(x) | ops.L2Normalize(1, 10.0)(x) | ops.L2Normalize([1])(x) | ops.Pow()(u, 2) | ops.Sub()(x, 1) | ops.Mul()(i, 2.5)
ops.Logit()(u) | ops.Logit(0.3)(u) | ops.LogicalXor()(b, True) | ops.LogicalAnd()(b, b) | ops.LogicalAnd()(True, b) | ops.LogicalNot()(b)
ops.Complex()(x, y) | ops.ComplexAbs()(z) | ops.Imag()(z) | ops.Imag()(x) | ops.Real()(z) | ops.Conj()(z) | ops.Angle()(z) | ops.Polar()(u, u)
ops.Identity()(x) | ops.identity(x) | ops.IdentityN()([x, i]) | ops.Reusing()(x) | ops.CheckNumerics()(x)
ops.CompareAndBitpack()(Tensor(np.arange(16.0, dtype=np.float32).reshape(2, 8)), Tensor(5.0)) | ops.Betainc()(u, u, u) | ops.Betainc()(u * 30, u * 20, u)
ops.Inv()(x) | ops.Inv()(i) | ops.Reciprocal()(i) | ops.Invert()(i) | ops.PopulationCount()(Tensor(np.array([0, 1, 3, -1], np.int16))) | ops.Eps()(x)
ops.Minimum()(x, y) | ops.Maximum()(x, 1) | ops.Fmax()(x, y) | ops.BitwiseAnd()(i, j) | ops.BitwiseXor()(i, 3) | ops.LeftShift()(i, j)
ops.Equal()(x, i) | ops.NotEqual()(x, 1) | ops.Less()(x, y) | ops.GreaterEqual()(x, 1) | ops.ApproximateEqual(2.0)(x, y) | ops.IsClose(0.1)(x, y)
ops.ACos()(u) | ops.Atan2()(x, y) | ops.Sinh()(x) | ops.Expm1()(x) | ops.Log1p()(u) | ops.Erfinv()(u) | ops.Rsqrt()(u) | ops.Rint()(x) | ops.Round()(x)
ops.Sign()(i) | ops.Trunc()(x) | ops.Square()(i) | ops.IsNan()(x / 0) | ops.IsInf()(x / 0) | ops.IsFinite()(x / 0) | ops.NanToNum()(x / 0)
ops.Lgamma()(u) | ops.Digamma()(u) | ops.Igamma()(u, u) | ops.Polygamma()(Tensor(1), u) | ops.Zeta()(u + 2, u) | ops.Mvlgamma(2)(u + 3)
ops.BesselI0()(x) | ops.BesselJ1()(u) | ops.BesselK0e()(u) | ops.BesselY0()(u) | ops.Lerp()(x, y, Tensor(0.5)) | ops.Heaviside()(x, y) | ops.Hypot()(x, y)
ops.Gcd()(i, j) | ops.Lcm()(i, j) | ops.NextAfter()(x, y) | ops.Cdist()(x, y) | ops.Pdist(1.0)(square)
ops.floor_div(i, j) | ops.floor_mod(x, i) | ops.truncate_div(i, j) | ops.truncate_mod(x, 2.5) | ops.xdivy(x, 0) | ops.inv(x) | ops.invert(i) | ops.eps(x)
ops.addn([x, y]) | ops.approximate_equal(x, y) | ops.arctan2(x, y) | ops.eq(x, i) | ops.positive(x) | ops.lgamma(u) | ops.bessel_i0(x)
ops.tensor_add(x, i) | ops.tensor_muls(x, 2) | ops.tensor_mod(x, -2) | ops.tensor_expm1(x) | ops.tensor_ge(x, 1) | ops.tensor_lt(x, y) | ops.pows(x, 2)
ops.floordiv(i, j) | ops.hyper_add((x, y), (y, y)) | ops.augassign_add(x, 1) | ops.population_count(i)
""")

REDUCTIONS = table("""
ops.ReduceSum()(x) | ops.ReduceSum()(i) | ops.ReduceSum()(b) | ops.ReduceSum(True)(x, (0, 1)) | ops.ReduceSum()(x, [0])
ops.ReduceSum()(x, -1) | ops.reduce_sum(x, 1) | ops.ReduceProd()(i, (0, 1)) | ops.ReduceProd(True)(x, 1) | ops.ReduceProd()(x) | ops.ReduceMean()(i)
ops.ReduceMean(True)(x, 1) | ops.ReduceMax(True)(x) | ops.ReduceMin()(x, 0) | ops.ReduceAll()(b) | ops.ReduceAny(True)(b, 1) | ops.reduce_max(x, 0)
ops.ReduceStd()(x) | ops.ReduceStd(1, False, True)(x) | ops.ReduceStd([0])(x) | ops.Argmax()(x) | ops.Argmax(0, ms.int64)(x) | ops.Argmin()(i)
ops.ArgMaxWithValue()(x) | ops.ArgMaxWithValue(1, True)(x) | ops.ArgMinWithValue(1)(x) | ops.EqualCount()(i, i) | ops.EqualCount()(x, y)
ops.Median()(x) | ops.Median(False, 1, True)(x) | ops.Median(False, 0, False, True)(x) | ops.Median(True)(x)[0]
ops.CumSum()(i, 1) | ops.CumSum(True, True)(x, 1) | ops.CumSum(True)(x, 0) | ops.CumProd(True, True)(x, 1) | ops.CumProd()(i, 0) | ops.Cummax(1)(x) | ops.Cummin(0)(x)
ops.CumulativeLogsumexp()(x, Tensor(1)) | ops.CumulativeLogsumexp(True, True)(x, Tensor(1)) | ops.CumulativeLogsumexp(True)(x, Tensor(0))
ops.Bincount()(Tensor([1, 2, 2, 7], ms.int32), Tensor(4, ms.int32), Tensor([1.0, 2, 3, 4])) | ops.Histogram(4, 0.0, 3.0)(x) | ops.Histogram(4)(i)
ops.Bincount()(Tensor([1, 2, 2], ms.int32), Tensor(4, ms.int32), Tensor([1, 1, 1], ms.int32)) | ops.Trace()(square) | ops.nanmean(x / (x - 1)) | ops.nanmedian(x)
ops.nanmean(x, 1, True)
""")

ARRAYS = table("""
ops.Cast()(x, ms.int32) | ops.DType()(i) | ops.dtype(x) | ops.Shape()(x) | ops.Size()(x) | ops.Rank()(x) | ops.TensorShape()(x) | ops.dyn_shape(x)
ops.Reshape()(x, (3, 2)) | ops.Transpose()(x, (1, 0)) | ops.TransposeView()(x, (1, 0)) | ops.TransposeExtView()(x, 1, 0) | ops.ExpandDims()(x, 0)
ops.Squeeze()(x[:1]) | ops.Squeeze((0, 1))(x[:1, :1]) | ops.Flatten()(cube) | ops.Tile()(x, (2, 1)) | ops.BroadcastTo((2, -1, 3))(x) | ops.Concat(1)((x, y))
ops.Stack()([x, y]) | ops.Pack(1)([x, y]) | ops.Unstack(1)(x) | ops.Unstack(num=2)(x) | ops.Unpack()(x) | ops.Split(1, 3)(x) | ops.Split()(x)
ops.ParallelConcat()([x[:1], y[:1]]) | ops.Meshgrid()((i[0], j[0])) | ops.Meshgrid("ij")((x[0], y[0])) | ops.SelectView()(x, 0, 1)
ops.Zeros()((2,), ms.int32) | ops.Ones()(2) | ops.ZerosLike()(i) | ops.OnesLike()(x) | ops.Eye()(2, 3, ms.int32) | ops.Fill()(ms.int32, (2,), 3)
ops.FillV2()((2, 3), Tensor(1.0)) | ops.FillV2()(Tensor([2], ms.int32), Tensor(1)) | ops.FillDiagonal(9.0)(x) | ops.FillDiagonal(9.0, True)(ops.zeros((7, 2)))
ops.Range()(0, 5, 2) | ops.LinSpace()(Tensor(0.0), Tensor(1.0), 3) | ops.LogSpace(5, 2)(Tensor(1.0), Tensor(5.0)) | ops.TrilIndices(3, 4)() | ops.TriuIndices(3, 4, -1, ms.int64)()
ops.BartlettWindow()(Tensor(5)) | ops.BlackmanWindow(False, ms.float64)(Tensor(5, ms.int32)) | ops.HammingWindow()(Tensor([5], ms.int32))
ops.RaggedRange(ms.int64)(Tensor([2, 5, 8], ms.int32), Tensor([3, 5, 12], ms.int32), Tensor([1, 1, 2], ms.int32)) | ops.InvertPermutation()((2, 0, 1))
ops.ScalarToTensor()(3) | ops.ScalarToTensor()(3, ms.int32) | ops.TensorToTuple()(i[0]) | ops.TupleToArray()((1, 2)) | ops.TupleToArray()((1.5, 2.0)) | ops.ScalarCast()(3.5, ms.int64)
ops.Slice()(x, (0, 1), (2, 2)) | ops.StridedSlice()(x, [0, 0], [5, 5], [1, 2]) | ops.StridedSlice(end_mask=2)(x, (0, -1), (2, -10), (1, -2))
ops.StridedSlice(shrink_axis_mask=1)(x, (1, 2), (2, 0), (1, -1)) | ops.StridedSlice(ellipsis_mask=1)(cube, (0, 0), (1, 2), (1, 1)) | ops.StridedSlice(1)(x, (1, 0), (2, 2), (1, 1))
ops.Gather()(x, Tensor([1, 0]), 0) | ops.Gather(1)(x, Tensor([[0], [1]]), 1) | ops.Gather(1)(cube, Tensor([[0, 1], [1, 2]]), 1) | ops.Gather(1)(cube, Tensor([[0, 1], [1, 2]]), 2)
ops.GatherD()(x, 1, Tensor([[0, -1], [1, 1]])) | ops.GatherNd()(x, Tensor([[1], [0]])) | ops.GatherNd()(cube, Tensor([[[1, 2], [0, 0]]])) | ops.Select()(b, x, y) | ops.select(b, x, 2)
ops.select(b, 1, 2) | ops.select(b, 1.0, 2) | ops.MaskedFill()(x, b, Tensor(3.0)) | ops.MaskedSelect()(x, b) | ops.MaskedScatter()(x, b, y) | ops.NonZero()(b)
ops.IndexFill()(x, Tensor(1), Tensor([0], ms.int32), Tensor(2.0)) | ops.IndexPut()(i, Tensor([9], ms.int32), (Tensor([0]),))
ops.IndexPut(1)(i, Tensor([9], ms.int32), [Tensor([0, 0], ms.int32), Tensor([0, 0], ms.int32)]) | ops.Sort(0, True)(x) | ops.TopK()(x, 2)
ops.SearchSorted()(Tensor([1.0, 2, 3]), Tensor([2.0])) | ops.LowerBound()(ops.Sort()(x)[0], y) | ops.UpperBound(ms.int64)(Tensor([[1.0, 2, 2, 3]]), Tensor([[2.0, 5]]))
ops.Bucketize([1.0, 3.0])(i) | ops.Unique()(i[0]) | ops.UniqueConsecutive(True, True)(Tensor([1, 1, 2])) | ops.UniqueConsecutive(True, True, 0)(Tensor([[1], [1], [2]], ms.int32))
ops.UniqueConsecutive()(Tensor([1, 1, 2]))[0] | ops.UnravelIndex()(Tensor([2, 5]), Tensor([3, 3])) | ops.UnravelIndex()(Tensor(5), Tensor([3, 3]))
ops.ListDiff()(Tensor([1, 2, 3, 1]), Tensor([2])) | ops.ListDiff(ms.int64)(i[0], j[0]) | ops.DataFormatDimMap()(Tensor([0, -1, 2, -4], ms.int32))
ops.DataFormatVecPermute()(Tensor([1, 2, 3, 4], ms.int32)) | ops.DataFormatVecPermute("NCHW", "NHWC")(Tensor([[1, 2], [3, 4], [5, 6], [7, 8]], ms.int32))
ops.MapUniform()(Tensor([0, 1, 12, 3, 4, 5, 6, -7]), 4, 2) | ops.ReverseV2([1])(x) | ops.ReverseSequence(1)(square, Tensor([1, 2, 3])) | ops.ReverseSequence(0, 1)(square, Tensor([1, 2, 3])) | ops.CopyWithSlice()(x, y)
ops.SparseSlice()(Tensor([[0, 1], [1, 2], [1, 3], [2, 2]]), Tensor([1, 2, 3, 4]), Tensor([3, 4]), Tensor([0, 1]), Tensor([2, 3]))
ops.SubAndFilter()(Tensor([1, 3, 5, 8, 9, 16], ms.int32), 10, 5) | ops.Coalesce()(Tensor([[0, 0, 1], [1, 1, 2]]), Tensor([1.0, 5, 4]), Tensor([3, 3]))
ops.MaxUnpool2D(2)(cube[None, :, :2, :2], Tensor(np.array([[[[0, 3], [8, 10]]] * 2]).astype(np.int64).reshape(1, 2, 2, 2)))
ops.MaxUnpool3D(2)(cube[None, None, :1, :2, :2], Tensor(np.array([0, 3, 8, 10]).reshape(1, 1, 1, 2, 2)))
ops.MatrixDiagV3()(x, Tensor(0, ms.int32), Tensor(-1, ms.int32), Tensor(-1, ms.int32), Tensor(9.0)) | ops.MatrixDiagPartV3()(cube, Tensor([-1, 2], ms.int32), Tensor(9.0))
ops.MatrixDiagPartV3("LEFT_RIGHT")(cube, Tensor([-1, 2], ms.int32), Tensor(0.0)) | ops.MatrixDiagPartV3("LEFT_LEFT")(square, Tensor(1, ms.int32), Tensor(0.0))
ops.MatrixDiagPartV3("RIGHT_RIGHT")(cube, Tensor([-2, 1], ms.int32), Tensor(0.0)) | ops.MatrixSetDiagV3()(square, x, Tensor([0, 1], ms.int32))
ops.matrix_diag(cube, Tensor([-1, 1], ms.int32), Tensor(-1, ms.int32), Tensor(5, ms.int32), Tensor(7.0)) | ops.matrix_diag(x[0]) | ops.matrix_band_part(square, 1, 0)
ops.MatrixBandPart()(cube, Tensor(0), Tensor(-1)) | ops.matrix_band_part(square, -1, -1) | ops.Tril()(x) | ops.Triu(1)(x) | ops.triu(square, -1) | ops.Diag()(x[0]) | ops.DiagPart()(square)
ops.slice(x, (0, 1), (-1, 2)) | ops.strided_slice(x, (0,), (1,), (1,)) | ops.strided_slice(x, Tensor([0, 0]), Tensor([1, 2]), Tensor([1, 1])) | ops.reverse(x, (0, 1))
ops.reverse_sequence(x, Tensor([1, 2]), 1) | ops.sequence_mask(Tensor([1, 3])) | ops.sequence_mask(i, 4) | ops.unstack(x, 1) | ops.dsplit(cube, 2) | ops.dsplit(cube, [1, 3])
ops.repeat_elements(x, 2, 1) | ops.repeat_elements(x, 2) | ops.expand(x, Tensor([2, 2, 3])) | ops.expand_as(x, ops.ones((2, 2, 3))) | ops.view_as(x, ops.ones((3, 2)))
ops.fill(ms.int32, (2,), 3.7) | ops.scalar_to_tensor(True) | ops.tuple_to_array((1.0, 2)) | ops.select_scatter(x, y[0], 0, 1) | ops.slice_scatter(x, y[:, :2], 1, 0, 2)
ops.index_fill(x, 1, Tensor([0, 2], ms.int32), 5.0) | ops.gather_nd(x, Tensor([[1, 2], [0, 0]])) | ops.gather_d(x, 1, Tensor([[0, 2], [1, 1]])) | ops.top_k(x, 2)
""")

MATRICES = table("""
ops.MatMul()(x, square) | ops.MatMul(transpose_b=True)(x, y) | ops.MatMul(True)(i, j) | ops.BatchMatMul()(cube, cube.swapaxes(1, 2)) | ops.BatchMatMul(True)(cube, cube)
ops.Cross()(x, y) | ops.Cross(1)(x, y) | ops.ConjugateTranspose()(z, (1, 0)) | ops.Eig()(square)[1] | ops.Svd(compute_uv=False)(x) | ops.Svd()(x)[0] | ops.Qr(True)(square)
ops.MatrixInverse()(square) | ops.MatrixInverse(True)(x[:, :2]) | ops.MatrixPower(2)(square) | ops.MatrixSolve(True)(square, x.T) | ops.MatrixTriangularSolve()(square, x.T)
ops.MatrixTriangularSolve(False, True)(square, x.T) | ops.MatrixSolveLs()(square, x.T, Tensor(0.0, ms.float64)) | ops.Lstsq()(x.T, square) | ops.Lstsq()(x, y)
ops.MatrixDeterminant()(square) | ops.LogMatrixDeterminant()(square) | ops.Cholesky()(square) | ops.CholeskyInverse()(ops.tril(square)) | ops.CholeskySolve()(x.T, square)
ops.LuSolve()(x.T, square, Tensor([1, 2, 3], ms.int32)) | ops.MatrixLogarithm()(z) | ops.Geqrf()(square) | ops.Ger()(x[0], y[0])
ops.TridiagonalMatMul()(x[:1], y[:1], x[1:], square) | ops.dot(cube, cube.swapaxes(1, 2)) | ops.dot(x, square)
ops.tensor_dot(x, y, ((1,), (1,))) | ops.tensor_dot(x, square, 1) | ops.tensor_dot(x, y, 0) | ops.batch_dot(cube, cube, 2) | ops.batch_dot(x, cube, (1, 1)) | ops.batch_dot(x, y)
ops.adjoint(z) | ops.matrix_solve(square, x.T) | ops.lstsq(x, y) | ops.lstsq(x.T, square) | ops.matrix_determinant(square) | ops.log_matrix_determinant(-square) | ops.pinv(x)
ops.stft(u.reshape(-1), 4, 2) | ops.stft(cube.reshape(2, 12), 4, 2, 3, x[0], normalized=True, return_complex=True) | ops.stft(cube.reshape(2, 12), 4, center=False)
ops.STFT(4, 2, 3, False, True, True)(cube.reshape(2, 12), x[0]) | ops.FFTWithSize(1, False, False)(z) | ops.FFTWithSize(2, False, True, "ortho")(x) | ops.FFTWithSize(2, True, False)(z)
ops.FFTWithSize(1, False, True, onesided=False)(x) | ops.FFTWithSize(1, True, True)(z) | ops.FFTWithSize(1, True, True, "forward", False)(z) | ops.FFTWithSize(1, True, True, signal_sizes=(3,))(z)
""")

SCATTERED = table("""
ops.ScatterNd()(Tensor([[1], [1]]), x, (3, 3)) | ops.scatter_nd(Tensor([[0, 1], [1, 1]]), Tensor([3.2, 1.1]), (3, 3)) | ops.SegmentSum()(x, Tensor([0, 2])) | ops.SegmentProd()(x, Tensor([0, 2]))
ops.SegmentMax()(i, Tensor([0, 2])) | ops.SegmentMin()(x, Tensor([1, 1])) | ops.SegmentMean()(x, Tensor([0, 2])) | ops.SegmentMean()(x, Tensor([1, 1]))
ops.UnsortedSegmentSum()(x, Tensor([0, 0], ms.int32), 3) | ops.unsorted_segment_sum(x, Tensor([[0, 1, 1], [2, 0, -1]], ms.int32), 3) | ops.unsorted_segment_max(x, Tensor([0, -1], ms.int32), 3)
ops.UnsortedSegmentMin()(i, Tensor([2, 2], ms.int32), 3) | ops.unsorted_segment_prod(x, Tensor([1, 1], ms.int32), 2) | ops.sparse_segment_mean(x, Tensor([0, 1, 1], ms.int32), Tensor([0, 0, 2], ms.int32))
ops.InplaceAdd((0,))(x, y[:1]) | ops.InplaceAdd((0, 0))(x, y) | ops.InplaceSub(1)(x, y[:1]) | ops.InplaceUpdateV2()(x, 1, y[:1]) | ops.InplaceUpdate((1, 0))(x, y)
ops.TensorScatterElements(1)(x, Tensor([[0], [1]]), y[:, :1]) | ops.TensorScatterElements(0, "add")(x, Tensor([[0, 0, 0]]), y[:1]) | ops.ScatterAddWithAxis(0)(x, Tensor([[0, 1, 0]]), y[:1])
[t := x.copy(), ops.InplaceAdd((0,))(t, y[:1]), t] | [t := x.copy(), ops.FillDiagonal(9.0)(t), t]
[p := Parameter(x), ops.Assign()(p, y), p.value()] | [p := Parameter(x), ops.AssignAdd()(p, y), p.value()] | [p := Parameter(x), ops.assign_sub(p, i), p.value()] | [ops.assign_add(x, y), x]
[p := Parameter(x), ops.IndexAdd(1)(p, Tensor([0, 2], ms.int32), y[:, :2]), p.value()] | [ops.index_add(x, Tensor([0, 0], ms.int32), y, 0), x] | [ops.InplaceIndexAdd(0)(x, Tensor([1], ms.int32), y[:1]), x]
""")
MODES = ("add", "sub", "mul", "div", "max", "min", "update")
SCATTERED += [f"ops.tensor_scatter_{mode}(x, Tensor([[0, 0], [1, 1], [1, 1]]), Tensor([2.0, -3, 0.5]))" for mode in MODES]
SCATTERED += [f"ops.TensorScatter{mode.capitalize()}()(i, Tensor([[0], [1]]), j)" for mode in MODES]
SCATTERED += [
    f"[p := Parameter(x), ops.ScatterNd{mode.capitalize()}()(p, Tensor([[1, 2], [0, 1]], ms.int32), Tensor([2.0, -3])), p.value()]"
    for mode in MODES
]
SCATTERED += [
    f"[p := Parameter(x), ops.Scatter{mode.capitalize()}()(p, Tensor([[1], [0]], ms.int32), y.expand_dims(1)), p.value()]" for mode in MODES
]
SCATTERED += [f"[ops.scatter_{mode}(x, Tensor([1], ms.int32), y[:1]), x]" for mode in MODES if mode != "sub"]

PYTHON = table("""
ops.scalar_add(1, 2) | ops.scalar_div(1, 2) | ops.scalar_floordiv(5, 3) | ops.scalar_log(2.0) | ops.scalar_max(1, 2) | ops.scalar_usub(1) | ops.scalar_le(1, 1) | ops.scalar_cast(255.0, ms.int64)
ops.tuple_getitem((1, 2), 0) | ops.tuple_setitem((1, 2), 0, 4) | ops.tuple_len((1, 2)) | ops.tuple_reversed((1, 2)) | ops.tuple_div((4, 6), (2, 3)) | ops.tuple_equal((1,), (1,))
ops.list_setitem([1, 2], 0, 5) | ops.list_len([1]) | ops.dict_getitem({"a": 1}, "a") | ops.in_dict("a", {"a": 1}) | ops.not_in_dict("a", {"a": 1}) | ops.make_range(0, 3, 1)
ops.make_slice(0, 3, 1) | ops.make_tuple(1, 2) | ops.make_list(1, 2) | ops.shape_mul((2, 3)) | ops.reduced_shape((2, 3), (1,)) | ops.broadcast_gradient_args((2, 3), (3,))
ops.broadcast_gradient_args((2, 1), (1, 3)) | ops.is_not(None, None) | ops.isconstant(3) | ops.SliceGetItem(slice(1, 2), "start") | ops.get_vm_impl_fn(ops.Add())
hasattr(ops.add_flags(lambda: 1, a=True), "_func_graph_flags")
""")

# Differentiated by x, or else by u; MindSpore is wrong for a slice with a negative step and for InplaceAdd.
GRADIENTS = table("""
ops.TensorScatterAdd()(x, Tensor([[0], [1]]), y) | ops.tensor_scatter_mul(x, Tensor([[0], [1]]), y) | ops.tensor_scatter_max(x, Tensor([[0], [1]]), y)
ops.TensorScatterUpdate()(x, Tensor([[0]]), y[:1]) | ops.tensor_scatter_div(x, Tensor([[0], [1]]), y)
ops.tensor_scatter_sub(y, Tensor([[0], [1]]), x) | ops.tensor_scatter_min(y, Tensor([[0], [1]]), x)
ops.scatter_nd(Tensor([[1], [1]]), x * x, (3, 3)) | ops.GatherNd()(x * x, Tensor([[1, 2], [0, 0]]))
ops.GatherD()(x * x, 1, Tensor([[0, 1], [1, 1]])) | ops.Gather(1)(x * x, Tensor([[0, 0], [1, 2]]), 1) | ops.Gather()(x * x, Tensor([1, 1, 0]), 0)
ops.unsorted_segment_sum(x * x, Tensor([0, 0], ms.int32), 2) | ops.unsorted_segment_max(x * x, Tensor([0, 1], ms.int32), 2)
ops.UnsortedSegmentProd()(x, Tensor([0, 0], ms.int32), 2)
ops.MatrixDiagV3()(x * x, Tensor(0, ms.int32), Tensor(-1, ms.int32), Tensor(-1, ms.int32), Tensor(0.0))
ops.MatrixDiagPartV3()(x * x, Tensor([0, 1], ms.int32), Tensor(0.0)) | ops.MatrixSetDiagV3()(square, x, Tensor([0, 1], ms.int32))
ops.MatrixBandPart()(x * x, Tensor(0), Tensor(-1)) | ops.Slice()(x * x, (0, 1), (2, 2)) | ops.ReverseSequence(1)(x * x, Tensor([1, 2]))
ops.ReduceSum()(x * x, 1) | ops.ReduceProd()(x, 1) | ops.ReduceProd()(x) | ops.ReduceStd(1)(x)[0] | ops.CumSum(True, True)(x * x, 1)
ops.CumProd()(x, 1) | ops.L2Normalize(1)(x) | ops.DivNoNan()(x, y - 2) | ops.MulNoNan()(x, y) | ops.Xdivy()(x, y) | ops.Mod()(x, y)
ops.TruncateDiv()(x, y) | ops.FloorMod()(x, y) | ops.SquaredDifference()(x, y) | ops.Addcdiv()(x, x, y, Tensor(0.5)) | ops.Select()(b, x * x, y)
ops.MatMul(False, True)(x, x) | ops.BatchMatMul()(x, square) | ops.Logit()(u) | ops.Betainc()(u * 1, u * 1, x * 0 + 0.3)
ops.ArgMaxWithValue(1)(x * x)[1] | ops.Split(1, 3)(x * x)[1] | ops.Unstack(1)(x * x)[2] | ops.MaskedScatter()(x * x, b, y)
ops.IndexFill()(x * x, 1, Tensor([0], ms.int32), Tensor(1.0)) | ops.nanmean(x * x) | ops.Cross()(x, y) | ops.tensor_dot(x, y, ((1,), (1,)))
ops.dot(x, square) | ops.adjoint(x * x) | ops.select_scatter(x, x[0] * 2, 0, 1) | ops.slice_scatter(x, x[:, :2] * 3, 1, 1, 3)
ops.matrix_solve(square, x.T) | ops.inv(x) | ops.xdivy(y, x) | ops.repeat_elements(x * x, 2, 1) | ops.view_as(x * x, ops.ones((3, 2)))
ops.unstack(x * x)[0] | ops.SegmentSum()(x * x, Tensor([0, 1])) | ops.Median()(x)[0] | ops.MatrixInverse()(square * x[0])
ops.LogMatrixDeterminant()(square * x[0])[1] | ops.Trace()(square * x[0]) | ops.DiagPart()(square * x[0]) | ops.SelectView()(x * x, 0, 1)
ops.RealDiv()(x, y)
""")

NO_KERNEL: list[tuple[str, Any]] = [
    ("ops.AccumulateNV2()([x, x])", "x * 2"),
    ("ops.accumulate_n([x, y])", "x + y"),
    ("ops.fills(x, 3)", "x * 0 + 3"),
    ("ops.Fills()(i, Tensor(2))", "i * 0 + 2"),
    ("ops.type_as(x, i)", "x.astype(ms.int32)"),
    ("ops.fmin(x, y)", "ops.minimum(x, y)"),
    ("ops.take(x, Tensor([0, 4]))", "Tensor([3.0, -1.0])"),
    ("ops.LerpScalar()(x, y, 0.25)", "x + (y - x) * 0.25"),
    ("ops.Roll(1, 0)(x)", "x[::-1]"),
    ("ops.SplitV([1, -1], 1, 2)(x)", "(x[:, :1], x[:, 1:])"),
    ("ops.CountNonZero([0])(b)", "ops.count_nonzero(b, 0)"),
    ("ops.GatherV2()(x, Tensor([1]), 0)", "x[1:]"),
    ("ops.SparseGatherV2()(x, Tensor([1]), 1)", "x[:, 1:2]"),
    ("ops.Einsum('ij->ji')((x,))", "x.T"),
    ("ops.Einsum('ij->')([x])", "x.sum().reshape((1,))"),
    ("ops.quantile(x, 0.5)", "Tensor(1.5)"),
    ("ops.Quantile(1, True)(x, Tensor([0.0, 1.0]))", "ops.stack([ops.amin(x, 1, True), ops.amax(x, 1, True)])"),
    ("ops.matrix_exp(square * 0)", "ops.eye(3)"),
    (
        "ops.ConfusionMatrix(3)(Tensor([0, 1, 1], ms.int32), Tensor([1, 1, 1], ms.int32))",
        "Tensor([[0, 1, 0], [0, 2, 0], [0, 0, 0]], ms.int32)",
    ),
    ("ops.HistogramFixedWidth(5)(Tensor([-1.0, 0, 1.5, 2, 5, 15]), Tensor([0.0, 5]))", "Tensor([2, 1, 1, 0, 2], ms.int32)"),
    (
        "ops.ComputeAccidentalHits(2)(Tensor([[1, 2], [0, 4], [3, 3]]), Tensor([0, 1, 2, 3, 4]))",
        "(Tensor([0, 0, 1, 1, 2, 2], ms.int32), Tensor([1, 2, 0, 4, 3, 3]), ops.zeros(6) - 3.4028235e38)",
    ),
    ("ops.ScatterNonAliasingAdd()(Parameter(x), Tensor([[1]], ms.int32), y[:1])", "ops.concat([x[:1], x[1:] + y[:1]])"),
    ("ops.conv_transpose2d(cube, ops.ones((2, 3, 1, 1)))", "ops.stack([cube[0] + cube[1]] * 3)"),
]

ERRORS = table("""
ops.AddN()((x, i)) | ops.AddN()((x, y[0])) | ops.Addcmul()(x, y, u, 2.0) | ops.Xdivy()(i, j) | ops.CheckNumerics()(x / 0) | ops.L2Normalize([0, 1])(x)
ops.tensor_scatter_add(x, Tensor([[0, 0]]), Tensor([1])) | ops.tensor_scatter_add(x, Tensor([[0, 5]]), Tensor([1.0])) | ops.scatter_nd(Tensor([[0, -1]]), Tensor([1.0]), (2, 3))
ops.scatter_add(Parameter(x), Tensor([5], ms.int32), y[:1]) | ops.assign_add(Parameter(x), y[0]) | ops.scatter_add(Parameter(x), Tensor([0]), y[:1].astype(ms.float64))
ops.gather_nd(x, Tensor([[0, 5]])) | ops.gather_d(x, 1, Tensor([[0, 5], [1, 1]])) | ops.Gather()(x, Tensor([5]), 0) | ops.unsorted_segment_sum(x, Tensor([0, 5], ms.int32), 3)
ops.SegmentMin()(x, Tensor([1, 0])) | ops.MaskedScatter()(x, x > -2, y[:1]) | ops.reverse(x, 1) | ops.index_fill(x, 1, Tensor([0]), 5.0) | ops.InvertPermutation()(i)
ops.MatMul()(x, i.T) | ops.MatMul()(cube, cube) | ops.HammingWindow()(Tensor(5, ms.int32)) | ops.MatrixLogarithm()(square) | ops.Cauchy((2,))() | ops.uniform((2,), Tensor(1), Tensor(5))
ops.Softmax(wrong=1) | ops.ReduceSum(1, 2, 3)
""")

# (an expression, shape and dtype of the result, a condition on its values r)
DRAWN = [
    ("ops.StandardNormal()((2000,))", (2000,), "Float32", "abs(r.mean()) < 0.15 and abs(r.std() - 1) < 0.1"),
    ("ops.standard_laplace((2000,))", (2000,), "Float32", "abs(np.median(r)) < 0.15 and abs(abs(r).mean() - 1) < 0.15"),
    ("ops.laplace((3, 1), Tensor([0.0, 100.0]), Tensor([1.0]))", (3, 2), "Float32", "(r[:, 1] > 50).all()"),
    ("ops.UniformReal()(Tensor([50]))", (50,), "Float32", "((r >= 0) & (r < 1)).all()"),
    ("ops.UniformInt()((50,), Tensor(1, ms.int32), Tensor(5, ms.int32))", (50,), "Int32", "set(r) == {1, 2, 3, 4}"),
    ("ops.uniform((50,), Tensor(1, ms.int32), Tensor(5, ms.int32), dtype=ms.int32)", (50,), "Int32", "set(r) == {1, 2, 3, 4}"),
    ("ops.uniform((2, 3), Tensor(1.0), Tensor(5.0))", (2, 3), "Float32", "((r >= 1) & (r < 5)).all()"),
    ("ops.RandomGamma()(Tensor([500]), Tensor([4.0]))", (500, 1), "Float32", "abs(r.mean() - 4) < 0.5"),
    ("ops.RandomPoisson()(Tensor([500]), Tensor([4.0]))", (500, 1), "Int64", "abs(r.mean() - 4) < 0.5"),
    ("ops.RandomShuffle()(Tensor([1, 2, 3]))", (3,), "Int64", "sorted(r) == [1, 2, 3]"),
    ("ops.RandomChoiceWithMask(4)(b)[0]", (4, 2), "Int32", "sorted(map(tuple, r[:3])) == [(0, 0), (0, 2), (1, 2)]"),
    ("ops.choice_with_mask(b, 2)[1]", (2,), "Bool", "r.all()"),
    ("ops.RandomCategorical()(Tensor([[0.0, 50.0]]), 5, 0)", (1, 5), "Int64", "(r == 1).all()"),
    ("ops.Multinomial()(Tensor([0.0, 9, 4, 0]), 20)", (20,), "Int32", "set(r) == {1, 2}"),
    ("ops.multinomial_with_replacement(Tensor([[0.0, 9, 4, 0]]), 2, 5, 2, True)", (1, 2), "Int64", "set(r[0]) <= {1, 2}"),
    ("ops.Bernoulli()(i, Tensor(1.0))", (2, 3), "Int32", "(r == 1).all()"),
    ("ops.Cauchy([2000])()", (2000,), "Float32", "abs(np.median(r)) < 0.2"),
    ("ops.LogNormalReverse(0.0, 1.0)(ops.zeros(2000))", (2000,), "Float32", "abs(np.log(r).mean()) < 0.15"),
    ("ops.NonDeterministicInts(ms.int32)(Tensor([50, 2]))", (50, 2), "Int32", "(r < 0).any() and (r > 0).any()"),
    ("ops.TruncatedNormal()(Tensor([5, 100]))", (5, 100), "Float32", "abs(r).max() <= 2 and abs(r.mean()) < 0.2"),
    (
        "ops.ParameterizedTruncatedNormal()(Tensor([2, 50]), Tensor([0.0, 5.0]), Tensor([1.0, 1.0]), Tensor([-1.0, 4.0]), Tensor([1.0, 6.0]))",
        (2, 50), "Float32", "abs(r[0]).max() <= 1 and abs(r[1] - 5).max() <= 1",
    ),
    ("ops.RandpermV2()(4)", (4,), "Int64", "sorted(r) == [0, 1, 2, 3]"),
    ("ops.uniform_candidate_sampler(Tensor([[1], [3]]), 1, 3, True, 10)[2]", (3,), "Float32", "np.allclose(r, 0.3)"),
    ("ops.log_uniform_candidate_sampler(Tensor([[0], [3]]), 1, 5, True, 5)[0]", (5,), "Int64", "sorted(r) == [0, 1, 2, 3, 4]"),
]  # fmt: skip
DRAWN_HERE = [  # without a kernel on CPU
    ("ops.gamma((500, 1), Tensor([4.0]), Tensor([2.0]))", (500, 1), "Float32", "abs(r.mean() - 2) < 0.3"),
    ("ops.Poisson()((500,), Tensor([4.0]))", (500,), "Int32", "abs(r.mean() - 4) < 0.5"),
    ("ops.Randperm(5)(Tensor([3], ms.int32))", (5,), "Int32", "sorted(r[:3]) == [0, 1, 2] and list(r[3:]) == [-1, -1]"),
]

FUNCTIONS = [f"{room.__name__.rpartition('.')[2]}.{name}" for room in (
    arithmetic, gathering, matrix_diagonals, pools, sampling, scattering, segments, slicing, sparse_indices, spectral, statistics,
) for name in room.__all__]  # fmt: skip


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_constructor(name: str) -> None:
    expected = constructor(getattr(framework("mindspore").ops, name))
    assert expected is None or constructor(OPERATORS[name]) == expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters(name: str) -> None:
    mine, theirs = (getattr(ops, name.partition(".")[2]) for ops in (ours.ops, framework("mindspore").ops))
    if isinstance(theirs, framework("mindspore").ops.Primitive):
        return  # an operator under the name of a function: what its call takes, Python does not know
    listed, expected = (inspect.signature(function).parameters.values() for function in (mine, theirs))
    assert [(p.name, p.kind, repr(p.default)) for p in listed] == [(p.name, p.kind, repr(p.default)) for p in expected]


@pytest.mark.parametrize("text", ARITHMETIC + REDUCTIONS + ARRAYS + SCATTERED + PYTHON)
def test_call(text: str) -> None:
    compare(text)


@pytest.mark.filterwarnings("ignore:torch.* is deprecated")
@pytest.mark.parametrize("text", MATRICES)
def test_matrices(text: str) -> None:
    compare(text, 2e-5)


@pytest.mark.parametrize("text", GRADIENTS)
def test_gradient(text: str) -> None:
    name = "x" if re.search(r"\bx\b", text) else "u"
    compare(f"ms.grad(lambda {name}: ((r := {text}) * ops.arange(r.size).reshape(r.shape).astype(ms.float32)).sum())({name})", 1e-4)


def test_sums_that_are_skipped() -> None:
    # By MindSpore's documentation; on CPU it gives the sum in the shape of the tensor.
    for text in ("ops.ReduceSum(skip_mode=True)(x)", "ops.ReduceSum(skip_mode=True)(x, ())"):
        assert_same(evaluated("compat.mindspore", text), evaluated("compat.mindspore", "x"), 0)


@pytest.mark.parametrize(("text", "expected"), NO_KERNEL)
def test_call_without_a_kernel(text: str, expected: str) -> None:
    compare_value(text, expected)


@pytest.mark.parametrize("text", ERRORS)
def test_error(text: str) -> None:
    compare_error(text)


def drawn(ms: Any, text: str) -> Any:
    names = {"b": ms.Tensor(np.array([[True, False, True], [False, False, True]])), "i": ms.Tensor(np.ones((2, 3), np.int32))}
    return eval(text, {"ms": ms, "ops": ms.ops, "Tensor": ms.Tensor, **names})


@pytest.mark.parametrize(("text", "shape", "dtype", "condition"), DRAWN + DRAWN_HERE)
def test_random(text: str, shape: tuple[int, ...], dtype: str, condition: str) -> None:
    sides = [ours, framework("mindspore")] if (text, shape, dtype, condition) in DRAWN else [ours]
    ours.set_seed(0)
    for ms in sides:
        found = drawn(ms, text)
        assert (tuple(found.shape), str(found.dtype)) == (shape, dtype)
        assert ms is not ours or eval(condition, {"np": np, "r": found.asnumpy()})


SEEDED = table("""
ops.StandardNormal(seed=3)((4,)) | ops.gamma((4,), Tensor([1.0]), Tensor([1.0]), seed=3) | ops.normal((4,), 0.0, 1.0, seed=3)
ops.Multinomial(seed=3)(Tensor([1.0, 2.0, 3.0]), 8) | ops.shuffle(Tensor([1, 2, 3, 4, 5]), seed=3) | ops.laplace((4,), Tensor([0.0]), Tensor([1.0]), seed=3)
ops.random_poisson(Tensor([8]), Tensor([5.0]), seed=3) | ops.bernoulli(Tensor([1.0] * 9), 0.5, seed=3) | ops.multinomial(Tensor([1.0, 2.0]), 9, seed=3)
ops.uniform((4,), Tensor(0.0), Tensor(1.0), seed=3) | ops.UniformReal(seed2=3)((4,)) | ops.standard_laplace((4,), seed=3) | ops.random_gamma(Tensor([4]), Tensor([2.0]), seed=3)
""")


@pytest.mark.parametrize("text", SEEDED)
def test_a_seed_repeats_the_numbers(text: str) -> None:
    assert drawn(ours, text).asnumpy().tolist() == drawn(ours, text).asnumpy().tolist()


@pytest.mark.parametrize("text", ["ops.J()", "ops.Merge()", "ops.tail((1, 2))", "ops.reduce(1, 0)", "ops.MapCacheIdx()", "ops.GroupTopk()"])
def test_what_cannot_work_says_why(text: str) -> None:
    with pytest.raises(errors.UnsupportedAPI, match=text.partition("(")[0].rpartition(".")[2]):
        drawn(ours, text)
