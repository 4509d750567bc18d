"""Random numbers that are proposed and accepted or refused one at a time: gamma, Dirichlet, Poisson and binomial ones.

The methods are those that PyTorch uses on CPU, so equal seeds give equal numbers. Each number is drawn by a loop in Python on the host.

- gamma: G. Marsaglia and W. W. Tsang, A simple method for generating gamma variables, 2000
- Poisson: W. Hörmann, The transformed rejection method for generating Poisson random variables, 1993
- binomial: W. Hörmann, The generation of binomial random variates, 1993
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.natives import named
from compat.torch_on_mindspore.special import scipy_special
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host

STEP = 1e-3  # of the differences, relative to the parameter


def gamma_number(stream: Any, shape: float) -> float:
    if shape == 0:
        return 0.0
    scale = 1.0
    if shape < 1:
        scale = (1 - uniform_number(stream)) ** (1 / shape)
        shape += 1
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x, root = 0.0, 0.0
        while root <= 0:
            x = float(stream.normals(1, double=True)[0])
            root = 1 + c * x
        v = root**3
        u = 1 - uniform_number(stream)
        if u < 1 - 0.0331 * x**4 or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v


def poisson_number(stream: Any, rate: float) -> int:
    if rate == 0:
        return 0
    if rate < 10:
        count, product, bound = 0, uniform_number(stream), math.exp(-rate)
        while product > bound:
            count += 1
            product *= uniform_number(stream)
        return count
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    ratio = 1.1239 + 1.1328 / (b - 3.4)
    while True:
        u, v = uniform_number(stream) - 0.5, uniform_number(stream)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + math.log(ratio) - math.log(a / (us * us) + b) <= -rate + k * math.log(rate) - math.lgamma(k + 1):
            return k


def binomial_number(stream: Any, count: float, p: float) -> float:
    if count <= 0 or p <= 0:
        return 0
    if p >= 1:
        return count
    if p > 0.5:
        return count - binomial_number(stream, count, 1 - p)
    if count * p < 10:
        return waited(stream, count, p)
    spread = math.sqrt(count * p * (1 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    mode = math.floor((count + 1) * p)
    while True:
        u, v = uniform_number(stream) - 0.5, uniform_number(stream)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + count * p + 0.5)
        if us >= 0.07 and v <= 0.92 - 4.2 / b:
            return k
        if not 0 <= k <= count:
            continue
        density = log_choices(count, k) - log_choices(count, mode) + (k - mode) * math.log(p / (1 - p))
        if math.log(v * (2.83 + 5.1 / b) * spread / (a / (us * us) + b)) <= density:
            return k


def waited(stream: Any, count: float, p: float) -> int:
    """How many successes fit into `count` trials, by the waiting times between them."""
    successes, trials = 0, 0.0
    while True:
        drawn = uniform_number(stream)
        trials += math.ceil(math.log(drawn) / math.log1p(-p)) if drawn else math.inf
        if trials > count:
            return successes
        successes += 1


def log_choices(count: float, k: float) -> float:
    return math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)


def uniform_number(stream: Any) -> float:
    return float(stream.fractions(1, double=True)[0])


def drawn(number: Callable[..., float], generator: Any, *parameters: Any) -> Any:
    """One number for each place of the parameters, as float64."""
    stream = random.chosen(generator)
    arrays = [host(one).astype(np.float64) for one in parameters]
    rows = zip(*(one.reshape(-1).tolist() for one in arrays), strict=True)
    return np.array([number(stream, *row) for row in rows], np.float64).reshape(arrays[0].shape)


# --- with the gradients that PyTorch gives them ---


def slope(lower: Callable[[Any], Any], upper: Callable[[Any], Any], low: Any, parameter: Any) -> Any:
    """The derivative of a distribution function by its parameter, from the smaller of it and its complement."""
    step = STEP * parameter

    def difference(function: Callable[[Any], Any]) -> Any:
        near = function(parameter + step) - function(parameter - step)
        far = function(parameter + 2 * step) - function(parameter - 2 * step)
        return (8 * near - far) / (12 * step)

    return np.where(low, difference(lower), -difference(upper))


class StandardGamma(Function):
    """Gamma numbers of rate 1; the gradient keeps the place of each in its distribution."""

    @staticmethod
    def forward(ctx: Any, shape: Any, generator: Any) -> Any:
        kind = shape.dtype.name
        numbers = np.maximum(drawn(gamma_number, generator, shape), np.finfo(kind).tiny).astype(kind)
        ctx.known = host(shape).astype(np.float64), numbers.astype(np.float64)
        return mindspore.Tensor(numbers)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        shape, number = ctx.known
        special = scipy_special()
        with np.errstate(all="ignore"):
            moved = slope(lambda a: special.gammainc(a, number), lambda a: special.gammaincc(a, number), number < shape, shape)
            rate = -moved / np.exp((shape - 1) * np.log(number) - number - special.gammaln(shape))
        return scaled(gradient, rate), None


class StandardDirichlet(Function):
    """Points of the simplex; the gradient moves one coordinate at a time within its beta distribution."""

    @staticmethod
    def forward(ctx: Any, concentration: Any) -> Any:
        kind = concentration.dtype.name
        parts = drawn(gamma_number, None, concentration)
        numbers = (parts / parts.sum(-1, keepdims=True)).astype(kind)
        numbers = np.clip(numbers, np.finfo(kind).tiny, 1 - np.finfo(kind).epsneg)
        ctx.known = host(concentration).astype(np.float64), numbers.astype(np.float64)
        return mindspore.Tensor(numbers)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        a, x = ctx.known
        b = a.sum(-1, keepdims=True) - a
        special = scipy_special()
        with np.errstate(all="ignore"):
            moved = slope(lambda one: special.betainc(one, b, x), lambda one: special.betaincc(one, b, x), x < a / (a + b), a)
            density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - special.betaln(a, b))
            rate = -moved / density / (1 - x)
        incoming = host(gradient).astype(np.float64)
        found = rate * (incoming - (x * incoming).sum(-1, keepdims=True))
        return as_tensor(mindspore.Tensor(found.astype(gradient.dtype.name)))


def scaled(gradient: Any, rate: Any) -> Any:
    return as_tensor(mindspore.ops.mul(gradient, mindspore.Tensor(rate.astype(gradient.dtype.name))))


def standard_gamma(input: Any, generator: Any = None) -> Tensor:
    """Gamma numbers with these shapes and rate 1, computed on the host; differentiable."""
    found: Tensor = StandardGamma.apply(input, generator)
    return found


def standard_dirichlet(input: Any) -> Tensor:
    """Points of the simplex with these concentrations along the last dimension, computed on the host; differentiable."""
    found: Tensor = StandardDirichlet.apply(input)
    return found


@named("torch.poisson")
def poisson(input: Any, generator: Any = None) -> Tensor:
    """Poisson numbers with these rates, computed on the host; RuntimeError for a negative rate."""
    check_numbers("poisson_cpu", input)
    if (host(input) < 0).any():
        raise invalid(RuntimeError, "invalid Poisson rate, expected rate to be non-negative")
    return random.stored(drawn(poisson_number, generator, input), tuple(input.shape), input.dtype)


@named("torch.binomial")
def binomial(count: Any, prob: Any, generator: Any = None) -> Tensor:
    """How many of `count` trials of probability `prob` succeed, computed on the host."""
    check_numbers("binomial_cpu", count)
    wide = np.broadcast_shapes(tuple(count.shape), tuple(prob.shape))
    return random.stored(drawn(binomial_number, generator, count.expand(wide), prob.expand(wide)), wide, count.dtype)


def check_numbers(name: str, tensor: Any) -> None:
    if tensor.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"{name}\" not implemented for '{tensor.dtype.tensor_type}'")
