"""Activations of torch.nn.functional."""

from __future__ import annotations

import math
import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import softmax as along
from compat.torch_on_mindspore.arithmetic import TABLED
from compat.torch_on_mindspore.tensor import Tensor

sigmoid = TABLED["sigmoid"]
tanh = TABLED["tanh"]


def relu(input: Any, inplace: bool = False) -> Tensor:
    """max(0, input)."""
    found: Tensor = input.relu_() if inplace else TABLED["relu"](input)
    return found


def implicit_dim(name: str, ndim: int) -> int:
    """The dimension that an old call without `dim` means."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    return along.softmax(input, implicit_dim("softmax", input.ndim) if dim is None else dim, dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    return along.log_softmax(input, implicit_dim("log_softmax", input.ndim) if dim is None else dim, dtype)


def gelu(input: Any, approximate: str = "none") -> Tensor:
    """input · Φ(input), with Φ from the error function, or its tanh approximation."""
    if approximate == "tanh":
        inner = (input + input * input * input * 0.044715) * math.sqrt(2 / math.pi)
    elif approximate == "none":
        exact: Tensor = input * 0.5 * (TABLED["erf"](input * math.sqrt(0.5)) + 1.0)
        return exact
    else:
        raise invalid(RuntimeError, "approximate argument must be either none or tanh.")
    found: Tensor = input * 0.5 * (tanh(inner) + 1.0)
    return found
