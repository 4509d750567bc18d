"""mindspore.numpy: products of vectors and matrices, and norms."""

from __future__ import annotations

import itertools
import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import common, one_axis, plain, some_axes

torch: Any = frameworks.load("torch")

__all__ = ["cross", "dot", "inner", "kron", "matmul", "matrix_power", "multi_dot", "norm", "outer", "tensordot"]


def alike(a: Any, b: Any) -> None:
    """TypeError unless both are tensors of one type, and not bool."""
    operands.tensors(a, b)
    if a.dtype is not b.dtype or a.dtype is torch.bool:
        raise errors.invalid(TypeError, f"both must have the same type of numbers, but have {a.dtype} and {b.dtype}")


def dotted(a: Any, b: Any) -> Any:
    """Over the last axis of the first and the last but one of the second."""
    if not (a.ndim and b.ndim):
        return a * b
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise errors.invalid(ValueError, f"shapes {tuple(a.shape)} and {tuple(b.shape)} are not aligned")
    return torch.matmul(a, b) if b.ndim < 3 else torch.tensordot(a, b, ([a.ndim - 1], [b.ndim - 2]))


@plain
def dot(a: Any, b: Any) -> Any:
    """The product of numbers, vectors or matrices; over the last axis of `a` and the last but one of `b`."""
    alike(a, b)
    return dotted(a, b)


@plain
def inner(a: Any, b: Any) -> Any:
    """The sum of products over the last axis of both."""
    alike(a, b)
    return torch.inner(a, b)


@plain
def outer(a: Any, b: Any) -> Any:
    """The products of each element of the one with each of the other."""
    alike(a, b)
    return torch.outer(a.reshape(-1), b.reshape(-1))


@plain
def matmul(x1: Any, x2: Any, dtype: Any = None) -> Any:
    """The product of matrices, which broadcast. RuntimeError for lengths that don't fit."""
    alike(x1, x2)
    if not (x1.ndim and x2.ndim):
        raise errors.invalid(ValueError, "both must have at least one dimension")
    if x1.shape[-1] != x2.shape[max(x2.ndim - 2, 0)]:
        kind = ValueError if x1.ndim == 1 or x2.ndim == 1 else RuntimeError
        raise errors.invalid(kind, f"shapes {tuple(x1.shape)} and {tuple(x2.shape)} are not aligned")
    product = torch.matmul(x1, x2)
    return operands.named(product, dtype)


@plain
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over so many last axes of `a` and first ones of `b`, or over those listed for each."""
    alike(a, b)
    if isinstance(axes, int):
        if not 0 <= axes <= min(a.ndim, b.ndim):
            raise errors.invalid(ValueError, f"axes must be from 0 to {min(a.ndim, b.ndim)}, but got {axes}")
        return torch.tensordot(a, b, axes)
    if not isinstance(axes, (tuple, list)):
        raise errors.invalid(TypeError, f"axes must be an int, tuple or list, but got {type(axes).__name__}")
    return torch.tensordot(a, b, [some_axes(one, each.ndim) for one, each in zip(axes, (a, b), strict=True)])


@plain
def kron(a: Any, b: Any) -> Any:
    """The blocks of `b`, each multiplied by an element of `a`."""
    return torch.kron(*common(*operands.arrays(a, b)))


@plain
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The product of vectors of 2 or 3 elements, along these axes; a number for two of 2 elements."""
    one, other = common(*operands.arrays(a, b))
    if axis is not None:
        axisa = axisb = axisc = axis
    one, other = one.movedim(one_axis(axisa, one.ndim), -1), other.movedim(one_axis(axisb, other.ndim), -1)
    if not {one.shape[-1], other.shape[-1]} <= {2, 3}:
        raise errors.invalid(ValueError, f"the vectors must have 2 or 3 elements, but have {one.shape[-1]} and {other.shape[-1]}")
    if one.shape[-1] == other.shape[-1] == 2:
        if one.ndim == other.ndim == 1:
            raise errors.invalid(ValueError, "the product of two vectors of 2 elements has no axis to lie along")
        return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    one, other = torch.broadcast_tensors(*(each if each.shape[-1] == 3 else flat(each) for each in (one, other)))
    return torch.linalg.cross(one, other).movedim(-1, one_axis(axisc, one.ndim))


def flat(vectors: Any) -> Any:
    """With 0 as the third element."""
    return torch.cat((vectors, torch.zeros_like(vectors[..., :1])), -1)


@plain
def multi_dot(arrays: Any) -> Any:
    """The product of several matrices, multiplied in the cheapest order; the first and the last may be vectors."""
    found = operands.arrays(*arrays)
    if len(found) < 2:
        raise errors.invalid(ValueError, "at least 2 arrays are needed")
    allowed = [(1, 2) if place in (0, len(found) - 1) else (2,) for place in range(len(found))]
    if any(each.ndim not in ranks for each, ranks in zip(found, allowed, strict=True)):
        raise errors.invalid(ValueError, "arrays must be matrices, the first and the last matrices or vectors")
    if any(one.shape[-1] != other.shape[0] for one, other in itertools.pairwise(found)):
        raise errors.invalid(ValueError, "shapes are not aligned")
    return torch.linalg.multi_dot(found) if found[0].is_floating_point() else chained(found)


def chained(found: tuple[Any, ...]) -> Any:
    product = found[0]
    for each in found[1:]:
        product = torch.matmul(product, each)
    return product


@plain
def matrix_power(a: Any, n: int) -> Any:
    """Square matrices multiplied with themselves; the identity for n = 0. ValueError for n < 0."""
    found = operands.array(a)
    if operands.integer("n", n) < 0:
        raise errors.invalid(ValueError, "n < 0 is not supported")
    if found.ndim < 2 or found.shape[-1] != found.shape[-2]:
        raise errors.invalid(ValueError, f"square matrices are needed, but got the shape {tuple(found.shape)}")
    return torch.linalg.matrix_power(found, n)


@plain
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors along an axis, or of matrices along two; of all elements without `ord` and `axis`. float32 at least.

    NotImplementedError for the nuclear norm and the 2-norm of matrices.
    """
    found = operands.single(operands.array(x))
    places = some_axes(axis, found.ndim)
    if ord is None and (axis is None or len(places) < 3):
        return torch.linalg.vector_norm(found, 2, places or None, keepdim=keepdims)
    if len(places) not in (1, 2):
        raise errors.invalid(ValueError, f"a norm has one or two axes, but got {len(places)}")
    if isinstance(ord, str) and (ord not in ("fro", "nuc") or len(places) == 1):
        raise errors.invalid(ValueError, f"ord={ord!r} is no norm of {'vectors' if len(places) == 1 else 'matrices'}")
    if len(places) == 1:
        return torch.linalg.vector_norm(found, ord, places, keepdim=keepdims)
    if ord in ("nuc", 2, -2):
        raise errors.invalid(NotImplementedError, f"mindspore.numpy.norm: ord={ord!r} is not implemented for matrices")
    if ord not in ("fro", 1, -1, math.inf, -math.inf):
        raise errors.invalid(ValueError, f"ord={ord!r} is no norm of matrices")
    return torch.linalg.matrix_norm(found, ord, places, keepdim=keepdims)
