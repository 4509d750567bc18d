"""Hold `compat.torch` against PyTorch on the data of PyTorch's own tests: `python -m tests.conformance modules nn.Linear`."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
from pathlib import Path

from tests.conformance import record, report, run
from tests.conformance.worker import SUITES


def main(arguments: list[str]) -> int:
    """0 when everything that is recorded passes, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("names", nargs="*", metavar="NAME|GLOB", help="operators, modules or optimizers (default: all)")
    parser.add_argument("--framework", default="compat", metavar="MODULE", help="compat (default), torch, or a module that imitates torch")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N", help="worker processes (default: 2 at most)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth of the names, for a quick look")
    parser.add_argument("--resume", action="store_true", help="keep the results that the output folder has already")
    parser.add_argument("--out", type=Path, metavar="DIR", help="results and summaries (default: build/conformance/SUITE)")
    parser.add_argument("--against", type=Path, metavar="FILE", help="what must pass (default: tests/conformance/recorded/SUITE.txt)")
    parser.add_argument("--record", action="store_true", help="add what passes to the record")
    parsed = parser.parse_args(arguments)

    suite = SUITES[parsed.suite]()
    names = chosen(suite.names(), parsed.names)[:: parsed.every]
    if not names:
        parser.error(f"nothing in {parsed.suite} matches {' '.join(parsed.names)}")
    out = parsed.out or Path("build/conformance") / parsed.suite
    against = parsed.against or record.FOLDER / f"{parsed.suite}.txt"
    lines = out / "results.jsonl"
    known = {name: made for name, made in run.kept(lines).items() if name in names} if parsed.resume else {}
    waiting = [name for name in names if name not in known]
    made = run.results(parsed.suite, suite.checks, waiting, parsed.framework, parsed.jobs) if waiting else iter(())
    by_name = run.executed(made, lines, known, len(names), lambda text: print(text, file=sys.stderr, flush=True))
    results = [result for one in by_name.values() for result in one]

    found = report.summary(parsed.suite, parsed.framework, results)
    page = report.write(out, found)
    print(report.overview(found))
    print(f"report: {page}")
    recorded = record.read(against)
    lost = record.lost(recorded, results)
    for line in lost:
        print(f"passed before: {line}")
    gained = record.beyond(record.passing(results), recorded)
    if gained and parsed.record:
        record.write(against, record.together(recorded, gained))
    if gained:
        count = sum(map(len, gained.values()))
        print(f"{count} checks are new in {against}" if parsed.record else f"{count} checks pass that are not recorded: run with --record")
    return 1 if lost else 0


def chosen(names: list[str], patterns: list[str]) -> list[str]:
    """The names that equal or match a pattern; all without patterns."""
    return [name for name in names if not patterns or any(name == one or fnmatch.fnmatchcase(name, one) for one in patterns)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
