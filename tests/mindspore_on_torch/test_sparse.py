"""Sparse tensors: members, texts, arithmetic, errors; what MindSpore has no CPU kernel for is held against dense tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.conftest import Names

SETUP = """
import numpy as np
Tensor, COOTensor, CSRTensor, ops, nn = ms.Tensor, ms.COOTensor, ms.CSRTensor, ms.ops, ms.nn
index, values = Tensor([[0, 1], [1, 2]], ms.int32), Tensor([1.0, 2.0])
coo = COOTensor(index, values, (3, 4))
long = COOTensor(index.astype(ms.int64), values, (3, 4))
long2 = COOTensor(Tensor([[0, 1], [2, 3]], ms.int64), Tensor([5.0, 6.0]), (3, 4))
csr = CSRTensor(Tensor([0, 1, 2, 2], ms.int32), Tensor([1, 2], ms.int32), values, (3, 4))
csr2 = CSRTensor(Tensor([0, 1, 1, 2], ms.int32), Tensor([1, 3], ms.int32), Tensor([5.0, 6.0]), (3, 4))
d = Tensor(np.arange(12).reshape(3, 4).astype(np.float32))
"""

SAME = [
    "repr(coo), str(csr), repr(coo.astype(ms.float16)), repr(ms.RowTensor(Tensor([0], ms.int32), Tensor([[1.0, 2.0]]), (3, 2)))",
    "coo.indices, coo.values, coo.shape, str(coo.dtype), coo.ndim, coo.size, coo.itemsize, coo.to_tuple()",
    "csr.indices, csr.indptr, csr.values, csr.shape, str(csr.dtype), csr.ndim, csr.size, csr.itemsize, csr.to_tuple()",
    "coo.to_dense(), csr.to_dense(), (-coo).to_dense(), (-csr).values, coo.abs().values, csr.abs().values",
    "(long + long2).to_tuple(), (long - long2).to_dense(), long.add(long2, Tensor(5.5)).to_tuple()",
    "coo + d, (coo * d).to_tuple(), (coo / (d + 1)).to_tuple(), csr * 2, csr / 2.0",
    "(csr + csr2).to_tuple(), (csr - csr2).to_tuple(), csr.add(csr2, Tensor(1.0), Tensor(2.0)).to_tuple()",
    "COOTensor(Tensor([[0, 1], [0, 1], [1, 2]], ms.int64), Tensor([1.0, 5.0, 2.0]), (3, 4)).coalesce().to_tuple()",
    "COOTensor(Tensor([[0, 1], [0, 1], [1, 2]], ms.int32), Tensor([1.0, 5.0, 2.0]), (3, 4)).to_dense()",
    "d.to_coo().to_tuple(), d.to_csr().to_tuple(), ops.dense_to_sparse_coo(d).indices.dtype == ms.int32",
    "ops.csr_to_dense(csr), ops.coo_concat((long, long2)).to_tuple(), ops.coo_concat((long, long2), 1).to_tuple()",
    "[getattr(ops, 'coo_' + n)(coo).values for n in ('relu', 'relu6', 'inv', 'square', 'isnan', 'softsign', 'expm1', 'round')]",
    "[getattr(ops, 'csr_' + n)(csr).values for n in ('relu', 'sigmoid', 'neg', 'log1p', 'isfinite', 'softsign', 'tanh', 'ceil')]",
    "ops.csr_softmax(csr, ms.float32).values",  # it overwrites its input in MindSpore
    "ops.csr_add(csr, csr2, Tensor(1.0), Tensor(1.0)).to_tuple()",
    "COOTensor(coo_tensor=coo).to_tuple(), CSRTensor(csr_tensor=csr).to_tuple()",
    "nn.SparseToDense()(coo), nn.SparseTensorDenseMatmul()(long.indices, values, (3, 4), Tensor(np.ones((4, 2), np.float32)))",
    "nn.SparseTensorDenseMatmul(True)(long.indices, values, (3, 4), Tensor(np.ones((3, 2), np.float32)))",
    "ms.grad(lambda v: (COOTensor(index, v, (3, 4)).to_dense() * d).sum())(values)",
    "ms.grad(lambda s: (s.values * s.values).sum())(coo)",
]

RAISED = [
    "COOTensor(index, values, [3, 4])",
    "COOTensor(values, values, (3, 4))",
    "COOTensor(index.astype(ms.float32), values, (3, 4))",
    "COOTensor(index, Tensor([1.0]), (3, 4))",
    "COOTensor(index, values, (3, 4, 5))",
    "COOTensor(index, [1.0, 2.0], (3, 4))",
    "COOTensor(index, Tensor([[1.0], [2.0]]), (3, 4))",
    "COOTensor()",
    "CSRTensor(Tensor([0, 1, 2], ms.int32), Tensor([1, 2], ms.int32), values, (3, 4))",
    "CSRTensor(Tensor([0.0, 1, 2, 2]), Tensor([1, 2], ms.int32), values, (3, 4))",
    "CSRTensor(Tensor([0, 1, 2, 2], ms.int32), Tensor([1, 2], ms.int32), values, 3)",
    "coo * coo",
    "coo * Tensor([1.0, 2.0, 3.0, 4.0])",
    "csr + d",
    "csr.mv(Tensor([1.0, 2.0, 3.0, 4.0]))",
    "csr.sum(0)",
    "ops.coo_relu(d)",
    "ops.csr_relu(coo)",
    "ops.csr_mm(csr, d)",
    "Tensor([1.0, 0.0]).to_coo()",
    "Tensor([1.0, 0.0]).to_csr()",
]

# MindSpore computes these with kernels that its CPU build has not; here they equal the same on dense tensors.
DENSE = [
    ("csr * d", "csr.to_dense() * d"),
    ("csr / (d + 1)", "csr.to_dense() / (d + 1)"),
    ("csr * Tensor([[1.0], [2.0], [3.0]])", "csr.to_dense() * Tensor([[1.0], [2.0], [3.0]])"),
    ("csr.mm(d.T)", "csr.to_dense().asnumpy() @ d.asnumpy().T"),
    ("csr.mm(d.T.to_csr())", "csr.to_dense().asnumpy() @ d.asnumpy().T"),
    ("ops.csr_mm(csr, csr2, trans_b=True)", "csr.to_dense().asnumpy() @ csr2.to_dense().asnumpy().T"),
    ("csr.mv(d[0].reshape(4, 1))", "csr.to_dense().asnumpy() @ d.asnumpy()[0].reshape(4, 1)"),
    ("csr.sum(1)", "csr.to_dense().asnumpy().sum(1, keepdims=True)"),
    ("coo.to_csr()", "coo.to_dense()"),
    ("csr.to_coo()", "csr.to_dense()"),
    ("ops.coo2csr(Tensor([0, 1], ms.int32), 3)", "csr.indptr"),
    ("ops.csr2coo(csr.indptr, 2)", "coo.indices[:, 0]"),
    (
        "ms.grad(lambda v: CSRTensor(csr.indptr, csr.indices, v, (3, 4)).mm(d.T).sum())(values)",
        "[Tensor(15.0).item(), Tensor(18.0).item()]",
    ),
]


@pytest.fixture(scope="module")
def ours() -> Any:
    return Names("dtypes", "tensor", "grad", "sparse.tensors", ops=Names("sparse.functions", "grad"), nn=Names("sparse.layers"))


def evaluated(text: str) -> Any:
    def case(ms: Any) -> Any:
        names: dict[str, Any] = {"ms": ms, "__name__": __name__}
        exec(SETUP, names)
        return eval(text, names)

    return case


@pytest.mark.parametrize("text", SAME)
def test_same(text: str, compare: Any) -> None:
    compare(evaluated(text))


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(evaluated(text))


@pytest.mark.parametrize(("text", "dense"), DENSE)
def test_as_dense(text: str, dense: str, ours: Any) -> None:
    found, expected = (whole(evaluated(each)(ours)) for each in (text, dense))
    np.testing.assert_allclose(found, expected)


def whole(value: Any) -> Any:
    value = value.to_dense() if hasattr(value, "to_dense") and hasattr(value, "indices") and hasattr(value, "to_tuple") else value
    return value.asnumpy() if hasattr(value, "asnumpy") else np.asarray(value)
