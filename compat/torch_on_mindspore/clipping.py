"""Gradient clipping: torch.nn.utils.clip_grad_norm_ and clip_grad_value_."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.creation import tensor
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import Tensor


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of all tensors together, a 0-d tensor; `foreach` changes nothing here.

    Raises RuntimeError for a norm that is not finite, if asked to.
    """
    del foreach
    listed = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    total: Any = _total_norm(listed, norm_type) if listed else tensor(0.0)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise invalid(
            RuntimeError,
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable "
            "this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`",
        )
    norm: Tensor = total
    return norm


def clip_grads_with_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None) -> None:
    """Scale the gradients in place as `total_norm`, of them or of more, asks for."""
    del foreach
    # The small number is PyTorch's; a scale of at most 1 is applied even when it is 1, so that nothing is read on the host.
    norm: Any = total_norm
    scale = (float(max_norm) / (norm + 1e-6)).clamp(max=1.0)
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.mul_(scale)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients in place so that their common norm is at most `max_norm`; returns the norm before, a 0-d tensor.

    Raises RuntimeError for a norm that is not finite, if asked to.
    """
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    with no_grad():
        norm = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite, foreach)
        clip_grads_with_norm_(listed, max_norm, norm, foreach)
    return norm


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The deprecated name of `clip_grad_norm_`."""
    warnings.warn(
        "torch.nn.utils.clip_grad_norm is now deprecated in favor of torch.nn.utils.clip_grad_norm_.", FutureWarning, stacklevel=2
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


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
    if norm_type == -math.inf:
        return stack([gradient.abs().min() for gradient in gradients]).min()
    if norm_type == 0:  # the number of gradients that have an element other than zero
        return stack([(gradient != 0).any() for gradient in gradients]).to(gradients[0].dtype).sum()
    sums = stack([(gradient.abs() ** norm_type).sum() for gradient in gradients])
    return sums.sum() ** (1.0 / norm_type)
