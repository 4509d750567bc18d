"""The methods of Tensor that are NumPy's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mindspore_on_torch.numpy_calls import check_error, check_value
from tests.mindspore_on_torch.test_values import table

VALUES = table("""
i32([0, 1, 0]).choose([w, w * 2]) | i32([0, 1, 0]).choose([1, 2]) | i32([0, 1, 0]).choose([[1, 2, 3], [4, 5, 6]])
i32([0, 5, -1]).choose([w, w * 2], mode="wrap") | x.ptp() | x.ptp(0) | x.ptp(axis=1, keepdims=True) | x.argmax_with_value()
x.argmax_with_value(1) | x.argmax_with_value(None, True) | k.argmin_with_value(None) | x.argmax_with_value(1, True) | k.argmin_with_value(0) | x.argmin_with_value()
x.argmin_with_value(axis=1, keep_dims=True) | x.fill(3.0) | x.fill(True) | k.fill(2) | k.fill(2.7) | x.itemset(0, 5) | x.itemset((0, 1), 5)
x.itemset(-1, 2) | f32([1,2,3]).searchsorted(f32([2.5, 1]), side="right") | f32([1,2,3]).searchsorted(f32([[2.5, 1]])) | x.trace()
x.trace(1) | x.trace(offset=-1) | c.trace(0, 1, 2) | k.trace(dtype=ms.float32) | k.trace() | k.trace(0, 0, 1, ms.float16) | x.resize(3, 4)
x.resize((2, 2)) | x.resize(6) | x.resize() | x.cumsum(0) | x.cumsum(1, dtype=ms.int32) | x.cumsum(0, dtype=ms.int32) | x.cumsum()
x.cumsum(axis=1) | x.cumsum(dim=1) | x.cumsum(1) | x.cumsum(axis=None, dtype=ms.int32) | x.cumsum(0, ms.float64)
(lambda t: (t.fill(3.0), t))(x) | (lambda t: (t.itemset(0, 5), t))(x) | (lambda t: (t.itemset((0, 1), 5), t))(x) | f32([1]).itemset(5)
k.itemset(0, 2.7) | (lambda t: (t.resize(3, 4), t))(x) | (lambda t: (t.resize(1, 2), t))(x) | x.sort(axis=1)[0].searchsorted(x) | b.trace()
x.reverse([0]) | x.reverse((0, 1)) | k.argmax_with_value(1) | s.argmax_with_value() | f64([[1,2]]).argmax_with_value(1)
k.cumsum(0, dtype=ms.float32) | k.cumsum(0) | b.cumsum(0) | b.cumsum() | i8([100, 100]).cumsum(0) | i8([100, 100]).cumsum()
u8([100, 200]).cumsum(0) | i64([1,2]).cumsum(0) | s.cumsum() | f16([1,2]).cumsum(0, dtype=ms.float32)
""")  # fmt: skip

REFUSED = table("""
i32([0, 5, -1]).choose([w, w * 2], mode="raise") | x.fill(None) | x.fill("a") | s.itemset(5) | x.itemset(5) | x.itemset(20, 5)
x.itemset("a", 5) | x.itemset() | x.itemset((0, 7), 5) | x.itemset((0,), 5) | x.itemset(0, "a") | x.itemset(0, x) | x.itemset(1.5, 2)
x.itemset([0, 1], 2) | f32([3,1,2]).searchsorted(2.0, sorter=i32([1,2,0])) | (lambda t: (t.itemset(0, 1, 5), t))(x) | x.resize("a")
x.fills(None) | x.fills(w) | i32([0, 1, 0]).choose([w, 5]) | i32([0, 1, 0]).choose(3) | i32([0, 1, 0]).choose([w, v])
i64([0, 1, 0]).choose([w, i32([1,2,3])]) | i32(1).choose([1, 2]) | f32([1,2]).searchsorted(f32([2.0]), side="zz")
f32([1,2]).searchsorted(w, sorter=i64([0])) | x.searchsorted(w) | x.trace(0, 0, 0) | w.trace() | x.argmax_with_value(5)
x.argmax_with_value("a") | x.argmax_with_value(0, "a") | x.argmax_with_value((0, 1)) | b.argmax_with_value(1) | x.ptp((0, 0)) | x.ptp([0])
x.ptp(0, 1) | x.ptp(9) | b.ptp() | x.cumsum(5) | x.cumsum("a") | x.cumsum(0, dtype="int32")
""")  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str, mine: Any, real: Any) -> None:
    check_value(text, mine, real)


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(text: str, mine: Any, real: Any) -> None:
    check_error(text, mine, real)
