"""Rows → what compat.native knows of MindSpore's layers: their names, parameters and weights, by PyTorch's names."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from compat.generate.packages import GENERATED
from compat.table.converters import CONVERTERS
from compat.table.model import Counterpart, Row, Table
from compat.table.parameters import Added, Converted, Part
from compat.table.routes import mindspore_slots, torch_slots

PATH = PurePosixPath("compat/native/_layers.py")
HOMES = ("mindspore.nn", "mindspore.mint.nn")


def native_layers(table: Table) -> dict[PurePosixPath, str]:
    """The path of the one file, and its unformatted source."""
    entries = {
        counterpart.api: _entry(row, counterpart, table)
        for row in table.rows.values()
        for counterpart in row.mindspore
        if row.kind == "class" and counterpart.api.rpartition(".")[0] in HOMES
    }
    lines = [f"    {api!r}: {entry}," for api, entry in sorted(entries.items())]
    head = [
        f'"""The layers of MindSpore that have a counterpart in torch.nn. {GENERATED}"""',
        "from __future__ import annotations",
        "from compat.native.layer import Layer",
    ]
    return {PATH: "\n".join([*head, "LAYERS: dict[str, Layer] = {", *lines, "}", ""])}


def _entry(row: Row, counterpart: Counterpart, table: Table) -> str:
    """The call of `Layer`; what is left at its default is left out."""
    torch = torch_slots(row)
    fields: dict[str, Any] = {
        "constructor": {},
        "call": {},
        "held": {},
        "added": (),
        "weights": _weights(row.torch, counterpart.api, table),
    }
    for slot, target in mindspore_slots(row, counterpart):
        own = None if target is None else torch[target]
        if own is None or isinstance(slot.parameter, Part):
            if isinstance(slot.parameter, Added) and slot.section == "parameters":
                fields["added"] += (slot.name,)
        elif own.section == slot.section == "parameters":
            convert = CONVERTERS[slot.parameter.by].inverse if isinstance(slot.parameter, Converted) else None
            fields["constructor"][own.name] = (slot.name, convert)
        elif own.section == slot.section:
            fields["call"][own.name] = slot.name
        elif slot.section == "call":
            fields["held"][own.name] = slot.name
    fields["call"] = {name: fields["call"][name] for name in row.call if name in fields["call"]}  # by place they come in PyTorch's order
    given = "".join(f", {name}={value!r}" for name, value in fields.items() if value)
    return f"Layer({row.torch!r}{given})"


def _weights(torch: str, api: str, table: Table) -> dict[str, tuple[str, str]]:
    """What MindSpore calls, or lays out, otherwise, of all entries about the two."""
    entries = [entry for entry in table.weights.values() if torch in entry.torch and api in entry.mindspore]
    named = {name: (weight.to, weight.layout) for entry in entries for name, weight in entry.parameters.items() if weight.to is not None}
    return {name: place for name, place in named.items() if place != (name, "same")}
