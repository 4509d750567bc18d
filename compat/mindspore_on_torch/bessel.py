"""Bessel functions, which MindSpore continues to negative numbers by their limit at 0, where PyTorch has NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat.mindspore_on_torch.widened import load

special = load("torch.special")


def continued(name: str, limit: float) -> Callable[..., Any]:
    """PyTorch's `torch.special.<name>`, and `limit` for negative numbers."""
    function = getattr(special, name)

    def operation(x: Any) -> Any:
        return function(x).masked_fill(x < 0, limit)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"MindSpore's function of torch.special.{name}: {limit} for negative numbers."
    return operation


bessel_y0, bessel_y1 = (continued(f"bessel_y{order}", -math.inf) for order in (0, 1))
bessel_k0, bessel_k1 = (continued(f"modified_bessel_k{order}", math.inf) for order in (0, 1))
bessel_k0e, bessel_k1e = (continued(f"scaled_modified_bessel_k{order}", math.inf) for order in (0, 1))
