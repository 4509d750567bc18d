"""What an entry of weights.yaml may say: the parameters of a layer, what MindSpore calls each, and how it is laid out there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from compat.table.parameters import DottedName, Record

RelativeName = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(?!\n)$", description="A name inside the layer, with dots where it is inside another"),
]  # fmt: skip
LayoutName = Literal["same", "unit_height"]


class Weight(Record, frozen=True, kw_only=True):
    """One parameter or buffer of a layer, by PyTorch's name."""

    to: Annotated[RelativeName | None, Meta(description="MindSpore's name for it; without this key it has no counterpart")] = None
    rank: Annotated[int, Meta(ge=0, description="How many dimensions it has in PyTorch")]
    layout: Annotated[
        LayoutName,
        Meta(description="How MindSpore lays it out: `unit_height` has a dimension of 1 before the last, as images of that height"),
    ] = "same"
    optional: Annotated[bool, Meta(description="True when a layer may be without it")] = False


class LayerWeights(Record, frozen=True, kw_only=True):
    """Layers that have the same parameters, and what these are called in checkpoints of both frameworks."""

    torch: Annotated[list[DottedName], Meta(description="PyTorch's layers", min_length=1)]
    mindspore: Annotated[list[DottedName], Meta(description="MindSpore's layers that are the same; none where there is none")]
    parameters: Annotated[dict[RelativeName, Weight], Meta(description="PyTorch's name → MindSpore's, in PyTorch's order", min_length=1)]
    beside_rank: Annotated[
        int | None, Meta(description="Only in a model that has a weight of this many dimensions, unless the type of the layer is known")
    ] = None
    everywhere: Annotated[
        bool,
        Meta(
            description="Only in a model whose weights of as many dimensions can all be laid out so, unless the type of the layer is known"
        ),
    ] = False

    @property
    def key(self) -> str:
        """What tells the entry from others: its layers and the parameters that they must have."""
        needed = [name for name, weight in self.parameters.items() if not weight.optional]
        return f"weights of {self.torch[0]} with {', '.join(needed)}"


def mistakes(layers: LayerWeights, known: set[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(path, message) of what is wrong in an entry beyond its shape; `known` are the PyTorch APIs that have a row."""
    for index, api in enumerate(layers.torch):
        if api not in known:
            yield ("torch", index), f"{api} has no row: expected the name of one"
    for index, api in enumerate(layers.mindspore):
        if not api.startswith("mindspore."):
            yield ("mindspore", index), f"{api} is no name of MindSpore: expected `mindspore.…`"
    if all(weight.optional for weight in layers.parameters.values()):
        yield ("parameters",), "every parameter is optional: expected one by which the layer is known"
    theirs: set[str] = set()
    for name, weight in layers.parameters.items():
        if weight.to in theirs:
            yield ("parameters", name, "to"), f"{weight.to} stands for two parameters: expected a name of its own"
        if weight.to is None and weight.layout != "same":
            yield ("parameters", name, "layout"), "a parameter without `to` has no layout: expected none"
        theirs |= {weight.to} if weight.to else set()
