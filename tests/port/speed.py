"""Lines per second of a scan and of a port on one core, and a tree of a million lines on two."""

from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from compat.port.model import Style
from compat.scan.scan import scan, without_collection
from compat.source.text import SourceError
from compat.table.load import MAPPINGS
from tests.port.fetching import BUILD, fetched, standard_library
from tests.port.porting import judge, port_bytes, project

MILLION = 1_000_000
CHUNK = 64


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
    judge()  # the table is loaded once, whatever the number of lines
    scan(files[:1], MAPPINGS)
    tree = million_lines(files)
    return [
        timed("scan, one core", files, lambda: scan(files, MAPPINGS)),
        timed(f"port --style {style}, one core", files, lambda: ported(files, style)),
        timed(f"port --style {style}, a large tree, two cores", tree, lambda: ported_by_two(tree, style)),
    ]


def timed(what: str, files: Sequence[Path], run: object) -> Speed:
    assert callable(run)
    begun, used = time.perf_counter(), processor()
    run()
    seconds, processors = time.perf_counter() - begun, processor() - used
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    return Speed(what, sum(file.read_bytes().count(b"\n") for file in files), seconds, processors, memory)


def processor() -> float:
    of_all = os.times()
    return of_all.user + of_all.system + of_all.children_user + of_all.children_system


def ported(files: Sequence[Path], style: Style) -> int:
    """The bytes of all files after porting; each is written nowhere."""
    of, total = project(sorted({file.parent for file in files})[:0]), 0
    with without_collection():
        for file in files:
            try:
                total += len(port_bytes(file.read_bytes(), file, of, style)[0])
            except SourceError:
                continue
    return total


def ported_by_two(files: Sequence[Path], style: Style) -> int:
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    with ProcessPoolExecutor(2) as pool:
        return sum(pool.map(ported, chunks, [style] * len(chunks)))


def million_lines(files: Sequence[Path]) -> list[Path]:
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
    return sorted(root.rglob("*.py"))
