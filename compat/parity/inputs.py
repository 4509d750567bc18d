"""The tensors of a fixture, drawn with NumPy from a seed that depends on the row, the fixture and the argument alone."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from compat.elementwise import bfloat16
from compat.parity import op_db
from compat.table.model import ArraySpec


def array(spec: ArraySpec, seed: str, mindspore: bool = False) -> NDArray[Any]:
    """The array that `spec` describes; equal seeds give equal arrays, in every process and on every machine."""
    random = np.random.default_rng(zlib.crc32(seed.encode()))
    values = _drawn(spec, random)
    usual = {"i": "int64", "u": "int64", "b": "bool", "c": "complex64"}.get(values.dtype.kind, "float32")
    dtype = (spec.mindspore_dtype if mindspore else None) or spec.dtype or usual
    if dtype.startswith("complex") and values.dtype.kind == "f":
        values = values + 1j * _drawn(spec, random)
    if dtype == "bfloat16":
        return bfloat16(_rounded(values))
    with np.errstate(invalid="ignore"):  # a NaN is some integer, the same for both sides
        return np.asarray(values, dtype=dtype)


def _rounded(values: NDArray[Any]) -> NDArray[np.float32]:
    """The nearest numbers of bfloat16, which are those of float32 whose lower 16 bits are 0; of two equally near the even one."""
    bits = np.asarray(values, "float32").view("uint32")
    up = np.uint32(0x7FFF) + ((bits >> 16) & 1)
    return np.asarray(np.where(np.isnan(values), bits, bits + up) & np.uint32(0xFFFF0000), "uint32").view("float32")


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


@dataclass(frozen=True)
class Named:
    """A public name of the framework as an argument: `torch.float32`."""

    name: str


@dataclass(frozen=True)
class Made:
    """What a call of the framework makes, as an argument: `torch.device("cpu")`."""

    name: str
    arguments: list[Any]


def drawn(arguments: dict[str, Any], mindspore: bool = False) -> dict[str, Any]:
    """Arguments with every array described in the table (its `seed` beside it) drawn; other values stay as they are."""
    return {name: value_of(value, mindspore) for name, value in arguments.items()}


def value_of(value: Any, mindspore: bool = False) -> Any:
    """One argument of the table as a Python value: arrays drawn, also inside lists; what a framework has to make is Named or Made."""
    if isinstance(value, list):
        return [value_of(item, mindspore) for item in value]
    if isinstance(value, np.ndarray):
        return value.copy()  # given in the place of a description; a call may write into it
    if not isinstance(value, dict):
        return value
    if "name" in value:
        return Named(value["name"])
    if "sample" in value:
        return op_db.tensor(value["sample"])
    if "make" in value:
        return Made(value["make"], value_of(value.get("arguments", []), mindspore))
    if "slice" in value:
        return slice(*value["slice"])
    if "tuple" in value:
        return tuple(value_of(item, mindspore) for item in value["tuple"])
    return _described(value, mindspore)


def _described(value: dict[str, Any], mindspore: bool) -> NDArray[Any]:
    spec = msgspec.convert({key: item for key, item in value.items() if key != "seed"}, ArraySpec)
    return array(spec, value["seed"], mindspore)


def seeded(value: Any, seed: str) -> Any:
    """An argument with its seed beside each array, so that every API and direction sees the same."""
    if isinstance(value, list):
        return [seeded(item, f"{seed}/{index}") for index, item in enumerate(value)]
    if not isinstance(value, dict) or not value.keys().isdisjoint(("name", "slice", "sample")):
        return value
    if "make" in value:
        return {**value, "arguments": seeded(value.get("arguments", []), seed)}
    if "tuple" in value:
        return {"tuple": seeded(value["tuple"], seed)}
    return {**value, "seed": seed}


def arrays(value: Any, place: str, mindspore: bool = False) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every described array of an argument, drawn, by its place in it: `input`, `tensors[0]`."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from arrays(item, f"{place}[{index}]", mindspore)
    elif isinstance(value, dict) and "make" in value:
        yield from arrays(value.get("arguments", []), place, mindspore)
    elif isinstance(value, dict) and "tuple" in value:
        yield from arrays(value["tuple"], place, mindspore)
    elif isinstance(value, dict) and "seed" in value:
        yield place, _described(value, mindspore)


def filled(value: Any, place: str, given: Mapping[str, NDArray[Any]]) -> Any:
    """An argument with given arrays, named as `arrays` names them, in the place of its descriptions."""
    if isinstance(value, list):
        return [filled(item, f"{place}[{index}]", given) for index, item in enumerate(value)]
    if isinstance(value, dict) and "make" in value:
        return {**value, "arguments": filled(value.get("arguments", []), place, given)}
    if isinstance(value, dict) and "tuple" in value:
        return {"tuple": filled(value["tuple"], place, given)}
    return given[place] if isinstance(value, dict) and "seed" in value else value


def weights(shape: tuple[int, ...]) -> NDArray[Any]:
    """Factors of the weighted sum whose gradient is compared: all different, so that a gradient that sums to zero shows."""
    return np.random.default_rng(len(shape)).uniform(0.5, 1.5, shape).astype("float32")
