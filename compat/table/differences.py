"""The differences between a PyTorch API and one counterpart, parameter by parameter, derived from the row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import UNSET

from compat.table.checks import origin_of
from compat.table.model import Counterpart, Row
from compat.table.parameters import (
    Added,
    Constant,
    Converted,
    Deprecated,
    MindSporeParameter,
    Moved,
    NeutralOnly,
    Part,
    Text,
    TorchParameter,
    Unsupported,
)
from compat.table.routes import mindspore_slots, torch_slots

Kind = Literal[
    "same", "renamed", "default", "position", "converted", "part", "moved", "constant", "added", "deprecated", "neutral", "unsupported", "missing",
]  # fmt: skip

SECTIONS: tuple[Literal["parameters", "call"], ...] = ("parameters", "call")


@dataclass(frozen=True)
class ParameterDifference:
    """What becomes of one parameter: PyTorch's name, MindSpore's, the kind, and a sentence in both languages."""

    section: Literal["parameters", "call"]
    torch: str | None
    mindspore: str | None
    kind: Kind
    text: Text


def differences(row: Row, counterpart: Counterpart) -> Iterator[ParameterDifference]:
    """PyTorch's parameters in order, then those that only MindSpore has."""
    for section in SECTIONS:
        for target, slot in torch_slots(row).items():
            if slot.section == section:
                names = [given.name for given, received in mindspore_slots(row, counterpart) if received == target]
                yield _one(section, slot.name, slot.parameter, names, row, counterpart)
        for name, other in getattr(counterpart, section).items():
            if origin_of(name, other) is None:
                yield ParameterDifference(
                    section, None, name, "constant" if isinstance(other, Constant) else "added", _only_mindspore(other)
                )


def _one(section: Any, name: str, ours: TorchParameter, names: list[str], row: Row, counterpart: Counterpart) -> ParameterDifference:
    shown = ", ".join(names) or None
    if isinstance(ours, Deprecated):
        text = Text(en=f"deprecated in PyTorch, replaced by {ours.into}", zh=f"PyTorch 的已弃用参数，功能由 {ours.into} 取代")
        return ParameterDifference(section, name, None, "deprecated", text)
    if isinstance(ours, NeutralOnly):
        values = ", ".join(_shown(value) for value in ours.values)
        return ParameterDifference(section, name, shown, "neutral", Text(en=f"accepted only as {values}", zh=f"只接受 {values}"))
    if isinstance(ours, Unsupported):
        return ParameterDifference(section, name, shown, "unsupported", ours.reason)
    if not names:
        return ParameterDifference(section, name, None, "missing", Text(en="MindSpore has no such parameter", zh="MindSpore 没有此参数"))
    theirs = {**counterpart.parameters, **counterpart.call}[names[0]]
    return ParameterDifference(section, name, shown, *_shared(section, name, ours, names, theirs, row, counterpart))


def _shared(
    section: str, name: str, ours: TorchParameter, names: list[str], theirs: MindSporeParameter, row: Row, counterpart: Counterpart
) -> tuple[Kind, Text]:
    if isinstance(theirs, Converted):
        return "converted", Text(en=f"converted by {theirs.by}", zh=f"数值需转换（{theirs.by}）")
    if isinstance(theirs, Part):
        return "part", Text(en="one tuple in PyTorch, separate parameters in MindSpore", zh="PyTorch 为一个元组，MindSpore 为多个参数")
    if isinstance(theirs, Moved):
        there = ("constructor", "构造函数") if names[0] in counterpart.parameters else ("call", "调用")
        return "moved", Text(en=f"in MindSpore an argument of the {there[0]}", zh=f"在 MindSpore 中是{there[1]}的参数")
    clauses = _clauses(section, name, ours, names[0], theirs, row, counterpart)
    if not clauses:
        return "same", Text(en="same name, same default", zh="功能一致，参数名与默认值相同")
    kind: Kind = clauses[0][0]
    return kind, Text(en="; ".join(en for _, en, _ in clauses), zh="；".join(zh for _, _, zh in clauses))


def _clauses(
    section: str, name: str, ours: TorchParameter, other: str, theirs: MindSporeParameter, row: Row, counterpart: Counterpart
) -> list[tuple[Kind, str, str]]:
    clauses: list[tuple[Kind, str, str]] = []
    if name != other:
        clauses.append(("renamed", "same function, other name", "功能一致，参数名不同"))
    if theirs.older:
        spelt = ", ".join(f"{old} ({release})" for release, old in theirs.older.items())
        clauses.append(("renamed", f"older spelling in MindSpore since: {spelt}", f"MindSpore 旧版参数名：{spelt}"))
    if not _same(ours.default, theirs.default):
        clauses.append(("default", f"default {_default(ours.default)} / {_default(theirs.default)}",
                        f"默认值不同：{_default(ours.default)} / {_default(theirs.default)}"))  # fmt: skip
    mine, others = _place(section, name, row), _place(section, other, counterpart)
    if mine is not None and others is not None and mine != others and not theirs.keyword_only:
        clauses.append(("position", f"position {mine + 1} / {others + 1}", f"位置不同：第 {mine + 1} / {others + 1} 个参数"))
    return clauses


def _place(section: str, name: str, holder: Row | Counterpart) -> int | None:
    """Its position among what a caller passes by position; deprecated parameters keep theirs in PyTorch."""
    names = list(getattr(holder, section))
    return names.index(name) if name in names else None


def _same(ours: Any, theirs: Any) -> bool:
    return ours is theirs or (type(ours) is not bool and type(theirs) is not bool and ours == theirs) or (ours is UNSET and theirs is UNSET)


def _default(value: Any) -> str:
    return "required" if value is UNSET else _shown(value)


def _shown(value: Any) -> str:
    return repr(tuple(value) if isinstance(value, list) else value)


def _only_mindspore(parameter: MindSporeParameter) -> Text:
    assert isinstance(parameter, (Added, Constant))
    value = parameter.value if isinstance(parameter, Constant) else parameter.default
    return Text(en=f"MindSpore only; {_default(value)} is PyTorch's behaviour", zh=f"MindSpore 独有；{_default(value)} 对应 PyTorch 的行为")
