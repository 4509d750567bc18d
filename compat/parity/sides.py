"""The sides of a case: which framework runs each, on which device, and the outcome, be it run in this process or read from a bundle."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from compat import frameworks
from compat.elementwise import shortened
from compat.errors import CompatError
from compat.parity.bundle import Arrays, Bundle, Framework
from compat.parity.case import Case
from compat.parity.execute import Outcome, outcome
from compat.parity.inputs import arrays, filled
from compat.parity.pool import tell

# The imitated framework itself, the same once more (MindSpore's CPU kernels do not always say the same), this project, and PyTorch's own
# result of a call of MindSpore's API.
Role = Literal["reference", "again", "subject", "instead"]
BOTH: tuple[Framework, ...] = ("torch", "mindspore")
OTHER: Mapping[Framework, Framework] = {"torch": "mindspore", "mindspore": "torch"}
DEVICES: Mapping[Framework, tuple[str, ...]] = {"torch": ("cpu", "cuda"), "mindspore": ("cpu", "npu")}


class Sides(Protocol):
    """Where the outcomes of a case come from."""

    def outcome(self, case: Case, role: Role) -> Outcome: ...


def framework_of(case: Case, role: Role) -> Framework:
    """The framework that runs a side: what this project imitates, it runs on the other one."""
    if role == "instead":
        return "torch"
    return OTHER[case.imitated] if role == "subject" else case.imitated


def roles(case: Case, framework: Framework) -> tuple[Role, ...]:
    """The sides that are recorded where this framework alone is installed; none, where MindSpore itself has no kernel for the call."""
    if framework != case.imitated:
        return ("subject", "instead") if framework == "torch" and case.torch_case is not None else ("subject",)
    return ("reference",) if case.reference == "itself" else ()


# --- how cases are run ---


@dataclass(frozen=True)
class Setting:
    """What a worker is started with: the table's folder, the frameworks that it may import, their device, a bundle with the other side.

    With `samples` it knows PyTorch's own samples, too.
    """

    table: Path
    frameworks: tuple[Framework, ...] = BOTH
    device: str = "cpu"
    bundle: Path | None = None
    samples: bool = False

    def arguments(self) -> list[str]:
        """As a command line; `parsed` is the inverse."""
        given = [str(self.table), "--device", self.device, "--frameworks", *self.frameworks, *(["--samples"] if self.samples else [])]
        return given if self.bundle is None else [*given, "--bundle", str(self.bundle)]

    def command(self) -> list[str]:
        """What starts a worker, on the machine that this is called on."""
        return [sys.executable, "-m", "compat.parity.worker", *self.arguments()]

    def devices(self, recorded: str = "cpu") -> dict[Framework, str]:
        """The device of each framework; one that can't use `device` stays on CPU, and `recorded` is that of the bundle's."""
        return {name: recorded if name not in self.frameworks else self.device if self.device in DEVICES[name] else "cpu" for name in BOTH}


def parsed(arguments: Sequence[str]) -> Setting:
    """The setting that a worker's command line describes."""
    parser = argparse.ArgumentParser(prog="python -m compat.parity.worker")
    parser.add_argument("table", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--frameworks", nargs="+", default=BOTH, choices=BOTH)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--samples", action="store_true")
    given = parser.parse_args(arguments)
    return Setting(given.table, tuple(given.frameworks), given.device, given.bundle, given.samples)


def placed(case: Case, devices: Mapping[Framework, str]) -> Case:
    """The case as it is judged there. What has no kernel on CPU may have one on MindSpore's own device, and PyTorch draws other numbers on another."""
    if case.reference == "torch" and devices["mindspore"] != "cpu":
        case = replace(case, reference="itself")
    return replace(case, own_stream=True) if devices["torch"] != "cpu" else case


# --- sides that run ---


def modules(names: Sequence[Framework], devices: Mapping[Framework, str]) -> dict[str, Any]:
    """The frameworks of these names and this project's packages that run on them, each set to its device.

    FrameworkMissing for one that is not installed; the framework's own error for a device that this machine lacks.
    """
    found: dict[str, Any] = {name: frameworks.load(name) for name in names}
    if "torch" in found:
        found["torch"].set_num_threads(1)
        import compat.mindspore

        found["compat.mindspore"] = compat.mindspore
        if devices["torch"] == "cuda":
            compat.mindspore.set_device("GPU")  # PyTorch's default device, too
            found["torch"].backends.cudnn.allow_tf32 = False  # it computes convolutions of float32 with 10 bits otherwise
    if "mindspore" in found:
        if devices["mindspore"] == "npu":
            found["mindspore"].set_device("Ascend")
        found["mindspore"].runtime.launch_blocking()  # a MindSpore error otherwise surfaces in a later, unrelated call
        import compat.torch

        found["compat.torch"] = compat.torch
    return found


class Live:
    """Runs sides in this process."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self.modules = modules

    def outcome(self, case: Case, role: Role) -> Outcome:
        tell("subject" if role == "subject" else "reference")
        found = self._run(case, role)
        late = self._left_behind() if framework_of(case, role) == "mindspore" else ""
        return Outcome(ending="late error", message=late) if late else found

    def _run(self, case: Case, role: Role) -> Outcome:
        if role == "instead":
            assert case.torch_case is not None
            return outcome(case.torch_case, self.modules["torch"], case.torch_case.api)
        if role == "subject":
            return outcome(case, self.modules[f"compat.{case.imitated}"], case.api)
        # An older spelling exists on our side only: today's MindSpore is called by today's names.
        return self._alone(replace(case, style="keyword", renamed={}) if case.style == "older" else case)

    def _alone(self, case: Case) -> Outcome:
        """The call in the imitated framework as it is without this project.

        compat.torch has MindSpore record all operations, under which a compiled function of MindSpore's own assigns to no parameter.
        """
        if case.imitated == "torch":
            return outcome(case, self.modules["torch"], case.api)
        from compat.torch_on_mindspore.engine import record

        record(False)
        found = outcome(case, self.modules["mindspore"], case.api)
        record()
        return found

    def _left_behind(self) -> str:
        """The text of an error that a call has left for a later one to raise; empty where there is none. It is gone afterwards."""
        found = ""
        for _ in range(3):
            try:
                self.modules["mindspore"].runtime.synchronize()
            except Exception as error:
                found = found or f"{type(error).__name__}: {shortened(str(error))}"
            else:
                break
        return found


# --- sides that are read ---


class Halves:
    """Reads the sides of the framework that a bundle is of, and runs the others with the numbers that are in the bundle."""

    def __init__(self, live: Sides, bundle: Bundle) -> None:
        self.live = live
        self.bundle = bundle

    def outcome(self, case: Case, role: Role) -> Outcome:
        if framework_of(case, role) != self.bundle.manifest.framework:
            return self.live.outcome(self._given(case), role)
        found = self.bundle.outcome(case.id, role)
        if role == "again" and found is None:  # it said the same
            found = self.bundle.outcome(case.id, "reference")
        if found is None:
            raise CompatError(f"{self.bundle.folder}: nothing is recorded of the {role} of {case.id}")
        return found

    def _given(self, case: Case) -> Case:
        instead = case.torch_case and with_inputs(case.torch_case, self.bundle.inputs(case.id, "torch_inputs"))
        return replace(with_inputs(case, self.bundle.inputs(case.id, "inputs")), torch_case=instead)


def inputs_of(case: Case) -> dict[str, Arrays]:
    """The arrays that a case is called with, as drawn here: `inputs`, and `torch_inputs` of the same call of PyTorch's."""
    found = {"inputs": _inputs(case)}
    return found if case.torch_case is None else found | {"torch_inputs": _inputs(case.torch_case)}


def _inputs(case: Case) -> Arrays:
    sections = {"constructor": case.constructor or {}, "call": case.call}
    return {
        place: array
        for section, given in sections.items()
        for name, value in given.items()
        for place, array in arrays(value, f"{section}/{name}", case.imitated == "mindspore")
    }


def with_inputs(case: Case, given: Arrays) -> Case:
    """The case with given arrays, named as `inputs_of` names them, in the place of what describes them."""
    constructor = case.constructor and {name: filled(value, f"constructor/{name}", given) for name, value in case.constructor.items()}
    return replace(case, constructor=constructor, call={name: filled(value, f"call/{name}", given) for name, value in case.call.items()})
