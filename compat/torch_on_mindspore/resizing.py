"""`resize_` and `resize_as_`: another shape, and another number of elements, for the same tensor."""

from __future__ import annotations

import math
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import creation, engine
from compat.torch_on_mindspore.rearranging import as_strided
from compat.torch_on_mindspore.shaping import cat, reshape, sizes
from compat.torch_on_mindspore.storage import is_shared
from compat.torch_on_mindspore.tensor import Tensor, check_memory_format


def resize_(self: Any, *given: Any, size: Any = None, memory_format: Any = None) -> Tensor:
    """The same elements, as many as there is room for, in another shape; new ones are zeros, where PyTorch leaves them undefined.

    A view shows another part of its storage. RuntimeError for a tensor that requires grad, UnsupportedAPI where other tensors would have
    to follow to a new storage.
    """
    shape = sizes(given, size)
    check_memory_format("torch.Tensor.resize_", memory_format)
    if engine.requires_grad(self):
        raise invalid(RuntimeError, "cannot resize variables that require grad")
    if any(one < 0 for one in shape):
        raise invalid(RuntimeError, f"Trying to resize a tensor to negative sizes: {list(shape)}")
    found: Tensor = self
    if shape == tuple(self.shape):
        return found
    if self._base is not None and self.storage_offset() + math.prod(shape) <= self._base.numel():
        # PyTorch's too goes by the storage, not by the elements that the view had
        strides = tuple(math.prod(shape[at + 1 :]) for at in range(len(shape)))
        made = as_strided(self, shape, strides)
        engine.assign(self, made)
        self._base, self._steps = made._base, made._steps
        return found
    if is_shared(self):
        raise UnsupportedAPI("torch.Tensor.resize_ of a tensor that shares storage with another one")
    own, wanted = self.numel(), math.prod(shape)
    elements = reshape(self, -1)
    room = self.__dict__.get("_room")  # what an earlier, larger size held
    if room is not None and room.numel() > own and room.dtype == self.dtype:
        elements = cat([elements, room[own:]])
    if elements.numel() < wanted:
        elements = cat([elements, creation.zeros(wanted - elements.numel(), dtype=self.dtype)])
    self._room = elements.clone() if elements.numel() > wanted else None
    engine.replace_data(self, reshape(elements[:wanted], shape).clone())
    return found


def resize_as_(self: Any, the_template: Any, *, memory_format: Any = None) -> Tensor:
    """`resize_` to the shape of another tensor."""
    return resize_(self, tuple(the_template.shape), memory_format=memory_format)


def resize(self: Any, *given: Any) -> Tensor:
    """The elements in another shape that holds as many; the old name of `reshape`, RuntimeError for another number of elements."""
    if not all(isinstance(one, int) for one in given) or math.prod(given) != self.numel():
        raise invalid(RuntimeError, f"requested resize to {given}, but the given tensor has {self.numel()} elements")
    found: Tensor = reshape(self, given)
    return found


METHODS: dict[str, Any] = {"resize": resize, "resize_": resize_, "resize_as_": resize_as_}
