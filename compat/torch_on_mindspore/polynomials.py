"""torch.special's orthogonal polynomials, by their recurrences on the host; PyTorch has no derivatives of them either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.tensor import Tensor, host

Recurrence = Callable[[int, Any, Any, Any], Any]  # the polynomial of degree k + 1 from k, x, and those of degrees k and k - 1
CLOSED_FROM = 8  # from where on PyTorch takes the trigonometric form of a Chebyshev polynomial inside (-1, 1)
HERMITE_LIMIT = {"float32": 128, "float64": 512}  # above which PyTorch gives nan


def recurred(x: Any, n: Any, first: Any, step: Recurrence) -> Any:
    """The polynomial of degree n at x, element by element; 0 for a negative degree."""
    found = np.where(n == 0, np.ones_like(x), np.where(n == 1, first, np.zeros_like(x)))
    before, here = np.ones_like(x), first
    for k in range(1, int(n.max(initial=0))):
        before, here = here, step(k, x, here, before)
        found = np.where(n == k + 1, here, found)
    return found


def sign_of(n: Any) -> Any:
    return np.where(n % 2 == 0, 1, -1)


def chebyshev(first: Callable[[Any], Any], closed: Callable[[Any, Any], Any], at_one: Any, at_minus_one: Any, start: int) -> Any:
    """One of the four kinds: its first degree, its trigonometric form of (n, arc cosine of x), and its values at 1 and -1."""

    def values(x: Any, n: Any) -> Any:
        found = recurred(x, n, first(x), lambda _k, x, here, before: (x + x) * here - before)
        inside = (np.abs(x) < 1) & (n > start)
        found = np.where(inside, closed(n, np.arccos(np.clip(x, -1, 1))), found)
        found = np.where((x == 1) & (n >= 0), at_one(n), found)
        return np.where((x == -1) & (n >= 0), at_minus_one(n), found)

    return values


T = chebyshev(lambda x: x, lambda n, a: np.cos(n * a), lambda n: np.ones_like(n), sign_of, 6)
U = chebyshev(lambda x: x + x, lambda n, a: np.sin((n + 1) * a) / np.sin(a), lambda n: n + 1, lambda n: sign_of(n) * (n + 1), CLOSED_FROM)
V = chebyshev(
    lambda x: x + x - 1, lambda n, a: np.cos((n + 0.5) * a) / np.cos(a / 2), lambda n: np.ones_like(n),
    lambda n: sign_of(n) * (2 * n + 1), CLOSED_FROM,
)  # fmt: skip
W = chebyshev(lambda x: x + x + 1, lambda n, a: np.sin((n + 0.5) * a) / np.sin(a / 2), lambda n: 2 * n + 1, sign_of, CLOSED_FROM)


def shifted(values: Any) -> Any:
    return lambda x, n: values(x + x - 1, n)


def hermite(x: Any, n: Any) -> Any:
    found = recurred(x, n, x + x, lambda k, x, here, before: (x + x) * here - 2 * k * before)
    return np.where(n > HERMITE_LIMIT[x.dtype.name], np.nan, found)


def hermite_e(x: Any, n: Any) -> Any:
    found = recurred(x, n, x, lambda k, x, here, before: x * here - k * before)
    return np.where(n > HERMITE_LIMIT[x.dtype.name], np.nan, found)


def laguerre(x: Any, n: Any) -> Any:
    found = recurred(x, n, 1 - x, lambda k, x, here, before: ((2 * k + 1 - x) * here - k * before) / (k + 1))
    return np.where((x == 0) & (n >= 0), 1, found)


def legendre(x: Any, n: Any) -> Any:
    found = recurred(x, n, x, lambda k, x, here, before: ((2 * k + 1) * x * here - k * before) / (k + 1))
    found = np.where((x == 1) & (n >= 0), 1, found)
    return np.where((x == -1) & (n >= 0), sign_of(n), found)


VALUES = {
    "chebyshev_polynomial_t": T,
    "chebyshev_polynomial_u": U,
    "chebyshev_polynomial_v": V,
    "chebyshev_polynomial_w": W,
    "shifted_chebyshev_polynomial_t": shifted(T),
    "shifted_chebyshev_polynomial_u": shifted(U),
    "shifted_chebyshev_polynomial_v": shifted(V),
    "shifted_chebyshev_polynomial_w": shifted(W),
    "hermite_polynomial_h": hermite,
    "hermite_polynomial_he": hermite_e,
    "laguerre_polynomial_l": laguerre,
    "legendre_polynomial_p": legendre,
}


class Polynomial(Function):
    """The values of the polynomial `name`, which can't be differentiated."""

    @staticmethod
    def forward(ctx: Any, name: str, kind: Any, x: Any, n: Any) -> Any:
        ctx.name = name
        at, degree = (host(one) if is_tensor(one) else np.asarray(one) for one in (x, n))
        at, degree = np.broadcast_arrays(at.astype(kind.name), degree)
        with np.errstate(all="ignore"):
            # A degree is cut to an integer; what is none has no polynomial.
            whole = np.trunc(np.where(np.isfinite(degree.astype(np.float64)), degree, -1)).astype(np.int64)
            found = VALUES[name](at, whole)
        return mindspore.Tensor(np.array(found, kind.name, order="C"))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        raise invalid(NotImplementedError, f"the derivative for 'special_{ctx.name}' is not implemented")


def _named(name: str) -> Callable[[Any, Any], Tensor]:
    def function(x: Any, n: Any) -> Tensor:
        kind = dtypes.result_type(x, n)
        if kind.category == dtypes.COMPLEX or kind in (dtypes.float16, dtypes.bfloat16):
            raise invalid(NotImplementedError, f"\"{name}_cpu\" not implemented for '{kind.tensor_type}'")
        found: Tensor = Polynomial.apply(name, kind if kind.category >= dtypes.FLOAT else dtypes.get_default_dtype(), x, n)
        return found

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The value at `x` of {name.replace('_', ' ')} of degree `n`, element by element."
    return function


FUNCTIONS: dict[str, Callable[[Any, Any], Tensor]] = {name: _named(name) for name in VALUES}
