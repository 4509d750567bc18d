"""mindspore.scipy.optimize: minima and assignments of known problems, and MindSpore's own results where they do not depend on the path."""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import numpy as np
import pytest

from compat.errors import UnsupportedArgument


@pytest.fixture(scope="module")
def optimize() -> Any:
    pytest.importorskip("torch")
    return importlib.import_module("compat.mindspore_on_torch.scipy.optimize")


def himmelblau(p: Any) -> Any:
    x, y = p
    return (x**2 + y - 11.0) ** 2 + (x + y**2 - 7.0) ** 2


def rosenbrock(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


@pytest.mark.parametrize("method", ["BFGS", "lbfgs"])
def test_minima(method: str, optimize: Any, ours: Any, real: Any) -> None:
    found = optimize.minimize(himmelblau, ours.Tensor(np.zeros(2, np.float32)), method=method, options={"gtol": 1e-5})
    theirs = importlib.import_module("mindspore.scipy.optimize").minimize(
        himmelblau, real.Tensor(np.zeros(2, np.float32)), method=method, options={"gtol": 1e-5}
    )
    assert (found.success, found.status) == (theirs.success, theirs.status)
    np.testing.assert_allclose(found.x.asnumpy(), theirs.x.asnumpy(), atol=1e-5)
    assert found._fields == theirs._fields
    assert (found.hess_inv is None) == (theirs.hess_inv is None)
    long = optimize.minimize(lambda x, a: rosenbrock(x - a), ours.Tensor(np.zeros(4)), (0.5,), method, options={"gtol": 1e-6})
    np.testing.assert_allclose(long.x.asnumpy(), 1.5, atol=1e-4)
    stopped = optimize.minimize(rosenbrock, ours.Tensor(np.zeros(4)), method=method, options={"maxiter": 2})
    assert (stopped.success, stopped.nit) == (False, 2)


def test_line_search(optimize: Any, ours: Any) -> None:
    """The step satisfies both conditions; none is found in a direction that does not descend."""
    x, p = ours.Tensor(np.array([2.0, -1.0])), ours.Tensor(np.array([-40.0, 20.0]))
    found = optimize.line_search(lambda x: (x * x).sum(), x, p)
    assert not found.failed
    assert found.f_k <= 5 + 1e-4 * found.a_k * -200
    assert abs(float((found.g_k * p).sum())) <= 0.9 * 200
    up = optimize.line_search(lambda x: x[0] ** 2 - x[1] ** 3, ours.Tensor(np.ones(2)), ours.Tensor(-np.ones(2)))
    assert up.failed
    assert up.a_k == 1.0  # as MindSpore's documentation shows


def test_assignments(optimize: Any, ours: Any) -> None:
    """As cheap, or as dear, as the best of all assignments."""
    random = np.random.default_rng(0)
    for number in range(40):
        rows, columns = random.integers(1, 6, 2)
        costs = random.integers(0, 9, (rows, columns)).astype(np.float64) if number % 2 else random.normal(size=(rows, columns))
        wide = costs if rows <= columns else costs.T
        totals = [sum(wide[i, j] for i, j in enumerate(chosen)) for chosen in itertools.permutations(range(wide.shape[1]), wide.shape[0])]
        for maximize, best in ((False, min(totals)), (True, max(totals))):
            first, second = (each.asnumpy() for each in optimize.linear_sum_assignment(ours.Tensor(costs), maximize))
            assert first.dtype == np.int64
            assert len(set(second)) == len(second) == min(rows, columns)
            assert list(first) == sorted(first)
            np.testing.assert_allclose(costs[first, second].sum(), best)


def test_assignment_beside_mindspore(optimize: Any, ours: Any, real: Any) -> None:
    costs = np.array([[4.0, 1, 3.3, 2.5], [2, 0, 5, 3], [3, 2, 2, 1.2]])
    for array, maximize, limit in ((costs, False, None), (costs, True, None), (costs.T.copy(), False, None), (costs, False, 2)):
        found = []
        for framework, solve in (
            (ours, optimize.linear_sum_assignment),
            (real, importlib.import_module("mindspore.scipy.optimize").linear_sum_assignment),
        ):
            more = () if limit is None else (framework.Tensor(limit),)
            found.append([each.asnumpy() for each in solve(framework.Tensor(array), maximize, *more)])
        np.testing.assert_array_equal(*found)


def test_refused(optimize: Any, ours: Any) -> None:
    x = ours.Tensor(np.zeros(2, np.float32))
    for kind, call in (
        (ValueError, lambda: optimize.minimize(himmelblau, x)),
        (ValueError, lambda: optimize.minimize(himmelblau, x, method="newton")),
        (TypeError, lambda: optimize.minimize(himmelblau, x, 3, "BFGS")),
        (UnsupportedArgument, lambda: optimize.minimize(himmelblau, x, method="LAGRANGE")),
        (UnsupportedArgument, lambda: optimize.minimize(himmelblau, x, method="BFGS", tol=1e-3)),
        (ValueError, lambda: optimize.linear_sum_assignment(x, False)),
        (TypeError, lambda: optimize.linear_sum_assignment(x, 1)),
    ):
        with pytest.raises(kind):
            call()
