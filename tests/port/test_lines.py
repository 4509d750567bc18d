"""Lines of two versions: what is called the same is the same, and looking for it takes no longer than reading them."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from compat.port.reports.lines import blocks, hunks

SLOW = [f"v{n} = torch.relu(x)" if n % 2 else f"y{n % 300}" for n in range(10_000)]
LARGE: dict[str, tuple[list[str], list[str]]] = {
    "every other line, the rest again and again": (SLOW, [line.replace("torch", "mint") for line in SLOW]),
    "the same with an import more": (SLOW, ["import mindspore", *(line.replace("torch", "mint") for line in SLOW)]),
    "all lines, all alike": (["x = torch.relu(x)"] * 10_000, ["x = mint.relu(x)"] * 10_000),
    "two kinds of line by turns": (["a", "b"] * 5_000, ["a", "b"] * 2_500 + ["c"] + ["a", "b"] * 2_500),
    "nothing in common": ([f"a{n}" for n in range(10_000)], [f"b{n}" for n in range(9_000)]),
    "upside down": ([str(n) for n in range(10_000)], [str(n) for n in reversed(range(10_000))]),
    "two kinds of line, reordered": (["a", "b"] * 5_000, ["b", "b", "a"] * 3_000),
}


@pytest.mark.parametrize(("before", "after"), LARGE.values(), ids=LARGE)
def test_ten_thousand_lines_take_less_than_a_second(before: list[str], after: list[str]) -> None:
    began = time.process_time()
    found = blocks(before, after)
    assert time.process_time() - began < 1
    assert rebuilt(before, after, found) == (before, after)


LINES = st.lists(st.sampled_from("abcdefg"), max_size=30)


@given(LINES, LINES)
@settings(max_examples=300, deadline=None)
def test_blocks_and_hunks_hold_all_that_differs(before: list[str], after: list[str]) -> None:
    found = blocks(before, after)
    assert rebuilt(before, after, found) == (before, after)
    assert all(one.same != other.same for one, other in pairwise(found))
    for context in (0, 1, 3):
        inside = [block for hunk in hunks(found, context) for block in hunk]
        assert [block for block in inside if not block.same] == [block for block in found if not block.same]
        assert all(block.end - block.start <= 2 * context for block in inside if block.same)


FOUND: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "nothing": ("abc", "abc", []),
    "nothing at all": ("", "", []),
    "one line": ("abcde", "abXde", [("bcd", "bXd")]),
    "an import more, and a line changed": ("abcdefgh", "Xabcdefgh".replace("g", "G"), [("a", "Xa"), ("fgh", "fGh")]),
    "close together": ("abcdefgh", "abXdYfgh", [("bcdef", "bXdYf")]),
    "far from each other": ("abcdefgh", "aXcdefYh", [("abc", "aXc"), ("fgh", "fYh")]),
    "a line gone": ("abcd", "abd", [("bcd", "bd")]),
    "lines alike": ("aaaaaa", "aaXaaa", [("aaa", "aXa")]),
    "all of it": ("abc", "XYZ", [("abc", "XYZ")]),
    "from nothing": ("", "ab", [("", "ab")]),
}


@pytest.mark.parametrize(("before", "after", "expected"), FOUND.values(), ids=FOUND)
def test_hunks_with_a_line_around(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    found = hunks(blocks(list(before), list(after)), 1)
    assert [(before[h[0].start : h[-1].end], after[h[0].new_start : h[-1].new_end]) for h in found] == expected


def rebuilt(before: list[str], after: list[str], found: list) -> tuple[list[str], list[str]]:
    """Both versions again, the second with its equal lines taken from the first."""
    old = [line for block in found for line in before[block.start : block.end]]
    new = [line for b in found for line in (before[b.start : b.end] if b.same else after[b.new_start : b.new_end])]
    return old, new
