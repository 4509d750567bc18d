"""mindspore.scipy.fft: the cosine transform of type 2 and its inverse, with orthogonal normalisation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import as_tensor, run_plain

torch: Any = frameworks.load("torch")

__all__ = ["dct", "dctn", "idct", "idctn"]

KINDS = (torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128)


def forward(x: Any, axis: int) -> Any:
    """The transform along `axis`: that of the signal followed by its mirror image is a Fourier transform."""
    count = x.shape[axis]
    x = x.movedim(axis, -1)
    turn, scale = factors(count, x)
    spectrum = torch.fft.fft(torch.cat([x, x.flip(-1)], -1))[..., :count] * turn * scale
    return (spectrum if x.is_complex() else spectrum.real).movedim(-1, axis)


def backward(x: Any, axis: int) -> Any:
    """The inverse of `forward`."""
    count = x.shape[axis]
    x = x.movedim(axis, -1)
    turn, scale = factors(count, x)
    scaled = x / scale
    front, behind = scaled * turn.conj(), scaled * turn
    middle = torch.zeros_like(front[..., :1])
    signal = torch.fft.ifft(torch.cat([front, middle, behind[..., 1:].flip(-1)], -1))[..., :count]
    return (signal if x.is_complex() else signal.real).movedim(-1, axis)


def factors(count: int, x: Any) -> tuple[Any, Any]:
    """exp(-iπk / 2N) and the normalisation of each coefficient."""
    kind = torch.complex128 if x.dtype in (torch.float64, torch.complex128) else torch.complex64
    steps = torch.arange(count, device=x.device, dtype=torch.float64)
    scale = torch.full_like(steps, 1 / math.sqrt(2 * count))
    scale[0] = 1 / math.sqrt(4 * count)
    return torch.polar(torch.ones_like(steps), -math.pi / (2 * count) * steps).to(kind), scale.to(kind.to_real())


def prepared(name: str, x: Any, type: Any, norm: Any) -> Any:
    """`x` in a floating dtype. TypeError for another type or dtype, ValueError for another transform than the one that there is."""
    if not isinstance(x, torch.Tensor):
        raise errors.invalid(TypeError, f"mindspore.scipy.fft.{name}: x must be a Tensor, but got {x.__class__.__name__}")
    if x.dtype not in KINDS:
        raise errors.invalid(TypeError, f"mindspore.scipy.fft.{name}: x must not be of {x.dtype}")
    if type != 2 or norm not in (None, "ortho"):
        raise errors.invalid(
            ValueError, f"mindspore.scipy.fft.{name}: only type 2 and norm 'ortho' are supported, but got {type}, {norm!r}"
        )
    return x if x.is_complex() or x.dtype == torch.float64 else x.to(torch.float32)


def resized(name: str, x: Any, length: int | None, axis: int) -> Any:
    """`x` cut or filled with zeros to `length`. ValueError for an axis that there is not, or a length below 1."""
    if not isinstance(axis, int) or not (length is None or isinstance(length, int)):
        raise errors.invalid(TypeError, f"mindspore.scipy.fft.{name}: lengths and axes must be ints, but got {length!r}, {axis!r}")
    if not -x.dim() <= axis < x.dim():
        raise errors.invalid(ValueError, f"mindspore.scipy.fft.{name}: the axis must be in [{-x.dim()}, {x.dim()}), but got {axis}")
    if length is None or length == x.shape[axis]:
        return x
    if length < 1:
        raise errors.invalid(ValueError, f"mindspore.scipy.fft.{name}: a length must be greater than 0, but got {length}")
    behind = x.dim() - 1 - axis % x.dim()
    return torch.nn.functional.pad(x, [0, 0] * behind + [0, length - x.shape[axis]])


def transform(name: str, step: Callable[[Any, int], Any], x: Any, lengths: list[int | None], axes: list[int]) -> Any:
    """`step` along each of the axes."""

    def run() -> Any:
        found = x
        for length, axis in zip(lengths, axes, strict=True):
            found = step(resized(name, found, length, axis), axis)
        return found

    return as_tensor(run_plain(run))


def dct(x: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The cosine transform along `axis`, cut or filled with zeros to `n`; at least float32."""
    return transform("dct", forward, prepared("dct", x, type, norm), [n], [axis])


def idct(x: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of dct."""
    return transform("idct", backward, prepared("idct", x, type, norm), [n], [axis])


def dctn(x: Any, type: int = 2, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """dct along each of `axes`: all, or with lengths `s` alone the last."""
    return transform("dctn", forward, prepared("dctn", x, type, norm), *chosen("dctn", x, s, axes))


def idctn(x: Any, type: int = 2, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The inverse of dctn."""
    return transform("idctn", backward, prepared("idctn", x, type, norm), *chosen("idctn", x, s, axes))


def chosen(name: str, x: Any, s: Any, axes: Any) -> tuple[list[int | None], list[int]]:
    """The lengths and the axes. ValueError unless there are as many of both."""
    if axes is None:
        axes = tuple(range(x.ndim)) if s is None else tuple(range(-len(s), 0))
    lengths = (None,) * len(axes) if s is None else tuple(s)
    if len(lengths) != len(axes):
        raise errors.invalid(ValueError, f"mindspore.scipy.fft.{name}: s and axes must have one length, but got {s} and {axes}")
    return list(lengths), list(axes)
