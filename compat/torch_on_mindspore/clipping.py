"""Gradient clipping: torch.nn.utils.clip_grad_norm_ and clip_grad_value_."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.creation import tensor
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import Tensor


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients in place so that their common norm is at most `max_norm`; returns the norm before, a 0-d tensor.

    `foreach` chooses between equal computations in PyTorch and changes nothing here. Raises RuntimeError for a norm that is
    not finite, if asked to.
    """
    del foreach
    gradients = _gradients(parameters)
    norm_type = float(norm_type)
    if not gradients:
        nothing: Tensor = tensor(0.0)
        return nothing
    with no_grad():
        total: Any = _total_norm(gradients, norm_type)
        if error_if_nonfinite and not math.isfinite(total.item()):
            raise invalid(
                RuntimeError,
                f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable "
                "this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`",
            )
        # The small number is PyTorch's; a scale of at most 1 is applied even when it is 1, so that nothing is read on the host.
        scale = (max_norm / (total + 1e-6)).clamp(max=1.0)
        for gradient in gradients:
            gradient.mul_(scale)
    norm: Tensor = total
    return norm


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Clamp every element of the gradients to [-clip_value, clip_value], in place."""
    del foreach
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(min=-float(clip_value), max=float(clip_value))


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [parameter.grad for parameter in listed if parameter.grad is not None]


def _total_norm(gradients: list[Any], norm_type: float) -> Any:
    """The norm of all elements of all gradients together."""
    if norm_type == math.inf:
        return stack([gradient.abs().max() for gradient in gradients]).max()
    if norm_type <= 0:
        raise UnsupportedArgument("torch.nn.utils.clip_grad_norm_", "norm_type", norm_type, "a positive number or inf")
    sums = stack([(gradient.abs() ** norm_type).sum() for gradient in gradients])
    return sums.sum() ** (1.0 / norm_type)
