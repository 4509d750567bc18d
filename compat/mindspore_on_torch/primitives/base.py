"""mindspore.ops.Primitive, the base of every operator with a constructor, and the decorator that makes one of a function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from compat import errors
from compat.mindspore_on_torch.operation import operation


class Primitive:
    """An operator: constructed with its attributes, called with tensors.

    Attributes that place it on devices or in a graph are kept and can be read; on one device nothing depends on them.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.attrs: dict[str, Any] = {}
        self.instance_name: str | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise errors.UnsupportedAPI(f"mindspore.ops.{self.name}: an operator by that name alone has no implementation here")

    def __repr__(self) -> str:
        attributes = ", ".join(f"{name}={value}" for name, value in self.attrs.items())
        return f"Prim[{self.name}]<{attributes}>" if attributes else f"Prim[{self.name}]"

    def add_prim_attr(self, name: str, value: Any) -> Primitive:
        """Keep an attribute, under `attrs` and on the object."""
        self.__dict__[name] = value
        self.attrs[name] = value
        return self

    def del_prim_attr(self, name: str) -> Primitive:
        """Forget an attribute."""
        self.__dict__.pop(name, None)
        self.attrs.pop(name, None)
        return self

    def set_prim_instance_name(self, name: str) -> Primitive:
        """Name this instance."""
        self.instance_name = name
        return self

    def init_prim_io_names(self, inputs: list[str], outputs: list[str]) -> None:
        """Keep the names of inputs and outputs."""
        self.add_prim_attr("input_names", inputs)
        self.add_prim_attr("output_names", outputs)


class Named(Primitive):
    """An operator that is written as a class, whose name it has."""

    def __init__(self) -> None:
        super().__init__(type(self).__name__)


def primitive(function: Callable[..., Any]) -> Any:
    """The operator that `function` computes, as a class of its name.

    The function's keyword-only parameters are the constructor's, in order; the others are a call's. It runs as an `operation`.
    """
    name = function.__name__
    listed = inspect.signature(function).parameters.values()
    constructor = inspect.Signature([
        each.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for each in listed if each.kind is inspect.Parameter.KEYWORD_ONLY
    ])  # fmt: skip

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        Primitive.__init__(self, name)
        try:
            bound = constructor.bind(*args, **kwargs)
        except TypeError as error:
            raise errors.at_boundary(f"mindspore.ops.{name}", error, TypeError) from None
        bound.apply_defaults()
        self.given = bound.arguments
        self.__dict__.update(bound.arguments)

    run = operation(function)

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        return run(*args, **kwargs, **self.given)

    with_self = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY), *constructor.parameters.values()]
    __init__.__signature__ = inspect.Signature(with_self)  # type: ignore[attr-defined]
    functools.update_wrapper(__call__, function)
    members = {"__init__": __init__, "__call__": __call__, "__doc__": function.__doc__, "__module__": function.__module__}
    return type(name, (Named,), members)
