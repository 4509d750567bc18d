"""`mindspore.ops.assign` for a tensor of compat.torch: one that is a view of another is written, too, and a version tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import compat.torch
from compat.native.calls import name_after, wrapped
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor


def assign(variable: Any, value: Any) -> Any:
    """Give `variable` the elements of `value`, which is not recorded; MindSpore's errors where the shapes are not the same."""
    if not isinstance(variable, Tensor) or not isinstance(value, Tensor) or engine.shape_of(variable) != engine.shape_of(value):
        return wrapped(mindspore.ops.assign)(variable, value)
    with compat.torch.no_grad():
        return variable.copy_(value)


name_after(assign, mindspore.ops.assign)
INSTEAD: Mapping[Any, Callable[..., Any]] = {mindspore.ops.assign: assign}
