"""Functions of MindSpore that draw random numbers → drawing them from PyTorch's stream, so that a seed gives what it gave before porting.

With a seed of its own among the arguments MindSpore's function is called: its numbers are asked for then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import compat.torch
from compat.native.calls import name_after, wrapped
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore

torch: Any = compat.torch
functional: Any = torch.nn.functional


def _in_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with MindSpore's dtype as PyTorch's."""
    return lambda *args, dtype=None: function(*args, dtype=None if dtype is None else dtypes.kind_of(dtype))


# By the name in mindspore.ops: a function of the same arguments, the seeds left out.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(functional, name) for name in ("dropout", "dropout1d", "dropout2d", "dropout3d")},
    **{name: _in_dtype(getattr(torch, name)) for name in ("rand", "randn", "rand_like", "randn_like", "randint")},
    "randperm": lambda n, dtype: _in_dtype(torch.randperm)(n, dtype=dtype),
}
SEEDS: Mapping[str, tuple[Any, ...]] = {"seed": (None, 0), "offset": (0,)}  # the values that ask for no numbers in particular


def _drawing(function: Any, ours: Callable[..., Any]) -> Callable[..., Any]:
    theirs, signature = wrapped(function), inspect.signature(function)

    def called(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if any(bound.arguments.pop(name, values[0]) not in values for name, values in SEEDS.items()):
            return theirs(*args, **kwargs)
        return ours(*bound.args, **bound.kwargs)

    name_after(called, function)
    return called


INSTEAD: Mapping[Any, Callable[..., Any]] = {
    getattr(mindspore.ops, name): _drawing(getattr(mindspore.ops, name), ours) for name, ours in FUNCTIONS.items()
}
