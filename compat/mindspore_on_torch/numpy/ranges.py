"""mindspore.numpy: numbers at even distances, grids of them, and windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import int32
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import data_type, plain

torch: Any = frameworks.load("torch")

__all__ = [
    "arange", "bartlett", "blackman", "geomspace", "hamming", "indices", "ix_", "linspace", "logspace", "meshgrid", "mgrid", "ogrid",
]  # fmt: skip


@plain
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """From start up to, not including, stop; `arange(n)` starts at 0. int32 (int64 where that is too small) for integers, else float32.

    ValueError where there is no number in between.
    """
    first, last, distance = (0, start, step) if stop is None else (start, stop, step)
    given = [first, last] if distance is None else [first, last, distance]
    if dtype is not None:
        kind = data_type(dtype)
    elif all(isinstance(item, int) for item in given):
        whole = operands.kind_of(torch.int32, first, last)
        kind = torch.bool if all(isinstance(item, bool) for item in ([last] if stop is None else given)) else whole
    else:
        kind = torch.float32
    device = next((item.device for item in given if isinstance(item, torch.Tensor)), None)
    first, last, distance = (item.item() if isinstance(item, torch.Tensor) else item for item in (*given, 1)[:3])
    count = math.ceil((last - first) / distance)
    if count <= 0:
        raise errors.invalid(ValueError, f"there is no number from {first} to {last} by {distance}: no tensor without elements is made")
    return (first + distance * torch.arange(count, dtype=torch.int64)).to(device=device, dtype=kind)


def ends(start: Any, stop: Any, num: Any, endpoint: Any) -> tuple[Any, Any, int]:
    """Start and stop, and the number of distances between them. Python's numbers in double precision, as no tensor's gradient needs them."""
    if operands.integer("num", num) <= 0:
        raise errors.invalid(ValueError, f"num must be positive, but got {num}")
    gaps = num - 1 if operands.flag("endpoint", endpoint) else num
    if operands.has_tensor((start, stop)):
        first, last = operands.arrays(start, stop)
        return first.float(), last.float(), gaps
    first, last = (operands.array(item, "cpu", torch.float64) for item in (start, stop))
    return first, last, gaps


def between(first: Any, last: Any, num: int, gaps: int) -> Any:
    """`num` numbers at even distances along a new first axis."""
    steps = torch.arange(num, dtype=first.dtype, device=first.device) / max(gaps, 1)
    return first + steps.reshape([num] + [1] * max(first.ndim, last.ndim)) * (last - first)


def placed(samples: Any, dtype: Any, axis: int) -> Any:
    """The samples along another axis than the first, as float32 unless a type is given; those of Python's numbers on the default device."""
    moved = samples.movedim(0, operands.one_axis(axis, samples.ndim))
    home = torch.get_default_device() if samples.dtype is torch.float64 else samples.device
    return moved.to(home, torch.float32 if dtype is None else data_type(dtype))


@plain
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:  # fmt: skip
    """`num` numbers from start to stop at even distances, along `axis` of the result; with `retstep` the distance as well."""
    first, last, gaps = ends(start, stop, num, endpoint)
    samples = placed(between(first, last, num, gaps), dtype, axis)
    if not operands.flag("retstep", retstep):
        return samples
    return samples, ((last - first) / gaps).to(samples.device, torch.float32) if gaps else math.nan


@plain
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:  # fmt: skip
    """The powers of `base` whose exponents are those of `linspace`."""
    if not isinstance(base, (int, float)):
        raise errors.invalid(TypeError, f"base must be a number, but got {type(base).__name__}")
    first, last, gaps = ends(start, stop, num, endpoint)
    return placed(torch.pow(float(base), between(first, last, num, gaps)), dtype, axis)


@plain
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """`num` numbers from start to stop, each the same multiple of the one before."""
    first, last, gaps = ends(start, stop, num, endpoint)
    return placed(first * torch.pow(last / first, between(torch.zeros_like(first), torch.ones_like(last), num, gaps)), dtype, axis)


@plain
def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> list[Any]:
    """The coordinates of a grid, one tensor for each of `xi`; of length 1 along the other axes if `sparse`."""
    operands.tensors(*xi)
    if indexing not in ("xy", "ij"):
        raise errors.invalid(TypeError, f"indexing must be 'xy' or 'ij', but got {indexing!r}")
    order = list(range(len(xi)))
    if indexing == "xy":
        order[:2] = reversed(order[:2])
    grids = [x.reshape([-1 if axis == place else 1 for axis in range(len(xi))]) for x, place in zip(xi, order, strict=True)]
    if operands.flag("sparse", sparse) or not grids:
        return grids
    return [grid.clone() for grid in torch.broadcast_tensors(*grids)]


class Grid:
    """mgrid and ogrid: `grid[0:3, 0:1:5j]` gives the coordinates of a grid; a complex step is a number of points, ends included."""

    def __init__(self, sparse: bool) -> None:
        self.sparse = sparse

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return points(key)
        if not isinstance(key, tuple):
            raise errors.invalid(TypeError, f"mindspore.numpy grids are indexed with slices, but got {key!r}")
        grids = meshgrid(*(points(each) for each in key), sparse=self.sparse, indexing="ij")
        return grids if self.sparse else stacked(grids)


def points(key: Any) -> Any:
    """The coordinates along one axis. TypeError unless start and stop are integers."""
    if not isinstance(key, slice) or not isinstance(key.start, int) or not isinstance(key.stop, int):
        raise errors.invalid(TypeError, f"a grid needs slices with an integer start and stop, but got {key!r}")
    if isinstance(key.step, complex):
        return linspace(key.start, key.stop, int(abs(key.step)))
    return arange(key.start, key.stop, key.step)


@plain
def stacked(grids: list[Any]) -> Any:
    return torch.stack(operands.common(*grids))


mgrid, ogrid = Grid(sparse=False), Grid(sparse=True)


@plain
def ix_(*args: Any) -> tuple[Any, ...]:
    """The vectors, each along an axis of its own, so that together they index a part of a grid."""
    operands.tensors(*args)
    if any(each.ndim != 1 for each in args):
        raise errors.invalid(ValueError, "each argument must have one dimension")
    return tuple(each.reshape([-1 if axis == place else 1 for axis in range(len(args))]) for place, each in enumerate(args))


@plain
def indices(dimensions: Any, dtype: Any = int32, sparse: bool = False) -> list[Any]:
    """The index along each axis at every place of a grid of this shape; of length 1 along the other axes if `sparse`."""
    if not isinstance(dimensions, (tuple, list)):
        raise errors.invalid(TypeError, f"dimensions must be a tuple or list, but got {type(dimensions).__name__}")
    vectors = [torch.arange(size, dtype=data_type(dtype)) for size in operands.lengths(dimensions)]
    return meshgrid(*vectors, sparse=sparse, indexing="ij") if vectors else []


def window(name: str, about: str) -> Callable[[int], Any]:
    operation = getattr(torch, f"{name}_window")

    def function(M: int) -> Any:
        return operation(max(operands.integer("M", M), 0), periodic=False, dtype=torch.float64).float()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The symmetric {about} window of M points, as float32; empty for M < 1."
    return plain(function)


bartlett, blackman, hamming = window("bartlett", "Bartlett"), window("blackman", "Blackman"), window("hamming", "Hamming")
