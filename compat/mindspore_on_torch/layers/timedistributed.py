"""nn.TimeDistributed: a layer applied to each time step."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.layer import Layer, check_type, refuse

torch: Any = frameworks.load("torch")

__all__ = ["TimeDistributed"]


class TimeDistributed(Layer):
    """nn.TimeDistributed: `layer` on each slice of `time_axis`.

    With `reshape_with_axis` the steps are put into that axis instead, so that the layer is called once; the time axis is then next to it.
    """

    def __init__(self, layer: Any, time_axis: int, reshape_with_axis: int | None = None) -> None:
        super().__init__()
        if not isinstance(layer, Cell) and not callable(layer):
            raise refuse(self, f"the 'layer' must be Cell or Primitive instance, but got type: {type(layer).__name__}.", TypeError)
        check_type(self, int, time_axis=time_axis)
        if reshape_with_axis is not None:
            check_type(self, int, reshape_with_axis=reshape_with_axis)
        self.layer, self.time_axis, self.reshape_with_axis = layer, time_axis, reshape_with_axis

    def construct(self, inputs: Any) -> Any:
        if not isinstance(inputs, torch.Tensor):
            raise refuse(self, "inputs and outputs must be a Tensor.", TypeError)
        rank = inputs.ndim
        if rank < 3:
            raise refuse(self, f"inputs shape must be at least 3D, but got {rank}.")
        time = self.time_axis % rank
        if self.reshape_with_axis is None:
            return torch.stack([self.checked(self.layer(step)) for step in torch.unbind(inputs, time)], time)
        return self.joined(inputs, time, self.reshape_with_axis % rank)

    def joined(self, inputs: Any, time: int, axis: int) -> Any:
        """One call on the steps in axis `axis`."""
        beside = inputs.ndim - 2 if axis == inputs.ndim - 1 else axis + (1 if time > axis else -1)
        moved = torch.movedim(inputs, max(beside, time), min(beside, time))
        first = min(beside, axis)
        outputs = self.checked(self.layer(torch.flatten(moved, first, first + 1)))
        length = moved.shape[first] * moved.shape[first + 1]
        if first >= outputs.ndim or outputs.shape[first] != length:
            raise refuse(self, f"the layer must keep the {length} elements of axis {first}, but gave {outputs.shape}.")
        return torch.unflatten(outputs, first, moved.shape[first : first + 2])

    def checked(self, outputs: Any) -> Any:
        """TypeError unless the layer gave a Tensor."""
        if not isinstance(outputs, torch.Tensor):
            raise refuse(self, "inputs and outputs must be a Tensor.", TypeError)
        return outputs
