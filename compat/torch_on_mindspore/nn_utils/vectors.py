"""All parameters as one vector, and back; torch.nn.utils.convert_parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.modules.registration import type_name
from compat.torch_on_mindspore.shaping import cat
from compat.torch_on_mindspore.tensor import Tensor


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """The elements of all parameters, in order, as one tensor of one dimension."""
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Let the parameters' data be the successive parts of `vec`."""
    if not isinstance(vec, Tensor):
        raise invalid(TypeError, f"expected torch.Tensor, but got: {type_name(vec)}")
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        parameter.data = vec[start:end].reshape(parameter.shape).detach()
        start = end
