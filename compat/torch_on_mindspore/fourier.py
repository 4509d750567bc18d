"""torch.fft: discrete Fourier transforms, computed on the host by NumPy, with their gradients.

MindSpore's own end the process in the gradient of some of them. Each transform is linear, so that its gradient is its adjoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.creation import factory
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.rearranging import roll
from compat.torch_on_mindspore.tensor import Tensor, cast, host, normal_dim

NORMS = (None, "backward", "ortho", "forward")


def resized(array: Any, dims: Sequence[int], sizes: Sequence[int]) -> Any:
    """The array cut or filled with zeros to these sizes."""
    for at, size in zip(dims, sizes, strict=True):
        if array.shape[at] > size:
            array = array[(slice(None),) * at + (slice(size),)]
        elif array.shape[at] < size:
            array = np.pad(array, [(0, size - array.shape[at] if one == at else 0) for one in range(array.ndim)])
    return array


def narrowed(array: Any, single: bool) -> Any:
    """In single precision, as the transform of single precision gives."""
    wanted = {"f": np.float32, "c": np.complex64}[array.dtype.kind] if single else array.dtype
    return mindspore.Tensor(np.asarray(array, wanted, order="C"))


class Transform(Function):
    """The complex transform over `dims`, of `sizes`, with factor `scale`; forwards or backwards."""

    @staticmethod
    def forward(ctx: Any, input: Any, dims: Any, sizes: Any, inverse: bool, scale: float) -> Any:
        array = host(input)
        ctx.plan = dims, sizes, inverse, scale, array.shape, array.dtype
        found = transformed(resized(array, dims, sizes), dims, inverse) * scale
        return narrowed(found.astype(np.result_type(found, np.complex64), copy=False), array.dtype in (np.float32, np.complex64))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        dims, _, inverse, scale, shape, kind = ctx.plan
        found = resized(transformed(host(gradient), dims, not inverse) * scale, dims, [shape[at] for at in dims])
        return narrowed(found if kind.kind == "c" else found.real, kind in (np.float32, np.complex64)), None, None, None, None


class HalfTransform(Function):
    """The transform of real input, of which the last dimension keeps the half that the other follows from."""

    @staticmethod
    def forward(ctx: Any, input: Any, dims: Any, sizes: Any, inverse: bool, scale: float) -> Any:
        array = host(input)
        ctx.plan = dims, sizes, inverse, scale, array.shape, array.dtype
        half = np.fft.rfft(resized(array, dims, sizes), axis=dims[-1])
        half = np.conj(half) if inverse else half
        return narrowed(transformed(half, dims[:-1], inverse) * scale, array.dtype == np.float32)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        dims, sizes, inverse, scale, shape, kind = ctx.plan
        full = resized(host(gradient), dims[-1:], sizes[-1:])
        found = resized((transformed(full, dims, not inverse) * scale).real, dims, [shape[at] for at in dims])
        return narrowed(found, kind == np.float32), None, None, None, None


class RealTransform(Function):
    """The transform of a half spectrum to real output."""

    @staticmethod
    def forward(ctx: Any, input: Any, dims: Any, sizes: Any, inverse: bool, scale: float) -> Any:
        array = host(input)
        half = [*sizes[:-1], sizes[-1] // 2 + 1]
        ctx.plan = dims, sizes, inverse, scale, array.shape, array.dtype
        spectrum = transformed(resized(array, dims, half), dims[:-1], inverse)
        spectrum = spectrum if inverse else np.conj(spectrum)
        found = np.fft.irfft(spectrum, sizes[-1], dims[-1]) * sizes[-1] * scale
        return narrowed(found, array.dtype in (np.float32, np.complex64))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        dims, sizes, inverse, scale, shape, kind = ctx.plan
        last, size = dims[-1], sizes[-1]
        half = np.fft.rfft(host(gradient), axis=last)
        half = half if inverse else np.conj(half)
        weights = np.full(half.shape[last], 2.0)
        weights[0] = 1.0
        if size % 2 == 0:
            weights[-1] = 1.0
        half = half * weights.reshape((-1,) + (1,) * (half.ndim - last - 1))
        found = resized(transformed(half, dims[:-1], not inverse) * scale, dims, [shape[at] for at in dims])
        return narrowed(found if kind.kind == "c" else found.real, kind in (np.float32, np.complex64)), None, None, None, None


def transformed(array: Any, dims: Sequence[int], inverse: bool) -> Any:
    """The plain sums, without a factor."""
    if not dims:
        return array
    return np.fft.ifftn(array, axes=dims, norm="forward") if inverse else np.fft.fftn(array, axes=dims)


def plan(name: str, input: Any, s: Any, dim: Any, norm: Any, inverse: bool, *, real_output: bool = False) -> tuple[Any, ...]:
    """The dimensions, the sizes of the signal, and the factor."""
    if norm not in NORMS:
        raise invalid(RuntimeError, f'Invalid normalization mode: "{norm}"')
    given = None if s is None else [int(one) for one in ((s,) if isinstance(s, int) else s)]
    if dim is None:
        dims = list(range(input.ndim))[-len(given) :] if given is not None else list(range(input.ndim))
    else:
        dims = [normal_dim(input, one) for one in ((dim,) if isinstance(dim, int) else dim)]
    if len(set(dims)) != len(dims):
        raise invalid(RuntimeError, "FFT dims must be unique")
    if given is not None and len(given) > input.ndim:
        raise invalid(RuntimeError, f"Got shape with {len(given)} values but input tensor only has {input.ndim} dimensions.")
    if given is not None and len(given) != len(dims):
        raise invalid(RuntimeError, "When given, dim and shape arguments must have the same length")
    sizes = [input.shape[at] for at in dims]
    if real_output and sizes:
        sizes[-1] = 2 * (sizes[-1] - 1)
    sizes = sizes if given is None else [own if one == -1 else one for own, one in zip(sizes, given, strict=True)]
    for size in sizes:
        if size < 1:
            raise invalid(RuntimeError, f"Invalid number of data points ({size}) specified")
    count = int(np.prod(sizes))
    scale = (
        1.0
        if norm == ("forward" if inverse else None) or (norm == "backward" and not inverse)
        else count**-0.5
        if norm == "ortho"
        else 1.0 / count
    )
    return tuple(dims), tuple(sizes), scale


def prepared(name: str, input: Any, *, real: bool = False) -> Any:
    if real and input.dtype.category == dtypes.COMPLEX:
        raise invalid(RuntimeError, f"{name} expects a real input tensor, but got {input.dtype.tensor_type}")
    if input.dtype.category < dtypes.FLOAT:
        return cast(input, dtypes.get_default_dtype())
    if input.dtype in (dtypes.float16, dtypes.bfloat16):
        raise invalid(RuntimeError, f"Unsupported dtype {input.dtype.tensor_type}")
    return input


def many(name: str, kind: Any, inverse: bool) -> Any:
    """A transform over several dimensions."""

    def function(input: Any, s: Any = None, dim: Any = None, norm: Any = None) -> Tensor:
        x = prepared(name, input, real=kind is HalfTransform)
        if dim is not None and not x.ndim and (axes := (dim,) if isinstance(dim, int) else tuple(dim)):
            raise invalid(IndexError, f"Dimension specified as {axes[0]} but tensor has no dimensions")
        if kind is not Transform and (not x.ndim or (dim is not None and not isinstance(dim, int) and not len(dim))):
            raise invalid(RuntimeError, f"{name} must transform at least one axis")
        dims, sizes, scale = plan(name, x, s, dim, norm, inverse, real_output=kind is RealTransform)
        found: Tensor = kind.apply(x, dims, sizes, inverse, scale)
        return found

    function.__name__ = function.__qualname__ = name
    return function


def two(name: str, transform: Any) -> Any:
    def function(input: Any, s: Any = None, dim: Any = (-2, -1), norm: Any = None) -> Tensor:
        found: Tensor = transform(input, s, dim, norm)
        return found

    function.__name__ = function.__qualname__ = name
    return function


def one(name: str, transform: Any) -> Any:
    def function(input: Any, n: int | None = None, dim: int = -1, norm: Any = None) -> Tensor:
        if not input.ndim:
            raise invalid(IndexError, f"Dimension specified as {dim} but tensor has no dimensions")
        found: Tensor = transform(input, None if n is None else (n,), (dim,), norm)
        return found

    function.__name__ = function.__qualname__ = name
    return function


# PyTorch's name without the number of dimensions → the transform
FAMILIES = {
    "fft": (Transform, False), "ifft": (Transform, True), "rfft": (HalfTransform, False), "irfft": (RealTransform, True),
    "hfft": (RealTransform, False), "ihfft": (HalfTransform, True),
}  # fmt: skip
FUNCTIONS: dict[str, Any] = {}
for _family, (_kind, _inverse) in FAMILIES.items():
    FUNCTIONS[f"{_family}n"] = many(f"{_family}n", _kind, _inverse)
    FUNCTIONS[f"{_family}2"] = two(f"{_family}2", FUNCTIONS[f"{_family}n"])
    FUNCTIONS[_family] = one(_family, FUNCTIONS[f"{_family}n"])


def shifted(name: str, forwards: bool) -> Any:
    def function(input: Any, dim: Any = None) -> Tensor:
        dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
        steps = tuple(input.shape[at] // 2 if forwards else (input.shape[at] + 1) // 2 for at in dims)
        return roll(input, steps, dims)

    function.__name__ = function.__qualname__ = name
    return function


@factory
def fftfreq(n: int, d: float = 1.0, *, kind: Any) -> Any:
    """The frequencies of the places of a transform of n samples, d apart."""
    return random.stored(np.fft.fftfreq(n, d) if n else np.zeros(0), (n,), kind or dtypes.get_default_dtype())


@factory
def rfftfreq(n: int, d: float = 1.0, *, kind: Any) -> Any:
    """The frequencies of the places of a half transform of n samples, d apart."""
    return random.stored(np.fft.rfftfreq(n, d), (n // 2 + 1,), kind or dtypes.get_default_dtype())


FUNCTIONS.update(fftshift=shifted("fftshift", True), ifftshift=shifted("ifftshift", False), fftfreq=fftfreq, rfftfreq=rfftfreq)
