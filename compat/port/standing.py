"""Whether a file with its edits is still Python: only the statements that have edits are parsed again, each by itself.

A statement that is one by itself is one in its place: Python's grammar asks nothing else of it. Of one with a body, only what stands before
the body is parsed, since the statements in the body are looked at by themselves. Wherever that does not decide, the whole file is parsed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from compat.errors import CompatError
from compat.source.text import Edit, Source, SourceError, Span, parsed, tree

SIMPLE = (
    ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Delete, ast.Import, ast.ImportFrom, ast.Pass,
)  # fmt: skip
WITH_BODY = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.For, ast.While, ast.With, ast.Try)
ALONE = "if 1:\n"  # before a statement with indentation
Part = tuple[type[ast.stmt], str]


class Undecided(Exception):
    """A part by itself does not tell."""


def refuse_broken(source: Source, edits: Sequence[Edit], after: bytes) -> None:
    """SourceError where `after`, the file with these edits, is no Python."""
    try:
        if source.encoding != "utf-8":
            raise Undecided
        _look(source, list(_parts(source, source.tree.body, sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)))))
    except (Undecided, CompatError):
        try:
            parsed(after, source.path)
        except SourceError as error:
            raise SourceError(source.path, error.line, f"porting would break it: {error.problem}") from None


def _look(source: Source, parts: list[Part]) -> None:
    """Undecided or SourceError unless each text is one statement of its kind, with a body of nothing where it has one.

    They are parsed one behind the other. Each is one by itself if as many are found, and each where its text begins.
    """
    found = tree("\n".join(text for _, text in parts), source.path).body
    if len(found) != len(parts):
        raise Undecided
    line = 1
    for node, (kind, text) in zip(found, parts, strict=True):
        one = node.body[0] if isinstance(node, ast.If) and text.startswith(ALONE) and len(node.body) == 1 and not node.orelse else node
        if _first_line(node) != line or not (isinstance(one, SIMPLE) if kind in SIMPLE else type(one) is kind and _is_empty(one)):
            raise Undecided
        line += text.count("\n") + 1


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


def _is_empty(node: ast.stmt) -> bool:
    body: list[ast.stmt] = getattr(node, "body", [])
    return len(body) == 1 and isinstance(body[0], ast.Pass) and not getattr(node, "orelse", None)


def _parts(source: Source, body: Iterable[ast.stmt], edits: Sequence[Edit]) -> Iterator[Part]:
    """The texts to parse, with the edits in them, and what each is."""
    left = list(edits)
    for node in body:
        if not left:
            return
        start, end = _start(source, node), source.span(node).end
        while left and left[0].span.start <= start and _is_line(source, left[0], node):
            yield ast.Import, left.pop(0).text
        count = next((place for place, edit in enumerate(left) if edit.span.start > end), len(left))
        its, left = left[:count], left[count:]
        if its:
            yield from _of_statement(source, node, Span(start, end), its)
    if left:
        raise Undecided


def _of_statement(source: Source, node: ast.stmt, span: Span, edits: list[Edit]) -> Iterator[Part]:
    if edits[0].span.start < span.start or edits[-1].span.end > span.end:
        raise Undecided
    if isinstance(node, SIMPLE):
        yield type(node), _with(source, span, edits)
        return
    if not isinstance(node, WITH_BODY):
        raise Undecided
    inside = _start(source, node.body[0])
    head = [edit for edit in edits if edit.span.start < inside]
    if head and head[-1].span.end > inside:
        raise Undecided
    if head:
        text = _with(source, Span(span.start, inside), head)
        yield type(node), (text.replace("elif", "if", 1) if source.utf8.startswith(b"elif", span.start) else text) + "pass"
    yield from _parts(source, _inner(node), edits[len(head) :])


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in a statement, in their order."""
    for name in ("body", "handlers", "orelse", "finalbody"):
        for one in getattr(node, name, ()):
            yield from one.body if isinstance(one, ast.ExceptHandler) else (one,)


def _start(source: Source, node: ast.stmt) -> int:
    """Where a statement begins, with its first decorator."""
    decorators = getattr(node, "decorator_list", None)
    return source.utf8.rindex(b"@", 0, source.span(decorators[0]).start) if decorators else source.span(node).start


def _is_line(source: Source, edit: Edit, node: ast.stmt) -> bool:
    """Whether an edit puts lines of their own before a statement of the module."""
    at = edit.span.start
    begins = at == 0 or (source.utf8[at - 1 : at] == b"\n" and source.utf8[at - 2 : at - 1] != b"\\")
    return begins and at == edit.span.end and edit.text.endswith("\n") and node.col_offset == 0


def _with(source: Source, span: Span, edits: Iterable[Edit]) -> str:
    """The text of a span with these edits, as one of its own; in what is indented it keeps its indentation."""
    line = source.utf8.rfind(b"\n", 0, span.start) + 1
    indentation = source.utf8[line : span.start].decode()
    if indentation.strip(" \t"):
        raise Undecided
    parts, at = [indentation], span.start
    for edit in edits:
        parts += [source.utf8[at : edit.span.start].decode(), edit.text]
        at = edit.span.end
    parts.append(source.utf8[at : span.end].decode())
    return "".join([ALONE, *parts] if indentation else parts)
