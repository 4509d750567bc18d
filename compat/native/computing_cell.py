"""A Cell that computes for a layer of PyTorch: how it is made, and where it looks for its weights.

What is private to MindSpore's Cell stands here alone: `_params`, the dictionary in which it looks up a parameter by name, and
`_is_check_and_refresh`, without which its first call would look at its parameters, which are not its own by then.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from compat.errors import UnsupportedAPI
from compat.native.layer import Layer
from compat.torch_on_mindspore.engine import mindspore

COUNTER = "num_batches_tracked"  # which PyTorch's layer counts itself
UNIT_HEIGHT = "unit_height"  # a dimension of 1 before the last one


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Cell looks for a weight, `key` in the dictionary `holder`, what PyTorch's layer calls it, and how it is laid out there.

    Where PyTorch's layer has none (`is_used` is False), the Cell keeps its own constant.
    """

    name: str
    holder: dict[str, Any]
    key: str
    layout: str
    is_used: bool

    def put(self, value: Any) -> Any:
        """Have the Cell compute with `value`; what it computes with is returned."""
        found = self.holder[self.key] = value.unsqueeze(-2) if self.layout == UNIT_HEIGHT else value
        return found

    def clear(self) -> None:
        """Between calls the Cell holds no weights, nor the history of one that was computed."""
        if self.is_used:
            self.holder[self.key] = None


def made(api: str, kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A Cell; what it draws for its own initial weights leaves NumPy's random stream where it was.

    UnsupportedAPI for one that holds weights in lists, where no others can be put.
    """
    state = np.random.get_state()
    try:
        cell = kind(*args, **kwargs)
    finally:
        np.random.set_state(state)
    for _, one in cell.cells_and_names():
        if any(_is_list_of_weights(value) for value in vars(one).values()):
            raise UnsupportedAPI(f"{api}: its Cell holds its weights in lists, where those of PyTorch's layer can't be put")
        one._is_check_and_refresh = True
    return cell


def _is_list_of_weights(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and any(isinstance(one, mindspore.Parameter) for one in value)


def places(api: str, layer: Layer, module: Any, cell: Any) -> list[Place]:
    """Where a new Cell looks for each weight of PyTorch's layer.

    UnsupportedAPI where there is none for one of them, and where the Cell trains weights that are none of PyTorch's.
    """
    if module._modules:
        raise UnsupportedAPI(f"{api}: a layer that consists of layers can't be one of PyTorch's: use {layer.torch}")
    found = []
    for name, value in (*module._parameters.items(), *module._buffers.items()):
        if name == COUNTER:
            continue
        place, layout = layer.weights.get(name, (name, "same"))
        *way, key = place.split(".")
        owner = functools.reduce(getattr, way, cell)
        holder = next((one for one in (owner._params, vars(owner)) if key in one), None)
        if holder is not None:
            found.append(Place(name, holder, key, layout, value is not None))
        elif value is not None:
            raise UnsupportedAPI(f"{api}: its Cell has nothing that is PyTorch's {name}: use {layer.torch}")
    reached = {id(place.holder[place.key]) for place in found if place.is_used}
    for name, parameter in cell.parameters_and_names():
        if parameter.requires_grad and id(parameter) not in reached:
            raise UnsupportedAPI(f"{api}: {name} of its Cell has no counterpart in {layer.torch}: use that")
    return found
