"""The pooling functions under the names that always, or never, return the places too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat.torch_on_mindspore.functional import fractional_pooling, max_pooling
from compat.torch_on_mindspore.natives import entrance, named


def _both(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def pool(*args: Any, **kwargs: Any) -> Any:
        named = {**dict(zip(PARAMETERS[function.__name__.partition("_pool")[0]], args, strict=False)), **kwargs}
        return function(**{**named, "return_indices": True})

    pool.__name__ = pool.__qualname__ = f"{function.__name__}_with_indices"
    return entrance(f"torch.nn.functional.{pool.__name__}", pool)  # type: ignore[no-any-return]


PARAMETERS = {
    "max": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "adaptive_max": ("input", "output_size"),
    "fractional_max": ("input", "kernel_size", "output_size", "output_ratio", "return_indices", "_random_samples"),
}

max_pool1d_with_indices = _both(max_pooling.max_pool1d)
max_pool2d_with_indices = _both(max_pooling.max_pool2d)
max_pool3d_with_indices = _both(max_pooling.max_pool3d)
adaptive_max_pool1d_with_indices = _both(max_pooling.adaptive_max_pool1d)
adaptive_max_pool2d_with_indices = _both(max_pooling.adaptive_max_pool2d)
adaptive_max_pool3d_with_indices = _both(max_pooling.adaptive_max_pool3d)
fractional_max_pool2d_with_indices = _both(fractional_pooling.fractional_max_pool2d)
fractional_max_pool3d_with_indices = _both(fractional_pooling.fractional_max_pool3d)


@named("torch.max_pool1d")
def max_pool1d(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`torch.max_pool1d`, which has no `return_indices`."""
    return max_pooling.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)


@named("torch.max_pool2d")
def max_pool2d(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`torch.max_pool2d`, which has no `return_indices`."""
    return max_pooling.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


@named("torch.max_pool3d")
def max_pool3d(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`torch.max_pool3d`, which has no `return_indices`."""
    return max_pooling.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode)
