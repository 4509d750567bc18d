"""The table as frozen values: what one row may say, and nothing else.

Every class here is one kind of mapping in `mappings/*.yaml`; its fields are the keys that may stand there. The JSON Schema
and the field reference of `mappings/README.md` are made from this module, so that a field is described once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, field

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(?!\n)$", description="A Python identifier")]
DottedName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+(?!\n)$", description="A dotted Python name")]
FixtureName = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(?!\n)$", description="Lower case words with dashes")]
Release = Annotated[
    str, Meta(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?(?!\n)$", description="major.minor of a release, or a single one, in quotes")
]
Device = Literal["CPU", "Ascend"]
Raised = Literal["TypeError", "ValueError", "RuntimeError", "IndexError", "AttributeError", "NotImplementedError"]
TypeName = Literal[
    "Tensor", "int", "float", "bool", "str", "number", "Tensor or float", "Tensor or number", "tuple of Tensor", "tuple of int", "int or tuple of int",
    "callable", "object", "device", "dtype",
]  # fmt: skip
Form = Literal["method", "in_place", "in_place_function", "out"]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every mapping of the table: frozen, and an unknown key is an error."""


class Text(Record, frozen=True, kw_only=True):
    """A sentence in both languages of the documentation."""

    en: Annotated[str, Meta(description="English")]
    zh: Annotated[str, Meta(description="Chinese")]


# --- PyTorch's parameters ----------------------------------------------------------------------------------------------


class TorchParameter(Record, frozen=True, kw_only=True):
    """What every PyTorch parameter has, whatever becomes of it."""

    type: Annotated[TypeName, Meta(description="Its type, when it is not None")]
    default: Annotated[Any, Meta(description="Default value; without this key the parameter is required")] = UNSET
    keyword_only: Annotated[bool, Meta(description="True when it stands after `*`")] = False
    since: Annotated[Release | None, Meta(description="The first recorded release of PyTorch that has it, unless all have")] = None
    older_default: Annotated[dict[Release, Any], Meta(description="Earlier defaults: first release that had it → value")] = {}
    choices: Annotated[list[Any], Meta(description="The values it may have; another raises `choices_raise`")] = []
    choices_raise: Annotated[Raised, Meta(description="The type that PyTorch raises for a value outside `choices`")] = "ValueError"
    variadic: Annotated[bool, Meta(description="True when it may also be given as separate arguments: `view(2, 3)`")] = False
    omit: Annotated[bool, Meta(description="True when PyTorch refuses its default: the argument is left out instead")] = False
    by_place: Annotated[bool, Meta(description="True when PyTorch's overloads call it differently, so that it is given by its place")] = (
        False
    )
    about: Annotated[Text | None, Meta(description="Shape, dtype and meaning, for docstrings and pages")] = None

    @property
    def required(self) -> bool:
        return self.default is UNSET


class Passed(TorchParameter, frozen=True, kw_only=True, tag_field="kind", tag="passed"):
    """Reaches the counterpart, under the name and through the conversion that the counterpart states."""

    to: Annotated[
        Identifier | None, Meta(description="In `call`: the parameter of the row's `function` that it fills, if named differently")
    ] = None


class Deprecated(TorchParameter, frozen=True, kw_only=True, tag_field="kind", tag="deprecated"):
    """No longer a parameter of its own: folded into another one, as PyTorch folds it, with a warning."""

    into: Annotated[Identifier, Meta(description="The parameter that it decides")]


class NeutralOnly(TorchParameter, frozen=True, kw_only=True, tag_field="kind", tag="neutral"):
    """Accepted only with a value that changes nothing on this backend; any other raises UnsupportedArgument."""

    values: Annotated[list[Any], Meta(description="The values that are accepted", min_length=1)]


class Unsupported(TorchParameter, frozen=True, kw_only=True, tag_field="kind", tag="unsupported"):
    """Not supported: a value other than the default raises UnsupportedArgument."""

    reason: Annotated[Text, Meta(description="Why, and what to use instead")]


Parameter = Passed | Deprecated | NeutralOnly | Unsupported


# --- MindSpore's parameters --------------------------------------------------------------------------------------------


class MindSporeParameter(Record, frozen=True, kw_only=True):
    """What every MindSpore parameter has, wherever its value comes from."""

    default: Annotated[Any, Meta(description="MindSpore's default; without this key the parameter is required")] = UNSET
    keyword_only: Annotated[bool, Meta(description="True when it stands after `*`")] = False
    since: Annotated[Release | None, Meta(description="The first recorded release of MindSpore that has it, unless all have")] = None
    older: Annotated[dict[Release, Identifier], Meta(description="Earlier spellings: first release that used it → name")] = {}
    older_default: Annotated[dict[Release, Any], Meta(description="Earlier defaults: first release that had it → value")] = {}
    choices: Annotated[list[Any], Meta(description="The values it may have; another raises `choices_raise`")] = []
    choices_raise: Annotated[Raised, Meta(description="The type that MindSpore raises for a value outside `choices`")] = "ValueError"
    variadic: Annotated[bool, Meta(description="True when it may also be given as separate arguments")] = False
    by_place: Annotated[bool, Meta(description="True with `variadic` when separate arguments are the only way to give it")] = False
    about: Annotated[Text | None, Meta(description="Shape, dtype and meaning; without it PyTorch's is used")] = None

    @property
    def required(self) -> bool:
        return self.default is UNSET


class Same(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="same"):
    """PyTorch's parameter of the same name."""


class Renamed(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="renamed"):
    """PyTorch's parameter under another name."""

    source: Annotated[Identifier, Meta(description="PyTorch's name")]


class Converted(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="converted"):
    """PyTorch's parameter after a named conversion, which has an inverse for the other direction."""

    source: Annotated[Identifier, Meta(description="PyTorch's name")]
    by: Annotated[Identifier, Meta(description="A converter of compat/table/converters.py")]


class Part(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="part"):
    """One element of a PyTorch parameter that is a tuple: betas → beta1, beta2."""

    source: Annotated[Identifier, Meta(description="PyTorch's name")]
    index: Annotated[int, Meta(description="Which element, from 0", ge=0)]


class Constant(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="constant"):
    """No PyTorch parameter: always given this value; MindSpore programs may pass only this value."""

    value: Annotated[Any, Meta(description="The value")]


class Added(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="added"):
    """MindSpore only: left at its default when PyTorch calls; MindSpore programs need an adapter for another value."""


class Moved(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="moved"):
    """In the call where PyTorch has it in the constructor, or the reverse."""

    source: Annotated[Identifier, Meta(description="PyTorch's name, in the other of constructor and call")]


Counted = Same | Renamed | Converted | Part | Constant | Added | Moved


# --- checks ------------------------------------------------------------------------------------------------------------


class Check(Record, frozen=True, kw_only=True):
    """A condition on the arguments, tested before the backend sees them."""

    of: Annotated[list[Identifier], Meta(description="The parameters that it reads, in order", min_length=1)]
    raises: Annotated[Raised, Meta(description="The type that the imitated framework raises")]
    at: Annotated[
        Literal["call"] | None, Meta(description="`call`: a constructor argument that the framework checks only when the module is called")
    ] = None


class IsTensor(Check, frozen=True, kw_only=True, tag_field="kind", tag="tensor"):
    """Each is a tensor; None passes where the parameter's default is None."""


class IsString(Check, frozen=True, kw_only=True, tag_field="kind", tag="string"):
    """Each is a string."""


class IsNumber(Check, frozen=True, kw_only=True, tag_field="kind", tag="number"):
    """Each is of one of these Python types; a bool is an int only where bool is listed."""

    types: Annotated[list[Literal["int", "float", "bool"]], Meta(description="Python types", min_length=1)] = field(
        default_factory=lambda: ["int", "float"]
    )


class InRange(Check, frozen=True, kw_only=True, tag_field="kind", tag="range"):
    """Each lies within the bounds."""

    gt: Annotated[float | None, Meta(description="Exclusive lower bound")] = None
    ge: Annotated[float | None, Meta(description="Inclusive lower bound")] = None
    le: Annotated[float | None, Meta(description="Inclusive upper bound")] = None


class IsChoice(Check, frozen=True, kw_only=True, tag_field="kind", tag="choice"):
    """Each is one of these values."""

    among: Annotated[list[Any], Meta(description="The values", min_length=1)]


class IsCallable(Check, frozen=True, kw_only=True, tag_field="kind", tag="callable"):
    """Each can be called."""


class BroadcastsTo(Check, frozen=True, kw_only=True, tag_field="kind", tag="broadcasts_to"):
    """The first broadcasts to the shape of the second, without enlarging it."""


class SameShape(Check, frozen=True, kw_only=True, tag_field="kind", tag="same_shape"):
    """All have the shape of the first."""


class Broadcastable(Check, frozen=True, kw_only=True, tag_field="kind", tag="broadcastable"):
    """All shapes broadcast together."""


class SameDtype(Check, frozen=True, kw_only=True, tag_field="kind", tag="same_dtype"):
    """All have the dtype of the first."""


class HasDtype(Check, frozen=True, kw_only=True, tag_field="kind", tag="dtype"):
    """Each has one of these dtypes."""

    among: Annotated[list[Identifier], Meta(description="dtype names", min_length=1)]


class HasRank(Check, frozen=True, kw_only=True, tag_field="kind", tag="rank"):
    """Each has one of these numbers of dimensions."""

    among: Annotated[list[int], Meta(description="Numbers of dimensions", min_length=1)]


AnyCheck = (
    IsTensor
    | IsString
    | IsNumber
    | InRange
    | IsChoice
    | IsCallable
    | SameShape
    | Broadcastable
    | BroadcastsTo
    | SameDtype
    | HasDtype
    | HasRank
)


# --- routes ------------------------------------------------------------------------------------------------------------


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


class Counterpart(Record, frozen=True, kw_only=True):
    """One MindSpore API that does what the row's PyTorch API does."""

    api: Annotated[DottedName, Meta(description="Its public dotted name")]
    since: Annotated[Release | None, Meta(description="The first recorded release of MindSpore that has it, unless all have")] = None
    devices: Annotated[list[Device], Meta(description="Where it has a kernel, as far as is known", min_length=1)]
    parameters: Annotated[dict[Identifier, Counted], Meta(description="Its parameters, in MindSpore's order (a class: the constructor's)")]
    call: Annotated[dict[Identifier, Counted], Meta(description="A class: the parameters of `construct`")] = {}
    function: Annotated[DottedName | None, Meta(description="A class: the MindSpore function of another row that computes it")] = None
    checks: Annotated[list[AnyCheck], Meta(description="What MindSpore refuses before it computes")] = []
    on_torch: Annotated[Adapter | None, Meta(description="The hand-written code that imitates it on PyTorch")] = None
    result: Annotated[
        Literal["tensor", "first"], Meta(description="`first`: it returns a tuple, whose first element is PyTorch's result")
    ] = "tensor"
    raises: Annotated[Raised, Meta(description="The type that MindSpore raises where PyTorch raises anything that no check foresaw")] = (
        "ValueError"
    )
    about: Annotated[Text | None, Meta(description="What MindSpore's own API does differently from PyTorch's")] = None
    absent: Annotated[bool, Meta(description="True when compat.mindspore has no such name yet: the row tells a porter what it is")] = False

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
    change: Annotated[dict[Identifier, Any], Meta(description="Arguments that differ from the row's, or are added")] = {}
    without: Annotated[list[Identifier], Meta(description="Arguments of the row that this call does not have")] = []
    raises: Annotated[bool, Meta(description="Both sides must raise, the same type")] = False
    only: Annotated[Literal["torch", "mindspore"] | None, Meta(description="Only for this imitated framework")] = None


class Difference(Record, frozen=True, kw_only=True):
    """A difference that stays: known, reasoned, and tested to be still there."""

    imitated: Annotated[Literal["torch", "mindspore"], Meta(description="In which direction it shows")]
    fixtures: Annotated[
        list[FixtureName],
        Meta(description="The fixtures that show it, or `every`; the parity run fails when one no longer does", min_length=1),
    ]
    apis: Annotated[list[DottedName], Meta(description="Only these MindSpore counterparts; all when empty")] = []
    kind: Annotated[
        Literal["upstream-wrong", "upstream-missing", "own-behaviour", "precision", "error", "undefined", "unsupported"],
        Meta(
            description="Whether the other framework computes it wrongly, lacks it on CPU, differs in precision, raises another type, leaves it undefined, or can't do it"
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
    ] = []
    aliases: Annotated[list[DottedName], Meta(description="Other public names of the same API, which have its forms as well")] = []
    since: Annotated[Release | None, Meta(description="The first recorded release of PyTorch that has it, unless all have")] = None
    home: Annotated[
        DottedName | None, Meta(description="The module that defines it in PyTorch, where that is another one than the public name says")
    ] = None
    summary: Annotated[Text, Meta(description="What it computes, in one sentence")]
    parameters: Annotated[dict[Identifier, Parameter], Meta(description="PyTorch's parameters in order (a class: the constructor's)")] = {}
    call: Annotated[dict[Identifier, Parameter], Meta(description="A class: the parameters of `forward`")] = {}
    function: Annotated[DottedName | None, Meta(description="A class: the PyTorch function, a row of its own, that computes it")] = None
    buffers: Annotated[list[Identifier], Meta(description="A class: constructor arguments that are buffers of the module")] = []
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
    tests: Annotated[list[str], Meta(description="Tests that show what no single call shows: paths in the repository")] = []
    spellings: Annotated[
        dict[Identifier, Identifier], Meta(description="PyTorch's parameter → another name that PyTorch takes for it, as `dim` → `axis`")
    ] = {}
    checks: Annotated[list[AnyCheck], Meta(description="What PyTorch refuses before it computes")] = []
    on_mindspore: Annotated[Adapter | None, Meta(description="The hand-written code that runs it on MindSpore")] = None
    mindspore: Annotated[
        list[Counterpart], Meta(description="Its counterparts, the preferred one first; none when MindSpore has none")
    ] = []
    arguments: Annotated[dict[Identifier, Any], Meta(description="Valid arguments, from which every fixture starts")] = {}
    gradient: Annotated[list[Identifier], Meta(description="The parameters that get a gradient")] = []
    families: Annotated[list[FixtureName], Meta(description="Families of mappings/families.yaml whose fixtures apply")] = []
    fixtures: Annotated[list[Fixture], Meta(description="Fixtures of this row alone")] = []
    differences: Annotated[list[Difference], Meta(description="Differences that stay")] = []
    example: Annotated[Example | None, Meta(description="The example of its page; drawn from `arguments` without it")] = None
    notes: Annotated[list[Text], Meta(description="What a reader of the page should know besides")] = []

    @property
    def is_called(self) -> bool:
        """Whether it is run by calling it with the row's arguments: its fixtures are calls."""
        return self.kind in ("function", "class", "method")

    @property
    def refusal(self) -> Text | None:
        """Why it can't work; a loaded table holds no names of reasons any more."""
        assert not isinstance(self.unsupported, str)
        return self.unsupported

    def names(self) -> list[str]:
        """Every public name that the row is about: its own and its aliases, each in all of its forms."""
        found = []
        for name in (self.torch, *self.aliases):
            parent, _, last = name.rpartition(".")
            found.append(name)
            if "method" in self.forms:
                found.append(f"torch.Tensor.{last}")
            if "in_place" in self.forms:
                found.append(f"torch.Tensor.{last}_")
            if "in_place_function" in self.forms and (name == self.torch or parent == "torch"):
                found.append(f"{parent}.{last}_")
        return list(dict.fromkeys(found))


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

    api: Annotated[DottedName, Meta(description="The public dotted name, in torch or mindspore")]
    name: Annotated[DottedName, Meta(description="Its module and name inside the direction's hand-written room")]


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

    def file_of(self, api: str) -> str:
        """Name of the file that holds the row of a PyTorch API."""
        return self.origins[api].file.name
