"""Show the differences of one API: its other names and forms, its counterparts, what becomes of each parameter, how it runs, what was executed."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping
from pathlib import Path

from compat.errors import UsageError
from compat.generate.packages import ROOMS, listed
from compat.parity import record, status
from compat.parity.record import Record
from compat.parity.status import Claim
from compat.table.differences import differences
from compat.table.load import MAPPINGS, load
from compat.table.model import Counterpart, Row, Table
from compat.table.parameters import Text

WORDS: Mapping[str, Text] = {
    "alike": Text(en="also", zh="其他名称"),
    "unsupported": Text(en="not supported on MindSpore", zh="在 MindSpore 上不支持"),
    "by hand": Text(en="on MindSpore: hand-written", zh="在 MindSpore 上：手写实现"),
    "through": Text(en="on MindSpore: through", zh="在 MindSpore 上：通过"),
    "by hand on torch": Text(en="on PyTorch: hand-written", zh="在 PyTorch 上：手写实现"),
    "spelt": Text(en="may also be called", zh="也可写作"),
    "tests": Text(en="shown by", zh="由测试验证"),
    "stay": Text(en="differences that stay", zh="仍存在的差异"),
    "torch": Text(en="PyTorch API on MindSpore", zh="在 MindSpore 上运行 PyTorch API"),
    "mindspore": Text(en="MindSpore API on PyTorch", zh="在 PyTorch 上运行 MindSpore API"),
    "forward": Text(en="values", zh="数值"),
    "gradient": Text(en="gradients", zh="梯度"),
    "error": Text(en="errors", zh="异常"),
    "cases": Text(en="cases that agree", zh="一致的用例"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "api", help="any PyTorch or MindSpore name, such as torch.nn.CrossEntropyLoss, torch.Tensor.add_ or mindspore.ops.pow"
    )
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language (default: en)")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    rows = rows_called(table, parsed.api)
    if not rows and (known_as := without_row(table, parsed.api)):
        print(f"{parsed.api}\n  {known_as}")
        return 0
    if not rows:
        raise UsageError(_unknown(parsed.api, table))
    known = record.read(parsed.table)
    print("\n\n".join(explained(row, known, parsed.lang) for row in rows))
    return 0


def without_row(table: Table, api: str) -> str | None:
    """What is known of a name that no row stands for: a primitive's function, or where it is written by hand."""
    if api in table.primitives:
        primitive = table.primitives[api]
        given = f"{primitive.function}, with its constructor's arguments as the function's"
        return f"an operator with a constructor: {api.rpartition('.')[2]}({', '.join(primitive.parameters)})({', '.join(primitive.call)}) is {given}"
    if api in table.exports:
        if table.exports[api].like:
            return f"the same as {table.exports[api].like}"
        return f"hand-written as a whole ({table.exports[api].name}); the table has no row for it yet"
    parent, _, name = api.rpartition(".")
    for export in table.exports.values():
        if export.api == f"{parent}.*":
            if export.name is None:
                return f"the same as {export.like}.{name}"
            if name in listed(f"{ROOMS[api.partition('.')[0]]}.{export.name.removesuffix('.*')}"):
                return f"hand-written as a whole ({export.name.removesuffix('*')}{name}); the table has no row for it yet"
    return None


def rows_called(table: Table, name: str) -> list[Row]:
    """The rows that a public name belongs to: the API's own name, another name or form of it, or that of a counterpart."""
    if name in table.rows:
        return [table.rows[name]]
    return [row for row in table.rows.values() if name in row.names() or any(c.api == name for c in row.mindspore)]


def explained(row: Row, known: Record, language: str) -> str:
    """The text of one row."""

    def word(key: str) -> str:
        return str(getattr(WORDS[key], language))

    parts = [row.torch, f"  {getattr(row.summary, language)}"]
    others = [name for name in row.names() if name != row.torch] + ["out="] * ("out" in row.forms)
    if others:
        parts.append(f"  {word('alike')}: {', '.join(others)}")
    parts += [f"  {name} {word('spelt')} {other}" for name, other in row.spellings.items()]
    if row.refusal:
        parts.append(f"  {word('unsupported')}: {getattr(row.refusal, language)}")
    elif row.on_mindspore:
        parts.append(f"  {word('by hand')}, {row.on_mindspore.name}: {getattr(row.on_mindspore.why, language)}")
    elif row.function:
        parts.append(f"  {word('through')} {row.function}")
    parts.append(f"  {_claimed(status.of_torch(row, known)[0], language)}")
    if row.tests:
        parts.append(f"  {word('tests')}: {', '.join(row.tests)}")
    for counterpart, claim in zip(row.mindspore, status.of_mindspore(row, known), strict=True):
        parts += ["", *_counterpart(row, counterpart, claim, language)]
    if row.differences or row.notes:
        parts += ["", f"  {word('stay')}:"]
        parts += [f"    {getattr(note, language)}" for note in row.notes]
        parts += [f"    {word(d.imitated)}, {d.kind}: {getattr(d, language)}" for d in row.differences]
    return "\n".join(parts)


def _claimed(claim: Claim, language: str) -> str:
    """The status of a name, and how many cases it rests on."""
    text = str(getattr(status.MEANING[claim.status], language))
    counts = [f"{getattr(WORDS[check], language)} {claim.counts[check]}" for check in record.CHECKS if claim.counts.get(check)]
    return f"{text} ({getattr(WORDS['cases'], language)}: {', '.join(counts)})" if counts else text


def _counterpart(row: Row, counterpart: Counterpart, claim: Claim, language: str) -> list[str]:
    lines = [f"  {counterpart.api}  ({', '.join(counterpart.devices)})  {_claimed(claim, language)}"]
    if counterpart.about:
        lines.append(f"    {getattr(counterpart.about, language)}")
    if counterpart.on_torch:
        hand = getattr(WORDS["by hand on torch"], language)
        lines.append(f"    {hand}, {counterpart.on_torch.name}: {getattr(counterpart.on_torch.why, language)}")
    table = [(d.torch or "-", d.mindspore or "-", getattr(d.text, language)) for d in differences(row, counterpart)]
    widths = [max((len(line[column]) for line in table), default=0) for column in (0, 1)]
    return lines + [f"    {ours:<{widths[0]}}  {theirs:<{widths[1]}}  {text}" for ours, theirs, text in table]


def _unknown(api: str, table: Table) -> str:
    names = {name for row in table.rows.values() for name in (*row.names(), *(c.api for c in row.mindspore))}
    near = difflib.get_close_matches(api, sorted(names), 3, 0.6)
    return f"{api}: not in the table" + (f"; did you mean {', '.join(near)}?" if near else "")
