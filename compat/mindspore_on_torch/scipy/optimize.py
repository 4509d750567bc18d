"""mindspore.scipy.optimize: quasi-Newton minimisation, its line search, and the assignment problem.

The steps are decided on the host, from the value and the slope along a direction; vectors stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.grad import grad
from compat.mindspore_on_torch.tensor import Tensor, as_tensor, run_plain

torch: Any = frameworks.load("torch")

__all__ = ["line_search", "linear_sum_assignment", "minimize"]

Function = Callable[[Any], Any]


class LineSearchResults(NamedTuple):
    """Whether no step was found, numbers of steps and evaluations, the step with its value and gradient, and 1 where it failed."""

    failed: bool
    nit: int
    nfev: int
    ngev: int
    k: int
    a_k: float
    f_k: float
    g_k: Any
    status: int


class OptimizeResults(NamedTuple):
    """The point found, its value and gradient, the estimated inverse of the Hessian, and how it went."""

    x: Any
    success: bool
    status: int
    fun: float
    jac: Any
    hess_inv: Any
    nfev: int
    njev: int
    nit: int


class Point(NamedTuple):
    """A step along a direction: value, slope and gradient there."""

    step: float
    value: float
    slope: float
    gradient: Any


def line_search(
    f: Function, xk: Any, pk: Any, jac: Function | None = None, gfk: Any = None, old_fval: Any = None, old_old_fval: Any = None,
    c1: float = 1e-4, c2: float = 0.9, maxiter: int = 20,
) -> LineSearchResults:  # fmt: skip
    """A step along `pk` from `xk` that satisfies the strong Wolfe conditions with c1 and c2. `old_old_fval` does not count."""
    gradient_of = grad(f) if jac is None else jac
    counts = [0, 0]

    def at(step: float) -> Point:
        counts[0], counts[1] = counts[0] + 1, counts[1] + 1
        x = xk + step * pk
        gradient = gradient_of(x)
        return Point(step, float(f(x)), dot(gradient, pk), gradient)

    if gfk is None or old_fval is None:
        start = at(0.0)
    else:
        start = Point(0.0, float(old_fval), dot(gfk, pk), gfk)
    found, done, steps = wolfe(at, start, c1, c2, maxiter)
    return LineSearchResults(not done, steps - 1, counts[0], counts[1], steps, found.step, found.value, found.gradient, int(not done))


def dot(left: Any, right: Any) -> float:
    """The product of two vectors."""
    return float(run_plain(torch.dot, left, right))


def wolfe(at: Callable[[float], Point], start: Point, c1: float, c2: float, maxiter: int) -> tuple[Point, bool, int]:
    """(the point, whether it satisfies both conditions, the number of steps): the bracketing phase of Nocedal and Wright's search."""
    previous, step = start, 1.0
    for number in range(1, maxiter + 1):
        point = at(step)
        if point.value > start.value + c1 * step * start.slope or (number > 1 and point.value >= previous.value):
            return (*zoomed(at, start, previous, point, c1, c2), number + 1)
        if abs(point.slope) <= -c2 * start.slope:
            return point, True, number + 1
        if point.slope >= 0:
            return (*zoomed(at, start, point, previous, c1, c2), number + 1)
        previous, step = point, 2 * step
    return previous, False, maxiter


def zoomed(at: Callable[[float], Point], start: Point, low: Point, high: Point, c1: float, c2: float) -> tuple[Point, bool]:
    """The search inside of a bracket, whose lower end has the smaller value. It ends unsuccessfully when the bracket is exhausted."""
    for _ in range(30):
        width = high.step - low.step
        if abs(width) < 1e-7:
            break
        # The minimum of the cubic through both ends, unless it is too near to one of them.
        bend = low.slope + high.slope - 3 * (high.value - low.value) / width
        root = bend**2 - low.slope * high.slope
        middle = 0.5
        if root >= 0 and (under := high.slope - low.slope + 2 * np.copysign(root**0.5, width)):
            middle = 1 - (high.slope + np.copysign(root**0.5, width) - bend) / under
        step = low.step + (middle if 0.1 < middle < 0.9 else 0.5) * width
        point = at(step)
        if point.value > start.value + c1 * step * start.slope or point.value >= low.value:
            high = point
            continue
        if abs(point.slope) <= -c2 * start.slope:
            return point, True
        if point.slope * width >= 0:
            high = low
        low = point
    return low, False


def minimize(
    func: Callable[..., Any], x0: Any, args: Any = (), method: str | None = None, jac: Any = None, hess: Any = None, hessp: Any = None,
    bounds: Any = None, constraints: Any = (), tol: Any = None, callback: Any = None, options: dict[str, Any] | None = None,
) -> OptimizeResults:  # fmt: skip
    """The minimum of `func` near the vector `x0`, by "BFGS" or "LBFGS".

    Options are maxiter, norm, gtol, line_search_maxiter, and history_size for LBFGS. "LAGRANGE", which MindSpore has on GPU only, and
    arguments that MindSpore does not act on are refused.
    """
    if method is None:
        raise errors.invalid(ValueError, "You must specify a solver.")
    if not isinstance(args, tuple):
        raise errors.invalid(TypeError, f"args argument to mindspore.scipy.optimize.minimize must be a tuple, got {args}")
    kind = method.lower()
    if kind == "lagrange":
        raise errors.UnsupportedArgument("mindspore.scipy.optimize.minimize", "method", method, "BFGS, LBFGS")
    if kind not in ("bfgs", "lbfgs"):
        raise errors.invalid(ValueError, f"Method {method} not recognized")
    for name, value in (("hess", hess), ("hessp", hessp), ("bounds", bounds), ("tol", tol), ("callback", callback)):
        if value is not None:
            raise errors.UnsupportedArgument("mindspore.scipy.optimize.minimize", name, value, "None")

    def at(x: Any) -> Any:
        return func(x, *args)

    return descended(at, x0, grad(at) if jac is None else jac, kind == "lbfgs", **(options or {}))


def descended(
    func: Function, x: Any, jac: Function, limited: bool, maxiter: int | None = None, norm: float = np.inf, gtol: float = 1e-5,
    line_search_maxiter: int = 10, history_size: int = 20,
) -> OptimizeResults:  # fmt: skip
    """The quasi-Newton iteration, with the whole inverse or the last `history_size` updates of it."""
    value, gradient = float(func(x)), jac(x)
    inverse = Inverse(x, history_size if limited else None)
    evaluations = slopes = 1
    number, failed = 0, False
    while number < (200 * x.size if maxiter is None else maxiter) and size_of(gradient, norm) >= gtol:
        direction = -inverse.times(gradient)
        found = line_search(func, x, direction, jac, gradient, value, maxiter=line_search_maxiter)
        evaluations, slopes = evaluations + found.nfev, slopes + found.ngev
        if found.failed:
            failed = True
            break
        step = found.a_k * direction
        inverse.update(step, found.g_k - gradient)
        x, value, gradient = x + step, found.f_k, found.g_k
        number += 1
    success = not failed and size_of(gradient, norm) < gtol
    status = 0 if success else 5 if failed else 1
    whole = None if limited else inverse.matrix
    return OptimizeResults(x, success, status, value, gradient, whole, evaluations, slopes, number)


def size_of(vector: Any, order: float) -> float:
    """The norm of a vector."""
    return float(run_plain(torch.linalg.vector_norm, vector, order))


class Inverse:
    """The estimated inverse of the Hessian: a matrix, or the pairs of steps and changes of the gradient that it is made of."""

    def __init__(self, x: Any, history: int | None) -> None:
        self.history = history
        self.pairs: list[tuple[Any, Any, float]] = []
        self.matrix = as_tensor(torch.eye(x.size, dtype=x.dtype.torch).to(x)) if history is None else None

    def times(self, vector: Any) -> Any:
        """Its product with a vector."""
        return run_plain(self.product, vector)

    def product(self, vector: Any) -> Any:
        """The same on plain tensors."""
        if self.matrix is not None:
            return self.matrix @ vector
        factors = []
        for step, change, scale in reversed(self.pairs):
            factors.append(scale * torch.dot(step, vector))
            vector = vector - factors[-1] * change
        if self.pairs:
            step, change, _ = self.pairs[-1]
            vector = vector * torch.dot(step, change) / torch.dot(change, change)
        for step, change, scale in self.pairs:
            vector = vector + step * (factors.pop() - scale * torch.dot(change, vector))
        return vector

    def update(self, step: Any, change: Any) -> None:
        """Take in a step and the change of the gradient along it; nothing where the curvature is not positive."""
        curvature = dot(step, change)
        if curvature <= 0:
            return
        if self.history is not None:
            self.pairs = [*self.pairs, (step, change, 1 / curvature)][-self.history :]
            return
        self.matrix = run_plain(self.renewed, step, change, curvature)

    def renewed(self, step: Any, change: Any, curvature: float) -> Any:
        """The matrix after an update."""
        left = torch.eye(len(step), dtype=step.dtype, device=step.device) - torch.outer(step, change) / curvature
        return left @ self.matrix @ left.T + torch.outer(step, step) / curvature


def linear_sum_assignment(cost_matrix: Any, maximize: bool, dimension_limit: Any = None) -> tuple[Any, Any]:
    """(rows, columns), int64, of the assignment of least or largest total cost; computed on the host.

    A `dimension_limit`, a 0-d int64 Tensor, leaves out the columns from there on; what is missing at the end is then -1.
    """
    if not isinstance(cost_matrix, torch.Tensor) or not isinstance(maximize, bool):
        raise errors.invalid(TypeError, "mindspore.scipy.optimize.linear_sum_assignment: a Tensor and a bool are needed")
    if dimension_limit is not None and not isinstance(dimension_limit, torch.Tensor):
        raise errors.invalid(TypeError, "mindspore.scipy.optimize.linear_sum_assignment: dimension_limit must be a Tensor")
    if cost_matrix.ndim != 2:
        reason = f"the cost_matrix rank must be equal to 2, but got {cost_matrix.ndim}."
        raise errors.invalid(ValueError, f"mindspore.scipy.optimize.linear_sum_assignment: {reason}")
    costs = run_plain(torch.Tensor.cpu, cost_matrix.detach()).asnumpy().astype(np.float64)
    length = min(costs.shape)
    if dimension_limit is not None:
        costs = costs[:, : int(dimension_limit)]
    costs = -costs if maximize else costs
    wide = costs.shape[0] <= costs.shape[1]
    pairs = enumerate(assigned(costs if wide else costs.T))
    ordered = sorted((row, int(column)) if wide else (int(column), row) for row, column in pairs)
    filled = np.full((2, length), -1, np.int64)
    filled[:, : len(ordered)] = np.array(ordered, np.int64).reshape(-1, 2).T
    rows, columns = (Tensor(each).to(run_plain(lambda: cost_matrix.device)) for each in filled)
    return rows, columns


def assigned(costs: Any) -> Any:
    """The column of each row, for no more rows than columns: shortest augmenting paths with dual prices."""
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    taken = np.full(columns, -1)  # the row of each column
    for row in range(rows):
        distance, before = np.full(columns, np.inf), np.full(columns, -1)
        seen = np.zeros(columns, bool)
        here, length, column = row, 0.0, -1
        while here != -1:
            reduced = length + costs[here] - row_price[here] - column_price
            nearer = ~seen & (reduced < distance)
            distance[nearer], before[nearer] = reduced[nearer], column
            column = int(np.argmin(np.where(seen, np.inf, distance)))
            length, seen[column], here = float(distance[column]), True, int(taken[column])
        inner = seen & (taken >= 0)
        row_price[row] += length
        row_price[taken[inner]] += length - distance[inner]
        column_price[seen] -= length - distance[seen]
        while column != -1:
            earlier = int(before[column])
            taken[column] = row if earlier == -1 else taken[earlier]
            column = earlier
    found = np.full(rows, -1)
    found[taken[taken >= 0]] = np.flatnonzero(taken >= 0)
    return found
