"""The tensors of a fixture, drawn with NumPy from a seed that depends on the row, the fixture and the argument alone."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from compat.table.model import ArraySpec


def array(spec: ArraySpec, seed: str, mindspore: bool = False) -> NDArray[Any]:
    """The array that `spec` describes; equal seeds give equal arrays, in every process and on every machine."""
    random = np.random.default_rng(zlib.crc32(seed.encode()))
    values = _drawn(spec, random)
    dtype = (spec.mindspore_dtype if mindspore else None) or spec.dtype or ("int64" if values.dtype.kind in "iu" else "float32")
    return np.asarray(values, dtype=dtype)


def _drawn(spec: ArraySpec, random: np.random.Generator) -> NDArray[Any]:
    shape = tuple(spec.shape or ())
    if spec.draw == "values":
        return np.asarray(spec.values)
    if spec.draw == "uniform":
        return np.asarray(random.uniform(spec.low, spec.high, shape))
    if spec.draw == "integers":
        return np.asarray(random.integers(int(spec.low), int(spec.high), shape))
    if spec.draw == "signs":
        return np.asarray(random.choice([-1.0, 1.0], shape))
    normal = np.asarray(random.standard_normal(shape))
    if spec.draw == "normal":
        return normal
    shifted = normal - np.log(np.sum(np.exp(normal), axis=-1, keepdims=True))
    return np.asarray(shifted if spec.draw == "log_softmax" else np.exp(shifted))


def drawn(arguments: dict[str, Any], mindspore: bool = False) -> dict[str, Any]:
    """Arguments with every array described in the table (its `seed` beside it) drawn; other values stay as they are."""
    return {name: _array(value, mindspore) if isinstance(value, dict) else value for name, value in arguments.items()}


def _array(value: dict[str, Any], mindspore: bool) -> NDArray[Any]:
    spec = msgspec.convert({key: item for key, item in value.items() if key != "seed"}, ArraySpec)
    return array(spec, value["seed"], mindspore)


def weights(shape: tuple[int, ...]) -> NDArray[Any]:
    """Factors of the weighted sum whose gradient is compared: all different, so that a gradient that sums to zero shows."""
    return np.random.default_rng(len(shape)).uniform(0.5, 1.5, shape).astype("float32")
