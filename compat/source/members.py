"""`receiver.name`: what it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.source.scopes import Scopes
from compat.source.values import (
    INTEGER,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
    Dictionary,
    Either,
    Gives,
    Instance,
    Many,
    Method,
    Native,
    Object,
    Plain,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Several,
    Value,
    item_of,
    merged,
)

# What Python's own types have: one that has no such attribute is not what an expression is that has been evaluated.
LACKING = {
    NUMBER: frozenset(name for kind in (int, float, complex) for name in dir(kind)),
    TEXT: frozenset(dir(str)),
    INTEGER: frozenset(dir(int)),
}
SEQUENCE = frozenset((*dir(list), *dir(tuple)))
MAPPING = frozenset(dir(dict))
DEEP = 20  # bases of bases

# The items of what a framework's reductions and sorts give, by name; no list or tuple of Python's has such attributes.
PARTS = frozenset({"values", "indices"})


class Members(Scopes):
    """Reads attributes."""

    def member(self, receiver: Value, name: str) -> Value:
        """The attribute of a value; for a property, what it gives."""
        read = MEMBERS.get(type(receiver))
        return UNKNOWN if read is None else read(self, receiver, name)

    def of_api(self, receiver: Api, name: str) -> Value:
        return Api(f"{receiver.name}.{name}")

    def of_instance(self, receiver: Instance, name: str) -> Value:
        found = self.catalog.attribute(receiver.of, name)
        return Method(found.of, found.name, receiver) if type(found) is Method else found

    def of_module(self, receiver: ProjectModule, name: str) -> Value:
        return self.project.module(f"{receiver.name}.{name}") or self.project.exported(receiver.name, name)

    def of_native(self, receiver: Native, name: str) -> Value:
        return Native(f"{receiver.name}.{name}")

    def of_plain(self, _receiver: Plain, _name: str) -> Value:
        return OTHER

    def of_either(self, receiver: Either, name: str) -> Value:
        """Of several alternatives those that can have such an attribute."""
        found: Value | None = None
        for one in receiver.items:
            if isinstance(one, Several) and name not in SEQUENCE:
                continue
            if isinstance(one, Plain) and one in LACKING and name not in LACKING[one]:
                continue
            answer = self.member(one, name)
            found = answer if found is None else merged(found, answer)
        mixed = isinstance(found, Either) and any(isinstance(one, Method) for one in found.items)
        return UNKNOWN if found is None or mixed else found

    def of_object(self, receiver: Object, name: str) -> Value:
        found = self.of_class(receiver.of, name)
        if isinstance(found, Method):
            return Method(found.of, found.name, receiver)
        return self.returned_by(found) if isinstance(found, ProjectFunction) and found.is_property else found

    def of_class(self, owner: ProjectClass, name: str, depth: int = 0) -> Value:
        """An attribute or method of a class of the project, its own or that of a base."""
        if self.body is None or self.guessing:
            self.prepare(owner)
        if self.body is not None:
            self.borrow(owner)
            owner.readers.setdefault(name, set()).add(self.body)
        found, method = self.read(owner, name), owner.methods.get(name)
        if method is not None:
            return method if found is None else UNKNOWN
        if found is not None:
            return found
        for base in owner.bases:
            found = UNKNOWN
            if isinstance(base, ProjectClass) and depth < DEEP:
                found = self.of_class(base, name, depth + 1)
            elif isinstance(base, Api):
                found = self.catalog.attribute(base.name, name)
            if found is not UNKNOWN:
                return found
        return UNKNOWN

    def binds(self, owner: ProjectClass, name: str, depth: int = 0) -> bool:
        """Whether the project's own classes bind an attribute, so that it is none of the framework's."""
        if name in owner.written or name in owner.attributes or name in owner.methods:
            return True
        return depth < DEEP and any(isinstance(base, ProjectClass) and self.binds(base, name, depth + 1) for base in owner.bases)

    def of_dictionary(self, receiver: Dictionary, name: str) -> Value:
        if name == "values":
            return Gives(Many(receiver.item))
        if name == "items":
            return Gives(Many(Several((OTHER, receiver.item))))
        if name in ("get", "pop", "setdefault"):
            return Gives(receiver.item)
        return Gives(receiver) if name == "copy" else OTHER if name in MAPPING else UNKNOWN

    def of_sequence(self, receiver: Several | Many, name: str) -> Value:
        if name == "pop":
            return Gives(item_of(receiver))
        if name == "copy":
            return Gives(Many(item_of(receiver), growing=True))
        if name in PARTS:
            return item_of(receiver)
        return OTHER if name in SEQUENCE else UNKNOWN

    def returned_by(self, function: ProjectFunction) -> Value:
        """What a call of a function gives."""
        raise NotImplementedError

    def prepare(self, owner: ProjectClass) -> None:
        """See that what the methods of a class assign is known, as far as it can be by now."""
        raise NotImplementedError


MEMBERS: dict[type[Value], Callable[[Members, Any, str], Value]] = {
    Api: Members.of_api, Instance: Members.of_instance, Object: Members.of_object, ProjectClass: Members.of_class,
    ProjectModule: Members.of_module, Native: Members.of_native, Either: Members.of_either, Dictionary: Members.of_dictionary,
    Several: Members.of_sequence, Many: Members.of_sequence, Plain: Members.of_plain,
}  # fmt: skip
