"""What an expression may stand for, as far as the text tells: an API, an instance of one, something of the project, or nothing known."""

from __future__ import annotations

from dataclasses import dataclass, field


class Value:
    """Of what nothing is known but that it is a value: the base of the others, and `UNKNOWN` itself."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Api(Value):
    """A public name of a framework: a module, class, function or constant. `torch.nn.functional`."""

    name: str


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a framework's class: a tensor, a layer, an optimizer. `torch.Tensor`."""

    of: str


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A bound method of an instance; `of` is the class that the framework documents it with."""

    of: str
    name: str
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class Several(Value):
    """A tuple or list whose items are known one by one."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Many(Value):
    """A sequence or iterator of any length whose items are alike."""

    item: Value


@dataclass(frozen=True, slots=True)
class Plain(Value):
    """Something that belongs to no framework: a number, a text, a builtin's result."""

    kind: str = ""


@dataclass(eq=False, slots=True)
class ProjectModule(Value):
    """A module of the project."""

    name: str


@dataclass(eq=False, slots=True)
class ProjectClass(Value):
    """A class of the project; `bases` are what its bases stand for, `attributes` what is known of `self.NAME`."""

    module: str
    name: str
    bases: tuple[Value, ...]
    attributes: dict[str, Value] = field(default_factory=dict)
    methods: dict[str, ProjectFunction] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class ProjectFunction(Value):
    """A function of the project; `returns` is what its annotation says that it gives."""

    module: str
    name: str
    returns: Value


@dataclass(frozen=True, slots=True)
class Object(Value):
    """An instance of a class of the project."""

    of: ProjectClass


UNKNOWN = Value()
NONE = Plain("None")
NUMBER = Plain("number")
TEXT = Plain("text")
OTHER = Plain("other")


def merged(one: Value, other: Value) -> Value:
    """What is known of a name that is either of the two; a None beside something else is that something, left out."""
    if one is other or one == other:
        return one
    if one is NONE:
        return other
    if other is NONE:
        return one
    if isinstance(one, Several) and isinstance(other, Several) and len(one.items) == len(other.items):
        return Several(tuple(map(merged, one.items, other.items)))
    return OTHER if isinstance(one, Plain) and isinstance(other, Plain) else UNKNOWN
