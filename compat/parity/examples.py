"""Variations of a row's calls, drawn by Hypothesis: other shapes, values, dtypes, scalars and combinations of what its fixtures change.

Everything here is data of the table: what is drawn is the arguments of a call, by the names of PyTorch's function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from hypothesis import reject, strategies as st

from compat.parity.cases import fixtures, source_of, without
from compat.parity.inputs import array, seeded
from compat.parity.variants import retyped
from compat.table.conditions import Broadcastable, BroadcastsTo
from compat.table.model import ArraySpec, Row, Table
from compat.table.parameters import Deprecated, Passed, TorchParameter
from compat.table.routes import torch_slots

Arguments = dict[str, Any]
Draw = Callable[..., Any]
SIZES = (1, 0, 2, 3, 5)
SPECIAL = (0.0, 1.0, -1.0, -0.0, math.nan, math.inf, -math.inf, 1e4, -1e4, 1e30, 1e-40)
NUMBERS = (0.0, 1.0, 0.5, -1.0, 2.0, 1e-3)
DIMENSIONS = ("dim", "dims", "axis", "dim0", "dim1", "axis0", "axis1", "dim1", "dim2", "start_dim", "end_dim")
MOST_ELEMENTS = 4096  # of a tensor: the workers' time goes into calls, not into loops over elements
MOST_WRITTEN = 512  # elements of a tensor that is written out, to have one of SPECIAL among them
ABSENT = {"absent": True}  # instead of a value: the argument is left out
FLOATS = ("float32", "float64")


@dataclass(frozen=True)
class Space:
    """What the calls of a row are drawn from: the arguments of its valid fixtures, the base call first, and its parameters."""

    starts: tuple[Arguments, ...]
    parameters: Mapping[str, TorchParameter]
    broadcast: tuple[str, ...]

    def seen(self, name: str) -> list[Any]:
        """The values that the fixtures give an argument, ABSENT where one lacks it."""
        found: list[Any] = []
        for start in self.starts:
            value = start.get(name, ABSENT)
            if value not in found:
                found.append(value)
        return found


def space(row: Row, table: Table) -> Space:
    """What the table says of a row's calls."""
    source = source_of(row, table)
    valid = [f for f in fixtures(source, table) if not f.raises and f.only is None]
    starts = [without(source.arguments, fixture) | fixture.change for fixture in valid]
    parameters = {name: slot.parameter for name, slot in torch_slots(row).items()}
    fitting = [start for start in starts if all(name in parameters for name in start) and _is_usual(start)]
    checks = [check for check in source.checks if isinstance(check, (Broadcastable, BroadcastsTo))]
    return Space(tuple(_distinct(fitting)), parameters, tuple(name for check in checks for name in check.of))


def _distinct(starts: list[Arguments]) -> Iterator[Arguments]:
    known = set()
    for start in starts:
        text = repr(start)
        if text not in known:
            known.add(text)
            yield start


def _is_usual(start: Arguments) -> bool:
    """Whether its dtypes are among those that are drawn here; others are for the dtype variants."""
    return not any(spec.get("dtype") in ("float16", "bfloat16") for spec in specs(start))


@st.composite
def arguments(draw: Draw, space: Space) -> Arguments:
    """A call of the row: that of one of its fixtures, changed in one to three ways. Arrays have their seed beside them."""
    found = dict(draw(st.sampled_from(space.starts)))
    for change in draw(st.lists(st.sampled_from(_changes(space)), min_size=1, max_size=3)):
        found = change(draw, found, space)
    if any(math.prod(_shape(spec)) > MOST_ELEMENTS for spec in specs(found)):
        reject()
    return {name: value if _has_seed(value) else seeded(value, f"example/{name}") for name, value in found.items()}


def _has_seed(value: Any) -> bool:
    return isinstance(value, dict) and "seed" in value


# --- ways to change a call -----------------------------------------------------------------------------------------------


def _set(draw: Draw, given: Arguments, space: Space) -> Arguments:
    """Another value for an argument that is no tensor, or its absence."""
    names = [name for name, parameter in space.parameters.items() if _may_be_set(name, parameter, given)]
    if not names:
        return given
    name = draw(st.sampled_from(names))
    candidates = _candidates(name, given, space)
    if not candidates:
        return given
    value = draw(st.sampled_from(candidates))
    return {other: one for other, one in given.items() if other != name} if value == ABSENT else given | {name: value}


def _may_be_set(name: str, parameter: TorchParameter, given: Arguments) -> bool:
    return isinstance(parameter, (Passed, Deprecated)) and not list(specs(given.get(name)))


def _candidates(name: str, given: Arguments, space: Space) -> list[Any]:
    parameter = space.parameters[name]
    found = [value for value in space.seen(name) if value != ABSENT]
    found += [choice for choice in parameter.choices if choice not in found]
    if parameter.type == "bool":
        found += [True, False]
    numbers = [value for value in found if _is_number(value)]
    if parameter.type == "int" and name in DIMENSIONS:
        found += list(range(-_rank(given), _rank(given)))
    elif parameter.type in ("int", "int or tuple of int"):
        found += [value + step for value in numbers for step in (1, -1) if isinstance(value, int)]
    elif parameter.type in ("float", "number", "Tensor or number", "Tensor or float"):
        found += NUMBERS
    found += [
        _with_one_changed(value, place, step) for value in found if _is_ints(value) for place in range(len(value)) for step in (1, -1)
    ]
    return found if parameter.required else [*found, ABSENT]


def _with_one_changed(value: list[int], place: int, step: int) -> list[int]:
    return [item + step * (index == place) for index, item in enumerate(value)]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_ints(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, int) and not isinstance(item, bool) for item in value)


def _rank(given: Arguments) -> int:
    return next((len(_shape(spec)) for spec in specs(given)), 0)


def _recombined(draw: Draw, given: Arguments, space: Space) -> Arguments:
    """One or two arguments as another fixture has them."""
    other = draw(st.sampled_from(space.starts))
    differing = [name for name in (*given, *(n for n in other if n not in given)) if given.get(name, ABSENT) != other.get(name, ABSENT)]
    if not differing:
        return given
    names = draw(st.lists(st.sampled_from(differing), min_size=1, max_size=2, unique=True))
    changed = {name: other[name] for name in names if name in other}
    return {name: value for name, value in given.items() if name not in names or name in other} | changed


def _resized(draw: Draw, given: Arguments, _space: Space) -> Arguments:
    """Another size for all dimensions that are equal, and perhaps for the numbers that are."""
    sizes = sorted({size for spec in specs(given) if "shape" in spec for size in spec["shape"]})
    if not sizes:
        return given
    old = draw(st.sampled_from(sizes))
    new = draw(st.sampled_from([*SIZES, old + 1]))
    follow = draw(st.booleans())

    def resized(value: Any) -> Any:
        if _is_spec(value):
            return _with_size(value, old, new)
        if isinstance(value, list):
            return [resized(item) for item in value]
        return new if follow and type(value) is int and value == old else value

    return {name: value if name in DIMENSIONS else resized(value) for name, value in given.items()}


def _with_size(spec: Arguments, old: int, new: int) -> Arguments:
    if "shape" not in spec:
        return spec
    found = {**spec, "shape": [new if size == old else size for size in spec["shape"]]}
    indexes = spec["draw"] == "integers" and spec.get("low", 0) == 0 and spec.get("high") == old
    return {**found, "high": max(new, 1)} if indexes else found


def _reranked(draw: Draw, given: Arguments, _space: Space) -> Arguments:
    """A leading dimension more, or less, for all tensors, or for those of the most dimensions."""
    most = max((len(spec["shape"]) for spec in specs(given) if "shape" in spec), default=0)
    every = draw(st.booleans())
    size = draw(st.sampled_from([2, 1, None]))

    def reranked(spec: Arguments) -> Arguments:
        if "shape" not in spec or not (every or len(spec["shape"]) == most):
            return spec
        return {**spec, "shape": spec["shape"][1:] if size is None else [size, *spec["shape"]]}

    return {name: _mapped(value, reranked) for name, value in given.items()}


def _broadcast(draw: Draw, given: Arguments, space: Space) -> Arguments:
    """A dimension of 1, or none, in one of the tensors that may be broadcast."""
    names = [name for name in space.broadcast if _is_spec(given.get(name)) and given[name].get("shape")]
    if not names:
        return given
    name = draw(st.sampled_from(names))
    shape = given[name]["shape"]
    place = draw(st.sampled_from([None, *range(len(shape))]))
    narrow = shape[1:] if place is None else [1 if index == place else size for index, size in enumerate(shape)]
    return given | {name: {**given[name], "shape": narrow}}


def _revalued(draw: Draw, given: Arguments, _space: Space) -> Arguments:
    """Special values at one to three places of a tensor."""
    names = [name for name, value in given.items() if _is_spec(value) and 0 < math.prod(_shape(value)) <= MOST_WRITTEN and _specials(value)]
    if not names:
        return given
    name = draw(st.sampled_from(names))
    spec = given[name]
    values = _written(spec, name)
    places = draw(st.lists(st.integers(0, values.size - 1), min_size=1, max_size=3, unique=True))
    for place in places:
        values.flat[place] = draw(st.sampled_from(_specials(spec)))
    usual = "float32" if values.dtype.kind == "f" else "int64"
    kept = {key: spec[key] for key in ("dtype", "mindspore_dtype") if key in spec}
    return given | {name: {"draw": "values", "values": values.tolist(), "dtype": usual, **kept}}


def _specials(spec: Arguments) -> list[Any]:
    """The values that a tensor may have besides those drawn."""
    if str(spec.get("dtype", "float32")).startswith(("complex", "bool")):
        return []
    low, high = spec.get("low", 0.0), spec.get("high", 1.0)
    if spec["draw"] == "normal":
        return list(SPECIAL)
    if spec["draw"] == "uniform":
        return [low, (low + high) / 2, *(value for value in SPECIAL if low <= value < high or math.isnan(value))]
    if spec["draw"] == "integers":
        return sorted({int(low), int(high) - 1}) if high > low else []
    return np.unique(np.asarray(spec["values"], "float64")).tolist() if spec["draw"] == "values" and _is_real(spec) else []


def _is_real(spec: Arguments) -> bool:
    return np.asarray(spec["values"]).dtype.kind == "f"


def _written(spec: Arguments, name: str) -> Any:
    """The elements of a described tensor, floats in few digits."""
    plain = {key: item for key, item in spec.items() if key not in ("seed", "dtype", "mindspore_dtype")}
    drawn = array(msgspec.convert(plain, ArraySpec), spec.get("seed", f"example/{name}"))
    return np.round(drawn.astype("float64"), 2) if drawn.dtype.kind == "f" else drawn.copy()


def _redrawn(draw: Draw, given: Arguments, _space: Space) -> Arguments:
    """Other numbers of the same distribution."""
    seed = draw(st.integers(1, 9))
    return {name: seeded(value, f"example/{name}/{seed}") if list(specs(value)) else value for name, value in given.items()}


def _doubled(_draw: Draw, given: Arguments, _space: Space) -> Arguments:
    """float64 for float32."""
    return {name: retyped(value, "float64") for name, value in given.items()}


Change = Callable[[Draw, Arguments, Space], Arguments]


def _changes(space: Space) -> list[Change]:
    """The ways that can make a difference in this row, the more telling ones more than once."""
    found: list[Change] = [_revalued, _revalued, _resized, _reranked, _redrawn, _doubled] if any(specs(list(space.starts))) else []
    if any(_may_be_set(name, parameter, space.starts[0]) for name, parameter in space.parameters.items()):
        found += [_set, _set]
    if len(space.starts) > 1:
        found += [_recombined, _recombined]
    return found + ([_broadcast] if space.broadcast else [])


# --- described tensors ---------------------------------------------------------------------------------------------------


def _is_spec(value: Any) -> bool:
    return isinstance(value, dict) and "draw" in value


def specs(value: Any) -> Iterator[Arguments]:
    """The tensors that a value describes, also inside lists and what is made of them."""
    if _is_spec(value):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from specs(item)


def _mapped(value: Any, change: Callable[[Arguments], Arguments]) -> Any:
    if _is_spec(value):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return {name: _mapped(item, change) for name, item in value.items()} if isinstance(value, dict) else value


def _shape(spec: Arguments) -> tuple[int, ...]:
    return tuple(spec.get("shape") or ()) if spec["draw"] != "values" else np.shape(spec["values"])
