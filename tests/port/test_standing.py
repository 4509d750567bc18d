"""Edits after which a file is no Python, first; then those that are looked at by their statements alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import compat.port.standing as standing
from compat.port.standing import refuse_broken
from compat.source.text import Edit, SourceError, Span, parsed

CODE = """\
import torch

@dec(
    1
)
class A(torch.B):
    def f(self, x=(1)):
        if x: return g(x)
        elif y:
            pass
        try:
            z = 1; x.view(-1)
        except E:
            raise F(
                2)
        return '''a
b'''

for i in range(3): print(i)
"""
BROKEN = {
    "a statement": ("torch\n", "= torch\n"),
    "a call that is not closed": ("x.view(-1)", "x.view(-1"),
    "two that would close each other": ("return g(x)", "return g(x"),
    "a head": ("(torch.B)", "(torch.B"),
    "a decorator": ("@dec(", "@dec(("),
    "an indented one that ends its line": ("raise F(", "raise F\n("),
    "what a condition is": ("elif y", "elif y z"),
    "between statements": ("        try", "      try"),
    "a statement with a body where none may be": ("print(i)", "while i: pass"),
    "what begins a module": ("import torch\n", "if a:\nimport torch\n"),
}
BY_ITSELF = {
    "a condition behind another": ("elif y", "elif (y)"),
    "an error": ("                2)", "3)"),
    "over lines": ("                2)", "    2,\n  3)"),
    "a base": ("torch.B", "nn.Cell"),
    "a decorator": ("    1\n", "2"),
    "a default": ("(1)", "(1, 2)"),
    "a loop's head": ("range(3)", "reversed(range(3))"),
    "a text over lines": ("a\nb", "c\n  d\n\ne"),
    "an import before": ("", "import new\n"),
}
WHOLE = {
    "a comment": ("        try", "        # why\n        try"),
    "a statement behind another": ("x.view(-1)", "ops.view(x, -1)"),
    "a body on the line of its head": ("print(i)", "print(i, i)"),
    "one that becomes two": ("return '''a", "return\nreturn '''a"),
    "one that becomes one with a body": ("z = 1", "while z: pass"),
}


def look(old: str, new: str) -> None:
    source = parsed(CODE.encode(), Path("a.py"))
    at = CODE.index(old)
    edits = [Edit(Span(at, at + len(old)), new)]
    refuse_broken(source, edits, source.edited(edits))


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_python_is_refused(old: str, new: str) -> None:
    with pytest.raises(SourceError, match="porting would break it"):
        look(old, new)


@pytest.mark.parametrize(("old", "new"), (BY_ITSELF | WHOLE).values(), ids=BY_ITSELF | WHOLE)
def test_the_whole_is_parsed_only_where_a_part_does_not_tell(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr(standing, "parsed", lambda data, _path: asked.append(data))
    look(old, new)
    assert bool(asked) == ((old, new) in WHOLE.values())


def test_two_parts_do_not_stand_in_for_each_other() -> None:
    source = parsed(b"f(1)\ng(2)\n", Path("a.py"))
    edits = [Edit(Span(3, 4), ""), Edit(Span(5, 5), "("), Edit(Span(9, 9), "))")]
    with pytest.raises(SourceError, match="porting would break it"):
        refuse_broken(source, edits[:1], source.edited(edits[:1]))
    refuse_broken(source, edits, source.edited(edits))
