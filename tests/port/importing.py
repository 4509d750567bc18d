"""Every module of a package imported, in processes of their own. `python -m tests.port.importing` is such a process: modules come by stdin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
BATCH = 40
SECONDS = 120  # without a word from the process, under load


@dataclass(frozen=True)
class Imported:
    """A module, and why it could not be imported; empty where it could."""

    module: str
    problem: str


def imported(modules: Sequence[str], path: Sequence[Path], *, ported: bool = False) -> list[Imported]:
    """Each module's import, with these folders in front of `sys.path`; a process that ends or hangs costs the module that it was at."""
    waiting, done = list(modules), []
    while waiting:
        found = _batch(waiting[:BATCH], path, ported)
        done += found
        waiting = waiting[len(found) :]
    return done


def _batch(modules: Sequence[str], path: Sequence[Path], ported: bool) -> list[Imported]:
    paths = os.pathsep.join(map(str, [*path, ROOT]))
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, *modules], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT / "build",
        env={**os.environ, "PYTHONPATH": paths, "GLOG_v": "4", "OMP_NUM_THREADS": "1", "PORTED": "1" if ported else ""},
    )  # fmt: skip
    timer = Timer(SECONDS, process.kill)
    timer.start()
    found: list[Imported] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            found.append(Imported(**json.loads(line)))
    process.wait()
    timer.cancel()
    if len(found) < len(modules):
        ended = "still running" if process.returncode == -9 else f"the process ended with {process.returncode}"
        found.append(Imported(modules[len(found)], ended))
    return found


def names(folder: Path, package: str) -> list[str]:
    """The modules of a package, dotted; not those that run a program."""
    files = sorted((folder / package).rglob("*.py"))
    parts = [file.relative_to(folder).with_suffix("").parts for file in files if file.stem != "__main__"]
    return [".".join(one[:-1] if one[-1] == "__init__" else one) for one in parts]


def main(modules: Iterable[str]) -> None:
    """Import each and say how it went."""
    warnings.simplefilter("ignore")
    kept = operators_of_torchvision()
    for module in modules:
        try:
            __import__(module)
            problem = ""
        except (KeyboardInterrupt, SystemExit, Exception) as error:
            problem = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        sys.__stdout__.write("\n" + json.dumps({"module": module, "problem": problem}) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]
    del kept


def operators_of_torchvision() -> object:
    """Have real PyTorch know the names of two operators: the wheel's library is compiled for CUDA, and does not load beside it for CPU."""
    if os.environ.get("PORTED"):
        return None
    from tests.packages.__main__ import name_operators_of_torchvision

    return name_operators_of_torchvision()


if __name__ == "__main__":
    main(sys.argv[1:])
