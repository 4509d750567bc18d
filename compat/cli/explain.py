"""Show the differences of one API: its counterparts, what becomes of each parameter, and how it runs in either direction."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from compat.errors import UsageError
from compat.table.differences import differences
from compat.table.load import MAPPINGS, load, rows_of
from compat.table.model import Counterpart, Row, Table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("api", help="a PyTorch or MindSpore name, such as torch.nn.CrossEntropyLoss")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language (default: en)")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    rows = [table.rows[parsed.api]] if parsed.api in table.rows else list(rows_of(table, parsed.api))
    if not rows and parsed.api in table.exports:
        print(f"{parsed.api}\n  hand-written as a whole ({table.exports[parsed.api].name}); the table has no row for it yet")
        return 0
    if not rows:
        raise UsageError(_unknown(parsed.api, table))
    print("\n\n".join(explained(row, parsed.lang) for row in rows))
    return 0


def explained(row: Row, language: str) -> str:
    """The text of one row."""
    parts = [row.torch, f"  {getattr(row.summary, language)}"]
    if row.on_mindspore:
        parts.append(f"  on MindSpore: hand-written, {row.on_mindspore.name}: {getattr(row.on_mindspore.why, language)}")
    elif row.function:
        parts.append(f"  on MindSpore: through {row.function}")
    for counterpart in row.mindspore:
        parts += ["", *_counterpart(row, counterpart, language)]
    if row.differences or row.notes:
        parts += ["", "  differences that stay:"]
        parts += [f"    {getattr(note, language)}" for note in row.notes]
        parts += [f"    {d.imitated} API, {d.kind}: {getattr(d, language)}" for d in row.differences]
    return "\n".join(parts)


def _counterpart(row: Row, counterpart: Counterpart, language: str) -> list[str]:
    lines = [f"  {counterpart.api}  ({', '.join(counterpart.devices)})"]
    if counterpart.about:
        lines.append(f"    {getattr(counterpart.about, language)}")
    if counterpart.on_torch:
        lines.append(f"    on PyTorch: hand-written, {counterpart.on_torch.name}: {getattr(counterpart.on_torch.why, language)}")
    table = [(d.torch or "-", d.mindspore or "-", getattr(d.text, language)) for d in differences(row, counterpart)]
    widths = [max(len(line[column]) for line in table) for column in (0, 1)]
    return lines + [f"    {ours:<{widths[0]}}  {theirs:<{widths[1]}}  {text}" for ours, theirs, text in table]


def _unknown(api: str, table: Table) -> str:
    names = [*table.rows, *(counterpart.api for row in table.rows.values() for counterpart in row.mindspore)]
    near = difflib.get_close_matches(api, names, 3, 0.6)
    return f"{api}: not in the table" + (f"; did you mean {', '.join(near)}?" if near else "")
