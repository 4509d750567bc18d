"""Arguments of mindspore.ops and Tensor that PyTorch's function of that name hasn't, and dtypes that it gives otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.conftest import assert_same, plain
from tests.mindspore_on_torch.operators import ARRAYS, compare, compare_error, compare_value, framework, table

ARRAYS.update({
    "batches": np.linspace(-1, 1, 48, dtype=np.float32).reshape(2, 2, 3, 4), "first_three": np.linspace(0, 1, 18, dtype=np.float32).reshape(2, 3, 3),
    "last_three": np.linspace(2, 1, 18, dtype=np.float32).reshape(2, 3, 3), "volume": np.arange(24, dtype=np.float16).reshape(1, 2, 2, 2, 3),
    "whole": np.arange(9, dtype=np.int32).reshape(3, 3), "image": np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4),
    "taken": np.array([[True, False, True], [False, False, False]]), "tiny": np.array([100, 100], np.int8),
})  # fmt: skip

FUNCTIONS = table("""
    ops.bmm(batches, batches.swapaxes(2, 3)) | ops.bmm(square, square) | batches.bmm(batches.swapaxes(2, 3)) | ops.baddbmm(square, square, square)
    ops.baddbmm(first_three, first_three, last_three, 0.5, 2) | ops.baddbmm(first_three * float("nan"), first_three, last_three, beta=0) | square.baddbmm(square, square, alpha=2)
    ops.baddbmm(whole, whole, whole, 2, 3) | ops.addbmm(square, square, square) | ops.addbmm(square, first_three, last_three, beta=0.5, alpha=3)
    ops.addbmm(whole, whole.expand_dims(0), whole.expand_dims(0)) | ops.addbmm(whole, whole.expand_dims(0), whole.expand_dims(0), beta=0.5)
    square.addbmm(first_three, last_three) | ops.addcmul(x, x, y, 2) | ops.addcmul(x, x, y, Tensor([0.5], ms.float32)) | ops.addcmul(x, x, y, Tensor(2))
    x.addcmul(x, y, Tensor([1.0, 2.0, 3.0], ms.float32)) | ops.addcdiv(x, x, y, Tensor([2], ms.int32)) | ops.addcdiv(x, x, y, 0.5)
    ops.amax(x, axis=1, keepdims=True, initial=0, where=taken) | ops.amax(x, axis=0, initial=2.5) | ops.amax(x, initial=100.5) | ops.amax(i, 1, initial=4.5)
    ops.amin(x, axis=1, keepdims=True, initial=0, where=taken) | ops.amin(x, initial=-9, where=taken) | x.amax(axis=1, initial=0, where=taken)
    x.amin(axis=1, initial=0, where=taken) | x.amax(initial=100.0) | ops.max(x, axis=1, keepdims=True, initial=0, where=taken) | ops.max(x, axis=0, initial=1)
    ops.max(x, initial=100) | ops.max(x, where=taken) | ops.min(i, axis=1, initial=2, where=taken) | x.max(axis=1, initial=0, where=taken) | x.max(initial=100)
    x.max(axis=1, return_indices=True, initial=0, where=taken) | x.min(axis=1, keepdims=True, initial=0.25) | ops.amax(x, axis=1, initial=Tensor(2))
    ops.cumsum(tiny, 0) | ops.cumsum(tiny, 0, ms.int32) | ops.cumsum(i, 1) | ops.cumsum(u, 0, dtype=ms.int32) | ops.cumsum(b, 0, dtype=ms.int32)
    ops.logsumexp(x, ()) | ops.logsumexp(x, (), True) | x.logsumexp(()) | ops.logsumexp(x, [0, 1]) | ops.logsumexp(x, 1)
    ops.vector_norm(i) | ops.vector_norm(i, ord=1, axis=0) | ops.vector_norm(i, ord=float("inf")) | ops.vector_norm(i, dtype=ms.float64)
    ops.matrix_norm(i) | ops.matrix_norm(i, ord=1) | ops.matrix_norm(i, ord=-1, keepdims=True) | ops.matrix_norm(i, ord=float("inf"))
    ops.matrix_norm(i, ord=2) | ops.matrix_norm(i, ord="nuc") | ops.matrix_norm(x.astype(ms.float16), ord=2)
    ops.vecdot(i, j) | ops.vecdot(b, b) | ops.vecdot(i, x) | ops.vecdot(z, z, axis=0) | ops.vecdot(x, y)
    ops.full((2, 3), 1.7) | ops.full([2], True) | ops.full((), -2.9) | ops.full((2,), 1 + 2j) | ops.full((2,), 2.5, dtype=ms.float16) | ops.full((2,), Tensor(1.5))
    ops.avg_pool3d(volume, 2, 1) | ops.avg_pool3d(volume, 2, 1, divisor_override=3) | nn.AvgPool3d(2, 1)(volume)
    ops.logical_xor(True, False) | ops.logical_xor(b, True) | ops.logical_xor(True, b) | ops.logical_and(True, b) | ops.logical_or(False, True)
    b.logical_xor(True) | b.logical_and(False) | b.logical_or(True) | ms.mint.logical_xor(b, True) | ms.mint.logical_and(x, y)
    ms.mint.nn.functional.softmax(x) | ms.mint.nn.functional.softmax(cube) | ms.mint.nn.functional.softmax(batches) | ms.mint.nn.functional.softmax(Tensor(1.0))
""")
METHODS = table("""
    x.approximate_equal(x + 1e-6) | x.approximate_equal(y, tolerance=1.0) | x.gather_nd(Tensor([[0, 1], [1, 2]], ms.int32)) | x.inplace_update(y[:1], (1,))
    x.inv() | i.invert() | square.matrix_determinant() | square.log_matrix_determinant() | square.reverse_sequence(Tensor([1, 2, 3]), seq_dim=1)
    square.reverse_sequence(Tensor([3, 2, 1]), 0, 1)
    image.reshape(1, 2, 4, 4).col2im(Tensor([4, 4], ms.int32), [2, 2], [1, 1], [0, 0], [2, 2]) | image[0, :, :1].reshape(1, 8, 1).fold(Tensor([2, 2], ms.int32), 2)
    x.scatter_div(Tensor([[0, 0], [1, 1]]), Tensor([2.0, 4.0])) | x.scatter_mul(Tensor([[0, 0], [0, 0]]), Tensor([2.0, 4.0]))
    x.scatter_sub(Tensor([[0, 0], [0, 0]]), Tensor([2.0, 4.0])) | x.scatter_max(Tensor([[1]]), y[:1]) | x.scatter_min(Tensor([[1]]), y[:1])
    x.soft_shrink() | x.soft_shrink(lambd=1.5) | x.top_k(2) | x.top_k(1, False) | Tensor([1, 1, 2, 3, 3], ms.int32).unique_with_pad(0)
    square.unsorted_segment_max(Tensor([0, 1, 0], ms.int32), 2) | square.unsorted_segment_min(Tensor([0, 1, 0], ms.int32), 3)
    square.unsorted_segment_prod(Tensor([0, 1, 0], ms.int32), 2) | x.xdivy(y) | x.xdivy(2.0) | x.to_coo().values | x.to_csr().indptr
    image.unfold(2) | image.unfold((2, 2), 1, 1, 2) | image.unfold(kernel_size=2, stride=2)
    x.log_normal().shape | x.log_normal(0.0, 1.0).dtype | u.random_categorical(4).shape | u.random_categorical(4, 1, ms.int32).dtype
""")
NO_KERNEL: list[tuple[str, Any]] = [
    ('ops.einsum("i->", Tensor([1.0, 2.0, 4.0]))', "Tensor([7.0])"),
    ('ops.einsum("ij,jk->ik", x, square)', "ops.matmul(x, square)"),
    ("ops.einsum(x[0], [..., 1], y[0], [..., 2], [..., 1, 2])", "ops.outer(x[0], y[0])"),
    ("ms.mint.nn.functional.log_softmax(x)", "ops.log_softmax(x, 1)"),
    ("ms.mint.nn.functional.avg_pool3d(volume, 2, 1)", "ops.avg_pool3d(volume, 2, 1)"),
    ("ms.mint.nn.AvgPool3d(2, 1)(volume)", "ops.avg_pool3d(volume, 2, 1)"),
    ("square.eigvals().sum().real()", "(square[0, 0] + square[1, 1] + square[2, 2])"),
    ("x.uniform(1.0, 2.0).shape", "x.shape"),
    ("bool((x.uniform(1.0, 2.0) >= 1).all())", "True"),
]
REFUSED = table("""
    ops.bmm(first_three[:1], last_three) | ops.bmm(first_three, square) | ops.bmm(x[0], x[0]) | ops.bmm(first_three.astype(ms.float16), last_three)
    ops.baddbmm(first_three.astype(ms.float16), first_three, last_three) | ops.baddbmm(whole, whole, whole, beta=0.5) | ops.baddbmm(first_three, first_three, last_three, beta="a")
    ops.baddbmm(first_three, first_three, last_three, beta=Tensor(2.0)) | ops.addbmm(square, first_three, last_three, beta="a") | ops.addcmul(x, x, y, "a") | ops.addcmul(x, 2, y)
    ops.amax(x, where=taken) | ops.max(x, axis=1, where=taken) | ops.amax(x, axis=1, initial="a") | ops.amax(x, axis=1, initial=0, where=x)
    ops.cumsum(b, 0) | ops.cumsum(x, None) | ops.cumsum(x, 1.0) | ops.cumsum(x, 3) | ops.vector_norm(x, ord="fro") | ops.matrix_norm(x[0])
    ops.vecdot(x, y, axis=3) | ops.full(2, 7) | ops.full((-2,), 7) | ops.logical_and(b, 1) | ops.logical_or(2.0, b) | ops.logical_xor("a", b)
    b.logical_xor(1) | b.logical_and(1) | ms.mint.logical_xor(b, 1) | ops.topk(x, 9) | x.top_k(9)
    x.reverse_sequence(Tensor([1, 2])) | x.scatter_mul(Tensor([[0, 0], [1, 1]]), Tensor([2.0])) | x.gather_nd(1) | x.soft_shrink("a")
    x.invert() | x[0].matrix_determinant() | x.xdivy("a") | x.log_normal("a") | i.log_normal() | x.uniform("a") | x.inplace_update(y, (0,))
""")


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    compare_error(text)


@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions(text: str) -> None:
    compare(text)


@pytest.mark.parametrize("text", METHODS)
def test_methods(text: str) -> None:
    compare(text)


@pytest.mark.parametrize(("text", "expected"), NO_KERNEL)
def test_by_definition(text: str, expected: Any) -> None:
    compare_value(text, expected)


@pytest.mark.parametrize("text", ["rand", "randn"])
def test_size_before_something_by_place(text: str) -> None:
    """MindSpore, whose CPU build has no kernel, infers this shape and dtype: it looks at nothing that stands behind a tuple."""
    compare_value(f"ms.mint.{text}((2, 3), ms.float16).dtype", "ms.float32")
    compare_value(f"ms.mint.{text}((2, 3), 5).shape", "(2, 3)")


GRADIENTS = table("""
    ops.grad(lambda x: ops.amax(x, axis=1, initial=1.5, where=taken).sum())(x) | ops.grad(lambda x: ops.baddbmm(x, square, square, 0.5).sum())(square * 2)
    ops.grad(lambda x: ops.addcmul(x, x, y, Tensor([2.0])).sum())(x) | ops.grad(lambda x: ops.bmm(x, batches.swapaxes(2, 3)).sum())(batches * 2)
    ops.grad(lambda x: x.xdivy(y).sum())(x) | ops.grad(lambda x: ops.avg_pool3d(x, 2, 1).sum())(volume)
""")


@pytest.mark.parametrize("text", GRADIENTS)
def test_gradients(text: str) -> None:
    compare(text)


def product(a: Any, c: Any) -> Any:
    return a * c + a


def pair(a: Any) -> Any:
    return a * a, a.sum()


@pytest.mark.parametrize(("function", "count"), [(product, 2), (pair, 1)])
def test_linearize(function: Any, count: int) -> None:
    """MindSpore compiles the function, so that it must stand in a file."""
    found = []
    for name in ("compat.mindspore", "mindspore"):
        ms = framework(name)
        points = [ms.Tensor(ARRAYS[each]) for each in "xy"][:count]
        value, change = ms.ops.linearize(function, points[0] if count == 1 else tuple(points))
        found.append(plain((value, change(points[-1] if count == 1 else tuple(reversed(points))))))
    assert_same(*found, 1e-5)


def test_linearize_refused() -> None:
    compare_error("ops.linearize(ops.sin, 1.0)")
