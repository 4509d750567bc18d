"""Which part of a pickled checkpoint is the weights: the dict itself, or the one under `state_dict`, `model` and the like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compat.checkpoints.tensors import Pointer
from compat.errors import CompatError

# By what training programs call it, the commonest first.
USUAL = ("state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params")
DEEPEST = 32


def flattened(loaded: Any, key: str | None) -> tuple[dict[str, Pointer], tuple[str, ...]]:
    """The tensors by names with dots, and the names of what is left out. CompatError when it isn't clear which are meant."""
    part, left_out = chosen(loaded, key)
    tensors: dict[str, Pointer] = {}
    for name, value in leaves(part):
        if not isinstance(value, Pointer):
            left_out.append(name)
        elif name in tensors:
            raise CompatError(f"two tensors would be called {name!r}")
        else:
            tensors[name] = value
    if not tensors:
        raise CompatError(f"it holds no tensors{f' under {key!r}' if key else ''}")
    return tensors, tuple(left_out)


def chosen(loaded: Any, key: str | None) -> tuple[Any, list[str]]:
    """The part that is the weights, and the names beside it."""
    if key is not None:
        return named(loaded, key), []
    if not isinstance(loaded, dict) or any(isinstance(value, Pointer) for value in loaded.values()):
        return loaded, []
    holders = [name for name, value in loaded.items() if isinstance(value, (dict, list)) and has_tensors(value)]
    usual = [name for name in USUAL if name in holders]
    if not holders or len(usual or holders) > 1:
        shown = ", ".join(map(repr, usual or holders))
        raise CompatError(f"it holds several parts with tensors: {shown}; say which with --key" if holders else "it holds no tensors")
    name = (usual or holders)[0]
    part, beside = chosen(loaded[name], None) if name in USUAL else (loaded[name], [])
    return part, [str(other) for other in loaded if other != name] + [f"{name}.{other}" for other in beside]


def named(loaded: Any, key: str) -> Any:
    """The part under a key with dots; a key of a dict may have dots itself."""
    if isinstance(loaded, dict):
        for name, value in loaded.items():
            if str(name) == key:
                return value
            if key.startswith(f"{name}."):
                return named(value, key[len(str(name)) + 1 :])
        raise CompatError(f"it has no {key!r}; what it has is {', '.join(map(repr, list(loaded)[:20]))}")
    raise CompatError(f"it has no {key!r}: there is a {type(loaded).__name__} where a dict is expected")


def leaves(value: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """What is neither dict nor list, by names with dots. CompatError for what is nested too deep, or holds itself."""
    if depth > DEEPEST:
        raise CompatError(f"{prefix[:80]}… is nested more than {DEEPEST} deep")
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if children is None:
        yield prefix, value
        return
    for name, child in children:
        yield from leaves(child, f"{prefix}.{name}" if prefix else str(name), depth + 1)


def has_tensors(value: Any) -> bool:
    """Whether any leaf is a tensor."""
    return any(isinstance(leaf, Pointer) for _, leaf in leaves(value))
