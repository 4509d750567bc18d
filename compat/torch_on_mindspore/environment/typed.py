"""torch.jit.isinstance: whether a value is of a type that annotations can say, looking into containers."""

from __future__ import annotations

import types
import typing
import warnings
from typing import Any, Union, get_args, get_origin

from compat.errors import invalid

BARE = (typing.List, typing.Dict, typing.Tuple, list, dict, tuple)  # noqa: UP006


def isinstance_of(obj: Any, target_type: Any) -> bool:
    """Whether `obj` is of `target_type`: a class, a tuple of types, Optional, Union, or list, dict and tuple of such types.

    An empty list or dict is of every element type, with a warning. RuntimeError for a list of types and a container without its
    element type.
    """
    if isinstance(target_type, list):
        raise invalid(RuntimeError, "The second argument to `torch.jit.isinstance` must be a type or a tuple of types")
    if isinstance(target_type, tuple):
        return any(isinstance_of(obj, one) for one in target_type)
    origin, inner = get_origin(target_type), get_args(target_type)
    if origin in (Union, types.UnionType):
        return any(isinstance_of(obj, one) for one in inner)
    if target_type in BARE:
        raise invalid(RuntimeError, f"Attempted to use {target_type} without a contained type.")
    if origin is None:
        return isinstance(obj, target_type)
    if not isinstance(obj, origin):
        return False
    if not obj and origin in (list, dict):
        warnings.warn("torch.jit.isinstance: an empty container is of every element type", UserWarning, stacklevel=2)
    if origin is list:
        return all(isinstance_of(one, inner[0]) for one in obj)
    if origin is dict:
        return all(isinstance_of(key, inner[0]) and isinstance_of(value, inner[1]) for key, value in obj.items())
    if origin is tuple:
        return len(obj) == len(inner) and all(isinstance_of(one, kind) for one, kind in zip(obj, inner, strict=True))
    return True
