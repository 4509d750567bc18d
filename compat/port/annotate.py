"""Codes as comments in the source: one line above each statement in which something is more than renamed, or waits for a human."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from compat.port.model import Change
from compat.source.text import Edit, Source, Span
from compat.source.walking import walk

# First digits of codes that are marked: adapted, not supported, not known, to be seen to.
MARKED = frozenset("1345")


def annotated(source: Source, edits: Iterable[Edit], changes: Iterable[Change]) -> list[Edit]:
    """The edits with the comments, each once above the line on which its statement begins; none that stands there already.

    They come behind lines that are new at the same place, and go as deep as their statement does. Of what is taken away nothing is said.
    """
    edits = list(edits)
    begins = sorted(_clean_lines(source))
    found: dict[int, dict[str, None]] = {}
    for change in changes if begins else ():
        if change.code[2] in MARKED and change.after:
            line = begins[max(0, bisect_right(begins, _statement_line(source, change.end_line)) - 1)]
            reason = " ".join((change.reason or "").split())
            found.setdefault(line, {})[f"# {change.code} {change.api}: {reason}"] = None
    deeper = {edit.span.start: edit.text for edit in edits if edit.text.isspace() and not edit.text.endswith("\n") and _is_empty(edit)}
    lines = [edit for edit in edits if edit.text.endswith("\n") and _is_empty(edit)]
    comments = [edit for line, texts in found.items() for edit in _inserted(source, line, texts, deeper)]
    return [*lines, *comments, *(edit for edit in edits if edit not in lines)]


def _is_empty(edit: Edit) -> bool:
    return edit.span.start == edit.span.end


def _inserted(source: Source, line: int, comments: Iterable[str], deeper: Mapping[int, str]) -> Iterator[Edit]:
    start = source.starts[line - 1]
    indentation = deeper.get(start, "") + _indentation(source, line)
    newline = "\r\n" if b"\r\n" in source.utf8 else "\n"
    standing = set(_comments_above(source, line))
    for comment in comments:
        if comment not in standing:
            yield Edit(Span(start, start), f"{indentation}{comment}{newline}")


def _comments_above(source: Source, line: int) -> Iterator[str]:
    lines = source.utf8[: source.starts[line - 1]].decode().splitlines()
    while lines and lines[-1].lstrip().startswith("#"):
        yield lines.pop().strip()


def _indentation(source: Source, line: int) -> str:
    rest = source.utf8[source.starts[line - 1] :]
    return rest[: len(rest) - len(rest.lstrip(b" \t\f"))].decode()


def _clean_lines(source: Source) -> set[int]:
    """Lines that begin with a statement, or its first decorator: above them a comment is one, and not part of a text."""
    found = set()
    for node in walk(source.tree):
        if isinstance(node, ast.stmt):
            first = min([node, *getattr(node, "decorator_list", [])], key=lambda one: one.lineno)
            column = first.col_offset - (1 if first is not node else 0)  # in front of a decorator stands an @
            start = source.starts[first.lineno - 1]
            if not source.utf8[start : start + max(0, column)].strip():
                found.add(first.lineno)
    return found


def _statement_line(source: Source, line: int) -> int:
    """The first line of the innermost statement that a line belongs to."""
    best = line
    size = len(source.starts) + 1
    for node in walk(source.tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            length = (node.end_lineno or node.lineno) - node.lineno
            if length < size:
                best, size = node.lineno, length
    return best
