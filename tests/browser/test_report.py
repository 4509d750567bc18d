"""The parity report as a reader meets it: in a browser, from a file."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compat.parity.report import write_report
from tests.browser.conftest import Opened
from tests.reports.synthetic import EACH_STATUS, differing, many, result

Open = Callable[..., Opened]
LINES = "#apis tbody tr"
MSE = "#row=torch.nn.functional.mse_loss"
ODD = [
    "</script><script>alert('a')</script>", "<img src=x onerror=alert('b')>", "\"><svg onload=alert('c')>", "{{ 7 * 7 }}${7*7}",
    "javascript:alert('d')", "' onmouseover='alert(1)", "\u2028\u2029\x00\x1b[31m\ud800", "<!--", "中文 é 🙂", "&lt;b&gt;&amp;", "a#b&row=c%20d?e=f+g",
]  # fmt: skip


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The third report of a folder: two of its cases are new, one got worse, one better."""
    folder = tmp_path_factory.mktemp("small")
    earlier = [replace(each, status="agrees", ending="", side="") if each.fixture == "sum" else each for each in EACH_STATUS[:-2]]
    for results in (earlier[:4], [*earlier[:-1], replace(earlier[-1], status="differs")], EACH_STATUS):
        write_report(results, folder)
    return folder / "report.html"


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A full run."""
    folder = tmp_path_factory.mktemp("large")
    write_report(many(), folder)
    return folder / "report.html"


def shown(opened: Opened) -> list[str]:
    """The names in the table."""
    found: list[str] = opened.page.locator(f"{LINES} td:first-child").all_inner_texts()
    return found


def hash_of(opened: Opened) -> str:
    return str(opened.page.url).partition("#")[2]


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts that would do something if they were markup, in every place that has a text."""
    folder, results = tmp_path_factory.mktemp("odd"), []
    for text in ODD:
        one = differing(f"torch.{text}", text, row=text, detail=text, reason=text, status="declared", ending="crashed", side="subject")
        parts = tuple(replace(part, name=text, detail=text, dtype=text, first=(((0,), text, text),)) for part in one.parts)
        results += [replace(one, parts=parts), replace(one, id=text, parts=parts)]
    for found in ([replace(each, status="differs") for each in results], results):
        write_report(found, folder, patterns=ODD)
    return folder / "report.html"


@pytest.mark.parametrize("text", range(len(ODD)), ids=map(ascii, ODD))
def test_a_text_of_the_data_does_nothing(text: int, odd: Path, opened: Open) -> None:
    page = opened(odd).page
    name = ODD[text].replace("\ud800", "\ufffd")
    links = page.locator(f"{LINES} a")
    assert links.count() == len(ODD)
    place = links.evaluate_all("(all, name) => all.findIndex(each => each.textContent === name)", f"torch.{name}")
    links.nth(place).click()
    page.wait_for_selector("#view .case")
    assert page.locator("#view h2").evaluate("element => element.textContent") == name
    assert page.locator("#view .case strong").first.evaluate("element => element.textContent") == name
    assert page.locator("img, svg:not(.chart), b").count() == 0
    page.go_back()
    page.locator("#main").wait_for()


def test_a_full_run_is_open_in_two_seconds_and_small(large: Path, opened: Open) -> None:
    assert large.stat().st_size < 4_000_000  # 8 MB at most
    seconds = []
    for _ in range(4):  # a browser's own start is none of the report's, and other processes may share the machine
        began = time.perf_counter()
        page = opened(large)
        page.page.wait_for_selector(LINES)
        page.page.fill("#apis input", "operation_1137")
        page.page.wait_for_function("document.querySelectorAll('#apis tbody tr').length < 20")
        seconds.append(time.perf_counter() - began)
        assert len(shown(page)) == 2
    assert min(seconds) < 2


FILTERS: dict[str, tuple[dict[str, str], str, set[str]]] = {
    "text": ({"text": "mse loss"}, "text=mse+loss", {"torch.nn.functional.mse_loss", "mindspore.ops.mse_loss"}),
    "the row's name": ({"text": "functional"}, "text=functional", {"torch.nn.functional.mse_loss", "mindspore.ops.mse_loss"}),
    "nothing": ({"text": "no such name"}, "text=no+such+name", set()),
    "direction": ({"direction": "mindspore", "text": "loss"}, "text=loss&direction=mindspore",
                  {"mindspore.ops.mse_loss", "mindspore.ops.multi_margin_loss"}),
    "status": ({"status": "declared"}, "status=declared", {"torch.nn.functional.mse_loss", "mindspore.ops.multi_margin_loss"}),
    "a declared crash": ({"status": "crashed"}, "status=crashed", {"torch.svd", "mindspore.ops.multi_margin_loss"}),
    "namespace": ({"namespace": "torch"}, "namespace=torch", {"torch.svd", "torch.topk"}),
    "what got worse": ({"change": "worse"}, "change=worse", {"torch.nn.functional.mse_loss", "torch.topk", "mindspore.ops.top_k"}),
    "check": ({"check": "in-place"}, "check=in-place", {"torch.Tensor.add_"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_fits_and_stands_in_the_address(name: str, small: Path, opened: Open) -> None:
    chosen, address, expected = FILTERS[name]
    page = opened(small)
    for field, value in chosen.items():
        if field == "text":
            page.page.fill("#apis input", value)
        else:
            page.page.select_option(f"#apis select[name={field}]", value)
    assert (set(shown(page)), hash_of(page)) == (expected, address)
    again = opened(small, f"#{address}")
    assert set(shown(again)) == expected
    assert again.page.locator("#apis output").inner_text() == f"{len(expected)} of 7"
    again.page.click("#apis button[type=reset]")
    assert (len(shown(again)), hash_of(again)) == (7, "")


def test_an_address_that_asks_for_what_does_not_occur_shows_all(small: Path, opened: Open) -> None:
    assert len(shown(opened(small, "#status=nonsense&sort=nothing&other=1"))) == 7


SORTED = {
    "API": ["api", "-api"],
    "Cases": ["-cases", "cases"],
    "Status": ["status", "-status"],
    "Forward": ["-forward", "forward"],
    "Deviation": ["-deviation", "deviation"],
}


@pytest.mark.parametrize("title", SORTED)
def test_a_click_on_a_title_sorts_the_other_way_and_back(title: str, small: Path, opened: Open) -> None:
    page = opened(small)
    plain, orders = shown(page), []
    for expected in SORTED[title]:
        page.page.click(f"#apis thead button:text-is('{title}')")
        assert hash_of(page) == f"sort={expected}"
        orders.append(shown(page))
    sense = page.page.locator(f"#apis th:has(button:text-is('{title}'))")
    assert sense.get_attribute("aria-sort") == ("ascending" if not expected.startswith("-") else "descending")
    assert orders[0] != orders[1]
    page.page.click(f"#apis thead button:text-is('{title}')")
    assert (shown(page), hash_of(page), sense.get_attribute("aria-sort")) == (plain, "", "none")


@pytest.mark.parametrize(("sort", "first"), {"-cases": "torch.nn.functional.mse_loss", "status": "torch.svd", "-deviation": "mindspore.ops.mse_loss",
                                             "api": "mindspore.ops.mse_loss", "-in-place": "torch.Tensor.add_"}.items())  # fmt: skip
def test_a_sorted_table_begins_with(sort: str, first: str, small: Path, opened: Open) -> None:
    assert shown(opened(small, f"#sort={sort}"))[0] == first


def test_a_row_opens_by_click_and_the_way_back_keeps_filters_and_place(large: Path, opened: Open) -> None:
    page = opened(large, "#namespace=torch.nn&sort=-api")
    page.page.mouse.wheel(0, 4_000)
    page.page.wait_for_function("window.scrollY > 1000")
    place, link = page.page.evaluate("window.scrollY"), page.page.locator(f"{LINES} a").nth(60)
    name = link.inner_text()
    link.evaluate("element => element.click()")
    page.page.wait_for_selector("#view h3")
    assert page.page.locator("#view h2").inner_text() == name
    assert hash_of(page) == f"row={name}"
    assert page.page.title().startswith(name)
    assert page.page.evaluate("document.activeElement.textContent") == name
    assert page.page.evaluate("window.scrollY") == 0
    page.page.go_back()
    page.page.wait_for_selector(LINES)
    assert hash_of(page) == "namespace=torch.nn&sort=-api"
    assert page.page.evaluate("window.scrollY") == pytest.approx(place, abs=5)
    page.page.go_forward()
    assert page.page.locator("#view h2").inner_text() == name
    page.page.click("#view .back")
    assert hash_of(page) == "namespace=torch.nn&sort=-api"


def test_a_row_opens_by_its_address_with_all_that_is_known(small: Path, opened: Open) -> None:
    view = opened(small, MSE).page.locator("#view")
    assert view.locator("h3").all_inner_texts() == ["torch.nn.functional.mse_loss", "mindspore.ops.mse_loss"]
    states = view.locator(".case").evaluate_all("all => all.map(each => each.dataset.state)")
    assert states == ["differs", "stale", "declared", "agrees", "refused", "agrees"]
    case = view.locator(".case").first
    text = case.inner_text()
    for expected in (
        "compat parity --case torch:torch.nn.functional.mse_loss:sum",
        "2 of 6",
        "NaN on one side",
        "7.5",
        "[1, 2]",
        "keyword",
    ):
        assert expected in text
    bars = case.locator(".bars .bar").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    assert [width > 0 for width in bars] == [False, False, True, True, *[False] * 6, True]


def test_a_case_that_agrees_shows_its_errors_when_it_is_opened(small: Path, opened: Open) -> None:
    case = opened(small, MSE).page.locator(".case[data-state=agrees]").first
    assert "Replay" not in case.inner_text()
    case.locator("summary").click()
    case.locator(".replay").wait_for()
    assert re.search(r"result 0\s+float32\[3\]\s+1\.2e-7\s+1\.2e-7\s+1", case.inner_text())


@pytest.mark.parametrize(("name", "row"), {"mindspore.ops.mse_loss": "torch.nn.functional.mse_loss", "torch.svd": "torch.svd"}.items())
def test_a_row_is_found_by_each_of_its_names(name: str, row: str, small: Path, opened: Open) -> None:
    assert opened(small, f"#row={name}").page.locator("#view h2").inner_text() == row


def test_a_row_that_the_report_lacks_says_so(small: Path, opened: Open) -> None:
    page = opened(small, "#row=torch.nothing").page
    assert "holds nothing of that name" in page.locator("#view").inner_text()
    page.click(".back")
    page.locator("#main").wait_for()


ENDED = {"torch.svd": "crashed in compat.torch", "mindspore.ops.top_k": "hung in MindSpore", "torch.topk": "late error",
         "mindspore.ops.multi_margin_loss": "crashed in MindSpore"}  # fmt: skip


@pytest.mark.parametrize("api", ENDED)
def test_a_crash_and_a_hang_are_shown_as_such_with_their_side(api: str, small: Path, opened: Open) -> None:
    page = opened(small).page
    assert ENDED[api].partition(" in ")[0] in page.locator(f"{LINES}:has-text('{api}') .status").inner_text()
    assert ENDED[api] in page.locator(f"#endings li:has-text('{api}')").inner_text()
    page.click(f"#endings li a:has-text('{api}')")
    assert ENDED[api] in page.locator(".case summary").inner_text()


def test_what_changed_since_the_last_run_is_listed_with_a_trend(small: Path, opened: Open) -> None:
    page = opened(small).page
    assert "against the last run: 3 worse, 1 better" in page.locator("#changes").inner_text()
    listed = page.locator("#changes li").all_inner_texts()
    assert any("mse_loss:sum: agrees → differs" in each for each in listed)
    assert any("top_k:base: new → hung" in each for each in listed)
    assert page.locator("#trend svg").count() == 2
    assert page.locator("#trend svg circle").count() % 3 == 0


def test_a_namespace_of_the_summary_filters_the_table(small: Path, opened: Open) -> None:
    page = opened(small)
    page.page.click("#summary a:text-is('torch.nn.functional')")
    page.page.wait_for_function("location.hash !== ''")
    assert shown(page) == ["torch.nn.functional.mse_loss"]
    assert page.page.locator("#apis").evaluate("element => element.getBoundingClientRect().top") < 900


VIEWS = {"all": "", "filtered": "#status=crashed", "a row": MSE, "a crash": "#row=torch.svd"}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("report", ["small", "large"])
def test_a_phone_needs_no_sideways_scrolling(view: str, report: str, opened: Open, request: pytest.FixtureRequest) -> None:
    page = opened(request.getfixturevalue(report), VIEWS[view], phone=True)
    assert page.overflow() <= 0
    page.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.page.wait_for_timeout(50)
    assert page.overflow() <= 0


def colours(page: Any) -> tuple[float, float]:
    """How bright text and background are, from 0 to 255."""
    found = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    text, back = (sum(map(int, re.findall(r"\d+", each)[:3])) / 3 for each in found)
    return text, back


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_and_then_the_reader(scheme: str, small: Path, opened: Open) -> None:
    page = opened(small, scheme=scheme).page
    seen = []
    for label in ("system", "light", "dark", "system"):
        button = page.locator("#theme")
        assert button.inner_text() == f"Theme: {label}"
        text, back = colours(page)
        assert abs(text - back) > 150
        seen.append("dark" if back < text else "light")
        button.click()
    assert seen == [scheme, "light", "dark", scheme]
    page.reload()  # the choice after the last click
    assert page.locator("#theme").inner_text() == "Theme: light"
    assert colours(page)[1] > 200
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_the_contrast_that_readers_need(scheme: str, small: Path, opened: Open) -> None:
    """4.5 to 1, by the formula of WCAG 2, of each tone against the background."""
    ratios = opened(small, scheme=scheme).page.evaluate("""() => {
      const light = colour => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const back = light(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll(".badge, .note, a, caption, .facts dt")].map(each => {
        const front = light(getComputedStyle(each).color);
        return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      });
    }""")
    assert min(ratios) >= 4.5


def test_the_keyboard_reaches_everything(small: Path, opened: Open) -> None:
    page = opened(small).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.locator("#apis:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("mse")
    for _ in range(7):  # five filters, "Clear" and the first title
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#text=mse&sort=api"
    page.locator(f"{LINES} a").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#view h2").inner_text() == "torch.nn.functional.mse_loss"
    page.locator(".case[data-state=agrees] summary").first.focus()
    page.keyboard.press("Enter")
    page.locator(".case[data-state=agrees] .replay").first.wait_for()


def test_a_long_table_grows_as_it_is_read(large: Path, opened: Open) -> None:
    page = opened(large, "#text=mindspore.ops").page
    lines, button = page.locator(LINES), page.locator("#apis .rest button")
    assert (lines.count(), button.inner_text()) == (150, "Show the other 90")
    button.scroll_into_view_if_needed()
    lines.nth(239).wait_for()
    opened(large, "#text=mindspore.nn")
    assert lines.count() == 150
    button.evaluate("element => element.click()")  # as a keyboard does, without scrolling
    assert (lines.count(), button.count()) == (240, 0)


def test_a_report_of_nothing_says_so(opened: Open, tmp_path: Path) -> None:
    write_report([], tmp_path, patterns=["torch.nothing"])
    page = opened(tmp_path / "report.html").page
    text = page.locator("#main").inner_text()
    assert "no case was run" in text
    assert "the names that were asked for have none" in text


def test_a_name_without_an_api_is_a_page_all_the_same(opened: Open, tmp_path: Path) -> None:
    write_report([result("torch.x", "", checks=()), replace(result("torch.x"), id="", api="", row="", imitated="")], tmp_path)
    page = opened(tmp_path / "report.html")
    assert page.page.locator(LINES).count() == 2
    page.page.locator(f"{LINES} a").first.evaluate("element => element.click()")
    page.page.locator("#view").wait_for()
