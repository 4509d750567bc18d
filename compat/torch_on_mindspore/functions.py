"""The functions of the torch namespace, made public once each: `functions.exp` is `torch.exp`, with `out` and PyTorch's errors."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore import boundary
from compat.torch_on_mindspore.operations import FUNCTIONS, SHARED


def __getattr__(name: str) -> Any:
    """The operation `name` as a public function; AttributeError for what is not there."""
    operation = SHARED.get(name) or FUNCTIONS.get(name)
    if operation is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()[name] = boundary.public(name, operation)
    return made
