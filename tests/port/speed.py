"""Lines per second of a scan and of a port on one core, and a tree of a million lines on two."""

from __future__ import annotations

import os
import resource
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

MILLION = 1_000_000


@dataclass(frozen=True)
class Speed:
    """Lines read, in how many seconds, and the largest memory of a process in MB."""

    what: str
    lines: int
    seconds: float
    processor_seconds: float
    megabytes: int

    @property
    def said(self) -> str:
        return (
            f"{self.lines:,} lines in {self.seconds:.1f} s ({self.lines / self.seconds:,.0f} lines/s), "
            f"{self.processor_seconds:.1f} s of processors, {self.megabytes} MB"
        )


def speed(style: Style) -> list[Speed]:
    files = sorted(fetched("timm").rglob("*.py")) + sorted(fetched("torchvision").rglob("*.py"))
    request = Request(MAPPINGS, style)
    scan(files[:1], MAPPINGS), port(files[:1], request)  # the table is loaded once, whatever the number of lines
    tree, target = million_lines(files), BUILD / "million.ported"
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "compat", "port", str(tree), "-o", str(target), "--style", style, "--jobs", "2"]
    return [
        timed("scan, one core", files, lambda: scan(files, MAPPINGS)),
        timed(f"port --style {style}, one core", files, lambda: port(files, request)),
        timed(f"port --style {style} -o, two cores", sorted(tree.rglob("*.py")), lambda: run(command)),
    ]


def run(command: Sequence[str]) -> None:
    """The exit status is of no interest: a tree of the standard library holds files that are no Python on purpose."""
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def timed(what: str, files: Sequence[Path], work: Callable[[], object]) -> Speed:
    begun, used = time.perf_counter(), processor()
    work()
    seconds, processors = time.perf_counter() - begun, processor() - used
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    return Speed(what, sum(file.read_bytes().count(b"\n") for file in files), seconds, processors, memory)


def processor() -> float:
    of_all = os.times()
    return of_all.user + of_all.system + of_all.children_user + of_all.children_system


def million_lines(files: Sequence[Path]) -> Path:
    """A tree of a million lines: these files and the standard library's, as often as it takes."""
    root = BUILD / "million"
    if not root.exists():
        part, lines, copy = root.with_suffix(".part"), 0, 0
        shutil.rmtree(part, ignore_errors=True)
        every = [*files, *standard_library()]
        while lines < MILLION:
            folder = part / f"copy{copy}"
            folder.mkdir(parents=True)
            for number, file in enumerate(every):
                data = file.read_bytes()
                (folder / f"m{number}.py").write_bytes(data)
                lines += data.count(b"\n")
                if lines >= MILLION:
                    break
            copy += 1
        part.rename(root)
    return root
