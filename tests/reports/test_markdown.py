"""Markdown: that no text becomes markup, and that it keeps within what a comment may hold."""

from __future__ import annotations

import pytest

from compat.reports.markdown import code, details, escaped, fitted, table

ESCAPED = {
    "plain text": "plain text", "a\nb\t c": "a b c", "*a* _b_": "\\*a\\* \\_b\\_", "<b>|x|": "\\<b\\>\\|x\\|", "[a](b)": "\\[a\\](b)", "`c`": "\\`c\\`",
    "a\\b": "a\\\\b", "#1": "\\#1",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ESCAPED.items())
def test_no_text_is_markup(text: str, expected: str) -> None:
    assert escaped(text) == expected


CODE = {"a": "`a`", "a`b": "``a`b``", "`": "`` ` ``", "a\nb": "`a b`", "": "` `", "``x`": "``` ``x` ```", "@someone #1": "`@someone #1`"}


@pytest.mark.parametrize(("text", "expected"), CODE.items())
def test_code_has_a_fence_longer_than_any_within(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_bar_ends_no_cell() -> None:
    assert table(["a|b", "n"], [[code("x|y"), "1"], [escaped("p|q"), "2"]], numbers=[1]).splitlines() == [
        "| a|b | n |",
        "| --- | ---: |",
        "| `x\\|y` | 1 |",
        "| p\\|q | 2 |",
    ]


def test_a_folded_part_has_its_markdown_apart_from_its_tags() -> None:
    assert details("<1> & 2", "- a\n") == "<details><summary>&lt;1&gt; &amp; 2</summary>\n\n- a\n\n</details>\n"
    assert details("s", "b", opened=True).startswith("<details open>")


@pytest.mark.parametrize(("most", "limit", "length"), [(8, 100, 80), (8, 79, 40), (8, 10, 10), (8, 9, 0), (0, 0, 0)])
def test_lists_are_halved_until_all_fits(most: int, limit: int, length: int) -> None:
    assert len(fitted(lambda count: "x" * 10 * count, most, limit)) == length


def test_what_never_fits_is_an_error() -> None:
    with pytest.raises(ValueError, match="101 characters are left"):
        fitted(lambda count: "x" * (101 + count), 50, 100)
