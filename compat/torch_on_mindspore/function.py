"""torch.autograd.Function: operations with a gradient of the caller's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.tensor import as_tensor

ONCE = (
    "trying to differentiate twice a function that was marked with @once_differentiable: its backward computed without "
    "recording, so its gradient has no history"
)


class Function(engine.FunctionBase):
    """Base of operations with their own `forward` and `backward`; `torch.autograd.Function`.

    `forward(ctx, *args)` runs without recording; with a `setup_context(ctx, inputs, output)` beside it, it is `forward(*args)`.
    `backward(ctx, *gradients)` gets one gradient for each output and returns one, or None, for each argument of `forward`.
    """

    generate_vmap_rule = False
    twice_differentiable = True  # whether `backward` can be recorded; this project's own say so when it can't

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__.partition(".")[0] == "compat" and "twice_differentiable" not in vars(cls):
            # this project's own say so when their gradient can be recorded; they inherit it from nothing but their kind
            type.__setattr__(
                cls,
                "twice_differentiable",
                any(vars(base).get("twice_differentiable") for base in cls.__mro__[1:] if base.__module__ != __name__),
            )
        if "vjp" in vars(cls) and "backward" not in vars(cls):
            # PyTorch's other name for `backward`; `backward` wins where both are given
            type.__setattr__(cls, "backward", vars(cls)["vjp"])
        if "backward" in vars(cls):
            type.__setattr__(cls, "backward", staticmethod(_converted(cls.backward)))
        if "setup_context" in vars(cls):
            type.__setattr__(cls, "forward", staticmethod(_with_context(cls.forward, vars(cls)["setup_context"].__func__)))

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """The result of `forward`, recorded with `backward` as its gradient."""
        engine.record()
        # Past MindSpore's own `apply`, whose way with `setup_context` only 2.10 knows.
        made = as_tensor(super(engine.FunctionBase, cls).apply(*args, **kwargs))
        return tuple(map(_written, made)) if isinstance(made, tuple) else _written(made)

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for `backward`, which finds them in `ctx.saved_tensors`; TypeError for anything but tensors and None."""
        for position, one in enumerate(tensors):
            if not (one is None or isinstance(one, engine.mindspore.Tensor)):
                raise invalid(
                    TypeError, f"save_for_backward can only save variables, but argument {position} is of type {type(one).__name__}"
                )
        super().save_for_backward(*tensors)

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which arguments `forward` wrote to and returns."""
        self.written = tensors
        super().mark_dirty(*tensors)

    def save_for_forward(self, *tensors: Any) -> None:
        """Nothing is kept: there is no forward-mode differentiation that would read it."""

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        raise UnsupportedAPI("forward-mode differentiation of torch.autograd.Function (jvp)")


def _written(output: Any) -> Any:
    """`output`, or the argument that `forward` wrote to and returned, with the new history: PyTorch returns that very object."""
    if not isinstance(output, engine.mindspore.Tensor):
        return output
    for dirty in getattr(engine.grad_node(output), "written", ()):
        if engine.data_ptr(dirty) == engine.data_ptr(output) and tuple(dirty.shape) == tuple(output.shape):
            engine.replace_data(dirty, output)
            return dirty
    return output


def _with_context(forward: Callable[..., Any], setup_context: Callable[..., Any]) -> Callable[..., Any]:
    """`forward` without a context, and what sets it up, as one that takes it."""

    @functools.wraps(forward)
    def method(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        output = forward(*args, **kwargs)
        setup_context(ctx, args, output)
        return output

    return method


def _converted(backward: Callable[..., Any]) -> Callable[..., Any]:
    """`backward`, whose gradients arrive as this project's tensors."""

    @functools.wraps(backward)
    def method(ctx: Any, *gradients: Any) -> Any:
        return backward(ctx, *as_tensor(gradients))

    return method


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A `backward` that computes without recording; RuntimeError when its gradient is differentiated again."""

    @functools.wraps(backward)
    def method(ctx: Any, *gradients: Any) -> Any:
        recorded = engine.grad_enabled() and any(one is not None and engine.requires_grad(one) for one in gradients)
        enabled = engine.grad_enabled()
        engine.set_grad_enabled(False)
        try:
            found = backward(ctx, *gradients)
        finally:
            engine.set_grad_enabled(enabled)
        if not recorded:
            return found
        several = isinstance(found, tuple)
        refusing = tuple(None if one is None else _Refusing.apply(one, *gradients) for one in (found if several else (found,)))
        return refusing if several else refusing[0]

    return method


class _Refusing(Function):
    """Its input, with a history that can't be followed."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, value: Any, *sources: Any) -> Any:
        return as_tensor(engine.mindspore.ops.stop_gradient(value) * 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise invalid(RuntimeError, ONCE)
