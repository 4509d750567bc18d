"""Products of matrices, einsum, torch.linalg."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
a = torch.arange(6.0).reshape(2, 3) / 3 - 0.5
b = torch.arange(12.0).reshape(3, 4) / 5 - 1
v = torch.tensor([0.5, -1.0, 2.0])
x = torch.tensor([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.2, -1.0, 5.0]])
p = x @ x.T
t = torch.arange(24.0).reshape(2, 3, 4) / 10
i = torch.arange(6).reshape(2, 3)
"""


@pytest.mark.parametrize("expression", [
    "torch.addmm(torch.ones(4), a, b, beta=0.5, alpha=2), torch.addmv(torch.ones(2), a, v), torch.addr(torch.ones(3, 3), v, v), torch.addmm(i[:, :2], i, i.T, beta=2)",
    "torch.baddbmm(torch.ones(1), t, t.mT), torch.addbmm(torch.ones(3, 3), t, t.mT, beta=0), torch.bmm(t, t.mT), a.mm(b), a.mv(v), v.dot(v), torch.vdot(v, v)",
    "torch.inner(a, a), torch.inner(v, v), torch.outer(v, a[0]), torch.ger(v, v), torch.kron(a, b), torch.kron(v, a), torch.cross(v, v.flip(0), dim=0), torch.cross(x, p)",
    "torch.tensordot(t, t, 3), torch.tensordot(t, b, ([1], [0])), torch.tensordot(a, b, dims=1), torch.chain_matmul(a, b, b.T), torch.linalg.multi_dot([v, b, b.T])",
    "torch.einsum('ij,jk->ik', a, b), torch.einsum('ij,jk', a, b), torch.einsum('ii->i', x), torch.einsum('ii', x), torch.einsum('i,j->ij', v, v), torch.einsum('ij->ji', a)",
    "torch.einsum('bij,bkj->bik', t, t), torch.einsum('...ij,...jk->...ik', t, b.T), torch.einsum('b i j -> b', t), torch.einsum('bhd,bhd->b', t, t)",
    "torch.einsum('ij,kj,lk->il', a, x, x), torch.einsum(a, [0, 1], b, [1, 2], [0, 2]), torch.einsum('...', t), torch.einsum('i...->...', t), torch.einsum('ij,ij->', a, a)",
    "torch.einsum('bij,j->bi', t, b[0]), torch.einsum('ijk,jil->kl', t, t.transpose(0, 1)), torch.einsum(a, [0, 1]), torch.einsum('ij,k->', a, v), torch.einsum('ij,jk->ik', i, i.T)",
    "torch.linalg.norm(x), torch.linalg.norm(v, 1), torch.linalg.norm(x, 2), torch.linalg.vector_norm(t, dim=(0, 1)), torch.linalg.matrix_norm(t), torch.linalg.norm(x, 'nuc'), torch.linalg.norm(x, float('inf'))",
    "torch.linalg.inv(x), torch.inverse(x), torch.linalg.det(x), torch.det(x), list(torch.linalg.slogdet(x)), torch.logdet(p), torch.linalg.solve(x, v), torch.linalg.solve(x, p), torch.linalg.matrix_rank(x)",
    "torch.linalg.cholesky(p), torch.linalg.cholesky(p, upper=True), torch.cholesky_inverse(torch.linalg.cholesky(p)), torch.linalg.eigvalsh(p), torch.linalg.svdvals(b), torch.linalg.pinv(b), torch.linalg.cond(x)",
    "torch.linalg.qr(x).R.abs(), torch.linalg.svd(b, full_matrices=False).S, [one.shape for one in torch.linalg.svd(b)], torch.linalg.eigh(p).eigenvectors.abs(), torch.linalg.eigvals(p).real.sort().values",
    "torch.linalg.matrix_power(x, 3), torch.linalg.matrix_power(x, -1), torch.matrix_exp(x / 3), torch.linalg.solve_triangular(x.triu(), b, upper=True), torch.linalg.lstsq(b, b[:, :1]).solution",
    "torch.linalg.cross(x, p), torch.linalg.diagonal(t), torch.linalg.vander(v), torch.linalg.vecdot(x, p), torch.linalg.tensorinv(p.reshape(3, 3, 1), 1), torch.linalg.inv_ex(x).info, torch.zeros(2, 0) @ torch.zeros(0, 3)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("expression", [
    "torch.addmm(x, x, x, beta=0.5, alpha=2)", "torch.kron(x, a)", "torch.cross(x, p)", "torch.tensordot(x, t, ([0], [1]))", "torch.einsum('ij,jk,kl->il', a, x, x)",
    "torch.einsum('ii->i', x)", "torch.einsum('bij,ik->bkj', t, x)", "torch.einsum('ij,ij->j', x, x)", "torch.linalg.inv(x)", "torch.linalg.det(x)",
    "torch.linalg.det(x * 0 + 1)", "torch.linalg.slogdet(x)[1]", "torch.linalg.solve(x, v)", "torch.linalg.solve(p, x)", "torch.linalg.cholesky(x @ x.T)",
    "torch.linalg.eigvalsh(x @ x.T)", "torch.linalg.svdvals(x)", "torch.linalg.pinv(x[:, :2])", "torch.linalg.norm(x, 2)", "torch.linalg.qr(x).R.abs()",
    "torch.linalg.eigh(x @ x.T).eigenvectors.abs()", "torch.linalg.svd(x[:2], full_matrices=False).Vh.abs()", "torch.linalg.vector_norm(x, 3, 1)",
    "torch.linalg.matrix_power(x, 3)", "torch.matrix_exp(x / 3)", "torch.linalg.solve_triangular(x, b, upper=False)", "torch.linalg.eigvals(x @ x.T).real.sum()",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("statement", [
    "torch.addmm(torch.ones(5), a, b)", "a.mm(a)", "a.mv(a)", "torch.outer(a, v)", "torch.inner(a, v[:2])", "torch.tensordot(a, b, 2)", "torch.einsum('ij,jk', a, a)",
    "torch.einsum('ij', t)", "torch.einsum('ij->k', a)", "torch.einsum('ij,jk', a)", "torch.einsum('i!', a)", "torch.linalg.inv(a)",
    "torch.linalg.cholesky(a)", "torch.linalg.solve(x, a)", "torch.linalg.norm(t, 2)", "torch.linalg.svd(v)", "torch.linalg.det(i)", "torch.linalg.matrix_norm(v)",
    "torch.cross(a, b)", "torch.linalg.eigh(a)", "torch.linalg.qr(x, 'other')",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_singular():
    for name in ("inv(torch.zeros(2, 2))", "solve(torch.zeros(2, 2), torch.ones(2))", "cholesky(-torch.eye(2))"):
        check(
            f"try:\n    torch.linalg.{name}\nexcept torch.linalg.LinAlgError as error:\n    found = isinstance(error, RuntimeError)\nfound"
        )


def test_messages():
    check_message("torch.einsum('ij,jk', torch.ones(2, 2))")
    check_message("torch.linalg.inv(torch.ones(2, 3))")
    check_message("torch.outer(torch.ones(1, 1), torch.ones(1))")
