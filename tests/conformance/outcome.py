"""Comparable forms of results, and where two of them differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Plain = Any  # Array, a Python number, text or None, or lists, tuples and dicts of them


@dataclass(frozen=True, eq=False)
class Array:
    """A tensor: the framework's name of its dtype, its shape, its elements."""

    dtype: str
    shape: tuple[int, ...]
    elements: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tolerance:
    """How far floating-point elements may be off.

    What is recorded must hold on every processor, for each of which oneDNN and MindSpore choose other kernels: the gradient of
    conv_transpose3d is off by 9e-5 on one and by nothing on another, that of matrix_exp by 5e-5 of its size.
    """

    rtol: float = 1e-3
    atol: float = 1e-4

    def looser(self, rtol: float, atol: float) -> Tolerance:
        return Tolerance(max(self.rtol, rtol), max(self.atol, atol))

    def at(self, dtype: str) -> Tolerance:
        if dtype == "torch.bfloat16":
            return self.looser(1.6e-2, 1e-3)
        return self.looser(1e-3, 1e-3) if dtype == "torch.float16" else self


def difference(expected: Plain, found: Plain, tolerance: Tolerance, *, values: bool = True) -> str:
    """Where `found` differs from `expected`, empty if nowhere; without `values` only kinds, dtypes and shapes count."""
    if isinstance(expected, Array):
        return _tensors(expected, found, tolerance, values)
    if type(expected) is not type(found):
        return f"type: {_kind(found)} instead of {_kind(expected)}"
    if isinstance(expected, (list, tuple)):
        return _sequences(expected, found, tolerance, values)
    if isinstance(expected, dict):
        if list(expected) != list(found):
            return f"keys: {list(found)} instead of {list(expected)}"
        return _first(difference(expected[key], found[key], tolerance, values=values) for key in expected)
    if isinstance(expected, (float, complex)) and not isinstance(expected, bool):
        close = np.allclose(found, expected, tolerance.rtol, tolerance.atol, equal_nan=True)
        return "" if close or not values else f"value: {found} instead of {expected}"
    return "" if expected == found or not values else f"value: {found!r} instead of {expected!r}"


def _sequences(expected: Any, found: Any, tolerance: Tolerance, values: bool) -> str:
    names_expected, names_found = expected[:1] == ("named",), found[:1] == ("named",)
    if names_expected and not names_found:
        return f"type: a tuple without the names {', '.join(expected[1])}"
    if names_found and not names_expected:  # names that PyTorch does not give are no harm
        found = found[2:]
    if len(expected) != len(found):
        return f"type: {len(found)} results instead of {len(expected)}"
    return _first(difference(one, other, tolerance, values=values) for one, other in zip(expected, found, strict=True))


def _tensors(expected: Array, found: Plain, tolerance: Tolerance, values: bool) -> str:
    if not isinstance(found, Array):
        return f"type: {_kind(found)} instead of a tensor"
    if expected.dtype != found.dtype:
        return f"dtype: {found.dtype} instead of {expected.dtype}"
    if expected.shape != found.shape:
        return f"shape: {list(found.shape)} instead of {list(expected.shape)}"
    if not values:
        return ""
    one, other = expected.elements, found.elements
    if one.dtype.kind not in "fc":
        return "" if np.array_equal(one, other) else f"value: {_elements(other)} instead of {_elements(one)}"
    limits = tolerance.at(expected.dtype)
    if np.allclose(other, one, limits.rtol, limits.atol, equal_nan=True):
        return ""
    with np.errstate(all="ignore"):
        off = np.abs(np.asarray(other, one.dtype) - one)
    worst = f", off by up to {np.nanmax(off):.2g}" if np.isfinite(off).any() else ""
    return f"value: {_elements(other)} instead of {_elements(one)}{worst}"


def _first(found: Any) -> str:
    return next((one for one in found if one), "")


def _kind(value: Plain) -> str:
    if isinstance(value, tuple) and value[:1] == ("Size",):
        return "a Size"
    if isinstance(value, str) and value.startswith("<"):
        return value
    return "a tensor" if isinstance(value, Array) else type(value).__name__


def _elements(array: np.ndarray[Any, Any]) -> str:
    return np.array2string(array.reshape(-1)[:3], precision=5, separator=", ") + ("" if array.size <= 3 else "…")
