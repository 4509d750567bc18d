"""How the arguments of one API become those of its counterpart: the plan that each direction derives from a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compat.table.checks import origin_of
from compat.table.converters import CONVERTERS
from compat.table.model import Counterpart, Row
from compat.table.parameters import Added, Constant, Converted, Deprecated, MindSporeParameter, Part, Passed, TorchParameter


@dataclass(frozen=True)
class Filled:
    """One parameter of the target and where its value comes from.

    `source` is the imitated API's parameter; None with `constant` for a fixed value. `convert` names a function of
    compat/conversions.py; `index` picks an element of a tuple; `parts` are the parameters that together make the tuple.
    """

    target: str
    source: str | None
    keyword: bool
    convert: str | None = None
    index: int | None = None
    constant: Any = None
    parts: tuple[str, ...] = ()


def to_mindspore(counterpart: Counterpart) -> list[Filled]:
    """The parameters of a MindSpore function, filled from PyTorch's; what PyTorch has nothing for keeps its default."""
    filled = []
    positional = True
    for name, parameter in counterpart.parameters.items():
        if isinstance(parameter, Added):
            positional = False
            continue
        keyword = parameter.keyword_only or not positional
        if isinstance(parameter, Constant):
            filled.append(Filled(name, None, keyword, constant=parameter.value))
            continue
        convert = CONVERTERS[parameter.by].forward if isinstance(parameter, Converted) else None
        index = parameter.index if isinstance(parameter, Part) else None
        filled.append(Filled(name, origin_of(name, parameter), keyword, convert, index))
    return filled


def to_torch(counterpart: Counterpart, row: Row) -> list[Filled]:
    """The parameters of the row's PyTorch function, filled from MindSpore's names; constructor and call alike."""
    sources: dict[str, tuple[str, MindSporeParameter]] = {}
    parts: dict[str, list[tuple[int, str]]] = {}
    for slot, target in mindspore_slots(row, counterpart):
        if target is not None:
            sources[target] = slot.name, slot.parameter
        if isinstance(slot.parameter, Part):
            parts.setdefault(str(target), []).append((slot.parameter.index, slot.name))
    filled = []
    for target, own in torch_slots(row).items():
        if target not in sources or isinstance(own.parameter, Deprecated):
            continue
        source, given = sources[target]
        convert = CONVERTERS[given.by].inverse if isinstance(given, Converted) else None
        keyword = not own.parameter.required or own.parameter.keyword_only
        together = tuple(part for _, part in sorted(parts.get(target, [])))
        filled.append(Filled(target, source, keyword, convert, parts=together))
    return filled


@dataclass(frozen=True)
class Slot:
    """A parameter at its place: in `parameters` (a class: the constructor) or in `call`."""

    section: str
    name: str
    parameter: Any


def torch_slots(row: Row) -> dict[str, Slot]:
    """Every PyTorch parameter of the row, the call's first, by the name of the function's parameter that it fills.

    The function's name tells apart what a class may call alike: PoissonNLLLoss has `log_input` in constructor and call.
    """
    slots = [Slot(section, name, p) for section in ("call", "parameters") for name, p in getattr(row, section).items()]
    return {_target(slot): slot for slot in slots}


def _target(slot: Slot) -> str:
    return getattr(slot.parameter, "to", None) or slot.name


def mindspore_slots(row: Row, counterpart: Counterpart) -> list[tuple[Slot, str | None]]:
    """Every MindSpore parameter, with the name of the function's parameter that it receives (None: PyTorch has nothing for it)."""
    found = []
    for section in ("call", "parameters"):
        for name, parameter in getattr(counterpart, section).items():
            source = origin_of(name, parameter)
            found.append((Slot(section, name, parameter), None if source is None else _seen_from(row, section, source)))
    return found


def _seen_from(row: Row, section: str, source: str) -> str:
    """The function's name of PyTorch's parameter `source`: the one of the same section, unless it was moved to the other."""
    for own in (section, "parameters", "call"):
        parameter = getattr(row, own).get(source)
        if parameter is not None:
            return _target(Slot(own, source, parameter))
    return source


def unreached(row: Row, counterpart: Counterpart) -> dict[str, TorchParameter]:
    """PyTorch's parameters that a counterpart has no place for, and that a caller could set."""
    reached = {target for _, target in mindspore_slots(row, counterpart)}
    return {
        slot.name: slot.parameter
        for target, slot in torch_slots(row).items()
        if isinstance(slot.parameter, Passed) and target not in reached
    }


def is_inherited(row: Row, counterpart: Counterpart) -> bool:
    """Whether PyTorch's own method of that name takes the same arguments, so that our Tensor has it from its base."""
    name = counterpart.api.rpartition(".")[2]
    ours = f"torch.Tensor.{name}" if row.kind == "function" else row.torch
    if ours not in row.names() or not ours.endswith(f".{name}") or any(p.type == "dtype" for p in row.parameters.values()):
        return False
    pairs = list(zip(row.parameters.items(), counterpart.parameters.items(), strict=False))
    if len(pairs) < len(counterpart.parameters):
        return False
    alike = (
        not mine.by_place and theirs.default == mine.default and theirs.keyword_only == mine.keyword_only and not theirs.older
        and origin_of(other, theirs) == own and (own == other or other == "self") and not isinstance(theirs, Converted)
        for (own, mine), (other, theirs) in pairs
    )  # fmt: skip
    return all(alike)


# Parameters of PyTorch's layers that hold weights, or are given layers that do.
OF_WEIGHTS = frozenset({"device", "encoder_layer", "decoder_layer"})


def is_stateless(row: Row) -> bool:
    """Whether it is a layer of torch.nn without weights."""
    return row.kind == "class" and row.torch.startswith("torch.nn.") and not OF_WEIGHTS & row.parameters.keys()
