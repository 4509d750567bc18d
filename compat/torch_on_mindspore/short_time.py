"""The short-time Fourier transform and its inverse, composed of windows over the signal and transforms that keep the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, fourier
from compat.torch_on_mindspore.arithmetic import mul
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.padding import pad
from compat.torch_on_mindspore.rearranging import unfold, view_as_complex, view_as_real
from compat.torch_on_mindspore.scatter import index_add
from compat.torch_on_mindspore.shaping import reshape, transpose
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host


def framed_window(api: str, window: Any, win_length: int | None, n_fft: int, kind: Any) -> Any:
    """The window with zeros on both sides up to n_fft; ones without one. RuntimeError when it has another length."""
    length = n_fft if win_length is None else win_length
    if not 0 < length <= n_fft:
        raise invalid(RuntimeError, f"{api}: expected 0 < win_length <= n_fft, but got win_length={length}")
    if window is not None and tuple(window.shape) != (length,):
        raise invalid(
            RuntimeError,
            f"{api}: expected a 1D window tensor of size equal to win_length={length}, but got window with size {window.shape}",
        )
    found = creation.ones(length, dtype=kind) if window is None else window
    left = (n_fft - length) // 2
    return found if length == n_fft else pad(found, (left, n_fft - length - left))


def hop_of(api: str, hop_length: int | None, n_fft: int) -> int:
    hop = n_fft // 4 if hop_length is None else hop_length
    if hop <= 0:
        raise invalid(RuntimeError, f"{api}: expected hop_length > 0, but got hop_length={hop}")
    return hop


def stft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:
    """The transforms of windows of n_fft samples, hop_length apart: (…, frequencies, windows), for a signal (L) or (B, L)."""
    if align_to_window is not None and center:
        raise invalid(RuntimeError, "stft align_to_window should only be set when center = false")
    complex_input = input.dtype.category == dtypes.COMPLEX
    complex_window = window is not None and window.dtype.category == dtypes.COMPLEX
    if return_complex is None:
        if not (complex_input or complex_window):
            raise invalid(RuntimeError, "stft requires the return_complex parameter be given for real inputs, and will further require "
                          "that return_complex=True in a future PyTorch release.")  # fmt: skip
        return_complex = True
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"stft(): expected a tensor of floating point or complex values, but got {input.dtype.tensor_type}")
    if input.ndim not in (1, 2):
        raise invalid(RuntimeError, f"stft(): expected a 1D or 2D tensor, but got {input.ndim}D")
    signal = reshape(input, (1, -1)) if input.ndim == 1 else input
    if center:
        signal = pad(signal.unsqueeze(0), (n_fft // 2, n_fft // 2), pad_mode).squeeze(0)
    if not 0 < n_fft <= signal.shape[1]:
        raise invalid(RuntimeError, f"stft(): expected 0 < n_fft < {signal.shape[1]}, but got n_fft={n_fft}")
    hop = hop_of("stft()", hop_length, n_fft)
    if align_to_window is not None and align_to_window and win_length is not None:
        # The windows are counted by their own length; the zeros around them reach beyond the signal.
        side = (n_fft - win_length) // 2
        signal = pad(signal, (side, n_fft - win_length - side))
    frames = mul(unfold(signal, 1, n_fft, hop), framed_window("stft()", window, win_length, n_fft, input.dtype))
    one_sided = not (complex_input or complex_window) if onesided is None else onesided
    if one_sided and (complex_input or complex_window):
        raise invalid(RuntimeError, "Cannot have onesided output if window or input is complex")
    transform = fourier.FUNCTIONS["rfft" if one_sided else "fft"]
    found = transpose(transform(frames, norm="ortho" if normalized else None), 1, 2)
    found = found.squeeze(0) if input.ndim == 1 else found
    result: Tensor = found if return_complex else view_as_real(found)
    return result


def istft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """The signal (…, L) of which `stft` gives `input`, (…, frequencies, windows), by adding up the windows and dividing by theirs."""
    if input.dtype.category != dtypes.COMPLEX:
        raise invalid(RuntimeError, "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.")
    if input.ndim not in (2, 3) or not input.numel():
        raise invalid(RuntimeError, f"istft(): expected a non-empty tensor with 2 or 3 dimensions, but got {list(input.shape)}")
    spectrum = input.unsqueeze(0) if input.ndim == 2 else input
    batch, bins, count = spectrum.shape
    one_sided = bins != n_fft if onesided is None else onesided
    expected = n_fft // 2 + 1 if one_sided else n_fft
    if bins != expected:
        raise invalid(RuntimeError, f"istft(): expected the frequency dimension (3rd to the last) of the input tensor to match n_fft "
                      f"({n_fft}): {expected}, but got {bins}")  # fmt: skip
    if return_complex and one_sided:
        raise invalid(RuntimeError, "cannot have onesided output if window or input is complex")
    hop = hop_of("istft()", hop_length, n_fft)
    real = dtypes.float32 if input.dtype == dtypes.complex64 else dtypes.float64
    shape = framed_window("istft()", window, win_length, n_fft, input.dtype if return_complex else real)
    if hop > (n_fft if win_length is None else win_length):
        raise invalid(RuntimeError, f"istft(): expected 0 < hop_length <= win_length, but got {hop}")
    frames = transpose(spectrum, 1, 2)
    norm = "ortho" if normalized else None
    if return_complex:
        frames = fourier.FUNCTIONS["ifft"](frames, norm=norm)
    else:  # the half that determines a real signal, also of a whole spectrum
        frames = fourier.FUNCTIONS["irfft"](frames[..., : n_fft // 2 + 1], n=n_fft, norm=norm)
    total = n_fft + hop * (count - 1)
    places = (np.arange(count)[:, None] * hop + np.arange(n_fft)).reshape(-1)
    signal = overlapped(reshape(mul(frames, shape), (batch, -1)), places, total)
    weight = overlapped(reshape(mul(shape, shape).expand(count, n_fft), (1, -1)), places, total)
    start = n_fft // 2 if center else 0
    stop = start + length if length is not None else total - n_fft // 2 if center else total
    inside = weight[:, start : min(stop, total)]
    if inside.numel() and np.abs(host(inside)).min() <= 1e-11:
        raise invalid(RuntimeError, "window overlap add min: 1: a window of zeros covers a part of the signal alone")
    found: Any = signal[:, start : min(stop, total)] / inside
    if stop > total:
        found = pad(found, (0, stop - total))
    result: Tensor = found.squeeze(0) if input.ndim == 2 else found
    return result


def overlapped(frames: Any, places: Any, total: int) -> Any:
    """(B, windows · n_fft) added up at their places in (B, total)."""
    if frames.dtype.category == dtypes.COMPLEX:
        both = view_as_real(frames)
        zeros = creation.zeros((frames.shape[0], total, 2), dtype=both.dtype)
        return view_as_complex(index_add(zeros, 1, as_tensor(mindspore.Tensor(places)), both))
    zeros = creation.zeros((frames.shape[0], total), dtype=frames.dtype)
    return index_add(zeros, 1, as_tensor(mindspore.Tensor(places)), frames)
