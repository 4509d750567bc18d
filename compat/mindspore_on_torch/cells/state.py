"""What a Cell holds: buffers, the dictionary of its state, where its values live."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import context, dtypes

torch: Any = frameworks.load("torch")


class Holding:
    """The part of a Cell for its state."""

    @property
    def _params(self: Any) -> Any:
        return self._parameters

    @property
    def _cells(self: Any) -> Any:
        return self._modules

    def state_dict(self: Any, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Parameters and persistent buffers by path. They are the Cell's own, with or without `keep_vars`."""
        return torch.nn.Module.state_dict(self, *args, destination=destination, prefix=prefix, keep_vars=True)

    def load_state_dict(self: Any, state_dict: Any, strict: bool = True) -> Any:
        """Copy the values in. RuntimeError for a shape that differs and, if `strict`, for a key that is missing or unknown."""
        return torch.nn.Module.load_state_dict(self, state_dict, strict)

    def get_sub_cell(self: Any, target: str) -> Any:
        """The cell at a path such as "a.b"; AttributeError if there is none."""
        found = self
        for name in target.split(".") if target else ():
            if not hasattr(found, name):
                raise errors.invalid(AttributeError, f"{type(found).__name__} has no attribute `{name}`")
            found = getattr(found, name)
            if not isinstance(found, torch.nn.Module):
                raise errors.invalid(AttributeError, f"`{name}` is not an nn.Cell")
        return found

    def get_buffer(self: Any, target: str) -> Any:
        """The buffer at a path; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        cell = self.get_sub_cell(path)
        if not hasattr(cell, name):
            raise errors.invalid(AttributeError, f"{type(cell).__name__} has no attribute `{name}`")
        if name not in cell._buffers:
            raise errors.invalid(AttributeError, f"`{name}` is not a buffer")
        return cell._buffers[name]

    def init_parameters_data(self: Any, auto_parallel_mode: bool = False) -> dict[Any, Any]:
        """Each Parameter, beside itself: initializers ran when the Parameters were made."""
        return {parameter: parameter.init_data() for parameter in self.get_parameters()}

    def to(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Move or cast Parameters and buffers: to(device, dtype), to(dtype) or to(tensor). Integers keep their type.

        TypeError for a type that is neither floating point nor complex.
        """
        given = [place(value) for value in args]
        named = {name: place(value) for name, value in kwargs.items()}
        for value in (*given, *named.values()):
            if isinstance(value, torch.dtype) and not (value.is_floating_point or value.is_complex):
                reason = f"got desired dtype={dtypes.FROM_TORCH[value]}"
                raise errors.invalid(TypeError, f"Cell.to only accepts floating point or complex dtypes, but {reason}")
        return torch.nn.Module.to(self, *given, **named)

    def to_empty(self: Any, *, device: Any = None, recurse: bool = True) -> Any:
        """New memory, not filled, for all Parameters and buffers; by default on the current device."""
        chosen = torch.get_default_device() if device is None else place(device)
        return torch.nn.Module.to_empty(self, device=chosen, recurse=recurse)


def place(value: Any) -> Any:
    """A MindSpore device or data type as PyTorch's."""
    if isinstance(value, str):
        return context.torch_device(value)
    return value.torch if isinstance(value, dtypes.Type) else value
