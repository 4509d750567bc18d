"""What was executed: calls of MindSpore, written as the porter writes them, that gave PyTorch's values and gradients.

The record is `native.json` beside the table, made by `compat parity --native`. A call in a source is rewritten only where it says yes:
every argument that the call passes was passed in a call that agreed, and no call that disagreed could be this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct

from compat.port.binding import Bound
from compat.table.model import Row

FILE = "native.json"
Status = Literal["agrees", "differs", "raises"]


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One executed call. `given` are its arguments that are no tensors; `special` says what is unusual about its tensors: "empty", "0-d",
    "nan", a dtype. `detail` is where it parted."""

    fixture: str
    status: Status
    given: dict[str, Any] = {}
    special: str = ""
    detail: str = ""


Record = dict[str, dict[str, list[Shown]]]


@dataclass(frozen=True)
class Evidence:
    """By PyTorch's name as it is called, and by counterpart: what was executed."""

    record: Mapping[str, Mapping[str, list[Shown]]]

    def against(self, api: str, counterpart: str, row: Row, arguments: Bound) -> str:
        """Why a call with these arguments may not become one of the counterpart; empty if it may."""
        shown = self.record.get(api, {}).get(counterpart)
        if not shown:
            return f"{counterpart} was not executed in its place"
        agreed = [one for one in shown if one.status == "agrees" and not one.special]
        if not agreed:
            return f"{counterpart} gave something else ({shown[0].detail or shown[0].status})"
        values = {name: argument.literal for name, argument in arguments.names.items()}
        for name, value in values.items():
            if not any(_covers(one, name, value) for one in agreed) and not _same(value, row.parameters[name].default):
                return f"{counterpart} was not executed with this {name}"
        for one in shown:
            if one.status == "agrees" or (one.special and one.status == "raises"):
                continue
            if all(_may_be(value, values, name, row) for name, value in one.given.items()):
                return f"{counterpart} {one.status} in the call {one.fixture}" + (f": {one.detail}" if one.detail else "")
        return ""


def _covers(shown: Shown, name: str, value: Any) -> bool:
    """Whether a call passed the argument, and where it chooses between meanings, with the same value."""
    if name not in shown.given:
        return False
    return _same(shown.given[name], value) if isinstance(value, str | bool) else True


def _may_be(shown: Any, values: Mapping[str, Any], name: str, row: Row) -> bool:
    """Whether a call in the source may pass what an executed one passed."""
    if name in values:
        return values[name] is UNSET or _same(values[name], shown)
    parameter = row.parameters.get(name)
    return parameter is not None and _same(parameter.default, shown)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return list(one) == list(other)
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other)


def read(table: Path) -> Evidence:
    """The record beside a table; an empty one where there is none."""
    file = table / FILE
    return Evidence(msgspec.json.decode(file.read_bytes(), type=Record) if file.is_file() else {})
