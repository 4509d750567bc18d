"""The table as frozen values: what one row may say, and nothing else.

Every class here is one kind of mapping in `mappings/*.yaml`; its fields are the keys that may stand there. The JSON Schema
and the field reference of `mappings/README.md` are made from it, `parameters.py` and `conditions.py`, so that a field is described once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, field

from compat.table.conditions import AnyCheck
from compat.table.parameters import (
    Counted,
    Device,
    DottedName,
    FixtureName,
    Form,
    Identifier,
    Parameter,
    Published,
    Raised,
    Record,
    Release,
    Text,
)
from compat.table.weights import LayerWeights


class Adapter(Record, frozen=True, kw_only=True):
    """A hand-written function or class, for what a row can't express."""

    name: Annotated[DottedName, Meta(description="Its module and name inside the direction's hand-written room")]
    reason: Annotated[Text | FixtureName, Meta(description="Why a row can't express it, or the name of a reason of reasons.yaml")]
    host: Annotated[bool, Meta(description="True when it computes through NumPy on the host")] = False
    public: Annotated[bool, Meta(description="True when it is the public API itself, with signature and errors: no code is derived")] = (
        False
    )

    @property
    def why(self) -> Text:
        """The reason; a loaded table holds no names of reasons any more."""
        assert isinstance(self.reason, Text)
        return self.reason


class OwnFixture(Record, frozen=True, kw_only=True):
    """A call of one MindSpore API by its own names, for what PyTorch's can't say: the row's call with some arguments changed."""

    name: FixtureName
    change: Annotated[dict[Identifier, Any], Meta(description="Arguments that differ, or are added, by MindSpore's names")] = field(
        default_factory=dict
    )
    without: Annotated[list[Identifier], Meta(description="Arguments that the call is made without, by MindSpore's names")] = field(
        default_factory=list
    )
    raises: Annotated[bool, Meta(description="Both sides must raise, the same type")] = False
    positional: Annotated[bool, Meta(description="The call's arguments are passed by their places")] = False
    initial: Annotated[bool, Meta(description="A Cell keeps its initial parameters, which must not be drawn")] = False
    train: Annotated[bool, Meta(description="A Cell is in training")] = False


class Counterpart(Record, frozen=True, kw_only=True):
    """One MindSpore API that does what the row's PyTorch API does."""

    api: Annotated[DottedName, Meta(description="Its public dotted name")]
    since: Annotated[Release | None, Meta(description="The first recorded release of MindSpore that has it, unless all have")] = None
    devices: Annotated[list[Device], Meta(description="Where it has a kernel, as far as is known", min_length=1)]
    parameters: Annotated[dict[Identifier, Counted], Meta(description="Its parameters, in MindSpore's order (a class: the constructor's)")]
    call: Annotated[dict[Identifier, Counted], Meta(description="A class: the parameters of `construct`")] = field(default_factory=dict)
    function: Annotated[DottedName | None, Meta(description="A class: the MindSpore function of another row that computes it")] = None
    checks: Annotated[list[AnyCheck], Meta(description="What MindSpore refuses before it computes")] = field(default_factory=list)
    on_torch: Annotated[Adapter | None, Meta(description="The hand-written code that imitates it on PyTorch")] = None
    result: Annotated[
        Literal["tensor", "first"], Meta(description="`first`: it returns a tuple, whose first element is PyTorch's result")
    ] = "tensor"
    raises: Annotated[Raised, Meta(description="The type that MindSpore raises where PyTorch raises anything that no check foresaw")] = (
        "ValueError"
    )
    about: Annotated[Text | None, Meta(description="What MindSpore's own API does differently from PyTorch's")] = None
    absent: Annotated[bool, Meta(description="True when compat.mindspore has no such name yet: the row tells a porter what it is")] = False
    item: Annotated[Identifier | None, Meta(description="A property, whose element at this parameter of PyTorch's is the result")] = None
    fixtures: Annotated[list[OwnFixture], Meta(description="Calls by MindSpore's own names")] = field(default_factory=list)

    @property
    def is_method(self) -> bool:
        return self.api.startswith("mindspore.Tensor.")


class ArraySpec(Record, frozen=True, kw_only=True):
    """A tensor argument of a fixture, drawn from the fixture's seed or written out."""

    draw: Annotated[
        Literal["normal", "uniform", "integers", "signs", "softmax", "log_softmax", "values"],
        Meta(
            description="Distribution; `softmax` and `log_softmax` are normal draws normalised over the last axis; `values` are written out"
        ),
    ]
    shape: Annotated[list[Annotated[int, Meta(ge=0)]] | None, Meta(description="Its shape, unless `values`")] = None
    values: Annotated[Any, Meta(description="Nested lists of numbers, with `draw: values`")] = None
    low: Annotated[float, Meta(description="Lower bound of uniform and integers (inclusive)")] = 0.0
    high: Annotated[float, Meta(description="Upper bound of uniform and integers (exclusive)")] = 1.0
    dtype: Annotated[Identifier | None, Meta(description="float32, or int64 for integers, unless stated")] = None
    mindspore_dtype: Annotated[
        Identifier | None, Meta(description="The dtype when MindSpore's own API is called, if it demands another")
    ] = None


class Fixture(Record, frozen=True, kw_only=True):
    """Arguments for one call, shared by both frameworks: the row's `arguments` with some of them changed."""

    name: FixtureName
    change: Annotated[dict[Identifier, Any], Meta(description="Arguments that differ from the row's, or are added")] = field(
        default_factory=dict
    )
    without: Annotated[list[Identifier], Meta(description="Arguments of the row that this call does not have")] = field(
        default_factory=list
    )
    mindspore: Annotated[
        dict[Identifier, Any],
        Meta(description="Arguments of MindSpore's alone, by its names: called are the counterparts that have them, and PyTorch is not"),
    ] = field(default_factory=dict)
    raises: Annotated[bool, Meta(description="Both sides must raise, the same type")] = False
    only: Annotated[Literal["torch", "mindspore"] | None, Meta(description="Only for this imitated framework")] = None


class Difference(Record, frozen=True, kw_only=True):
    """A difference that stays: known, reasoned, and tested to be still there."""

    imitated: Annotated[Literal["torch", "mindspore"], Meta(description="In which direction it shows")]
    fixtures: Annotated[
        list[FixtureName],
        Meta(description="The fixtures that show it; the parity run fails when one no longer does", min_length=1),
    ]
    apis: Annotated[list[DottedName], Meta(description="Only these MindSpore counterparts; all when empty")] = field(default_factory=list)
    kind: Annotated[
        Literal["upstream-wrong", "upstream-missing", "upstream-crash", "own-behaviour", "precision", "error", "undefined", "unsupported"],
        Meta(
            description="Whether the other framework computes it wrongly, lacks it on CPU, ends the process or hangs, differs in precision, "
            "raises another type, leaves it undefined, or can't do it"
        ),
    ]
    en: str
    zh: str


class Example(Record, frozen=True, kw_only=True):
    """The example of the API's page: written-out arguments."""

    arguments: Annotated[dict[Identifier, Any], Meta(description="Arguments by PyTorch's names, tensors as `values`")]


class Row(Record, frozen=True, kw_only=True):
    """One PyTorch API and its MindSpore counterparts."""

    torch: Annotated[DottedName, Meta(description="The public dotted name")]
    kind: Annotated[
        Literal["function", "class", "method", "property", "value", "optimizer", "scheduler", "object"],
        Meta(
            description="A class (a module) is called twice: constructor, then forward. A method's first parameter is `self`. "
            "An object is what no single call shows; its `tests` do"
        ),
    ] = "function"
    forms: Annotated[
        list[Form],
        Meta(description="Its other forms: as a method of Tensor, in place (`add_`), as a function in place, with `out=`"),
    ] = field(default_factory=list)
    aliases: Annotated[list[DottedName], Meta(description="Other public names of the same API, which have its forms as well")] = field(
        default_factory=list
    )
    since: Annotated[Release | None, Meta(description="The first recorded release of PyTorch that has it, unless all have")] = None
    home: Annotated[
        DottedName | None, Meta(description="The module that defines it in PyTorch, where that is another one than the public name says")
    ] = None
    summary: Annotated[Text, Meta(description="What it computes, in one sentence")]
    parameters: Annotated[dict[Identifier, Parameter], Meta(description="PyTorch's parameters in order (a class: the constructor's)")] = (
        field(default_factory=dict)
    )
    call: Annotated[dict[Identifier, Parameter], Meta(description="A class: the parameters of `forward`")] = field(default_factory=dict)
    function: Annotated[DottedName | None, Meta(description="A class: the PyTorch function, a row of its own, that computes it")] = None
    buffers: Annotated[list[Identifier], Meta(description="A class: constructor arguments that are buffers of the module")] = field(
        default_factory=list
    )
    result: Annotated[Text, Meta(description="Shape and dtype of what it returns")]
    returns: Annotated[
        Literal["Tensor", "tuple of Tensor", "list of Tensor", "bool", "int", "float", "str", "object", "nothing"],
        Meta(description="The Python type of what it returns"),
    ] = "Tensor"
    draws: Annotated[
        Literal["values", "distribution", "nothing"],
        Meta(
            description="`distribution`: random, compared by value with PyTorch's generator and by shape and dtype with MindSpore's; "
            "`nothing`: its values are undefined, only shape and dtype are compared"
        ),
    ] = "values"
    unsupported: Annotated[
        Text | FixtureName | None,
        Meta(description="Why it can't work on this backend and what to use instead, or a name of reasons.yaml: every call raises"),
    ] = None
    tests: Annotated[list[str], Meta(description="Tests that show what no single call shows: paths in the repository")] = field(
        default_factory=list
    )
    spellings: Annotated[
        dict[Identifier, Identifier], Meta(description="PyTorch's parameter → another name that PyTorch takes for it, as `dim` → `axis`")
    ] = field(default_factory=dict)
    checks: Annotated[list[AnyCheck], Meta(description="What PyTorch refuses before it computes")] = field(default_factory=list)
    on_mindspore: Annotated[Adapter | None, Meta(description="The hand-written code that runs it on MindSpore")] = None
    mindspore: Annotated[list[Counterpart], Meta(description="Its counterparts, the preferred one first; none when MindSpore has none")] = (
        field(default_factory=list)
    )
    arguments: Annotated[dict[Identifier, Any], Meta(description="Valid arguments, from which every fixture starts")] = field(
        default_factory=dict
    )
    gradient: Annotated[list[Identifier], Meta(description="The parameters that get a gradient")] = field(default_factory=list)
    families: Annotated[list[FixtureName], Meta(description="Families of mappings/families.yaml whose fixtures apply")] = field(
        default_factory=list
    )
    fixtures: Annotated[list[Fixture], Meta(description="Fixtures of this row alone")] = field(default_factory=list)
    differences: Annotated[list[Difference], Meta(description="Differences that stay")] = field(default_factory=list)
    example: Annotated[Example | None, Meta(description="The example of its page; drawn from `arguments` without it")] = None
    notes: Annotated[list[Text], Meta(description="What a reader of the page should know besides")] = field(default_factory=list)

    @property
    def is_called(self) -> bool:
        """Whether it is run by calling it with the row's arguments: its fixtures are calls."""
        return self.kind in ("function", "class", "method")

    @property
    def refusal(self) -> Text | None:
        """Why it can't work; a loaded table holds no names of reasons any more."""
        assert not isinstance(self.unsupported, str)
        return self.unsupported

    def in_forms(self) -> Iterator[tuple[str, Form | None]]:
        """Its own name and its aliases, each plain (None) and in all of its forms. `torch.erfc` and `torch.special.erfc` share a method."""
        for name in (self.torch, *self.aliases):
            parent, _, last = name.rpartition(".")
            own = name == self.torch
            yield name, None
            if "method" in self.forms:
                yield f"torch.Tensor.{last}", "method"
            if "in_place" in self.forms:
                yield f"torch.Tensor.{last}_", "in_place"
            if "in_place_function" in self.forms and (own or parent == "torch"):
                yield f"{parent}.{last}_", "in_place_function"
            if "out" in self.forms and (own or parent != "torch.nn.functional"):
                yield name, "out"

    def names(self) -> list[str]:
        """Every public name that the row is about."""
        return list(dict.fromkeys(name for name, _ in self.in_forms()))


class Family(Record, frozen=True, kw_only=True):
    """Fixtures that many rows share."""

    family: FixtureName
    about: str
    fixtures: list[Fixture]


class Reason(Record, frozen=True, kw_only=True):
    """Why an adapter is written by hand, where many have the same reason."""

    reason: FixtureName
    en: Annotated[str, Meta(description="English")]
    zh: Annotated[str, Meta(description="Chinese")]

    @property
    def text(self) -> Text:
        return Text(en=self.en, zh=self.zh)


class Export(Record, frozen=True, kw_only=True):
    """A public name that is hand-written as a whole: Tensor, Module, the optimizers, data loading."""

    api: Annotated[
        Published, Meta(description="The public dotted name, in torch or mindspore; `mindspore.numpy.*`: many names of a module")
    ]
    name: Annotated[
        Published | None, Meta(description="Its module and name inside the direction's hand-written room; `numpy.*`: all of `__all__`")
    ] = None
    like: Annotated[
        DottedName | None,
        Meta(description="The public name that this is another one of; with `*` in `api`: the module that has the same names"),
    ] = None

    @property
    def key(self) -> str:
        """By what a second entry for the same is found."""
        return f"{self.api} from {self.name or self.like}" if self.api.endswith("*") else self.api


class Slot(Record, frozen=True, kw_only=True):
    """A parameter of a primitive: where its value goes, and its default."""

    source: Annotated[Identifier | None, Meta(description="The parameter of the function that receives it; its own name unless stated")] = (
        None
    )
    default: Annotated[Any, Meta(description="Default value; without this key the parameter is required")] = UNSET


class Primitive(Record, frozen=True, kw_only=True):
    """A MindSpore operator with a constructor, `ops.Softmax(axis)(x)`, that is a function of MindSpore: `ops.softmax(x, axis)`."""

    primitive: Annotated[DottedName, Meta(description="Its public dotted name")]
    function: Annotated[DottedName, Meta(description="The MindSpore function that computes it")]
    parameters: Annotated[dict[Identifier, Slot], Meta(description="The constructor's parameters, in order")] = field(default_factory=dict)
    call: Annotated[dict[Identifier, Slot], Meta(description="The parameters of a call, in order")]
    constants: Annotated[dict[Identifier, Any], Meta(description="What the function gets besides: its parameter → the value")] = field(
        default_factory=dict
    )


# --- the whole ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """Where an entry stands: its file and its index there."""

    file: Path
    index: int


@dataclass(frozen=True)
class Table:
    """The whole table. `origins` tells where each row stands; names are in the order of the files, which are sorted."""

    rows: dict[str, Row]
    families: dict[str, Family]
    reasons: dict[str, Reason]
    exports: dict[str, Export]
    primitives: dict[str, Primitive]
    weights: dict[str, LayerWeights]
    origins: dict[str, Origin]

    def definers(self) -> dict[str, str]:
        """MindSpore API → the PyTorch name of the row that defines it here: that of the same last name, else the first that lists it."""
        found: dict[str, str] = {}
        for api, row in self.rows.items():
            for counterpart in row.mindspore:
                last = counterpart.api.rpartition(".")[2]
                known = found.get(counterpart.api)
                if not counterpart.absent and (known is None or (api.endswith(f".{last}") and not known.endswith(f".{last}"))):
                    found[counterpart.api] = api
        return found

    def by_name(self) -> dict[str, Row]:
        """Every public name of PyTorch that the table is about → its row; a row of its own goes before a form of another."""
        found: dict[str, Row] = {}
        for row in self.rows.values():
            for name in row.names():
                if name not in found or name == row.torch:
                    found[name] = row
        return found

    def file_of(self, api: str) -> str:
        """Name of the file that holds the row of a PyTorch API."""
        return self.origins[api].file.name
