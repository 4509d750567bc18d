"""A program run before and after porting, and what the two runs printed held against each other.

The command runs twice, in the folder of the sources with PyTorch and in that of the ported files, with the same environment, in which Python's
hashes have the seed 0 and PYTHONPATH names the ported folders the second time. Its own seeds the program sets itself (`torch.manual_seed(0)`);
from the same seed compat.torch draws PyTorch's numbers.
The command is no line of a shell: `sh -c '…'` is one.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from compat.errors import UsageError
from compat.port.verifying.printed import Comparison, Difference, Tolerance, compared

TIMEOUT = 3600.0
TAIL = 20  # lines of a failing program's errors


@dataclass(frozen=True)
class Run:
    """How a program ended: its exit status, None where it was stopped at the time limit, the seconds it took, and its last errors."""

    status: int | None
    seconds: float
    errors: str


@dataclass(frozen=True)
class Verification:
    """The two runs and what they printed; `after` is None where the program fails before porting, `comparison` where a run failed.

    `unsteady` is what differs between two runs of the program before porting, looked for where the comparison found a difference.
    """

    command: str
    before: Run
    after: Run | None = None
    comparison: Comparison | None = None
    unsteady: Difference | None = None

    @property
    def problem(self) -> str:
        """Why it is not verified, in one line; empty where it is."""
        for name, run in (("before", self.before), ("after", self.after)):
            if run is not None and run.status != 0:
                return f"the program fails {name} porting: {'it ran too long' if run.status is None else f'exit status {run.status}'}"
        if self.comparison is None or (not self.comparison.numbers and self.comparison.agrees):
            return "the program printed no numbers, so nothing was compared"
        if self.unsteady is not None:
            return "the program prints something else each time, even before porting: it must set its seeds"
        return "" if self.comparison.agrees else "the outputs differ"

    @property
    def agrees(self) -> bool:
        return not self.problem


def roots(sources: Sequence[Path], targets: Sequence[Path]) -> tuple[Path, Path]:
    """The folders to run in: the source and its target, or those that the files or several sources lie in. UsageError where there is no one such.

    `targets` are what the sources became, in their order.
    """
    if len(sources) == 1 and sources[0].is_dir():
        return sources[0], targets[0]
    folders = {(source.resolve().parent, target.resolve().parent) for source, target in zip(sources, targets, strict=True)}
    if len(folders) != 1:
        raise UsageError("--verify needs one folder to run in: the sources lie in several")
    return folders.pop()


def verified(command: str, before: Path, after: Path, *, tolerance: Tolerance | None = None, timeout: float = TIMEOUT) -> Verification:
    """Run the command in both folders and compare; `timeout` in seconds, for each run. UsageError when it can't be started."""
    words = _words(command)
    with tempfile.TemporaryDirectory(prefix="compat-verify-") as folder:
        outputs = [Path(folder) / name for name in ("before", "after", "again")]
        first = _run(words, before, outputs[0], timeout)
        if first.status != 0:
            return Verification(command, first)
        second = _run(words, after, outputs[1], timeout, {"PYTHONPATH": _moved(before, after)})
        if second.status != 0:
            return Verification(command, first, second)
        limits = tolerance or Tolerance()
        found = _compared(outputs[0], outputs[1], limits, before, after)
        unsteady = None
        if not found.agrees and _run(words, before, outputs[2], timeout).status == 0:
            unsteady = _compared(outputs[0], outputs[2], limits, before, before).first
        return Verification(command, first, second, found, unsteady)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--verify {command}: {error}") from None
    if not words:
        raise UsageError("--verify: name the program to run")
    return words


def _moved(before: Path, after: Path) -> str:
    """PYTHONPATH, with the ported folders in the place of those that were ported."""
    old, new = before.resolve(), after.resolve()
    parts = [Path(part).absolute() for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    return os.pathsep.join(str(new / part.relative_to(old) if part.is_relative_to(old) else part) for part in parts)


def _run(words: list[str], folder: Path, output: Path, timeout: float, changed: Mapping[str, str] | None = None) -> Run:
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**fixed, **os.environ, "PWD": str(folder.resolve()), **(changed or {})}
    start = time.monotonic()
    with output.open("wb") as printed, output.with_suffix(".errors").open("w+b") as errors:
        try:
            process = subprocess.Popen(
                words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=errors, start_new_session=True
            )
        except OSError as error:
            raise UsageError(f"--verify: {error.filename or words[0]}: {error.strerror}") from None
        status = _ended(process, timeout)
        return Run(status, time.monotonic() - start, "" if status == 0 else _tail(errors))


def _ended(process: subprocess.Popen[bytes], timeout: float) -> int | None:
    """The exit status, None at the time limit; what the program started ends with it then."""
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 16_384))
    return "\n".join(errors.read().decode(errors="replace").splitlines()[-TAIL:])


def _compared(one: Path, other: Path, tolerance: Tolerance, before: Path, after: Path) -> Comparison:
    folders = [str(folder.resolve()) for folder in (before, after)]
    with (
        one.open(encoding="utf-8", errors="replace", newline="\n") as first,
        other.open(encoding="utf-8", errors="replace", newline="\n") as second,
    ):
        return compared(first, second, tolerance, folders)


def as_text(found: Verification) -> str:
    """For a terminal: what agreed, or what went wrong, with the lines."""
    if found.comparison is None or found.after is None:
        failed = found.before if found.after is None else found.after
        return "\n".join(["verify: " + found.problem, *(f"  {line}" for line in failed.errors.splitlines())])
    result = found.comparison
    agreed = f"{result.numbers:,} numbers in {result.lines:,} lines agree, within {result.absolute:.1e} (relative {result.relative:.1e})"
    times = f"{found.before.seconds:.1f} s before porting, {found.after.seconds:.1f} s after"
    lines = [f"verify: {found.problem or 'OK'}; {agreed}; {times}"]
    for name, line in (("before", result.first.before), ("after", result.first.after)) if result.first else ():
        lines.append(f"  {name:<6}" + (f" line {line[0]}: {line[1]}" if line else " -"))
    return "\n".join([*lines, f"  {result.first.reason}"] if result.first else lines)
