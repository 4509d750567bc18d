"""Signatures as text: what is written is read back, whatever it was made from."""

import enum

import pytest

from compat.signatures.text import KEYWORD, SOME, Symbol, literal, of_callable, parsed, sensible, shown, without_first, written

TEXTS = [
    "",
    "input",
    "input, dim=None, keepdim=False",
    "a, /, b",
    "a, /",
    "*size, out=None",
    "input, *, dtype=None",
    "a, *rest, b=1, **more",
    "x=(0, 1), y='mean'",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_is_read_back(text: str) -> None:
    assert written(parsed(text)) == text


def test_a_callable_and_its_source_have_one_signature() -> None:
    def function(a, b=1.0, *, c="mean", d=(0, 1), e=None): ...  # type: ignore[no-untyped-def]

    assert of_callable(function) == parsed("a, b=1.0, *, c='mean', d=(0, 1), e=None")
    assert [p.kind == KEYWORD for p in of_callable(function)] == [False, False, True, True, True]


class Color(enum.Enum):
    RED = 1


DEFAULTS = {
    "None": None,
    "1e-08": 1e-8,
    "'mean'": "mean",
    "(0, 1)": (0, 1),
    "Color.RED": Color.RED,
    "int": int,
    SOME: object(),
    "inf": float("inf"),
}


@pytest.mark.parametrize(("text", "value"), DEFAULTS.items(), ids=DEFAULTS)
def test_a_default_is_shown_as_source(text: str, value: object) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-08", 1e-8), ("(0, 1)", (0, 1)), ("inf", float("inf")), ("'mean'", "mean"), ("1.0 / 8", 0.125), ("2.0 ** 16", 65536.0)],
)
def test_a_default_reads_as_a_row_writes_it(text: str, value: object) -> None:
    assert literal(text) == value


@pytest.mark.parametrize("text", ["torch.float32", "ReduceOp.SUM", "pickle", "Size()", "1 / 0", "'a' * 3", SOME])
def test_a_default_that_is_no_literal_is_a_symbol(text: str) -> None:
    assert isinstance(literal(text), Symbol)


def test_what_says_nothing_gives_way_to_what_says_more() -> None:
    assert sensible([parsed("*args, **kwargs"), parsed("a"), parsed("a")]) == [parsed("a")]
    assert sensible([parsed("*args, **kwargs")]) == [parsed("*args, **kwargs")]
    assert without_first(parsed("self, a")) == parsed("a")
    assert without_first(parsed("*args")) == parsed("*args")
