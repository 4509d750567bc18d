"""torch.autograd.Variable: what tensors were called that autograd follows."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.tensor import Tensor


class _Kind(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return subclass is cls or issubclass(subclass, Tensor)


class Variable(metaclass=_Kind):
    """`Variable(data)` is the tensor without its history, with the given `requires_grad`; every tensor is a Variable."""

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        made = Tensor() if data is None else data.detach()
        return made.requires_grad_() if requires_grad else made
