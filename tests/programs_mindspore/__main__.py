"""Run the programs where MindSpore is not installed: `python -m tests.programs_mindspore`, for an environment with torch alone."""

from __future__ import annotations

import importlib.util
import math
import runpy
import sys

import compat
from tests.programs_mindspore import PROGRAMS


def main() -> None:
    if importlib.util.find_spec("mindspore") is not None:
        sys.exit("MindSpore is installed here: this is for an environment without it")
    for program in PROGRAMS:
        with compat.installed("mindspore"):
            losses = runpy.run_path(str(program))["main"]()
        if not all(map(math.isfinite, losses)) or len(losses) < 2:
            sys.exit(f"{program.name}: losses {losses}")
        print(f"{program.stem:12} {len(losses)} losses, from {losses[0]:.4f} to {losses[-1]:.4f}")


if __name__ == "__main__":
    main()
