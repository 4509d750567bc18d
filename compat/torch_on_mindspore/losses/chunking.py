"""The options of linear_cross_entropy: how PyTorch cuts the batch to save memory. The values are those of the uncut computation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes

POLICIES = ("accurate", "balanced", "compact", "auto")
KINDS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


@dataclass(frozen=True)
class LinearCrossEntropyOptions:
    """Accepted, checked and kept; here the logits are computed whole, so that nothing is saved.

    Raises ValueError for a policy, method, size or dtype that PyTorch does not know.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise invalid(ValueError, f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.chunking_method is not None and self.chunking_method != "auto":
            kind, _, number = self.chunking_method.partition(":")
            if kind != "aspect_ratio" or not number.isdigit() or not int(number):
                raise invalid(ValueError, f"invalid chunking_method: {self.chunking_method!r}")
        if self.acc_policy not in POLICIES:
            raise invalid(ValueError, f"invalid acc_policy: {self.acc_policy!r}")
        if self.acc_dtype is not None and not any(self.acc_dtype is kind for kind in KINDS):
            raise invalid(
                ValueError,
                "acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got "
                f"{self.acc_dtype}. Pass acc_dtype=None to let the op pick automatically.",
            )


def check_options(api: str, options: Any) -> None:
    """AttributeError, PyTorch's type, for anything but None and options."""
    if options is not None and not isinstance(options, LinearCrossEntropyOptions):
        raise invalid(AttributeError, f"{api}: options must be LinearCrossEntropyOptions or None, not {type(options).__name__}")
