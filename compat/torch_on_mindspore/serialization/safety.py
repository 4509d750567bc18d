"""What a file may name when nothing but weights are to be loaded, and what the program allows besides."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat.checkpoints.unpickling import PLAIN
from compat.errors import invalid
from compat.torch_on_mindspore import descriptors, dtypes
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.serialization import rebuild
from compat.torch_on_mindspore.serialization.kinds import BY_CLASS_NAME, StorageKind
from compat.torch_on_mindspore.serialization.names import name_of
from compat.torch_on_mindspore.tensor import Tensor

_allowed: dict[str, Any] = {}


# what a file of weights may call
CALLABLE: dict[str, Callable[..., Any]] = {
    **PLAIN,
    "torch.Size": descriptors.Size,
    "torch.device": descriptors.device,
    "torch.nn.parameter.Parameter": Parameter,
    "torch.serialization._get_layout": descriptors.layout_named,
    "torch._tensor._rebuild_from_type_v2": rebuild._rebuild_from_type_v2,
    **{f"torch._utils.{one.__name__}": one for one in rebuild.FUNCTIONS},
}
# what it may mention besides
MENTIONED: dict[str, Any] = {
    "torch.Tensor": Tensor,
    **{f"torch.{name}": kind for name, kind in dtypes.BY_NAME.items()},
    **{f"torch.{name}": StorageKind(name) for name in BY_CLASS_NAME},
    "torch.storage.UntypedStorage": StorageKind("UntypedStorage"),
}


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let files of weights name these classes and functions, or pairs of one and the full name that the files have for it."""
    for one in safe_globals:
        if isinstance(one, tuple) and len(one) != 2:
            raise invalid(
                ValueError, f"Expected tuple of length 2 (global, str of callable full path), but got tuple of length: {len(one)}"
            )
        if isinstance(one, tuple) and type(one[1]) is not str:
            raise invalid(TypeError, f"Expected second item in tuple to be str of callable full path, but got: {type(one[1])}")
        _allowed[full_name(one)] = one


def full_name(one: Any) -> str:
    if isinstance(one, tuple):
        return str(one[1])
    known = name_of(one)
    return ".".join(known) if known else f"{one.__module__}.{one.__qualname__}"


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` has added."""
    return list(_allowed.values())


def clear_safe_globals() -> None:
    _allowed.clear()


class safe_globals:
    """`add_safe_globals` for the time of a `with` block."""

    def __init__(self, safe_globals: list[Any]) -> None:
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        add_safe_globals(self.safe_globals)

    def __exit__(self, *error: object) -> None:
        for one in self.safe_globals:
            _allowed.pop(full_name(one), None)


def allowed_by_program(name: str) -> Any:
    """What the program has allowed under this name; None when it has not."""
    one = _allowed.get(name)
    return one[0] if isinstance(one, tuple) else one


def is_allowed_by_program(thing: Any) -> bool:
    return any((one[0] if isinstance(one, tuple) else one) is thing for one in _allowed.values())


@functools.cache
def callables() -> frozenset[int]:
    return frozenset(map(id, CALLABLE.values()))
