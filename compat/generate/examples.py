"""The example of each page: two programs written from the row's data, and what they print, recorded by running them.

What is recorded is kept in docs/examples/recorded.json under a digest of the program, so that generating needs no framework;
a program that is not recorded yet is run in a process of its own (compat.generate.run_examples).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compat.errors import CompatError
from compat.generate.code import literal
from compat.parity.cases import Case, cases_of_example
from compat.parity.inputs import drawn
from compat.table.model import Row, Table

RECORDED = Path("docs/examples/recorded.json")


@dataclass(frozen=True)
class Program:
    """A program for one framework; `text` prints the result. `api` is None when the row has no counterpart."""

    framework: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Printed:
    """What a program printed on the framework it was written for, and through this project on the other one."""

    itself: str
    through: str


def programs(row: Row, table: Table) -> list[Program]:
    """The row's example in PyTorch and, where a counterpart takes all its arguments, in MindSpore."""
    torch_case, mindspore_case = cases_of_example(row, table)
    found = [Program("torch", _torch_text(torch_case, draws=row.kind == "class" and row.on_mindspore is not None))]
    if mindspore_case is not None:
        several = any(c.api == mindspore_case.api and c.result == "first" for c in row.mindspore)
        found.append(Program("mindspore", _mindspore_text(mindspore_case, "output[0]" if several else "output")))
    return found


def _torch_text(case: Case, draws: bool) -> str:
    """`draws`: the module draws its own initial weights, so the generator is seeded and the graph's names are not shown."""
    head = ["import torch", "", *(["torch.manual_seed(0)"] if draws else [])]
    lines = _call_text(case, "torch.tensor({})", "torch.tensor({}, dtype=torch.{})", "output.detach()" if draws else "output")
    return "\n".join([*head, *lines, ""])


def _mindspore_text(case: Case, shown: str) -> str:
    made = "mindspore.Tensor({}, mindspore.{})"
    return "\n".join(["import mindspore", "", *_call_text(case, made, made, shown), ""])


def _call_text(case: Case, plain: str, typed: str, printed: str) -> list[str]:
    mindspore = case.imitated == "mindspore"
    lines, shown = [], {}
    for section in (case.constructor or {}, case.call):
        for name, value in drawn(section, mindspore).items():
            if isinstance(value, np.ndarray):
                usual = value.dtype in (np.float32, np.int64)
                made = plain if usual and not mindspore else typed
                lines.append(f"{name} = {made.format(_numbers(value), value.dtype)}")
                shown[name] = name
            else:
                shown[name] = literal(value)
    call = _arguments(case.call, shown)
    if case.constructor is None:
        return [*lines, f"output = {case.api}({call})", f"print({printed})"]
    return [*lines, f"loss = {case.api}({_arguments(case.constructor, shown)})", f"output = loss({call})", f"print({printed})"]


def _arguments(given: dict[str, Any], shown: dict[str, str]) -> str:
    """Tensors by position, as one writes them; options by keyword."""
    first = [shown[name] for name in given if shown[name] == name]
    return ", ".join(first + [f"{name}={shown[name]}" for name in given if shown[name] != name])


def _numbers(array: Any) -> str:
    return str(np.round(array.astype(float), 4).tolist() if array.dtype.kind == "f" else array.tolist())


def recorded(wanted: list[Program], root: Path, may_run: bool) -> dict[str, Printed]:
    """What each program prints, by digest. Those that are not on record are run first, and the record is rewritten.

    Without `may_run` an incomplete record is a CompatError, and nothing is written.
    """
    file = root / RECORDED
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    absent = [program for program in wanted if program.digest not in known]
    if absent and not may_run:
        raise CompatError(f"{RECORDED}: {len(absent)} examples are not on record: run `compat generate`")
    if absent:
        known |= run(absent)
    current = {program.digest: known[program.digest] for program in sorted(wanted, key=lambda p: p.digest)}
    if may_run and (absent or set(current) != set(known)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(current, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return {digest: Printed(**printed) for digest, printed in current.items()}


def run(wanted: list[Program]) -> dict[str, dict[str, str]]:
    """Run programs with both frameworks installed, in another process; CompatError when that process fails."""
    command = [sys.executable, "-m", "compat.generate.run_examples"]
    request = json.dumps([{"framework": p.framework, "text": p.text, "digest": p.digest} for p in wanted])
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CompatError(f"the examples could not be run: {done.stderr.strip()[-2000:]}")
    answers: dict[str, dict[str, str]] = json.loads(done.stdout)
    return answers
