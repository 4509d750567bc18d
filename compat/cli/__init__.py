"""The command line: one file per command, each thin. Exit status 0 all well, 1 the check or comparison failed, 2 the call is wrong."""

from __future__ import annotations

import argparse
import importlib
import sys

from compat import __version__
from compat.errors import CompatError, TableError, UsageError

COMMANDS = {
    "run": "run a program, unchanged, on the other framework",
    "parity": "run both frameworks on the same fixtures, and write a report",
    "compare": "hold two models against each other, and find the module where they part",
    "report": "write the report of a parity run again, from its results",
    "explain": "show the differences of one API",
    "check": "check the table against itself and the installed frameworks",
    "weights": "convert a checkpoint between PyTorch, MindSpore and safetensors",
    "evidence": "execute the calls of MindSpore that a port may write, and record which give PyTorch's results",
    "scan": "say which APIs a code base uses, and how well each use is supported",
    "port": "rewrite PyTorch source: MindSpore where that is exact, compat.torch elsewhere",
    "generate": "write the derived files, or with --check fail if one is stale, missing or left over",
}


# They may end in `-- PROGRAM ARGUMENTS`.
WITH_PROGRAM = ("scan", "port")


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command line; returns the exit status. SystemExit comes from argparse (2) and from a program that `run` runs."""
    given = sys.argv[1:] if arguments is None else arguments
    program: list[str] = []
    if given[:1] and given[0] in WITH_PROGRAM and "--" in given:
        given, program = given[: given.index("--")], given[given.index("--") + 1 :]
    parser = argparse.ArgumentParser(
        prog="compat", description="The PyTorch API on MindSpore, the MindSpore API on PyTorch, and the proof."
    )
    parser.add_argument("--version", action="version", version=f"compat {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    try:
        for name, about in COMMANDS.items():
            command = commands.add_parser(name, help=about)
            if name in given[:1]:  # a command's module is imported for that command alone: `run` needs no YAML
                module = importlib.import_module(f"compat.cli.{name}")
                command.description = module.__doc__
                module.add_arguments(command)
                command.set_defaults(carry_out=module.carry_out)
        parsed = parser.parse_args(given, argparse.Namespace(program=program))
        status: int = parsed.carry_out(parsed)
        return status
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    except UsageError as error:
        print(f"compat: {error}", file=sys.stderr)
        return 2
    except CompatError as error:
        print(f"compat: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in ("yaml", "msgspec", "jinja2"):
            raise
        print(f"compat: {error.name} is needed for this command: pip install 'compat[tools]'", file=sys.stderr)
        return 2
