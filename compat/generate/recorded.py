"""What the pages' examples print, on record in docs/examples/recorded.json, so that generating needs no framework.

A program that is not on record is run by a worker process (compat.generate.run_examples): on its own framework, then through this
project on the other one. Of several programs for one place the first that is fit to be shown is taken; why another one is not is on
record as well.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compat.errors import CompatError
from compat.generate.examples import Program
from compat.parity.pool import Lost, Worker, served

FILE = Path("docs/examples/recorded.json")
LINES, CHARACTERS = 12, 900  # of what a program prints
SECONDS = 60.0
RAISED = re.compile(r"(\w*Error|\w*Exception|UnsupportedAPI|UnsupportedArgument|Crash): ?")
Where = Literal["itself", "through"]
Entry = dict[str, str]


@dataclass(frozen=True)
class Printed:
    """What a program printed on the framework it was written for, and through this project on the other one."""

    itself: str
    through: str

    @property
    def raises(self) -> bool:
        """Whether it raises on its own framework."""
        return raised(self.itself)

    @property
    def through_raises(self) -> bool:
        return raised(self.through)


def raised(text: str) -> bool:
    """Whether what was printed ends in the line of an error."""
    return RAISED.match(text.rpartition("\n")[2]) is not None


class Record:
    """The record, which grows as programs are asked for that are not on it, where running is allowed."""

    def __init__(self, root: Path, *, may_run: bool, afresh: bool = False) -> None:
        self.file = root / FILE
        known = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.entries: dict[str, Entry] = {} if afresh else known
        self.may_run = may_run
        self.used: set[str] = set()

    def first_fit(self, places: Sequence[Sequence[Program]]) -> list[tuple[Program, Printed] | None]:
        """For each place the first of its programs that is fit to be shown, with what it prints; None when there is none.

        Raises CompatError when a program is not on record and none may be run.
        """
        at = [0] * len(places)
        while wanted := self._undecided(places, at):
            if not self.may_run:
                raise CompatError(f"{FILE}: {len(wanted)} examples are not on record: run `compat generate`")
            self.entries |= run(wanted)
        found: list[tuple[Program, Printed] | None] = []
        for programs, index in zip(places, at, strict=True):
            self.used.update(program.key for program in programs[: index + 1])
            found.append((programs[index], printed(self.entries[programs[index].key])) if index < len(programs) else None)
        return found

    def _undecided(self, places: Sequence[Sequence[Program]], at: list[int]) -> list[Program]:
        """Move on in each place past what is on record as unfit; the programs that have to be run to decide."""
        wanted = {}
        for place, programs in enumerate(places):
            while at[place] < len(programs) and "unfit" in self.entries.get(programs[at[place]].key, {}):
                at[place] += 1
            if at[place] < len(programs) and programs[at[place]].key not in self.entries:
                wanted[programs[at[place]].key] = programs[at[place]]
        return list(wanted.values())

    def write(self) -> None:
        """Write the entries that were asked for, one program a line, sorted by API."""
        lines = [f"{json.dumps(key)}: {json.dumps(self.entries[key], ensure_ascii=False)}" for key in sorted(self.used)]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        if not self.file.exists() or self.file.read_text(encoding="utf-8") != text:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(text, encoding="utf-8")


def printed(entry: Mapping[str, str]) -> Printed:
    """An entry of the record; what is printed through this project stands there only where it is something else."""
    return Printed(entry["itself"], entry.get("through", entry["itself"]))


def entry(framework: str, itself: str | None, through: str) -> Entry:
    """What goes on record of a program that printed this; None is something else each time."""
    if itself is None:
        return {"unfit": "prints something else each time"}
    if raised(itself) and (framework == "torch" or raised(through)):
        return {"unfit": itself.rpartition("\n")[2][:160]}
    for text in (itself, through):
        if text.count("\n") >= LINES or len(text) > CHARACTERS:
            return {"unfit": "prints too much"}
        if " at 0x" in text:
            return {"unfit": "prints an address"}
    return {"itself": itself} if itself == through else {"itself": itself, "through": through}


def run(programs: list[Program]) -> dict[str, Entry]:
    """Run programs with both frameworks installed, on two processes."""
    found: dict[tuple[str, Where], str | None] = {}
    jobs: list[tuple[Program, Where]] = [(program, where) for program in programs for where in _places()]
    for key, where, text in served(jobs, _asked, [sys.executable, "-m", "compat.generate.run_examples"], min(2, os.cpu_count() or 1)):
        found[key, where] = text
    return {p.key: entry(p.framework, found[p.key, "itself"], found[p.key, "through"] or "") for p in programs}


def _places() -> tuple[Where, Where]:
    return "itself", "through"


def _asked(worker: Worker, job: tuple[Program, Where]) -> Iterator[tuple[str, Where, str | None]]:
    program, where = job
    try:
        answer = json.loads(worker.ask(json.dumps({"framework": program.framework, "text": program.text, "where": where}), SECONDS))
    except Lost as loss:
        answer = f"Crash: {loss}"
    yield program.key, where, answer
