"""Plant faults in APIs one at a time, and see which of them no case shows: worker processes, results, report."""

from __future__ import annotations

import json
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from compat.parity.pool import Lost, Worker, served

START_SECONDS, FAULT_SECONDS = 300.0, 60.0
COMMAND = [sys.executable, "-m", "tests.faults.worker"]
Verdict = Literal["killed", "survived", "not executed"]


@dataclass(frozen=True)
class Found:
    """What became of one fault under one API. `by` is the case that showed it, or how the process ended."""

    api: str
    key: str
    kind: str
    verdict: Verdict
    by: str = ""


def judged(names: list[str], limit: int, seed: int, level: str, jobs: int, progress: Callable[[int], None]) -> list[Found]:
    """The verdict on up to `limit` faults of each API, drawn by `seed`. A fault of shared code that one API shows is not tried in another."""
    killed: dict[str, str] = {}
    work = Attempts(killed, limit, seed, level)
    found: list[Found] = []
    done: set[str] = set()
    for result in served(names, work, COMMAND, jobs):
        if isinstance(result, str):
            done.add(result)
            progress(len(done))
        else:
            found.append(result)
    return list(_once(found))


ORDER: tuple[Verdict, ...] = ("killed", "survived", "not executed")


def _once(found: list[Found]) -> Iterator[Found]:
    """Each fault once, under the API that shows most of it: code that several share is judged by all of their cases."""
    best: dict[str, Found] = {}
    for one in found:
        if one.key not in best or ORDER.index(one.verdict) < ORDER.index(best[one.key].verdict):
            best[one.key] = one
    yield from best.values()


class Attempts:
    """The faults of one API on one worker, in turn; ends with the API's name."""

    def __init__(self, killed: dict[str, str], limit: int, seed: int, level: str) -> None:
        self.killed, self.limit, self.seed, self.level = killed, limit, seed, level

    def __call__(self, worker: Worker, name: str) -> Iterator[Found | str]:
        try:
            listed = json.loads(worker.ask(json.dumps({"api": name}), START_SECONDS))
        except Lost as loss:
            yield Found(name, f"{name}: as it is", "untouched", "survived", str(loss))
        else:
            wanted = [(index, *fault[:3]) for index, fault in enumerate(listed["faults"]) if self.level in ("both", fault[3])]
            for index in _drawn(len(wanted), self.limit, f"{self.seed}/{name}"):
                yield from self._one(worker, name, *wanted[index])
        yield name

    def _one(self, worker: Worker, name: str, index: int, key: str, kind: str, executed: bool) -> Iterator[Found]:
        if key in self.killed:
            return
        if not executed:
            yield Found(name, key, kind, "not executed")
            return
        try:
            answer = json.loads(worker.ask(json.dumps({"api": name, "fault": index}), FAULT_SECONDS))
        except Lost as loss:
            answer = {"killed": str(loss), "clean": True}
        if "skipped" in answer:
            return
        by = answer["killed"]
        if by is None:
            yield Found(name, key, kind, "survived")
            return
        self.killed[key] = by
        if not answer["clean"]:
            worker.stop()
        yield Found(name, key, kind, "killed", by)


def _drawn(count: int, limit: int, seed: str) -> list[int]:
    """Which of `count` are tried: all in order, or `limit` of them."""
    every = range(count)
    return list(every) if not limit or count <= limit else sorted(random.Random(zlib.crc32(seed.encode())).sample(every, limit))


def write(found: Iterable[Found], path: Path) -> None:
    """One line of JSON for each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in found), encoding="utf-8")


def summary(found: Iterable[Found]) -> list[str]:
    """Shares of killed faults, by kind and by namespace and direction."""
    by_kind: dict[str, Counter[str]] = {}
    by_space: dict[str, Counter[str]] = {}
    for one in found:
        direction, _, api = one.api.partition(" ")
        by_kind.setdefault(one.kind, Counter())[one.verdict] += 1
        by_space.setdefault(f"{direction}: {api.rpartition('.')[0]}", Counter())[one.verdict] += 1
    return [*_shares("by kind", by_kind), *_shares("by namespace", by_space)]


def _shares(title: str, counts: dict[str, Counter[str]]) -> Iterator[str]:
    yield title
    for name, own in sorted(counts.items()):
        yield f"  {name:40} {_share(own)}"
    yield f"  {'all':40} {_share(sum(counts.values(), Counter()))}"


def _share(own: Counter[Any]) -> str:
    total = sum(own.values())
    rest = ", ".join(f"{own[verdict]} {verdict}" for verdict in ("survived", "not executed") if own[verdict])
    return f"{own['killed']:6} of {total:6} ({100 * own['killed'] / max(1, total):5.1f} %){'; ' + rest if rest else ''}"
