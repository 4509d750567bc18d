"""The sides of a case: who runs which, what becomes of one that ended badly, and on what device it is computed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from compat import frameworks
from compat.elementwise import dtype_of
from compat.errors import UsageError
from compat.parity import recording, sides
from compat.parity.case import Case, definition, digest
from compat.parity.cases import cases
from compat.parity.compare import compare
from compat.parity.execute import Outcome
from compat.parity.inputs import drawn
from compat.parity.sides import Setting, framework_of, inputs_of, placed, roles, with_inputs
from compat.parity.worker import judged
from compat.table.model import Difference, Table
from tests.helpers import python

TORCH = Case("torch", "torch.sum", "torch.sum", "base", None, {}, (), False)
MINDSPORE = Case("mindspore", "mindspore.ops.sum", "torch.sum", "base", None, {}, (), False, torch_case=TORCH)
WITHOUT_KERNEL = replace(MINDSPORE, reference="torch")
REFUSAL = replace(MINDSPORE, torch_case=None)

RECORDED: dict[str, tuple[Case, str, tuple[str, ...]]] = {
    "PyTorch itself": (TORCH, "torch", ("reference",)),
    "compat.torch": (TORCH, "mindspore", ("subject",)),
    "MindSpore itself": (MINDSPORE, "mindspore", ("reference",)),
    "compat.mindspore, and PyTorch in MindSpore's place": (MINDSPORE, "torch", ("subject", "instead")),
    "compat.mindspore alone, where the call has no counterpart": (REFUSAL, "torch", ("subject",)),
    "nothing, where MindSpore has no kernel": (WITHOUT_KERNEL, "mindspore", ()),
    "both, where MindSpore has no kernel": (WITHOUT_KERNEL, "torch", ("subject", "instead")),
}


@pytest.mark.parametrize(("case", "framework", "expected"), RECORDED.values(), ids=RECORDED)
def test_what_a_framework_alone_records(case: Case, framework: Any, expected: tuple[str, ...]) -> None:
    assert roles(case, framework) == expected
    assert {framework_of(case, role) for role in roles(case, framework)} <= {framework}


# --- verdicts from outcomes that were recorded ---

ONES, TWOS = Outcome([np.ones(2)]), Outcome([np.full(2, 2.0)])
CRASHED = Outcome(ending="crashed", message="the process died (SIGSEGV)")
HUNG = Outcome(ending="hung", message="no answer within 60 s")
LATE = Outcome(ending="late error", message="RuntimeError: x")
WRONG = Difference(imitated="mindspore", fixtures=["base"], kind="upstream-wrong", en="x", zh="x")
CRASH = Difference(imitated="mindspore", fixtures=["base"], kind="upstream-crash", en="x", zh="x")


class Given:
    """Outcomes by role; one that is not given must not be asked for."""

    def __init__(self, outcomes: Mapping[str, Outcome]) -> None:
        self.outcomes = outcomes

    def outcome(self, _case: Case, role: str) -> Outcome:
        return self.outcomes[role]


def given(**outcomes: Outcome) -> Given:
    return Given(outcomes)


VERDICTS = {
    "a difference": (TORCH, given(reference=ONES, subject=TWOS), "differs", "", ""),
    "our crash": (TORCH, given(reference=ONES, subject=CRASHED), "differs", "crashed", "subject"),
    "our hang": (MINDSPORE, given(reference=ONES, subject=HUNG), "differs", "hung", "subject"),
    "an error that came late": (MINDSPORE, given(reference=LATE), "differs", "late error", "reference"),
    "our error that came late": (TORCH, given(reference=ONES, subject=LATE), "differs", "late error", "subject"),
    "MindSpore's crash, undeclared": (MINDSPORE, given(reference=CRASHED, subject=ONES, instead=ONES), "differs", "crashed", "reference"),
    "MindSpore's crash, declared": (replace(MINDSPORE, declared=CRASH), given(reference=CRASHED, subject=ONES, instead=ONES), "declared", "crashed", "reference"),
    "MindSpore's crash, declared, which hides a mistake of ours": (
        replace(MINDSPORE, declared=CRASH), given(reference=CRASHED, subject=TWOS, instead=ONES), "differs", "crashed", "reference"),
    "both crash": (replace(MINDSPORE, declared=CRASH), given(reference=CRASHED, subject=CRASHED, instead=ONES), "differs", "crashed", "subject"),
    "MindSpore's crash, with nothing in its place": (REFUSAL, given(reference=CRASHED), "differs", "crashed", "reference"),
    "a declared mistake of MindSpore's, which hides one of ours": (
        replace(MINDSPORE, declared=WRONG), given(reference=TWOS, subject=Outcome([np.zeros(2)]), again=TWOS, instead=ONES), "differs", "", ""),
    "a declared mistake of MindSpore's": (replace(MINDSPORE, declared=WRONG), given(reference=TWOS, subject=ONES, instead=ONES), "declared", "", ""),
    "MindSpore says something else the second time": (MINDSPORE, given(reference=TWOS, again=ONES, subject=ONES), "agrees", "", ""),
    "no kernel: PyTorch is the reference": (WITHOUT_KERNEL, given(instead=ONES, subject=ONES), "agrees", "", ""),
    "no kernel, and a difference": (WITHOUT_KERNEL, given(instead=ONES, subject=TWOS), "differs", "", ""),
    "the same": (TORCH, given(reference=ONES, subject=ONES), "agrees", "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("case", "sides", "status", "ending", "side"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(case: Case, sides: Any, status: str, ending: str, side: str) -> None:
    found = judged(case, sides)
    assert (found.status, found.ending, found.side) == (status, ending, side)


# --- inputs ---


def test_recorded_inputs_take_the_place_of_drawn_ones(table: Table) -> None:
    chosen = cases(table, ["torch.cat", "torch.nn.LSTM", "torch.linalg.solve", "torch.where", "torch.optim.Adam", "mindspore.ops.scatter"])
    assert len(chosen) > 50
    for case in chosen:
        own = inputs_of(case)
        again = with_inputs(case, own["inputs"])
        assert repr(drawn(again.call)) == repr(drawn(case.call, mindspore=case.imitated == "mindspore"))
        changed = with_inputs(case, {place: np.zeros_like(array) for place, array in own["inputs"].items()})
        assert inputs_of(again)["inputs"] == {}, "nothing is drawn any more"
        assert all(not np.any(array) for array in arrays(drawn(changed.call)))
        assert ("torch_inputs" in own) == (case.torch_case is not None)


def arrays(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return arrays(list(value.values()))
    return [one for item in value for one in arrays(item)] if isinstance(value, list) else [value] if isinstance(value, np.ndarray) else []


def test_a_given_array_is_not_written_into() -> None:
    array = np.ones(2)
    drawn({"input": array})["input"][:] = 0
    assert array.tolist() == [1, 1]


def test_inputs_of_bfloat16_are_numbers_of_bfloat16(table: Table) -> None:
    """Else a call would seem to have written into every one of them."""
    import torch

    case = next(case for case in cases(table, ["torch.sin"]) if case.by_dtype == "bfloat16")
    (array,) = inputs_of(case)["inputs"].values()
    assert dtype_of(array) == "bfloat16"
    assert np.array_equal(torch.tensor(array).to(torch.bfloat16).float().numpy(), array)


# --- digests ---

PRINTED = """\
from compat.parity.case import definition, digest
from compat.parity.cases import cases
from compat.table.load import load
print([(digest(case), definition(case)) for case in cases(load(), ["torch.nn.Conv2d", "torch.nn.LSTM"])])
"""


def test_a_digest_is_the_same_in_every_process(table: Table) -> None:
    """A set's order is not, and these have keyword-only arguments in a set."""
    here = [(digest(case), definition(case)) for case in cases(table, ["torch.nn.Conv2d", "torch.nn.LSTM"])]
    assert python("-c", PRINTED, PYTHONHASHSEED="7").stdout == f"{here}\n"
    assert len(set(here)) == len(here)


CHANGED = {
    "an argument": ({"call": {"dim": 0}}, True),
    "the order of arguments": ({"call": {"b": 1, "a": 1}}, True),
    "PyTorch's call": ({"torch_case": replace(TORCH, fixture="other")}, True),
    "the reference": ({"reference": "torch"}, True),
    "a declaration": ({"declared": WRONG}, False),
    "a declaration of PyTorch's": ({"torch_case": replace(TORCH, declared=WRONG)}, False),
}


@pytest.mark.parametrize(("fields", "another"), CHANGED.values(), ids=CHANGED)
def test_what_makes_another_case(fields: dict[str, Any], another: bool) -> None:
    case = replace(MINDSPORE, call={"a": 1, "b": 1})
    changed = replace(case, **fields)
    assert (definition(changed) != definition(case)) == another
    assert digest(changed) != digest(case)


# --- devices ---

DEVICES = {
    "CPU": (Setting(Path("m")), "cpu", {"torch": "cpu", "mindspore": "cpu"}),
    "a GPU for PyTorch": (Setting(Path("m"), device="cuda"), "cpu", {"torch": "cuda", "mindspore": "cpu"}),
    "an NPU for MindSpore": (Setting(Path("m"), device="npu"), "cpu", {"torch": "cpu", "mindspore": "npu"}),
    "PyTorch here, MindSpore recorded on an NPU": (Setting(Path("m"), ("torch",), "cuda"), "npu", {"torch": "cuda", "mindspore": "npu"}),
}


@pytest.mark.parametrize(("setting", "recorded", "expected"), DEVICES.values(), ids=DEVICES)
def test_the_device_of_each_framework(setting: Setting, recorded: str, expected: dict[str, str]) -> None:
    assert setting.devices(recorded) == expected
    assert sides.parsed(setting.arguments()) == setting


def test_a_device_changes_how_a_case_is_judged() -> None:
    cpu, gpu, npu = (Setting(Path("m"), device=device).devices() for device in ("cpu", "cuda", "npu"))
    assert placed(WITHOUT_KERNEL, cpu) == WITHOUT_KERNEL
    assert placed(WITHOUT_KERNEL, npu).reference == "itself", "MindSpore has a kernel there"
    drawing = replace(TORCH, draws="distribution")
    samples = [Outcome([np.random.default_rng(seed).standard_normal(400)]) for seed in (0, 1)]
    assert compare(placed(drawing, cpu), *samples).status == "differs"
    assert compare(placed(drawing, gpu), *samples).status == "agrees", "PyTorch's numbers on a GPU are others than on CPU"


class Noted:
    """A framework that notes what is called, with the arguments."""

    def __init__(self, calls: list[Any], name: str) -> None:
        self.__dict__.update(calls=calls, name=name)

    def __getattr__(self, name: str) -> Any:
        return Noted(self.calls, f"{self.name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self.calls.append((f"{self.name}.{name}", value))

    def __call__(self, *arguments: Any) -> None:
        self.calls.append((self.name, *arguments))


def test_a_worker_sets_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Executed with stand-ins alone: no machine of the tests has such a device."""
    for package in ("compat.torch", "compat.mindspore"):
        importlib.import_module(package)  # on the real frameworks
    calls: list[Any] = []
    monkeypatch.setattr(frameworks, "load", lambda name: Noted(calls, name))
    monkeypatch.setattr("compat.mindspore.set_device", lambda device: calls.append(("compat.mindspore.set_device", device)))
    sides.modules(["torch"], {"torch": "cuda", "mindspore": "npu"})
    assert calls == [("torch.set_num_threads", 1), ("compat.mindspore.set_device", "GPU"), ("torch.backends.cudnn.allow_tf32", False)]
    calls.clear()
    sides.modules(["mindspore"], {"torch": "cuda", "mindspore": "npu"})
    assert calls == [("mindspore.set_device", "Ascend"), ("mindspore.runtime.launch_blocking",)]


# --- which machine this is ---

INSTALLED = {
    "neither": ((), None, "torch or mindspore is not installed here"),
    "both, and no word on which": (("torch", "mindspore"), None, "choose the one to record by --framework"),
    "another than asked for": (("torch",), "mindspore", "mindspore is not installed here"),
    "the only one": (("torch",), None, "torch"),
    "the one that was asked for": (("torch", "mindspore"), "mindspore", "mindspore"),
}


@pytest.mark.parametrize(("installed", "asked", "expected"), INSTALLED.values(), ids=INSTALLED)
def test_the_framework_that_is_recorded(installed: tuple[str, ...], asked: Any, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frameworks, "available", lambda name: "1.0+cpu" if name in installed else None)
    if " " not in expected:
        assert recording.chosen(asked) == expected
        assert recording.release(asked or "torch") == "1.0"
        return
    with pytest.raises(UsageError, match=expected):
        recording.chosen(asked)


def test_a_bundle_needs_the_other_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    of_torch = SimpleNamespace(manifest=SimpleNamespace(framework="torch"))
    monkeypatch.setattr(recording, "Bundle", lambda _: of_torch)
    assert recording.opened(Path("b"), None) == (of_torch, "mindspore")
    with pytest.raises(UsageError, match="b holds torch's side: the other one is mindspore's"):
        recording.opened(Path("b"), "torch")
    monkeypatch.setattr(frameworks, "available", lambda name: "2.13.0" if name == "torch" else None)
    with pytest.raises(UsageError, match="mindspore, which runs the other one, is not installed here"):
        recording.opened(Path("b"), None)


def test_a_device_that_a_framework_lacks() -> None:
    assert recording.checked_device("npu", ["mindspore"]) == "npu"
    with pytest.raises(UsageError, match="--device npu: torch run on cpu or cuda here"):
        recording.checked_device("npu", ["torch"])
