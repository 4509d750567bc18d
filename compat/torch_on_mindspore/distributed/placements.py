"""How a tensor lies on a mesh of processes: `Shard`, `Replicate`, `Partial`. They are values; no tensor is spread here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compat.errors import invalid


class Placement:
    """Base of them; `torch.distributed.tensor.Placement`."""

    def is_shard(self, dim: int | None = None) -> bool:
        """Whether it is a Shard, along `dim` if that is given."""
        return False

    def is_replicate(self) -> bool:
        return False

    def is_partial(self, reduce_op: str | None = None) -> bool:
        """Whether it is a Partial, of `reduce_op` if that is given."""
        return False


def _check(api: str, name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise invalid(TypeError, f"{api}: {name} must be {kind.__name__}, not {type(value).__name__}")


@dataclass(frozen=True, repr=False)
class Shard(Placement):
    """Each process has a part along `dim`."""

    dim: int

    def __post_init__(self) -> None:
        _check("Shard", "dim", self.dim, int)

    def is_shard(self, dim: int | None = None) -> bool:
        return dim is None or dim == self.dim

    def __repr__(self) -> str:
        return f"Shard(dim={self.dim})"

    def __str__(self) -> str:
        return f"S({self.dim})"


@dataclass(frozen=True, repr=False)
class Replicate(Placement):
    """Each process has all of it."""

    def is_replicate(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "Replicate()"

    def __str__(self) -> str:
        return "R"


@dataclass(frozen=True, repr=False)
class Partial(Placement):
    """Each process has a term, to be combined by `reduce_op`."""

    reduce_op: str = "sum"

    def __post_init__(self) -> None:
        _check("Partial", "reduce_op", self.reduce_op, str)

    def is_partial(self, reduce_op: str | None = None) -> bool:
        return reduce_op is None or reduce_op == self.reduce_op

    def __repr__(self) -> str:
        return f"Partial({self.reduce_op})"

    def __str__(self) -> str:
        return f"P({self.reduce_op})"
