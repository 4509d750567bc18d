"""Operators of Fourier transforms."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")

__all__ = ["FFTWithSize", "STFT"]


@primitive
def STFT(
    x: Any, window: Any, *, n_fft: int, hop_length: int, win_length: int, normalized: bool, onesided: bool, return_complex: bool
) -> Any:
    """(…, frequencies, frames) complex, or with a last axis of 2; nothing is padded."""
    found = torch.stft(x, n_fft, hop_length, win_length, window, False, "constant", normalized, onesided, True)
    return found if return_complex else torch.view_as_real(found)


@primitive
def FFTWithSize(
    x: Any, *, signal_ndim: int, inverse: bool, real: bool, norm: str = "backward", onesided: bool = True, signal_sizes: Any = ()
) -> Any:
    """The transform over the last `signal_ndim` axes; a real one has half of the last axis with `onesided`, and its inverse is real."""
    if signal_ndim not in (1, 2, 3) or x.ndim < signal_ndim:
        raise errors.invalid(ValueError, f"signal_ndim must be 1, 2 or 3, and at most the {x.ndim} axes of x, but is {signal_ndim}")
    axes = tuple(range(-signal_ndim, 0))
    if not real:
        return (torch.fft.ifftn if inverse else torch.fft.fftn)(x, dim=axes, norm=norm)
    if not inverse:
        return (torch.fft.rfftn if onesided else torch.fft.fftn)(x, dim=axes, norm=norm)
    if not onesided:
        return torch.fft.ifftn(x, dim=axes, norm=norm).real.clone()
    last = 2 * (x.shape[-1] - 1)
    sizes = list(signal_sizes) or [*x.shape[-signal_ndim:-1], last]
    if sizes[:-1] != list(x.shape[-signal_ndim:-1]) or sizes[-1] not in (last, last + 1):
        raise errors.invalid(ValueError, f"signal_sizes {sizes} don't fit {signal_ndim} axes of the shape {tuple(x.shape)}")
    return torch.fft.irfftn(x, sizes, axes, norm)
