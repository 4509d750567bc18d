"""What a run of one model showed: its modules, every call of one with inputs and outputs, gradients, and the state that it left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Key = tuple[str, int]
ROOT = "(model)"


def shown(path: str) -> str:
    """The path of a module as a reader sees it; the model itself has the empty one."""
    return path or ROOT


@dataclass(frozen=True)
class Place:
    """A line of source: where a module calls another, or with `end` the lines of what it computes."""

    file: str
    line: int
    end: int = 0


@dataclass(frozen=True)
class ModuleFacts:
    """A module: its path, its class, the framework's class that it is or extends ("" for a model's own).

    `weights` are its own parameters and buffers, each by the first name that the model has for it, where it is shared.
    """

    path: str
    type: str
    base: str
    weights: tuple[str, ...] = ()
    source: Place | None = None


@dataclass(frozen=True)
class Call:
    """One call of a module; one that an exception ended has no outputs. `entered` and `left` are times of the run, counted in entries and exits; `parent` is the call that made it."""

    index: int
    path: str
    occurrence: int
    parent: int | None
    entered: int
    left: int
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    place: Place | None = None

    @property
    def key(self) -> Key:
        return self.path, self.occurrence


@dataclass(frozen=True)
class Operator:
    """A function of the PyTorch API, called directly by the `forward` of a call (its index); outputs where they were asked for."""

    name: str
    call: int
    time: int
    outputs: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Observation:
    """A run. `gradients` are of the loss with respect to the outputs of a call (its index, the output's), `state` is that after the run.
    `operators` is None where the API can't be listened to."""

    label: str
    modules: dict[str, ModuleFacts]
    calls: tuple[Call, ...]
    gradients: dict[tuple[int, int], Array] = field(default_factory=dict)
    parameter_gradients: dict[str, Array] = field(default_factory=dict)
    state: dict[str, Array] = field(default_factory=dict)
    operators: tuple[Operator, ...] | None = None
    loss: float | None = None
    error: str = ""

    def by_key(self) -> dict[Key, Call]:
        return {call.key: call for call in self.calls}

    def children(self) -> dict[int | None, list[Call]]:
        """Call → the calls made directly by it, in order."""
        found: dict[int | None, list[Call]] = {}
        for call in sorted(self.calls, key=lambda call: call.entered):
            found.setdefault(call.parent, []).append(call)
        return found
