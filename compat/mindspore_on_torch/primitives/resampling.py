"""ops.ScaleAndTranslate: images sampled anew with a separable kernel."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")

__all__ = ["ScaleAndTranslate"]

# The two-parameter family of cubic kernels (B, C) that both cubic names are members of.
CUBIC = {"keyscubic": (0.0, 0.5), "mitchellcubic": (1 / 3, 1 / 3)}
LANCZOS = {"lanczos1": 1, "lanczos3": 3, "lanczos5": 5}
GAUSSIAN = (1.5, 0.5)  # radius, deviation


def cubic(x: Any, b: float, c: float) -> Any:
    """The piecewise cubic kernel of radius 2."""
    near = ((12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + 6 - 2 * b) / 6
    far = ((-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6
    return torch.where(x < 1, near, torch.where(x < 2, far, 0))


def kernel(name: str, x: Any) -> Any:
    """The weight at the distance `x`; ValueError for an unknown name."""
    if name in CUBIC:
        return cubic(x, *CUBIC[name])
    if name in LANCZOS:
        radius = LANCZOS[name]
        return torch.where(x < radius, torch.sinc(x) * torch.sinc(x / radius), 0)
    if name == "gaussian":
        extent, deviation = GAUSSIAN
        return torch.where(x < extent, torch.exp(-(x**2) / (2 * deviation**2)), 0)
    if name == "triangle":
        return (1 - x).clamp(min=0)
    if name == "box":
        return torch.where(x < 0.5, 1.0, torch.where(x == 0.5, 0.5, 0.0))
    raise errors.invalid(ValueError, f"kernel_type must be box, triangle, gaussian, {', '.join([*LANCZOS, *CUBIC])}, but is {name!r}")


def weights(length: int, size: int, scale: float, translation: float, name: str, antialias: bool, device: Any) -> Any:
    """(size, length): what each old place contributes to each new one; nothing to one outside of the image."""
    wide = max(1 / scale, 1.0) if antialias else 1.0
    centre = (torch.arange(size, dtype=torch.float64, device=device) + 0.5 - translation) / scale - 0.5
    distance = (centre.unsqueeze(1) - torch.arange(length, dtype=torch.float64, device=device)).abs() / wide
    found = kernel(name, distance)
    total = found.sum(1, keepdim=True)
    found = torch.where(total.abs() > 1000 * torch.finfo(torch.float32).tiny, found / total, 0)
    return torch.where(((centre >= -0.5) & (centre <= length - 0.5)).unsqueeze(1), found, 0)


@primitive
def ScaleAndTranslate(
    images: Any, size: Any, scale: Any, translation: Any, *, kernel_type: str = "lanczos3", antialias: bool = True
) -> Any:
    """(batch, size[0], size[1], channels) of float32: the images (batch, height, width, channels), scaled and then moved."""
    if images.ndim != 4 or not all(each.numel() == 2 for each in (size, scale, translation)):
        raise errors.invalid(ValueError, "images must have 4 axes, and size, scale and translation 2 elements each")
    if not all(math.isfinite(each) and each > 0 for each in scale.tolist()):
        raise errors.invalid(ValueError, f"scale must be positive, but is {scale.tolist()}")
    rows, columns = (
        weights(length, int(count), float(factor), float(shift), kernel_type, antialias, images.device)
        for length, count, factor, shift in zip(images.shape[1:3], size, scale, translation, strict=True)
    )
    return torch.einsum("yh,bhwc,xw->byxc", rows, images.double(), columns).float()
