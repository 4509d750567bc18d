"""Losses of independent yes/no targets: binary cross entropy of probabilities, and hinge embedding."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.common import cast, reduced

torch = frameworks.load("torch")
Function: Any = frameworks.load("torch.autograd").Function

Tensor = Any

EPSILON = 1e-12  # what MindSpore's kernel adds to a probability before the logarithm


class _CrossEntropyOfProbabilities(Function):
    """-(y log(x + ε) + (1 - y) log(1 - x + ε)) with the kernel's own gradient: by x exact where x is 0 or 1, by y infinite there."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, y: Tensor) -> Tensor:
        return -(y * torch.log(x + EPSILON) + (1 - y) * torch.log(1 - x + EPSILON))

    @staticmethod
    def setup_context(context: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        context.save_for_backward(*inputs)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, y = context.saved_tensors
        wanted_x, wanted_y = context.needs_input_grad
        grad_x = gradient * (x - y) / torch.clamp(x * (1 - x), min=EPSILON) if wanted_x else None
        grad_y = gradient * (torch.log(1 - x) - torch.log(x)) if wanted_y else None
        return grad_x, grad_y


def binary_cross_entropy(logits: Tensor, labels: Tensor, weight: Tensor | None = None, reduction: str = "mean") -> Tensor:
    """PyTorch bounds the logarithm at -100 and refuses labels outside [0, 1]; MindSpore adds 1e-12 and takes any label.

    `logits` are probabilities in [0, 1]: RuntimeError otherwise. `weight` broadcasts to them and gets no gradient.
    Computed in float32, because 1e-12 is 0 in float16.
    """
    x = cast(logits, torch.float32)
    # Only where reading the answer costs no wait for a device; MindSpore's other kernels do not look either.
    if x.device.type == "cpu" and not torch.all((x >= 0) & (x <= 1)):
        raise errors.invalid(RuntimeError, "mindspore.ops.binary_cross_entropy: logits must be between 0 and 1")
    loss = _CrossEntropyOfProbabilities.apply(x, cast(labels, torch.float32))
    if weight is not None:
        loss = loss * torch.detach(weight)
    return cast(reduced(loss, reduction), logits.dtype)


def hinge_embedding_loss(inputs: Tensor, targets: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """PyTorch compares targets with 1 and -1; MindSpore takes their sign, and a target of 0 costs nothing.

    Shapes broadcast. The result has the dtype of `inputs`, whatever that of `targets`.
    """
    zero = torch.zeros_like(inputs)
    similar = torch.where(targets > 0, inputs, zero)
    dissimilar = torch.where(targets < 0, torch.clamp(float(margin) - inputs, min=0), zero)
    return reduced(similar + dissimilar, reduction)
