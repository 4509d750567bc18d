"""torch.nn.attention: the choice between PyTorch's kernels, which changes nothing here but what may be asked for."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from typing import Any

from compat.errors import invalid


class SDPBackend(enum.Enum):
    """PyTorch's kernels of scaled_dot_product_attention."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __int__(self) -> int:
        return int(self.value)


@contextlib.contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[dict[Any, Any]]:
    """Accepts the backends: all of them compute the same, and there is one implementation here. AssertionError for anything else."""
    if not isinstance(backends, (list, SDPBackend)):
        raise invalid(
            AssertionError,
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}",
        )
    yield {}
