"""The layers of `compat.native.mindspore.nn`: classes of torch.nn that take MindSpore's arguments and compute by MindSpore's Cell.

Such an object is PyTorch's layer, made with PyTorch's arguments: its weights are drawn from PyTorch's stream, and are the very objects
that the Cell computes with. Where PyTorch's layer can do what the Cell can't, compat.torch computes: after a change of an attribute, with
an argument that MindSpore's call does not have, without a batch, without elements, in another dtype than float32 on CPU, and for what
takes over calls.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection
from typing import Any

import compat.torch
from compat.native._layers import LAYERS as LAYERS
from compat.native.calls import called_with
from compat.native.cell import CellMethods
from compat.native.computing_cell import COUNTER, made, places
from compat.native.kinds import standing
from compat.native.layer import Layer
from compat.native.settings import initial, settings
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.dispatch import MODES, unusual
from compat.torch_on_mindspore.tensor import Tensor

# Layers whose parameters can't be told as PyTorch's.
UNFIT = {
    "mindspore.nn.LRN": "its radius is another measure than PyTorch's size",
    "mindspore.nn.Unfold": "its sizes are of four elements",
}


# Layers whose result is drawn: compat.torch computes, from PyTorch's stream.
DRAWN = frozenset({"torch.nn.Dropout", "torch.nn.Dropout2d", "torch.nn.Dropout3d"})


class NativeLayer(CellMethods):
    """What the bridged classes have besides PyTorch's; it comes before PyTorch's class among the bases."""

    _api: str
    _layer: Layer
    _cell_class: Any
    _cell: Any = None
    _unbatched: int = -1  # the number of dimensions that one example without a batch has
    _settings: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cell = None if self._layer.torch in DRAWN else made(self._api, self._cell_class, args, kwargs)
        super().__init__(**settings(self._api, self._layer, self._cell_class, args, kwargs))
        self._made_with = args, kwargs
        self._settings = frozenset(name for name in vars(self) if not name.startswith("_") and name != "training")
        if cell is not None:
            self._connect(cell, initial(self._layer, self._cell_class, args, kwargs))

    def _connect(self, cell: Any, kept: Collection[str] = ()) -> None:
        """Compute by this new Cell from now on, of whose own initial weights those `kept` become the layer's."""
        self._cell, self._places = cell, places(self._api, self._layer, self, cell)
        with compat.torch.no_grad():
            for place in self._places:
                if place.name in kept and place.is_used:
                    own = getattr(self, place.name)
                    own.copy_(compat.torch.as_tensor(place.holder[place.key]).reshape(own.shape))
                place.clear()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._settings and getattr(self, name) != value:
            object.__setattr__(self, "_cell", None)  # it was made with the old value
        super().__setattr__(name, value)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        own: Any = self
        given = self._arguments(args, kwargs)
        if given is None:
            return super().forward(*args, **kwargs)  # type: ignore[misc]
        cell = self._cell
        if cell.training is not own.training:
            cell.set_train(own.training)
        weights = [place.put(getattr(own, place.name)) for place in self._places if place.is_used]
        found = called_with(cell.construct, (), given, weights)
        for place in self._places:
            place.clear()
        if own.training and own._buffers.get(COUNTER) is not None:
            own.num_batches_tracked.add_(1)
        return found

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """The arguments of a call by MindSpore's names; None where compat.torch has to compute."""
        theirs = self._layer.call
        given = dict(zip(theirs, args, strict=False)) | kwargs
        if len(args) > len(theirs) or not given.keys() <= theirs.keys() or MODES or unusual(args, kwargs) or not self._is_native():
            return None
        if not all(map(is_computed, given.values())) or getattr(next(iter(given.values()), None), "ndim", None) == self._unbatched:
            return None
        held = {name: getattr(self, own) for own, name in self._layer.held.items()}
        return {theirs[name]: value for name, value in given.items()} | held

    def _is_native(self) -> bool:
        """Whether the Cell was made for the layer as it is now: with these attributes, and with weights where it has some."""
        return self._cell is not None and all((getattr(self, place.name) is not None) is place.is_used for place in self._places)

    # --- copies ---

    def __getstate__(self) -> dict[str, Any]:
        """The state of PyTorch's layer; the Cell is made anew from its arguments."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_cell", "_places")} | {"_native": self._is_native()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        is_native = state.pop("_native")
        super().__setstate__(state)  # type: ignore[misc]
        if is_native:
            args, kwargs = self._made_with
            self._connect(made(self._api, self._cell_class, args, kwargs))


def unbatched(name: str) -> int:
    """How many dimensions the first argument of PyTorch's layer has without a batch; -1 where any number may be a batch."""
    if name.endswith("Cell"):
        return 1
    return int(name[-2]) + 1 if name[-2:] in ("1d", "2d", "3d") and "BatchNorm" not in name else -1


def is_computed(value: Any) -> bool:
    """Whether MindSpore's layers compute with such an argument: on CPU they take float32 alone, and nothing without elements."""
    if not isinstance(value, Tensor):
        return True
    kind = dtypes.of(value)
    return 0 not in engine.shape_of(value) and (kind is dtypes.float32 or kind.category < dtypes.FLOAT or not engine.ON_CPU)


# --- the classes ---


@functools.cache
def bridged(kind: Any, api: str) -> Any:
    """The class of PyTorch's layer that computes by `kind`, MindSpore's class of the public name `api`."""
    layer = LAYERS[api]
    base: Any = functools.reduce(getattr, layer.torch.split(".")[1:], compat.torch)
    name = base.__name__
    own = {
        "_api": api,
        "_layer": layer,
        "_cell_class": kind,
        "__qualname__": api,  # by which pickle finds it
        "__doc__": kind.__doc__,
    }
    for torch_name, (place, _) in layer.weights.items():
        theirs = place.rpartition(".")[2]
        if theirs != torch_name:
            own[theirs] = property(operator.attrgetter(torch_name), doc=f"PyTorch's {torch_name}.")
    return standing(base, NativeLayer, own | {"_unbatched": unbatched(name)})
