"""LU, LDL and QR in LAPACK's form, products of reflections, decompositions of low rank."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message, ours, real

# `a` is square, `wide` and `tall` are not, `batch` is square matrices, `one` and `none` have an empty dimension, `z` is complex
OPERANDS = """
torch.manual_seed(3)
a, wide, tall, batch, b = torch.randn(4, 4), torch.randn(2, 4), torch.randn(4, 2), torch.randn(2, 3, 4, 4), torch.randn(4, 2)
z, none = torch.complex(a, a.flip(0)), torch.zeros(0, 3)
lu, p = torch.linalg.lu_factor(a)
ld, q = torch.linalg.ldl_factor(a)
r, tau = torch.geqrf(tall)
"""


@pytest.mark.parametrize("expression", [
    "list(torch.linalg.lu(a)), list(torch.linalg.lu(wide)), list(torch.linalg.lu(tall)), list(torch.linalg.lu(batch)), list(torch.linalg.lu(none))",
    "list(torch.linalg.lu(z)), list(torch.linalg.lu(a.double())), list(torch.linalg.lu(a * 0))",
    "list(torch.linalg.lu_factor(batch)), list(torch.linalg.lu_factor_ex(a * 0)), list(torch.linalg.lu_factor_ex(batch * 0)), a.lu(), torch.lu(a)",
    "torch.linalg.lu(a)._fields if hasattr(torch.linalg.lu(a), '_fields') else ('P', 'L', 'U')",
    "a.lu(get_infos=True), list(torch.lu(a * 0, get_infos=True))",
    "list(torch.lu_unpack(lu, p)), list(torch.lu_unpack(lu, p, False)), list(torch.lu_unpack(lu, p, unpack_pivots=False)), list(torch.lu_unpack(*wide.lu()))",
    "torch.linalg.lu_solve(lu, p, b), torch.linalg.lu_solve(lu, p, b.T, left=False), torch.linalg.lu_solve(lu, p, b, adjoint=True)",
    "torch.lu_solve(b, lu, p), b.lu_solve(lu, p), torch.linalg.lu_solve(*torch.linalg.lu_factor(batch), b.expand(3, 4, 2))",
    "torch.linalg.lu_solve(*torch.linalg.lu_factor(z), z, left=False, adjoint=True).resolve_conj(), torch.linalg.lu_solve(lu, p, b, out=torch.empty(4, 2))",
    "list(torch.linalg.ldl_factor(a)), list(torch.linalg.ldl_factor(batch)), list(torch.linalg.ldl_factor_ex(a.double())), list(torch.linalg.ldl_factor(z))",
    "list(torch.linalg.ldl_factor(z + z.mH, hermitian=True)), list(torch.linalg.ldl_factor(torch.zeros(2, 0, 0)))",
    "torch.linalg.ldl_solve(ld, q, b), torch.linalg.ldl_solve(ld, q, batch), torch.linalg.ldl_solve(ld, q.long(), b, hermitian=True)",
    "torch.linalg.ldl_solve(*torch.linalg.ldl_factor(z + z.mH, hermitian=True), z, hermitian=True)",
    "list(torch.geqrf(a)), list(tall.geqrf()), list(torch.geqrf(wide)), list(torch.geqrf(batch)), list(torch.geqrf(z)), list(torch.geqrf(none))",
    "torch.linalg.householder_product(r, tau), torch.orgqr(r, tau[:1]), r.orgqr(tau), torch.linalg.householder_product(*torch.geqrf(z))",
    "torch.linalg.householder_product(*torch.geqrf(batch)), torch.linalg.householder_product(r, tau[:0])",
    "torch.ormqr(r, tau, a), torch.ormqr(r, tau, a, transpose=True), torch.ormqr(r, tau, a, False), r.ormqr(tau, a, False, True)",
    "torch.ormqr(*torch.geqrf(z), z, transpose=True), torch.ormqr(*torch.geqrf(z), z, False)",
    "list(torch.triangular_solve(b, a)), list(b.triangular_solve(a, False)), list(torch.triangular_solve(b, a, transpose=True))",
    "list(torch.triangular_solve(b, a, unitriangular=True)), list(torch.triangular_solve(b, batch)), list(torch.triangular_solve(z, z, transpose=True))",
    "torch.svd_lowrank(tall @ wide, 2)[1], torch.svd_lowrank(a, 2, niter=0)[1], torch.svd_lowrank(wide, M=wide[0])[1], torch.svd_lowrank(batch)[1]",
    "[one.abs() for one in torch.svd_lowrank(tall @ wide, q=2, niter=None)], [one.abs() for one in torch.pca_lowrank(a, 3)]",
    "torch.pca_lowrank(wide)[1], torch.pca_lowrank(tall, center=False)[1], torch.rand(2)",
    "torch.linalg.lu_solve(*torch.linalg.lu_factor(z), z[:, :0], adjoint=True), torch.ormqr(*torch.geqrf(z[:0]), z[:0], True, True), z[:0].mH.shape",
    "torch.svd_lowrank(z, 2, niter=0)[1], torch.pca_lowrank(z)[1], torch.rand(2)",
    "torch.ormqr(input=r, input2=tau, input3=a), torch.orgqr(input=r, input2=tau), torch.lu_solve(input=b, LU_data=lu, LU_pivots=p)",
    "torch.linalg.householder_product(input=r, tau=tau), list(torch.triangular_solve(input=b, A=a)), list(torch.linalg.ldl_factor(input=a))",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("expression", [
    "torch.linalg.lu_factor(x)[0]", "torch.linalg.lu(x)[1]", "torch.linalg.lu(x)[2]", "torch.linalg.lu(x[:2])[2]", "torch.linalg.lu(x[:, :2])[1]",
    "torch.lu_unpack(x[:, :3], p, unpack_pivots=False)[2]", "torch.linalg.lu_solve(x, p, b)", "torch.linalg.lu_solve(x, p, b.T, left=False)",
    "torch.linalg.lu_solve(lu, p, x, adjoint=True)", "torch.linalg.householder_product(x, b[:, 0])", "torch.ormqr(x[:, :2], tau, a)",
    "torch.ormqr(r, tau, x, False, True)", "torch.triangular_solve(b, x)[0]", "torch.triangular_solve(x, a)[1] + torch.triangular_solve(x, a)[0]",
    "torch.svd_lowrank(x, 4)[1]", "torch.pca_lowrank(x, 3)[1]",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS + "x = torch.randn(4, 4).add(torch.eye(4) * 2)", expression, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("expression", [
    "torch.linalg.lu(x)[1]", "torch.linalg.lu_factor(x[:2])[0]", "torch.linalg.lu_factor(x[:, :2])[0]", "torch.linalg.lu_solve(x, p, b)",
    "torch.linalg.householder_product(x, b[:, 0])", "torch.triangular_solve(b, x)[0]",
])  # fmt: skip
def test_second_order(expression):
    lines = (
        OPERANDS + "x = torch.randn(4, 4, dtype=torch.float64).add(torch.eye(4) * 2).requires_grad_()",
        "b, lu = b.double(), lu.double()",
        f"gradient, = torch.autograd.grad(({expression} ** 3).sum(), x, create_graph=True)",
        "torch.autograd.grad((gradient ** 2).sum(), x)[0]",
    )
    check("\n".join(lines), rtol=1e-6)


# what PyTorch refuses, and which error it raises
@pytest.mark.parametrize("statement", [
    "torch.linalg.lu_factor(a * 0)", "torch.linalg.lu_factor_ex(batch * 0, check_errors=True)", "torch.linalg.lu(a, pivot=False)", "torch.linalg.lu(a[0])",
    "a.long().lu()", "torch.linalg.lu_solve(lu, p.long(), b)", "torch.linalg.lu_solve(lu, p, b.double())", "torch.linalg.lu_solve(lu, p, b[:, 0])",
    "torch.linalg.lu_solve(lu, p[:2], b)", "torch.linalg.lu_solve(lu, p, b[:2])", "torch.lu_unpack(lu, p.long())", "torch.lu_unpack(lu, p * 9)",
    "torch.linalg.ldl_factor(wide)", "torch.linalg.ldl_factor(a * 0)", "torch.linalg.ldl_solve(ld, q, b.double())", "torch.geqrf(a[0])", "torch.geqrf(a.half())",
    "torch.lu_unpack(lu[0], p)", "torch.svd_lowrank(a[0])",
    "torch.linalg.householder_product(wide, tau)", "torch.linalg.householder_product(r, tau.double())", "torch.linalg.householder_product(r, p)",
    "torch.ormqr(r, p, a)", "torch.ormqr(r, tau, b[:2])", "torch.ormqr(r, tau, a.double())", "torch.triangular_solve(b[:2], a)",
    "torch.triangular_solve(b, wide)", "torch.triangular_solve(b[0], a)", "torch.pca_lowrank(a, 9)", "torch.pca_lowrank(a, niter=-1)",
    "torch.geqrf(a.requires_grad_())[0].sum().backward()", "torch.linalg.ldl_factor(a.requires_grad_())[0].sum().backward()",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message(OPERANDS + "torch.linalg.lu_solve(lu, p, b[:2])")
    check_message(OPERANDS + "torch.triangular_solve(b[:2], a)")
    check_message(OPERANDS + "torch.pca_lowrank(a, 9)")


@pytest.mark.parametrize(("name", "fields"), [
    ("linalg.lu", "P L U"), ("linalg.lu_factor", "LU pivots"), ("linalg.lu_factor_ex", "LU pivots info"), ("linalg.ldl_factor", "LD pivots"),
    ("linalg.ldl_factor_ex", "LD pivots info"), ("geqrf", "a tau"),
])  # fmt: skip
def test_fields(name, fields):
    for torch in (real, ours):
        function = getattr(torch.linalg, name.removeprefix("linalg."), None) or getattr(torch, name)
        found = function(torch.eye(2))
        assert [getattr(found, field) is one for field, one in zip(fields.split(), found, strict=True)] == [True] * len(fields.split())
