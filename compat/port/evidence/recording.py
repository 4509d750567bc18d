"""What was executed → the record of it, and a record → what of it is another or is made no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from compat.port.evidence.record import FILES, Record, Shown

Known = Mapping[str, Mapping[str, list[Shown]]]


def gathered(found: Iterable[tuple[str, str, Shown]]) -> Record:
    """The record of calls, each with its row and its target: in their order, without those that say what an earlier one says.

    What agrees for unusual tensors is no permission, and not kept.
    """
    record: dict[str, dict[str, dict[Any, Shown]]] = {}
    for row, target, shown in found:
        if not (shown.status == "agrees" and shown.special):
            kept = record.setdefault(row, {}).setdefault(target, {})
            kept.setdefault(msgspec.json.encode((shown.status, shown.special, shown.given)), shown)
    return {row: {target: list(kept.values()) for target, kept in record[row].items()} for row in sorted(record)}


def changed(known: Known, found: Known, row: str) -> bool:
    """Whether something else is found of a row than is known. Where a call parts may change: some results are what was in the memory."""
    return _statements(known.get(row, {})) != _statements(found.get(row, {}))


def _statements(shown: Mapping[str, Sequence[Shown]]) -> dict[str, list[bytes]]:
    return {api: [msgspec.json.encode(msgspec.structs.replace(one, detail="")) for one in entries] for api, entries in shown.items()}


def gone(record: Known, target: str, is_there: Callable[[str, str, str], bool]) -> list[str]:
    """A line for each entry of the record that speaks of a call which is made no more; `is_there` says it of a row, a target and a fixture."""
    option = "" if target == "mindspore" else f"--to {target} "
    return [
        f"{FILES[target]}: {row}: {api} has no call {shown.fixture} any more: compat evidence {option}--accept {row}"
        for row, by_api in record.items()
        for api, entries in by_api.items()
        for shown in entries
        if not is_there(row, api, shown.fixture)
    ]
