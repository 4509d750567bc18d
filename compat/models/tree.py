"""The tree of the first model's modules, each with its partner, its state, and how far the two are apart there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from compat.models.comparison import Explained, ModelComparison
from compat.models.judge import Growth
from compat.models.settings import Setting

State = Literal["differs", "inside", "agrees", "alone", "unused"]
MEANING: dict[State, str] = {
    "differs": "differs", "inside": "a module inside differs", "agrees": "agrees",
    "alone": "without a partner", "unused": "was not called",
}  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A module. `alone`, `in_step` and `gradient` are the largest deviations of its calls, see `judge.Growth`; `calls` counts them."""

    path: str
    name: str
    type: str
    partner: str | None
    partner_type: str
    state: State
    calls: int
    alone: float | None
    in_step: float | None
    gradient: float | None
    settings: tuple[Setting, ...]
    found: Explained | None
    children: tuple[Node, ...]

    @property
    def open(self) -> bool:
        """Whether a reader looks for something here first."""
        return self.state in ("differs", "inside") or not self.path

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def tree(comparison: ModelComparison) -> Node:
    """The whole model as a node."""
    by_path: dict[str, list[Growth]] = {}
    for each in comparison.growth:
        by_path.setdefault(each.call.path, []).append(each)
    return _node(comparison, "", by_path, {explained.first: explained for explained in reversed(comparison.findings)})


def _node(comparison: ModelComparison, path: str, growth: dict[str, list[Growth]], found: dict[str, Explained]) -> Node:
    depth = path.count(".") + 1 if path else 0
    below = [
        other for other in comparison.first.modules if other and other.count(".") == depth and (not path or other.startswith(f"{path}."))
    ]
    children = tuple(_node(comparison, child, growth, found) for child in below)
    partner = comparison.modules.get(path)
    partner = partner if partner in comparison.second.modules else None
    calls = growth.get(path, [])
    return Node(
        path,
        path.rpartition(".")[2],
        comparison.first.modules[path].type,
        partner,
        "" if partner is None else comparison.second.modules[partner].type,
        _state(path, found, children, partner, calls),
        len(calls),
        _largest(each.alone for each in calls),
        _largest(each.in_step for each in calls),
        _largest(each.gradient for each in calls),
        comparison.settings.get(path, ()),
        found.get(path),
        children,
    )


def _state(path: str, found: dict[str, Explained], children: Iterable[Node], partner: str | None, calls: list[Growth]) -> State:
    if path in found:
        return "differs"
    if any(child.state in ("differs", "inside") for child in children):
        return "inside"
    if partner is None:
        return "alone"
    return "agrees" if calls else "unused"


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def without_partner(comparison: ModelComparison) -> list[str]:
    """The second model's modules that no module of the first is."""
    partners = set(comparison.modules.values())
    return [path for path in comparison.second.modules if path not in partners]
