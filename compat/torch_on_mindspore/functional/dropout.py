"""Dropout, by PyTorch's random stream."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import random
from compat.torch_on_mindspore.storage import write
from compat.torch_on_mindspore.tensor import Tensor


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
