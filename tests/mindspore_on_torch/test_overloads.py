"""Overloads, dtypes and refusals of MindSpore that PyTorch has not, as compat.mindspore has them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.conftest import assert_same, plain
from tests.mindspore_on_torch.test_values import table

VALUES = table("""
ms.mint.max(x) | ms.mint.max(x, 1) | ms.mint.min(x, dim=0, keepdim=True) | ms.mint.max(x, x * 2) | ms.mint.min(x, other=x * 2)
ms.mint.maximum(x, 2.0) | x.mean(1, dtype=ms.float64) | x.matmul(tensor2=x.T) | ops.pow(x, exponent=2.0) | x.max() | ops.hsplit(x, 2)
ops.hsplit(x, (1, 2)) | ops.polygamma(Tensor(1), x) | ops.hann_window(5) | ops.kaiser_window(4, dtype=ms.float32) | ops.hamming_window(6)
ms.numpy.hanning(4) | ms.numpy.hanning(-1) | ms.mint.meshgrid(x[0], x[1], indexing="ij") | ops.meshgrid(x[0], x[1]) | ms.mint.flatten(x, 0, 1)
x.index_fill(0, Tensor([1], ms.int32), 2.0)
""")  # fmt: skip
DRAWN = table("""
ops.multinomial(x, 2) | x.multinomial(2, False) | ops.normal((2,), 0.0, 1.0) | ops.normal((3, 2), Tensor([1.0, 2.0]), 1.0)
ops.normal((2,), Tensor(0), 1)
""")  # fmt: skip
REFUSED = table("""
ops.normal([2], 0.0, 1.0) | ops.normal(Tensor([2]), 0.0, 1.0) | ops.hann_window(-1) | ops.hann_window(2.5) | ops.kaiser_window(3, 1)
ops.hsplit(Tensor([1.0, 2.0]), 2) | ops.polygamma(1, x) | ops.zeros((-1,)) | ops.ones(-1) | ops.max("a") | ops.mean("a") | ops.less("a", x)
ms.mint.max(x, 5) | x.max(dim=5) | Tensor(np.zeros((0,), np.float32)).max() | ms.mint.flatten("a")
""")  # fmt: skip


@pytest.fixture(scope="module")
def mine() -> Any:
    pytest.importorskip("torch")
    return importlib.import_module("compat.mindspore")


def on(ms: Any, text: str) -> Any:
    x = ms.Tensor(np.array([[3.0, 1.0, 2.0], [0.5, 1.5, 4.0]], np.float32))
    return eval(text, {"x": x, "ms": ms, "ops": ms.ops, "Tensor": ms.Tensor, "np": np})


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str, mine: Any, real: Any) -> None:
    assert_same(plain(on(mine, text)), plain(on(real, text)), 1e-5)


@pytest.mark.parametrize("text", DRAWN)
def test_shapes_and_dtypes_of_what_is_drawn(text: str, mine: Any, real: Any) -> None:
    one, other = on(mine, text), on(real, text)
    assert (one.shape, str(one.dtype)) == (other.shape, str(other.dtype))


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_have_the_same_type(text: str, mine: Any, real: Any) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - its type is what is compared
        on(real, text)
    with pytest.raises(theirs.type):
        on(mine, text)
