"""Judges faults in a process of its own: `python -m tests.faults.worker` reads requests from standard input, one answer a line.

A request names an API, and which of its faults to plant; without a fault the answer lists them.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from compat.parity.compare import compare
from compat.parity.execute import outcome
from compat.parity.pool import answer
from compat.table.load import load
from tests.faults.gaps import apis
from tests.faults.source import Functions
from tests.faults.unit import Unit, killer, modules, unit


def main() -> None:
    """Serve requests until standard input ends."""
    answer(_start)


def _start() -> Any:
    loaded, functions = modules(), Functions()
    known = {f"{api.imitated} {api.name}": api for api in apis(load())}

    @functools.lru_cache(maxsize=1)
    def made(name: str) -> Unit:
        return unit(known, name, loaded, functions)

    def answered(request: str) -> str:
        asked = json.loads(request)
        own = made(asked["api"])
        if "fault" not in asked:
            return json.dumps({"cases": len(own.cases), "faults": [[f.key, f.kind, f.executed, f.level] for f in own.faults]})
        planted = own.faults[asked["fault"]]
        try:
            found = killer(own, planted, loaded)
        except ValueError as error:
            return json.dumps({"skipped": str(error)})
        return json.dumps({"killed": found, "clean": found is None or _clean(own, found, loaded)})

    return answered


def _clean(own: Unit, case_id: str, loaded: Any) -> bool:
    """Whether the case agrees again: a fault may leave something behind, a mode or a number of the generator."""
    case, reference = next(pair for pair in own.cases if pair[0].id == case_id)
    return compare(case, reference, outcome(case, loaded[f"compat.{own.api.imitated}"], case.api)).status == "agrees"


if __name__ == "__main__":
    main()
