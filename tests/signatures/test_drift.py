"""What a change of a signature means to the calls that there are."""

import pytest

from compat.signatures.drift import BREAKING, COMPATIBLE, GONE, NEW, changes, differences, report
from compat.signatures.snapshots import Snapshot
from compat.signatures.text import parsed
from compat.table.load import load

# Old, new, what is breaking, what is compatible. What must not be called breaking comes first.
CHANGES = [
    ("input", "input, dim=None", [], ["dim added"]),
    ("input, *, dim=0", "input, dim=0", [], ["dim may be passed by position"]),
    ("input, dim", "input, dim=0", [], ["dim has the default 0"]),
    ("input, **more", "input, dim=0, **more", [], ["dim added"]),
    ("input, dim=...", "input, dim=0", [], []),
    ("input, dim=0", "input", ["dim removed"], []),
    ("input, dim=0", "input, **kwargs", [], ["dim is taken by **", "kwargs added"]),
    ("input, axis=0", "input, dim=0", ["axis renamed to dim"], []),
    ("input, dim=0", "input, dim=1", ["default of dim changed from 0 to 1"], []),
    ("input, dim=0", "input, dim", ["dim became required"], []),
    ("input, dim=0", "input, *, dim=0", ["dim became keyword-only"], []),
    ("input", "input, dim", ["dim added, required"], []),
    ("input, a=0, b=0", "input, b=0, a=0", ["order of parameters changed"], []),
    ("input, b=0", "input, a=0, b=0", ["order of parameters changed"], ["a added"]),
    ("shape", "*shape", ["shape became variadic"], []),
]


@pytest.mark.parametrize(("old", "new", "breaking", "compatible"), CHANGES)
def test_a_change_breaks_calls_or_does_not(old: str, new: str, breaking: list[str], compatible: list[str]) -> None:
    assert differences(parsed(old), parsed(new)) == (breaking, compatible)


OLD = {
    "m.f": ("x",),
    "m.g": ("x", "x, y"),
    "m.gone": ("",),
    "m.Cell": ("",),
    "m.Cell.construct": ("x",),
    "m.p": (),
    "m.q": ("?",),
    "m.h": ("x",),
}
LATER = {"m.f": ("x",), "m.g": ("x", "x, z"), "m.New": ("",), "m.New.construct": ("x",), "m.p": ("",), "m.q": ("x",), "m.h": ("x", "x, y")}
SNAPSHOTS = Snapshot("mindspore", "1.0", OLD), Snapshot("mindspore", "1.1", LATER)


def test_what_lies_below_a_class_is_not_listed_again() -> None:
    assert [(c.kind, c.name) for c in changes(*SNAPSHOTS)] == [
        (GONE, "m.Cell"), (GONE, "m.gone"), (NEW, "m.New"), (BREAKING, "m.g"), (COMPATIBLE, "m.h"), (BREAKING, "m.p"),
    ]  # fmt: skip


def test_the_breaking_changes_come_first_and_a_summary_last() -> None:
    lines = report(*SNAPSHOTS, load())
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Names that are gone (breaking):",
        "Changed, and breaking:",
        "Changed, every earlier call stays right:",
        "New names:",
        "MindSpore 1.0 → 1.1: 8 names, then 7; 4 breaking (2 gone, 2 changed), 1 compatible, 1 new; 0 of the breaking in rows of the table",
    ]
    assert "  m.g: y renamed to z  [no row]" in lines


def test_a_change_names_the_row_that_covers_it() -> None:
    old = Snapshot(
        "mindspore", "1.0", {"mindspore.ops.l1_loss": ("input",), "mindspore.nn.L1Loss": ("",), "mindspore.nn.L1Loss.construct": ("a",)}
    )
    new = Snapshot("mindspore", "1.1", {"mindspore.nn.L1Loss": ("",), "mindspore.nn.L1Loss.construct": ("b",)})
    lines = report(old, new, load())
    assert "  mindspore.ops.l1_loss  [row torch.nn.functional.l1_loss]" in lines
    assert "  mindspore.nn.L1Loss.construct: a renamed to b: (a) → (b)  [row torch.nn.L1Loss]" in lines
    assert lines[-1].endswith("2 of the breaking in rows of the table")
