"""What can watch a Cell run: forward hooks and backward hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.meanings import callers_meanings
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def checked(hook_fn: Any) -> Any:
    """The hook; TypeError for what can't be called."""
    if not callable(hook_fn):
        raise errors.invalid(TypeError, f"Expected a callable hook function, but got {type(hook_fn).__name__}.")
    return hook_fn


def grouped(result: Any) -> Any:
    """What a backward hook returned, as the tuple that PyTorch wants."""
    return result if result is None or isinstance(result, tuple) else (result,)


class Hooked:
    """The part of a Cell that registers hooks. Each gives a handle with `remove`."""

    def register_forward_pre_hook(self: Any, hook_fn: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False) -> Any:
        """Call `hook_fn(cell, args)`, or (cell, args, kwargs), before `construct`; what it returns replaces them."""
        return torch.nn.Module.register_forward_pre_hook(self, checked(hook_fn), prepend=prepend, with_kwargs=with_kwargs)

    def register_forward_hook(
        self: Any, hook_fn: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> Any:
        """Call `hook_fn(cell, args, output)`, or (cell, args, kwargs, output), after `construct`; it may replace the output."""
        options = {"prepend": prepend, "with_kwargs": with_kwargs, "always_call": always_call}
        return torch.nn.Module.register_forward_hook(self, checked(hook_fn), **options)

    def register_backward_hook(self: Any, hook_fn: Callable[..., Any]) -> Any:
        """Call `hook_fn(cell, grad_input, grad_output)` with tuples; what it returns replaces `grad_input`."""
        checked(hook_fn)

        def hook(cell: Any, grad_input: Any, grad_output: Any) -> Any:
            with callers_meanings():
                return grouped(hook_fn(cell, as_tensor(grad_input), as_tensor(grad_output)))

        return torch.nn.Module.register_full_backward_hook(self, hook)

    def register_backward_pre_hook(self: Any, hook_fn: Callable[..., Any]) -> Any:
        """Call `hook_fn(cell, grad_output)` with a tuple; what it returns replaces `grad_output`."""
        checked(hook_fn)

        def hook(cell: Any, grad_output: Any) -> Any:
            with callers_meanings():
                return grouped(hook_fn(cell, as_tensor(grad_output)))

        return torch.nn.Module.register_full_backward_pre_hook(self, hook)
