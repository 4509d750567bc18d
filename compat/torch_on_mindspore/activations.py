"""Functions of torch.nn.functional that layers call: linear maps, activations, dropout, one-hot vectors."""

from __future__ import annotations

import math
import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, creation, products, random
from compat.torch_on_mindspore.arithmetic import TABLED
from compat.torch_on_mindspore.storage import write
from compat.torch_on_mindspore.tensor import Tensor

one_hot = creation.one_hot
sigmoid = TABLED["sigmoid"]
tanh = TABLED["tanh"]


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    product = products.matmul(input, weight.t())
    return product if bias is None else arithmetic.add(product, bias)


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
    return arithmetic.softmax(input, implicit_dim("softmax", input.ndim) if dim is None else dim, dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    return arithmetic.log_softmax(input, implicit_dim("log_softmax", input.ndim) if dim is None else dim, dtype)


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


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Elements zeroed with probability p, by PyTorch's stream, and the rest divided by 1 - p; ValueError for p outside [0, 1]."""
    if not 0.0 <= p <= 1.0:
        raise invalid(ValueError, f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or not input.numel():
        found: Tensor = input
    elif p == 1:
        found = input * 0
    else:
        kept = random.bernoulli_numbers(tuple(input.shape), input.dtype, 1 - p, None)
        found = input * (kept / (1 - p))
    return write(input, found) if inplace and found is not input else found
