"""One example under one framework → what was wrong with it, statement by statement."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from typing import Any

import numpy as np

from tests.docstrings.extract import Example

RTOL, ATOL = 1e-3, 1e-4  # documents print four digits at times
# Many examples begin in the middle.
TAKEN_FOR_GRANTED = """
import mindspore, mindspore as ms, numpy as np
from mindspore import Parameter, ParameterTuple, Tensor, dtype as mstype, mint, nn, ops
"""
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\binf\b|\bnan\b", re.IGNORECASE)


def run(example: Example) -> str:
    """Empty when every statement runs and prints what its docstring says; else the first thing that went wrong."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(TAKEN_FOR_GRANTED, space)
    for source, want in example.statements:
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(source, example.api, "single"), space)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            if "Traceback" in want:
                continue
            return f"{source.strip()[:80]}: {type(error).__name__}: {str(error).strip().partition(chr(10))[0][:160]}"
        if want and not same(output.getvalue(), want):
            return f"{source.strip()[:80]}: printed {_short(output.getvalue())}, not {_short(want)}"
    return ""


def same(printed: str, wanted: str) -> bool:
    """Whether both say the same: numbers within a tolerance, words alike, whatever the white space."""
    mine, theirs = NUMBER.findall(printed), NUMBER.findall(wanted)
    if _words(printed) != _words(wanted) or len(mine) != len(theirs):
        return False
    return bool(np.allclose([float(n) for n in mine], [float(n) for n in theirs], rtol=RTOL, atol=ATOL, equal_nan=True))


def _words(text: str) -> str:
    return re.sub(r"[\s,]+", "", NUMBER.sub("#", text))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 110 else line[:107] + "...")
