"""Layers of torch.nn among Cells: the same objects, as Cells.

A Cell that comes to hold a layer of torch.nn gives it a class that is both its own and a Cell's. So it has a Cell's methods, computes what it
computed, and is in eval mode, like every new Cell; `isinstance` says of it, and of one that no Cell holds, what it says of MindSpore's layer.
"""

from __future__ import annotations

import functools
from abc import ABCMeta
from collections import OrderedDict
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.cells.standing import STANDS_FOR
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

Module: Any = torch.nn.Module
LAYERS = "torch.nn.modules."  # where PyTorch's own are
IMITATIONS = ("compat.mindspore.", "compat.mindspore_on_torch.")


class Kind(ABCMeta):
    """The class of Cell and of its subclasses, of which a layer of torch.nn may be an instance."""

    def __subclasscheck__(cls, other: type) -> bool:
        return cls in other.__mro__ or (cls.__module__.startswith(IMITATIONS) and _stands_for(other, cls))

    def __instancecheck__(cls, instance: Any) -> bool:
        kind = type(instance)
        return cls in kind.__mro__ or (issubclass(kind, Module) and cls.__subclasscheck__(kind))


@functools.cache
def _stands_for(kind: type, cls: Any) -> bool:
    layer = _layer(kind)
    names = STANDS_FOR.get(layer.__name__) if layer is not None else None
    return names is not None and (cls is cell.Cell or cls.__name__ in names)


def _layer(kind: type) -> Any:
    """PyTorch's class of which this is one, or a subclass; None for others."""
    return next((base for base in kind.__mro__ if base.__module__.startswith(LAYERS) and base is not Module), None)


def as_cell(module: Any) -> Any:
    """A layer of torch.nn, and those in it, as Cells, the same objects. Anything else is what it was, also a class derived from such a layer."""
    if isinstance(module, Module) and _is_layer(type(module)):
        for each in [each for each in module.modules() if _is_layer(type(each))]:
            own = {"training": False, "requires_grad": False, "_auto_prefix": True, "_phase": "train", "_flags": {}}
            vars(each).update(own, _modules=OrderedDict(each._modules))
            kind: Any = type(each)
            each.__class__ = as_held(kind)
    return module


def _is_layer(kind: Any) -> bool:
    return bool(kind.__module__.startswith(LAYERS)) and kind is not Module


@functools.cache
def as_held(kind: Any) -> Any:
    """The class of the layers of this class that a Cell holds."""

    def construct(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._modules:
            return kind.forward(self, *args, **kwargs)  # what it holds may be a program's own Cells
        with plain_torch():
            result = kind.forward(self, *args, **kwargs)
        return as_tensor(result)

    def reduce(self: Any, protocol: Any) -> Any:
        return rebuilt, (kind,), self.__getstate__()

    own = {"construct": construct, "extend_repr": kind.extra_repr, "__reduce_ex__": reduce, "__doc__": kind.__doc__}
    return Kind(kind.__name__, (cell.Cell, kind), {**own, "__module__": __name__, "__qualname__": f"{__name__}.{kind.__name__}"})


def rebuilt(kind: Any) -> Any:
    """An object of such a class, before it gets its state: how copies and pickles begin."""
    held = as_held(kind)
    return held.__new__(held)


# At the end, and as a module: a Cell is of the class above.
import compat.mindspore_on_torch.cell as cell  # noqa: E402
