"""A native result that lies in the memory of an argument: a view as compat.torch knows them, which writes in place keep up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.native.arguments import Met, by_name, by_place, give_back
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.storage import attached, base_of, offset_of, remember, shares_storage
from compat.torch_on_mindspore.tensor import Tensor, owner

address_of: Any = engine.TensorBase._data_ptr
SOURCE = object()  # where the source stands among the arguments that a view is made anew with


class Again:
    """A native call that can be made anew of another source: its result, or the one of its results that the view is."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], source: Any, place: int | None) -> None:
        self.function, self.place = function, place
        self.args, self.kwargs = replaced(args, source, SOURCE), replaced(kwargs, source, SOURCE)

    def __call__(self, source: Any) -> Any:
        met: Met = []
        try:
            args, kwargs = by_place(replaced(self.args, SOURCE, source), met), by_name(replaced(self.kwargs, SOURCE, source), met)
            found = self.function(*args, **kwargs)
        finally:
            give_back(met)
        return found if self.place is None else found[self.place]


def replaced(value: Any, old: object, new: object) -> Any:
    """`value`, an argument or a container of them, with `new` in the places of `old`."""
    if value is old:
        return new
    if type(value) in (list, tuple):
        return type(value)(replaced(one, old, new) for one in value)
    if type(value) is dict:
        return {key: replaced(one, old, new) for key, one in value.items()}
    return value


def source_of(found: Any, met: Met) -> Any:
    """The argument of compat.torch's whose memory `found`, a new tensor, lies in; None for none.

    A tensor at another address than the beginning of its storage lies in an older one's. So most results take one look at
    each address.
    """
    if 0 in engine.shape_of(found):
        return None
    address, offset = address_of(found), offset_of(found)
    near = (one for one, _ in met if (offset or address_of(one) == address) and isinstance(one, Tensor))
    return next((one for one in near if shares_storage(found, base_of(one))), None)


def attach(found: Any, source: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], place: int | None) -> None:
    """Make `found` known as what lies in the memory of `source`: a view, or, without its history, what `detach` gives."""
    if engine.requires_grad(source) and engine.grad_enabled() and not engine.requires_grad(found):
        whole = owner(source)
        found._owner = whole
        remember(whole, "_aliases", found)
        return
    attached(found, source, base_of(source), Again(function, args, kwargs, source, place), ())
    found._of_many = place is not None
