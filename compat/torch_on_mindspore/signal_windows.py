"""torch.signal.windows: symmetric or periodic windows of M places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.creation import factory
from compat.torch_on_mindspore.tensor import Tensor


def _window(values: Any) -> Any:
    """A constructor: `values(M, intervals, …)`, where a window spans so many intervals between its M places."""
    name = values.__name__

    def build(M: int, *, sym: bool = True, kind: Any, **options: Any) -> Tensor:
        if M < 0:
            raise invalid(ValueError, f"{name} requires non-negative window length, got M={M}")
        kind = kind or dtypes.get_default_dtype()
        if kind not in (dtypes.float32, dtypes.float64):
            raise invalid(ValueError, f"{name} expects float32 or float64 dtypes, got: {kind}")
        # What is wrong with an option is said of an empty window too.
        found = values(M, M if not sym and M > 1 else M - 1, sym=sym, **options)
        made: Tensor = random.stored(np.asarray(found, np.float64)[:M], (M,), kind)
        return made

    build.__name__ = build.__qualname__ = name
    return factory(build)


def _positive(name: str, option: str, value: float) -> None:
    if value <= 0:
        raise invalid(ValueError, f"{option.capitalize()} must be positive, got: {value} instead.")


@_window
def exponential(M: int, intervals: int, *, sym: bool, center: float | None = None, tau: float = 1.0) -> Any:
    """exp(-|place - center| / tau)."""
    _positive("exponential", "tau", tau)
    if sym and center is not None:
        raise invalid(ValueError, "Center must be None for symmetric windows")
    return np.exp(-np.abs(np.arange(M) - (intervals / 2 if center is None else center)) / tau)


@_window
def cosine(M: int, intervals: int, *, sym: bool) -> Any:
    """Half a turn of the sine."""
    return np.sin(np.pi / max(intervals + 1, 1) * (np.arange(M) + 0.5))


@_window
def gaussian(M: int, intervals: int, *, sym: bool, std: float = 1.0) -> Any:
    """exp(-(place / std)² / 2), around the middle."""
    _positive("gaussian", "standard deviation", std)
    return np.exp(-(((np.arange(M) - intervals / 2) / (std * math.sqrt(2))) ** 2))


@_window
def kaiser(M: int, intervals: int, *, sym: bool, beta: float = 12.0) -> Any:
    """The ratio of Bessel functions I₀ of beta."""
    if beta < 0:
        raise invalid(ValueError, f"beta must be non-negative, got: {beta} instead.")
    if M < 2 or beta == 0:
        return np.ones(M)
    places = beta * (2 * np.arange(M) / intervals - 1)
    return np.i0(np.sqrt(np.maximum(beta * beta - places * places, 0))) / np.i0(beta)


def _sum_of_cosines(M: int, intervals: int, a: Sequence[float]) -> Any:
    if M < 2:
        return np.ones(M)
    turn = 2 * np.pi / intervals * np.arange(M)
    return sum((-1) ** at * factor * np.cos(at * turn) for at, factor in enumerate(a))


@_window
def general_cosine(M: int, intervals: int, *, sym: bool, a: Any) -> Any:
    """The sum of (-1)ⁱ · a[i] · cos(i · turn)."""
    if not isinstance(a, Iterable):
        raise invalid(TypeError, "Coefficients must be a list/tuple")
    factors = list(a)
    if not factors:
        raise invalid(ValueError, "Coefficients cannot be empty")
    return _sum_of_cosines(M, intervals, factors)


@_window
def general_hamming(M: int, intervals: int, *, sym: bool, alpha: float = 0.54) -> Any:
    """alpha - (1 - alpha) · cos(turn)."""
    return _sum_of_cosines(M, intervals, (alpha, 1 - alpha))


@_window
def hamming(M: int, intervals: int, *, sym: bool) -> Any:
    """`general_hamming` of 0.54."""
    return _sum_of_cosines(M, intervals, (0.54, 0.46))


@_window
def hann(M: int, intervals: int, *, sym: bool) -> Any:
    """`general_hamming` of 0.5."""
    return _sum_of_cosines(M, intervals, (0.5, 0.5))


@_window
def blackman(M: int, intervals: int, *, sym: bool) -> Any:
    """Three cosines."""
    return _sum_of_cosines(M, intervals, (0.42, 0.5, 0.08))


@_window
def nuttall(M: int, intervals: int, *, sym: bool) -> Any:
    """Four cosines, by Nuttall's minimal side lobes."""
    return _sum_of_cosines(M, intervals, (0.3635819, 0.4891775, 0.1365995, 0.0106411))


@_window
def bartlett(M: int, intervals: int, *, sym: bool) -> Any:
    """A triangle that begins at 0."""
    return np.ones(M) if M < 2 else 1 - np.abs(2 * np.arange(M) / intervals - 1)
