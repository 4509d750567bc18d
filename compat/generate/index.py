"""The two indexes of the pages in each language: Markdown by namespace, and one self-contained HTML page to search and filter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from compat.generate.pages import LANGUAGES, environment, page_names, tidied
from compat.parity import status
from compat.parity.record import Record
from compat.parity.status import Claim
from compat.table.model import Row, Table
from compat.table.parameters import Text

NAMESPACES = ("torch", "torch.Tensor", "torch.nn", "torch.nn.functional")  # come first, the others after them by name
WORDS: Mapping[str, Text] = {
    "title": Text(en="PyTorch and MindSpore, API by API", zh="PyTorch 与 MindSpore 逐个 API 的差异"),
    "search": Text(en="Search: cross_entropy, mint.sum, 取最大值", zh="搜索：cross_entropy、mint.sum、最大值"),
    "namespaces": Text(en="every namespace", zh="所有命名空间"),
    "statuses": Text(en="every status", zh="所有状态"),
    "found": Text(en="APIs", zh="个 API"),
    "legend": Text(en="What a status says", zh="状态说明"),
    "noscript": Text(en="Without JavaScript: README.md is the same list.", zh="未启用 JavaScript 时请查看 README.md 中的同一列表。"),
}


@dataclass(frozen=True)
class Entry:
    """One row of the index."""

    row: Row
    namespace: str
    page: str
    torch: Claim
    mindspore: list[Claim]

    @property
    def name(self) -> str:
        """The API without its namespace."""
        return self.row.torch[len(self.namespace) + 1 :]


def indexes(table: Table, record: Record) -> dict[PurePosixPath, str]:
    """Path → text of README.md and index.html of both languages."""
    made = environment()
    listed = entries(table, record)
    rows = {entry.torch.status for entry in listed}
    others = {claim.status for entry in listed for claim in entry.mindspore}
    found = {}
    for language in LANGUAGES:
        folder = PurePosixPath("docs", language, "differences")
        content = {"namespaces": namespaces(listed), "meaning": status.MEANING, "explained": status.EXPLAINED, "language": language,
                   "words": WORDS, "statuses": status.STATUSES, "data": _script_data(_data(listed, language)),
                   "total": len(listed),
                   "of_rows": [s for s in status.STATUSES if s in rows], "occurring": [s for s in status.STATUSES if s in rows | others],
                   "versions": record.versions}  # fmt: skip
        found[folder / "README.md"] = tidied(made.get_template(f"index.{language}.md.j2").render(content))
        found[folder / "index.html"] = made.get_template("index.html.j2").render(content)
    return found


def entries(table: Table, record: Record) -> list[Entry]:
    """Every row, by namespace and then by name."""
    names = page_names(table)
    found = [Entry(row, table.file_of(api).removesuffix(".yaml"), names[api], status.of_torch(row, record)[0],
                   list(status.of_mindspore(row, record))) for api, row in table.rows.items()]  # fmt: skip
    return sorted(found, key=lambda e: (_place(e.namespace), e.row.torch.lower(), e.row.torch))


def _place(namespace: str) -> tuple[int, str]:
    return (NAMESPACES.index(namespace) if namespace in NAMESPACES else len(NAMESPACES), namespace)


def namespaces(listed: list[Entry]) -> dict[str, dict[str, Any]]:
    """Namespace → its entries, and how many of them have each status."""
    found: dict[str, dict[str, Any]] = {}
    for entry in listed:
        found.setdefault(entry.namespace, {"entries": []})["entries"].append(entry)
    for each in found.values():
        each["count"] = Counter(entry.torch.status for entry in each["entries"])
        each["counterparts"] = Counter(claim.status for entry in each["entries"] for claim in entry.mindspore)
    return found


def _data(listed: list[Entry], language: str) -> dict[str, Any]:
    """What the page's script reads. A row: namespace, name, page unless it is the API's, status, counterparts, other names, summary.

    Namespaces and statuses are numbers there, a counterpart is its name without `mindspore.` and its status.
    """
    spaces = list(namespaces(listed))
    rows = []
    for entry in listed:
        row = entry.row
        counterparts = [[claim.api.removeprefix("mindspore."), status.STATUSES.index(claim.status)] for claim in entry.mindspore]
        others = " ".join(name.removeprefix("torch.") for name in row.names() if name != row.torch)
        page = "" if entry.page == f"{row.torch}.md" else entry.page
        rows.append([spaces.index(entry.namespace), entry.name, page, status.STATUSES.index(entry.torch.status), counterparts, others,
                     getattr(row.summary, language)])  # fmt: skip
    return {"namespaces": spaces, "statuses": [getattr(status.MEANING[each], language) for each in status.STATUSES], "rows": rows}


def _script_data(data: Any) -> str:
    """JSON as it may stand inside a script element: no text of the table ends the element."""
    lines = [f"  {json.dumps(row, ensure_ascii=False, separators=(',', ':'))}" for row in data["rows"]]
    head = json.dumps({"namespaces": data["namespaces"], "statuses": data["statuses"]}, ensure_ascii=False)[:-1]
    text = head + ', "rows": [\n' + ",\n".join(lines) + "\n]}"
    return text.replace("<", "\\u003c").replace("&", "\\u0026")
