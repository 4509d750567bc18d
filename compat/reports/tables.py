"""A table that a reader can search, filter and sort: its columns and lines as data, which `assets/table.js` draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from compat.reports.data import Strings, rounded

Kind = Literal["text", "link", "tags", "status", "number", "deviation", "share"]


@dataclass(frozen=True)
class Column:
    """One column. What a line holds there is, by `kind`:

    - `text`: a str. `link`: the same, and the line's page opens from it (`Table.opens`).
    - `tags`: a tuple of str, each shown. `status`: the same; the first, what the line amounts to, is shown, and each of the worst tone.
    - `number`: an int or float, or None. `deviation`: the same, shown as 1.2e-7.
    - `share`: (part, whole), shown as "3/4" and sorted by what is lacking; None where the whole is nothing.

    `filter` is the label of a choice among the values that occur, none where it is empty; `order` puts these values in an order other
    than the alphabet's. `searched` columns are those that the text field looks into. One that is not `shown` is for filters alone.
    """

    key: str
    title: str
    kind: Kind = "text"
    filter: str = ""
    order: tuple[str, ...] = ()
    searched: bool = False
    shown: bool = True
    names: dict[str, str] = field(default_factory=dict)  # value → what the reader sees instead


@dataclass(frozen=True)
class Table:
    """Lines of values, in the order of `columns`. `opens` is (view, key of the column that names what it shows), see `page.Page`.

    The filters stand in the address behind `#`, under the keys of their columns and `text` and `sort`, each after `prefix`: give one to
    every table but the first of a page.
    """

    columns: tuple[Column, ...]
    lines: Sequence[Sequence[Any]]
    caption: str
    search: str = "Filter by name"
    opens: tuple[str, str] | None = None
    prefix: str = ""
    empty: str = "Nothing to show."


def packed(table: Table) -> dict[str, Any]:
    """The table as data for the page: a column at a time, texts by their place in a list of those that occur."""
    columns = [_column(column, [line[place] for line in table.lines]) for place, column in enumerate(table.columns)]
    return {"size": len(table.lines), "columns": columns, "opens": table.opens, "prefix": table.prefix, "empty": table.empty}


def _column(column: Column, values: list[Any]) -> dict[str, Any]:
    strings = Strings()
    read: dict[str, Callable[[Any], Any]] = {
        "text": strings.at, "link": strings.at, "number": _number, "deviation": _number, "share": lambda value: value,
        "tags": lambda value: [strings.at(each) for each in value], "status": lambda value: [strings.at(each) for each in value],
    }  # fmt: skip
    packed_values = [read[column.kind](value) for value in values]
    return {
        "key": column.key, "title": column.title, "kind": column.kind, "filter": column.filter, "order": column.order,
        "searched": column.searched, "shown": column.shown, "names": column.names, "strings": strings.texts, "values": packed_values,
    }  # fmt: skip


def _number(value: float | None) -> float | int | None:
    return None if value is None else rounded(value)
