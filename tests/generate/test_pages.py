"""The pages and their indexes: what each kind of row tells, that no row is missing, that links lead somewhere, and that the filter filters."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from compat.generate.index import indexes
from compat.generate.pages import LANGUAGES, page_names, pages
from compat.generate.recorded import Record as Examples
from compat.parity.record import Record, read
from compat.table.load import MAPPINGS, load
from compat.table.model import Table

ROOT = MAPPINGS.parent
ROWS = """\
- torch: torch.abs
  forms: [method, in_place, out]
  aliases: [torch.absolute]
  spellings: {input: x}
  summary: {en: Magnitude., zh: 绝对值。}
  parameters:
    input: {type: Tensor}
    scale: {type: float, default: 1.0}
    layout: {kind: unsupported, type: object, default: null, reason: {en: dense only, zh: 仅稠密}}
  result: {en: a tensor, zh: Tensor}
  tests: [tests/torch_on_mindspore/test_abs.py]
  on_mindspore: {name: functions.abs, public: true, reason: {en: It is slow., zh: 较慢。}}
  mindspore:
    - {api: mindspore.mint.abs, devices: [CPU], parameters: {input: {}}}
    - {api: mindspore.ops.abs, devices: [CPU], absent: true, parameters: {input: {}}}
    - {api: mindspore.Tensor.abs, devices: [CPU], parameters: {self: {source: input}}}

- torch: torch.sparse_thing
  unsupported: {en: There is no sparse storage; use to_dense., zh: 没有稀疏存储，请用 to_dense。}
  summary: {en: Sparse., zh: 稀疏。}
  parameters: {size: {type: tuple of int, variadic: true}, dim: {type: int, default: null, omit: true, keyword_only: true}}
  result: {en: a tuple, zh: tuple}
  returns: tuple of Tensor
"""
EXECUTED = Record({"torch": "2.13.0"}, {
    "torch.abs": {"forward": 4, "gradient": 2, "error": 1},
    "torch.Tensor.abs_": {"error": 1},
    "mindspore.mint.abs": {"forward": 3, "declared": 1},
})  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> dict[str, str]:
    """The pages of a small table, by language/name."""
    (tmp_path / "torch.yaml").write_text(ROWS, encoding="utf-8")
    examples = Examples(tmp_path, may_run=False)
    examples.first_fit = lambda places: [None] * len(places)  # type: ignore[method-assign]
    table = load(tmp_path)
    return {f"{p.parts[1]}/{p.name}": text for p, text in {**pages(table, EXECUTED, examples), **indexes(table, EXECUTED)}.items()}


TOLD = {
    "en/torch.abs.md": [
        "torch.abs(input, scale=1.0, layout=None) -> Tensor",
        "The same under these names: `torch.Tensor.abs`, `torch.absolute`, `torch.Tensor.absolute`, `torch.Tensor.absolute_`. It takes `out=`.",
        "`input` may be called `x`.",
        "## mindspore.mint.abs, mindspore.ops.abs",
        "| Parameter | scale | - | MindSpore has no such parameter |",
        "On MindSpore: hand-written (`functions.abs`). What MindSpore's own lacks: It is slow.",
        "- `mindspore.ops.abs`: not in compat.mindspore yet.",
        "| torch.abs | verified | 4 | 2 | 1 | - |",
        "| mindspore.mint.abs | differs as declared | 3 | - | - | 1 |",
        "| mindspore.ops.abs | not in compat.mindspore | - | - | - | - |",
        "| mindspore.Tensor.abs | not executed | - | - | - | - |",
        "Shown by [tests/torch_on_mindspore/test_abs.py](../../../tests/torch_on_mindspore/test_abs.py).",
    ],
    "zh/torch.abs.md": ["| torch.abs | 已验证 | 4 | 2 | 1 | - |", "- `mindspore.ops.abs`：compat.mindspore 尚无此名称。", "支持 `out=`。"],
    "en/torch.sparse_thing.md": [
        "**Not supported on MindSpore.** There is no sparse storage; use to_dense.",
        "torch.sparse_thing(*size, dim=...) -> tuple of Tensor",
        "MindSpore has no counterpart.",
        "- `torch.sparse_thing`: unsupported",
    ],
    "zh/torch.sparse_thing.md": ["**在 MindSpore 上不支持。**没有稀疏存储，请用 to_dense。"],
    "en/README.md": [
        "| [abs](torch.abs.md) | verified | mint.abs, _ops.abs_, Tensor.abs |",
        "| [sparse_thing](torch.sparse_thing.md) | unsupported | - |",
        "| [torch](#torch) | 2 | 1 | 1 | 3 | 1 |",
    ],
}


@pytest.mark.parametrize(("page", "line"), [(page, line) for page, lines in TOLD.items() for line in lines])
def test_what_a_page_tells(made: dict[str, str], page: str, line: str) -> None:
    assert line in made[page].splitlines() or line in made[page], made[page]


def test_a_form_that_pytorch_lacks_is_no_name(made: dict[str, str]) -> None:
    assert "torch.Tensor.abs_`" not in made["en/torch.abs.md"]


def test_every_row_has_a_page_of_its_own_even_where_case_is_ignored(table: Table) -> None:
    names = page_names(table)
    assert set(names) == set(table.rows)
    assert len({name.lower() for name in names.values()}) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_in_both_indexes_and_every_link_leads_to_a_page(table: Table, language: str) -> None:
    found = indexes(table, read(MAPPINGS))
    folder = PurePosixPath("docs", language, "differences")
    wanted = set(page_names(table).values())
    assert set(re.findall(r"\]\(([^#)]+)\)", found[folder / "README.md"])) == wanted
    data = _data(found[folder / "index.html"])
    assert {row[2] or f"{data['namespaces'][row[0]]}.{row[1]}.md" for row in data["rows"]} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_committed_pages_link_to_what_is_there(table: Table, language: str) -> None:
    folder = ROOT / "docs" / language / "differences"
    broken = [
        (name, link)
        for name in page_names(table).values()
        for link in re.findall(r"\]\(([^#)]+)\)", (folder / name).read_text(encoding="utf-8"))
        if not (folder / link).exists()
    ]
    assert broken == []


class _Outside(HTMLParser):
    """What a page would fetch, and which elements are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}={value}" for name, value in attrs if name in ("src", "href", "action", "srcset")]
        if tag not in ("meta", "input", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_index_is_whole_and_fetches_nothing(table: Table) -> None:
    for path, text in indexes(table, read(MAPPINGS)).items():
        if path.suffix == ".html":
            parser = _Outside()
            parser.feed(text)
            assert parser.fetched == []
            assert parser.open == []
            assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttpRequest", text.replace(_block(text), ""))
            assert len(text) < 700_000


def _block(text: str) -> str:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return found[1]


def _data(text: str) -> Any:
    return json.loads(_block(text))


FILTERS = {
    "nothing": ("", "", ""),
    "a name": ("cross_entropy", "", ""),
    "capitals": ("CrossEntropyLoss", "", ""),
    "another name": ("Tensor.absolute_", "", ""),
    "a counterpart": ("mindspore.ops.kl_div", "", ""),
    "two words": ("softmax functional", "", ""),
    "no such thing": ("no_such_thing", "", ""),
    "a namespace": ("", "torch.linalg", ""),
    "each status": ("", "", "unsupported"),
    "a status of a counterpart": ("", "torch", "not in compat.mindspore"),
}


def test_the_filter_of_the_html_index(table: Table, tmp_path: Path) -> None:
    """The page's own functions, run by node, against the same said in Python."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is needed to run the page's script")
    text = indexes(table, read(MAPPINGS))[PurePosixPath("docs/en/differences/index.html")]
    data = _data(text)
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    calls = [[words, _number(data["namespaces"], space), _number(data["statuses"], status)] for words, space, status in FILTERS.values()]
    program = f"""{script}
const data = JSON.parse(require("fs").readFileSync({json.dumps(str(tmp_path / "data.json"))}, "utf-8"));
const texts = data.rows.map(row => searched(data, row));
console.log(JSON.stringify({json.dumps(calls)}.map(call => chosen(data, texts, ...call))));
"""
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    (tmp_path / "filter.js").write_text(program, encoding="utf-8")
    done = subprocess.run([node, str(tmp_path / "filter.js")], capture_output=True, text=True, check=True, timeout=60)
    for name, shown, (words, space, status) in zip(FILTERS, json.loads(done.stdout), FILTERS.values(), strict=True):
        expected = list(_chosen(data, words, space, status))
        assert shown == expected, name
        assert any(shown) == (name != "no such thing"), name


def _number(names: list[str], name: str) -> str:
    return str(names.index(name)) if name else ""


def _chosen(data: Any, words: str, space: str, status: str) -> Iterator[bool]:
    for namespace, name, _, own, counterparts, others, summary in data["rows"]:
        text = " ".join([f"{data['namespaces'][namespace]}.{name}", others, *(f"mindspore.{c}" for c, _ in counterparts), summary]).lower()
        statuses = {data["statuses"][each] for each in (own, *(s for _, s in counterparts))}
        fits = all(word in text for word in words.lower().split())
        yield fits and (not space or data["namespaces"][namespace] == space) and (not status or status in statuses)


def test_no_text_of_the_table_ends_the_script(tmp_path: Path) -> None:
    hostile = "</script><script>evil()</script>"
    (tmp_path / "torch.yaml").write_text(ROWS.replace("Magnitude.", hostile), encoding="utf-8")
    text = indexes(load(tmp_path), EXECUTED)[PurePosixPath("docs/en/differences/index.html")]
    assert hostile not in text
    assert _data(text)["rows"][0][-1] == hostile
