"""ops.zero_, clamp_, uniform_ and their kind: functions that write to their input and return it; clip_by_global_norm."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = [
    "bernoulli_",
    "clamp_",
    "clip_by_global_norm",
    "erfinv_",
    "exponential_",
    "normal_",
    "put_",
    "random_",
    "tanh_",
    "uniform_",
    "zero_",
]


@operation
def zero_(input: Any) -> Any:
    """mindspore.ops.zero_: sets all elements to 0."""
    return torch.Tensor.zero_(input)


@operation
def tanh_(input: Any) -> Any:
    """mindspore.ops.tanh_: the hyperbolic tangent, in place."""
    return torch.Tensor.tanh_(input)


@operation
def erfinv_(input: Any) -> Any:
    """mindspore.ops.erfinv_: the inverse of erf, in place."""
    return torch.Tensor.erfinv_(input)


@operation
def clamp_(input: Any, min: Any = None, max: Any = None) -> Any:
    """mindspore.ops.clamp_: elements within two limits, numbers or tensors, in place."""
    return torch.Tensor.clamp_(input, min, max)


@operation
def put_(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """mindspore.ops.put_: writes `source` at places of the flattened input, or adds it."""
    return torch.Tensor.put_(input, index.long(), source, accumulate)


@operation
def uniform_(input: Any, from_: Any = 0, to: Any = 1, *, generator: Any = None) -> Any:
    """mindspore.ops.uniform_: numbers drawn evenly between two."""
    return torch.Tensor.uniform_(input, float(from_), float(to), generator=generator)


@operation
def normal_(input: Any, mean: Any = 0, std: Any = 1, *, generator: Any = None) -> Any:
    """mindspore.ops.normal_: numbers of a normal distribution."""
    return torch.Tensor.normal_(input, float(mean), float(std), generator=generator)


@operation
def random_(input: Any, from_: Any = 0, to: Any = None, *, generator: Any = None) -> Any:
    """mindspore.ops.random_: whole numbers from `from_` on and below `to`, or as large as the dtype counts exactly."""
    return torch.Tensor.random_(input, int(from_), None if to is None else int(to), generator=generator)


@operation
def exponential_(input: Any, lambd: float = 1, *, generator: Any = None) -> Any:
    """mindspore.ops.exponential_: numbers of an exponential distribution."""
    return torch.Tensor.exponential_(input, float(lambd), generator=generator)


@operation
def bernoulli_(input: Any, p: Any = 0.5, *, generator: Any = None) -> Any:
    """mindspore.ops.bernoulli_: ones with probability `p`, a number or a tensor."""
    return torch.Tensor.bernoulli_(input, p, generator=generator)


@operation
def clip_by_global_norm(x: Any, clip_norm: float = 1.0, use_norm: Any = None) -> Any:
    """mindspore.ops.clip_by_global_norm: tensors divided by their common norm, times clip_norm, where that is above clip_norm."""
    if use_norm is not None:
        raise errors.invalid(ValueError, f"For 'clip_by_global_norm', input 'use_norm' only supports None currently, but got {use_norm}.")
    if clip_norm <= 0:
        raise errors.invalid(ValueError, f"For 'clip_by_global_norm', 'clip_norm' must be above 0, but got {clip_norm}.")

    total = torch.sqrt(torch.stack([each.to(torch.float32).square().sum() for each in x]).sum())
    scale = clip_norm / total.clamp(min=clip_norm)
    return tuple((each * scale).to(each.dtype) for each in x)
