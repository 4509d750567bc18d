"""The report of a port as a reader meets it: in a browser, from a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compat.port.model import Port, PortedFile
from compat.port.reports.page import as_page
from compat.reports.page import write
from tests.browser.conftest import Opened
from tests.port.examples import BROKEN, MODEL, NOTEBOOK, PLAIN, SMALL, change, large

Open = Callable[..., Opened]
ODD = [
    "</script><script>alert('a')</script>", "<img src=x onerror=alert('b')>", "\"><svg onload=alert('c')>", "' onmouseover='alert(1)",
    "\u2028\u2029\x0c\x1b[31m", "<!--", "中文 é 🙂", "&lt;b&gt;&amp;", "a#b&file=c%20d?e=f+g",
]  # fmt: skip


def written(port: Port, folder: Path) -> Path:
    file = folder / "port.html"
    write(as_page(port), file)
    return file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    numbers = "".join(f"line {number}\n" for number in range(40)).encode()
    long = PortedFile(Path("long.py"), b"a = torch\n" + numbers + b"b = torch\n", b"a = mint\n" + numbers + b"b = mint\n")
    return written(replace(SMALL, files=(*SMALL.files, long)), tmp_path_factory.mktemp("port"))


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(large(), tmp_path_factory.mktemp("port"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("name", ["", *(str(file.path) for file in (MODEL, PLAIN, BROKEN, NOTEBOOK))])
def test_it_fits_the_screen(opened: Open, small: Path, name: str, phone: bool, scheme: str) -> None:
    found = opened(small, f"#file={name}" if name else "", phone=phone, scheme=scheme)
    assert name in found.page.inner_text("#view h2" if name else ".headline")
    assert found.overflow() <= 0


def test_a_file_before_and_after(opened: Open, small: Path) -> None:
    page = opened(small).page
    page.click("#files tbody a:text('src/model.py')")
    rows = page.locator("#view .diff tbody tr")
    cells = rows.evaluate_all("all => all.map(row => [row.className, ...[...row.children].map(cell => cell.textContent)])")
    assert cells == [
        ["changed", "1", "import torch", "1", "import compat.torch as torch"],
        ["changed", "", "", "2", "from mindspore import mint"],
        ["same", "2", "", "3", ""],
        ["same", "3", "def forward(x, y):", "4", "def forward(x, y):"],
        ["changed", "4", "    x = torch.relu(x)", "5", "    x = mint.nn.functional.relu(x)"],
        ["changed", "5", "    x = torch.sum(x, axis=1)", "6", "    x = mint.sum(x, dim=1)"],
        ["remark", "adapted torch.sum: CM102 axis is dim"],
        ["same", "6", "    y.view(-1)", "7", "    y.view(-1)"],
        ["remark", "unknown ?.view: CM401 who is y?"],
        ["same", "7", "    return torch.no_such(", "8", "    return torch.no_such("],
        ["remark", "unsupported torch.no_such: CM301 the table has no such API"],
        ["same", "8", "        x)", "9", "        x)"],
    ]
    assert page.locator("#view del").all_inner_texts() == ["torch", "torch", "axis"]
    assert page.locator("#view ins").all_inner_texts()[2:] == ["mint.nn.functional", "mint", "dim"]
    assert page.locator("#view .grid tbody tr").count() == 2
    page.go_back()
    page.locator("#main").wait_for()


def test_lines_that_are_the_same_are_unfolded(opened: Open, small: Path) -> None:
    page = opened(small, "#file=long.py").page
    assert page.locator("#view .same").count() == 6
    page.click("#view .fold button:text('show 34 lines')")
    numbers = page.locator("#view .diff tbody tr > :nth-child(3)").all_inner_texts()
    assert numbers == [str(number) for number in range(1, 43)]


def test_on_a_phone_the_sides_stand_one_above_the_other(opened: Open, small: Path) -> None:
    page = opened(small, "#file=src/model.py", phone=True).page
    sides = page.locator("#view .changed").nth(2).locator(".text")
    old, new = (sides.nth(place).bounding_box() for place in (0, 1))
    assert (old["x"], old["y"] < new["y"]) == (new["x"], True)
    same = page.locator("#view .same").first.locator(".text")
    assert [same.nth(place).is_visible() for place in (0, 1)] == [True, False]


STATES = {
    str(PLAIN.path): "Nothing in this file changed.",
    str(BROKEN.path): "Not ported: not Python: invalid syntax",
    "none.py": "This report holds nothing of that name.",
}


@pytest.mark.parametrize(("name", "said"), STATES.items())
def test_a_file_without_a_diff_says_why(opened: Open, small: Path, name: str, said: str) -> None:
    assert said in opened(small, f"#file={name}").page.inner_text("#view")


FILTERS: dict[str, tuple[dict[str, str], list[str]]] = {
    "text": ({"text": "model sum"}, ["5"]),
    "the text after": ({"text": "dim=1"}, ["5"]),
    "became": ({"became": "unknown"}, ["6"]),
    "code": ({"code": "CM501"}, ["3"]),
    "API": ({"api": "torch.relu"}, ["2", "4"]),
    "for a human": ({"look": "to look at"}, ["3", "7"]),
    "both": ({"api": "torch.relu", "text": "ipynb"}, ["2"]),
    "nothing": ({"text": "no such text"}, []),
}


@pytest.mark.parametrize(("chosen", "lines"), FILTERS.values(), ids=FILTERS)
def test_the_uses_are_filtered(opened: Open, small: Path, chosen: dict[str, str], lines: list[str]) -> None:
    page = opened(small).page
    for field, value in chosen.items():
        if field == "text":
            page.fill("#uses input", value)
        else:
            page.select_option(f"#uses select[name={field}]", value)
    assert page.locator("#uses tbody td[data-title=Line]").all_inner_texts() == lines
    assert page.locator("#files tbody tr").count() == 5  # each table has filters of its own


def test_a_text_of_the_source_does_nothing(opened: Open, tmp_path: Path) -> None:
    files = []
    for number, text in enumerate(ODD):
        source = f"# {text}\nx = 1\n# {text}\n".encode()
        changes = (change(text, text + "y", line=2, api=text, reason=text, became="adapted", code="CM103"),)
        files.append(PortedFile(Path(f"{number} {text.replace('/', '')}.py"), source, source.replace(b"x", b"y"), changes))
    files.append(replace(BROKEN, problem=ODD[0]))
    file = written(Port(tuple(files)), tmp_path)
    page = opened(file).page
    for number, text in enumerate(ODD):
        page.locator("#files tbody a").nth(number).click()
        page.wait_for_selector("#view .changed")
        shown = page.locator("#view .diff .text").evaluate_all("all => all.map(each => each.textContent)")
        assert f"# {text}" in shown
        page.go_back()
        page.locator("#main").wait_for()
    assert page.locator("img, svg:not(.shares), b").count() == 0


def test_a_thousand_files_are_open_in_two_seconds(opened: Open, thousand: Path) -> None:
    assert thousand.stat().st_size < 8_000_000
    seconds = []
    for _ in range(3):  # a browser's own start is none of the report's, and other processes may share the machine
        began = time.perf_counter()
        page = opened(thousand).page
        page.wait_for_selector("#uses tbody tr")
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 2
    page.fill("#uses input", "module_17.py operation_3(")
    page.wait_for_function("document.querySelectorAll('#uses tbody tr').length === 1")
    page.click("#uses tbody a")
    page.wait_for_selector("#view .changed")
    assert page.locator("#view .changed").count() == 35


def test_ten_thousand_lines_that_changed_are_drawn_a_part_at_a_time(opened: Open, tmp_path: Path) -> None:
    lines = [f"x{number} = torch.relu(x)" for number in range(10_000)]
    before = "\n".join(lines).encode()
    page = opened(written(Port((PortedFile(Path("a.py"), before, before.replace(b"torch", b"mint")),)), tmp_path), "#file=a.py").page
    assert page.locator("#view .changed").count() == 600
    page.click("#view button:text('Show the other 9,400 rows')")
    assert page.locator("#view .changed").count() == 10_000
