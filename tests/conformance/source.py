"""PyTorch's own test data, from the installed torch: which inputs its operators, modules and optimizers are tested on."""

from __future__ import annotations

import functools
from typing import Any

import torch

from compat.parity import op_db
from compat.parity.op_db import seed_all as seed_all, spread as spread


@functools.cache
def note_constructors() -> None:
    """From now on each new torch.nn.Module keeps the arguments of its constructor, so that it can be made elsewhere again."""

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        made = object.__new__(cls)
        made.__dict__["_constructed_with"] = (args, kwargs)
        return made

    torch.nn.Module.__new__ = __new__  # type: ignore[method-assign]


def load(module: str) -> Any:
    """The module `module` of torch.testing._internal."""
    note_constructors()
    return op_db.load(module)
