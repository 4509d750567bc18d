"""Files → what each becomes; on several processes where that helps. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from compat.port.annotate import annotated
from compat.port.decisions.choosing import Chooser
from compat.port.decisions.to_torch import ToTorch
from compat.port.evidence import record
from compat.port.file import ported
from compat.port.model import Change, Port, PortedFile, Style, Target, name_of
from compat.port.rewrite import native
from compat.port.shim import shim
from compat.scan.mindspore_verdicts import MindSporeJudge
from compat.scan.scan import judge_of
from compat.scan.trace import Trace, told
from compat.scan.verdicts import Judge
from compat.source.chunks import worked
from compat.source.project import ProjectFiles, resolved
from compat.source.spilled import Spilled
from compat.source.text import Source


@dataclass(frozen=True)
class Request:
    """How to port: the style, the framework of the result, the folder of the table, the device that the result is for, what a run was seen to do, and whether the codes
    of changes stand in the result as comments."""

    table: Path
    style: Style = "native"
    device: str = "CPU"
    trace: Trace | None = None
    annotate: bool = False
    target: Target = "mindspore"


def port(files: Iterable[Path], request: Request, jobs: int = 1, *, spilled: bool = False) -> Port:
    """Every file, in the order given; what one of them imports from another is known. With `spilled` they are not kept in memory."""
    each = worked(files, partial(_ported, request=request), jobs)
    return Port(Spilled(each, name_of) if spilled else tuple(each), request.style, request.target)


def _judge(table: Path, target: Target) -> Judge:
    return judge_of(table, "mindspore" if target == "torch" else "torch")


@cache
def _chooser(table: Path, target: Target, device: str) -> Chooser:
    judge, executed = _judge(table, target), record.permitting(table, target)
    return ToTorch(judge, executed) if isinstance(judge, MindSporeJudge) else Chooser(judge, executed, device)


@cache
def _project(roots: tuple[Path, ...], table: Path, target: Target) -> ProjectFiles:
    return ProjectFiles(roots, _judge(table, target).catalog)


def _ported(files: list[Path], roots: tuple[Path, ...], request: Request) -> list[PortedFile]:
    project = _project(roots, request.table, request.target)
    return [ported(file, lambda source: rewritten(source, project, request), project.source) for file in files]


def rewritten(source: Source, project: ProjectFiles, request: Request) -> tuple[bytes, tuple[Change, ...]]:
    """One source of a project in the style that is asked for."""
    found = resolved(source, project.catalog, project)
    if request.trace is not None:
        places = request.trace.of(source.path)
        found.sites = [seen for site in found.sites if (seen := told(site, places)) is not None]
    if request.style == "shim":
        edits, changes = shim(source, found, _judge(request.table, request.target))
    else:
        edits, changes = native(source, found, _chooser(request.table, request.target, request.device))
    if request.annotate:
        edits = annotated(source, edits, changes)
    return source.edited(edits), changes
