"""The worker that runs the pages' examples: each on its own framework, or through this project on the other."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable

from compat import frameworks
from compat.errors import first_line
from compat.parity.pool import answer


def printed(text: str) -> str:
    """What a program prints; its error's type and first line if it raises."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            exec(compile(text, "example.py", "exec"), {"__name__": "__main__"})
        except Exception as error:
            print(f"{type(error).__name__}: {first_line(error)}")
    return output.getvalue().rstrip("\n")


def _answered(request: str) -> str:
    """What the requested program prints, as JSON: null if that is something else each time."""
    program = json.loads(request)
    if program["where"] == "through":
        with frameworks.installed(program["framework"]):
            return json.dumps(printed(program["text"]))
    first, second = printed(program["text"]), printed(program["text"])
    return json.dumps(first if first == second else None)


def _start() -> Callable[[str], str]:
    frameworks.load("torch").set_num_threads(1)
    frameworks.load("mindspore").runtime.launch_blocking()
    return _answered


if __name__ == "__main__":
    answer(_start)
