"""The worker process: imports both frameworks once, then answers one case a line, so that a crash costs one case only.

Run as `python -m compat.parity.worker FOLDER`; reads case ids from standard input, writes one JSON line per case.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TextIO

from compat import frameworks
from compat.parity.cases import Case, cases
from compat.parity.compare import Result, compare
from compat.parity.execute import outcome
from compat.table.load import load


def main(arguments: list[str]) -> None:
    """Serve cases of the table in the given folder until standard input ends."""
    answers = _own_output()
    known = {case.id: case for case in cases(load(Path(arguments[0])))}
    modules = _modules()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(judged(known[line.strip()], modules).as_dict()), file=answers, flush=True)


def _own_output() -> TextIO:
    """Standard output for answers alone: what a framework prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _modules() -> dict[str, ModuleType]:
    torch, mindspore = frameworks.load("torch"), frameworks.load("mindspore")
    torch.set_num_threads(1)
    mindspore.runtime.launch_blocking()  # a MindSpore error otherwise surfaces in a later, unrelated call
    import compat.mindspore
    import compat.torch

    return {"torch": torch, "mindspore": mindspore, "compat.torch": compat.torch, "compat.mindspore": compat.mindspore}


def judged(case: Case, modules: dict[str, ModuleType]) -> Result:
    """Run a case on its reference and on this project, and compare."""
    subject = outcome(case, modules[f"compat.{case.imitated}"], case.api)
    if case.reference == "torch":
        assert case.torch_case is not None
        return compare(case, outcome(case.torch_case, modules["torch"], case.torch_case.api), subject)
    # An older spelling exists on our side only: today's MindSpore is called by today's names.
    today = Case(**{**case.__dict__, "style": "keyword", "renamed": {}}) if case.style == "older" else case
    return compare(case, outcome(today, modules[case.imitated], case.api), subject)


if __name__ == "__main__":
    main(sys.argv[1:])
