"""The second model gets the first one's weights: by the matching of the two frameworks' names, or by equal names in one API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compat.elementwise import dtype_of
from compat.errors import UsageError
from compat.models.api import Api
from compat.models.classes import base_of
from compat.models.judge import Weight
from compat.models.records import Array
from compat.weights.entries import Entry, Matching
from compat.weights.map_file import Map, check
from compat.weights.matching import match


@dataclass(frozen=True)
class Given:
    """Which weights were given, which are left on each side, and the matching of the frameworks' names where there was one."""

    weights: tuple[Weight, ...]
    unmatched_first: tuple[str, ...] = ()
    unmatched_second: tuple[str, ...] = ()
    matching: Matching | None = None
    guessed: tuple[Weight, ...] = ()


def entries(api: Api, model: Any) -> list[Entry]:
    """What is known of a model's parameters and buffers, in its order."""
    layers = {path: base_of(type(module)) for path, module in api.modules(model)}
    first: dict[int, str] = {}
    found = []
    for name, tensor in _every(api, model).items():
        array = api.array(tensor)
        tied = first.setdefault(id(tensor), name)
        layer = layers.get(name.rpartition(".")[0]) or None
        found.append(Entry(name, tuple(array.shape), dtype_of(array), layer, None if tied == name else tied))
    return found


def _every(api: Api, model: Any) -> dict[str, Any]:
    """The state with every name of what has several; MindSpore gives one name for each."""
    if api.family == "mindspore":
        return api.state(model)
    return {**dict(model.named_parameters(remove_duplicate=False)), **dict(model.named_buffers(remove_duplicate=False))}


def matched(first: tuple[Api, Any], second: tuple[Api, Any], given: Map | None = None) -> Given:
    """Which weight of one model is which of the other. The pairs of a map file go before all else.

    Raises UsageError for a map between two models of one API, CompatError for one that does not fit the models.
    """
    ours, theirs = entries(*first), entries(*second)
    if first[0].family == second[0].family:
        if given is not None:
            raise UsageError("a map of weights is for a PyTorch and a MindSpore model: two of one API are matched by equal names")
        return _by_equal_names(ours, theirs)
    swapped = first[0].family == "mindspore"
    torch, mindspore = (theirs, ours) if swapped else (ours, theirs)
    matching = _matching(torch, mindspore, given)
    sides = [(pair.mindspore, pair.torch) if swapped else (pair.torch, pair.mindspore) for pair in matching.pairs]
    left = [matching.unmatched_torch, matching.unmatched_mindspore][:: -1 if swapped else 1]
    guessed = {(pair.torch, pair.mindspore) for pair in matching.guessed}
    weights = tuple(Weight(one, two) for one, two in sides)
    return Given(
        weights,
        left[0],
        left[1],
        matching,
        tuple(w for w in weights if ((w.second, w.first) if swapped else (w.first, w.second)) in guessed),
    )


def _matching(torch: Sequence[Entry], mindspore: Sequence[Entry], given: Map | None) -> Matching:
    """What a map says has no counterpart takes no part in the matching."""
    if given is None:
        return match(torch, mindspore)
    check(given, torch, mindspore)
    ours = [entry for entry in torch if entry.name not in given.without_torch]
    theirs = [entry for entry in mindspore if entry.name not in given.without_mindspore]
    found = match(ours, theirs, given.pairs)
    return replace(found, without_counterpart=(*found.without_counterpart, *given.without_torch))


def _by_equal_names(ours: Sequence[Entry], theirs: Sequence[Entry]) -> Given:
    shapes = {entry.name: entry.shape for entry in theirs}
    same = [entry.name for entry in ours if shapes.get(entry.name) == entry.shape]
    taken = set(same)
    left = [tuple(entry.name for entry in side if entry.name not in taken) for side in (ours, theirs)]
    return Given(tuple(Weight(name, name) for name in same), left[0], left[1])


def give(state: Mapping[str, Array], weights: Sequence[Weight], api: Api, model: Any) -> None:
    """Assign the arrays of the first model's state to the second's weights, each in the shape that it has there."""
    targets = api.state(model)
    for weight in weights:
        if weight.first in state and weight.second in targets:
            target = targets[weight.second]
            api.assign(target, state[weight.first].reshape(tuple(target.shape)))


def restore(state: Mapping[str, Array], api: Api, model: Any) -> None:
    """A model's state as it was."""
    for name, tensor in api.state(model).items():
        api.assign(tensor, state[name])
