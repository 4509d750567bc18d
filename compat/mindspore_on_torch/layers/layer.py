"""What the layers share: the boundary around `construct`, and the checks of their arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.arguments import renamed
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.initializers import initializer
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import Tensor, as_tensor

torch: Any = frameworks.load("torch")


class Layer(Cell):
    """A Cell of MindSpore's own. Without a constructor it takes no arguments."""

    def __init__(self) -> None:
        super().__init__()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" not in cls.__dict__ and cls.__module__.startswith(__package__ or ""):
            # Python names a constructor's class in its errors: an inherited one should name the layer that was called.
            cls.__init__ = renamed(cls.__init__, f"{cls.__name__}.__init__")  # type: ignore[method-assign]


def computed(construct: Callable[..., Any]) -> Callable[..., Any]:
    """`construct` written for PyTorch's readings of tensors. Its results become ours, what PyTorch raises becomes ValueError.

    TypeError if its first argument is no Tensor.
    """

    @functools.wraps(construct)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        api = f"mindspore.nn.{type(self).__name__}"
        for first in (*args, *kwargs.values())[:1]:
            if not isinstance(first, torch.Tensor):
                raise errors.invalid(TypeError, f"For '{type(self).__name__}', the input must be a Tensor, but got {type(first)}.")
        try:
            with plain_torch():
                result = construct(self, *args, **kwargs)
        except Exception as error:
            raise errors.at_boundary(api, error, ValueError, **dict(zip(("input",), args, strict=False))) from error
        return as_tensor(result)

    return run


def new_parameter(name: str, init: Any, shape: Any, dtype: Any, requires_grad: bool = True) -> Any:
    """A Parameter of `shape`, filled by an initializer, its name, a number or a Tensor of that shape."""
    return Parameter(initializer(init, shape, dtype), name, requires_grad)


def refuse(layer: object, reason: str, kind: type[Exception] = ValueError) -> Exception:
    """An error with MindSpore's opening words."""
    return errors.invalid(kind, f"For '{type(layer).__name__}', {reason}")


def check_positive(layer: Cell, **values: Any) -> None:
    """TypeError unless each is an int, ValueError unless it is above 0."""
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise refuse(layer, f"the '{name}' must be int, but got '{type(value).__name__}'", TypeError)
        if value <= 0:
            raise refuse(layer, f"the '{name}' must be int and must > 0, but got '{value}'.")


def check_type(layer: object, kinds: type | tuple[type, ...], **values: Any) -> None:
    """TypeError unless each is of one of the types; a bool counts as a number only where bool is among them."""
    among = kinds if isinstance(kinds, tuple) else (kinds,)
    for name, value in values.items():
        if not isinstance(value, among) or (isinstance(value, bool) and bool not in among):
            shown = ", ".join(kind.__name__ for kind in among)
            raise refuse(layer, f"the type of '{name}' must be in [{shown}], but got {type(value).__name__}.", TypeError)


def check_rank(layer: Cell, x: Any, *ranks: int) -> None:
    """ValueError unless the tensor has one of these numbers of dimensions."""
    if x.dim() not in ranks:
        raise refuse(layer, f"the input must have {' or '.join(map(str, ranks))} dims, but got {x.dim()}.")


def lengths(layer: Cell, name: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """An int, or a tuple of one or `rank` ints, as a tuple of `rank`; each at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, tuple, list)):
        raise refuse(layer, f"the '{name}' must be an int or a tuple, but got {type(value).__name__}.", TypeError)
    found = (value,) * rank if isinstance(value, int) else tuple(value)
    found = found * rank if len(found) == 1 else found
    if len(found) != rank or not all(isinstance(item, int) and item >= least for item in found):
        raise refuse(layer, f"the '{name}' must be an int or {rank} ints, each at least {least}, but got {value}.")
    return found


__all__ = [
    "Layer", "Parameter", "Tensor", "check_positive", "check_rank", "check_type", "computed", "lengths", "new_parameter", "refuse",
]  # fmt: skip
