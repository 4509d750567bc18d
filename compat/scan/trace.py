"""A run of a program on PyTorch itself → which API each place of its source called, so that methods are known and not guessed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compat.errors import CompatError, UsageError
from compat.source.sites import Site

HERE = Path(__file__).parent / "tracing"
FORMAT = "compat trace 2"
Places = dict[str, list[str]]
# The classes under whose names a trace has a method, whichever of their subclasses it was called on.
BASES = ("torch.Tensor.", "torch.nn.Module.", "torch.optim.Optimizer.", "torch.optim.lr_scheduler.LRScheduler.")


@dataclass(frozen=True)
class Trace:
    """File (absolute) → place, "line:column:end line:end column" as Python counts → what was called there.

    That is a method by its class (`torch.Tensor.view`, `numpy.ndarray.view`) or a function by its module; what goes by several names has
    them with a space between.
    """

    files: dict[str, Places]

    def of(self, file: Path) -> Places:
        return self.files.get(str(file.resolve()), {})


def traced(command: Sequence[str]) -> tuple[Trace, int]:
    """Run a command, and every Python process that it starts, with the trace on; its trace and its exit status.

    UsageError when the command can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="compat-trace-") as folder:
        file = Path(folder) / "trace"
        paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COMPAT_TRACE": str(file)}
        try:
            status = subprocess.run(command, env=environment, check=False).returncode
        except OSError as error:
            raise UsageError(f"{command[0]}: {error.strerror}")
        return _joined(file.read_text(encoding="utf-8").splitlines() if file.exists() else ()), status


def _joined(lines: Iterable[str]) -> Trace:
    files: dict[str, Places] = {}
    for line in lines:
        file, place, names = json.loads(line)
        called = files.setdefault(file, {}).setdefault(place, [])
        if names not in called:  # several processes say the same
            called.append(names)
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


def told(site: Site, places: Places) -> Site | None:
    """The use as the run saw it: with the API that was called where the text does not tell it; None where only others' methods were called.

    Where both were, or where the run contradicts the text, it is unknown: a rewriting would be wrong for one of them.
    """
    if not site.method or site.use != "call" or not (site.how == "unknown" or site.api.startswith(BASES)):
        return site
    called = next(filter(None, (places.get(place) for place in _places(site.node))), None)
    if not called:
        return site
    apis = {_api(names, site.method) for names in called}
    if apis == {""} and site.how == "unknown" and not _of_torch(called):
        return None
    if "" in apis or len(apis) > 1:
        return replace(site, api="", how="unknown", seen=tuple(called))
    return replace(site, api=apis.pop(), how="traced") if site.how == "unknown" else site


def _api(names: str, method: str) -> str:
    """The framework's method of this name that was called; empty where it was something else."""
    return next((name for name in names.split(" ") if name in {f"{base}{method}" for base in BASES}), "")


def _of_torch(called: Iterable[str]) -> bool:
    """Whether a function of the framework was called, by whatever name the program has it."""
    return any(names.startswith("torch.") for names in called)


def _places(node: ast.expr) -> Iterator[str]:
    """Where Python says that a call stands: from its beginning or, where what is called goes over several lines, from its last name."""
    end = f"{node.end_lineno}:{node.end_col_offset}"
    yield f"{node.lineno}:{node.col_offset}:{end}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        function = node.func
        yield f"{function.end_lineno}:{(function.end_col_offset or 0) - len(function.attr)}:{end}"
