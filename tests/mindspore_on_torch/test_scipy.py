"""mindspore.scipy beside MindSpore's own: values, dtypes, shapes and refusals."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

RANDOM = np.random.default_rng(0)
A = RANDOM.normal(size=(3, 3)).astype(np.float32)
B = RANDOM.normal(size=(3, 2)).astype(np.float32)
WIDE = RANDOM.normal(size=(2, 4)).astype(np.float32)
TALL = RANDOM.normal(size=(5, 3)).astype(np.float32)
S = A @ A.T + 3 * np.eye(3, dtype=np.float32)
L = np.tril(A) + 3 * np.eye(3, dtype=np.float32)
W = np.array([[2, 0], [1, 4]], np.int32)
H = (S + 1j * (np.triu(A, 1) - np.triu(A, 1).T)).astype(np.complex64)

CASES: dict[str, Callable[[Any, Any], Any]] = {
    "block_diag": lambda s, t: s.block_diag(t(WIDE), t(A[0]), t(A[0, 0])),
    "block_diag nothing": lambda s, _: s.block_diag(),
    "block_diag mixed": lambda s, t: s.block_diag(t(W), t(A)),
    "inv": lambda s, t: s.inv(t(A)),
    "inv integers": lambda s, t: s.inv(t(W)),
    "cholesky": lambda s, t: s.cholesky(t(S)),
    "cholesky lower": lambda s, t: s.cholesky(t(S.astype(np.float64)), lower=True),
    "cho_factor": lambda s, t: s.cho_factor(t(S)),
    "cho_factor lower": lambda s, t: s.cho_factor(t(S), True),
    "cho_solve": lambda s, t: s.cho_solve(s.cho_factor(t(S)), t(B)),
    "cho_solve vector": lambda s, t: s.cho_solve(s.cho_factor(t(S), True), t(B[:, 0])),
    "eigh values": lambda s, t: s.eigh(t(S), eigvals_only=True),
    "eigh lower": lambda s, t: s.eigh(t(A), eigvals_only=True),
    "eigh upper": lambda s, t: s.eigh(t(A), lower=False, eigvals_only=True),
    "eigh integers": lambda s, t: s.eigh(t(W), eigvals_only=True),
    "eigh complex": lambda s, t: s.eigh(t(H), eigvals_only=True),
    "lu_factor": lambda s, t: s.lu_factor(t(A)),
    "lu_factor integers": lambda s, t: s.lu_factor(t(W)),
    "lu": lambda s, t: s.lu(t(A)),
    "lu wide": lambda s, t: s.lu(t(WIDE)),
    "solve_triangular": lambda s, t: s.solve_triangular(t(L), t(B), lower=True),
    "solve_triangular upper": lambda s, t: s.solve_triangular(t(L.T.copy()), t(B)),
    "solve_triangular transposed": lambda s, t: s.solve_triangular(t(L), t(B), trans="T", lower=True),
    "solve_triangular unit": lambda s, t: s.solve_triangular(t(L), t(B), 0, True, True),
    "solve_triangular vector": lambda s, t: s.solve_triangular(t(L), t(B[:, 0]), lower=True),
    "solve_triangular integers": lambda s, t: s.solve_triangular(t(W), t(W[0]), lower=True),
    "solve_triangular stack": lambda s, t: s.solve_triangular(t(np.stack([L, S])), t(np.stack([B, B])), lower=True),
    "lstsq": lambda s, t: s.lstsq(t(TALL), t(TALL[:, :2] + 1)),
    "lstsq vector": lambda s, t: s.lstsq(t(TALL), t(TALL[:, 0] + 1), driver="gels"),
    "lstsq wide": lambda s, t: s.lstsq(t(WIDE), t(B[0]), driver="gelss"),
}  # fmt: skip
REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "block_diag": lambda s, t: s.block_diag(t(np.ones((1, 1, 1), np.float32))),
    "inv rectangular": lambda s, t: s.inv(t(WIDE)),
    "inv half": lambda s, t: s.inv(t(A.astype(np.float16))),
    "inv stack": lambda s, t: s.inv(t(np.stack([A, A]))),
    "inv array": lambda s, _: s.inv(A),
    "inv flag": lambda s, t: s.inv(t(A), 1),
    "cholesky indefinite": lambda s, t: s.cholesky(t(-S)),
    "cho_solve rows": lambda s, t: s.cho_solve(s.cho_factor(t(S)), t(B[:2])),
    "eigh two": lambda s, t: s.eigh(t(S), b=t(S)),
    "solve_triangular dtypes": lambda s, t: s.solve_triangular(t(L.astype(np.float64)), t(B)),
    "solve_triangular letter": lambda s, t: s.solve_triangular(t(L), t(B), trans="X"),
    "solve_triangular number": lambda s, t: s.solve_triangular(t(L), t(B), trans=5),
    "solve_triangular rows": lambda s, t: s.solve_triangular(t(L), t(B[:2])),
    "lstsq driver": lambda s, t: s.lstsq(t(TALL), t(TALL), driver="qr"),
}  # fmt: skip
TRANSFORMS = [(n, options) for n in ("dct", "idct") for options in ({}, {"n": 6}, {"n": 2, "norm": "ortho"}, {"axis": 0})]
TRANSFORMS += [(n, options) for n in ("dctn", "idctn") for options in ({}, {"s": (2, 6)}, {"axes": (0,)}, {"s": (2,)})]


@pytest.fixture(scope="module")
def both(ours: Any, real: Any) -> list[tuple[Any, Any, Any]]:
    return [
        (framework, *(importlib.import_module(f"{root}.scipy.{name}") for name in ("linalg", "fft")))
        for framework, root in ((ours, "compat.mindspore_on_torch"), (real, "mindspore"))
    ]


def assert_equal(mine: Any, theirs: Any) -> None:
    results = [each if isinstance(each, tuple) else (each,) for each in (mine, theirs)]
    for one, other in zip(*results, strict=True):
        if isinstance(other, bool):
            assert one == other
            continue
        assert (str(one.dtype), one.shape) == (str(other.dtype), other.shape)
        np.testing.assert_allclose(one.asnumpy(), other.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_linalg(name: str, both: Any) -> None:
    assert_equal(*(CASES[name](linalg, framework.Tensor) for framework, linalg, _ in both))


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, both: Any) -> None:
    (mine, linalg, _), (theirs, reference, _) = both
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is what the test is about
        REFUSED[name](reference, theirs.Tensor)
    with pytest.raises(raised.type):
        REFUSED[name](linalg, mine.Tensor)


def test_vectors_and_products(ours: Any, both: Any) -> None:
    """What is defined up to signs, or not computed by MindSpore."""
    linalg = both[0][1]
    values, vectors = (each.asnumpy() for each in linalg.eigh(ours.Tensor(S)))
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, S, atol=1e-4)
    lower, upper = (each.asnumpy() for each in linalg.lu(ours.Tensor(A), permute_l=True))
    np.testing.assert_allclose(lower @ upper, A, atol=1e-5)
    gradient = ours.grad(lambda a: linalg.solve_triangular(a, ours.Tensor(B), lower=True).sum())(ours.Tensor(L))
    assert gradient.shape == (3, 3)
    np.testing.assert_array_equal(np.triu(gradient.asnumpy(), 1), 0)


@pytest.mark.parametrize("kind", ["float32", "float64", "int32", "complex64"])
@pytest.mark.parametrize(("name", "options"), TRANSFORMS)
def test_cosine_transforms(name: str, options: dict[str, Any], kind: str, both: Any) -> None:
    array = (3 * WIDE + (1j * WIDE[::-1] if kind == "complex64" else 0)).astype(kind)
    assert_equal(*(getattr(fft, name)(framework.Tensor(array), **options) for framework, _, fft in both))


@pytest.mark.parametrize(
    "options", [{"type": 3}, {"norm": "forward"}, {"n": 0}, {"axis": 2}, {"axis": 0.5}], ids=lambda options: next(iter(options))
)
def test_refused_transforms(options: dict[str, Any], both: Any) -> None:
    (mine, _, fft), (theirs, _, reference) = both
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is what the test is about
        reference.dct(theirs.Tensor(WIDE), **options)
    with pytest.raises(raised.type):
        fft.dct(mine.Tensor(WIDE), **options)


def test_a_tall_matrix_has_no_lu(both: Any) -> None:
    """MindSpore refuses it too, with a type that depends on what ran before."""
    (mine, linalg, _), (theirs, reference, _) = both
    with pytest.raises(ValueError, match="more rows than columns"):
        linalg.lu(mine.Tensor(TALL))
    with pytest.raises(Exception):  # noqa: B017, PT011
        reference.lu(theirs.Tensor(TALL))
