"""Training steps of statements drawn at random, ported and run: every name has the value that it had before."""

from __future__ import annotations

import contextlib
import io
import random
from pathlib import Path

import pytest

import compat
from tests.port.porting import checked, project
from tests.programs.test_programs import NUMBER

HEAD = """import torch
torch.manual_seed(0)
w = torch.nn.Linear(2, 2)
opt = torch.optim.SGD(w.parameters(), lr=0.1)
def run(opt, a, b, c, x):
    for i, u in enumerate([1.0, 2.0, 3.0]):
"""
# Statements over a, b and c, which are bound from the beginning, and e and f, which may not be; where these are read they are bound.
STATEMENTS = (
    "a = b + 1", "a += u", "b = c * 0.5", "b, c = c, b", "c = i", "print('a', float(a))", "u = u * 2",
    "if i % 2:\n    a = u\nelse:\n    b = 1.5", "if i == 1:\n    c = a + u", "for j in range(2):\n    b = b + j * 0.1",
    "b = [a * j for j in range(3)][-1]", "c = sum(a + v for v in (1, 2))", "e = a - b\nc = e * 0.1", "f = [a]\nf.append(u)\na = f[-1]",
    "try:\n    a = b / 2\nexcept ZeroDivisionError:\n    a = 0.0", "with torch.no_grad():\n    c = w(x).sum()", "while b > 4:\n    b -= 1",
    "x = w(x).detach()", "x = x.clone()", "z = w(x)\nx = z.detach() * 0.5", "assert i < 9", "c = (lambda v: v + 1)(c)", "if c > 50:\n    c = 0.5",
)  # fmt: skip
LOSSES = (
    "loss = (w(x) * (a + b)).sum()",
    "out = w(x)\nloss = out.mean() * c",
    "loss = (w(x) ** 2).sum()\nif i:\n    loss = loss * 0.5 + a * 0.01",
)
BEFORE = ("", "if i == 1:\n    continue", "if a > 100:\n    break")
AFTER = ("print('loss', loss.item())", "b = b + loss.item()", "a = loss.detach()", "if i == 2:\n    break", "c = float(c) * 0.5")


def drawn(seed: int) -> str:
    """A program; what it prints at its end is all that it knows."""
    choose = random.Random(seed)
    lines = [choose.choice(BEFORE), *choose.choices(STATEMENTS, k=choose.randint(0, 2))]
    forward = [
        *choose.choices(STATEMENTS, k=choose.randint(0, 2)),
        choose.choice(LOSSES),
        *choose.choices(STATEMENTS, k=choose.randint(0, 1)),
    ]
    at = choose.randint(0, len(forward))
    lines += [*forward[:at], "opt.zero_grad()", *forward[at:], "loss.backward()", "opt.step()", *choose.choices(AFTER, k=2)]
    body = "\n".join(line for line in lines if line)
    names = choose.sample("abcxu", 3)
    printed = "\n".join(f"    print('{name}', torch.as_tensor({name}).double().sum().item())" for name in names)
    text = HEAD + "\n".join(f"        {line}" for line in body.split("\n")) + f"\n{printed}\nrun(opt, 0.5, 2.0, 1.0, torch.ones((3, 2)))\n"
    return f"{text}print(w.weight.sum().item())\n"


def said(text: str, *, shim: bool) -> str:
    """What a program prints."""
    found = io.StringIO()
    with contextlib.redirect_stdout(found), compat.installed("torch") if shim else contextlib.nullcontext():
        exec(compile(text, "program.py", "exec"), {"__name__": "__main__"})
    return found.getvalue()


@pytest.mark.parametrize("seed", range(40))
def test_a_step_drawn_at_random(seed: int) -> None:
    text = drawn(seed)
    found = checked(text.encode(), Path("program.py"), project(), "native")
    assert found.problems == ()
    after = found.after.decode()
    assert ("value_and_grad" in after) is not any(change.code == "CM209" for change in found.changes)
    expected, now = said(text, shim=True), said(after, shim=False)
    assert NUMBER.sub("#", now) == NUMBER.sub("#", expected)
    assert [*map(float, NUMBER.findall(now))] == pytest.approx([*map(float, NUMBER.findall(expected))], rel=1e-4, abs=1e-5)
