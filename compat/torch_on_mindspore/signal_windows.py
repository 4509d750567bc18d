"""`torch.signal.windows`: window functions of a length, symmetric or periodic, computed on the host in float64."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.creation import factory
from compat.torch_on_mindspore.descriptors import strided


def window(name: str, values: Callable[..., Any], check: Callable[..., None] | None = None, kernel: str | None = None) -> Any:
    """A constructor of windows of `values(places, span, …)`, where `span` is one less than the period.

    ValueError for a negative length, for other dtypes than float32 and float64, for another layout, and for what `check` refuses;
    its message names `kernel`, on which PyTorch's function is built.
    """
    kernel = kernel or name
    known = list(inspect.signature(values).parameters)[2:]

    @factory
    def build(length: int, sym: bool, options: dict[str, Any], *, kind: Any) -> Any:
        at = np.arange(length, dtype=np.float64)
        found = np.ones(1) if length == 1 else values(at, length - 1 if sym else length, **options) if length else at
        return random.stored(found, (length,), kind)

    def function(
        M: int,
        *,
        sym: bool = True,
        dtype: Any = None,
        layout: Any = strided,
        device: Any = None,
        requires_grad: bool = False,
        **options: Any,
    ) -> Any:
        for option in options:
            if option not in known:
                raise invalid(TypeError, f"{name}() got an unexpected keyword argument {option!r}")
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        if check is not None:
            check(sym=sym, **options)
        if M < 0:
            raise invalid(ValueError, f"{kernel} requires non-negative window length, got M={M}")
        if layout is not strided:
            raise invalid(ValueError, f"{kernel} is implemented for strided tensors only, got: {layout}")
        if kind not in (dtypes.float32, dtypes.float64):
            raise invalid(ValueError, f"{kernel} expects float32 or float64 dtypes, got: {kind}")
        return build(M, sym, options, dtype=kind, device=device, requires_grad=requires_grad)

    function.__name__ = function.__qualname__ = name
    return function


# --- what the windows are, and what they refuse ---


def cosines(at: Any, span: int, a: Any) -> Any:
    """a₀ - a₁ cos φ + a₂ cos 2φ - …, over one turn."""
    turn = 2 * np.pi * at / span
    return sum((-1) ** order * weight * np.cos(order * turn) for order, weight in enumerate(a))


def fixed(*a: float) -> Callable[..., Any]:
    """The sum of cosines with these weights."""
    return lambda at, span: cosines(at, span, a)


def hamming_of(at: Any, span: int, alpha: float = 0.54) -> Any:
    return cosines(at, span, (alpha, 1 - alpha))


def exponential_of(at: Any, span: int, center: float | None = None, tau: float = 1.0) -> Any:
    return np.exp(-np.abs(at - (span / 2 if center is None else center)) / tau)


def gaussian_of(at: Any, span: int, std: float = 1.0) -> Any:
    return np.exp(-0.5 * ((at - span / 2) / std) ** 2)


def kaiser_of(at: Any, span: int, beta: float = 12.0) -> Any:
    return np.i0(beta * np.sqrt(np.maximum(1 - (2 * at / span - 1) ** 2, 0))) / np.i0(beta)


def check_exponential(sym: bool, center: float | None = None, tau: float = 1.0) -> None:
    if tau <= 0:
        raise invalid(ValueError, f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise invalid(ValueError, "Center must be None for symmetric windows")


def check_gaussian(sym: bool, std: float = 1.0) -> None:
    if std <= 0:
        raise invalid(ValueError, f"Standard deviation must be positive, got: {std} instead.")


def check_kaiser(sym: bool, beta: float = 12.0) -> None:
    if beta < 0:
        raise invalid(ValueError, f"beta must be non-negative, got: {beta} instead.")


def check_cosines(sym: bool, a: Any) -> None:
    if not isinstance(a, (list, tuple)):
        raise invalid(TypeError, "Coefficients must be a list/tuple")
    if not a:
        raise invalid(ValueError, "Coefficients cannot be empty")


KERNEL = "general_cosine"
bartlett = window("bartlett", lambda at, span: 1 - np.abs(2 * at / span - 1))
blackman = window("blackman", fixed(0.42, 0.5, 0.08))
cosine = window("cosine", lambda at, span: np.sin(np.pi * (at + 0.5) / (span + 1)))
exponential = window("exponential", exponential_of, check_exponential)
gaussian = window("gaussian", gaussian_of, check_gaussian)
general_cosine = window("general_cosine", cosines, check_cosines)
general_hamming = window("general_hamming", hamming_of, kernel=KERNEL)
hamming = window("hamming", fixed(0.54, 0.46), kernel=KERNEL)
hann = window("hann", fixed(0.5, 0.5), kernel=KERNEL)
kaiser = window("kaiser", kaiser_of, check_kaiser)
nuttall = window("nuttall", fixed(0.3635819, 0.4891775, 0.1365995, 0.0106411), kernel=KERNEL)
