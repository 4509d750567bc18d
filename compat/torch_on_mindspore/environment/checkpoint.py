"""Activations that are computed again in the backward pass instead of being kept; torch.utils.checkpoint."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, engine
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.random import get_rng_state, set_rng_state
from compat.torch_on_mindspore.tensor import Tensor


def noop_context_fn() -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    """Two blocks that change nothing, for the forward pass and for the second computation."""
    return nullcontext(), nullcontext()


class CheckpointFunction(Function):
    """Calls a function without recording; its backward calls it again, recording, and differentiates that."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *tensors: Any) -> Any:
        ctx.call = call
        ctx.save_for_backward(*tensors)
        return call.first(tensors)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return None, *ctx.call.gradients(ctx.saved_tensors, gradients)


class _Call:
    """A call to be made twice: the function, where its tensors stand among the arguments, and the random state."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], contexts: Any, preserve_rng_state: bool
    ) -> None:
        self.function, self.kwargs = function, kwargs
        self.places = [place for place, value in enumerate(args) if isinstance(value, Tensor)]
        self.args = [None if isinstance(value, Tensor) else value for value in args]
        self.contexts = contexts
        self.random_state = get_rng_state() if preserve_rng_state else None
        self.single = True

    def _made(self, tensors: Any, context: Any) -> Any:
        args = list(self.args)
        for place, tensor in zip(self.places, tensors, strict=True):
            args[place] = tensor
        with context:
            return self.function(*args, **self.kwargs)

    def first(self, tensors: Any) -> Any:
        return self._made(tensors, self.contexts[0])

    def gradients(self, tensors: Any, gradients: Any) -> list[Any]:
        """The gradients of the tensors, after a second call; the parameters that the function uses get theirs as they do anyway."""
        inputs = [_fresh(tensor) for tensor in tensors]
        state = get_rng_state()
        if self.random_state is not None:
            set_rng_state(self.random_state)
        try:
            with autograd.enable_grad():
                made = self._made(inputs, self.contexts[1])
        finally:
            set_rng_state(state)
        outputs = made if isinstance(made, (tuple, list)) else (made,)
        pairs = [
            (output, gradient)
            for output, gradient in zip(outputs, gradients, strict=True)
            if isinstance(output, Tensor) and output.requires_grad and gradient is not None
        ]
        if not pairs:
            raise invalid(RuntimeError, "none of output has requires_grad=True, this checkpoint() is not necessary")
        autograd.backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
        return [one.grad if one.requires_grad else None for one in inputs]


def _fresh(tensor: Any) -> Any:
    """The same elements as a leaf."""
    made = tensor.detach()
    return made.requires_grad_() if engine.requires_grad(tensor) else made


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Any] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, whose activations are computed again in the backward pass.

    With `use_reentrant=True` some tensor argument must require grad, as in PyTorch. Without, and when none does, or one stands
    inside a container or among the keyword arguments, the activations are kept: the results and gradients are the same.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. use_reentrant=False is recommended, but "
            "if you need to preserve the current default behavior, you can pass use_reentrant=True.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant and kwargs:
        raise invalid(ValueError, "Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant and (context_fn is not noop_context_fn or debug):
        raise invalid(ValueError, "Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    if determinism_check not in ("default", "none"):
        raise UnsupportedArgument("torch.utils.checkpoint.checkpoint", "determinism_check", determinism_check, "'default', 'none'")
    contexts = context_fn()
    recorded = any(isinstance(one, Tensor) and one.requires_grad for one in args)
    if not (engine.grad_enabled() and recorded):
        if use_reentrant and engine.grad_enabled():
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)
            with autograd.no_grad():
                return function(*args, **kwargs)
        with contexts[0]:
            return function(*args, **kwargs)
    if not use_reentrant and not _plain(args, kwargs):
        with contexts[0]:
            return function(*args, **kwargs)
    call = _Call(function, args, kwargs, contexts, preserve)
    return CheckpointFunction.apply(call, *(one for one in args if isinstance(one, Tensor)))


def _plain(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether every tensor that requires grad is an argument of its own."""

    def hides(value: Any) -> bool:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            return any(hides(one) for one in value)
        return isinstance(value, Tensor) and value.requires_grad

    return not any(hides(value) for value in (*kwargs.values(), *(one for one in args if not isinstance(one, Tensor))))


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """The modules of a Sequential, or a list of functions, in that many parts, each but the last with `checkpoint`."""
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly.", stacklevel=2
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise invalid(ValueError, "Unexpected keyword arguments: " + ",".join(kwargs))
    listed = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = len(listed) // segments
    start = 0
    for _ in range(segments - 1):
        part = listed[start : start + size]
        input = checkpoint(_chain(part), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
        start += size
    return _chain(listed[start:])(input)


def _chain(functions: list[Any]) -> Callable[[Any], Any]:
    def call(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return call


def set_checkpoint_early_stop(enable: bool) -> AbstractContextManager[None]:
    """A block; the second computation here always runs to its end, with the same result."""
    return nullcontext()


def set_checkpoint_debug_enabled(enabled: bool | None) -> AbstractContextManager[None]:
    """A block; there are no logs to be written."""
    return nullcontext()
