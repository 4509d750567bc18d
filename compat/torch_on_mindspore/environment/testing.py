"""torch.testing: comparing values, and making tensors to try things with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import creation, dtypes, random
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.tensor import Tensor, host

# dtype → (rtol, atol)
TOLERANCES = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless |actual - expected| <= atol + rtol · |expected| everywhere, with equal dtypes and shapes.

    Sequences and mappings are compared element by element, numbers as Python numbers. The tolerances default to those of the
    dtype.
    """
    if (rtol is None) != (atol is None):
        raise invalid(
            ValueError,
            f"Both 'rtol' and 'atol' must be either specified or unspecified, but got no {'rtol' if rtol is None else 'atol'} instead.",
        )
    if check_stride and isinstance(actual, Tensor) and actual.stride() != expected.stride():
        raise AssertionError(f"Tensor-likes do not have the same stride: {actual.stride()} != {expected.stride()}")
    problem = _problem(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    if problem is not None:
        raise AssertionError(msg(problem) if callable(msg) else problem if msg is None else msg)


def _problem(actual: Any, expected: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, where: str) -> str | None:
    """What differs, if something does."""
    at = f"\n\nThe failure occurred for item {where}" if where else ""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if set(actual) != set(expected):
            return f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {sorted(set(expected) - set(actual), key=str)}\nAdditional keys in the actual mapping: {sorted(set(actual) - set(expected), key=str)}{at}"
        pairs = [(f"{where}[{key!r}]", actual[key], expected[key]) for key in expected]
    elif _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{at}"
        pairs = [(f"{where}[{place}]", one, other) for place, (one, other) in enumerate(zip(actual, expected, strict=True))]
    else:
        found = _leaf_problem(actual, expected, rtol, atol, equal_nan, check_dtype)
        return None if found is None else found + at
    for place, one, other in pairs:
        found = _problem(one, other, rtol, atol, equal_nan, check_dtype, place)
        if found is not None:
            return found
    return None


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _leaf_problem(actual: Any, expected: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool) -> str | None:
    if actual is None and expected is None:
        return None
    plain = not isinstance(actual, Tensor) and not isinstance(expected, Tensor)
    try:
        one, other = (value if isinstance(value, Tensor) else creation.tensor(value) for value in (actual, expected))
    except (TypeError, ValueError, RuntimeError):
        raise invalid(TypeError, f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.") from None
    if isinstance(actual, Tensor) != isinstance(expected, Tensor) and not (np.ndim(actual) == np.ndim(expected) == 0):
        raise invalid(TypeError, f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")
    kind = "Scalars" if plain and np.ndim(actual) == 0 else "Tensor-likes"
    if tuple(one.shape) != tuple(other.shape):
        return f"The values for attribute 'shape' do not match: {one.shape} != {other.shape}."
    if check_dtype and not plain and one.dtype != other.dtype:
        return f"The values for attribute 'dtype' do not match: {one.dtype} != {other.dtype}."
    bounds = [TOLERANCES.get(value.dtype.name, (0.0, 0.0)) for value in (one, other)]
    relative = max(pair[0] for pair in bounds) if rtol is None else rtol
    absolute = max(pair[1] for pair in bounds) if atol is None else atol
    left, right = (np.asarray(host(value)) for value in (one, other))
    wide = np.result_type(left, right)
    left, right = left.astype(wide), right.astype(wide)
    with np.errstate(all="ignore"):
        same = np.isclose(left, right, relative, absolute, equal_nan=equal_nan)
        if same.all():
            return None
        apart = np.abs(left.astype(np.complex128 if wide.kind == "c" else np.float64) - right)
        share = apart / np.abs(right)
    wrong = np.where(same, -1.0, np.nan_to_num(apart, nan=math.inf))
    place = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    count = int((~same).sum())
    if not wrong.ndim:
        allowed = f"(up to {absolute} allowed)", f"(up to {relative} allowed)"
        return (
            f"{kind} are not {'close' if relative or absolute else 'equal'}!\n\nExpected {right.item()} but got {left.item()}.\n"
            f"Absolute difference: {apart.item()} {allowed[0]}\nRelative difference: {share.item()} {allowed[1]}"
        )
    index = tuple(map(int, place))
    return (
        f"{kind} are not {'close' if relative or absolute else 'equal'}!\n\nMismatched elements: {count} / {same.size} ({count / same.size:.1%})\n"
        f"Greatest absolute difference: {apart[place]} at index {index} (up to {absolute} allowed)\n"
        f"Greatest relative difference: {np.nanmax(np.where(same, 0, share))} (up to {relative} allowed)"
    )


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of uniform random numbers in [low, high): by default [-9, 9), for unsigned integers [0, 9), for bool both values."""
    check_device("torch.testing.make_tensor", device)
    for name, value in (("noncontiguous", noncontiguous), ("memory_format", memory_format)):
        if value:
            raise UnsupportedArgument("torch.testing.make_tensor", name, value, "the default")
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    if dtype == dtypes.bool_:
        return random.integer_numbers(sizes, dtype, 0, 2, None)
    bottom = (0 if dtype == dtypes.uint8 else -9) if low is None else low
    top = 9 if high is None else high
    if bottom >= top:
        raise invalid(ValueError, f"make_tensor: low and high must be a weakly monotonic range with low < high, but got {bottom} and {top}")
    if dtype.category < dtypes.FLOAT:
        made = random.integer_numbers(sizes, dtype, math.floor(bottom), math.ceil(top), None)
    elif dtype.is_complex:
        raise UnsupportedArgument("torch.testing.make_tensor", "dtype", dtype, "real dtypes")
    else:
        made = random.uniform_numbers(sizes, dtype, bottom, top, None)
    if exclude_zero:
        made[made == 0] = 1 if dtype.category < dtypes.FLOAT else 2.0**-14
    return made.requires_grad_() if requires_grad else made
