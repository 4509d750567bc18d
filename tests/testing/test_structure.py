"""Reading and comparing what tests return: what must be seen as a difference, and what can't be compared. No framework is needed."""

from __future__ import annotations

import dataclasses
import enum
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from compat.errors import UsageError
from compat.testing.comparison import Allowed, differences, indented, places
from compat.testing.structure import Leaf, Reader


class Tensor:
    """Stands for a framework's."""

    def __init__(self, values: Any, dtype: str = "float32") -> None:
        self.values = np.asarray(values, dtype)


def array(value: Any) -> NDArray[Any] | None:
    return value.values if isinstance(value, Tensor) else None


def parted(reference: Any, subject: Any, allowed: Allowed = Allowed()) -> list[str]:  # noqa: B008
    trees = [Reader(array).tree(value) for value in (reference, subject)]
    return [f"{found.path}: {found.text}" for found in differences(trees[0], trees[1], allowed)]


class Pair(NamedTuple):
    mean: Any
    std: Any


@dataclasses.dataclass
class Losses:
    total: Any
    parts: Any = None


class Colour(enum.Enum):
    RED = 1


ONES = Tensor([1.0, 1.0])
DIFFERENT: dict[str, tuple[Any, Any, list[str]]] = {
    "an element": (ONES, Tensor([1.0, 1.5]), ["result: [1. , 1.5], not [1., 1.]"]),
    "a shape": (ONES, Tensor([[1.0, 1.0]]), ["result: shape [1, 2], not [2]"]),
    "a dtype": (ONES, Tensor([1, 1], "int64"), ["result: dtype int64, not float32"]),
    "a nan": (ONES, Tensor([1.0, np.nan]), ["result: [ 1., nan], not [1., 1.]"]),
    "a number for a tensor": (Tensor(1.0), 1.0, ["result: a float, not a tensor"]),
    "an array for a tensor": (ONES, ONES.values, ["result: a NumPy array, not a tensor"]),
    "a list for a tensor": (ONES, [1.0, 1.0], ["result: a list of 2, not a tensor"]),
    "a tuple for a list": ([ONES], (ONES,), ["result: a tuple of 1, not a list of 1"]),
    "an int for a float": (1.0, 1, ["result: an int, not a float"]),
    "a bool for an int": (1, True, ["result: a bool, not an int"]),
    "an integer by one": (2**70, 2**70 + 1, [f"result: {2**70 + 1}, not {2**70}"]),
    "a text": ("relu", "gelu", ["result: 'gelu', not 'relu'"]),
    "nothing for a tensor": ([ONES], [None], ["result[0]: None, not a tensor"]),
    "deep inside": ({"a": [ONES, Pair(ONES, Losses(2.0))]}, {"a": [ONES, Pair(ONES, Losses(2.5))]}, ["result['a'][1].std.total: 2.5, not 2."]),
    "one item too few": ([ONES, ONES], [ONES], ["result[1]: is missing"]),
    "one item too many": ([ONES], [ONES, ONES], ["result[1]: is there besides"]),
    "a key": ({"a": 1}, {"b": 1}, ["result['a']: is missing", "result['b']: is there besides"]),
    "a member": (Colour.RED, None, ["result: None, not <Colour.RED: 1>"]),
    "a set": ({1, 2}, {1, 3}, ["result: {1, 3}, not {1, 2}"]),
    "a dict of another kind": ({}, OrderedDict(), ["result: an OrderedDict of 0, not a dict of 0"]),
}  # fmt: skip
EQUAL: dict[str, tuple[Any, Any]] = {
    "rounding": (ONES, Tensor([1.0, 1.00001])),
    "nan and infinities": (Tensor([np.nan, np.inf]), Tensor([np.nan, np.inf])),
    "a structure of everything": (
        {"a": [ONES, (1, 2.5, None)], "b": Pair("x", Losses(ONES, {"c": b"y"})), "c": {Colour.RED: Path("z")}, "d": np.arange(3)},
        {"a": [ONES, (1, 2.5, None)], "b": Pair("x", Losses(ONES, {"c": b"y"})), "c": {Colour.RED: Path("z")}, "d": np.arange(3)},
    ),
    "the order of a dict": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
}


@pytest.mark.parametrize(("reference", "subject", "expected"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_seen_and_named(reference: Any, subject: Any, expected: list[str]) -> None:
    assert parted(reference, subject) == expected


@pytest.mark.parametrize(("reference", "subject"), EQUAL.values(), ids=EQUAL)
def test_what_is_equal(reference: Any, subject: Any) -> None:
    assert parted(reference, subject) == []


def test_tolerances() -> None:
    off = Tensor([1.0, 1.01])
    assert parted(ONES, off) != []
    assert parted(ONES, off, Allowed(rtol=0.02)) == []
    assert parted(ONES, off, Allowed(atol=0.02)) == []
    assert parted(ONES, Tensor([1.0, 1.00001]), Allowed(rtol=0, atol=0)) != []
    assert parted(1, 2, Allowed(rtol=9)) != []


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
REFUSED: dict[str, tuple[Any, str]] = {
    "an object": ([object()], r"result\[0\] is an object, which can't be compared"),
    "a function": ({"f": len}, r"result\['f'\] is a builtin_function_or_method"),
    "a generator": ((x for x in "ab"), "result is a generator"),
    "a set of objects": ({1.5}, "result is a set"),
    "a class": (Losses, "result is a type"),
    "a list of itself": (ENDLESS, r"result(\[0\])+ is nested too deeply"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_is_refused_by_its_path(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Reader(array).tree(value)


def test_tensors_are_remembered_by_path() -> None:
    reader = Reader(array)
    reader.tree({"a": [ONES]})
    assert reader.tensors == {"result['a'][0]": ONES}
    assert Reader(array).tree(ONES).kind == "a tensor"
    assert isinstance(Reader(array).tree(3), Leaf)


def test_the_report_shows_the_first_differences_in_full() -> None:
    many = {name: Tensor([1.0, 2.0]) for name in "abcdefghijkl"}
    off = {name: Tensor([1.0, 2.5]) for name in many}
    trees = [Reader(array).tree(value) for value in (many, off)]
    found = list(differences(trees[0], trees[1], Allowed()))
    lines = list(indented(found, Allowed()))
    assert places(found) == "at 12 places"
    assert places(found[:1]) == "at one place"
    assert lines[:3] == [
        "  result['a']: float32[2], 1 of 2 elements differ",
        "      largest error 5.00e-01, relative 2.50e-01, 2097152 ULP; allowed are 0.0001 of the element and 1e-06 of the largest",
        "      [1]: 2.5, not 2.0",
    ]
    assert lines[-1] == "  and 7 more: result['f'], result['g'], result['h'], result['i'], result['j'], …"
