"""Runs a suite over worker processes; a crash or a hang is a result, and what is done can be resumed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from compat.parity.pool import Lost, Worker, served
from tests.conformance.suite import ABSENT, CRASHED, ERROR, EXCLUDED, HUNG, Result

SAMPLE_SECONDS = 30.0
LISTING_SECONDS = 300.0


def command(suite: str, framework: str) -> list[str]:
    return [sys.executable, "-m", "tests.conformance.worker", suite, framework]


def results(
    suite: str, checks: tuple[str, ...], names: list[str], framework: str, jobs: int, seconds: float = SAMPLE_SECONDS
) -> Iterator[tuple[str, list[Result]]]:
    """For each name the results of all checks of its samples, in the order in which the names are done."""
    return served(names, partial(_asked, checks, seconds), command(suite, framework), jobs)


def _asked(checks: tuple[str, ...], seconds: float, worker: Worker, name: str) -> Iterator[tuple[str, list[Result]]]:
    try:
        samples = json.loads(worker.ask(json.dumps(["samples", name]), LISTING_SECONDS))
    except Lost as loss:
        yield name, [Result(name, "samples", 0, "", HUNG if loss.hung else CRASHED, str(loss))]
        return
    if isinstance(samples, str):
        yield name, [Result(name, "samples", 0, "", EXCLUDED, f"PyTorch can't make them: {samples}")]
        return
    yield name, [judged_by(worker, Result(name, variant, index, check, ""), seconds) for variant, index in samples for check in checks]


def judged_by(worker: Worker, wanted: Result, seconds: float) -> Result:
    """What one check came to, in the worker or by losing it."""
    request = json.dumps(["judge", wanted.name, wanted.variant, wanted.index, wanted.check])
    try:
        return Result(**json.loads(worker.ask(request, seconds)))
    except Lost as loss:
        return Result(
            wanted.name, wanted.variant, wanted.index, wanted.check, HUNG if loss.hung else CRASHED, str(loss), seconds=seconds * loss.hung
        )


def kept(path: Path) -> dict[str, list[Result]]:
    """The results of an earlier run by name."""
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["name"]: [Result(**one) for one in line["results"]] for line in lines}


def executed(
    found: Iterator[tuple[str, list[Result]]], path: Path, known: dict[str, list[Result]], total: int, tell: Callable[[str], None]
) -> dict[str, list[Result]]:
    """All results, written to `path` a name a line as they come; `tell` is given a line of progress now and then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    began = last = time.monotonic()
    done = dict(known)
    with path.open("a" if known else "w", encoding="utf-8") as stream:
        for name, made in found:
            counted = [result for result in made if result.status != ABSENT]
            done[name] = counted
            stream.write(json.dumps({"name": name, "results": [result.as_dict() for result in counted]}) + "\n")
            stream.flush()
            now = time.monotonic()
            if now - last >= 5 or len(done) == total:
                last = now
                bad = sum(result.status in (CRASHED, HUNG, ERROR) for one in done.values() for result in one)
                tell(f"{len(done)} of {total} after {now - began:.0f} s, {bad} errors; last: {name}")
    return {name: done[name] for name in sorted(done)}
