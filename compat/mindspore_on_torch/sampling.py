"""Random numbers of a shape and a distribution. A seed makes the numbers of one call reproducible; they are PyTorch's."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, int64, torch_dtype
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.indexing import LogUniformCandidateSampler, UniformCandidateSampler

torch: Any = frameworks.load("torch")

__all__ = [
    "choice_with_mask", "gamma", "laplace", "log_uniform_candidate_sampler", "multinomial_with_replacement", "poisson", "random_categorical",
    "random_gamma", "shuffle", "standard_normal", "uniform_candidate_sampler",
]  # fmt: skip


def generator(*seeds: Any, like: Any = None) -> Any:
    """A generator for these seeds on the device of a tensor, or the default one; None, PyTorch's own stream, where all are None or 0."""
    numbers = [int(seed) for seed in seeds if seed is not None]
    if any(number < 0 for number in numbers):
        raise errors.invalid(ValueError, f"a seed must not be negative, but is {min(numbers)}")
    if not any(numbers):
        return None
    with plain_torch():
        made = torch.Generator(device=torch.get_default_device() if like is None else like.device)
    return made.manual_seed(hash(tuple(numbers)) & (2**63 - 1))


def lengths(shape: Any) -> tuple[int, ...]:
    """A shape from a tuple, a list or a tensor; ValueError for a negative length."""
    if not isinstance(shape, (tuple, list, torch.Tensor)):
        raise errors.invalid(TypeError, f"shape must be a tuple or a Tensor, but is {type(shape).__name__}")
    found = tuple(int(length) for length in (shape.tolist() if isinstance(shape, torch.Tensor) else shape))
    if any(length < 0 for length in found):
        raise errors.invalid(ValueError, f"a shape has no negative lengths, but is {found}")
    return found


def gammas(alpha: Any, source: Any) -> Any:
    """One draw for each element of `alpha`, at scale 1."""
    return torch._standard_gamma(alpha.contiguous(), generator=source)


def laplaces(shape: tuple[int, ...], seed: Any, like: Any = None) -> Any:
    """Float32 of location 0 and scale 1, on the device of a tensor or the default one: the difference of two exponential numbers."""
    drawn = torch.empty((2, *shape), dtype=torch.float32, device=None if like is None else like.device)
    drawn.exponential_(generator=generator(seed, like=like))
    return drawn[0] - drawn[1]


def truncated(shape: tuple[int, ...], low: Any, high: Any, dtype: Any, source: Any) -> Any:
    """Standard normal numbers between two bounds, tensors that broadcast to `shape`, by the inverse of the distribution."""
    below, above = (torch.special.ndtr(torch.as_tensor(each, dtype=torch.float64)) for each in (low, high))
    place = below + torch.rand(shape, dtype=torch.float64, generator=source, device=below.device) * (above - below)
    return torch.special.ndtri(place).to(dtype)


def categories(weights: Any, count: int, replacement: bool, source: Any) -> Any:
    """(…, count) indices with these weights, of one axis or two."""
    return torch.multinomial(weights, count, replacement, generator=source)


@operation
def standard_normal(shape: Any, seed: Any = None) -> Any:
    """mindspore.ops.standard_normal: float32."""
    return torch.randn(lengths(shape), generator=generator(seed))


@operation
def standard_laplace(shape: Any, seed: Any = None) -> Any:
    """mindspore.ops.standard_laplace: float32, of location 0 and scale 1."""
    return laplaces(lengths(shape), seed)


@operation
def laplace(shape: Any, mean: Any, lambda_param: Any, seed: Any = None) -> Any:
    """mindspore.ops.laplace: float32 of `shape`, broadcast with the location and the scale, which are tensors."""
    wide = torch.broadcast_shapes(lengths(shape), mean.shape, lambda_param.shape)
    return mean + lambda_param * laplaces(wide, seed, mean)


@operation
def gamma(shape: Any, alpha: Any, beta: Any, seed: Any = None) -> Any:
    """mindspore.ops.gamma: float32 of `shape`, broadcast with the shape parameter and the inverse scale, which are tensors."""
    wide = torch.broadcast_shapes(lengths(shape), alpha.shape, beta.shape)
    return gammas(alpha.expand(wide), generator(seed, like=alpha)) / beta


@operation
def random_gamma(shape: Any, alpha: Any, seed: Any = None) -> Any:
    """mindspore.ops.random_gamma: numbers of the shape that the tensor `shape` holds, in front of that of `alpha`."""
    return gammas(alpha.expand(*lengths(shape), *alpha.shape), generator(seed, like=alpha))


@operation
def poisson(shape: Any, mean: Any, seed: Any = None) -> Any:
    """mindspore.ops.poisson: int32 counts of `shape`, broadcast with the tensor `mean`."""
    wide = torch.broadcast_shapes(lengths(shape), mean.shape)
    return torch.poisson(mean.expand(wide), generator=generator(seed, like=mean)).int()


@operation
def uniform(shape: Any, minval: Any, maxval: Any, seed: Any = None, dtype: Any = float32) -> Any:
    """mindspore.ops.uniform: in [minval, maxval), tensors that broadcast with `shape`; float32, or whole numbers of int32."""
    if {minval.dtype, maxval.dtype} != {torch_dtype(dtype)}:
        raise errors.invalid(TypeError, f"minval and maxval must have the type {dtype}, but have {minval.dtype} and {maxval.dtype}")
    wide = torch.broadcast_shapes(lengths(shape), minval.shape, maxval.shape)
    place = torch.rand(wide, generator=generator(seed, like=minval), device=minval.device)
    if torch_dtype(dtype) == torch.int32:
        return (minval + torch.floor(place.double() * (maxval - minval))).int()
    return minval + place * (maxval - minval)


@operation
def shuffle(x: Any, seed: Any = None) -> Any:
    """mindspore.ops.shuffle: the entries of the first axis in another order."""
    return x[torch.randperm(x.shape[0], generator=generator(seed, like=x), device=x.device)] if x.ndim else x.clone()


@operation
def random_categorical(logits: Any, num_sample: int, seed: Any = 0, dtype: Any = int64) -> Any:
    """mindspore.ops.random_categorical: (batch, num_sample) classes, drawn with replacement by their logits (batch, classes)."""
    kind = torch_dtype(dtype)
    if kind not in (torch.int16, torch.int32, torch.int64):
        raise errors.invalid(TypeError, f"dtype must be int16, int32 or int64, but is {dtype}")
    return categories(torch.softmax(logits.float(), -1), num_sample, True, generator(seed, like=logits)).to(kind)


@operation
def multinomial_with_replacement(x: Any, seed: Any, offset: Any, numsamples: int, replacement: bool = False) -> Any:
    """mindspore.ops.multinomial_with_replacement: int64 indices with the weights `x`; a seed of -1 or 0 and no offset draw anew each time."""
    numbers = [max(int(seed), 0), max(int(offset), 0)]
    return categories(x, numsamples, replacement, generator(*numbers, like=x))


@operation
def choice_with_mask(input_x: Any, count: int = 256, seed: Any = None) -> Any:
    """mindspore.ops.choice_with_mask: `count` places where `input_x` is true, in any order, and which of them are; the rest is 0 and false."""
    if input_x.dtype != torch.bool or not 1 <= input_x.ndim <= 5:
        raise errors.invalid(TypeError, f"input_x must be a bool tensor of 1 to 5 axes, but has {input_x.dtype} and {input_x.ndim}")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise errors.invalid(ValueError, f"count must be a positive int, but is {count!r}")
    found = torch.nonzero(input_x).int()
    chosen = found[torch.randperm(len(found), generator=generator(seed, like=found), device=found.device)[:count]]
    places = found.new_zeros((count, input_x.ndim))
    places[: len(chosen)] = chosen
    return places, torch.arange(count, device=found.device) < len(chosen)


def uniform_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0, remove_accidental_hits: bool = False
) -> Any:
    """mindspore.ops.uniform_candidate_sampler: (drawn classes, expected counts of the true ones, of the drawn ones)."""
    return UniformCandidateSampler(num_true, num_sampled, unique, range_max, seed, remove_accidental_hits)(true_classes)


def log_uniform_candidate_sampler(
    true_classes: Any, num_true: int = 1, num_sampled: int = 5, unique: bool = True, range_max: int = 5, seed: int = 0
) -> Any:
    """mindspore.ops.log_uniform_candidate_sampler: the same with a share of log((c + 2) / (c + 1)) for class c."""
    return LogUniformCandidateSampler(num_true, num_sampled, unique, range_max, seed)(true_classes)
