"""Literal values, held against `ast.literal_eval`."""

from __future__ import annotations

import ast
import gc

import pytest
from msgspec import UNSET

from compat.source.literals import literal_of

NONE = [
    "x",
    "f()",
    "set(x)",
    "[x]",
    "{**x}",
    "{[]: 1}",
    "{[1]}",
    "1 + 2",
    "1 * 2j",
    "1j + 1",
    "not 1",
    "~1",
    "- -1",
    "-True",
    "-x",
    "(1 + 2j) + 3j",
    "f'{1}'",
    "1 < 2",
]
VALUES = ["1", "-1.5", "+2j", "1 + 2j", "-1 - 2j", "'a' 'b'", "b'a'", "None", "True", "...", "()", "(1, (2, -3))", "[1, [2], 'x']", "{1, 2}", "{}", "{'a': [1], -1: None}", "set()"]  # fmt: skip


def node_of(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_literal(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        ast.literal_eval(text)
    assert literal_of(node_of(text)) is UNSET


@pytest.mark.parametrize("text", VALUES)
def test_what_is_one(text: str) -> None:
    found, expected = literal_of(node_of(text)), ast.literal_eval(text)
    assert (type(found), found) == (type(expected), expected)


def test_nothing_is_left_for_the_collector() -> None:
    node = node_of("(1, [-2, {'a': x}], 1 + 2j)")
    gc.collect()
    gc.disable()
    try:
        literal_of(node)
        assert not gc.collect()
    finally:
        gc.enable()
