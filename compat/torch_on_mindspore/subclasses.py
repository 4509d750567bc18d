"""Subclasses of Tensor: how one is made, and that what functions return for its instances is of the subclass too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import dispatch, shaping, storage
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor

NO_TENSOR = (
    "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your class inherits from Tensor."
)
# what keeps its class whatever it is read from
NOT_WRAPPED = ("_base", "grad", "_grad")


def torch_function(cls: Any, func: Any, types: Iterable[type], args: Any = (), kwargs: Any = None) -> Any:
    """`Tensor.__torch_function__`: the call itself, and its results, in tuples and lists too, as instances of the subclass.

    NotImplemented when another type takes part that is no base of this one.
    """
    kwargs = {} if kwargs is None else kwargs
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with dispatch.DisableTorchFunctionSubclass():
        found = func(*args, **kwargs)
        if func in default_nowrap():
            return found
        return converted(found, cls, (*args, *kwargs.values()))


def default_nowrap() -> set[Any]:
    """The functions whose results stay of the class that they are of."""
    return {getattr(Tensor, name).__get__ for name in NOT_WRAPPED if isinstance(getattr(Tensor, name, None), property)}


def converted(found: Any, cls: Any, given: Iterable[Any]) -> Any:
    """A result as an instance of `cls`: a new tensor becomes one, what was given stays and is shared by a new one."""
    if cls is Tensor:
        return found
    if isinstance(found, Tensor):
        if isinstance(found, cls):
            return found
        return as_subclass(found, cls) if is_given(found, given) else classed(found, cls)
    if isinstance(found, (tuple, list)):
        values = [converted(one, cls, given) for one in found]
        return type(found)(*values) if hasattr(found, "_fields") else type(found)(values)
    return found


def is_given(found: Any, given: Iterable[Any]) -> bool:
    return any(one is found or (isinstance(one, (list, tuple)) and is_given(found, one)) for one in given)


def classed(made: Any, cls: Any) -> Any:
    """The new tensor `made` as an instance of `cls`; TypeError for a class of no tensors."""
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise invalid(TypeError, NO_TENSOR)
    check(cls)
    made.__class__ = cls
    return made


def check(cls: Any) -> None:
    """UnsupportedAPI for a subclass that lives below autograd."""
    if getattr(cls, "__torch_dispatch__", None) is not None:
        raise UnsupportedAPI(f"__torch_dispatch__, which {cls.__name__} defines, has no implementation on MindSpore here")


def as_subclass(input: Any, cls: Any) -> Any:
    """The same storage and the same history as an instance of `cls`, a subclass of Tensor."""
    with dispatch.DisableTorchFunction():
        return classed(shaping.view_as(input, input), cls)


def make_subclass(cls: Any, data: Any, require_grad: bool = False) -> Any:
    """The same storage, without the history, as an instance of `cls`; `Tensor._make_subclass`."""
    if not isinstance(data, mindspore.Tensor):
        raise invalid(TypeError, f"_make_subclass(): argument 'data' (position 2) must be Tensor, not {type(data).__name__}")
    with dispatch.DisableTorchFunction():
        made = storage.detached(data)
        if type(made) is not Tensor:
            made.__class__ = Tensor
        return classed(made.requires_grad_(require_grad), cls)


def make_wrapper_subclass(cls: Any, *_args: Any, **_kwargs: Any) -> Any:
    """UnsupportedAPI: a tensor without storage is of use to `__torch_dispatch__` alone."""
    raise UnsupportedAPI("torch.Tensor._make_wrapper_subclass has no implementation on MindSpore here: there is no __torch_dispatch__")


def subclassed(cls: Any, /, **options: Any) -> None:
    """`Tensor.__init_subclass__`: from the first subclass that takes over on, properties ask too."""
    super(Tensor, cls).__init_subclass__(**options)
    if cls.__torch_function__ is not dispatch.DISABLED:
        dispatch.arm()


ATTRIBUTES: dict[str, Any] = {
    "__torch_function__": classmethod(torch_function),
    "__init_subclass__": classmethod(subclassed),
    "_make_subclass": staticmethod(make_subclass),
    "_make_wrapper_subclass": staticmethod(make_wrapper_subclass),
}
METHODS: dict[str, Callable[..., Any]] = {"as_subclass": as_subclass}
