"""mindspore.numpy: arithmetic, reductions, logic, sets, statistics, products, polynomials and Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.numpy_calls import check_error, check_value, on
from tests.mindspore_on_torch.test_values import table

VALUES = table("""
mnp.isscalar(3) | mnp.isscalar(3.5) | mnp.isscalar(True) | mnp.isscalar(s) | mnp.in1d([1, 2, 3], [2, 5]) | mnp.in1d(x, w)
mnp.in1d(w, [2.0, 3.0], invert=True) | mnp.in1d(3, [3]) | mnp.isin(x, [1, 0.5]) | mnp.isin(k, i32([1, 6]), invert=True)
mnp.isin([[1, 2], [3, 4]], [1, 4]) | mnp.isin(3, 3) | mnp.isclose(x, y) | mnp.isclose(x, x + 1e-7) | mnp.isclose(n, n, equal_nan=True)
mnp.isclose([inf, 1], [inf, 1]) | mnp.sometrue(b) | mnp.sometrue(b, 0) | mnp.sometrue(x, 1, True) | mnp.sometrue(b, (0, 1))
mnp.array_equal(x, x) | mnp.array_equal(x, y) | mnp.array_equal([1, 2], [1, 2]) | mnp.array_equal(n, n) | mnp.array_equiv(x, x)
mnp.array_equiv(w, f32([[3, -1, 2], [3, -1, 2]])) | mnp.array_equiv(w, v) | mnp.array_equiv(s, 2.5) | mnp.setdiff1d([1, 2, 3, 2], [2])
mnp.setdiff1d([3, 1, 2], [2], True) | mnp.setdiff1d(w, v) | mnp.setdiff1d([1], [1]) | mnp.isposinf(f32([inf, -inf, nan, 1]))
mnp.isneginf(f32([inf, -inf, nan, 1])) | mnp.isinf(f32([inf, -inf, nan, 1])) | mnp.isnan(f32([inf, -inf, nan, 1]))
mnp.isfinite(f32([inf, -inf, nan, 1])) | mnp.signbit(f32([inf, -inf, nan, -0.0, 0.0, -1])) | mnp.signbit(k)
mnp.logical_not(f32([0, 2, nan])) | mnp.inf | mnp.PINF | mnp.NINF | mnp.pi | mnp.numeric_types | mnp.mean(x) | mnp.mean(x, 1, True)
mnp.mean([1, 2, 4]) | mnp.mean(f64([1, 2])) | mnp.sum(x) | mnp.sum(x, 0) | mnp.sum([1.5, 2]) | mnp.sum(x, initial=10) | mnp.std(x)
mnp.std(x, 0) | mnp.std(x, (0, 1), ddof=1) | mnp.std(f16([1, 2])) | mnp.var(x) | mnp.var(x, 0, 1) | mnp.var(x, 1, keepdims=True)
mnp.var(f64([1, 2])) | mnp.average(x) | mnp.average(x, 0, f32([1, 3])) | mnp.average(x, returned=True) | mnp.average(k, 0, i32([1, 3]))
mnp.amax(x) | mnp.amax(x, 1, initial=1.75) | mnp.amax(k) | mnp.amax(f16([1, 2])) | mnp.amax(u8([1, 2])) | mnp.amin(x) | mnp.amin(x, 0)
mnp.amin(x, (0, 1), True) | mnp.amin(x, initial=10, where=b) | mnp.max(x) | mnp.min(x) | mnp.ptp(x) | mnp.ptp(x, 0)
mnp.ptp(x, (0, 1), True) | mnp.ptp(k) | mnp.count_nonzero(x) | mnp.count_nonzero(f32([[0, 1], [2, 0]]), 1, True)
mnp.count_nonzero(k, (0, 1)) | mnp.count_nonzero(s) | mnp.nansum(n) | mnp.nansum(n, 1, keepdims=True) | mnp.nansum([1, nan])
mnp.nansum(n, dtype=ms.int32) | mnp.nanmean(n) | mnp.nanmean(n, 1, keepdims=True) | mnp.nanmean([1, 2]) | mnp.nanmean(n, dtype=ms.float64)
mnp.nanstd(n) | mnp.nanstd(n, 0) | mnp.nanstd(n, 1, ddof=1) | mnp.nanstd(k) | mnp.nanvar(n) | mnp.nanvar(n, 0) | mnp.nanvar(n, 1, ddof=1)
mnp.nanvar(k) | mnp.nanmax(n) | mnp.nanmax(n, 1, keepdims=True) | mnp.nanmax(f32([nan, nan])) | mnp.nanmax(n, dtype=ms.float64)
mnp.nanmin(n) | mnp.nanmin(n, 0) | mnp.nanmin(f32([nan, nan])) | mnp.nanmin(k, 1) | mnp.argmax(x) | mnp.argmax(x, 0) | mnp.argmax(k)
mnp.argmax(3) | mnp.argmin(x) | mnp.argmin(x, 0) | mnp.argmin(k, 1) | mnp.argmin([3, 1, 2]) | mnp.cumsum(x) | mnp.cumsum(k, 1)
mnp.cumsum(i16([100, 100])) | mnp.cumsum(u8([200, 100])) | mnp.nancumsum(n) | mnp.nancumsum(n, 0) | mnp.nancumsum(k)
mnp.nancumsum(n, 1, ms.float64) | mnp.cumprod(x) | mnp.cumprod(k, 1) | mnp.cumprod(i8([100, 2])) | mnp.cumprod(x, dtype=ms.int32)
mnp.diff(x) | mnp.diff(x, 2) | mnp.diff(w, prepend=f32([5])) | mnp.diff(x, axis=0, append=f32([[1, 2, 3]])) | mnp.ediff1d(x)
mnp.ediff1d(w, 5.0, 7.0) | mnp.ediff1d(w, f32([1, 2]), f32([3])) | mnp.ediff1d(k) | mnp.gradient(v) | mnp.gradient(x, 2.0)
mnp.gradient(x, axis=(0, 1)) | mnp.gradient(k) | mnp.trapz(v) | mnp.trapz(x, axis=0) | mnp.trapz(v, dx=2.0) | mnp.trapz(k)
mnp.convolve(w, v) | mnp.convolve(w, v, "same") | mnp.convolve([1, 2, 3], [0, 1, 0.5]) | mnp.convolve(3, w) | mnp.correlate(w, v)
mnp.correlate(v, w) | mnp.correlate(v, w, "full") | mnp.correlate(w, v, "same") | mnp.cov(x) | mnp.cov(x, y) | mnp.cov(x, ddof=0)
mnp.cov([[1, 2], [3, 5]]) | mnp.cov(x, dtype="float16") | mnp.corrcoef(x) | mnp.corrcoef(x, y) | mnp.corrcoef([[1, 2, 4], [3, 5, 1]])
mnp.corrcoef(w) | mnp.digitize(w, [0, 1, 2]) | mnp.digitize(w, [0, 1, 2], True) | mnp.digitize(w, [2, 1, 0], True)
mnp.digitize(x, f32([-2, 1])) | mnp.bincount(i32([0, 1, 1, 3])) | mnp.bincount([0, 1, 1, 3]) | mnp.bincount([0, 1, 1, 3], [0.5, 1, 2, 3])
mnp.bincount([0, -1, 1]) | mnp.histogram(v) | mnp.histogram(v, [0, 2, 8]) | mnp.histogram(v, 3, density=True) | mnp.histogram(x, 2)
mnp.histogram(i32([1, 2, 5]), 2, weights=i32([1, 2, 3])) | mnp.histogram2d(v, v) | mnp.histogram2d(v, v * 2, 2)
mnp.histogram2d(v, v * 2, [[0, 2, 8], [0, 3, 20]]) | mnp.histogram2d(v, v, 2, [[0, 4], [1, 7]]) | mnp.histogramdd(x.T, 2)
mnp.histogramdd((v, v, v), 2) | mnp.histogramdd(x.T, ([0, 1, 4], [-5, 0, 2])) | mnp.histogramdd(x.T, 2, ((0, 4), None))
mnp.histogramdd(x.T, 2, density=True) | mnp.interp(2.5, [1, 2, 3], [3, 2, 0]) | mnp.interp([0, 1, 1.5, 2.72, 3.14], [1, 2, 3], [3, 2, 0])
mnp.interp(x, f32([-1, 0, 2]), w) | mnp.interp(x, f32([-1, 0, 2]), w, left=-99, right=99) | mnp.searchsorted([1, 2, 3, 4, 5], 3)
mnp.searchsorted([1, 2, 3, 4, 5], 3, side="right") | mnp.searchsorted(f32([1, 2, 3]), x)
mnp.searchsorted(f32([3, 1, 2]), 2.5, sorter=i32([1, 2, 0])) | mnp.unwrap(f32([0, 3, 6.5, 0.1])) | mnp.unwrap(x * 2)
mnp.unwrap(x * 2, axis=0) | mnp.unwrap([1, 2, 9]) | mnp.clip(x, 0, 2) | mnp.clip(x, 0, None) | mnp.clip(k, 0, 3) | mnp.clip([1, 5], 2, 3)
mnp.around(f32([0.5, 1.5, 2.5, -1.55])) | mnp.around(f32([0.5, 1.55, 2.545]), 1) | mnp.around(k) | mnp.around(1.46, 1) | mnp.round(x)
mnp.rint(f32([0.5, 1.5, -0.5, 2.5])) | mnp.fix(f32([1.7, -1.7, 0.2])) | mnp.trunc(f32([1.7, -1.7, 0.2])) | mnp.reciprocal(i32([2, 1, -1]))
mnp.reciprocal(i32([0])) | mnp.exp2(i32([2, 3])) | mnp.dot(x, f32([[1, 2], [3, 4], [5, 6]])) | mnp.dot(x, w)
mnp.dot(c, mnp.ones((2, 4, 3))) | mnp.dot(k, i32([1, 2, 3])) | mnp.inner(x, x) | mnp.inner(w, w) | mnp.inner(x, w) | mnp.inner(s, x)
mnp.outer(w, v) | mnp.outer(x, w) | mnp.outer(k, k) | mnp.outer(s, w) | mnp.matmul(x, x.T) | mnp.matmul(x, w) | mnp.matmul(w, w)
mnp.matmul(c, mnp.ones((2, 4, 5))) | mnp.tensordot(c, mnp.ones((3, 4, 2))) | mnp.tensordot(c, mnp.ones((4, 3)), 1) | mnp.tensordot(w, v, 0)
mnp.tensordot(c, mnp.ones((4, 3, 2)), [[2], [0]]) | mnp.kron(w, f32([1, 2])) | mnp.kron(x, f32([[1, 2], [3, 4]])) | mnp.kron([1, 2], [3, 4])
mnp.kron(c, x) | mnp.cross(w, f32([1, 2, 3])) | mnp.cross([1, 2, 3], [4, 5]) | mnp.cross(x, w)
mnp.cross(x.T, y.T, axisa=0, axisb=0, axisc=0) | mnp.cross(x, k) | mnp.multi_dot((x, x.T, x)) | mnp.multi_dot([x, x.T])
mnp.multi_dot((x, x.T, f32([1, 2]))) | mnp.multi_dot(([[1, 2], [3, 4]], [[1, 2], [3, 4]])) | mnp.matrix_power(f32([[1, 2], [3, 4]]), 3)
mnp.matrix_power(f32([[1, 2], [3, 4]]), 0) | mnp.matrix_power([[1, 2], [3, 4]], 2) | mnp.matrix_power(f64([[1, 2], [3, 4]]), 2)
mnp.norm(x) | mnp.norm(x, 1) | mnp.norm(w, 3) | mnp.norm(c, axis=(0, 1)) | mnp.norm([[1, 2], [3, 4]], "fro")
mnp.polyadd([1, 2], [9, 5, 4]) | mnp.polyadd(w, v) | mnp.polyadd(1, [1, 2]) | mnp.polyadd([1, 2], [1.5, 2])
mnp.polysub([2, 10, -2], [3, 10, -4]) | mnp.polysub([1, 2], [9, 5, 4]) | mnp.polymul([3, 1, 2], [2, 5]) | mnp.polymul(w, 2)
mnp.polymul([1.5], [2]) | mnp.polymul(2, 3) | mnp.polyval([3.0, 0, 1], 5.0) | mnp.polyval([3, 0, 1], [1, 2]) | mnp.polyval([3, 0, 1], w)
mnp.polyval(w, x) | mnp.polyder([1, 1, 1, 1]) | mnp.polyder([1, 1, 1, 1], 2) | mnp.polyder([1, 1], 5) | mnp.polyder([1, 1], 2)
mnp.polyint([1, 1, 1]) | mnp.polyint([1, 1, 1], 2) | mnp.polyint([1, 1, 1], 2, [3, 4]) | mnp.polyint([1, 1, 1], 2, 3)
mnp.ravel_multi_index(([3, 6, 6], [4, 5, 1]), (7, 6)) | mnp.ravel_multi_index(i32([[3, 6, 6], [4, 5, 1]]), (7, 6))
mnp.ravel_multi_index(([3, 6, 6], [4, 5, 1]), (7, 6), order="F") | mnp.ravel_multi_index(([3, 9, -1], [4, 5, 1]), (7, 6), mode="wrap")
mnp.sign(f32([1, -2, 0, nan])) | mnp.sqrt(f32([4, -1])) | mnp.negative(x) | mnp.positive(x) | mnp.invert(k)
mnp.heaviside(f32([0, 1, -1]), 0.5) | mnp.copysign(w, f32([-1, 1, -0.0])) | mnp.arctan2(w, f32([1, 2, -3])) | mnp.log1p(f32([0, 1]))
mnp.hypot(f32([3]), 4) | mnp.maximum(n, 2) | mnp.maximum(x, y) | mnp.maximum(x, [1, 2, 3]) | mnp.maximum(x, y, dtype=ms.int32)
mnp.minimum(n, 2)
mnp.add(u16([7, 1]), u16([2, 1])) | mnp.subtract(u16([1]), u16([2])) | mnp.less(u32([7, 1]), u32([2, 1])) | mnp.invert(u16([13]))
mnp.floor_divide(u32([7, 1]), u32([2, 1])) | mnp.divmod(u16([7, 1]), u16([2, 1])) | mnp.negative(u16([1])) | mnp.bitwise_xor(u16([7]), u16([2]))
mnp.sum(s, axis=0) | mnp.argmax(s, axis=-1) | mnp.count_nonzero(s, axis=0) | mnp.gradient(f16([1, 2, 4])) | mnp.unwrap(f16([1, 9]))
mnp.trapz(f64([1, 2])) | mnp.polyval(f16([1, 2]), f16([3, 4])) | mnp.heaviside(f32([nan]), 3.0) | mnp.heaviside(f32([0, -1, 1]), 3.0)
""")  # fmt: skip

REFUSED = table("""
mnp.in1d("a", [1]) | mnp.isin(x, "a") | mnp.isclose([1, 2], [1, 2.1], 0.1) | mnp.isclose("a", w) | mnp.sometrue(b, 5)
mnp.sometrue(b, (0, 0)) | mnp.array_equal("a", 3) | mnp.array_equal(x, x, 1) | mnp.array_equiv("a", 3) | mnp.setdiff1d("a", [1])
mnp.setdiff1d([1], [1], 1) | mnp.promote_types("foo", "int32") | mnp.promote_types(ms.complex64, ms.int32) | mnp.result_type([1, 2], x)
mnp.result_type() | mnp.mean(x, 5) | mnp.mean(b) | mnp.sum(x, initial="a") | mnp.sum(x, keepdims=2) | mnp.std(x, 5) | mnp.std(x, keepdims=1)
mnp.average(x, 0, w) | mnp.average([1, 2]) | mnp.amax(x, where=b) | mnp.amax(x, "a") | mnp.amin([1, 2]) | mnp.ptp([1, 2]) | mnp.ptp(x, "a")
mnp.count_nonzero([1, 0]) | mnp.count_nonzero(x, 5) | mnp.nansum(n, 5) | mnp.nanmax(b) | mnp.argmax(x, 5) | mnp.argmax(x, 1.5)
mnp.argmin(x, 5) | mnp.cumsum([1, 2]) | mnp.cumsum(x, "a") | mnp.nancumsum([1, nan]) | mnp.cumprod(x, 5) | mnp.cumprod(x, "a")
mnp.diff(x, 3) | mnp.diff(x, 1, 5) | mnp.ediff1d([1, 3]) | mnp.ediff1d(3) | mnp.gradient(x, 1, 2, 3) | mnp.gradient(f32([1]))
mnp.trapz(x, axis=5) | mnp.trapz(x, dx="a") | mnp.convolve(w, v, "foo") | mnp.convolve([], w) | mnp.correlate(f32([1, 2, 3]), i32([1, 2]))
mnp.correlate(x, w) | mnp.cov(c) | mnp.cov(x, rowvar=1) | mnp.corrcoef(c) | mnp.digitize(w, x) | mnp.digitize(w, 3)
mnp.bincount(f32([0, 1.5, 1])) | mnp.bincount(3) | mnp.histogram(v, "auto") | mnp.histogram(v, 3, weights=w)
mnp.histogram2d(v, v * 2, [0, 2, 8]) | mnp.histogram2d(v, w, 2) | mnp.histogramdd(v, 2) | mnp.histogramdd(x.T, 2, ((0, 4),))
mnp.interp(x, f32([-1, 0]), w) | mnp.interp("a", [1, 2], [3, 4]) | mnp.searchsorted([1, 2], 1, side="zz")
mnp.searchsorted([1, 2], 1, sorter=x) | mnp.unwrap(x, "a") | mnp.unwrap(x, axis=5) | mnp.clip(x, None, None) | mnp.clip(x, v, 2)
mnp.around(k, -1) | mnp.around(x, 1.5) | mnp.dot(x, x) | mnp.dot([1, 2], [3, 4]) | mnp.inner(c, w) | mnp.inner([1, 2], [3, 4])
mnp.outer([1, 2], [3, 4]) | mnp.outer(3, w) | mnp.matmul(x, x) | mnp.matmul(x, s) | mnp.tensordot(c, c, 1)
mnp.tensordot(x, k, ((0, 1), (0, 1))) | mnp.kron("a", x) | mnp.cross([1, 2], [3, 4]) | mnp.cross(s, w) | mnp.multi_dot((x,))
mnp.multi_dot((x, x)) | mnp.matrix_power(x, 2) | mnp.matrix_power(f32([[1, 2], [3, 4]]), -1) | mnp.norm(x, "nuc") | mnp.norm(x, 5)
mnp.polyadd(x, w) | mnp.polyadd("a", w) | mnp.polysub(x, w) | mnp.polymul(x, w) | mnp.polyval(x, w) | mnp.polyval([], 2) | mnp.polyder(x)
mnp.polyder(w, -1) | mnp.polyint(x) | mnp.polyint(w, 1.5) | mnp.ravel_multi_index(([3], [4]), (7, 6), mode="raise")
mnp.ravel_multi_index(([3], [4]), "a") | mnp.deg2rad(180.0)
""")  # fmt: skip

TYPES = table("""
mnp.promote_types(ms.float32, ms.float64) | mnp.promote_types("int32", "float16") | mnp.promote_types(ms.bool_, ms.bool_)
mnp.promote_types(ms.uint8, ms.int8) | mnp.promote_types(ms.uint64, ms.int8) | mnp.promote_types(ms.uint32, ms.int8)
mnp.promote_types(ms.uint16, ms.float64) | mnp.promote_types(ms.uint16, ms.float16) | mnp.promote_types(int, float)
mnp.result_type("i2", ms.float32) | mnp.result_type("int16", ms.float32) | mnp.result_type(x, k) | mnp.result_type(3, "int8")
mnp.result_type(3.5, "int8") | mnp.result_type(3.5, "float16") | mnp.result_type(True) | mnp.result_type(1, 2.5)
mnp.result_type(ms.int8, ms.uint8, ms.float16) | mnp.result_type(i64([1]), 3.5) | mnp.int_ | mnp.float_ | mnp.uint | mnp.bool_ | mnp.int8
mnp.float64 | mnp.nan
""")  # fmt: skip

TRANSFORMS = table("""
mnp.fft.fft(x) | mnp.fft.fft(x, norm="forward", axis=0) | mnp.fft.fft2(x) | mnp.fft.fft2(x, norm="ortho") | mnp.fft.fftn(x)
mnp.fft.fftn(c, axes=(0, 1)) | mnp.fft.ifft(x) | mnp.fft.ifft(x, norm="forward", axis=0) | mnp.fft.ifft2(x) | mnp.fft.ifft2(x, norm="ortho")
mnp.fft.ifftn(x) | mnp.fft.ifftn(c, axes=(0, 1)) | mnp.fft.rfft(x) | mnp.fft.rfft(x, norm="forward", axis=0) | mnp.fft.rfft2(x)
mnp.fft.rfft2(x, norm="ortho") | mnp.fft.rfftn(x) | mnp.fft.rfftn(c, axes=(0, 1)) | mnp.fft.irfft(x)
mnp.fft.irfft(x, norm="forward", axis=0) | mnp.fft.irfft2(x) | mnp.fft.irfft2(x, norm="ortho") | mnp.fft.irfftn(x)
mnp.fft.irfftn(c, axes=(0, 1)) | mnp.fft.hfft(x) | mnp.fft.hfft(x, norm="forward", axis=0) | mnp.fft.hfft2(x)
mnp.fft.hfft2(x, norm="ortho") | mnp.fft.hfftn(x) | mnp.fft.hfftn(c, axes=(0, 1)) | mnp.fft.ihfft(x)
mnp.fft.ihfft(x, norm="forward", axis=0) | mnp.fft.ihfft2(x) | mnp.fft.ihfft2(x, norm="ortho") | mnp.fft.fftshift(x)
mnp.fft.fftshift(x, 0) | mnp.fft.ifftshift(v) | mnp.fft.ifftshift(x, 1) | mnp.fft.fftfreq(5) | mnp.fft.fftfreq(4, 0.1) | mnp.fft.rfftfreq(5)
mnp.fft.rfftfreq(4, 0.5, ms.float64)
""")  # fmt: skip

REFUSED_TRANSFORMS = table("""
mnp.fft.fft(x, 3, 5) | mnp.fft.fft2(w) | mnp.fft.ifft(x, 3, 5) | mnp.fft.ifft2(w) | mnp.fft.rfft(x, 3, 5) | mnp.fft.rfft2(w)
mnp.fft.irfft(x, 3, 5) | mnp.fft.irfft2(w) | mnp.fft.hfft(x, 3, 5) | mnp.fft.hfft2(w) | mnp.fft.ihfft(x, 3, 5) | mnp.fft.ihfft2(w)
mnp.fft.fftshift([1]) | mnp.fft.fftfreq(2.5)
""")  # fmt: skip


@pytest.mark.parametrize("text", VALUES + TRANSFORMS)
def test_values(text: str, mine: Any, real: Any) -> None:
    check_value(text, mine, real)


@pytest.mark.parametrize("text", REFUSED + REFUSED_TRANSFORMS)
def test_refusals(text: str, mine: Any, real: Any) -> None:
    check_error(text, mine, real)


@pytest.mark.parametrize("text", TYPES)
def test_types(text: str, mine: Any, real: Any) -> None:
    assert str(on(mine, text)) == str(on(real, text))


# What MindSpore computes wrongly on CPU: here it is what the definition says.
CORRECTED = {
    "mnp.cbrt(f32([8, -27, 0]))": [2.0, -3.0, 0.0],
    "mnp.logaddexp(f32([200]), f32([200]))": [200.69315],
    "mnp.std([1, 2])": 0.5,  # MindSpore subtracts the whole part of the mean
    "mnp.var(i32([1, 2]))": 0.25,
    "mnp.correlate([1, 2, 3], [0, 1, 0.5])": [3.5],  # MindSpore drops the fractions of a list
    "mnp.fft.ihfftn(f32([1, 2, 3]))": [2.0, -0.5 - 0.288675j],  # MindSpore returns hfftn
    "mnp.geomspace(1, 256, 1)": [1.0],
    "mnp.array([2**31])": [2.0**31],  # MindSpore wraps around; here it is int64
    "mnp.where(b[0], 2**40, 0)": [2.0**40, 0, 2.0**40],
    "i32([0, 1]).choose([[1.5, 2.5], [3.5, 4.5]])": [1.5, 4.5],  # MindSpore drops the fractions
}


@pytest.mark.parametrize("text", CORRECTED)
def test_what_mindspore_computes_wrongly(text: str, mine: Any, real: Any) -> None:
    np.testing.assert_allclose(on(mine, text).asnumpy(), CORRECTED[text], rtol=1e-5)
    try:
        theirs = on(real, text).asnumpy()
    except ZeroDivisionError:
        return
    assert theirs.shape != np.shape(CORRECTED[text]) or not np.allclose(theirs, CORRECTED[text], rtol=1e-5)
