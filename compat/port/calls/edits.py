"""One call of a framework's API → the edits that make it a call of the other's, by a plan.

Only what differs is touched: the name of what is called, names of arguments, arguments that have to be added, converted or left out.
Comments, line breaks and the rest of the text stay.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from msgspec import UNSET

from compat.port.calls.binding import NOTHING, Argument, Bound, NotBound, Told, bound
from compat.port.calls.plan import Plan, Wanted
from compat.port.calls.values import NotExpressible as NotExpressible, converted, has_no_effect, is_same, needed
from compat.port.codes import CODES
from compat.source.text import Edit, Source, Span

FRAMEWORKS = {"torch": "PyTorch", "mindspore": "MindSpore"}


@dataclass
class Rewritten:
    """The edits of one call, the codes of what changed besides the name, each with its reason, and the arguments that go on being given."""

    arguments: Bound
    edits: list[Edit] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def rewritten(source: Source, call: ast.Call, plan: Plan, root: str, told: Told = NOTHING) -> Rewritten:
    """The call as one of the plan's target, whose framework is reached through the name `root`. NotExpressible when the plan has no way."""
    try:
        arguments = bound(plan, call, told)
    except NotBound as error:
        raise NotExpressible("CM203", str(error)) from None
    if any(isinstance(one, ast.GeneratorExp) for one in call.args):
        raise NotExpressible("CM203", "an argument is a generator without parentheses")
    return _Call(source, call, plan, arguments, root, told.unobserved).rewritten()


class _Call:
    def __init__(self, source: Source, call: ast.Call, plan: Plan, arguments: Bound, root: str, unobserved: frozenset[str]) -> None:
        self.source, self.call, self.plan, self.arguments, self.root = source, call, plan, arguments, root
        self.unobserved = unobserved
        self.made = Rewritten(replace(arguments, arguments=tuple(one for one in arguments.arguments if not self._is_dropped(one))))
        self.opening = self._first(source.span(call.func).end, b"(")
        self.closing = source.span(call).end - 1
        self.by_value = extents(source, call, self.opening)
        self.extents = list(self.by_value.values())
        self.as_function = bool(arguments.receiver) and not plan.to_method

    def rewritten(self) -> Rewritten:
        method = bool(self.arguments.receiver)
        if self.plan.item:
            self._as_property(self.plan.item)
            return self.made
        if self.plan.to_method and not (method and self.plan.target.rpartition(".")[2] == self.plan.api.rpartition(".")[2]):
            raise NotExpressible("CM201", f"a method of the other framework's tensors, which those of {self.framework} have another of")
        is_changed = self.plan.to_method and self._change_arguments(1)
        if is_changed and (any(edit.text for edit in self.made.edits) or not self.made.arguments.arguments):
            # The tensor may be one of ours, whose method of this name takes the arguments of the framework that is imitated.
            raise NotExpressible("CM202", f"{self.plan.target} takes other arguments")
        if self.plan.to_method:
            return self.made  # at most with fewer arguments, which either method takes
        if method:
            self._as_function()
            self._change_arguments(1)
        else:
            called = self.source.span(self.call.func)
            if b"#" in self.source.utf8[called.start : called.end]:
                raise NotExpressible("CM206", "a comment stands in the name of what is called")
            if self.plan.of_module:
                name = self.plan.target.rpartition(".")[2]
                called = Span(called.end - len(self.plan.api.rpartition(".")[2].encode()), called.end)
            else:
                name = self._name()
            if self.source.utf8[called.start : called.end] != name.encode():
                self._replace(called, name)
            self._change_arguments(0)
        if self.plan.ending:
            self._insert(self.closing + 1, self.plan.ending)
            self._note("CM117", CODES["CM117"])
        return self.made

    @property
    def framework(self) -> str:
        """What imitates the framework of the source."""
        return f"compat.{self.plan.api.partition('.')[0]}"

    def _name(self) -> str:
        return self.root + self.plan.target[self.plan.target.index(".") :]

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
        if not isinstance(function, ast.Attribute):
            raise NotExpressible("CM204", "the method was taken from its tensor before")
        target = self._target_of(self.arguments.receiver)
        first = next(iter(self.plan.wanted))
        whole, receiver = self.source.span(self.call), self.source.span(function.value)
        dot = self._first(receiver.end, b".")
        if target is None or target != first:
            raise NotExpressible("CM202", f"{self.plan.target} does not take the tensor first")
        self._replace(Span(whole.start, whole.start), f"{self._name()}(")
        self._replace(Span(dot, self.opening + 1), ", " if self.call.args or self.call.keywords else "")
        self._note("CM105", f"a function: {self.plan.target}")

    def _as_property(self, item: str) -> None:
        """`x.size(0)` → `x.shape[0]`."""
        function, given = self.call.func, self.arguments.arguments
        if not isinstance(function, ast.Attribute):
            raise NotExpressible("CM204", "the method was taken from its tensor before")
        if [argument.parameter for argument in given] != [item] or given[0].literal is None:
            raise NotExpressible("CM202", f"of {self.plan.target} only an element is the same")
        dot = self._first(self.source.span(function.value).end, b".")
        value, extent = self.source.span(given[0].value), self._extent(given[0])
        texts = (
            self.source.utf8[dot : self.opening],
            self.source.utf8[extent.start : value.start],
            self.source.utf8[extent.end : self.closing],
        )
        if any(b"#" in text for text in texts):
            raise NotExpressible("CM206", "a comment stands between the arguments")
        self._replace(Span(dot, value.start), f".{self.plan.target.rpartition('.')[2]}[")
        self._replace(Span(value.end, self.closing + 1), "]")
        self._note("CM109", f"an element of {self.plan.target}")

    def _target_of(self, parameter: str) -> str | None:
        return next((name for name, wanted in self.plan.wanted.items() if wanted.source == parameter), None)

    # --- arguments ---

    def _change_arguments(self, before: int) -> bool:
        """Adapt them; `before` is how many are filled in front of them. Says whether anything has to change."""
        marks = len(self.made.edits)
        kept = self.made.arguments.arguments
        dropped = [argument for argument in self.arguments.arguments if argument not in kept]
        for argument in kept:
            if self._target_of(argument.parameter) is None:
                raise NotExpressible("CM202", f"{self.plan.target} has nothing for {argument.parameter}")
        places = [name for name, wanted in self.plan.wanted.items() if not wanted.keyword_only]
        if self.arguments.separate:
            self._separate(places, before)
        by_place = True  # so far every argument by place stays one
        by_keyword: dict[int, list[str]] = {}  # what stands in the place of `**options`
        for place, argument in enumerate(kept, before):
            target = self._target_of(argument.parameter)
            assert target is not None
            wanted = self.plan.wanted[target]
            in_place = by_place and places[place : place + 1] == [target]
            if wanted.by_place and (argument.keyword is not None or not in_place):
                raise NotExpressible("CM202", f"{self.plan.target} takes {target} by its place")
            if argument.item:
                by_keyword.setdefault(id(argument.keyword), []).append(f"{target}={self._converted(argument, wanted)}")
                continue
            if argument.keyword is not None:
                if argument.keyword.arg != target:
                    self._rename(argument, target)
            elif not in_place:
                by_place = False
                self._insert(self._extent(argument).start, f"{target}=")
                self._note("CM102", f"{argument.parameter} is given by name, as {target}")
            text = self._converted(argument, wanted)
            if text != self.source.text(argument.value):
                self._replace(self.source.span(argument.value), text)
        for keyword in self.call.keywords:
            if id(keyword) in by_keyword:
                self._replace(self.by_value[id(keyword.value)], ", ".join(by_keyword[id(keyword)]))
                self._note("CM103", f"**{self.source.text(keyword.value)} is written out")
        self._refuse_unsaid()
        gone = self._gone(dropped)
        self._drop(dropped, gone)
        self._add(list(self._missing()), gone)
        return len(self.made.edits) > marks

    def _separate(self, places: list[str], before: int) -> None:
        """`permute(0, 2, 1)`: stays where MindSpore takes it so, and becomes one tuple elsewhere."""
        target = self._target_of(self.arguments.variadic)
        if target is None or places[before : before + 1] != [target]:
            raise NotExpressible("CM202", f"{self.plan.target} has no place for {self.arguments.variadic}")
        if self.plan.wanted[target].variadic:
            return
        separate = self.arguments.separate
        self._insert(self.by_value[id(separate[0])].start, "(")
        self._insert(self.by_value[id(separate[-1])].end, ",)" if len(separate) == 1 else ")")
        self._note("CM103", f"{self.arguments.variadic} is one tuple")

    def _is_dropped(self, argument: Argument) -> bool:
        """Whether an argument says nothing: its default, a neutral value, a deprecated one that is None, or where a tensor is placed."""
        given, value = self.plan.given[argument.parameter], argument.literal
        if argument.parameter in self.unobserved:
            return True
        if given.passed and given.type == "device":
            return bool(argument.item) or has_no_effect(argument.value)
        target = self._target_of(argument.parameter)
        if given.passed and target is not None:
            return self.plan.wanted[target].omit and is_same(value, self.plan.wanted[target].default)
        return any(is_same(value, one) for one in given.neutral)

    def _gone(self, dropped: list[Argument]) -> list[int]:
        """Which of the call's arguments go, by their number: those dropped, and `**options` of which nothing stays."""
        kept = {id(argument.keyword) for argument in self.made.arguments.arguments if argument.item}
        empty = {id(keyword.value) for keyword in self.call.keywords if keyword.arg is None and id(keyword) not in kept}
        values = {id(argument.value) for argument in dropped if not argument.item} | empty
        return [number for number, value in enumerate(self.by_value) if value in values]

    def _drop(self, dropped: list[Argument], gone: list[int]) -> None:
        """Leave arguments out, each with the comma that goes with it."""
        ends = [*self.extents]
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
            if self.plan.given[argument.parameter].type == "device" and argument.literal is not None:
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

    def _converted(self, argument: Argument, wanted: Wanted) -> str:
        """The text of an argument as the target has it."""
        if wanted.elsewhere:
            raise NotExpressible("CM202", f"{argument.parameter} stands elsewhere in {self.plan.target}")
        if wanted.foreign and argument.literal is not None:
            raise NotExpressible("CM202", f"{argument.parameter} is one of {self.framework}, and {self.plan.target} takes its own")
        if wanted.omit and argument.literal is UNSET and not wanted.tensor:
            raise NotExpressible(
                "CM203", f"{self.plan.target} refuses {wanted.default!r} for it, and the source does not tell {argument.parameter}"
            )
        if wanted.if_none and (argument.literal is None or argument.literal in ((), [])):
            self._note("CM103", f"{argument.parameter} is that of {wanted.if_none}, which None stands for")
            return self._value_of(wanted.if_none)
        written = argument.item or self.source.text(argument.value)
        if wanted.for_none and not _is_dtype(argument.value):
            written = written if argument.item or has_no_effect(argument.value) else f"({written})"
            return f"{written} or {self.root}.{wanted.for_none}"
        if wanted.convert is None:
            return written
        text = converted(wanted.convert, argument.literal, argument.value, written, argument.known)
        if text is None:
            raise NotExpressible("CM203", f"{argument.parameter} is converted, and the source does not tell its value")
        if text != written:
            self._note("CM103", f"{argument.parameter} is converted: {wanted.about}")
        return text

    def _missing(self) -> Iterator[tuple[str, str]]:
        """What has to be written out: what the target requires, or does otherwise unless told."""
        given = {self._target_of(name) for name in (*self.arguments.given, self.arguments.receiver) if name}
        for target, wanted in self.plan.wanted.items():
            if target in given:
                continue
            framework = FRAMEWORKS[self.plan.target.partition(".")[0]]
            if wanted.if_none:
                yield target, self._value_of(wanted.if_none)
                self._note("CM101", f"{target} is that of {wanted.if_none}, where {framework} has {wanted.default!r}")
                continue
            value = needed(wanted, self.plan.given.get(wanted.source or ""))
            if value is UNSET:
                continue
            if isinstance(value, float | int | str | bool | tuple | list) or value is None:
                yield target, repr(tuple(value) if isinstance(value, list) else value)
                code = "CM104" if wanted.source is None else "CM101"
                self._note(code, f"{target}={value!r}" + ("" if wanted.required else f", where {framework} has {wanted.default!r}"))
            else:
                raise NotExpressible("CM202", f"{target} can't be written out")

    def _value_of(self, parameter: str) -> str:
        """The text of an argument to write once more; NotExpressible where that would be more than to look at a value."""
        argument = self.arguments.names.get(parameter)
        value = None if argument is None else argument.value
        items = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        if value is None or not all(item is not None and has_no_effect(item) for item in items):
            raise NotExpressible("CM203", f"{parameter} is needed twice, and the source does not tell its value")
        return argument.item if argument is not None and argument.item else self.source.text(value)

    def _refuse_unsaid(self) -> None:
        """NotExpressible where the call leaves out something for which the target has no place, and whose default means something."""
        for name, given in self.plan.given.items():
            said = name in self.arguments.given or name == self.arguments.receiver
            if given.required or said or self._target_of(name) is not None:
                continue
            if given.passed and not any(is_same(given.default, one) for one in given.neutral):
                raise NotExpressible("CM202", f"{self.plan.target} has nothing for {name}={given.default!r}")

    def _add(self, missing: list[tuple[str, str]], gone: list[int]) -> None:
        if not missing:
            return
        text = ", ".join(f"{name}={value}" for name, value in missing)
        kept = [extent for number, extent in enumerate(self.extents) if number not in gone]
        if not kept:
            at = self.opening + 1
            self._insert(at, f", {text}" if self.as_function else text)
            return
        last = kept[-1].end
        behind = last if gone and gone[-1] == len(self.extents) - 1 else self._behind_comma(last)
        self._insert(behind, f", {text}" if behind == last else f" {text},")

    def _extent(self, argument: Argument) -> Span:
        return self.by_value[id(argument.value)]


def _is_dtype(value: ast.expr) -> bool:
    """Whether it is a dtype by its name, `torch.float32`, and so not None."""
    return isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "torch"


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
