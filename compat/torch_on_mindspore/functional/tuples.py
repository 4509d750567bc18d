"""Arguments that are one number or a number for each dimension; `torch.nn.modules.utils`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from compat.errors import invalid


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple[Any, ...]]:
    """A function that makes a tuple of its argument: n times that, or what it holds."""

    def parse(x: Any) -> tuple[Any, ...]:
        return tuple(x) if isinstance(x, Iterable) else (x,) * n

    parse.__name__ = name
    return parse


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Sequence[Any], n: int) -> tuple[Any, ...]:
    """Each element n times, the last element first."""
    return tuple(one for one in reversed(t) for _ in range(n))


def _list_with_default(out_size: Sequence[int | None] | int, defaults: Sequence[int]) -> Any:
    """`out_size` with each None replaced by the last entries of `defaults`; an int stays as it is."""
    if isinstance(out_size, (int, str)):
        return out_size
    if len(defaults) <= len(out_size):
        raise invalid(ValueError, f"Input dimension should be at least {len(out_size) + 1}")
    known = defaults[-len(out_size) :]
    return [default if size is None else size for size, default in zip(out_size, known, strict=True)]


def expanded(value: Any, rank: int, name: str, of: str = "the convolution dimensions") -> tuple[int, ...]:
    """`value` as `rank` integers; RuntimeError when it holds another number of them."""
    given = (int(value),) if not isinstance(value, Sequence) else tuple(int(one) for one in value)
    if len(given) == 1:
        return given * rank
    if len(given) != rank:
        raise invalid(
            RuntimeError,
            f"expected {name} to be a single integer value or a list of {rank} values to match {of}, but got {name}={list(given)}",
        )
    return given
