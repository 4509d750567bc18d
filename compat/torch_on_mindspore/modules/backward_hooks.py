"""Backward hooks of modules: identities around the inputs and outputs, where the gradients are seen and may be replaced."""

from __future__ import annotations

import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.creation import zeros
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.tensor import Tensor


class _Identity(Function):
    """The same tensors, with a node of their own in the graph, through which all their gradients come at once."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, seen: Any, *tensors: Any) -> Any:
        ctx.seen = seen
        ctx.like = [(tensor.shape, tensor.dtype) for tensor in tensors]
        ctx.set_materialize_grads(False)
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        found = ctx.seen(gradients)
        return None, *(zeros(shape, dtype=kind) if one is None else one for one, (shape, kind) in zip(found, ctx.like, strict=True))


class WatchedBackward:
    """The backward hooks of one call of a module; legacy ones see what the full ones do."""

    def __init__(self, module: Any, hooks: tuple[Any, ...], pre_hooks: tuple[Any, ...]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.of_outputs: Any = None
        self.count_inputs = 0
        self.count_outputs = 0
        self.input_places: list[int] = []
        self.output_places: list[int] = []

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, their gradients watched."""
        self.count_inputs = len(args)
        watched, self.input_places = _watched(args, self._at_inputs)
        return watched

    def outputs(self, result: Any) -> Any:
        """The result, its gradients watched; a single tensor or a tuple of them."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                f"For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received {type(result)}",
                stacklevel=5,
            )
        single = not isinstance(result, tuple)
        listed = (result,) if single else result
        self.count_outputs = len(listed)
        watched, self.output_places = _watched(listed, self._at_outputs)
        return watched[0] if single else watched

    def _at_outputs(self, gradients: tuple[Any, ...]) -> Any:
        found = _spread(gradients, self.output_places, self.count_outputs)
        for hook in self.pre_hooks:
            found = _replaced(hook(self.module, found), found, "Backward pre hook", "grad_output")
        self.of_outputs = found
        if not self.input_places:
            for hook in self.hooks:
                if hook(self.module, (None,) * self.count_inputs, found) is not None:
                    raise invalid(
                        RuntimeError,
                        "Backward hook for Modules where no input requires gradient should always return None or None for all gradients.",
                    )
        return tuple(found[place] for place in self.output_places)

    def _at_inputs(self, gradients: tuple[Any, ...]) -> Any:
        found = _spread(gradients, self.input_places, self.count_inputs)
        if self.of_outputs is None:
            raise invalid(
                RuntimeError,
                f"Module backward hook for grad_input is called before the grad_output one. This happens because the gradient in your "
                f"nn.Module flows to the Module's input without passing through the Module's output. Make sure that the output depends "
                f"on the input and that the loss is computed based on the output. ({type(self.module).__name__})",
            )
        for hook in self.hooks:
            found = _replaced(hook(self.module, found, self.of_outputs), found, "Backward hook", "grad_input")
        self.of_outputs = None
        return tuple(found[place] for place in self.input_places)


def _watched(values: tuple[Any, ...], seen: Any) -> tuple[tuple[Any, ...], list[int]]:
    """`values` with the tensors among them behind one identity, if any is recorded; and their places."""
    places = [place for place, value in enumerate(values) if isinstance(value, Tensor)]
    if not (engine.grad_enabled() and any(engine.requires_grad(values[place]) for place in places)):
        return values, []
    listed = list(values)
    for place, tensor in zip(places, _Identity.apply(seen, *(values[place] for place in places)), strict=True):
        listed[place] = tensor
    return tuple(listed), places


def _spread(gradients: tuple[Any, ...], places: list[int], count: int) -> tuple[Any, ...]:
    found: list[Any] = [None] * count
    for place, gradient in zip(places, gradients, strict=True):
        found[place] = gradient
    return tuple(found)


def _replaced(given: Any, gradients: tuple[Any, ...], who: str, what: str) -> tuple[Any, ...]:
    """What a hook returned, in place of `gradients`; RuntimeError when it is not one for each."""
    if given is None:
        return gradients
    if len(given) != len(gradients):
        raise invalid(RuntimeError, f"{who} returned an invalid number of {what}, got {len(given)}, but expected {len(gradients)}")
    return tuple(given)
