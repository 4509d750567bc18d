"""One call of PyTorch → the edits that make it a call of a MindSpore counterpart, by the row's plan.

Only what differs is touched: the name of what is called, names of arguments, arguments that have to be added, converted or left out.
Comments, line breaks and the rest of the text stay.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from msgspec import UNSET

from compat.port.binding import Argument, Bound, NotBound, bound
from compat.port.values import NotExpressible as NotExpressible, converted, has_no_effect, is_same, needed
from compat.source.text import Edit, Source, Span
from compat.table.converters import CONVERTERS
from compat.table.model import Counterpart, Row
from compat.table.parameters import Added, Constant, Converted, Counted, Deprecated, Moved, NeutralOnly, Parameter, Part, Unsupported

ROOT = "mindspore"


@dataclass
class Rewritten:
    """The edits of one call, the codes of what changed besides the name, each with its reason, and the arguments that go on being given."""

    arguments: Bound
    edits: list[Edit] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def rewritten(
    source: Source, call: ast.Call, api: str, row: Row, counterpart: Counterpart, root: str = ROOT, unobserved: frozenset[str] = frozenset()
) -> Rewritten:
    """The call as one of `counterpart`, which is reached through the name `root`. NotExpressible when the row's plan has no way.

    `unobserved` are arguments whose effect nobody sees, so that they may go: `inplace`, where the input is not used again.
    """
    try:
        arguments = bound(row, api, call)
    except NotBound as error:
        raise NotExpressible("CM203", str(error)) from None
    if any(isinstance(one, ast.GeneratorExp) for one in call.args):
        raise NotExpressible("CM203", "an argument is a generator without parentheses")
    return _Call(source, call, row, counterpart, arguments, root, unobserved).rewritten(api)


class _Call:
    def __init__(
        self, source: Source, call: ast.Call, row: Row, counterpart: Counterpart, arguments: Bound, root: str, unobserved: frozenset[str]
    ) -> None:
        self.source, self.call, self.row, self.counterpart, self.arguments, self.root = source, call, row, counterpart, arguments, root
        self.unobserved = unobserved
        self.targets = _targets(counterpart.parameters)
        self.made = Rewritten(replace(arguments, arguments=tuple(one for one in arguments.arguments if not self._is_dropped(one))))
        self.opening = self._first(source.span(call.func).end, b"(")
        self.closing = source.span(call).end - 1
        self.by_value = extents(source, call, self.opening)
        self.extents = list(self.by_value.values())
        self.as_function = bool(arguments.receiver) and not counterpart.is_method

    def rewritten(self, api: str) -> Rewritten:
        method = bool(self.arguments.receiver)
        as_method = self.counterpart.is_method
        if as_method and not (method and self.counterpart.api.rpartition(".")[2] == api.rpartition(".")[2]):
            raise NotExpressible("CM201", "a method of MindSpore's tensors, which compat.torch's have another of")
        if as_method and (self._change_arguments(1) or self.made.edits):
            # The tensor may be one of compat.torch's, whose method of this name takes PyTorch's arguments.
            raise NotExpressible("CM202", f"{self.counterpart.api} takes other arguments")
        if as_method:
            return self.made
        if method:
            self._as_function()
            self._change_arguments(1)
        else:
            called = self.source.span(self.call.func)
            if b"#" in self.source.utf8[called.start : called.end]:
                raise NotExpressible("CM206", "a comment stands in the name of what is called")
            self._replace(called, self._name())
            self._change_arguments(0)
        return self.made

    def _name(self) -> str:
        return self.root + self.counterpart.api.removeprefix("mindspore")

    def _replace(self, span: Span, text: str) -> None:
        self.made.edits.append(Edit(span, text))

    def _insert(self, at: int, text: str) -> None:
        self._replace(Span(at, at), text)

    def _first(self, start: int, wanted: bytes) -> int:
        """The first such character from a place on, comments left out."""
        found = first_from(self.source, start, self.source.span(self.call).end, wanted)
        if found is None:
            raise NotExpressible("CM206", "the call is written in a way that is not followed")
        return found

    def _note(self, code: str, reason: str) -> None:
        self.made.notes.append((code, reason))

    def _as_function(self) -> None:
        """`x.flatten(1)` → `mindspore.mint.flatten(x, 1)`."""
        function = self.call.func
        assert isinstance(function, ast.Attribute)
        target = self._target_of(self.arguments.receiver)
        first = next(iter(self.counterpart.parameters))
        whole, receiver = self.source.span(self.call), self.source.span(function.value)
        dot = self._first(receiver.end, b".")
        if target is None or target != first:
            raise NotExpressible("CM202", f"{self.counterpart.api} does not take the tensor first")
        self._replace(Span(whole.start, whole.start), f"{self._name()}(")
        self._replace(Span(dot, self.opening + 1), ", " if self.call.args or self.call.keywords else "")
        self._note("CM105", f"a function: {self.counterpart.api}")

    def _target_of(self, parameter: str) -> str | None:
        return next((name for name, (origin, _) in self.targets.items() if origin == parameter), None)

    # --- arguments ---

    def _change_arguments(self, before: int) -> bool:
        """Adapt them; `before` is how many are filled in front of them. Says whether anything has to change."""
        marks = len(self.made.edits)
        kept = self.made.arguments.arguments
        dropped = [argument for argument in self.arguments.arguments if argument not in kept]
        for argument in kept:
            if self._target_of(argument.parameter) is None:
                raise NotExpressible("CM202", f"{self.counterpart.api} has nothing for {argument.parameter}")
        places = [name for name, (_, parameter) in self.targets.items() if not parameter.keyword_only]
        if self.arguments.separate:
            self._separate(places, before)
        by_place = True  # so far every argument by place stays one
        for place, argument in enumerate(kept, before):
            target = self._target_of(argument.parameter)
            assert target is not None
            if argument.keyword is not None:
                if argument.keyword.arg != target:
                    self._rename(argument, target)
            elif not (by_place and places[place : place + 1] == [target]):
                by_place = False
                self._insert(self._extent(argument).start, f"{target}=")
                self._note("CM102", f"{argument.parameter} is given by name, as {target}")
            self._convert(argument, self.targets[target][1])
        self._drop(dropped)
        self._add(list(self._missing()), dropped)
        return len(self.made.edits) > marks

    def _separate(self, places: list[str], before: int) -> None:
        """`permute(0, 2, 1)`: stays where MindSpore takes it so, and becomes one tuple elsewhere."""
        target = self._target_of(self.arguments.variadic)
        if target is None or places[before : before + 1] != [target]:
            raise NotExpressible("CM202", f"{self.counterpart.api} has no place for {self.arguments.variadic}")
        if self.targets[target][1].variadic:
            return
        separate = self.arguments.separate
        self._insert(self.by_value[id(separate[0])].start, "(")
        self._insert(self.by_value[id(separate[-1])].end, ",)" if len(separate) == 1 else ")")
        self._note("CM103", f"{self.arguments.variadic} is one tuple")

    def _is_dropped(self, argument: Argument) -> bool:
        """Whether an argument says nothing: its default, a neutral value, a deprecated one that is None, or where a tensor is placed."""
        parameter: Parameter = self.row.parameters[argument.parameter]
        value = argument.literal
        if argument.parameter in self.unobserved:
            return True
        if isinstance(parameter, Deprecated | Unsupported):
            return value is None or (isinstance(parameter, Unsupported) and is_same(value, parameter.default))
        if parameter.type == "device":
            return has_no_effect(argument.value)
        if self._target_of(argument.parameter) is not None:
            return False
        if isinstance(parameter, NeutralOnly) and any(is_same(value, one) for one in parameter.values):
            return True
        return is_same(value, parameter.default)

    def _drop(self, dropped: list[Argument]) -> None:
        """Leave arguments out, each with the comma that goes with it."""
        ends = [*self.extents]
        gone = [ends.index(self._extent(argument)) for argument in dropped]
        for first, last in _runs(gone):
            if last + 1 < len(ends):
                cut, kept = Span(ends[first].start, ends[last + 1].start), ends[last].end
            else:
                before = ends[first - 1].end if first else self.opening + 1
                cut, kept = Span(before, self._behind_comma(ends[last].end)), ends[last].end
            if b"#" in self.source.utf8[cut.start : ends[first].start] + self.source.utf8[kept : cut.end]:
                raise NotExpressible("CM206", "a comment stands beside an argument that has to go")
            self._replace(cut, "")
        for argument in dropped:
            if self.row.parameters[argument.parameter].type == "device" and argument.literal is not None:
                self._note("CM106", f"{argument.parameter} is left out: MindSpore's context says where tensors are")
            if argument.parameter in self.unobserved:
                self._note("CM107", f"{argument.parameter} is left out: nothing reads what it writes into")

    def _behind_comma(self, end: int) -> int:
        comma = next((at for at in significant(self.source.utf8, end, self.closing) if self.source.utf8[at : at + 1] == b","), None)
        return end if comma is None else comma + 1

    def _rename(self, argument: Argument, target: str) -> None:
        assert argument.keyword is not None
        assert argument.keyword.arg is not None
        start = self.source.span(argument.keyword).start
        self._replace(Span(start, start + len(argument.keyword.arg.encode())), target)
        self._note("CM102", f"{argument.keyword.arg} is {target}")

    def _convert(self, argument: Argument, parameter: Counted) -> None:
        if isinstance(parameter, Part | Moved):
            raise NotExpressible("CM202", f"{argument.parameter} stands elsewhere in {self.counterpart.api}")
        if parameter.if_none and (argument.literal is None or argument.literal in ((), [])):
            self._replace(self.source.span(argument.value), self._value_of(parameter.if_none))
            self._note("CM103", f"{argument.parameter} is that of {parameter.if_none}, which None stands for")
            return
        if not isinstance(parameter, Converted):
            return
        text = converted(parameter.by, argument, self.source)
        if text is None:
            raise NotExpressible("CM203", f"{argument.parameter} is converted, and the source does not tell its value")
        if text != self.source.text(argument.value):
            self._replace(self.source.span(argument.value), text)
            self._note("CM103", f"{argument.parameter} is converted: {CONVERTERS[parameter.by].about}")

    def _missing(self) -> Iterator[tuple[str, str]]:
        """What has to be written out: what MindSpore requires, or does otherwise unless told."""
        given = {self._target_of(name) for name in (*self.arguments.given, self.arguments.receiver) if name}
        for target, (origin, parameter) in self.targets.items():
            if target in given:
                continue
            if parameter.if_none:
                yield target, self._value_of(parameter.if_none)
                self._note("CM101", f"{target} is that of {parameter.if_none}, where MindSpore has {parameter.default!r}")
                continue
            value = needed(parameter, self.row.parameters.get(origin or ""))
            if value is UNSET:
                continue
            if isinstance(value, float | int | str | bool | tuple | list) or value is None:
                yield target, repr(tuple(value) if isinstance(value, list) else value)
                code = "CM104" if isinstance(parameter, Added | Constant) else "CM101"
                self._note(code, f"{target}={value!r}" + ("" if parameter.required else f", where MindSpore has {parameter.default!r}"))
            else:
                raise NotExpressible("CM202", f"{target} can't be written out")

    def _value_of(self, parameter: str) -> str:
        """The text of an argument to write once more; NotExpressible where that would be more than to look at a value."""
        argument = self.arguments.names.get(parameter)
        value = None if argument is None else argument.value
        items = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        if value is None or not all(item is not None and has_no_effect(item) for item in items):
            raise NotExpressible("CM203", f"{parameter} is needed twice, and the source does not tell its value")
        return self.source.text(value)

    def _add(self, missing: list[tuple[str, str]], dropped: list[Argument]) -> None:
        if not missing:
            return
        text = ", ".join(f"{name}={value}" for name, value in missing)
        gone = [self._extent(argument) for argument in dropped]
        kept = [extent for extent in self.extents if extent not in gone]
        if not kept:
            at = self.opening + 1
            self._insert(at, f", {text}" if self.as_function else text)
            return
        last = kept[-1].end
        behind = last if gone and gone[-1] == self.extents[-1] else self._behind_comma(last)
        self._insert(behind, f", {text}" if behind == last else f" {text},")

    def _extent(self, argument: Argument) -> Span:
        return self.by_value[id(argument.value)]


def first_from(source: Source, start: int, end: int, wanted: bytes) -> int | None:
    """The first such character between two tokens, comments left out."""
    return next((at for at in significant(source.utf8, start, end) if source.utf8[at : at + 1] == wanted), None)


def first_of(source: Source, call: ast.Call, wanted: bytes) -> int | None:
    """The first such character behind what is called."""
    return first_from(source, source.span(call.func).end, source.span(call).end, wanted)


def extents(source: Source, call: ast.Call, opening: int) -> dict[int, Span]:
    """Where each argument of a call stands, with its keyword and the parentheses around it, in order, by the identity of its value."""
    found: dict[int, Span] = {}
    floor = opening + 1
    given = [(value, source.span(value).start) for value in call.args]
    given += [(keyword.value, source.span(keyword).start) for keyword in call.keywords]
    for value, start in sorted(given, key=lambda one: one[1]):
        span = source.span(value)
        parentheses = [at for at in significant(source.utf8, floor, span.start) if source.utf8[at : at + 1] == b"("]
        end = span.end
        for at in significant(source.utf8, span.end, len(source.utf8)) if parentheses else ():
            end = at + 1
            parentheses.pop()
            if not parentheses:
                break
        begin = next((at for at in significant(source.utf8, floor, start) if source.utf8[at : at + 1] == b"("), start)
        found[id(value)] = Span(min(begin, start), end)
        floor = end
    return found


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as (first, last)."""
    for place in sorted(places):
        if place - 1 not in places:
            last = place
            while last + 1 in places:
                last += 1
            yield place, last


def _targets(parameters: Mapping[str, Counted]) -> dict[str, tuple[str | None, Counted]]:
    """MindSpore's parameters, each with PyTorch's that fills it."""
    return {name: (_origin(name, parameter), parameter) for name, parameter in parameters.items()}


def _origin(name: str, parameter: Counted) -> str | None:
    if isinstance(parameter, Added | Constant):
        return None
    return getattr(parameter, "source", None) or name


def significant(text: bytes, start: int, end: int) -> Iterator[int]:
    """Places of characters that are neither white space nor in a comment, between two tokens."""
    at = start
    while at < end:
        character = text[at : at + 1]
        if character == b"#":
            at = next((place for place in range(at, end) if text[place : place + 1] in b"\r\n"), end)
            continue
        if not character.isspace() and character != b"\\":
            yield at
        at += 1
