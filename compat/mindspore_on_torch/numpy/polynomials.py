"""mindspore.numpy: polynomials, as vectors of coefficients with the highest power first."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.calculus import convolved
from compat.mindspore_on_torch.numpy.operands import common, plain

torch: Any = frameworks.load("torch")

__all__ = ["polyadd", "polyder", "polyint", "polymul", "polysub", "polyval"]


def coefficients(value: Any) -> Any:
    """A vector; ValueError for more axes."""
    if value.ndim > 1:
        raise errors.invalid(ValueError, f"a polynomial is a number or a vector, but got {value.ndim} dimensions")
    return value.reshape(-1)


def both(a1: Any, a2: Any) -> tuple[Any, ...]:
    """Two polynomials in their common type."""
    return common(*map(coefficients, operands.arrays(a1, a2)))


def aligned(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Both with as many coefficients as the longer one."""
    one, other = both(a1, a2)
    length = max(one.shape[0], other.shape[0])
    pad = torch.nn.functional.pad
    return pad(one, (length - one.shape[0], 0)), pad(other, (length - other.shape[0], 0))


@plain
def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials."""
    return torch.add(*aligned(a1, a2))


@plain
def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials."""
    return torch.sub(*aligned(a1, a2))


@plain
def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials."""
    return convolved(*both(a1, a2))


@plain
def polyval(p: Any, x: Any) -> Any:
    """The values of the polynomial at `x`, in the shape of `x`; float32 at least. ValueError for no coefficients."""
    terms, found = operands.arrays(p, x)
    terms = coefficients(terms)
    if not terms.shape[0]:
        raise errors.invalid(ValueError, "a polynomial has at least one coefficient")
    found = operands.single(found)
    value = torch.zeros_like(found)
    for term in terms:
        value = value * found + term
    return value


def order(m: Any) -> int:
    if operands.integer("m", m) < 0:
        raise errors.invalid(ValueError, f"the order must be positive, but got {m}")
    return int(m)


@plain
def polyder(p: Any, m: int = 1) -> Any:
    """The derivative of order `m`; float32 without elements where nothing is left."""
    terms = coefficients(operands.array(p))
    for _ in range(order(m)):
        kept = terms[:-1]
        terms = kept * torch.arange(kept.shape[0], 0, -1, device=terms.device).to(terms.dtype)
    return terms if terms.shape[0] else terms.float()


@plain
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The antiderivative of order `m`, with the constants `k` (0 by default), that of the first integral first."""
    terms = coefficients(operands.array(p))
    constants = operands.array(0 if k is None else k, terms.device).reshape(-1)
    if constants.shape[0] not in (1, m):
        raise errors.invalid(ValueError, f"{m} integrals need as many constants, or one, but got {constants.shape[0]}")
    for constant in constants.expand(order(m)) if m else ():
        terms = terms / torch.arange(terms.shape[0], 0, -1, device=terms.device)
        terms = torch.cat((terms, constant.reshape(1).to(terms.dtype)))
    return terms
