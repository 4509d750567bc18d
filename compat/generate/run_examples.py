"""The process that runs the pages' examples: each on its own framework, then through this project on the other."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from compat import frameworks
from compat.errors import first_line


def printed(text: str) -> str:
    """What a program prints; its error's type and first line if it raises."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            exec(compile(text, "example.py", "exec"), {"__name__": "__main__"})
        except Exception as error:
            print(f"{type(error).__name__}: {first_line(error)}")
    return output.getvalue().rstrip("\n")


def main() -> None:
    """Read programs as JSON from standard input, write what they printed as JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework itself prints must not mix with the answers
    wanted = json.loads(sys.stdin.read())
    frameworks.load("torch")
    frameworks.load("mindspore").runtime.launch_blocking()
    found = {}
    for program in wanted:
        itself = printed(program["text"])
        with frameworks.installed(program["framework"]):
            through = printed(program["text"])
        found[program["digest"]] = {"itself": itself, "through": through}
    json.dump(found, answers)
    answers.flush()


if __name__ == "__main__":
    main()
