"""PyTorch's own test data, from the installed torch: which inputs its operators, modules and optimizers are tested on."""

from __future__ import annotations

import functools
import random
import sys
import types
import unittest
import warnings
from typing import Any

import numpy as np
import torch

SEED = 1234


@functools.cache
def note_constructors() -> None:
    """From now on each new torch.nn.Module keeps the arguments of its constructor, so that it can be made elsewhere again."""

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        made = object.__new__(cls)
        made.__dict__["_constructed_with"] = (args, kwargs)
        return made

    torch.nn.Module.__new__ = __new__  # type: ignore[method-assign]


def load(module: str) -> Any:
    """The module `module` of torch.testing._internal.

    It imports expecttest for one base class only, so the class of unittest serves where expecttest is not installed. It also
    reads the command line, so it gets to see an empty one.
    """
    note_constructors()
    try:
        import expecttest  # noqa: F401
    except ModuleNotFoundError:
        sys.modules["expecttest"] = types.ModuleType("expecttest")
        sys.modules["expecttest"].TestCase = unittest.TestCase  # type: ignore[attr-defined]
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return __import__(f"torch.testing._internal.{module}", fromlist=["*"])
    finally:
        sys.argv = arguments


def seed_all() -> None:
    """The same samples each time they are made."""
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)


def spread(count: int, wanted: int) -> list[int]:
    """Up to `wanted` of the numbers 0 … count-1, evenly spread from the first to the last."""
    if count <= wanted:
        return list(range(count))
    return [round(place * (count - 1) / max(1, wanted - 1)) for place in range(wanted)]
