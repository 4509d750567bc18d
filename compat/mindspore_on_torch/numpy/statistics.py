"""mindspore.numpy: covariance, histograms, and the places of numbers among others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import common, plain
from compat.mindspore_on_torch.numpy.ranges import linspace

torch: Any = frameworks.load("torch")

__all__ = [
    "bincount", "corrcoef", "cov", "digitize", "histogram", "histogram2d", "histogram_bin_edges", "histogramdd", "searchsorted",
]  # fmt: skip


def observations(m: Any, rowvar: bool) -> Any:
    """One variable to a row, float32 at least."""
    found = operands.array(m)
    if found.ndim > 2:
        raise errors.invalid(ValueError, f"there must be at most 2 dimensions, but there are {found.ndim}")
    found = torch.atleast_2d(operands.single(found))
    return found.T if not rowvar and found.shape[0] != 1 else found


def weights(name: str, value: Any, count: int, device: Any) -> Any:
    """A weight for each observation; what is negative counts as positive. RuntimeError for another number of them."""
    if value is None:
        return None
    found = torch.abs(operands.array(value, device))
    if tuple(found.shape) != (count,):
        raise errors.invalid(RuntimeError, f"{name} needs {count} elements in one axis, but has the shape {tuple(found.shape)}")
    return found


def covariance(
    m: Any, y: Any = None, rowvar: Any = True, bias: bool = False, ddof: Any = None, fweights: Any = None, aweights: Any = None
) -> Any:  # fmt: skip
    rows = [observations(each, operands.flag("rowvar", rowvar)) for each in (m, y) if each is not None]
    found = torch.cat(common(*rows)).float()
    count = found.shape[1]
    factors = [each for each in (weights(name, value, count, found.device) for name, value in
                                 (("fweights", fweights), ("aweights", aweights))) if each is not None]  # fmt: skip
    weight = torch.ones(count, device=found.device)
    for factor in factors:
        weight = weight * factor
    total = weight.sum()
    freedom = ddof if ddof is not None else 0 if bias else 1
    if aweights is None or not freedom:
        divisor = total - freedom
    else:
        divisor = total - freedom * (weight * factors[-1]).sum() / total
    centred = found - (found * weight).sum(1, keepdim=True) / total
    return (centred * weight) @ centred.T / divisor


@plain
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None, aweights: Any = None,
    dtype: Any = None,
) -> Any:  # fmt: skip
    """The covariances of variables, one to a row (column unless `rowvar`), float32 unless given.

    The divisor is the number of observations less `ddof`, which is 1, or 0 with `bias`. ValueError for more than two axes,
    RuntimeError for weights that are not one for each observation.
    """
    found = covariance(m, y, rowvar, bias, ddof, fweights, aweights).squeeze()
    return operands.named(found, dtype)


@plain
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, dtype: Any = None) -> Any:
    """The correlation coefficients of variables, one to a row (column unless `rowvar`), float32 unless given."""
    found = covariance(x, y, rowvar)
    deviations = torch.sqrt(torch.diagonal(found))
    found = (found / deviations.unsqueeze(1) / deviations).clamp(-1, 1).squeeze()
    return operands.named(found, dtype)


@plain
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """The interval between neighbouring `bins`, which rise or fall, that each element lies in, int32."""
    found, edges = common(*operands.arrays(x, bins))
    if edges.ndim != 1:
        raise errors.invalid(ValueError, f"bins must have 1 dimension, but have {edges.ndim}")
    if not edges.shape[0]:
        return torch.zeros_like(found, dtype=torch.int32)
    rising = torch.bucketize(found, edges, right=not right, out_int32=True)
    falling = edges.shape[0] - torch.bucketize(found, edges.flip(0), right=not right, out_int32=True)
    return torch.where(edges[0] <= edges[-1], rising, falling)


@plain
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """Where each element of `v` belongs in the sorted vector `a`, int32; `sorter`: the indices that sort `a`."""
    operands.one_of("side", side, ("left", "right"))
    values, found = common(*operands.arrays(a, v))
    if values.ndim != 1:
        raise errors.invalid(ValueError, f"a must have 1 dimension, but has {values.ndim}")
    if sorter is not None:
        operands.tensors(sorter)
        if sorter.shape != values.shape:
            raise errors.invalid(ValueError, "sorter must be a vector as long as a")
        values = values[sorter.long()]
    return torch.searchsorted(values, found.contiguous(), side=side, out_int32=True)


def added_up(places: Any, amounts: Any, count: int) -> Any:
    """For each of the places from 0 up to `count` the sum of the amounts that have it, float32."""
    return torch.zeros(count, device=places.device).index_add(0, places, amounts.float())


@plain
def bincount(x: Any, weights: Any = None, minlength: int = 0, length: int | None = None) -> Any:
    """How often each number from 0 up occurs in a vector, or the sums of its weights, float32; negative ones count as 0.

    So many sums as `length`, or up to the largest number, `minlength` at least.
    """
    found, amounts = operands.arrays(x, 1 if weights is None else weights)
    if found.dtype not in operands.INTEGERS:
        raise errors.invalid(TypeError, "x must hold integers")
    if found.ndim != 1:
        raise errors.invalid(ValueError, f"x must have 1 dimension, but has {found.ndim}")
    if length is not None and length <= 0:
        raise errors.invalid(ValueError, f"length must be positive, but got {length}")
    if weights is None:
        amounts = torch.ones_like(found)
    if amounts.shape != found.shape:
        raise errors.invalid(ValueError, "x and weights must have the same length")
    places = found.long().clamp(min=0)
    count = length if length is not None else max(int(places.max()) + 1, int(minlength))
    return added_up(places.clamp(max=count), amounts, count + 1)[:count]


def edges_of(a: Any, bins: Any, limits: Any) -> Any:
    """The given edges, or those of so many bins of one width over the limits, or over all elements."""
    if isinstance(bins, str):
        raise errors.invalid(NotImplementedError, "mindspore.numpy: bins can't be chosen by a name")
    if isinstance(bins, (tuple, list, torch.Tensor)):
        edges = operands.array(bins, a.device)
        if edges.ndim != 1:
            raise errors.invalid(ValueError, f"bins must have 1 dimension, but have {edges.ndim}")
        return edges
    count = operands.integer("bins", bins)
    if limits is None:
        low, high = a.min().float(), a.max().float()
    else:
        if not isinstance(limits, (tuple, list)) or len(limits) != 2:
            raise errors.invalid(ValueError, f"range must be (start, end), but got {limits!r}")
        if limits[0] > limits[1]:
            raise errors.invalid(ValueError, f"the end of range must not be below its start, but got {limits}")
        low, high = (torch.tensor(float(each), device=a.device) for each in limits)
    half = torch.where(low == high, 0.5, 0.0)
    return linspace(low - half, high + half, count + 1)


def amounts_of(a: Any, weights: Any) -> Any:
    """A weight for each element: 1, unless given. ValueError for another shape."""
    if weights is None:
        return torch.ones_like(a, dtype=torch.float32)
    found = operands.array(weights, a.device)
    if found.shape != a.shape:
        raise errors.invalid(ValueError, "weights must have the shape of the elements")
    return found


@plain
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges of the bins of a histogram."""
    found = operands.array(a)
    amounts_of(found, weights)
    return edges_of(found, bins, range)


def counts(samples: Sequence[Any], edges: Sequence[Any], amounts: Any, density: bool) -> Any:
    """The weights added up in each bin, one vector of samples for each axis; the last bin has both of its edges."""
    places, inside = torch.zeros_like(amounts, dtype=torch.int64), torch.ones_like(amounts, dtype=torch.bool)
    shape = tuple(each.shape[0] - 1 for each in edges)
    for sample, each, size in zip(samples, edges, shape, strict=True):
        values, bounds = common(sample, each)
        found = torch.searchsorted(bounds, values.contiguous(), right=True) - 1
        found = torch.where(values == bounds[-1], size - 1, found)
        inside = inside & (found >= 0) & (found < size)
        places = places * size + found.clamp(0, size - 1)
    total = 1
    for size in shape:
        total *= size
    sums = added_up(places, torch.where(inside, amounts, 0), total).reshape(shape)
    if not density:
        return sums
    sums = sums / sums.sum()
    for axis, each in enumerate(edges):
        sums = sums / torch.diff(each).reshape([-1 if one == axis else 1 for one in range(len(shape))])
    return sums


@plain
def histogram(a: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> Any:
    """(How many elements lie in each bin, or the sum of their weights, float32; the edges of the bins).

    `density`: scaled so that the integral is 1.
    """
    found = operands.arrays(a, weights if isinstance(weights, torch.Tensor) else 0)[0]
    amounts = amounts_of(found, weights).reshape(-1)
    edges = edges_of(found, bins, range)
    return counts([found.reshape(-1)], [edges], amounts, density), edges


def in_dimensions(samples: Sequence[Any], bins: Any, limits: Any, weights: Any, density: bool) -> tuple[Any, list[Any]]:
    each_bins = [bins] * len(samples) if isinstance(bins, int) else list(bins)
    each_limits = [None] * len(samples) if limits is None else list(limits)
    if len(each_bins) != len(samples) or len(each_limits) != len(samples):
        raise errors.invalid(ValueError, f"bins and range need an entry for each of the {len(samples)} dimensions")
    edges = [edges_of(*one) for one in zip(samples, each_bins, each_limits, strict=True)]
    return counts(samples, edges, amounts_of(samples[0], weights), density), edges


@plain
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> Any:
    """(How many points lie in each box, a list of the edges along each axis). Points are the rows of a tensor, or a list has a vector
    for each axis.
    """
    points = sample.unbind(1) if isinstance(sample, torch.Tensor) and sample.ndim == 2 else sample
    if isinstance(points, torch.Tensor):
        raise errors.invalid(ValueError, f"sample must have 2 dimensions, but has {points.ndim}")
    return in_dimensions(operands.arrays(*points), bins, range, weights, density)


@plain
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> Any:
    """(How many points (x, y) lie in each rectangle, the edges along the first axis, those along the second)."""
    samples = operands.arrays(x, y)
    if samples[0].shape != samples[1].shape:
        raise errors.invalid(ValueError, "x and y must have the same length")
    found, edges = in_dimensions(samples, bins, range, weights, density)
    return found, *edges
