"""What a row says of parameters: PyTorch's, MindSpore's, and what becomes of each on the way. And the words all records share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(?!\n)$", description="A Python identifier")]
DottedName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+(?!\n)$", description="A dotted Python name")]
Published = Annotated[
    str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\.([A-Za-z_][A-Za-z0-9_]*|\*)(?!\n)$", description="A dotted Python name; its last part may be `*`")
]  # fmt: skip
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
    if_none: Annotated[
        Identifier | None, Meta(description="PyTorch's parameter whose value its None stands for, and MindSpore's does not")
    ] = None
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
    """MindSpore only: MindSpore programs need an adapter for another value than its default."""

    as_torch: Annotated[Any, Meta(description="The value that does what PyTorch does, where that is not the default")] = UNSET
    neutral: Annotated[
        list[Any],
        Meta(description="Other values that do so, too, in every call that MindSpore takes: `valid`, with which it takes no padding"),
    ] = []


class Moved(MindSporeParameter, frozen=True, kw_only=True, tag_field="kind", tag="moved"):
    """In the call where PyTorch has it in the constructor, or the reverse."""

    source: Annotated[Identifier, Meta(description="PyTorch's name, in the other of constructor and call")]


Counted = Same | Renamed | Converted | Part | Constant | Added | Moved
