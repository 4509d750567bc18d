"""The page shell: what must not get out of the data, what it refuses, and that it needs nothing else."""

from __future__ import annotations

import json
import re

import pytest
from markupsafe import Markup

from compat.errors import CompatError
from compat.reports.charts import Series, line_chart
from compat.reports.data import Strings, encoded, rounded
from compat.reports.page import Page, Section, render
from compat.reports.tables import Column, Table, packed

ODD = ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", "\x00\x1b", "\ud800", "'\"`${x}", "中文 é 🙂"]


@pytest.mark.parametrize("text", ODD)
def test_no_text_leaves_the_element_that_holds_it(text: str) -> None:
    found = encoded({"text": text})
    assert not set("<>&") & set(found)
    assert json.loads(found) == {"text": text}


@pytest.mark.parametrize("text", ODD)
def test_no_text_becomes_markup(text: str) -> None:
    table = Table((Column("name", "Name"),), [(text,)], caption=text, search=text, empty=text)
    page = render(Page(text, text, (Section("names", text, table),), facts={text: text}, note=text, data=text))
    page.encode("utf-8", "replace")
    assert len(re.findall("<script", page)) == 3  # the theme, the data, the rest
    assert "<!--" not in page


@pytest.mark.parametrize("field", ["styles", "scripts"])
@pytest.mark.parametrize("text", ["x = '</script>'", "<!-- x"])
def test_a_script_that_would_end_its_element_is_refused(field: str, text: str) -> None:
    with pytest.raises(CompatError, match="must not hold"):
        render(Page("a", "b", (), **{field: (text,)}))


def test_a_page_names_no_address() -> None:
    assert not re.search(r"https?:|//[a-z]|url\(|@import|src=", render(Page("a", "b", ())).replace("script-src", ""))


NUMBERS = {0.0: 0, 1.0: 1, 1234567.0: 1230000, 1.23456e-7: 1.23e-7, -0.5: -0.5}


@pytest.mark.parametrize(("number", "short"), NUMBERS.items())
def test_a_number_is_kept_short(number: float, short: float) -> None:
    assert repr(rounded(number)) == repr(short)


def test_numbers_that_json_lacks_become_texts() -> None:
    assert json.loads(encoded([float("nan"), (float("inf"), {"a": -float("inf")}), 1.5])) == ["nan", ["inf", {"a": "-inf"}], 1.5]


def test_a_text_is_kept_once() -> None:
    strings = Strings()
    assert [strings.at(text) for text in ("a", "b", "a", "")] == [0, 1, 0, 2]
    assert strings.texts == ["a", "b", ""]


def test_a_table_is_packed_by_column() -> None:
    columns = (
        Column("name", "Name"),
        Column("checks", "Checks", "tags"),
        Column("share", "Share", "share"),
        Column("worst", "Worst", "deviation"),
    )
    found = packed(Table(columns, [("a", ("x", "y"), (1, 2), 1e-9), ("a", (), None, None)], caption="names"))
    assert [column["values"] for column in found["columns"]] == [[0, 0], [[0, 1], []], [(1, 2), None], [1e-9, None]]
    assert found["columns"][1]["strings"] == ["x", "y"]
    assert found["size"] == 2


def test_an_empty_table_is_packed() -> None:
    assert packed(Table((Column("name", "Name"),), [], caption="names"))["columns"][0]["values"] == []


def test_a_chart_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 labels"):
        line_chart("cases", ["a", "b"], [Series("x", "good", [1.0])])


CHARTS: dict[str, tuple[list[str], list[float | None]]] = {
    "nothing": ([], []),
    "one run": (["a"], [3.0]),
    "all the same": (["a", "b"], [0.0, 0.0]),
    "gaps": (["a", "b", "c"], [1.0, None, 2.0]),
    "what is not finite": (["a", "b", "c"], [1.0, float("nan"), float("inf")]),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_stays_within_its_frame(name: str) -> None:
    labels, values = CHARTS[name]
    drawn = line_chart("<cases>", labels, [Series("a & b", "good", values)])
    assert isinstance(drawn, Markup)
    assert "<cases>" not in drawn
    assert all(0 <= float(x) <= 640 and 0 <= float(y) <= 200 for x, y in re.findall(r'cx="([^"]+)" cy="([^"]+)"', drawn))
    assert "nan" not in drawn.replace("nothing", "").partition("<path")[2]
