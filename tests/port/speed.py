"""Lines per second of a scan and of a port on one core, and a tree of a million lines on two."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from compat.port.model import Style
from compat.port.port import Request, port
from compat.scan.scan import scan
from compat.table.load import MAPPINGS
from tests.port.fetching import BUILD, fetched, standard_library

SIZES = (250_000, 1_000_000)
# Runs a command, and prints the largest memory of it and of the processes that it started, in KB.
WATCHED = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


@dataclass(frozen=True)
class Speed:
    """Lines read, in how many seconds; of a command the largest memory of one of its processes in MB, else 0."""

    what: str
    lines: int
    seconds: float
    processor_seconds: float
    megabytes: int

    @property
    def said(self) -> str:
        memory = f", {self.megabytes} MB in its largest process" if self.megabytes else ""
        return (
            f"{self.lines:,} lines in {self.seconds:.1f} s ({self.lines / self.seconds:,.0f} lines/s), "
            f"{self.processor_seconds:.1f} s of processors ({self.lines / self.processor_seconds:,.0f} lines/s){memory}"
        )


def speed(style: Style) -> list[Speed]:
    """Of a machine that does other things besides, the seconds of processors tell more."""
    files = sorted(fetched("timm").rglob("*.py")) + sorted(fetched("torchvision").rglob("*.py"))
    request = Request(MAPPINGS, style)
    scan(files[:1], MAPPINGS), port(files[:1], request)  # the table is loaded once, whatever the number of lines
    found = [
        timed("scan, one core", files, lambda: scan(files, MAPPINGS)),
        timed(f"port --style {style}, one core", files, lambda: port(files, request)),
    ]
    for size in SIZES:
        tree = tree_of(size, files)
        found.append(timed(f"port --style {style} -o, two cores", sorted(tree.rglob("*.py")), lambda tree=tree: command(tree, style)))
    return found


def command(tree: Path, style: Style) -> int:
    """The whole command in two processes. Its exit status is of no interest: the standard library holds files that are no Python on purpose."""
    target = tree.with_name(f"{tree.name}.ported")
    shutil.rmtree(target, ignore_errors=True)
    given = [sys.executable, "-m", "compat", "port", str(tree), "-o", str(target), "--style", style, "--jobs", "2"]
    done = subprocess.run([sys.executable, "-c", WATCHED, *given], capture_output=True, text=True, check=True)
    return int(done.stdout) // 1024


def timed(what: str, files: Sequence[Path], work: Callable[[], object]) -> Speed:
    begun, used = time.perf_counter(), processor()
    memory = work()
    seconds, processors = time.perf_counter() - begun, processor() - used
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    return Speed(what, lines, seconds, processors, memory if isinstance(memory, int) else 0)


def processor() -> float:
    of_all = os.times()
    return of_all.user + of_all.system + of_all.children_user + of_all.children_system


def tree_of(size: int, files: Sequence[Path]) -> Path:
    """A tree of so many lines: these files and the standard library's, as often as it takes."""
    root = BUILD / f"lines{size}"
    if not root.exists():
        part, lines, copy = root.with_suffix(".part"), 0, 0
        shutil.rmtree(part, ignore_errors=True)
        every = [*files, *standard_library()]
        while lines < size:
            folder = part / f"copy{copy}"
            folder.mkdir(parents=True)
            for number, file in enumerate(every):
                data = file.read_bytes()
                (folder / f"m{number}.py").write_bytes(data)
                lines += data.count(b"\n")
                if lines >= size:
                    break
            copy += 1
        part.rename(root)
    return root
