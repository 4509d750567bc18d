"""`mindspore.Parameter` beside compat.torch: a Parameter of it, which is MindSpore's, too, so that modules register it when it is assigned."""

from __future__ import annotations

from typing import Any

from compat.errors import UnsupportedArgument
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.parameter import Parameter as Ours


class _Kind(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, mindspore.Parameter)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, mindspore.Parameter)


class Parameter(metaclass=_Kind):
    """Called like MindSpore's class; the name of a parameter is where a module holds it. UnsupportedArgument for layouts over devices."""

    def __new__(cls, default_input: Any, name: str | None = None, requires_grad: bool = True, **options: Any) -> Any:
        for key, value in options.items():
            if value not in (False, None) and (key, value) != ("parallel_optimizer", True):
                raise UnsupportedArgument("mindspore.Parameter", key, value, "its default: one process has one device")
        del name
        if isinstance(default_input, mindspore.Tensor) and default_input.has_init:
            default_input = default_input.init_data()  # what an initializer gave
        return Ours(default_input, requires_grad)
