"""What a training cell asks of autograd: the outputs of a network and the gradients of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.grad import backward, without_graph
from compat.mindspore_on_torch.nesting import tensors

torch: Any = frameworks.load("torch")


def outputs_and_gradients(network: Any, inputs: Sequence[Any], weights: Sequence[Any], sens: Any = None) -> tuple[Any, tuple[Any, ...]]:
    """(outputs, gradients of the weights).

    `sens` is the gradient of each output: a number or a tensor of one element for all its elements, or a tensor of its
    shape; a tuple has one for each output. None is 1.
    """
    with torch.enable_grad():
        outputs = network(*inputs)
    factors = None
    if sens is not None:
        every = list(tensors(outputs))
        each = list(sens) if isinstance(sens, (tuple, list)) else [sens] * len(every)
        factors = [filled(output, item) for output, item in zip(every, each, strict=True)]
    found = backward(outputs, list(weights), False, factors)
    return without_graph(outputs), tuple(found)


def filled(output: Any, sens: Any) -> Any:
    """The gradient of an output: `sens` in its shape."""
    if not isinstance(sens, torch.Tensor):
        return torch.full_like(output, sens)
    moved = sens.detach().to(output)
    return moved.reshape(()).expand_as(output) if moved.numel() == 1 else moved
