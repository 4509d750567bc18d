"""Classes that stand for one of torch.nn's, and what tells them from it: nothing, as far as programs ask.

`type(layer) in (nn.Conv2d, nn.Linear)` says of a native layer what it says of PyTorch's, and `isinstance(layer, mindspore.nn.Conv2d)` of PyTorch's, which
a port keeps where MindSpore has none with such arguments, what it says of a native one.
"""

from __future__ import annotations

from abc import ABCMeta
from typing import Any


class Kind(ABCMeta):
    """The type of such a class; `stands_for` is PyTorch's. Classes that a program derives from it are themselves alone, and may be abstract."""

    def __eq__(cls, other: object) -> bool:
        return isinstance(other, type) and standing_for(cls) is standing_for(other)

    def __hash__(cls) -> int:
        return type.__hash__(standing_for(cls))

    def __instancecheck__(cls, instance: Any) -> bool:
        found = standing_for(cls)
        return isinstance(instance, found) if found is not cls else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        found = standing_for(cls)
        return issubclass(subclass, found) if found is not cls else super().__subclasscheck__(subclass)


def standing_for(kind: type) -> type:
    """PyTorch's class, or that class itself."""
    found: type = vars(kind).get("stands_for", kind)
    return found


def standing(base: Any, mixin: type, own: dict[str, Any]) -> Any:
    """A class under the name of `base`, PyTorch's, which it derives from and stands for, with what `mixin` has before it."""
    return Kind(base.__name__, (mixin, base), own | {"__module__": "compat.native", "stands_for": base})
