"""Run a program unchanged on the other framework: a PyTorch program on MindSpore, or with --api mindspore the reverse."""

from __future__ import annotations

import argparse
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from compat.errors import UsageError
from compat.frameworks import installed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api", choices=("torch", "mindspore"), default="torch", help="the API that the program is written in (default: torch)"
    )
    parser.add_argument("--leave", action="append", default=[], metavar="MODULE", help="a module that gets the real framework; repeatable")
    parser.add_argument("-m", dest="as_module", action="store_true", help="the program is the name of a module, as in `python -m`")
    parser.add_argument("program", help="a Python file, a folder or archive with a __main__.py, or with -m a module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the program")


def carry_out(parsed: argparse.Namespace) -> int:
    argv, path = sys.argv, list(sys.path)
    sys.argv = [parsed.program, *parsed.arguments]
    sys.path.insert(0, str(Path.cwd() if parsed.as_module else Path(parsed.program).resolve().parent))
    try:
        if not (_is_module(parsed.program) if parsed.as_module else Path(parsed.program).exists()):
            raise UsageError(f"{parsed.program}: no such {'module' if parsed.as_module else 'file'}")
        return _run(parsed)
    finally:
        sys.argv, sys.path[:] = argv, path


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _run(parsed: argparse.Namespace) -> int:
    """The program's exit status; what it raises is shown as Python shows it, from its own first line on."""
    try:
        with installed(parsed.api, parsed.leave):
            if parsed.as_module:
                runpy.run_module(parsed.program, run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(parsed.program, run_name="__main__")
    except Exception as error:
        shown = error.with_traceback(_of_program(error.__traceback__))
        sys.excepthook(type(shown), shown, shown.__traceback__)
        return 1
    return 0


def _of_program(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames that started the program."""
    found = trace
    while found is not None and (found.tb_frame.f_code.co_filename == __file__ or found.tb_frame.f_globals.get("__name__") == "runpy"):
        found = found.tb_next
    return found or trace
