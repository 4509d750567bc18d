"""Random tensors, which follow PyTorch's stream number for number."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import factory, shape_of
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.shaping import sizes
from compat.torch_on_mindspore.storage import check_writable, write
from compat.torch_on_mindspore.tensor import Tensor, host


@factory
def rand(*given: Any, size: Any = None, generator: Any = None, kind: Any) -> Any:
    """Uniform numbers in [0, 1), the same as PyTorch's for the same seed."""
    return random.uniform_numbers(shape_of(given, size), kind or dtypes.get_default_dtype(), 0.0, 1.0, generator)


@factory
def randn(*given: Any, size: Any = None, generator: Any = None, kind: Any) -> Any:
    """Standard normal numbers, PyTorch's for the same seed to the last bit or two."""
    return random.normal_numbers(shape_of(given, size), kind or dtypes.get_default_dtype(), 0.0, 1.0, generator)


@factory
def rand_like(input: Any, *, generator: Any = None, kind: Any) -> Any:
    return random.uniform_numbers(tuple(input.shape), kind or input.dtype, 0.0, 1.0, generator)


@factory
def randn_like(input: Any, *, generator: Any = None, kind: Any) -> Any:
    return random.normal_numbers(tuple(input.shape), kind or input.dtype, 0.0, 1.0, generator)


@factory
def randint(*given: Any, low: Any = None, high: Any = None, size: Any = None, generator: Any = None, kind: Any) -> Any:
    """Integers in [low, high): `randint(high, size)` or `randint(low, high, size)`."""
    bounds = list(given)
    if size is None and bounds:
        size = bounds.pop()
    if not isinstance(size, (tuple, list)):
        raise invalid(TypeError, f"randint(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    low, high = interval("randint", bounds, low, high)
    return random.integer_numbers(tuple(size), kind or dtypes.int64, low, high, generator)


def interval(name: str, bounds: list[Any], low: Any, high: Any) -> tuple[int, int]:
    """The bounds of random integers from what was given by place, (high) or (low, high), and by keyword; TypeError for anything else."""
    if len(bounds) == 1 and high is not None and low is None:
        (low,) = bounds
    elif len(bounds) == 1 and high is None and low is None:
        (high,) = bounds
    elif len(bounds) == 2 and high is None and low is None:
        low, high = bounds
    elif bounds:
        raise invalid(TypeError, f"{name}() received an invalid combination of arguments: {len(bounds)} by place, and low or high")
    if high is None:
        raise invalid(TypeError, f'{name}() missing 1 required positional argument: "high"')
    low = 0 if low is None else low
    for end in (low, high):
        if isinstance(end, float):
            raise invalid(TypeError, f"{name}(): argument 'high' must be int, not float")
    return low, high


@factory
def randint_like(input: Any, *bounds: Any, low: Any = None, high: Any = None, generator: Any = None, kind: Any) -> Any:
    """Integers in [0, high) or in [low, high), in the shape and dtype of `input`."""
    low, high = interval("randint_like", list(bounds), low, high)
    return random.integer_numbers(tuple(input.shape), kind or input.dtype, low, high, generator)


@factory
def randperm(n: int, *, generator: Any = None, kind: Any) -> Any:
    """0 … n-1 in PyTorch's random order."""
    if n < 0:
        raise invalid(RuntimeError, f"randperm: Trying to create tensor with negative dimension {n}")
    return random.stored(random.chosen(generator).permutation(n), (n,), kind or dtypes.int64)


def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None, device: Any = None,
           layout: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Normal numbers with this mean and standard deviation, numbers or tensors."""
    if size is not None:
        return drawn_normal(mean, std, size, generator=generator, dtype=dtype, device=device, layout=layout, pin_memory=pin_memory,
                            requires_grad=requires_grad)  # fmt: skip
    if not all(is_tensor(one) or isinstance(one, (int, float)) for one in (mean, std)) or not (is_tensor(mean) or is_tensor(std)):
        kinds = ", ".join(type(one).__name__ for one in (mean, std))
        raise invalid(TypeError, f"normal() received an invalid combination of arguments - got ({kinds})")
    for one in (std,):
        if bool((host(one) < 0).any()) if is_tensor(one) else one < 0:
            raise invalid(
                RuntimeError,
                "normal expects all elements of std >= 0.0" if is_tensor(one) else f"normal expects std >= 0.0, but found std {one}",
            )
    shape = np.broadcast_shapes(*(tuple(one.shape) for one in (mean, std) if is_tensor(one)))
    kind = (mean if is_tensor(mean) else std).dtype
    found: Tensor = random.normal_numbers(shape, kind, 0.0, 1.0, generator) * std + mean
    drawn: Tensor = unmoved(found.detach(), mean, std)
    return drawn


@factory
def drawn_normal(mean: Any, std: Any, size: Any, *, generator: Any, kind: Any) -> Any:
    if std < 0:
        raise invalid(RuntimeError, f"normal expects std >= 0.0, but found std {std}")
    return random.normal_numbers(sizes((size,)), kind or dtypes.get_default_dtype(), mean, std, generator)


def bernoulli(input: Any, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that the element is, or with probability p, else 0."""
    chance: Any = host(input) if p is None else p
    if p is None:
        if input.dtype.category != dtypes.FLOAT:
            raise invalid(NotImplementedError, f"\"bernoulli_tensor_cpu_p_\" not implemented for '{input.dtype.tensor_type}'")
        if chance.size and not (chance.min() >= 0 and chance.max() <= 1):
            raise invalid(RuntimeError, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    double = p is not None or input.dtype == dtypes.float64
    drawn = random.chosen(generator).fractions(input.numel(), double=double).reshape(tuple(input.shape)) < chance
    found: Tensor = unmoved(random.stored(drawn, tuple(input.shape), input.dtype), input)
    return found


def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """Indices drawn with the probabilities in each row, as int64."""
    if input.dtype.category != dtypes.FLOAT:
        raise invalid(RuntimeError, f"multinomial only supports floating-point dtypes for input, got: {input.dtype.tensor_type}")
    if input.ndim not in (1, 2):
        raise invalid(RuntimeError, "prob_dist must be 1 or 2 dim")
    weights = host(input)
    rows = weights.reshape(-1, weights.shape[-1])
    if num_samples <= 0:
        raise invalid(RuntimeError, "cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > rows.shape[1]:
        raise invalid(RuntimeError, "cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if rows.size and not (np.isfinite(rows).all() and rows.min() >= 0):
        raise invalid(RuntimeError, "probability tensor contains either `inf`, `nan` or element < 0")
    if (rows.sum(1) <= 0).any():
        raise invalid(RuntimeError, "invalid multinomial distribution (sum of probabilities <= 0)")
    stream = random.chosen(generator)
    if replacement and num_samples > 1:
        drawn = stream.fractions(rows.shape[0] * num_samples, double=True).reshape(rows.shape[0], num_samples)
        totals = np.cumsum(rows.astype(np.float64), 1)
        found = np.stack([np.searchsorted(total / total[-1], one) for total, one in zip(totals, drawn, strict=True)])
    else:
        waits = exponentials(stream, rows.size, 1.0).astype(rows.dtype).reshape(rows.shape)
        found = np.argsort(-(rows / waits), 1, kind="stable")[:, :num_samples]
    return random.stored(found, (*weights.shape[:-1], num_samples), dtypes.int64)


def exponentials(stream: Any, count: int, rate: float) -> Any:
    return -np.log1p(-stream.fractions(count, double=True)) / rate


def drawn_in_place(name: str, numbers: Any, check: Any) -> Any:
    """The method that replaces all elements by numbers of a distribution: `numbers(stream, count, …)`.

    `check` has the parameters of the method, and what Python says of wrong ones names it.
    """

    def method(input: Any, *parameters: float, generator: Any = None, **named: float) -> Any:
        check(*parameters, **named)
        check_writable(input)
        found = numbers(random.chosen(generator), input.numel(), *parameters, **named)
        return write(input, random.stored(found, tuple(input.shape), input.dtype))

    method.__name__ = method.__qualname__ = check.__qualname__ = name
    return method


def check_rate(lambd: float = 1) -> None:
    if lambd <= 0:
        raise invalid(RuntimeError, f"exponential_ expects lambda > 0.0, but found lambda={lambd}")


def check_chance(p: float) -> None:
    if not 0 < p < 1:
        raise invalid(RuntimeError, f"geometric_ expects p to be in (0, 1), but got p={p}")


def check_spread(median: float = 0, sigma: float = 1) -> None:
    if sigma <= 0:
        raise invalid(RuntimeError, f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")


def check_std(mean: float = 1, std: float = 2) -> None:
    if std <= 0:
        raise invalid(RuntimeError, f"log_normal_ expects std > 0.0, but found std={std}")


def cauchys(stream: Any, count: int, median: float = 0, sigma: float = 1) -> Any:
    return median + sigma * np.tan(np.pi * (stream.fractions(count, double=True) - 0.5))


METHODS = {
    "exponential_": drawn_in_place("exponential_", lambda stream, count, lambd=1: exponentials(stream, count, lambd), check_rate),
    "geometric_": drawn_in_place(
        "geometric_", lambda stream, count, p: np.ceil(np.log(stream.fractions(count, double=True)) / np.log1p(-p)), check_chance
    ),
    "cauchy_": drawn_in_place("cauchy_", cauchys, check_spread),
    "log_normal_": drawn_in_place(
        "log_normal_", lambda stream, count, mean=1, std=2: np.exp(mean + std * stream.normals(count, double=True)), check_std
    ),
}
