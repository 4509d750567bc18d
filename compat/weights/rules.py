"""The table's entries on weights, asked from either side: what a parameter of a layer may be called and shaped on the other one."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from compat.table.load import layer_weights
from compat.table.weights import LayerWeights, Weight
from compat.weights.entries import Entry
from compat.weights.layouts import LAYOUTS, Shape

Side = Literal["torch", "mindspore"]


@dataclass(frozen=True)
class Candidate:
    """What a weight may be on the other side: its name (None: it has none there), its layout and its shape."""

    name: str | None
    layout: str
    shape: Shape


@dataclass(frozen=True)
class Layer:
    """An entry of the table, seen from one side: its parameters by their names there, with the name on the other side."""

    entry: LayerWeights
    side: Side
    weights: Mapping[str, tuple[str | None, Weight]]
    types: frozenset[str]

    @property
    def anchor(self) -> str:
        """The name of the first parameter that the layer must have."""
        return next(own for own, (_, weight) in self.weights.items() if not weight.optional)

    @property
    def nested(self) -> bool:
        """Whether its parameters belong to layers inside it."""
        return any("." in own for own in self.weights)


@dataclass(frozen=True)
class Group:
    """Where a layer may lie: a prefix of names, and the entries below it that have no further dot."""

    prefix: str
    direct: Mapping[str, Entry]


@functools.cache
def layers(side: Side) -> tuple[Layer, ...]:
    """The entries of the table that have a layer on this side, in its order."""
    return tuple(_seen_from(side, entry) for entry in layer_weights())


@functools.cache
def known_types(side: Side) -> frozenset[str]:
    """The classes that the table has weights of, by their last names."""
    return frozenset().union(*(layer.types for layer in layers(side)))


def by_rule(entries: Sequence[Entry], side: Side) -> dict[str, list[Candidate]]:
    """What the table says that entries may be on the other side, the likeliest first; a name that no rule knows is not there.

    A layer is known by its type where the entries tell it, else by the names and ranks of its parameters. One whose parameters belong to
    layers inside it is known by more names than these, and takes them alone.
    """
    named = {entry.name: entry for entry in entries}
    likely = {layer.entry.key for layer in layers(side) if _likely(layer, entries)}
    found: dict[str, list[Candidate]] = defaultdict(list)
    taken: set[str] = set()
    for layer, group in _places(named, side):
        inside = {own: named[group.prefix + own] for own in layer.weights if group.prefix + own in named}
        if _fits(layer, group, inside, layer.entry.key in likely):
            for own, entry in inside.items():
                candidate = _candidate(group.prefix, *layer.weights[own], entry.shape, side)
                if candidate not in found[entry.name] and entry.name not in taken:
                    found[entry.name].append(candidate)
            taken |= {entry.name for entry in inside.values()} if layer.nested else set()
    return found


def _seen_from(side: Side, entry: LayerWeights) -> Layer:
    named = entry.parameters.items()
    weights = (
        {name: (weight.to, weight) for name, weight in named}
        if side == "torch"
        else {weight.to: (name, weight) for name, weight in named if weight.to is not None}
    )
    return Layer(entry, side, weights, frozenset(api.rpartition(".")[2] for api in getattr(entry, side)))


def _likely(layer: Layer, entries: Sequence[Entry]) -> bool:
    """Whether a model with these weights may have such a layer, by what the table says of the model as a whole."""
    if layer.entry.beside_rank is not None and all(len(entry.shape) != layer.entry.beside_rank for entry in entries):
        return False
    if not layer.entry.everywhere:
        return True
    others = [
        (weight, entry) for entry in entries for _, weight in [layer.weights.get(entry.name.rpartition(".")[2], (None, None))] if weight
    ]
    return all(_across(weight, entry.shape, layer.side) for weight, entry in others if len(entry.shape) == _rank(weight, layer.side))


def _rank(weight: Weight, side: Side) -> int:
    """How many dimensions a weight has on this side."""
    laid_out = LAYOUTS[weight.layout].to_mindspore((1,) * weight.rank)
    return weight.rank if side == "torch" or laid_out is None else len(laid_out)


def _places(named: Mapping[str, Entry], side: Side) -> Iterator[tuple[Layer, Group]]:
    """Every place where the anchor of a layer stands: first the layers that have others inside, then those of the table in its order."""
    direct: dict[str, dict[str, Entry]] = defaultdict(dict)
    by_end: dict[str, list[str]] = defaultdict(list)
    depths = {layer.anchor.count(".") for layer in layers(side)}
    anchors = {layer.anchor for layer in layers(side)}
    for name, entry in named.items():
        parts = name.split(".")
        direct[name[: len(name) - len(parts[-1])]][parts[-1]] = entry
        for end in (".".join(parts[-depth - 1 :]) for depth in depths if depth < len(parts)):
            if end in anchors:
                by_end[end].append(name[: len(name) - len(end)])
    for layer in sorted(layers(side), key=lambda one: not one.nested):
        for prefix in by_end[layer.anchor]:
            yield layer, Group(prefix, direct.get(prefix, {}))


def _fits(layer: Layer, group: Group, inside: Mapping[str, Entry], likely: bool) -> bool:
    """Whether what lies below a prefix is such a layer: its parameters with their ranks, none missing, no other, and none of another type."""
    types = {entry.layer.rpartition(".")[2] for entry in inside.values() if entry.layer} & known_types(layer.side)
    if types and not layer.nested and not types & layer.types:
        return False
    if not types and not likely:
        return False
    if not layer.nested and not group.direct.keys() <= layer.weights.keys():
        return False
    return all(
        _across(weight, inside[own].shape, layer.side) is not None if own in inside else weight.optional
        for own, (_, weight) in layer.weights.items()
    )


def _across(weight: Weight, shape: Shape, side: Side) -> Shape | None:
    """The shape on the other side; None unless the shape is one that the weight can have."""
    layout = LAYOUTS[weight.layout]
    if side == "torch":
        return layout.to_mindspore(shape) if len(shape) == weight.rank else None
    found = layout.to_torch(shape)
    return found if found is not None and len(found) == weight.rank else None


def _candidate(prefix: str, other: str | None, weight: Weight, shape: Shape, side: Side) -> Candidate:
    found = _across(weight, shape, side)
    assert found is not None
    return Candidate(None if other is None else prefix + other, weight.layout, found)
