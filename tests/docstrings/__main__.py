"""Run the examples and print how many give the documented result; `--itself` runs them on MindSpore itself.

Fails if one that is on record (`recorded.txt`, which may only grow) no longer gives it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from compat.parity.pool import Lost, Worker, served
from tests.docstrings.extract import Example, examples

SECONDS = 120.0
RECORDED = Path(__file__).with_name("recorded.txt")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.docstrings", description=__doc__)
    parser.add_argument("patterns", nargs="*", help="parts of API names (default: all)")
    parser.add_argument("--itself", action="store_true")
    parser.add_argument("--record", action="store_true", help="put on record what gives it now")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=Path("build/docstrings.jsonl"))
    asked = parser.parse_args()
    chosen = [e for e in examples() if e.deterministic and (not asked.patterns or any(p in e.api for p in asked.patterns))]
    found = judged(chosen, "itself" if asked.itself else "compat", asked.workers)
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text("".join(json.dumps({"api": api, "problem": found[api]}) + "\n" for api in sorted(found)), encoding="utf-8")
    for api, problem in sorted(found.items()):
        if problem and asked.patterns:
            print(f"{api}: {problem}")
    good = {api for api, problem in found.items() if not problem}
    print(f"{len(good)} of {len(found)} examples with a deterministic result give it ({100 * len(good) / max(1, len(found)):.1f} %)")
    if asked.itself:
        return
    recorded = set(RECORDED.read_text(encoding="utf-8").split()) if RECORDED.exists() else set()
    if asked.record:
        RECORDED.write_text("".join(f"{api}\n" for api in sorted(recorded | good)), encoding="utf-8")
    lost = sorted(recorded & set(found) - good)
    for api in lost:
        print(f"on record, and now not: {api}: {found[api]}")
    gone = [] if asked.patterns else sorted(recorded - set(found))
    for api in gone:
        print(f"on record, and now without an example: {api}")
    sys.exit(bool(lost or gone))


def judged(chosen: list[Example], framework: str, workers: int) -> dict[str, str]:
    """API → what went wrong with its example."""

    def asked(worker: Worker, example: Example) -> Iterator[tuple[str, str]]:
        try:
            yield example.api, json.loads(worker.ask(example.api, SECONDS))
        except Lost as loss:
            yield example.api, str(loss)

    return dict(served(chosen, asked, [sys.executable, "-m", "tests.docstrings.worker", framework], workers))


if __name__ == "__main__":
    main()
