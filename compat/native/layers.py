"""The layers of `compat.native.mindspore.nn`: classes of torch.nn that take MindSpore's arguments and compute by MindSpore's Cell.

Such an object is PyTorch's layer, made with PyTorch's arguments: its weights are drawn from PyTorch's stream, and are the very objects
that the Cell computes with. Where PyTorch's layer can do what the Cell can't, compat.torch computes: after a change of an attribute, with
an argument that MindSpore's call does not have, without a batch, without elements, in another dtype than float32 on CPU, and for what
takes over calls.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np

import compat.torch
from compat.errors import UnsupportedAPI
from compat.native._layers import LAYERS as LAYERS
from compat.native.calls import called_with
from compat.native.layer import Layer
from compat.native.settings import initial, settings
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.dispatch import MODES, unusual
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor

# Layers whose parameters can't be told as PyTorch's.
UNFIT = {
    "mindspore.nn.LRN": "its radius is another measure than PyTorch's size",
    "mindspore.nn.Unfold": "its sizes are of four elements",
}
COUNTER = "num_batches_tracked"
UNIT_HEIGHT = "unit_height"  # a dimension of 1 before the last one


class NativeLayer:
    """What the bridged classes have besides PyTorch's; it comes before PyTorch's class among the bases."""

    _api: str
    _layer: Layer
    _cell_class: Any
    _cell: Any = None
    _unbatched: int = -1  # the number of dimensions that one example without a batch has
    _settings: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cell = made(self._cell_class, args, kwargs)
        if any(_holds_a_sequence(one) for _, one in cell.cells_and_names()):
            raise UnsupportedAPI(f"{self._api}: its Cell holds its weights in lists, where no others can be put: use {self._layer.torch}")
        super().__init__(**settings(self._api, self._layer, self._cell_class, args, kwargs))
        own: Any = self
        self._made_with = args, kwargs
        self._settings = frozenset(name for name in vars(self) if not name.startswith("_") and name != "training")
        self._connect(cell)
        for name in initial(self._layer, self._cell_class, args, kwargs):
            holder, key, _ = self._places[name]
            with compat.torch.no_grad():
                getattr(own, name).copy_(compat.torch.as_tensor(holder[key]).reshape(getattr(own, name).shape))

    def _connect(self, cell: Any) -> None:
        self._cell, self._places = cell, places(self._api, self._layer, self, cell)

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
        weights = []
        for name, (holder, key, layout) in self._places.items():
            value = getattr(own, name)
            if value is not None:
                holder[key] = value.unsqueeze(-2) if layout == UNIT_HEIGHT else value
                weights.append(holder[key])
        found = called_with(cell.construct, (), given, weights)
        if own.training and own._buffers.get(COUNTER) is not None:
            own.num_batches_tracked.add_(1)
        return found

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """The arguments of a call by MindSpore's names; None where compat.torch has to compute."""
        theirs = self._layer.call
        given = dict(zip(theirs, args, strict=False)) | kwargs
        if self._cell is None or len(args) > len(theirs) or not given.keys() <= theirs.keys() or MODES or unusual(args, kwargs):
            return None
        if not all(map(is_computed, given.values())) or getattr(next(iter(given.values()), None), "ndim", None) == self._unbatched:
            return None
        held = {name: getattr(self, own) for own, name in self._layer.held.items()}
        return {theirs[name]: value for name, value in given.items()} | held

    # --- copies ---

    def __getstate__(self) -> dict[str, Any]:
        """The state of PyTorch's layer; the Cell is made anew from its arguments."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_cell", "_places")} | {
            "_native": self._cell is not None
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        is_native = state.pop("_native")
        super().__setstate__(state)  # type: ignore[misc]
        if is_native:
            args, kwargs = self._made_with
            self._connect(made(self._cell_class, args, kwargs))


# --- the Cell ---


def made(kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A Cell; what it draws for its own initial weights leaves NumPy's random stream where it was."""
    state = np.random.get_state()
    try:
        cell = kind(*args, **kwargs)
    finally:
        np.random.set_state(state)
    for _, one in cell.cells_and_names():
        one._is_check_and_refresh = True  # or its first call would look at the weights, which are not its own by then
    return cell


Places = dict[str, tuple[dict[str, Any], str, str]]


def places(api: str, layer: Layer, module: Any, cell: Any) -> Places:
    """Where the Cell holds each weight of PyTorch's layer: the dictionary and the key, and how it is laid out there.

    UnsupportedAPI where the Cell has weights that can't be told, or holds them where no other can be put.
    """
    if module._modules:
        raise UnsupportedAPI(f"{api}: a layer that consists of layers can't be one of PyTorch's: use {layer.torch}")
    found: Places = {}
    for name in (*module._parameters, *module._buffers):
        if name == COUNTER:
            continue  # which is counted here
        place, layout = layer.weights.get(name, (name, "same"))
        *way, key = place.split(".")
        owner = functools.reduce(getattr, way, cell)
        holder = next((one for one in (owner._params, vars(owner)) if key in one), None)
        if holder is not None:
            found[name] = holder, key, layout
        elif getattr(module, name) is not None:
            raise UnsupportedAPI(f"{api}: its Cell has nothing that is PyTorch's {name}: use {layer.torch}")
    reached = {id(holder[key]) for holder, key, _ in found.values()}
    for name, parameter in cell.parameters_and_names():
        if parameter.requires_grad and id(parameter) not in reached:
            raise UnsupportedAPI(f"{api}: {name} of its Cell has no counterpart in {layer.torch}: use that")
    return found


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


def _holds_a_sequence(cell: Any) -> bool:
    return any(
        isinstance(value, (tuple, list)) and any(isinstance(one, mindspore.Parameter) for one in value) for value in vars(cell).values()
    )


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
        "__module__": "compat.native",
        "__qualname__": api,  # by which pickle finds it
        "__doc__": kind.__doc__,
    }
    for torch_name, (place, _) in layer.weights.items():
        theirs = place.rpartition(".")[2]
        if theirs != torch_name:
            own[theirs] = property(operator.attrgetter(torch_name), doc=f"PyTorch's {torch_name}.")
    made: Any = type(name, (NativeLayer, base), own | {"_unbatched": unbatched(name)})
    return made
