"""Arithmetic, element by element, that PyTorch has under another name or not at all; sums of lists of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.elementwise import (
    binary,
    both,
    both_tensors,
    either,
    floor_divide,
    one_of_two,
    promoted,
    remainder,
    true_divide,
    unary,
)
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = [
    "accumulate_n", "addn", "approximate_equal", "arctan2", "eps", "floor_div", "floor_mod", "fmin", "inv", "invert", "population_count",
    "positive", "truncate_div", "truncate_mod", "xdivy",
]  # fmt: skip

BITS = 4  # bits looked up at a time

logical_and, logical_or, logical_xor = operation(both), operation(either), operation(one_of_two)


def sum_of(name: str) -> Callable[..., Any]:
    """mindspore.ops.<name>: the sum of the tensors of a tuple or list, which have one type and shape."""

    def function(x: Any) -> Any:
        tensors = list(x) if isinstance(x, (tuple, list)) else []
        if not tensors or not all(isinstance(each, torch.Tensor) and each.dtype == tensors[0].dtype for each in tensors):
            raise errors.invalid(TypeError, "x must be a tuple or list of tensors of one data type")
        if any(each.shape != tensors[0].shape for each in tensors):
            raise errors.invalid(ValueError, "all tensors must have the same shape")
        total = tensors[0]
        for each in tensors[1:]:
            total = total + each
        return total if len(tensors) > 1 else total.clone()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"mindspore.ops.{name}: the sum of the tensors of a tuple or list, which have one type and shape."
    return operation(function)


addn, accumulate_n = sum_of("addn"), sum_of("accumulate_n")
positive = unary("positive")
whole_or_true = binary("tensor_div", lambda left, right: torch.div(left, right, rounding_mode=rounding(left, right)))


def rounding(left: Any, right: Any) -> str | None:
    """How a division that keeps the type of integers rounds."""
    kind = torch.result_type(left, right)
    return None if kind.is_floating_point or kind.is_complex else "trunc"


def real_div(x: Any, y: Any) -> Any:
    """mindspore.ops.RealDiv: integers stay integers, rounded towards zero."""
    return whole_or_true(x, y)


def floor_div(x: Any, y: Any) -> Any:
    """mindspore.ops.floor_div: the quotient rounded down."""
    return floor_divide(x, y)


def floor_mod(x: Any, y: Any) -> Any:
    """mindspore.ops.floor_mod: the remainder, with the sign of `y`."""
    return remainder(x, y)


@operation
def truncate_div(x: Any, y: Any) -> Any:
    """mindspore.ops.truncate_div: the quotient rounded towards zero."""
    return torch.div(*promoted(x, y), rounding_mode="trunc")


@operation
def truncate_mod(x: Any, y: Any) -> Any:
    """mindspore.ops.truncate_mod: the remainder, with the sign of `x`."""
    return torch.fmod(*promoted(x, y))


@operation
def div_no_nan(x1: Any, x2: Any) -> Any:
    """mindspore.ops.DivNoNan: the quotient, 0 where the divisor is 0."""
    left, right = both_tensors(*promoted(x1, x2))
    nothing = right == 0
    quotient = true_divide(left, torch.where(nothing, 1, right))
    return torch.where(nothing, 0, quotient).to(torch.result_type(x1, x2))


@operation
def mul_no_nan(x: Any, y: Any) -> Any:
    """mindspore.ops.MulNoNan: the product, 0 where `y` is 0."""
    left, right = both_tensors(*promoted(x, y))
    return torch.where(right == 0, torch.zeros((), dtype=right.dtype, device=right.device), left * right)


@operation
def xdivy(x: Any, y: Any) -> Any:
    """mindspore.ops.xdivy: the quotient, 0 where `x` is 0; TypeError for integers."""
    left, right = both_tensors(*promoted(x, y))
    kind = torch.result_type(x, y)
    if not (kind.is_floating_point or kind.is_complex):
        raise errors.invalid(TypeError, f"x and y must be floating point or complex, but are {left.dtype} and {right.dtype}")
    nothing = left == 0
    return torch.where(nothing, 0, left / torch.where(nothing, 1, right)).to(kind)


@operation
def arctan2(input: Any, other: Any) -> Any:
    """mindspore.ops.arctan2: the angle of the point (other, input)."""
    return torch.atan2(*both_tensors(*promoted(input, other)))


@operation
def fmin(input: Any, other: Any) -> Any:
    """mindspore.ops.fmin: the smaller of each two, the other one where one is NaN."""
    return torch.fmin(*both_tensors(*promoted(input, other)))


@operation
def inv(x: Any) -> Any:
    """mindspore.ops.inv: the reciprocal; integers stay integers, rounded towards zero."""
    return torch.reciprocal(x) if x.is_floating_point() or x.is_complex() else torch.div(1, x, rounding_mode="trunc").to(x.dtype)


@operation
def invert(x: Any) -> Any:
    """mindspore.ops.invert: all bits flipped; TypeError for anything but integers."""
    if x.is_floating_point() or x.is_complex() or x.dtype == torch.bool:
        raise errors.invalid(TypeError, f"x must be a tensor of integers, but has {x.dtype}")
    return torch.bitwise_not(x)


@operation
def population_count(input_x: Any) -> Any:
    """mindspore.ops.population_count: how many bits of an integer are 1, as uint8."""
    width = torch.iinfo(input_x.dtype).bits
    counts = torch.tensor([number.bit_count() for number in range(2**BITS)], dtype=torch.uint8, device=input_x.device)
    found = torch.zeros_like(input_x, dtype=torch.uint8)
    for shift in range(0, width, BITS):
        found += counts[((input_x.long() >> shift) & (2**BITS - 1))]
    return found


@operation
def eps(x: Any) -> Any:
    """mindspore.ops.eps: in the shape of `x` the difference between 1 and the next larger number of its type."""
    return torch.full_like(x, torch.finfo(x.dtype).eps)


@operation
def approximate_equal(x: Any, y: Any, tolerance: float = 1e-5) -> Any:
    """mindspore.ops.approximate_equal: whether two elements differ by less than `tolerance`."""
    if not isinstance(tolerance, float):
        raise errors.invalid(TypeError, f"tolerance must be a float, but is {type(tolerance).__name__}")
    left, right = promoted(x, y)
    return (left - right).abs() < tolerance


def log_beta(a: Any, b: Any) -> Any:
    """The logarithm of the beta function."""
    return torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
