"""Random integers in MindSpore's overloads; the numbers are PyTorch's."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.dtypes import int64, torch_dtype
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def randint(*args: Any, generator: Any = None, dtype: Any = None, device: Any = None) -> Any:
    """mindspore.mint.randint: randint(high, size) or randint(low, high, size), integers below `high`; int64 unless a dtype is given."""
    return as_tensor(torch.randint(*args, generator=generator, dtype=torch_dtype(dtype or int64), device=device))


def randint_like(*args: Any, dtype: Any = None, device: Any = None) -> Any:
    """mindspore.mint.randint_like: randint_like(input, high) or (input, low, high), in the shape and, unless given, the dtype of `input`."""
    return as_tensor(torch.randint_like(*args, dtype=torch_dtype(dtype), device=device))
