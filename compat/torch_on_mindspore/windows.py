"""Window functions of signal processing."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.creation import factory


def window(name: str, values: Any) -> Any:
    """A constructor of windows: `values(places, count, …)`, for a periodic window those of one more without the last."""

    def build(window_length: int, periodic: bool = True, *args: Any, kind: Any, **kwargs: Any) -> Any:
        if window_length < 0:
            raise invalid(RuntimeError, f"{name} requires non-negative window_length, got window_length={window_length}")
        kind = kind or dtypes.get_default_dtype()
        if kind.category != dtypes.FLOAT:
            raise invalid(RuntimeError, f"{name} expects floating point dtypes, got: {kind}")
        if window_length < 2:
            return random.stored(np.ones(window_length), (window_length,), kind)
        count = window_length + periodic
        found = values(np.arange(count), count, *args, **kwargs)[:window_length]
        return random.stored(found, (window_length,), kind)

    build.__name__ = build.__qualname__ = name
    return factory(build)


def hamming(at: Any, count: int, alpha: float = 0.54, beta: float = 0.46) -> Any:
    return alpha - beta * np.cos(2 * np.pi * at / (count - 1))


def bartlett(at: Any, count: int) -> Any:
    return 1 - np.abs(2 * at / (count - 1) - 1)


def blackman(at: Any, count: int) -> Any:
    turn = 2 * np.pi * at / (count - 1)
    return 0.42 - 0.5 * np.cos(turn) + 0.08 * np.cos(2 * turn)


def kaiser(at: Any, count: int, beta: float = 12.0) -> Any:
    return np.i0(beta * np.sqrt(np.maximum(1 - (2 * at / (count - 1) - 1) ** 2, 0))) / np.i0(beta)


hann_window = window("hann_window", lambda at, count: hamming(at, count, 0.5, 0.5))
hamming_window = window("hamming_window", hamming)
bartlett_window = window("bartlett_window", bartlett)
blackman_window = window("blackman_window", blackman)
kaiser_window = window("kaiser_window", kaiser)
