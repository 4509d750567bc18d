"""Records which API of PyTorch every place of a program calls, while the program runs.

Python imports a module of this name at its start. It stands in a folder of its own, which `compat scan --trace` puts on the path of the
program, and needs nothing but the standard library and the program's own torch. It writes JSON to COMPAT_TRACE when the program ends:
file → "line:column:end line:end column" (as `ast` counts) → API → how often.
"""

from __future__ import annotations

import atexit
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
from types import CodeType, FrameType
from typing import Any

TRACE = os.environ.get("COMPAT_TRACE", "")
found: dict[str, dict[str, dict[str, int]]] = {}
positions: dict[CodeType, list[Any]] = {}


def _place(frame: FrameType) -> str | None:
    """Where in its file a frame is: line, column, end line, end column; None where Python does not say."""
    code = frame.f_code
    if code not in positions:
        positions[code] = list(code.co_positions())
    line, end_line, column, end_column = positions[code][frame.f_lasti // 2]
    return None if None in (line, end_line, column, end_column) else f"{line}:{column}:{end_line}:{end_column}"


def _caller(function: Any, own: str) -> FrameType | None:
    """The frame that called `function`, unless that is PyTorch itself; the body of a function written in Python is no caller."""
    frame: FrameType | None = sys._getframe(2)
    body = getattr(function, "__code__", None)
    name = getattr(function, "__name__", None)
    while frame is not None and frame.f_code.co_filename.startswith(own):
        file = frame.f_code.co_filename
        passes = frame.f_code is body or file.endswith(("overrides.py", "_tensor.py")) or frame.f_code.co_name in (name, "fn", "inner")
        if not passes:
            return None
        frame = frame.f_back
    return frame


def _start(torch: Any) -> None:
    overrides = importlib.import_module("torch.overrides")

    own = os.path.dirname(torch.__file__)

    class Trace(overrides.TorchFunctionMode):  # type: ignore[name-defined]
        def __torch_function__(self, function: Any, _types: Any, arguments: Any = (), keywords: Any = None) -> Any:
            frame = _caller(function, own)
            if frame is not None:
                place, name = _place(frame), overrides.resolve_name(function)
                if place is not None and name is not None:
                    counts = found.setdefault(os.path.abspath(frame.f_code.co_filename), {}).setdefault(place, {})
                    name = name.removesuffix(".__get__").removesuffix(".__set__")
                    counts[name] = counts.get(name, 0) + 1
            return function(*arguments, **(keywords or {}))

    Trace().__enter__()
    atexit.register(_write)


def _write() -> None:
    with open(f"{TRACE}.{os.getpid()}", "w") as file:
        json.dump(found, file)


class _Finder(importlib.abc.MetaPathFinder):
    """Starts the trace when the program has imported torch."""

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> Any:
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                _start(module)

            vars(spec.loader)["exec_module"] = exec_module
        return spec


def _next_of_this_name() -> None:
    """Import the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


if TRACE:
    sys.meta_path.insert(0, _Finder())
_next_of_this_name()
