"""mindspore.numpy.fft: Fourier transforms, complex64 or float32 unless the operand has double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import plain

torch: Any = frameworks.load("torch")

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "ihfft2",
    "ihfftn", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip


def operand(a: Any, norm: Any) -> Any:
    """The tensor, in float32 for float16. TypeError for bytes, bool and what is no tensor, ValueError for an unknown norm."""
    operands.tensors(a)
    if a.dtype in operands.BYTES:
        raise errors.invalid(TypeError, f"a must hold int16 or wider numbers, but has {a.dtype}")
    if norm not in (None, "backward", "forward", "ortho"):
        raise errors.invalid(ValueError, f"norm must be backward, forward or ortho, but got {norm!r}")
    return a.float() if a.dtype is torch.float16 else a


def along_one(name: str) -> Callable[..., Any]:
    operation = getattr(torch.fft, name)

    def function(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
        return operation(operand(a, norm), n, axis, norm)

    return named(function, name, "one axis, of length `n` after zeros are added or elements left out")


def along_two(name: str) -> Callable[..., Any]:
    operation = getattr(torch.fft, name)

    def function(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
        return operation(operand(a, norm), s, axes, norm)

    return named(function, name, "two axes, of lengths `s` after zeros are added or elements left out")


def along_many(name: str) -> Callable[..., Any]:
    operation = getattr(torch.fft, name)

    def function(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
        return operation(operand(a, norm), s, axes, norm)

    return named(function, name, "axes, all by default, of lengths `s` after zeros are added or elements left out")


KINDS = {
    "fft": "The Fourier transform", "ifft": "The inverse Fourier transform", "rfft": "The Fourier transform of real numbers, a half of it",
    "irfft": "The inverse of rfft", "hfft": "The real Fourier transform of a half of what is symmetric", "ihfft": "The inverse of hfft",
}  # fmt: skip


def named(function: Callable[..., Any], name: str, where: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{KINDS[name.rstrip('2n')]}, along {where}."
    return plain(function)


fft, ifft, rfft, irfft, hfft, ihfft = map(along_one, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
fft2, ifft2, rfft2, irfft2, hfft2, ihfft2 = map(along_two, ("fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"))
fftn, ifftn, rfftn, irfftn, hfftn, ihfftn = map(along_many, ("fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"))


@plain
def fftshift(x: Any, axes: Any = None) -> Any:
    """The halves of axes, all by default, exchanged, so that frequency 0 is in the middle."""
    operands.tensors(x)
    return torch.fft.fftshift(x, axes)


@plain
def ifftshift(x: Any, axes: Any = None) -> Any:
    """The inverse of fftshift."""
    operands.tensors(x)
    return torch.fft.ifftshift(x, axes)


def count(n: Any) -> int:
    """TypeError unless it is an int, ValueError unless it is positive."""
    if operands.integer("n", n) < 1:
        raise errors.invalid(ValueError, f"n must be positive, but got {n}")
    return int(n)


@plain
def fftfreq(n: int, d: float = 1.0, dtype: Any = None) -> Any:
    """The frequencies of `fft` of n numbers at a distance of `d`, float32 unless given."""
    return torch.fft.fftfreq(count(n), d, dtype=torch_dtype(dtype) or torch.float32)


@plain
def rfftfreq(n: int, d: float = 1.0, dtype: Any = None) -> Any:
    """The frequencies of `rfft` of n numbers at a distance of `d`, float32 unless given."""
    return torch.fft.rfftfreq(count(n), d, dtype=torch_dtype(dtype) or torch.float32)
