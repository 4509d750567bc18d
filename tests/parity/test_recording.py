"""What `--record` and `--against` refuse, and that both sides compute from the numbers that were recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compat import frameworks
from compat.cli import main
from compat.errors import CompatError, UsageError
from compat.parity import recording
from compat.parity.bundle import PARTIAL, Bundle, Entry, Manifest
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.execute import Outcome
from compat.parity.sides import Halves, Setting, inputs_of
from compat.table.load import MAPPINGS
from compat.table.model import Table

WRONG_CALLS = {
    "both at once": (["--record", "a", "--against", "b"], "not allowed with argument"),
    "which framework": (["--record", "a"], "choose the one to record by --framework"),
    "a framework for both": (["--framework", "torch"], "--framework is for --record and --against"),
    "a device that PyTorch lacks": (["--record", "a", "--framework", "torch", "--device", "npu"], "torch run on cpu or cuda"),
    "the record of a recording": (["--record", "a", "--accept"], "--accept is for a run of both frameworks on CPU"),
    "one case of a recording": (["--record", "a", "--case", "torch:torch.cat:base"], "--record stores all cases"),
    "examples of one side": (["--record", "a", "--examples", "5"], "are about the calls of the table"),
    "a cluster for one machine": (["--ray-address", "auto"], "--ray-address is for --engine ray"),
    "a bundle that is not there": (["--against", "no_such_folder"], "no_such_folder: no such folder"),
}


@pytest.mark.parametrize(("arguments", "text"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status: Any = main(["parity", *arguments])
    except SystemExit as exit:  # argparse's own
        status = exit.code
    assert status == 2
    assert text in capsys.readouterr().err


def test_a_machine_with_one_framework_says_what_it_can_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(frameworks, "available", lambda name: "2.13.0" if name == "torch" else None)
    assert main(["parity", "torch.cat"]) == 2
    assert "mindspore is not installed here: record this machine's side by --record" in capsys.readouterr().err


# --- a recording, made by an engine that runs nothing ---


@pytest.fixture(scope="module")
def chosen(table: Table) -> list[Case]:
    return cases(table, ["torch.cat", "mindspore.ops.cat"])


def gives(*_: Any, changed: Callable[[Any], Any] = lambda array: array) -> Any:
    """An engine that gives every side the inputs for its result."""

    def run(some: Sequence[Case], _work: Any, _setting: Setting) -> Iterator[Entry]:
        for case in some:
            own = {whose: {place: changed(array) for place, array in given.items()} for whose, given in inputs_of(case).items()}
            yield Entry(case.id, "", own, {"reference": Outcome(list(own["inputs"].values()))})

    return run


def recorded(chosen: list[Case], folder: Path, engine: Any, **options: Any) -> Manifest:
    return recording.record(chosen, Setting(MAPPINGS, ("torch",)), engine, folder, 60.0, **options)


@pytest.fixture(scope="module")
def made(chosen: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("made") / "bundle"
    manifest = recorded(chosen, folder, gives(), patterns=["torch.cat", "mindspore.ops.cat"])
    assert manifest.release == "2.13.0"
    return Bundle(folder)


def test_a_bundle_of_these_cases(made: Bundle, chosen: list[Case]) -> None:
    recording.check(made, chosen, whole=True)
    recording.check(made, chosen[3:5], whole=False)
    assert list(made.cases) == [case.id for case in chosen]
    assert recording.drawn_otherwise(made, chosen) == []


OTHERS: dict[str, tuple[Callable[[list[Case]], list[Case]], bool, str]] = {
    "a case that was not recorded": (lambda some: [*some, replace(some[0], fixture="new")], False, "1 cases .*:new. not recorded: record with the same"),
    "a new case": (lambda some: [*some, replace(some[0], fixture="new")], True, "another table or release of compat: 1 cases"),
    "a case that is gone": (lambda some: some[1:], True, "another table or release of compat: 1 cases"),
    "a case that has changed": (lambda some: [replace(some[0], call={}), *some[1:]], True, "1 cases .torch:torch.cat:base. changed"),
    "many that have": (lambda some: [replace(one, call={}) for one in some], False, r"and \d+ more. changed, new or gone: record again"),
}  # fmt: skip


@pytest.mark.parametrize(("other", "whole", "text"), OTHERS.values(), ids=OTHERS)
def test_a_bundle_of_other_cases(other: Any, whole: bool, text: str, made: Bundle, chosen: list[Case]) -> None:
    with pytest.raises(CompatError, match=text):
        recording.check(made, other(chosen), whole=whole)


def test_the_command_refuses_other_cases(made: Bundle, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["parity", "torch.sin", "--against", str(made.folder), "-o", str(tmp_path / "report")]) == 1
    assert "not recorded: record with the same patterns" in capsys.readouterr().err
    assert main(["parity", "torch.cat", "--record", str(made.folder), "--framework", "torch"]) == 2
    assert "is not empty: name a new folder" in capsys.readouterr().err
    assert not (tmp_path / "report").exists()


def test_a_recording_that_was_stopped_goes_on(chosen: list[Case], tmp_path: Path) -> None:
    def stopped(some: Sequence[Case], *arguments: Any) -> Iterator[Entry]:
        yield from gives()(some[:5], *arguments)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recorded(chosen, tmp_path, stopped)
    assert (tmp_path / PARTIAL).exists()
    for again, options in ((chosen[1:], {"resume": True}), (chosen, {})):
        with pytest.raises(UsageError, match="unfinished recording"):
            recorded(again, tmp_path, gives(), **options)
    asked: list[str] = []

    def rest(some: Sequence[Case], *arguments: Any) -> Iterator[Entry]:
        asked.extend(case.id for case in some)
        yield from gives()(some, *arguments)

    done: list[int] = []
    recorded(chosen, tmp_path, rest, resume=True, progress=done.append)
    assert asked == [case.id for case in chosen[5:]]
    assert done == list(range(6, len(chosen) + 1))
    assert list(Bundle(tmp_path).cases) == [case.id for case in chosen]


def test_both_sides_compute_from_the_recorded_numbers(chosen: list[Case], tmp_path: Path) -> None:
    """Another processor's logarithm, or another NumPy, may draw others."""
    recorded(chosen, tmp_path, gives(changed=lambda array: np.zeros_like(array)))
    bundle = Bundle(tmp_path)
    assert set(recording.drawn_otherwise(bundle, chosen)) >= {"torch:torch.cat:base"}
    ran: list[Case] = []

    class Noting:
        def outcome(self, case: Case, _role: str) -> Outcome:
            ran.append(case)
            return Outcome()

    sides = Halves(Noting(), bundle)
    base = next(case for case in chosen if case.id == "torch:torch.cat:base")
    stored = sides.outcome(base, "reference")
    assert ran == []
    assert all(not np.any(array) for array in stored.values)
    sides.outcome(base, "subject")
    assert all(not np.any(array) for array in ran[0].call["tensors"])
    with pytest.raises(CompatError, match="nothing is recorded of the instead"):
        sides.outcome(base, "instead")
    bundle.close()
