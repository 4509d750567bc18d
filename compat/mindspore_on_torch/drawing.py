"""Random numbers by MindSpore's arguments and in its dtypes; the numbers are PyTorch's."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, int64, torch_dtype
from compat.mindspore_on_torch.reductions import check_tensor
from compat.mindspore_on_torch.sampling import generator
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def bernoulli(input: Any, p: Any = 0.5, seed: Any = None) -> Any:
    """mindspore.ops.bernoulli: ones with probability `p`, a number or a tensor of the shape of `input`, whose elements do not count."""
    check_tensor("bernoulli", input)
    chances = p if isinstance(p, torch.Tensor) else torch.tensor(float(p))
    return torch.bernoulli(chances.expand(input.shape), generator=generator(seed, like=chances)).type_as(input)


def multinomial(input: Any, num_samples: int, replacement: bool = True, seed: int | None = None) -> Any:
    """mindspore.ops.multinomial: int32 indices, drawn with replacement unless told otherwise."""
    check_tensor("multinomial", input)
    return torch.multinomial(input, num_samples, replacement, generator=generator(seed, like=input)).int()


def normal(shape: Any, mean: Any, stddev: Any, seed: int | None = None) -> Any:
    """mindspore.ops.normal: float32 numbers of `shape`, broadcast with those of `mean` and `stddev`, numbers or tensors."""
    if not isinstance(shape, tuple):
        raise errors.invalid(TypeError, f"mindspore.ops.normal: shape must be a tuple, but got {type(shape).__name__}")
    centre, spread = (torch.as_tensor(one, dtype=torch.float32) for one in (mean, stddev))
    wide = torch.broadcast_shapes(shape, centre.shape, spread.shape)
    return as_tensor(torch.normal(centre.expand(wide), spread.expand(wide), generator=generator(seed, like=centre)))


def random_poisson(shape: Any, rate: Any, seed: int | None = None, dtype: Any = float32) -> Any:
    """mindspore.ops.random_poisson: numbers of the shape that the tensor `shape` holds, in front of that of `rate`."""
    check_tensor("random_poisson", shape)
    rates = torch.as_tensor(rate, dtype=torch.float64)
    return as_tensor(
        torch.poisson(rates.expand(*shape.tolist(), *rates.shape), generator=generator(seed, like=rates)).to(torch_dtype(dtype))
    )


def randint(*args: Any, generator: Any = None, dtype: Any = None, device: Any = None) -> Any:
    """mindspore.mint.randint: randint(high, size) or randint(low, high, size), integers below `high`; int64 unless a dtype is given."""
    return as_tensor(torch.randint(*args, generator=generator, dtype=torch_dtype(dtype or int64), device=device))


def randint_like(*args: Any, dtype: Any = None, device: Any = None) -> Any:
    """mindspore.mint.randint_like: randint_like(input, high) or (input, low, high), in the shape and, unless given, the dtype of `input`."""
    return as_tensor(torch.randint_like(*args, dtype=torch_dtype(dtype), device=device))
