"""MindSpore's own functions and layers beside compat.torch in one program: `from compat.native import mindspore`.

The object has MindSpore's names, spelt and called as MindSpore has them. What a function returns are compat.torch's tensors, with
their history and without a copy, and what a layer's constructor returns is a compat.torch.nn module that computes by MindSpore's Cell.
"""

from __future__ import annotations

from typing import Any

from compat.native.namespace import namespace
from compat.torch_on_mindspore.engine import mindspore as _real

mindspore: Any = namespace(_real)

__all__ = ["mindspore"]
