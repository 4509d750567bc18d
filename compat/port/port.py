"""Files → what each becomes; on several processes where that helps. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compat.parity import record
from compat.port import evidence
from compat.port.annotate import comments
from compat.port.choosing import Chooser
from compat.port.file import ported
from compat.port.model import Change, Port, PortedFile, Style
from compat.port.rewrite import native
from compat.port.shim import shim
from compat.scan.catalog import TorchCatalog
from compat.scan.scan import without_collection
from compat.scan.trace import Trace, told
from compat.scan.verdicts import Judge
from compat.source.project import ProjectFiles, module_name, resolved
from compat.source.text import Source
from compat.table.load import load

CHUNK = 32


@dataclass(frozen=True)
class Request:
    """How to port: the style, the folder of the table, the device that the result is for, what a run was seen to do, and whether the codes
    of changes stand in the result as comments."""

    table: Path
    style: Style = "native"
    device: str = "CPU"
    trace: Trace | None = None
    annotate: bool = False


def port(files: Iterable[Path], request: Request, jobs: int = 1) -> Port:
    """Every file, in the order given; what one of them imports from another is known."""
    every = list(files)
    roots = tuple(sorted({module_name(file)[1] for file in every}))
    chunks = [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
    if jobs == 1 or len(chunks) == 1:
        return Port(tuple(one for chunk in chunks for one in _ported(chunk, roots, request)), request.style)
    with ProcessPoolExecutor(jobs) as pool:
        found = pool.map(_ported, chunks, [roots] * len(chunks), [request] * len(chunks))
        return Port(tuple(one for chunk in found for one in chunk), request.style)


@cache
def _judge(table: Path) -> Judge:
    return Judge(TorchCatalog(load(table)), record.read(table))


@cache
def _chooser(table: Path, device: str) -> Chooser:
    return Chooser(_judge(table), evidence.read(table), device)


@cache
def _project(roots: tuple[Path, ...], table: Path) -> ProjectFiles:
    return ProjectFiles(roots, _judge(table).catalog)


def _ported(files: list[Path], roots: tuple[Path, ...], request: Request) -> list[PortedFile]:
    project = _project(roots, request.table)
    with without_collection():
        return [ported(file, lambda source: rewritten(source, project, request)) for file in files]


def rewritten(source: Source, project: ProjectFiles, request: Request) -> tuple[bytes, tuple[Change, ...]]:
    """One source of a project in the style that is asked for."""
    found = resolved(source, project.catalog, project)
    if request.trace is not None:
        places = request.trace.of(source.path)
        found.sites = [seen for site in found.sites if (seen := told(site, places)) is not None]
    if request.style == "shim":
        edits, changes = shim(source, found, _judge(request.table))
    else:
        edits, changes = native(source, found, _chooser(request.table, request.device))
    if request.annotate:
        edits = [*comments(source, changes), *edits]
    return source.edited(edits), changes
