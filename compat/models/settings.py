"""How two modules are configured, by the table's names: what one has that the other has not, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compat.models.classes import base_of, rows
from compat.models.windows import pads_of
from compat.table.parameters import Constant
from compat.table.routes import mindspore_slots

# What a module does not compute with.
IGNORED = {
    "device",
    "dtype",
    "inplace",
    "in_place",
    "padding",
    "pad_mode",
    "track_running_stats",
    "sparse",
    "_weight",
    "_freeze",
    "return_indices",
}
# MindSpore's cells keep some arguments in the operator that they call: parameter → attributes of it.
INSIDE = {"axis": ("axis",), "alpha": ("alpha",), "output_size": ("output_size",), "ceil_mode": ("ceil_mode",), "lambd": ("lambd",)}
# What a cell does where it keeps no such argument: MindSpore's pooling has an operator that rounds up only where it was asked to.
UNKEPT = {
    ("MaxPool2d", "ceil_mode"): False,
    ("MaxPool1d", "ceil_mode"): False,
    ("AvgPool2d", "ceil_mode"): False,
    ("AvgPool1d", "ceil_mode"): False,
}
# MindSpore's parameters that are PyTorch's in meaning, where the rows leave the conversion to a hand-written class.
MEANT = {
    ("LeakyReLU", "alpha"): "negative_slope", ("ELU", "alpha"): "alpha", ("CELU", "alpha"): "alpha", ("Softmax", "axis"): "dim",
    ("LogSoftmax", "axis"): "dim", ("HShrink", "lambd"): "lambd", ("SoftShrink", "lambd"): "lambd", ("Dropout", "p"): "p",
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """A parameter, by PyTorch's name, that the two modules have set differently; `text` says it with the names of both."""

    name: str
    first: Any
    second: Any
    text: str


def differing(first: Any, second: Any, families: tuple[str, str], size: Sequence[int] = ()) -> tuple[Setting, ...]:
    """The settings in which two modules differ; `families` are their APIs, `size` the shape of what they are given.

    Classes that are no counterparts by the table have no settings in common.
    """
    if families[0] == families[1]:
        return _of_one_api(first, second, families[0], size)
    swapped = families[0] == "mindspore"
    torch_module, cell = (second, first) if swapped else (first, second)
    found = []
    for name, other, ours, theirs in _shared(torch_module, cell):
        if _unequal(ours, theirs):
            one, two = ((other, theirs), (name, ours)) if swapped else ((name, ours), (other, theirs))
            found.append(Setting(name, one[1], two[1], _said(name, one, two)))
    return (*found, *_padding(first, second, families, size))


def _said(name: str, one: tuple[str, Any], two: tuple[str, Any]) -> str:
    if name == "momentum":
        aside = f" (by MindSpore's convention {_shown(1 - one[1])} against {_shown(1 - two[1])})"
    else:
        aside = "" if one[0] == two[0] == name else f" ({one[0]} and {two[0]})"
    return f"{name} {_shown(one[1])} against {_shown(two[1])}{aside}"


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) and len(repr(value)) > 8 else repr(value)


def _shared(module: Any, cell: Any) -> list[tuple[str, str, Any, Any]]:
    """PyTorch's name of a parameter, MindSpore's, and both values, where both can be read; MindSpore's in PyTorch's terms."""
    kind, other = base_of(type(module)), base_of(type(cell))
    for row, counterpart in rows():
        if (
            row.torch.rpartition(".")[2] == kind
            and counterpart.api.rpartition(".")[2] == other
            and ((".mint." in counterpart.api) == (".mint." in type(cell).__module__))
        ):
            break
    else:
        return []
    names = {slot.name: source for slot, source in mindspore_slots(row, counterpart) if source and not isinstance(slot.parameter, Constant)}
    names |= {theirs: ours for (cell_kind, theirs), ours in MEANT.items() if cell_kind == other}
    found = []
    for theirs, ours in names.items():
        if ours in IGNORED or theirs in IGNORED or theirs not in counterpart.parameters:
            continue
        values = _read(module, ours), _read(cell, theirs)
        if values[1] is None:
            values = values[0], UNKEPT.get((other, theirs))
        if None not in values:
            value = values[1]
            if kind.endswith("1d") and isinstance(value, tuple):  # MindSpore's have a height of 1
                value = value[-1]
            # Both kinds of cell keep the share of the new, as PyTorch does; their argument is that of the old.
            value = round(value, 12) if isinstance(value, float) else value
            found.append((ours, theirs, values[0], value))
    return found


def _read(module: Any, name: str) -> Any:
    """An argument of a module, from its attribute or the operator inside it; None where it can't be read."""
    for holder in (module, *_primitives(module)):
        for attribute in (name, *INSIDE.get(name, ())):
            value = getattr(holder, "__dict__", {}).get(attribute)
            if value is None and holder is not module:
                value = (getattr(holder, "attrs", None) or {}).get(attribute)
            if value is not None and not callable(value):
                return _plain(value)
    if name in ("bias", "has_bias"):
        return _has_bias(module)
    return None


def _has_bias(module: Any) -> bool | None:
    held = getattr(module, "has_bias", None)
    if isinstance(held, bool):
        return held
    return None if not hasattr(module, "bias") else getattr(module, "bias", None) is not None


def _primitives(module: Any) -> list[Any]:
    values = [*vars(module).values(), *(getattr(module, "_primitives", None) or {}).values()]
    return [value for value in values if hasattr(value, "init_attrs")]


def _plain(value: Any) -> Any:
    """One number for a tuple of equal ones."""
    if isinstance(value, (tuple, list)):
        value = tuple(value)
        return value[0] if value and len(set(value)) == 1 and isinstance(value[0], (int, float)) else value
    return value if isinstance(value, (bool, int, float, str)) else None


def _unequal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) or isinstance(theirs, float):
        try:
            return not math.isclose(ours, theirs, rel_tol=1e-6)
        except TypeError:
            return bool(ours != theirs)
    return bool(ours != theirs) and {ours, theirs} not in ({"none", False}, {"tanh", True})


def _padding(first: Any, second: Any, families: tuple[str, str], size: Sequence[int]) -> list[Setting]:
    """What the two add around their input, counted; not how they are told to."""
    pads = [pads_of(module, family, size) for module, family in zip((first, second), families, strict=True)]
    if None in pads or pads[0] == pads[1]:
        return []
    told = [_told(module) for module in (first, second)]
    counted = [", ".join(f"{before}+{after}" for before, after in each or ()) for each in pads]
    return [
        Setting(
            "padding",
            pads[0],
            pads[1],
            f"{told[0]} against {told[1]}: here it adds {counted[0]} (before + after, by axis) against {counted[1]}",
        )
    ]


def _told(module: Any) -> str:
    mode = getattr(module, "pad_mode", None)
    padding = _plain(getattr(module, "padding", 0))
    return (
        f"padding={padding!r}"
        if mode is None
        else f"pad_mode={str(mode).lower()!r}" + (f", padding={padding!r}" if str(mode).lower() == "pad" else "")
    )


def _of_one_api(first: Any, second: Any, family: str, size: Sequence[int]) -> tuple[Setting, ...]:
    """Two modules of one API: each argument that the table names and both keep under its own name."""
    kind = base_of(type(first))
    if not kind or kind != base_of(type(second)):
        return ()
    names: Mapping[str, None] = dict.fromkeys(
        name
        for row, counterpart in rows()
        if (row.torch if family == "torch" else counterpart.api).rpartition(".")[2] == kind
        for name in (row.parameters if family == "torch" else counterpart.parameters)
        if name not in IGNORED
    )
    found = []
    for name in names:
        one, two = _read(first, name), _read(second, name)
        if None not in (one, two) and _unequal(one, two):
            found.append(Setting(name, one, two, f"{name} {_shown(one)} against {_shown(two)}"))
    return (*found, *_padding(first, second, (family, family), size))
