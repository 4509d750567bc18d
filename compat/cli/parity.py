"""Run both frameworks on the fixtures of every row (or of those that match) and report where they agree and where they part.

Exit status 1 when a case differs without a declaration, a declared difference is gone, or an API agrees in less than is on record
(`verified.json` beside the table). `--accept` puts on record what agrees now. `--examples` and `--samples` add calls that are not of the
table: what fails among the drawn ones is kept in the output folder, as `examples.jsonl`, and tried first the next time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from types import ModuleType

from compat.errors import UsageError
from compat.parity import journal, kept, record
from compat.parity.case import Case
from compat.parity.cases import bases, cases
from compat.parity.compare import Result
from compat.parity.replay import described
from compat.parity.report import frameworks_compared, verdict, write_report
from compat.parity.samples import sampled
from compat.parity.worker import CASE_SECONDS, run
from compat.table.load import MAPPINGS, load
from compat.table.model import Table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "patterns", nargs="*", metavar="API|GLOB", help="PyTorch or MindSpore names, shell patterns allowed (default: every row)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("build/parity"), metavar="DIR", help="where the report goes (default: build/parity)"
    )
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--case", metavar="ID", help="replay one case, and show it in full")
    parser.add_argument(
        "--resume", action="store_true", help="go on with a run of the same cases that was stopped, from what is in the output folder"
    )
    parser.add_argument("--accept", action="store_true", help="put on record what agrees; refused where less agrees than is on record")
    parser.add_argument("--shrink", action="store_true", help="with --accept: also where less agrees than is on record")
    parser.add_argument("--examples", type=_count, default=0, metavar="N", help="also up to N drawn variations of the call of every API")
    parser.add_argument("--seed", type=int, default=0, help="other examples, with each number (default: 0)")
    parser.add_argument("--samples", action="store_true", help="also PyTorch's own samples of its operators (op_db), float32")
    parser.add_argument("--no-fixtures", action="store_true", help="without the calls of the table: examples and samples alone")
    parser.add_argument(
        "--kept", type=Path, metavar="FILE", help=f"where failing examples are kept (default: {kept.FILE} in the output folder)"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")
    parser.add_argument(
        "--timeout",
        type=float,
        default=CASE_SECONDS,
        metavar="SECONDS",
        help=f"for one case, which has then hung (default: {CASE_SECONDS:.0f})",
    )


def carry_out(parsed: argparse.Namespace) -> int:
    every = cases(table := load(parsed.table))
    if parsed.case:
        return _replay(parsed, every)
    of_table = cases(table, parsed.patterns) if parsed.patterns else every
    if parsed.no_fixtures and not (parsed.examples or parsed.samples):
        raise UsageError("--no-fixtures leaves nothing to run: give --examples N or --samples, too")
    search = _search(parsed)
    known = kept.read(_kept(parsed)) if parsed.examples else {}
    chosen = [*([] if parsed.no_fixtures else of_table), *_added(parsed, of_table, known, table)]
    results = _run(parsed, chosen)
    if search:
        results += _searched(parsed, search, of_table, table, results)
    page = write_report(results, parsed.output)
    failed = [result for result in results if result.status in ("differs", "stale")]
    for result in failed:
        print(f"{result.status}: {result.id}: {result.detail or result.reason}")
    lost = not parsed.no_fixtures and _against_record(parsed, every, of_table, results)
    print(f"report: {page}")
    print(verdict(results))
    return 1 if failed or lost else 0


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _search(parsed: argparse.Namespace) -> ModuleType | None:
    """The module that draws examples, if they are asked for."""
    if not parsed.examples:
        return None
    try:
        return importlib.import_module("compat.parity.search")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise UsageError("--examples needs Hypothesis: pip install 'compat[test]'") from error


def _kept(parsed: argparse.Namespace) -> Path:
    file: Path = parsed.kept or parsed.output / kept.FILE
    return file


def _added(parsed: argparse.Namespace, of_table: list[Case], known: dict[str, Case], table: Table) -> list[Case]:
    """The calls besides those of the table that are known before the run: examples that failed once, and PyTorch's samples."""
    apis = {(case.imitated, case.api) for case in of_table}
    found = [case for case in known.values() if (case.imitated, case.api) in apis]
    return [*found, *(sampled(bases(of_table), table) if parsed.samples else ())]


def _searched(parsed: argparse.Namespace, search: ModuleType, of_table: list[Case], table: Table, results: list[Result]) -> list[Result]:
    """What drawing examples comes to for every API of which no example has failed already; those that fail are kept."""
    failing = {(r.imitated, r.api) for r in results if r.fixture.startswith("example-") and r.status == "differs"}
    chosen = [base for base in bases(of_table) if (base.imitated, base.api) not in failing]
    progress, found = _Progress(len(chosen), "APIs"), []
    for one in search.run(chosen, table, parsed.table, parsed.jobs, parsed.timeout, parsed.examples, parsed.seed):
        found.append(one.result)
        if one.example:
            kept.add([one.example], _kept(parsed))
        progress(len(found))
    return found


def _of_table(cases: list[Case], results: list[Result]) -> list[Result]:
    ids = {case.id for case in cases}
    return [result for result in results if result.id in ids]


def _run(parsed: argparse.Namespace, chosen: list[Case]) -> list[Result]:
    """The results, in the order of the cases."""
    progress, found = _Progress(len(chosen)), {}
    key = journal.key(chosen, frameworks_compared())
    for result in journal.resumed(chosen, partial(_engine, parsed), parsed.output, key, resume=parsed.resume):
        found[result.id] = result
        progress(len(found))
    return [found[case.id] for case in chosen]


def _engine(parsed: argparse.Namespace, chosen: list[Case]) -> Iterator[Result]:
    return run(chosen, parsed.table, parsed.jobs, parsed.timeout)


def _replay(parsed: argparse.Namespace, every: list[Case]) -> int:
    known = {case.id: case for case in every} | kept.read(_kept(parsed))
    case = known.get(parsed.case)
    if case is None:
        near = get_close_matches(parsed.case, known, 3)
        raise UsageError(f"{parsed.case}: no such case" + (f"; did you mean {', '.join(near)}?" if near else ""))
    (result,) = run([case], parsed.table, 1, parsed.timeout)
    print(*described(case, result), sep="\n")
    return 1 if result.status in ("differs", "stale") else 0


def _against_record(parsed: argparse.Namespace, every: list[Case], chosen: list[Case], results: list[Result]) -> bool:
    """Compare with the record, or renew it; whether something of it is lost, which is printed."""
    known, versions, found = record.read(parsed.table), frameworks_compared(), record.shown(_of_table(chosen, results))
    apis = record.examined(every, chosen, known, parsed.patterns)
    if known.apis and known.versions != versions and not parsed.accept:
        print(f"{record.FILE} is of other releases ({known.versions}): not compared")
        return False
    lost = record.lost(known, found, apis)
    for line in lost:
        print(line)
    if parsed.accept and (parsed.shrink or not lost):
        record.write(record.renewed(known, found, apis, versions, whole=not parsed.patterns), parsed.table)
        print(f"recorded: {len(apis)} APIs in {parsed.table / record.FILE}")
        return False
    if parsed.accept:
        print(f"{record.FILE} was not changed: less agrees than is on record; `--accept --shrink` puts that on record")
    elif gained := record.gained(known, found, apis):
        print(f"{len(gained)} APIs agree in more than is on record (`--accept`): {', '.join(gained[:5])}{', …' if len(gained) > 5 else ''}")
    return bool(lost)


class _Progress:
    """A line on standard error every two seconds."""

    def __init__(self, total: int, what: str = "cases") -> None:
        self.total = total
        self.what = what
        self.last = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2 or done == self.total:
            self.last = now
            print(f"parity: {done} of {self.total} {self.what}", file=sys.stderr, flush=True)
