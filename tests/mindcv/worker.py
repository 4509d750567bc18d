"""The worker process: `python -m tests.mindcv.worker itself|compat` answers the names of cases with what it observed."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable

from compat import frameworks
from compat.parity.pool import answer
from tests.mindcv.cases import CASES
from tests.mindcv.observe import observed


def start(framework: str) -> Callable[[str], str]:
    within = contextlib.nullcontext() if framework == "itself" else frameworks.installed("mindspore")

    def answered(request: str) -> str:
        try:
            return json.dumps(observed(CASES[request]))
        except Exception as error:
            return json.dumps({"error": f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:200]}"})

    within.__enter__()  # for the life of the process
    return answered


if __name__ == "__main__":
    answer(lambda: start(sys.argv[1]))
