"""The comparison of two arrays: what must be seen as a difference, what must not, and the measures beside the verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from compat.elementwise import BINS, Tolerance, bfloat16, compared

NAN, INF = np.nan, np.inf


def array(values: Any, dtype: str = "float32") -> Any:
    return np.asarray(values, dtype)


DIFFERENT = {
    "one element": (array([1, 2, 3]), array([1, 2.001, 3]), "2.001"),
    "an integer by one": (array(2**40, "int64"), array(2**40 + 1, "int64"), "1099511627777"),
    "a boolean": (array([True], "bool"), array([False], "bool"), "False"),
    "a shape that broadcasts": (array([[1, 1]]), array([1, 1]), "shape [2], not [1, 2]"),
    "a dtype": (array([1]), array([1], "float64"), "dtype float64, not float32"),
    "an infinity of the other sign": (array([INF]), array([-INF]), "-inf"),
    "a nan in another place": (array([NAN, 1]), array([1, NAN]), "nan"),
    "numbers whose distance overflows": (array(1e308, "float64"), array(-1e308, "float64"), "-1.e+308"),
    "bfloat16 and float32": (bfloat16(array([1])), array([1]), "dtype float32, not bfloat16"),
    "a text": (array("a", "U1"), array("b", "U1"), "'b'"),
    "an imaginary part": (array([1 + 2j], "complex64"), array([1 + 2.1j], "complex64"), "2.1j"),
}


@pytest.mark.parametrize(("reference", "subject", "detail"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_seen(reference: Any, subject: Any, detail: str) -> None:
    found = compared(reference, subject)
    assert not found.agrees
    assert detail in found.detail


ALIKE = {
    "nan, infinities and rounding": (array([NAN, INF, -INF, 1]), array([NAN, INF, -INF, 1 + 1e-6])),
    "the rest of a sum whose terms are large": (array([1e4, 1e-3]), array([1e4, 1.5e-3])),
    "float16, one unit": (array([1, 2], "float16"), array([1.001, 2], "float16")),
    "bfloat16, one unit": (bfloat16(array([1])), bfloat16(array([1.0078125]))),
    "nothing": (array([]), array([])),
    "minus zero": (array(0.0), array(-0.0)),
}


@pytest.mark.parametrize(("reference", "subject"), ALIKE.values(), ids=ALIKE)
def test_what_agrees(reference: Any, subject: Any) -> None:
    assert compared(reference, subject).agrees


def test_the_measures() -> None:
    found = compared(array([1, 2, NAN, INF, 4]), array([1, 2.2, NAN, 1, 5]))
    assert (found.elements, found.differing, found.nan, found.inf) == (5, 3, 0, 1)
    assert (found.max_abs, found.max_rel) == (1.0, 0.25)
    assert found.mean_abs == pytest.approx(0.4)
    assert found.quantiles_abs[0] == pytest.approx(0.2)
    assert dict(zip(BINS, found.histogram, strict=True)) == {**dict.fromkeys(BINS, 0), "equal": 1, "<1e0": 2}
    assert [index for index, _, _ in found.first] == [(1,), (3,), (4,)]
    assert found.first[0][1:] == ("2.0", "2.2")


UNITS = {
    "neighbours": (1.0, np.nextafter(np.float32(1), np.float32(2)), 1),
    "bfloat16": (1.0, 1.0078125, 1),
    "across zero": (np.float32(1e-45), np.float32(-1e-45), 2),
    "zero and minus zero": (0.0, -0.0, 0),
}


@pytest.mark.parametrize(("reference", "subject", "units"), UNITS.values(), ids=UNITS)
def test_the_distance_in_representable_numbers(reference: float, subject: float, units: int) -> None:
    mark = bfloat16 if subject == 1.0078125 else array
    assert compared(mark(array([reference])), mark(array([subject]))).max_ulp == units


def test_a_tolerance_of_the_caller() -> None:
    assert compared(array([1.0]), array([1.1]), Tolerance(0.2, 0)).agrees
    assert not compared(array([1.0], "float16"), array([1.001], "float16"), Tolerance(1e-6, 0)).agrees
