"""A call of one framework's API as one of the other's: the parameters of both, and what fills which. Either direction of a row is such a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import UNSET

from compat.table.checks import origin_of
from compat.table.converters import CONVERTERS
from compat.table.model import Counterpart, Row
from compat.table.parameters import (
    Added,
    Constant,
    Converted,
    Counted,
    Deprecated,
    MindSporeParameter,
    Moved,
    NeutralOnly,
    Parameter,
    Part,
    Unsupported,
)
from compat.table.routes import is_stateless, mindspore_slots, torch_slots

PARAMS = "params"
STRICT = "mindspore.nn."  # whose dtype is never None, as it is in mindspore.mint and PyTorch


@dataclass(frozen=True)
class Given:
    """A parameter of the API that the source calls.

    An argument that is one of `neutral` changes nothing, and may be left out where the target has no place for it; where it is not `passed` on,
    it may be in any case. `type` is one of the table's; `omit`: its own default is refused.
    """

    type: str
    default: Any = UNSET
    keyword_only: bool = False
    variadic: bool = False
    choices: tuple[Any, ...] = ()
    neutral: tuple[Any, ...] = ()
    passed: bool = True
    omit: bool = False

    @property
    def required(self) -> bool:
        return self.default is UNSET


@dataclass(frozen=True)
class Wanted:
    """A parameter of the target. `source` fills it, through the conversion `convert`; None where nothing does.

    `value` is what has to be written where no argument fills it, UNSET for nothing. `elsewhere`: what fills it stands in another call, or is a
    part of it. `omit`: the target refuses its own default, so that only another value is written. `by_place`: it has no name that always works.
    `if_none` is the argument of the source whose value stands in for None, `for_none` what of the target stands for a None that it refuses. `foreign`: it takes the target's own objects, dtypes;
    `tensor`: tensors.
    """

    source: str | None
    default: Any = UNSET
    keyword_only: bool = False
    variadic: bool = False
    convert: str | None = None
    about: str = ""
    value: Any = UNSET
    elsewhere: bool = False
    omit: bool = False
    by_place: bool = False
    if_none: str = ""
    for_none: str = ""
    foreign: bool = False
    tensor: bool = False

    @property
    def required(self) -> bool:
        return self.default is UNSET


@dataclass(frozen=True)
class Plan:
    """How a call of `api` becomes one of `target`. `row` names the entry of what was executed; `spellings`: other names of parameters → theirs.

    Where `item` is set the target is a property, whose element at that argument is the result. `ending` is written behind the call, and `call`
    are the names, in order, by which a layer that it makes takes its own arguments, and those of the target's.
    """

    row: str
    api: str
    target: str
    given: Mapping[str, Given]
    wanted: Mapping[str, Wanted]
    spellings: Mapping[str, str] = field(default_factory=dict)
    item: str = ""
    ending: str = ""
    call: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_method(self) -> bool:
        return is_method(self.api)

    @property
    def to_method(self) -> bool:
        return is_method(self.target)

    @property
    def of_module(self) -> bool:
        """Whether both are methods of modules, whose object stays where it is."""
        return self.api.startswith("torch.nn.Module.") and self.target.startswith("mindspore.nn.Cell.")


def is_method(api: str) -> bool:
    """Whether it is a method of the framework's tensors."""
    return api.split(".")[1:2] == ["Tensor"] and api.count(".") == 2


# --- PyTorch's call as MindSpore's ---


def to_mindspore(row: Row, counterpart: Counterpart, api: str) -> Plan:
    """A call of `api`, one of the row's names, as one of a counterpart."""
    given = {name: _of_torch(parameter) for name, parameter in row.parameters.items()}
    if row.kind == "optimizer":  # what it steps is a sequence, of tensors or of groups of them
        given[PARAMS] = replace(given[PARAMS], type="tuple of Tensor")
    strict = counterpart.api.startswith(STRICT)
    wanted = {
        name: _for_mindspore(name, parameter, "float32" if strict and name == "dtype" else "")
        for name, parameter in counterpart.parameters.items()
    }
    return Plan(
        row.torch, api, counterpart.api, given, wanted, {other: name for name, other in row.spellings.items()}, counterpart.item or ""
    )


def _of_torch(parameter: Parameter) -> Given:
    neutral: tuple[Any, ...] = () if parameter.required else (parameter.default,)
    if isinstance(parameter, Deprecated):
        neutral = (None,)
    elif isinstance(parameter, Unsupported):
        neutral = (None, *neutral)
    elif isinstance(parameter, NeutralOnly):
        neutral = (*parameter.values, *neutral)
    return Given(
        parameter.type, parameter.default, parameter.keyword_only, parameter.variadic, tuple(parameter.choices), neutral,
        passed=not isinstance(parameter, Deprecated | Unsupported), omit=parameter.omit,
    )  # fmt: skip


def _for_mindspore(name: str, parameter: Counted, for_none: str) -> Wanted:
    convert = CONVERTERS[parameter.by] if isinstance(parameter, Converted) else None
    value = parameter.value if isinstance(parameter, Constant) else parameter.as_torch if isinstance(parameter, Added) else UNSET
    return Wanted(
        origin_of(name, parameter), parameter.default, parameter.keyword_only, parameter.variadic, convert.forward if convert else None,
        convert.about if convert else "", value, elsewhere=isinstance(parameter, Part | Moved), if_none=parameter.if_none or "",
        for_none=for_none,
    )  # fmt: skip


# --- MindSpore's call as PyTorch's ---


AXIS, KEEPDIMS, KEEP_DIMS = {"axis": "dim"}, {"axis": "dim", "keepdims": "keepdim"}, {"axis": "dim", "keep_dims": "keepdim"}
# Methods of MindSpore's tensors that take their arguments by other names, too, for the same.
OVERLOADED = {
    **dict.fromkeys(("mindspore.Tensor.sum", "mindspore.Tensor.argmax", "mindspore.Tensor.argmin"), KEEPDIMS),
    **dict.fromkeys(("mindspore.Tensor.mean", "mindspore.Tensor.prod", "mindspore.Tensor.any", "mindspore.Tensor.all"), KEEP_DIMS),
    "mindspore.Tensor.cumsum": AXIS,
}
LAYERS = ("mindspore.nn", "mindspore.mint.nn")
IN_EVAL_MODE = ".eval()"  # of a layer that does something else in training


def is_rewritten(row: Row, counterpart: Counterpart) -> bool:
    """Whether calls of the counterpart may become those of a function or layer of PyTorch, or of a tensor's method that has the same name.

    Of another name it may not: a tensor of compat.mindspore has MindSpore's methods.
    """
    if row.kind == "class":
        return is_stateless(row) and counterpart.api.rpartition(".")[0] in LAYERS
    if row.kind == "method":
        return counterpart.is_method and counterpart.api.rpartition(".")[2] == row.torch.rpartition(".")[2] and row.draws != "distribution"
    return row.kind == "function" and not is_method(row.torch) and row.draws != "distribution" and not counterpart.item


def to_torch(row: Row, counterpart: Counterpart) -> Plan:
    """A call of the counterpart, a function, method or layer, as one of the row's own API."""
    torch = torch_slots(row)
    pairs = [(slot, torch.get(str(target))) for slot, target in mindspore_slots(row, counterpart)]
    slots = {slot.name: (slot.parameter, own) for slot, own in pairs if slot.section == "parameters"}
    given = {name: _of_mindspore(parameter, own.parameter.type if own else "object") for name, (parameter, own) in slots.items()}
    sources = {own.name: (name, parameter) for name, (parameter, own) in slots.items() if own is not None and own.section == "parameters"}
    wanted: dict[str, Wanted] = {}
    shifted = False  # behind a deprecated one, whose place MindSpore's calls do not count
    for name, parameter in row.parameters.items():
        if isinstance(parameter, Deprecated):
            shifted = shifted or not parameter.keyword_only
        else:
            one = _for_torch(parameter, *sources.get(name, (None, None)))
            wanted[name] = replace(one, keyword_only=one.keyword_only or shifted)
    spellings = {older: name for name, (parameter, _) in slots.items() for older in parameter.older.values() if older != name}
    if counterpart.api in OVERLOADED:
        spellings |= {other: name for other, name in OVERLOADED[counterpart.api].items() if name in given}
    called = {slot.name: own.name if own else "" for slot, own in pairs if slot.section == "call"}
    ending = IN_EVAL_MODE if row.kind == "class" and row.draws == "distribution" else ""
    return Plan(counterpart.api, counterpart.api, row.torch, given, wanted, spellings, ending=ending, call=called)


def _of_mindspore(parameter: MindSporeParameter, kind: str) -> Given:
    neutral: tuple[Any, ...] = () if parameter.required else (parameter.default,)
    if isinstance(parameter, Constant):
        neutral = (parameter.value,)
    elif isinstance(parameter, Added) and parameter.as_torch is not UNSET:
        neutral = (parameter.as_torch, *parameter.neutral)
    return Given(kind, parameter.default, parameter.keyword_only, parameter.variadic, tuple(parameter.choices), neutral)


def _for_torch(parameter: Parameter, source: str | None, given: MindSporeParameter | None) -> Wanted:
    convert = CONVERTERS[given.by] if isinstance(given, Converted) else None
    if given is not None and parameter.type == "bool" and type(given.default) is int:
        convert = CONVERTERS["ddof"]  # hand-written code takes any, PyTorch's function two of them
    return Wanted(
        source, parameter.default, parameter.keyword_only, parameter.variadic, convert.inverse if convert else None, convert.about if convert else "",
        elsewhere=isinstance(given, Part | Moved), omit=parameter.omit, by_place=parameter.by_place,
        foreign=parameter.type == "dtype", tensor="Tensor" in parameter.type,
    )  # fmt: skip
