"""The page of a port: what it holds, and that it says what it leaves out."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compat.port.model import Port, PortedFile
from compat.port.reports.page import as_page
from compat.reports.page import Page, render
from compat.reports.tables import Table
from tests.port.examples import BROKEN, CHANGES, MODEL, PLAIN, SMALL, change, large


def table(page: Page, name: str) -> list[dict[str, Any]]:
    """The lines of a table, by the keys of its columns."""
    (body,) = [section.body for section in page.sections if section.name == name]
    assert isinstance(body, Table)
    return [dict(zip([column.key for column in body.columns], line, strict=True)) for line in body.lines]


def test_the_headline_says_what_is_not_converted() -> None:
    page = as_page(SMALL)
    assert page.headline == "3 of 6 uses are converted; 3 are not; 1 of 4 files could not be ported"
    assert page.facts["native calls"] == "3 of 5, 60.0 %"
    assert (page.tone, page.note) == ("bad", "")


TONES = {"all is well": (CHANGES[1:3], "good"), "one is unsupported": (CHANGES, "bad"), "nothing": ((), "good")}


@pytest.mark.parametrize(("changes", "tone"), TONES.values(), ids=TONES)
def test_the_tone(changes: tuple[Any, ...], tone: str) -> None:
    assert as_page(Port((replace(PLAIN, changes=changes),))).tone == tone


def test_the_tables() -> None:
    page = as_page(SMALL)
    assert [(line["file"], line["state"], line["native"], line["problem"]) for line in table(page, "files")] == [
        ("notes.ipynb", ("changed",), (1, 2), ""), ("src/broken.py", ("not ported",), None, "not Python: invalid syntax"),
        ("src/model.py", ("changed",), (2, 3), ""), ("src/plain.py", ("unchanged",), None, ""),
    ]  # fmt: skip
    uses = table(page, "uses")
    assert [(line["file"], line["cell"], line["line"], line["became"], line["look"]) for line in uses[:3]] == [
        ("notes.ipynb", 2, 2, ("converted",), "nothing to do"), ("notes.ipynb", 2, 3, ("kept",), "to look at"),
        ("src/model.py", None, 4, ("converted",), "nothing to do"),
    ]  # fmt: skip
    assert uses[3] | {"before": "torch.sum(x, axis=1)", "after": "mint.sum(x, dim=1)", "why": "CM102 axis is dim"} == uses[3]
    assert {line["api"]: line["became"] for line in table(page, "apis")}["torch.no_such"] == ("unsupported",)
    assert sorted(page.data["diffs"]) == ["notes.ipynb", "src/model.py"]


def test_a_column_for_cells_is_there_for_notebooks_alone() -> None:
    assert "cell" not in table(as_page(Port((MODEL,))), "uses")[0]


def test_a_code_base_of_a_thousand_files_is_small_and_soon_there() -> None:
    port = large()
    began = time.process_time()
    page = as_page(port)
    size = len(render(page).encode())
    assert time.process_time() - began < 5
    assert size < 8_000_000
    assert (len(page.data["diffs"]), len(table(page, "uses")), page.note) == (300, 34_510, "")


def test_a_larger_one_stays_as_small_and_says_what_is_missing() -> None:
    page = as_page(large(files=2000, changed=1500))
    assert len(render(page).encode()) < 8_000_000
    shown = len(page.data["diffs"])
    assert 100 < shown < 1500
    assert page.note.startswith("19,650 uses, converted ones first, are not in the table of uses.")
    assert f"{1500 - shown:,} files changed whose diff is not in this page" in page.note
    assert len(table(page, "files")) == 2000
    assert sum(line["became"] == ("kept",) for line in table(page, "uses")) == 490 * 35


def test_a_file_that_is_too_large_leaves_its_room_to_others() -> None:
    lines = [f"x{n} = '{'é' * 90}'".encode() for n in range(20_000)]
    huge = PortedFile(Path("a.py"), b"\n".join(lines), b"\n".join(line.replace(b"x", b"y") for line in lines))
    page = as_page(Port((huge, MODEL, BROKEN)))
    assert list(page.data["diffs"]) == ["src/model.py"]
    assert page.note.startswith("1 file changed whose diff is not in this page")


ODD = ["</script><script>alert(1)</script>", "<!--", "\u2028\x00\x1b", "\ud800", "'\"`${x}", "中文 é 🙂"]


@pytest.mark.parametrize("text", ODD)
def test_no_text_becomes_markup(text: str) -> None:
    source = text.encode("utf-8", "replace").replace(b"\x00", b"") + b"\n"
    file = PortedFile(
        Path(f"{text}.py".replace("/", "").replace("\x00", "")), source, b"x" + source, (change(text, text + "x", api=text, reason=text),)
    )
    page = render(as_page(Port((file,))))
    page.encode("utf-8", "replace")
    assert page.count("<script") == 3  # the theme, the data, the rest
    assert "<!--" not in page
