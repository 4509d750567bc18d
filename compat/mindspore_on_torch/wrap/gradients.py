"""What the training cells ask of autograd: the outputs of a network and the gradients of inputs and weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.grad import without_graph
from compat.mindspore_on_torch.nesting import tensors
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def outputs_and_gradients(network: Any, inputs: Sequence[Any], weights: Sequence[Any], sens: Any = 1.0, by_input: bool = False) -> Any:
    """(outputs, gradients of the inputs, gradients of the weights).

    `sens` is what the gradient of each output is: a number or a tensor of one element for all its elements, or a tensor
    of its shape; a tuple has one for each output. The gradients of inputs are for tensors, and only if `by_input`.
    """
    inputs, leaves = list(inputs), []
    with torch.enable_grad():
        if by_input:
            for place, item in enumerate(inputs):
                if isinstance(item, torch.Tensor) and (item.is_floating_point() or item.is_complex()):
                    inputs[place] = item.detach().requires_grad_()
                    leaves.append(inputs[place])
        outputs = network(*inputs)
    found = gradients(outputs, [*leaves, *weights], sens)
    return without_graph(outputs), tuple(found[: len(leaves)]), tuple(found[len(leaves) :])


def gradients(outputs: Any, sources: Sequence[Any], sens: Any) -> list[Any]:
    """The gradient of each source; zeros where none flows."""
    all_outputs = list(tensors(outputs))
    senses = list(sens) if isinstance(sens, (tuple, list)) else [sens] * len(all_outputs)
    pairs = [(output, filled(output, item)) for output, item in zip(all_outputs, senses, strict=True) if output.requires_grad]
    wanted = [source for source in sources if torch.Tensor.requires_grad.__get__(source)]  # a Parameter of integers says True
    found: dict[int, Any] = {}
    if pairs and wanted:
        results = torch.autograd.grad([output for output, _ in pairs], wanted, [seed for _, seed in pairs], allow_unused=True)
        found = {id(source): result for source, result in zip(wanted, results, strict=True) if result is not None}
    return [as_tensor(found[id(source)]) if id(source) in found else torch.zeros_like(source).detach() for source in sources]


def filled(output: Any, sens: Any) -> Any:
    """The gradient of an output: `sens` in its data type and shape."""
    if not isinstance(sens, torch.Tensor):
        return torch.full_like(output, sens)
    moved = sens.detach().to(output)
    return moved.expand_as(output) if moved.numel() == 1 else moved
