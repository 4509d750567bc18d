"""The worker process: `python -m tests.docstrings.worker itself|compat` answers the numbers of examples with what went wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from compat import frameworks
from compat.parity.pool import answer
from tests.docstrings.extract import examples
from tests.docstrings.judge import run


def start(framework: str) -> Callable[[str], str]:
    import mindspore

    mindspore.runtime.launch_blocking()
    known = {example.api: example for example in examples()}

    def answered(request: str) -> str:
        if framework == "itself":
            return json.dumps(run(known[request]))
        with frameworks.installed("mindspore"):
            return json.dumps(run(known[request]))

    return answered


if __name__ == "__main__":
    answer(lambda: start(sys.argv[1]))
