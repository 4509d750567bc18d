"""A training step → the edits that write it with value_and_grad: lines of the forward pass go deeper, and nothing else of them changes."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compat.port.steps.between import CLIPS
from compat.port.steps.nodes import receiver
from compat.port.steps.optimizers import Makers
from compat.port.steps.step import Stays, Step
from compat.source.text import Edit, Source, Span

BEHIND = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")  # what may follow a statement on its line


@dataclass(frozen=True)
class Names:
    """What the new names are called in this file."""

    root: str
    forward: str
    gradients: str
    more: str


@dataclass(frozen=True)
class Written:
    """The edits of each call by its identity, those that belong to none, and the bytes that the whole step stands in."""

    of: dict[int, tuple[Edit, ...]]
    others: tuple[Edit, ...]
    whole: Span


class Writer:
    """Writes the steps of one file."""

    def __init__(self, source: Source, makers: Makers, names: Names) -> None:
        self.source = source
        self.makers = makers
        self.names = names
        self.newline = "\r\n" if b"\r\n" in source.utf8 else "\n"

    def written(self, step: Step) -> Written:
        """The edits of a step; Stays where lines can't be told apart, or mean something else when they go deeper."""
        body, region, names = step.block.body, step.region, self.names
        self._refuse_borders(step)
        first, last, statement = body[region.first], body[region.last], body[step.backward]
        indentation = self._indentation(first)
        deeper = self._unit(step, indentation)
        start = self._line(first)
        end = self._behind(last)
        self._alone(statement)
        lines = range(first.lineno, (last.end_lineno or last.lineno) + 1)
        if inside := self.within_texts & set(lines):
            raise Stays(f"a text over several lines in the forward pass, line {min(inside)}")
        others = [Edit(Span(start, start), f"{indentation}def {names.forward}({', '.join(region.given)}):{self.newline}")]
        removed = {one.lineno: self._removed(one) for one in (*step.zeroing, *step.begun)}
        for line in lines:
            at = self.source.starts[line - 1]
            if self._text(line).strip() and not (line in removed and removed[line].span.start == at):
                others.append(Edit(Span(at, at), deeper))
        others.append(Edit(Span(end, end), f"{indentation}{deeper}return {', '.join(region.result)}{self.newline}"))
        of: dict[int, tuple[Edit, ...]] = {}
        optimizer = self.source.text(receiver(step.step))
        weights = f"{optimizer}.parameters"
        aux = len(region.result) > 1
        value = f"({', '.join(region.result)})" if aux else region.result[0]
        found = names.more if step.accumulates else names.gradients
        call = f"{names.root}.value_and_grad({names.forward}, None, {weights}{', has_aux=True' if aux else ''})({', '.join(region.given)})"
        of[id(step.call)] = (Edit(self.source.span(step.call), f"{value}, {found} = {call}"),)
        if step.accumulates:
            own = self._indentation(statement)
            at = self._behind(statement)
            sums = f"tuple(a + b for a, b in zip({names.gradients}, {names.more}))"
            others.append(
                Edit(Span(at, at), f"{own}{names.gradients} = {names.more} if {names.gradients} is None else {sums}{self.newline}")
            )
        of[id(step.step)] = (Edit(self.source.span(step.step), f"{optimizer}({names.gradients})"),)
        for clip in step.clips:
            span = Span(self.source.span(clip).start, self.source.span(clip.args[0]).end)
            if b"#" in self.source.utf8[span.start : span.end]:
                raise Stays("a comment stands where the gradients are clipped")
            name, _ = CLIPS[self.makers.api(clip)]
            of[id(clip)] = tuple(self._clip(clip, span, name))
        for one in (*step.zeroing, *step.begun):
            edit = Edit(self.source.span(one), f"{names.gradients} = None") if step.accumulates else removed[one.lineno]
            of[id(one.value)] = (edit,)
        return Written(of, tuple(others), Span(start, self.source.span(step.call).end))

    def _refuse_borders(self, step: Step) -> None:
        """Stays where a step stands in several cells of a notebook, of which each may be run alone."""
        nodes = [step.block.body[step.region.first], step.step, *step.zeroing, *step.begun]
        starts = [self.source.span(node).start for node in nodes]
        if any(min(starts) < border.start < max(starts) for border in self.source.borders):
            raise Stays("it stands in several cells")

    def _clip(self, clip: ast.Call, span: Span, name: str) -> Iterator[Edit]:
        target = f"{self.names.gradients} = {self.names.root}.ops.{name}({self.names.gradients}"
        yield Edit(span, target)
        if name == "clip_by_value":
            given = clip.args[1] if len(clip.args) > 1 else clip.keywords[0].value
            whole = self.source.span(clip.keywords[0]) if clip.keywords else self.source.span(given)
            text = self.source.text(given)
            if not isinstance(given, ast.Constant | ast.Name | ast.Attribute):
                raise Stays("clip_grad_value_ with a value that would have to be written twice")
            yield Edit(whole, f"-{text}, {text}")

    # --- lines ---

    def _line(self, statement: ast.stmt) -> int:
        """Where the line of a statement begins; Stays where something stands in front of it."""
        start = self.source.starts[statement.lineno - 1]
        if self.source.utf8[start : self.source.span(statement).start].strip():
            raise Stays("statements share a line")
        return start

    def _behind(self, statement: ast.stmt) -> int:
        """Where the next line begins; Stays where another statement, or nothing, follows on this one."""
        match = BEHIND.match(self.source.utf8, self.source.span(statement).end)
        if match is None:
            raise Stays("statements share a line")
        if not match[0].endswith((b"\n", b"\r")):
            raise Stays("the file ends with the step")
        return match.end()

    def _alone(self, statement: ast.stmt) -> None:
        self._line(statement)
        if BEHIND.match(self.source.utf8, self.source.span(statement).end) is None:
            raise Stays("statements share a line")

    def _removed(self, statement: ast.Expr) -> Edit:
        """The edit that takes a statement away, with its line where no comment stands on it."""
        start, span = self._line(statement), self.source.span(statement)
        match = BEHIND.match(self.source.utf8, span.end)
        if match is None:
            raise Stays("statements share a line")
        at = match[0].find(b"#")
        if at >= 0:
            return Edit(Span(span.start, span.end + at), "")
        if any(border.start < match.end() <= border.end for border in self.source.borders):  # the last line of a cell
            return Edit(Span(len(self.source.utf8[:start].rstrip(b"\r\n")), span.end), "")
        return Edit(Span(start, match.end()), "")

    def _text(self, line: int) -> bytes:
        start = self.source.starts[line - 1]
        end = self.source.starts[line] if line < len(self.source.starts) else len(self.source.utf8)
        return self.source.utf8[start:end]

    def _indentation(self, statement: ast.stmt) -> str:
        return self.source.utf8[self._line(statement) : self.source.span(statement).start].decode()

    def _unit(self, step: Step, indentation: str) -> str:
        """By what the file goes deeper: as the block does against what it stands in."""
        owner = step.block.owner
        if isinstance(owner, ast.stmt):
            start = self.source.starts[owner.lineno - 1]
            above = self.source.utf8[start : self.source.span(owner).start].decode()
            if not above.strip() and indentation.startswith(above) and len(above) < len(indentation):
                return indentation[len(above) :]
        return "\t" if "\t" in indentation else "    "

    @property
    def within_texts(self) -> set[int]:
        """The lines that begin within a text."""
        found: set[int] = set()
        depth: list[int] = []
        plain = self.source.utf8.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        for token in tokenize.tokenize(io.BytesIO(plain).readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":
                depth.append(token.start[0])
            elif name == "FSTRING_END":
                found |= set(range(depth.pop() + 1, token.end[0] + 1))
            elif token.type == tokenize.STRING:
                found |= set(range(token.start[0] + 1, token.end[0] + 1))
        return found


def overlapping(inserted: Iterable[Edit], others: Iterable[Edit]) -> bool:
    """Whether an edit stands within another one."""
    spans = [edit.span for edit in others if edit.span.start < edit.span.end]
    return any(span.start < edit.span.end and edit.span.start < span.end for edit in inserted for span in spans)
