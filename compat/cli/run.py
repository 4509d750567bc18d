"""Run a program unchanged on the other framework: a PyTorch program on MindSpore, or with --api mindspore the reverse."""

from __future__ import annotations

import argparse
import runpy
import sys
import traceback
from pathlib import Path

from compat.errors import CompatError, UsageError
from compat.frameworks import installed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api", choices=("torch", "mindspore"), default="torch", help="the API that the program is written in (default: torch)"
    )
    parser.add_argument("program", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the program")


def carry_out(parsed: argparse.Namespace) -> int:
    program = Path(parsed.program)
    if not program.is_file():
        raise UsageError(f"{program}: no such file")
    argv, path = sys.argv, list(sys.path)
    sys.argv = [str(program), *parsed.arguments]
    sys.path.insert(0, str(program.resolve().parent))
    try:
        with installed(parsed.api):
            return _run(program)
    finally:
        sys.argv, sys.path[:] = argv, path


def _run(program: Path) -> int:
    try:
        runpy.run_path(str(program), run_name="__main__")
    except CompatError:
        traceback.print_exc()  # the program's own line matters, which the short message of other commands would hide
        return 1
    return 0
