"""Values, data types and shapes are MindSpore's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SQUARE = np.array([[3.0, 1.0, 2.0], [0.5, -1.0, 4.0]], np.float32)
WHOLE = np.array([[3, 1, 2], [7, 5, 4]], np.int64)
CUBE = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def on(array: np.ndarray[Any, Any], text: str) -> Any:
    """A case: `text` evaluated with x, the framework's own names, and NumPy."""

    def case(ms: Any) -> Any:
        return eval(text, {"x": ms.Tensor(array), "ms": ms, "ops": ms.ops, "Tensor": ms.Tensor, "np": np})

    case.__name__ = text
    return case


def table(text: str) -> list[str]:
    """The cases of a text, which stand between bars or on lines of their own."""
    return [case.strip() for case in text.replace("\n", " | ").strip(" |").split(" | ")]


CREATION = table("""
Tensor([1, 2.5]) | Tensor((1, 2)) | Tensor([[True]]) | Tensor(1.5) | Tensor(3) | Tensor(1 + 2j)
Tensor(np.float64(3)) | Tensor(np.int32(3)) | Tensor(np.array([1.0]))
Tensor(np.array([1, 2], np.int32), ms.float32) | Tensor([np.int32(1)]) | Tensor([Tensor(1.0), Tensor(2.0)])
Tensor([np.zeros(2), np.ones(2)]) | ops.zeros((1, 2)) | ops.ones(2) | ops.full((2, 2), 3)
ops.full((2,), 1.5, dtype=ms.float16) | ops.arange(1, 4, 2) | ops.arange(0, 1, 0.5)
ops.arange(5, dtype=ms.float32) | ops.ones_like(x, dtype=ms.int32) | ops.zeros_like(x) | ms.tensor([1, 2.0])
""")  # fmt: skip

SHAPES = table("""
x.transpose() | x.transpose(1, 0, 2) | x.transpose((2, 1, 0)) | x.transpose(0, 1) | x.T | x.reshape(-1, 4)
x.reshape((4, 6)) | x.view(2, 12) | x.swapaxes(0, 1) | x.permute(2, 0, 1) | x.flatten() | x.flatten(1)
x.flatten(0, 1) | x.flatten(start_dim=1) | x.expand_dims(0) | x.squeeze() | ops.squeeze(x, 0)
ops.transpose(x, (2, 0, 1)) | ops.expand_dims(x, -1) | ops.reshape(x, (3, -1)) | ops.concat([x, x], axis=1)
ops.stack([x, x], axis=2) | ops.gather(x, Tensor([0, 1]), 1) | ops.gather(x, Tensor([[0, -1]]), 0) | x.split(1)
x[0] | x[:, 1:, ::2] | x[::-1] | x[:, ::-2, 1] | x[Tensor([0, 1]), Tensor([1, 2])] | x[x > 5] | len(x) | x.shape
x.size | x.ndim | x.nbytes | x.itemsize | x.strides | x.gather(Tensor([1, 0]), 0) | ops.one_hot(Tensor([0, 2]), 3)
x.new_ones((2,)) | ops.one_hot(Tensor([0, 2]), 3, Tensor(1.0), Tensor(0.0)) | ops.one_hot(Tensor([0, 2]), 3, 2, 1)
x.type() | x.type(ms.int32) | x.reshape(shape=(4, 6)) | x.stride() | x.stride(0) | x.real() | x.imag() | ops.sqrt(x=x)
ops.unique(Tensor([3, 1, 3, 2])) | ops.unique(Tensor([[2.0, 1.0], [2.0, 0.5]])) | ops.range(0, 5, 2)
ops.tensor_scatter_elements(x[0], Tensor([[0, 1, 0, 1]]), x[0, :1], 0, "add") | ops.tensor_scatter_elements(x[0], Tensor([[0, 1, 2, 1]]), x[0, :1])
""")  # fmt: skip

REDUCTIONS = table("""
x.sum() | x.sum(0) | x.sum(axis=1, keepdims=True) | x.sum(dim=1) | x.sum(dtype=ms.int32) | x.sum(1, True) | x.mean()
x.mean(1) | x.mean(axis=1, keep_dims=True) | x.max() | x.max(1) | x.max(axis=1) | x.max(dim=1)
x.min(axis=0, keepdims=True) | x.max((1, 0)) | x.max(axis=1, return_indices=True) | x.argmax() | x.argmax(axis=1)
x.argmax(1, keepdims=True) | x.argmin(axis=1) | x.median() | ops.sum(x, dim=1, keepdim=True)
ops.mean(x, axis=1, keep_dims=True) | ops.max(x) | ops.max(x, 1) | ops.min(x, axis=0) | ops.argmin(x) | x.sort()
x.argsort(0) | x.topk(1) | x.count_nonzero(0) | x.cummin(1) | x.aminmax() | x.all() | x.norm() | x.diag()
x.cumsum(0) | x.sort(stable=True) | x.sort(1, True)
""")  # fmt: skip

FLOATING = table("""
x.std(dim=0, correction=1) | x.std(0, 1, True) | x.var(axis=1) | ops.std_mean(x, 1) | ops.var_mean(x, ddof=True)
x.std() | x.var(axis=1, ddof=1) | x.var(0, 1, True) | x.prod() | x.norm(1) | ops.softmax(x, axis=0)
ops.log_softmax(x) | ops.gelu(x) | ops.exp(x) | ops.sigmoid(x) | ops.tanh(x) | x.softmax(axis=0)
ops.matmul(x, x.T) | x @ x.T | ops.softmax(x, dtype=ms.float64)
""")  # fmt: skip

ARITHMETIC = table("""
x + x | x + 1 | 1.5 - x | x * 2.5 | x / 2 | 1 / (x + 10) | x // 2 | x % 2 | x ** 2 | -x | abs(x) | x == x | x == 1
x != 2 | x > 1 | x == None | x != "a" | x + [1, 2, 3] | x * np.float32(2) | x + Tensor(1.0)
x + Tensor(1.0, ms.float64) | Tensor(1.0) + x | x <= 2 | x.maximum(2.0) | x.minimum(Tensor(1)) | x.equal(1)
ops.clip_by_value(x, 1, 3) | ops.clip_by_value(x, clip_value_min=2) | ops.relu(x) | ops.square(x)
ops.sqrt(ops.abs(x)) | ops.cast(x, ms.int32) | x.astype("float16") | x.astype(np.int64) | x.astype(bool)
x.to(ms.float16) | x.astype(ms.float16) + Tensor(1.0) | ops.floor_divide(x, 2) | ops.equal(x, 1)
""")  # fmt: skip


@pytest.mark.parametrize("text", CREATION)
def test_creation(text: str, compare: Any) -> None:
    compare(on(SQUARE, text))


@pytest.mark.parametrize("text", SHAPES)
def test_shapes_and_indexing(text: str, compare: Any) -> None:
    compare(on(CUBE, text))


@pytest.mark.parametrize("text", REDUCTIONS)
@pytest.mark.parametrize("array", [SQUARE, WHOLE], ids=["float", "int"])
def test_reductions(text: str, array: Any, compare: Any) -> None:
    compare(on(array, text))


@pytest.mark.parametrize("text", FLOATING)
def test_floating_point_only(text: str, compare: Any) -> None:
    compare(on(SQUARE, text))


@pytest.mark.parametrize("text", ARITHMETIC)
@pytest.mark.parametrize("array", [SQUARE, WHOLE], ids=["float", "int"])
def test_arithmetic_and_promotion(text: str, array: Any, compare: Any) -> None:
    compare(on(array, text))


TAKEN = [([0, -1, 99, -99],), ([[0, 5]], 1, "wrap"), (1, -1), ([2, 0], 0), ([1], None, "raise")]


@pytest.mark.parametrize("arguments", TAKEN, ids=str)
def test_take(arguments: Any, ours: Any, real: Any) -> None:
    """Its MindSpore original is a method; what has no fixture in the table is another mode or axis."""
    indices, *rest = arguments
    mine, theirs = ours.Tensor(SQUARE), real.Tensor(SQUARE)
    if "raise" in rest:
        with pytest.raises(NotImplementedError):
            theirs.take(real.Tensor(indices), *rest)
        with pytest.raises(NotImplementedError):
            ours.ops.take(mine, ours.Tensor(indices), *rest)
    else:
        np.testing.assert_array_equal(
            ours.ops.take(mine, ours.Tensor(indices), *rest).asnumpy(), theirs.take(real.Tensor(indices), *rest).asnumpy()
        )


PRINTED = table("""
Tensor(x) | Tensor(1.5) | Tensor(0.34636116) | Tensor(3) | Tensor(True) | Tensor([]) | Tensor([True, False])
Tensor(1 + 2j) | Tensor(np.zeros((0, 3))) | Tensor(np.ones((2, 2), np.float16)) | Tensor(np.arange(2000))
Tensor(np.arange(100)) | Tensor(np.arange(24)) | Tensor(np.arange(12.0)) | Tensor(1e-10) | Tensor(np.arange(100.0))
Tensor(np.ones(60, bool)) | Tensor(np.zeros((40, 40), np.int32)) | Tensor(np.zeros((2, 2, 2), np.int32))
Tensor([1, -20, 300]) | Tensor([float("nan"), float("inf")]) | Tensor(np.array([1e-50, 1e300]))
Tensor(np.zeros((10, 200, 2), np.int32)) | Tensor([1.5, 2.5], ms.bfloat16) | Tensor(1.5, ms.bfloat16)
Tensor(np.zeros((2, 1000))) | ms.float32 | ms.bool_ | ms.uint8 | ms.Parameter(Tensor([1.0, 2.0]), name="w")
ms.Parameter(1.5, "s", requires_grad=False)
""")  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_printed_text(text: str, ours: Any, real: Any) -> None:
    mine, theirs = on(SQUARE, text)(ours), on(SQUARE, text)(real)
    assert repr(mine) == repr(theirs)
    assert str(mine) == str(theirs)
