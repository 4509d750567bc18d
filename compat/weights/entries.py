"""What is known of a weight without its values, and what belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = tuple[int, ...]
How = Literal["map", "name", "shape", "tied", "guess"]
GUESSED = ("shape", "guess")


@dataclass(frozen=True)
class Entry:
    """A parameter or buffer of a model, or a tensor of a checkpoint.

    `name` is its path with dots, `dtype` the frameworks' common name for the type of its elements ("float32"). `layer` is the class of
    the layer that owns it ("BatchNorm2d", or a dotted name that ends so), where a model is at hand. `tied` is the first name of the same
    tensor, where that is another one.
    """

    name: str
    shape: Shape
    dtype: str
    layer: str | None = None
    tied: str | None = None


@dataclass(frozen=True)
class Pair:
    """A weight of PyTorch and the one of MindSpore that it is.

    `layout` is a name of `layouts.LAYOUTS`. `how` tells by what they were matched: a `map` file, the `name` (by the rules of the table),
    or no more than `shape` and order, which is a guess. `tied`: the PyTorch name is another one of a tensor that is matched already, so
    that the MindSpore name stands in another pair, too.
    """

    torch: str
    mindspore: str
    layout: str
    how: How


@dataclass(frozen=True)
class Matching:
    """Pairs in PyTorch's order, and what is left on each side, in the order given.

    `without_counterpart` are names that need none: MindSpore counts no batches (`num_batches_tracked`), or a map says so.
    """

    pairs: tuple[Pair, ...]
    unmatched_torch: tuple[str, ...]
    unmatched_mindspore: tuple[str, ...]
    without_counterpart: tuple[str, ...] = ()

    @property
    def guessed(self) -> tuple[Pair, ...]:
        """The pairs that no name speaks for."""
        return tuple(pair for pair in self.pairs if pair.how in GUESSED)

    @property
    def complete(self) -> bool:
        """Whether nothing is left on either side."""
        return not self.unmatched_torch and not self.unmatched_mindspore
