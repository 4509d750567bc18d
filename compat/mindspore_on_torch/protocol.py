"""Members of mindspore.Tensor that compute nothing: how it was initialised, where it lives, what watches its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import context, dtypes
from compat.mindspore_on_torch.meanings import MindSporeMeaning, callers_meanings, plain_torch

torch: Any = frameworks.load("torch")


def move(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Tensor.to: another type, another device ("CPU", "GPU:0"), or those of another tensor."""
    given = [as_torch(item) for item in args]
    return torch.Tensor.to(self, *given, **{name: as_torch(item) for name, item in kwargs.items()})


def as_torch(value: Any) -> Any:
    """PyTorch's name for a device or data type; anything else as it is."""
    if isinstance(value, dtypes.Type):
        return value.torch
    return context.torch_device(value) if isinstance(value, str) else value


def register_hook(self: Any, hook: Callable[[Any], Any]) -> Any:
    """Tensor.register_hook: call `hook(gradient)`; what it returns replaces the gradient. The handle has `remove`."""
    if not callable(hook):
        raise errors.invalid(TypeError, f"Expected a callable hook function, but got {type(hook).__name__}.")

    def called(gradient: Any) -> Any:
        with callers_meanings():
            return hook(gradient.as_subclass(type(self)) if type(gradient) is torch.Tensor else gradient)

    with plain_torch():
        if torch.Tensor.requires_grad.__get__(self):
            return torch.Tensor.register_hook(self, called)
    # It is no part of a computation yet; `grad` hands the hook on when the tensor becomes an input.
    waiting = self.__dict__.setdefault("waiting_hooks", torch.utils.hooks.OrderedDict())
    handle = torch.utils.hooks.RemovableHandle(waiting)
    waiting[handle.id] = called
    return handle


class Protocol:
    """What Tensor and Parameter inherit."""

    const_arg = False
    init: Any = None
    virtual_flag = False
    symbolic_shape: Any = None
    waiting_hooks: Any = None
    delta_seed = 0

    to = MindSporeMeaning(move)
    register_hook = MindSporeMeaning(register_hook)

    @property
    def has_init(self) -> bool:
        """Whether it was made with an initializer, and init_data has not been called. Its values are there in any case."""
        return self.init is not None

    def init_data(self, slice_index: Any = None, shape: Any = None, opt_shard_group: Any = None) -> Any:
        """The tensor itself: its initializer ran when it was made. TypeError for one that had none."""
        for name, value in (("slice_index", slice_index), ("shape", shape), ("opt_shard_group", opt_shard_group)):
            if value is not None:
                raise errors.UnsupportedArgument("mindspore.Tensor.init_data", name, value, "None")
        if self.init is None:
            raise errors.invalid(TypeError, "init_data must be set Tensor.init, init can't be None")
        self.init = None
        return self

    def value(self) -> Any:
        """The tensor itself."""
        return self

    def set_const_arg(self, const_arg: bool = True) -> Any:
        """Mark it as a constant of a compiled graph: kept, and without effect. TypeError for what is no bool."""
        self.const_arg = checked_flag("set_const_arg", const_arg)
        return self

    def set_dtype(self: Any, dtype: Any) -> Any:
        """Change its type in place; the type is returned. It loses its history."""
        kind = dtypes.checked("set_dtype", dtype)
        with torch.no_grad():
            self.data = torch.Tensor.to(self.detach(), kind.torch)
        return kind

    def assign_value(self: Any, value: Any) -> Any:
        """Take over the values, the shape and the type of another tensor, outside of any gradient."""
        if not isinstance(value, torch.Tensor):
            raise errors.invalid(TypeError, f"For Tensor.assign_value, 'value' must be a Tensor, but got {type(value).__name__}.")
        with torch.no_grad(), plain_torch():
            if self.shape == value.shape and self.dtype == value.dtype:
                self.copy_(value)
            else:
                self.data = value.detach().clone()
        return self

    def resize(self: Any, *new_shape: Any) -> Any:
        """Change its shape in place: elements in order, zeros behind them where there are too few."""
        lengths = new_shape[0] if len(new_shape) == 1 and isinstance(new_shape[0], (tuple, list)) else new_shape
        with torch.no_grad(), plain_torch():
            filled = self.new_zeros(tuple(lengths))
            count = min(filled.numel(), self.numel())
            filled.view(-1)[:count] = self.reshape(-1)[:count]
            self.data = filled
        return self

    def get_bytes(self: Any) -> bytes:
        """Its values as they lie in memory, through the host."""
        with plain_torch():
            return self.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if self.numel() else b""

    def flush_from_cache(self) -> None:
        """Nothing: it is for tables of embeddings that do not fit a device."""

    def move_to(self: Any, to: str, blocking: bool = True) -> Any:
        """A copy on another device, "CPU" or "GPU"."""
        if not isinstance(to, str) or not isinstance(blocking, bool):
            reason = "the type of 'to' must be str and that of 'blocking' bool"
            raise errors.invalid(ValueError if isinstance(blocking, bool) else TypeError, f"For Tensor.move_to, {reason}.")
        return torch.Tensor.to(self, context.torch_device(to), non_blocking=not blocking, copy=True)

    def to_(self: Any, device: str | None = None, non_blocking: bool = False) -> Any:
        """Move it to another device in place."""
        if not isinstance(device, str):
            raise errors.invalid(ValueError, f"The value of 'to' must be one of {list(context.DEVICES)}, but got {device}")
        self.data = torch.Tensor.to(self.detach(), context.torch_device(device), non_blocking=non_blocking)
        return self

    def offload(self, offload_path: str) -> Any:
        """Refused: PyTorch's tensors do not move to files."""
        raise errors.UnsupportedAPI(
            "mindspore.Tensor.offload: a tensor of PyTorch can't live in a file; mindspore.save_checkpoint writes one"
        )


def checked_flag(api: str, value: Any) -> bool:
    """A `const_arg`; TypeError for what is no bool."""
    if not isinstance(value, bool):
        reason = f"the type of 'const_arg' should be 'bool', but got type '{type(value).__name__}'."
        raise errors.invalid(TypeError, f"For '{api}', {reason}")
    return value
