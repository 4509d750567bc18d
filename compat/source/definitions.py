"""Functions and classes, and the order in which their bodies are read.

A body is read when what surrounds it has been, or when something asks before that what it gives: then once without noting its uses, and in its
turn again. A body that relied on what turns out to be less certain, since another function assigns the same attribute, is read again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from compat.source.annotations import annotated, commented, dotted_name
from compat.source.bodies import Body, Function, Returned
from compat.source.expressions import Expressions
from compat.source.sites import Resolved
from compat.source.values import (
    NONE,
    UNKNOWN,
    Api,
    Dictionary,
    Many,
    Object,
    ProjectClass,
    ProjectFunction,
    Value,
    merged,
)

# Decorators of Python after which a call still gives what the function returns.
TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "lru_cache", "cache", "wraps", "abstractmethod", "override"}
)
PROPERTIES = frozenset({"property", "cached_property"})
ACCESSORS = frozenset({"setter", "deleter", "getter"})
# What is another while a body is read.
STATE = ("scopes", "scope", "place", "owner", "later", "body", "returned", "found", "guessing", "in_function")
DEPTH = 10  # functions that are read for one another; beyond, nothing is said of what one gives until it is read in its turn
ROUNDS = 8  # after that nothing is said to be known of what a body gives


class Definitions(Expressions):
    """Reads definitions."""

    def s_function(self, node: Function) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.value(default)
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        for annotation in (*(one.annotation for one in every if one), node.returns):
            if annotation:
                self.value(annotation)
        owner = self.owner
        body = Body(node, owner, [*self.scopes] if owner is not None else [*self.scopes, self.scope], (*self.place, node.name))
        function = self.function(node, body)
        if not any(isinstance(one, ast.Attribute) and one.attr in ACCESSORS for one in node.decorator_list):
            self.scope[node.name] = function
            if owner is not None:
                owner.methods[node.name] = function
        if self.bodies:
            self.later.append(body)

    def function(self, node: Function, body: Body) -> ProjectFunction:
        """What is said of a function where it is defined."""
        names = [dotted_name(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
        last = {name.rpartition(".")[2] for name in names}
        returns = self.said(node.returns)
        if node.type_comment:
            returns = commented(node.type_comment, self.lookup_commented, self.catalog.is_class)[1]
        if isinstance(node, ast.AsyncFunctionDef) or "contextmanager" in last:
            return ProjectFunction(self.module, node.name, UNKNOWN)
        told = self.bodies and returns is UNKNOWN and not node.returns and all(map(self.is_transparent, names))
        found = ProjectFunction(self.module, node.name, returns, body if told else None, not last.isdisjoint(PROPERTIES))
        self.functions.append(found)
        return found

    def is_transparent(self, decorator: str) -> bool:
        """Whether a decorated function still gives what it returns."""
        if decorator.rpartition(".")[2] in TRANSPARENT:
            return True
        found = self.lookup_dotted(decorator)
        return isinstance(found, Api) and self.catalog.keeps_result(found.name)

    def said(self, annotation: ast.expr | None) -> Value:
        return UNKNOWN if annotation is None else annotated(annotation, self.lookup_dotted, self.catalog.is_class)

    def said_in_text(self, comment: str) -> Value | None:
        """What a comment says in the place of an annotation; None where it says nothing certain."""
        found = annotated(ast.Constant(comment), self.lookup_commented, self.catalog.is_class)
        return None if found is UNKNOWN else found

    def lookup_commented(self, name: str) -> Value:
        """A name in a comment: that of the framework's compiler, where the file does not bind it."""
        found = self.lookup_dotted(name)
        return self.catalog.in_comments(name) if found is UNKNOWN else found

    # --- bodies -------------------------------------------------------------------------------------------------------

    def read_functions(self) -> None:
        """Read what waits, and again what relied on what was not final, then gather what was found."""
        bodies = self.later
        self.read_all(bodies)
        while self.stale:
            body = next(iter(self.stale))
            del self.stale[body]
            if body.state == "read" and body.rounds <= ROUNDS:
                self.read_body(body)
        _gather(self.found, bodies)

    def read_all(self, bodies: Iterable[Body]) -> None:
        for body in bodies:
            body.ready = True
        for body in bodies:
            if body.state == "waiting":
                self.read_body(body)

    def read_again(self) -> None:
        """Something that any function may have relied on has changed."""
        self.stale.update(dict.fromkeys(self.read_so_far))

    def returned_by(self, function: ProjectFunction) -> Value:
        body = function.body
        if body is None:
            return function.returns
        if self.body is not None:
            body.readers.add(self.body)
        if body.state == "waiting":
            if self.depth >= DEPTH:
                body.asked = True
            elif body.ready:
                self.read_body(body)
            else:
                self.guess(body)
        return body.returns if body.state == "read" or body.guessed else UNKNOWN

    def prepare(self, owner: ProjectClass) -> None:
        for function in owner.methods.values():
            if function.body is not None:
                self.guess(function.body)

    def guess(self, body: Body) -> None:
        """Read a body whose surroundings are not complete: what it gives and assigns by now, while its uses are noted in its turn."""
        if body.state == "waiting" and not body.guessed and self.depth < DEPTH:
            self.read_body(body, guessing=True)
            body.state, body.guessed = "waiting", True

    def read_body(self, body: Body, *, guessing: bool = False) -> None:
        kept = [getattr(self, name) for name in STATE]
        self.scopes, self.scope, self.place, self.owner, self.later, self.body = body.outer, {}, body.place, None, [], body
        self.returned, self.found, self.guessing, self.in_function = Returned(), Resolved(), guessing, True
        if body.guessed and not guessing:
            _unwritten(body)
        body.state, body.rounds, before = "reading", body.rounds + 1, body.returns
        self.depth += 1
        self.function_body(body.node, body.owner)
        self.depth -= 1
        body.found, body.inner = self.found, self.later
        if not guessing:
            self.read_all(body.inner)
            self.read_so_far[body] = None
        body.returns = self.given() if body.rounds < ROUNDS else UNKNOWN
        body.state, body.guessed = "read", False
        for name, value in zip(STATE, kept, strict=True):
            setattr(self, name, value)
        if (body.rounds > 1 or body.asked) and body.returns != before:
            body.asked = False
            self.stale.update(dict.fromkeys(body.readers))

    def given(self) -> Value:
        """What the statements that return give, taken together."""
        found: Value | None = None
        for value in self.returned.values:
            found = value if found is None else merged(found, value)
        return UNKNOWN if found is None or found is NONE or self.returned.yields else found

    def function_body(self, node: Function, owner: ProjectClass | None) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args]
        for one in (*every, *arguments.kwonlyargs):
            self.scope[one.arg] = self.said(one.annotation)
        if node.type_comment:
            said, _ = commented(node.type_comment, self.lookup_commented, self.catalog.is_class)
            named = every[len(every) - len(said) :] if len(said) in (len(every), len(every) - 1) else []
            self.scope.update({one.arg: value for one, value in zip(named, said, strict=False)})
        if arguments.vararg:
            self.scope[arguments.vararg.arg] = Many(self.said(arguments.vararg.annotation))
        if arguments.kwarg:
            self.scope[arguments.kwarg.arg] = Dictionary(self.said(arguments.kwarg.annotation))
        if owner is not None and every:
            kinds = {decorator.id for decorator in node.decorator_list if isinstance(decorator, ast.Name)}
            if "staticmethod" not in kinds:
                self.scope[every[0].arg] = owner if "classmethod" in kinds else Object(owner)
        self.block(node.body)

    def s_class(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        bases = tuple(self.value(base) for base in node.bases)
        for keyword in node.keywords:
            self.value(keyword.value)
        found = ProjectClass(self.module, node.name, bases)
        self.classes.add(found)
        kept = self.scopes, self.scope, self.place, self.owner, self.later
        if self.owner is None:  # what a class body binds is not seen from the classes and functions in it
            self.scopes = [*self.scopes, self.scope]
        self.scope, self.place, self.owner, self.later = {}, (*self.place, node.name), found, []
        self.block(node.body)
        own, methods = self.scope, self.later
        self.scopes, self.scope, self.place, self.owner, self.later = kept
        known = own if self.bodies else {name: own[name] for name in found.promised}  # methods that are not read may assign the others
        found.attributes.update({name: value for name, value in known.items() if name not in found.methods})
        self.scope[node.name] = found
        self.later += sorted(methods, key=lambda body: body.node.name != "__init__")  # it says what self has

    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Read statements; whether the last of them leaves the function."""
        raise NotImplementedError


def _gather(found: Resolved, bodies: Iterable[Body]) -> None:
    for body in bodies:
        found.sites += body.found.sites
        found.imports += body.found.imports
        found.foreign += body.found.foreign
        found.values |= body.found.values
        _gather(found, body.inner)


def _unwritten(body: Body) -> None:
    """Forget what a first reading, which knew less, has said of attributes."""
    for owner, name in body.written:
        owner.written[name].pop(body, None)
    body.written.clear()
    body.rounds = 0
