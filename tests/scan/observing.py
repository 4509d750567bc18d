"""Runs programs and notes where each calls a tensor's method, by PyTorch's own report of its calls: `python -m tests.scan.observing OUT WHAT…`.

That is the truth which a trace is held against, so nothing of the trace is used. What PyTorch reports, TorchFunctionMode, is a function and its
arguments; the place is that of the first frame outside of PyTorch, if nothing of PyTorch but the method itself stands between. WHAT is a file of
Python, or the name of models: of `tests.packages` (`timm`, `transformers/BERT`) or of `tests.scan.models` (`models`).
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from types import FrameType
from typing import Any

# Files of PyTorch through which the call of a method passes that is written in Python.
PASSED = ("overrides.py", "_tensor.py", "_jit_internal.py")


def main(out: str, *programs: str) -> None:
    import torch
    from torch.overrides import TorchFunctionMode

    own = os.path.join(os.path.dirname(torch.__file__), "")
    seen: dict[str, set[tuple[Any, ...]]] = {}

    class Observer(TorchFunctionMode):
        def __torch_function__(self, function: Any, _types: Any, arguments: Any = (), keywords: Any = None) -> Any:
            name = getattr(function, "__name__", "")
            if getattr(torch.Tensor, name, None) is function:
                frame = caller(own)
                if frame is not None:
                    places = list(frame.f_code.co_positions())
                    line, end_line, column, end_column = places[frame.f_lasti // 2]
                    seen.setdefault(os.path.realpath(frame.f_code.co_filename), set()).add((line, column, end_line, end_column, name))
            return function(*arguments, **(keywords or {}))

    with Observer():
        for program in programs:
            if program.endswith(".py"):
                runpy.run_path(program, run_name="__main__")
            else:
                run_models(program)
    Path(out).write_text(json.dumps({file: sorted(places) for file, places in seen.items()}), encoding="utf-8")


def caller(own: str) -> FrameType | None:
    """The frame that calls the method which is handed over; None where PyTorch itself does."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(own):
        if not frame.f_code.co_filename.endswith(PASSED):
            return None
        frame = frame.f_back
    return frame


def run_models(name: str) -> None:
    from tests.packages.__main__ import name_operators_of_torchvision
    from tests.packages.cases import CASES
    from tests.packages.observe import observe
    from tests.scan import models

    operators = name_operators_of_torchvision()
    if name == "models":
        models.run()
    for case in CASES:
        if case.name.startswith(f"{name}/") or case.name == name:
            observe(case)
    del operators


if __name__ == "__main__":
    main(*sys.argv[1:])
