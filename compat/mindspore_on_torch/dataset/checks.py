"""What the datasets refuse about their arguments, by MindSpore's exception types."""

from __future__ import annotations

from typing import Any

from compat import errors

INT32_MAX, INT64_MAX = 2**31 - 1, 2**63 - 1


def of_type(name: str, value: Any, *kinds: type) -> Any:
    """`value`, if it is of one of the types; TypeError otherwise."""
    if not isinstance(value, kinds):
        expected = [kind.__name__ for kind in kinds]
        raise errors.invalid(TypeError, f"Argument {name} with value {value!r} is not of type {expected}, but got {type(value)}.")
    return value


def maybe(name: str, value: Any, *kinds: type) -> Any:
    """`value`, if it is None or of one of the types; TypeError otherwise."""
    return value if value is None else of_type(name, value, *kinds)


def within(name: str, value: Any, low: float, high: float) -> Any:
    """`value`, if it lies within the bounds; ValueError otherwise."""
    if not low <= value <= high:
        raise errors.invalid(ValueError, f"Input {name} is not within the required interval of [{low}, {high}], but got {value}.")
    return value


def names(what: str, value: Any) -> list[str]:
    """Column names as a list: one, or several that are all different. TypeError and ValueError otherwise."""
    of_type(what, value, str, list, tuple)
    found = [value] if isinstance(value, str) else list(value)
    if not found:
        raise errors.invalid(ValueError, f"{what} should not be empty.")
    for index, name in enumerate(found):
        of_type(f"{what}[{index}]", name, str)
        if not name:
            raise errors.invalid(ValueError, f"{what}[{index}] should not be empty.")
    if len(set(found)) < len(found):
        raise errors.invalid(ValueError, f"Every column name should not be same with others in {what}.")
    return found


def workers(value: Any) -> int | None:
    """`num_parallel_workers`: at least 1. MindSpore also refuses more than the machine has cores."""
    if maybe("num_parallel_workers", value, int) is not None and not 1 <= value <= INT32_MAX:
        raise errors.invalid(ValueError, f"num_parallel_workers exceeds the boundary between 1 and {INT32_MAX}!")
    return None if value is None else int(value)


def samples(value: Any) -> int | None:
    """`num_samples`: None or 0 for all."""
    if maybe("num_samples", value, int) is not None and not 0 <= value <= INT64_MAX:
        raise errors.invalid(ValueError, "num_samples exceeds the boundary between 0 and 9223372036854775807(INT64_MAX)!")
    return value or None


def broken(message: str) -> Exception:
    """What MindSpore raises for a pipeline that does not fit together: RuntimeError."""
    return errors.invalid(RuntimeError, f"Exception thrown from dataset pipeline. {message}")
