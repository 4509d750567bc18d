"""The optimizers of `compat.native.mindspore.experimental.optim`: those of torch.optim by MindSpore's names, arguments and defaults.

Such an object is compat.torch's optimizer, whose formula it steps by: schedules, parameter groups and its state dict are PyTorch's. MindSpore's
own keep one count of steps for all parameters and move every one of them, so that they can't be PyTorch's where a gradient is missing.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import compat.torch
from compat.errors import UnsupportedAPI
from compat.native.kinds import standing

PACKAGE = "mindspore.experimental.optim."


class NativeOptimizer:
    """What the classes have besides PyTorch's: a constructor that takes MindSpore's arguments."""

    _signature: inspect.Signature
    _defaults: dict[str, Any]  # those that PyTorch does not have as well

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(**self._defaults | self._signature.bind(*args, **kwargs).arguments)


@functools.cache
def bridged(kind: Any, api: str) -> Any:
    """The class of torch.optim that is called like `kind`, MindSpore's class of the public name `api`; UnsupportedAPI where there is none."""
    name = api.removeprefix(PACKAGE)
    base = getattr(compat.torch.optim, name, None)
    if base is None:
        raise UnsupportedAPI(f"{api} can't be an optimizer beside compat.torch: torch.optim has no {name}")
    if name == "Optimizer":
        return base
    theirs, ours = inspect.signature(kind), inspect.signature(base).parameters
    own = {
        "_signature": theirs,
        "_defaults": {name: one.default for name, one in theirs.parameters.items() if one.default not in (one.empty, ours[name].default)},
        "__qualname__": api,  # by which pickle finds it
        "__doc__": kind.__doc__,
    }
    return standing(base, NativeOptimizer, own)
