"""What an expression may stand for, as far as the text tells: an API, an instance of one, something of the project, or nothing known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compat.source.bodies import Body


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
    """A tuple or list whose items are known one by one. A list that the text makes is `growing`: what else is put into it has to be followed."""

    items: tuple[Value, ...]
    growing: bool = False


@dataclass(frozen=True, slots=True)
class Many(Value):
    """A sequence or iterator of any length whose items are alike; `growing` as of Several."""

    item: Value
    growing: bool = False


@dataclass(frozen=True, slots=True)
class Dictionary(Value):
    """A mapping whose values are alike."""

    item: Value


@dataclass(frozen=True, slots=True)
class Gives(Value):
    """Something to call, of which it is known what the call gives."""

    result: Value


@dataclass(frozen=True, slots=True)
class Either(Value):
    """One of a few values, none of them unknown."""

    items: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Native(Value):
    """A name of the other framework that an earlier port has written: `mindspore.mint.cat`."""

    name: str


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
    """A class of the project; `bases` are what its bases stand for, `attributes` what its own body binds.

    `written` is what is assigned to `self.NAME`, by the function that does, `promised` which attributes have an annotation, and `readers`
    are the functions that have used what was known of an attribute.
    """

    module: str
    name: str
    bases: tuple[Value, ...]
    attributes: dict[str, Value] = field(default_factory=dict)
    methods: dict[str, ProjectFunction] = field(default_factory=dict)
    written: dict[str, dict[Body | None, Value]] = field(default_factory=dict)
    promised: set[str] = field(default_factory=set)
    readers: dict[str, set[Body]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class ProjectFunction(Value):
    """A function of the project; `returns` is what its annotation says that it gives. Without one, `body` may tell."""

    module: str
    name: str
    returns: Value
    body: Body | None = None
    is_property: bool = False


@dataclass(frozen=True, slots=True)
class Object(Value):
    """An instance of a class of the project."""

    of: ProjectClass


UNKNOWN = Value()
NONE = Plain("None")
NUMBER = Plain("number")
INTEGER = Plain("int")  # a number that is whole by its type, and no bool
TEXT = Plain("text")
OTHER = Plain("other")


NOTHING = Several((), growing=True)  # a list that has no items yet
ALTERNATIVES = 4


def merged(one: Value, other: Value) -> Value:
    """What is known of a name that is either of the two; a None beside something else is that something, left out."""
    if one is other or one == other:
        return one
    if one is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    if one is NONE:
        return other
    if other is NONE:
        return one
    if isinstance(one, Plain) and isinstance(other, Plain):
        return NUMBER if is_number(one) and is_number(other) else OTHER
    if isinstance(one, Several | Many) and isinstance(other, Several | Many):
        return _sequences(one, other)
    if isinstance(one, Dictionary) and isinstance(other, Dictionary):
        return Dictionary(merged(one.item, other.item))
    if isinstance(one, Method) and isinstance(other, Method) and (one.of, one.name) == (other.of, other.name):
        return Method(one.of, one.name, merged(one.receiver or UNKNOWN, other.receiver or UNKNOWN))
    found = frozenset((*alternatives(one), *alternatives(other)))
    return Either(found) if len(found) <= ALTERNATIVES else UNKNOWN


def is_number(value: Value) -> bool:
    return value is NUMBER or value is INTEGER


def _sequences(one: Several | Many, other: Several | Many) -> Value:
    growing = one.growing or other.growing
    if one == NOTHING or other == NOTHING:
        full = other if one == NOTHING else one
        return Many(item_of(full), growing=True)
    if isinstance(one, Several) and isinstance(other, Several) and len(one.items) == len(other.items):
        return Several(tuple(map(merged, one.items, other.items)), growing)
    return Many(merged(item_of(one), item_of(other)), growing)


def alternatives(value: Value) -> Iterable[Value]:
    """What it may be: itself, or each of several."""
    return value.items if isinstance(value, Either) else (value,)


def item_of(value: Several | Many) -> Value:
    """What is known of every item."""
    if isinstance(value, Many):
        return value.item
    found: Value = value.items[0] if value.items else UNKNOWN
    for item in value.items[1:]:
        found = merged(found, item)
    return found
