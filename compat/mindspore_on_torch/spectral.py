"""Fourier transforms that mindspore.ops gives other arguments than PyTorch."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = ["stft"]


@operation
def stft(
    x: Any, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Any = None, center: bool = True,
    pad_mode: str = "REFLECT", normalized: bool = False, onesided: bool | None = None, return_complex: bool | None = None,
) -> Any:  # fmt: skip
    """mindspore.ops.stft: (…, frequencies, frames) complex, or with a last axis of 2; without a window all elements count alike; a short one is filled with zeros."""
    imaginary = x.is_complex() or (window is not None and window.is_complex())
    half = not imaginary if onesided is None else onesided
    shape = x.shape[:-1]
    signal = x.reshape(-1, x.shape[-1])
    if center:
        mode = pad_mode.lower()
        if mode not in ("reflect", "constant", "replicate", "circular"):
            raise errors.invalid(ValueError, f"pad_mode must be REFLECT, CONSTANT, REPLICATE or CIRCULAR, but is {pad_mode!r}")
        signal = torch.nn.functional.pad(signal, (n_fft // 2, n_fft // 2), mode)
    hop = n_fft // 4 if hop_length is None else hop_length
    shown = torch.ones(win_length or n_fft, device=x.device) if window is None else window
    found = torch.stft(signal, n_fft, hop, win_length, shown, False, "constant", normalized, half, True)
    found = found.reshape(*shape, *found.shape[1:])
    return found if (imaginary if return_complex is None else return_complex) else torch.view_as_real(found)
