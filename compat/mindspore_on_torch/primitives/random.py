"""Operators that draw random numbers. A seed given to the constructor makes the numbers of an operator reproducible; they are PyTorch's."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import sampling
from compat.mindspore_on_torch.dtypes import float32, int32, int64, torch_dtype
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.sampling import generator, lengths, truncated

torch: Any = frameworks.load("torch")

__all__ = [
    "Bernoulli", "Cauchy", "ComputeAccidentalHits", "Gamma", "LogNormalReverse", "Multinomial", "MultinomialWithReplacement",
    "NonDeterministicInts", "ParameterizedTruncatedNormal", "Poisson", "RandomCategorical", "RandomChoiceWithMask", "RandomGamma",
    "RandomPoisson", "RandomShuffle", "Randperm", "RandpermV2", "StandardLaplace", "StandardNormal", "TruncatedNormal", "UniformInt",
    "UniformReal",
]  # fmt: skip

SECOND = 2**24  # where the second seed is added


def joined(seed: int, seed2: int) -> int:
    """One seed for both; 0 where both are."""
    for each in (seed, seed2):
        if isinstance(each, bool) or not isinstance(each, int):
            raise errors.invalid(TypeError, f"a seed must be an int, but is {each!r}")
        if each < 0:
            raise errors.invalid(ValueError, f"a seed must not be negative, but is {each}")
    return seed * SECOND + seed2


@primitive
def StandardNormal(shape: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """Float32 of mean 0 and deviation 1."""
    return sampling.standard_normal(shape, joined(seed, seed2))


@primitive
def StandardLaplace(shape: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """Float32 of location 0 and scale 1."""
    return sampling.standard_laplace(shape, joined(seed, seed2))


@primitive
def UniformReal(shape: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """Float32 in [0, 1)."""
    return torch.rand(lengths(shape), generator=generator(joined(seed, seed2)))


@primitive
def UniformInt(shape: Any, minval: Any, maxval: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """Int32 in [minval, maxval), tensors of one element."""
    source = generator(joined(seed, seed2))
    return torch.randint(int(minval), int(maxval), lengths(shape), generator=source, dtype=torch.int32)


@primitive
def Gamma(shape: Any, alpha: Any, beta: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """As mindspore.ops.gamma."""
    return sampling.gamma(shape, alpha, beta, joined(seed, seed2))


@primitive
def RandomGamma(shape: Any, alpha: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """As mindspore.ops.random_gamma."""
    return sampling.random_gamma(shape, alpha, joined(seed, seed2))


@primitive
def Poisson(shape: Any, mean: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """As mindspore.ops.poisson."""
    return sampling.poisson(shape, mean, joined(seed, seed2))


@primitive
def RandomPoisson(shape: Any, rate: Any, *, seed: int = 0, seed2: int = 0, dtype: Any = int64) -> Any:
    """Counts of the shape that the tensor `shape` holds, in front of that of `rate`."""
    rates = torch.as_tensor(rate, dtype=torch.float64)
    return torch.poisson(rates.expand(*lengths(shape), *rates.shape), generator=generator(joined(seed, seed2), like=rates)).to(
        torch_dtype(dtype)
    )


@primitive
def RandomShuffle(x: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """The entries of the first axis in another order."""
    return sampling.shuffle(x, joined(seed, seed2))


@primitive
def RandomChoiceWithMask(input_x: Any, *, count: int = 256, seed: int = 0, seed2: int = 0) -> Any:
    """As mindspore.ops.choice_with_mask."""
    return sampling.choice_with_mask(input_x, count, joined(seed, seed2))


@primitive
def RandomCategorical(logits: Any, num_sample: int, seed: int = 0, *, dtype: Any = int64) -> Any:
    """As mindspore.ops.random_categorical."""
    return sampling.random_categorical(logits, num_sample, seed, dtype)


@primitive
def Multinomial(x: Any, num_samples: int, *, seed: int = 0, seed2: int = 0, dtype: Any = int32) -> Any:
    """(…, num_samples) indices, drawn with replacement by the weights in the last axis."""
    return torch.multinomial(x, num_samples, True, generator=generator(joined(seed, seed2), like=x)).to(torch_dtype(dtype))


@primitive
def MultinomialWithReplacement(x: Any, seed: Any, offset: Any, *, numsamples: int, replacement: bool = False) -> Any:
    """As mindspore.ops.multinomial_with_replacement."""
    return sampling.multinomial_with_replacement(x, seed, offset, numsamples, replacement)


@primitive
def Bernoulli(x: Any, p: Any = 0.5, *, seed: int = -1, offset: int = 0) -> Any:
    """Ones with the probability `p`, a number or a tensor, in the shape and type of `x`; a seed of -1 draws anew each time."""
    chances = torch.as_tensor(p, dtype=torch.float32, device=x.device).expand(x.shape)
    return torch.bernoulli(chances, generator=generator(max(seed, 0), offset, like=x)).to(x.dtype)


@primitive
def Cauchy(*, size: Any, median: float = 0.0, sigma: float = 1.0) -> Any:
    """Float32 of the shape `size`, a list."""
    if not isinstance(size, list):
        raise errors.invalid(TypeError, f"size must be a list, but is {type(size).__name__}")
    if not size or any(length < 1 for length in size):
        raise errors.invalid(ValueError, f"size must hold positive lengths, but is {size}")
    return torch.empty(size).cauchy_(median, sigma)


@primitive
def LogNormalReverse(input: Any, *, mean: float = 1.0, std: float = 2.0) -> Any:
    """Numbers whose logarithm has this mean and deviation, in the shape and type of the input."""
    return torch.empty_like(input).log_normal_(mean, std)


@primitive
def NonDeterministicInts(shape: Any, *, dtype: Any = int64) -> Any:
    """Any numbers of int32 or int64, of the shape that a tensor holds."""
    kind = torch_dtype(dtype)
    if kind not in (torch.int32, torch.int64):
        raise errors.invalid(TypeError, f"dtype must be int32 or int64, but is {dtype}")
    limits = torch.iinfo(torch.int32)
    halves = torch.randint(limits.min, limits.max + 1, (2, *lengths(shape)))
    return (halves[0] if kind == torch.int32 else (halves[0] << 32) + (halves[1] - limits.min)).to(kind)


@primitive
def TruncatedNormal(shape: Any, *, dtype: Any = float32, seed: int = 0, seed2: int = 0) -> Any:
    """Standard normal numbers in [-2, 2], of the shape that a tensor holds."""
    return truncated(lengths(shape), -2.0, 2.0, torch_dtype(dtype), generator(joined(seed, seed2)))


@primitive
def ParameterizedTruncatedNormal(shape: Any, mean: Any, stdevs: Any, min: Any, max: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    """Normal numbers in [min, max]; mean, deviation and bounds have no axis, or one number for each entry of the first axis of `shape`."""
    wide = lengths(shape)
    centre, spread, low, high = (each.double().reshape(-1, *(1,) * (len(wide) - 1)) for each in (mean, stdevs, min, max))
    if bool((low >= high).any()):
        raise errors.invalid(ValueError, "min must be less than max")
    drawn = truncated(wide, (low - centre) / spread, (high - centre) / spread, torch.float64, generator(joined(seed, seed2), like=mean))
    return (centre + spread * drawn).to(mean.dtype)


@primitive
def Randperm(n: Any, *, max_length: int = 1, pad: int = -1, dtype: Any = int32) -> Any:
    """(max_length,): 0 … n - 1, a tensor of one element, in any order, then the padding."""
    if n.ndim != 1 or int(n) > max_length:
        raise errors.invalid(ValueError, f"n must be a tensor (1,) of at most max_length, {max_length}")
    order = torch.randperm(int(n))
    return torch.nn.functional.pad(order, (0, max_length - int(n)), value=pad).to(torch_dtype(dtype))


@primitive
def RandpermV2(n: Any, *, seed: int = 0, offset: int = 0, dtype: Any = int64) -> Any:
    """(n,): 0 … n - 1 in any order."""
    return torch.randperm(int(n), generator=generator(joined(seed, offset))).to(torch_dtype(dtype))


@primitive
def ComputeAccidentalHits(true_classes: Any, sampled_candidates: Any, *, num_true: int = 1) -> Any:
    """(row, place, weight): where a candidate is one of a row's true classes; the weight is the smallest float32."""
    if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
        raise errors.invalid(ValueError, f"true_classes must be (batch, {num_true}), but are {tuple(true_classes.shape)}")
    rows, _, places = torch.nonzero(true_classes.unsqueeze(-1) == sampled_candidates, as_tuple=True)
    return rows.int(), places, torch.full_like(rows, torch.finfo(torch.float32).min, dtype=torch.float32)
