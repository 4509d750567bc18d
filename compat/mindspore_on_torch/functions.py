"""Gradients of one's own, hooks on intermediate values, and what is kept for a gradient."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.cells.running import checkpoint_options, saved_hooks
from compat.mindspore_on_torch.meanings import callers_meanings, plain_torch
from compat.mindspore_on_torch.nesting import mapped
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


class Function:
    """mindspore.common._Function: static `forward(ctx, …)` and `backward(ctx, …)`; `apply` runs it.

    ctx has save_for_backward, saved_tensors, needs_input_grad, mark_dirty, mark_non_differentiable and set_materialize_grads.
    """

    _torch_function: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._torch_function = type(cls.__name__, (torch.autograd.Function,), {name: staticmethod(f) for name, f in members(cls).items()})

    @staticmethod
    def forward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        """What `apply` computes."""
        raise errors.invalid(NotImplementedError, "You must implement the forward function for custom _Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """A gradient, or None, for each argument of forward."""
        raise errors.invalid(NotImplementedError, "You must implement the backward function for custom _Function.")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward; backward gives the gradient."""
        with plain_torch():
            return mapped(as_tensor, cls._torch_function.apply(*args, **kwargs))


def members(cls: type) -> dict[str, Callable[..., Any]]:
    """The methods of a Function for PyTorch's: with MindSpore's meanings inside."""
    found = {"forward": callers(cls.forward), "backward": callers(cls.backward)}  # type: ignore[attr-defined]
    setup = getattr(cls, "setup_context", None)
    return found if setup is None else {**found, "setup_context": callers(setup)}


def callers(method: Callable[..., Any]) -> Callable[..., Any]:
    """A caller's method, as PyTorch's engine may call it."""

    @functools.wraps(method)
    def called(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with callers_meanings():
            result = method(OurContext(ctx), *(mapped(as_tensor, arg) for arg in args), **kwargs)
        return tuple(result) if isinstance(result, list) else result

    return called


class OurContext:
    """PyTorch's ctx, whose saved tensors are ours."""

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Any) -> None:
        object.__setattr__(self, "_ctx", ctx)

    @property
    def saved_tensors(self) -> Any:
        """What save_for_backward was given."""
        return as_tensor(self._ctx.saved_tensors)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ctx, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._ctx, name, value)


class HookBackward:
    """mindspore.ops.HookBackward: passes its input on, and calls `hook_fn` with a tuple of its gradient; None keeps the gradient."""

    def __init__(self, hook_fn: Callable[..., Any], cell_id: str = "") -> None:
        if not callable(hook_fn):
            raise errors.invalid(TypeError, f"For 'HookBackward', the type of 'hook_fn' must be python function, but got {type(hook_fn)}.")
        self.hook_fn = hook_fn

    def __call__(self, *inputs: Any) -> Any:
        def hook(gradient: Any) -> Any:
            found = self.hook_fn((gradient,))
            return found[0] if isinstance(found, tuple) else found

        results = tuple(watched(value, hook) for value in inputs)
        return results[0] if len(results) == 1 else results


class InsertGradientOf:
    """mindspore.ops.InsertGradientOf: passes its input on, and replaces its gradient by `f` of it."""

    def __init__(self, f: Callable[..., Any]) -> None:
        if not callable(f):
            raise errors.invalid(TypeError, f"For 'InsertGradientOf', 'f' must be a function, but got {type(f)}.")
        self.f = f

    def __call__(self, input_x: Any) -> Any:
        return mapped(lambda tensor: watched(tensor, self.f), input_x)


def watched(tensor: Any, hook: Callable[[Any], Any]) -> Any:
    """The same values as a new tensor, whose gradient goes through `hook`."""
    if not isinstance(tensor, torch.Tensor):
        raise errors.invalid(TypeError, f"a hook needs a Tensor, but got {type(tensor)}.")
    passed = tensor.view_as(tensor)
    with plain_torch():
        tracked = passed.requires_grad
    if tracked:
        passed.register_hook(hook)
    return passed


class saved_tensors_hooks:
    """mindspore.saved_tensors_hooks: a context in which `pack_hook` decides what is kept for a gradient, and `unpack_hook` reads it."""

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.context = torch.autograd.graph.saved_tensors_hooks(*saved_hooks(pack_hook, unpack_hook))

    def __enter__(self) -> None:
        self.context.__enter__()

    def __exit__(self, *reason: object) -> None:
        self.context.__exit__(*reason)


def register_saved_tensors_hooks(pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> Any:
    """mindspore.register_saved_tensors_hooks: saved_tensors_hooks around each call of the decorated function."""

    def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with saved_tensors_hooks(pack_hook, unpack_hook):
                return function(*args, **kwargs)

        return called

    return decorator


def recompute(
    block: Any, *args: Any, use_reentrant: bool = True, output_recompute: bool = False, early_stop: bool = True,
    context_fn: Callable[[], Any] | None = None, **kwargs: Any,
) -> Any:  # fmt: skip
    """mindspore.recompute: run a Cell and keep no intermediate values; they are computed again for the gradient."""
    if not isinstance(block, Cell):
        raise errors.invalid(TypeError, "Recompute function now only support block which inherited from Cell!")

    def run(*given: Any, **named: Any) -> Any:
        with callers_meanings():
            return block(*(mapped(as_tensor, value) for value in given), **named)

    with plain_torch():
        result = torch.utils.checkpoint.checkpoint(run, *args, **checkpoint_options(use_reentrant, early_stop, context_fn), **kwargs)
    return mapped(as_tensor, result)


@contextmanager
def _no_grad() -> Iterator[None]:
    """mindspore._no_grad: nothing inside is recorded for a gradient; also a decorator."""
    with torch.no_grad():
        yield
