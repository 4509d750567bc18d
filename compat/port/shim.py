"""The style that rewrites imports alone: the program stays as it is, on compat.torch or compat.mindspore."""

from __future__ import annotations

from compat.port.imports.imports import shim_edits
from compat.port.model import Became, Change
from compat.scan.verdicts import Judge, Judgement
from compat.source.sites import Resolved, Site
from compat.source.text import Edit, Source

STAYS = "compat.{} has it"


def shim(source: Source, resolved: Resolved, judge: Judge) -> tuple[list[Edit], tuple[Change, ...]]:
    """The edits that rewrite a file's imports, and each import and use of an API: what stays, and what the table says won't work."""
    framework = judge.catalog.framework
    edits, changes = shim_edits(source, resolved, framework)
    for site in resolved.sites:
        judged = judge.judge(site)
        if judged is not None:
            changes.append(left(source, site, judged, framework))
    changes.sort(key=lambda change: (change.line, change.column))
    return edits, tuple(changes)


def left(source: Source, site: Site, judged: Judgement, framework: str) -> Change:
    """A use that stays as it was written: on the imitation, or for a human to look at."""
    became, code, reason = _verdict(judged, framework)
    start, end = source.place(site.node)
    text = source.text(site.node)
    return Change(*start, *end, site.api or f"?.{site.method}", site.use, site.how, became, code, reason, text, text, site.inside)


def _verdict(judged: Judgement, framework: str) -> tuple[Became, str, str]:
    if judged.verdict == "unsupported":
        return "unsupported", "CM301", judged.reason
    if judged.verdict == "unknown":
        return "unknown", "CM401", judged.reason
    return "kept", "CM200", judged.reason if judged.verdict == "differs" else STAYS.format(framework)
