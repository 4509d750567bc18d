"""A run of a program on PyTorch itself → which API each place of its source called, so that methods are known and not guessed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compat.errors import CompatError, UsageError
from compat.source.sites import Site

HERE = Path(__file__).parent / "tracing"
FORMAT = "compat trace 1"
Places = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Trace:
    """File (absolute) → place, "line:column:end line:end column" as `ast` counts → API → how often it was called there."""

    files: dict[str, Places]

    def of(self, file: Path) -> Places:
        return self.files.get(str(file.resolve()), {})


def traced(command: Sequence[str]) -> tuple[Trace, int]:
    """Run a command, and every Python process that it starts, with the trace on; its trace and its exit status.

    UsageError when the command can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="compat-trace-") as folder:
        paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COMPAT_TRACE": str(Path(folder) / "trace")}
        try:
            status = subprocess.run(command, env=environment, check=False).returncode
        except OSError as error:
            raise UsageError(f"{command[0]}: {error.strerror}")
        return _joined(json.loads(file.read_text()) for file in sorted(Path(folder).iterdir())), status


def _joined(parts: Iterable[dict[str, Places]]) -> Trace:
    files: dict[str, Places] = {}
    for part in parts:
        for file, places in part.items():
            for place, apis in places.items():
                known = files.setdefault(file, {}).setdefault(place, {})
                for api, count in apis.items():
                    known[api] = known.get(api, 0) + count
    return Trace(files)


def write(trace: Trace, file: Path) -> None:
    """Write a trace, in which files are named as they are on this machine."""
    file.write_text(json.dumps({"format": FORMAT, "files": trace.files}, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> Trace:
    """The trace in a file; CompatError when it is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found.get("format") != FORMAT:
            raise ValueError
        return Trace(found["files"])
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}")
    except (ValueError, AttributeError, KeyError):
        raise CompatError(f"{file}: no trace of `compat scan --trace`")


def told(site: Site, places: Places) -> Site:
    """The use with the API that was called there, where the text does not tell it and the run saw one API alone."""
    apis = places.get(_place(site.node), {})
    if site.how != "unknown" or len(apis) != 1:
        return site
    (api,) = apis
    return replace(site, api=api, how="traced")


def _place(node: ast.expr) -> str:
    return f"{node.lineno}:{node.col_offset}:{node.end_lineno}:{node.end_col_offset}"
