"""What happens to argument values on their way between the frameworks; table/converters.py pairs each conversion with its inverse."""

from __future__ import annotations

import warnings
from collections.abc import Sequence


def complement(value: float | None) -> float | None:
    """1 - value, to 15 digits, so that the inverse of 0.1's is 0.1; None stays None."""
    return None if value is None else round(1.0 - value, 15)


def ddof(unbiased: bool) -> int:
    """Delta degrees of freedom of a variance that is unbiased or not."""
    return int(unbiased)


def unbiased(ddof: int) -> bool:
    """Whether a variance with these delta degrees of freedom is the unbiased one; ValueError when it is neither 0 nor 1."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof={ddof}: PyTorch's counterpart has 0 (biased) and 1 (unbiased)")
    return bool(ddof)


def every_axis(dim: int | tuple[int, ...] | None) -> int | tuple[int, ...]:
    """The dimensions, with the empty tuple for all of them."""
    return () if dim is None else dim


def all_dims(axis: int | tuple[int, ...] | None) -> int | tuple[int, ...] | None:
    """The dimensions, with None for all of them."""
    return None if isinstance(axis, (tuple, list)) and not axis else axis


def as_float(value: float) -> float:
    """The same number as a float."""
    return float(value)


def as_tuple(value: int | Sequence[int]) -> tuple[int, ...]:
    """A number as a tuple of it; a sequence as a tuple."""
    return (value,) if isinstance(value, int) else tuple(value)


def each_side(padding: int | Sequence[int]) -> int | tuple[int, ...]:
    """A padding of each dimension as one before and one behind it; one number stays, for all sides, and so does a text, to be refused."""
    return padding if isinstance(padding, (int, str)) else tuple(side for side in padding for _ in range(2))


def both_sides(padding: int | Sequence[int]) -> int | tuple[int, ...]:
    """The inverse of `each_side`; what differs between the two sides of a dimension stays, to be refused."""
    if isinstance(padding, (int, str)):
        return padding
    return tuple(padding[::2]) if padding[::2] == padding[1::2] else tuple(padding)


def only_number(value: int | Sequence[int]) -> int | Sequence[int]:
    """The number in a sequence of one; anything else stays, to be refused."""
    return value if isinstance(value, int) or len(value) != 1 else value[0]


def same_number(value: int) -> int:
    """The same number."""
    return value


def legacy_reduction(size_average: bool | None, reduce: bool | None) -> str:
    """The `reduction` that PyTorch's deprecated size_average and reduce stand for; each counts as True when it is None.

    Warns as PyTorch does (UserWarning), at the line that passed them.
    """
    if reduce is not None and not reduce:
        folded = "none"
    elif size_average is None or size_average:
        folded = "mean"
    else:
        folded = "sum"
    text = f"size_average and reduce are deprecated: use reduction={folded!r} instead"
    warnings.warn(text, UserWarning, stacklevel=3)
    return folded


def zero_for_none(value: int | None) -> int:
    """0 for None."""
    return 0 if value is None else value


def none_for_zero(value: int | None) -> int | None:
    """None for 0."""
    return None if value == 0 else value


def is_tanh(approximate: object) -> object:
    """Whether GELU is approximated: "tanh" is True and "none" False; anything else stays, to be refused."""
    return {"tanh": True, "none": False}.get(approximate, approximate) if isinstance(approximate, str) else approximate


def tanh_or_none(approximate: bool) -> str:
    """The inverse of `is_tanh`."""
    return "tanh" if approximate else "none"
