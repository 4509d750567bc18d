"""Faults planted in adapters: that the harness makes the faults it says, and that `compat parity` reports them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compat import conversions
from compat.table.model import Table
from tests.faults import calls, planted, source, syntax
from tests.faults.gaps import apis, gaps
from tests.helpers import ROOT

KINDS = {
    "wrong default", "swapped arguments", "dropped argument", "wrong gradient", "dtype slip", "broadcast slip", "in-place that does not mutate",
    "off-by-one dim", "ignored keepdim", "wrong reduction", "biased/unbiased", "error not raised",
}  # fmt: skip
# Of each kind one, in code that none of the other APIs runs: one run finds them all. `python -m tests.faults planted` tries all, one at a time.
QUICK = [
    "kaiming-of-the-outputs", "lerp-backwards", "dampening-ignored", "twice-the-spectrum", "narrow-places", "hinge-without-broadcasting", "fill-a-copy",
    "extreme-of-the-other-end", "median-always-flat", "biased-variance", "a-step-too-late", "integer-means-rounded-down", "unweighted", "derived-range",
]  # fmt: skip


def test_the_quick_ones_are_reported(tmp_path: Path) -> None:
    some = [one for one in planted.faults() if one.name in QUICK]
    assert len(some) == len(QUICK)
    planted.copy(tmp_path)
    assert [one.planted.name for one in planted.together(some, tmp_path) if not one.found] == []


def test_every_planted_fault_changes_a_file_and_all_kinds_are_there() -> None:
    some = planted.faults()
    assert len({one.name for one in some}) == len(some) >= 30
    assert {one.kind for one in some} >= KINDS
    assert {"torch", "mindspore"} == {one.api.partition(".")[0] for one in some}
    for one in some:
        text = (ROOT / one.file).read_text(encoding="utf-8")
        assert planted.replaced(text, one) != text


CHANGED = {
    "f(x, 1)": {"f(x, 2)", "f(x)"},
    "f(x, y)": {"f(y, x)", "f(x)"},
    "f(x, dim=d)": {"f(x)"},
    "add(x, y)": set(),
    "x + y": {"x - y"},
    "x < y": {"x <= y"},
    "x is None": {"x is not None"},
    "a if c else b": {"a if not c else b"},
    "type(x) is int": set(),
    "'text'": set(),
    "True": {"False"},
}


@pytest.mark.parametrize("text", CHANGED)
def test_the_changes_of_an_expression(text: str) -> None:
    tree = ast.parse(f"def f():\n    return {text}").body[0]
    found = set()
    for change in syntax.changes(tree):
        change.exchange()
        found.add(ast.unparse(tree).partition("return ")[2])
        change.exchange()
    assert found == CHANGED[text]
    assert ast.unparse(tree) == f"def f():\n    return {text}"


def test_a_parameter_with_a_default_is_ignored() -> None:
    tree = ast.parse("def f(x, dim=0, *, out=None):\n    return x").body[0]
    assert {change.text for change in syntax.changes(tree)} == {"f(dim) ignored", "f(out) ignored"}


def test_a_function_in_memory_is_as_it_was_afterwards() -> None:
    file = str(conversions.__file__)
    functions = source.Functions()
    code = conversions.complement.__code__
    seen = set()
    for fault in source.faults(file, {code.co_firstlineno + 1}):
        with functions.patched(fault):
            seen.add(fault.kind)
            assert conversions.complement.__code__ != code
        assert conversions.complement.__code__ == code
    assert "arithmetic" in seen


def called(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
    return args, kwargs


BENT: dict[str, tuple[Callable[[], calls.Fault], tuple[Any, ...], dict[str, Any], tuple[Any, Any] | None]] = {
    "dropped": (lambda: fault("dropped argument", "b"), (1,), {"b": 2}, ((1,), {"b": 7})),
    "dropped by place": (lambda: fault("dropped argument", "b"), (1, 2), {}, ((1, 7), {})),
    "not given": (lambda: fault("dropped argument", "b"), (1,), {}, None),
    "another default": (lambda: fault("wrong default", "b: 8"), (1,), {}, ((1,), {"b": 8})),
    "changed": (lambda: fault("changed argument", "a"), (1,), {}, ((2,), {})),
    "swapped": (lambda: fault("swapped arguments", "a and b"), (1, 2), {}, ((2, 1), {})),
    "of other types": (lambda: fault("swapped arguments", "a and b"), (1, "2"), {}, None),
}


class Parameter:
    def __init__(self, default: Any) -> None:
        self.default, self.choices = default, ()


def fault(kind: str, about: str) -> calls.Fault:
    from msgspec import UNSET

    parameters = {"a": Parameter(UNSET), "b": Parameter(7)}
    return next(one for one in calls.of_parameters(parameters, set(), None) if (one.kind, one.about) == (kind, about))


@pytest.mark.parametrize(("make", "args", "kwargs", "expected"), BENT.values(), ids=BENT)
def test_a_wrong_call(make: Callable[[], calls.Fault], args: tuple[Any, ...], kwargs: dict[str, Any], expected: Any) -> None:
    class Owner:
        function = staticmethod(called)

    with calls.planted(Owner, "function", make(), ["a", "b"]) as changed:
        assert Owner.function(*args, **kwargs) == (expected or (args, kwargs))
        assert bool(changed) == (expected is not None)
    assert Owner.function(*args, **kwargs) == (args, kwargs)


def test_gaps_are_read_off_the_table(table: Table) -> None:
    assert [api.name for api in apis(table, ["torch.sub"]) if api.imitated == "torch"] == ["torch.sub"]
    assert [gap.about for gap in gaps(table, ["torch.nn.functional.gelu"]) if gap.kind == "argument"] == []
