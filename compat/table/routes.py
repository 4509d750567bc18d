"""How the arguments of one API become those of its counterpart: the plan that each direction derives from a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compat.table.checks import origin_of
from compat.table.converters import CONVERTERS
from compat.table.model import Added, Constant, Converted, Counterpart, Deprecated, MindSporeParameter, Part, Passed, Row, TorchParameter


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
    given = {**counterpart.parameters, **counterpart.call}
    sources: dict[str, tuple[str, MindSporeParameter]] = {}
    parts: dict[str, list[tuple[int, str]]] = {}
    for name, parameter in given.items():
        source = origin_of(name, parameter)
        if source is not None:
            sources[source] = name, parameter
        if isinstance(parameter, Part):
            parts.setdefault(parameter.source, []).append((parameter.index, name))
    filled = []
    for name, torch_parameter in {**row.call, **row.parameters}.items():
        if name not in sources or isinstance(torch_parameter, Deprecated):
            continue
        source, given_parameter = sources[name]
        convert = CONVERTERS[given_parameter.by].inverse if isinstance(given_parameter, Converted) else None
        target = (torch_parameter.to if isinstance(torch_parameter, Passed) else None) or name
        keyword = not torch_parameter.required or torch_parameter.keyword_only
        together = tuple(part for _, part in sorted(parts.get(name, [])))
        filled.append(Filled(target, source, keyword, convert, parts=together))
    return filled


def unreached(row: Row, counterpart: Counterpart) -> Mapping[str, TorchParameter]:
    """PyTorch's parameters that a counterpart has no place for, and that a caller could set."""
    known = {**row.parameters, **row.call}
    reached = {origin_of(name, p) for name, p in {**counterpart.parameters, **counterpart.call}.items()}
    return {name: p for name, p in known.items() if isinstance(p, Passed) and name not in reached}


def fixed(counterpart: Counterpart) -> dict[str, Any]:
    """MindSpore's parameters that PyTorch has nothing for, with the only value that changes nothing."""
    given = {**counterpart.parameters, **counterpart.call}
    values = {name: p.value for name, p in given.items() if isinstance(p, Constant)}
    return values | {name: p.default for name, p in given.items() if isinstance(p, Added)}
