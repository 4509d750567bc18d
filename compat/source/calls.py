"""Calls: which API each is a use of, and what it gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compat.source.annotations import dotted_name
from compat.source.narrowing import Narrowing
from compat.source.values import (
    INTEGER,
    NONE,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
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
    Several,
    Value,
    is_number,
    merged,
)

NUMBERS = frozenset({"float", "bool", "isinstance", "issubclass", "hasattr", "callable", "any", "all"})
INTEGERS = frozenset({"len", "int", "id", "ord", "hash"})
TEXTS = frozenset({"str", "repr", "format", "input", "chr", "type"})
SEQUENCES = frozenset({Several, Many})
COPIES = frozenset({"list", "tuple", "sorted", "reversed", "iter", "set", "frozenset"})
VALUE_AND_GRAD = "mindspore.value_and_grad"
# Methods of a module by which it gets an attribute whose name is the first argument.
REGISTERING = frozenset({"register_buffer", "register_parameter", "register_module", "add_module"})


class Calls(Narrowing):
    """Reads calls."""

    def e_call(self, node: ast.Call) -> Value:
        func = node.func
        target = self.referred(func)
        kind = type(target)
        given = self.arguments(node, kind is Api or kind is Method or kind is Plain)  # none of them keeps a list that it is given
        if isinstance(target, Api):
            self.use(node, target.name, "call", "name")
            self.learn(node, self.catalog.required(target.name))
            return self.catalog.called_with(target.name, node)
        if isinstance(target, Method):
            self.use(node, f"{target.of}.{target.name}", "call", "inferred", target.name)
            self.learn(node, self.catalog.required(f"{target.of}.{target.name}"))
            return self.of_method(target, node, given)
        if isinstance(target, Native) and target.name == VALUE_AND_GRAD and node.args:
            return self.value_and_grad(node)
        if isinstance(func, ast.Attribute):
            if target is UNKNOWN:
                if self.catalog.is_method(func.attr) and not self.is_own(func):
                    self.use(node, "", "call", "unknown", func.attr)
                return UNKNOWN
            if target is OTHER and isinstance(func.value, ast.Name):
                self.grown(func.value.id, func.attr, given)
        if kind is Plain and isinstance(func, ast.Name):
            return self.builtin(func.id, given)
        if isinstance(target, Instance):
            self.learn(node, self.catalog.required_when_invoked(target.of))
        elif kind is not Plain:
            self.forget_paths(node)
        return self.result(target)

    def learn(self, node: ast.Call, required: Mapping[str, Value]) -> None:
        """What the framework takes for a parameter is what it wants there: it refuses everything else, so that nothing comes after the call.

        Said of variables, and of attributes of them as long as nothing else is given the object.
        """
        if not required or self.supposing or any(isinstance(one, ast.Starred) for one in node.args):
            return
        given = [*zip(node.args, required.values(), strict=False)]
        given += [(one.value, required.get(one.arg or "", UNKNOWN)) for one in node.keywords]
        for argument, value in given:
            if value is not UNKNOWN and self.found.values.get(id(argument)) is UNKNOWN and (path := self.path(argument)):
                self.scope[path] = value

    def path(self, node: ast.expr) -> str:
        """The name of a variable of this function, or of an attribute of one; empty for any other expression."""
        path = dotted_name(node)
        if isinstance(node, ast.Name):
            return path if path in self.scope else ""
        return path if self.body is not None and path.partition(".")[0] in self.scope else ""

    def forget_paths(self, node: ast.Call) -> None:
        """A function that is given an object may change its attributes."""
        if any("." in name for name in self.scope):
            for root in {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}:
                self.forget(f"{root}.")

    def value_and_grad(self, node: ast.Call) -> Value:
        """What an earlier port's `value_and_grad(forward, …)` gives: a function of what `forward` gives, and of gradients."""
        function = self.value(node.args[0])
        found = self.returned_by(function) if isinstance(function, ProjectFunction) else UNKNOWN
        return Gives(Several((found, UNKNOWN)))

    def referred(self, node: ast.expr) -> Value:
        """What an expression stands for; the whole of a name is not noted as a use."""
        raise NotImplementedError

    def is_own(self, func: ast.Attribute) -> bool:
        """Whether the method is one that the project binds to its own objects."""
        receiver = self.lookup(func.value.id) if isinstance(func.value, ast.Name) else UNKNOWN
        return isinstance(receiver, Object) and self.binds(receiver.of, func.attr)

    def of_method(self, method: Method, node: ast.Call, given: Sequence[Value]) -> Value:
        api = f"{method.of}.{method.name}"
        if method.name in REGISTERING and isinstance(method.receiver, Object) and len(given) > 1 and isinstance(node.args[0], ast.Constant):
            value = self.catalog.registered(method.name) if method.name in ("register_buffer", "register_parameter") else given[1]
            self.write(method.receiver.of, str(node.args[0].value), NONE if given[1] is NONE else value)
        if method.receiver is not None and self.catalog.gives_receiver(api):
            return method.receiver
        return self.catalog.called_with(api, node)

    def arguments(self, node: ast.Call, kept: bool) -> list[Value]:
        """Read the arguments; what those without a keyword are. Where the list that one of them is may be kept, it grows unseen."""
        given, spread = [], False
        for argument in node.args:
            value = self.noted(argument)
            given.append(value if kept or type(value) not in SEQUENCES else self.shared(argument, value))
            spread = spread or type(argument) is ast.Starred
        for keyword in node.keywords:
            value = self.noted(keyword.value)
            if not kept and type(value) in SEQUENCES:
                self.shared(keyword.value, value)
        return [] if spread else given

    def noted(self, argument: ast.expr) -> Value:
        """What an argument is; it may be read several times, each time with less known."""
        value = self.value(argument)
        self.found.values[id(argument)] = value
        return value

    def grown(self, name: str, method: str, given: Sequence[Value]) -> None:
        """What a method of a list puts into it."""
        if method in ("append", "insert") and given:
            self.grow(name, given[-1])
        elif method == "extend" and given:
            self.grow(name, self.item_of(given[0]))

    def result(self, target: Value) -> Value:
        """What a call of something gives that is no API by name."""
        read = RESULTS.get(type(target))
        return UNKNOWN if read is None else read(self, target)

    def r_object(self, target: Object) -> Value:
        forward = self.of_class(target.of, self.catalog.call_method)
        return self.returned_by(forward) if isinstance(forward, ProjectFunction) else self.invoked_base(target.of)

    def invoked_base(self, owner: ProjectClass) -> Value:
        """What a call of an object gives whose class takes over the framework's `forward`."""
        base = owner.bases[0] if len(owner.bases) == 1 else None
        if isinstance(base, ProjectClass):
            return self.invoked_base(base)
        return self.catalog.invoked(base.name) if isinstance(base, Api) and self.catalog.call_method not in owner.written else UNKNOWN

    def builtin(self, name: str, given: Sequence[Value]) -> Value:
        if name == "super" and isinstance(own := self.lookup("self"), Object):
            return Object(ProjectClass(own.of.module, own.of.name, own.of.bases))
        if name in NUMBERS or name in INTEGERS:
            return INTEGER if name in INTEGERS else NUMBER
        if name in TEXTS:
            return TEXT if name != "type" else OTHER
        if name in GIVING and given:
            return GIVING[name](self, given)
        return Many(INTEGER) if name == "range" else OTHER if name in ("print", "open", "dict") else UNKNOWN

    def b_copy(self, given: Sequence[Value]) -> Value:
        first = given[0]
        return Several(first.items, growing=True) if isinstance(first, Several) else Many(self.item_of(first), growing=True)

    def b_enumerate(self, given: Sequence[Value]) -> Value:
        return Many(Several((INTEGER, self.item_of(given[0]))))

    def b_zip(self, given: Sequence[Value]) -> Value:
        return Many(Several(tuple(self.item_of(one) for one in given)))

    def b_next(self, given: Sequence[Value]) -> Value:
        found = self.item_of(given[0])
        return found if len(given) == 1 else merged(found, given[1])

    def b_extreme(self, given: Sequence[Value]) -> Value:
        return self.item_of(given[0]) if len(given) == 1 else merged(given[0], given[1]) if len(given) == 2 else UNKNOWN

    def b_sum(self, given: Sequence[Value]) -> Value:
        return merged(self.item_of(given[0]), INTEGER if len(given) == 1 else given[1])

    def b_filter(self, given: Sequence[Value]) -> Value:
        return Many(self.item_of(given[-1]))

    def b_map(self, given: Sequence[Value]) -> Value:
        target = given[0]
        return Many(target.result if isinstance(target, Gives) else UNKNOWN)

    def b_absolute(self, given: Sequence[Value]) -> Value:
        return given[0] if isinstance(given[0], Instance) or is_number(given[0]) else UNKNOWN


GIVING: dict[str, Callable[[Any, Sequence[Value]], Value]] = {
    **dict.fromkeys(COPIES, Calls.b_copy), "enumerate": Calls.b_enumerate, "zip": Calls.b_zip, "next": Calls.b_next,
    "max": Calls.b_extreme, "min": Calls.b_extreme, "sum": Calls.b_sum, "filter": Calls.b_filter, "map": Calls.b_map,
    "abs": Calls.b_absolute, "round": Calls.b_absolute,
}  # fmt: skip
RESULTS: dict[type[Value], Callable[[Calls, Any], Value]] = {
    ProjectClass: lambda _reader, target: Object(target),
    ProjectFunction: lambda reader, target: reader.returned_by(target),
    Instance: lambda reader, target: reader.catalog.invoked(target.of),
    Object: Calls.r_object,
    Gives: lambda _reader, target: target.result,
    Native: lambda reader, target: reader.catalog.native(target.name),
    Either: lambda reader, target: reader.each(target, reader.result),
    Api: lambda reader, target: reader.catalog.called(target.name),
}
