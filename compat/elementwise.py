"""Two arrays, element by element: where they part, and by how much. No framework; parity, model comparison and the pytest plugin all use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Tolerance(NamedTuple):
    """Elements agree within `rtol` of the reference's element plus `atol` of the reference's largest element (at least 1).

    Integers and booleans must be equal. The second part is for sums in which large terms cancel: what is left is only as exact as those terms were.
    """

    rtol: float
    atol: float


# Both frameworks compute in the precision of the dtype, in different orders. float32 and float64 alike: MindSpore's kernels for
# float64 compute some functions through float32.
TOLERANCES = {
    "float16": Tolerance(4e-3, 1e-3),  # 4 units of its 10 bits
    "bfloat16": Tolerance(3e-2, 8e-3),  # 4 units of its 7 bits
}
DEFAULT = Tolerance(1e-4, 1e-6)
QUANTILES = (0.5, 0.9, 0.99)
# Upper bounds of the histogram's bins; before them one for what is equal, after them one for the rest.
DECADES = tuple(10.0**power for power in range(-8, 1))
BINS = ("equal", *(f"<1e{power}" for power in range(-8, 1)), "1 and more")
FIRST = 5
BFLOAT16 = np.dtype(np.float32, metadata={"name": "bfloat16"})
SMALLEST = 1e-3


@dataclass(frozen=True)
class Comparison:
    """What the comparison of one array with another found.

    `detail` says where they part, in words, and is empty where they agree. Errors are over the elements that are finite in both;
    a relative error counts elements below 1e-3 in size (integers: below 1) as if they were of that size. `max_ulp` is the largest distance in representable
    numbers of the dtype (floating point alone). `nan` and `inf` count the places where only one of the two has one (an infinity of
    the other sign counts). `histogram` counts elements by the decade of their relative error, see `BINS`. `first` are the first differing
    elements: index, reference, subject.
    """

    name: str = ""
    detail: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    elements: int = 0
    differing: int = 0
    max_abs: float = 0.0
    mean_abs: float = 0.0
    max_rel: float = 0.0
    mean_rel: float = 0.0
    quantiles_abs: tuple[float, ...] = ()
    quantiles_rel: tuple[float, ...] = ()
    max_ulp: int = 0
    nan: int = 0
    inf: int = 0
    histogram: tuple[int, ...] = ()
    first: tuple[tuple[tuple[int, ...], str, str], ...] = field(default=())

    @property
    def agrees(self) -> bool:
        return not self.detail

    def as_dict(self) -> dict[str, Any]:
        """The fields that say something, as JSON data."""
        return {name: value for name, value in vars(self).items() if value not in ((), "", 0)}


def tolerance_of(dtype: str) -> Tolerance:
    """How far two results of a dtype may lie apart."""
    return TOLERANCES.get(dtype, DEFAULT)


def bfloat16(widened: Array) -> Array:
    """An array of bfloat16, which NumPy lacks: its numbers in float32, rounded to it (to even) and marked as what they are."""
    bits = widened.astype(np.float32).view(np.uint32)
    rounded = np.where(
        np.isnan(widened), bits, (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) & np.uint32(0xFFFF0000)
    )
    return rounded.view(np.float32).astype(BFLOAT16)


def dtype_of(array: Array) -> str:
    """The dtype's name; of one that NumPy lacks, too."""
    marks: Mapping[str, Any] = array.dtype.metadata or {}
    return str(marks.get("name", array.dtype))


def compared(reference: Array, subject: Array, tolerance: Tolerance | None = None, name: str = "") -> Comparison:
    """Hold `subject` against `reference`: shape, dtype, then each element; NaN equals NaN, an infinity one of its sign.

    Without a tolerance that of the dtype is taken.
    """
    dtype, other = dtype_of(reference), dtype_of(subject)
    about: dict[str, Any] = {"name": name, "shape": tuple(reference.shape), "dtype": dtype, "elements": int(reference.size)}
    if reference.shape != subject.shape:
        return Comparison(**about, detail=f"shape {list(subject.shape)}, not {list(reference.shape)}")
    if dtype != other:
        return Comparison(**about, detail=f"dtype {other}, not {dtype}")
    if not reference.size:
        return Comparison(**about)
    if reference.tobytes() == subject.tobytes():  # the usual case of integers, and not rare for the rest
        return Comparison(**about, histogram=(int(reference.size), *(0,) * (len(BINS) - 1)))
    return _measured(reference, subject, tolerance or tolerance_of(dtype), about)


def _measured(reference: Array, subject: Array, tolerance: Tolerance, about: dict[str, Any]) -> Comparison:
    apart = ~close(reference, subject, tolerance)
    first = tuple(_element(reference, subject, tuple(map(int, index))) for index in np.argwhere(apart)[:FIRST])
    counts: dict[str, Any] = {"nan": _only_one(np.isnan, reference, subject), "inf": _other_infinities(reference, subject)}
    detail = f"{shown(subject)}, not {shown(reference)}" if first else ""
    return Comparison(**about, detail=detail, differing=int(apart.sum()), first=first, **counts, **_errors(reference, subject))


def close(reference: Array, subject: Array, tolerance: Tolerance) -> NDArray[np.bool_]:
    """Which elements agree."""
    if not _is_inexact(reference):
        return np.asarray(reference == subject)
    with np.errstate(over="ignore"):
        atol = tolerance.atol * scale(reference)
        return np.asarray(np.isclose(_wide(subject), _wide(reference), rtol=tolerance.rtol, atol=atol, equal_nan=True))


def scale(reference: Array) -> float:
    """The largest finite element, at least 1."""
    if not _is_inexact(reference) or not reference.size:
        return 1.0
    sizes = np.abs(_wide(reference))
    return max(1.0, float(np.max(sizes, where=np.isfinite(sizes), initial=0.0)))


def _errors(reference: Array, subject: Array) -> dict[str, Any]:
    """Absolute and relative errors over the finite elements; none of what isn't a number."""
    if not (np.issubdtype(reference.dtype, np.number) or reference.dtype == np.bool_):
        return {}
    with np.errstate(all="ignore"):
        r, s = _wide(reference), _wide(subject)
        absolute = np.abs(s - r)
        relative = absolute / np.maximum(np.abs(r), SMALLEST if _is_inexact(reference) else 1.0)
    finite = np.isfinite(absolute)
    if not finite.any():
        return {}
    a, rel = absolute[finite], relative[finite]
    bins = np.where(rel == 0, 0, 1 + np.searchsorted(DECADES, rel, side="right"))
    return {
        "max_abs": float(a.max()),
        "mean_abs": float(a.mean()),
        "max_rel": float(rel.max()),
        "mean_rel": float(rel.mean()),
        "quantiles_abs": tuple(map(float, np.quantile(a, QUANTILES))),
        "quantiles_rel": tuple(map(float, np.quantile(rel, QUANTILES))),
        "max_ulp": _ulp(reference[finite], subject[finite]),
        "histogram": tuple(map(int, np.bincount(bins, minlength=len(BINS)))),
    }


def _ulp(reference: Array, subject: Array) -> int:
    """The largest number of representable values between two elements; of complex ones the larger of the two parts; 0 for other dtypes."""
    if reference.dtype.kind == "c":
        return max(_ulp(reference.real.copy(), subject.real.copy()), _ulp(reference.imag.copy(), subject.imag.copy()))
    if not _is_inexact(reference):
        return 0
    places = [_place(array) for array in (reference, subject)]
    return _largest_step(*places)


def _largest_step(reference: Array, subject: Array) -> int:
    # Places of opposite signs may lie further apart than int64 reaches, so the difference is taken as unsigned.
    above, below = np.maximum(reference, subject), np.minimum(reference, subject)
    return int(np.max(above.astype(np.uint64) - below.astype(np.uint64)))


def _place(array: Array) -> NDArray[np.int64]:
    """Where each number stands in the order of all numbers of its dtype, 0 for zero."""
    bits = array.view(f"i{array.dtype.itemsize}").astype(np.int64)
    lowest = np.int64(-(2 ** (8 * array.dtype.itemsize - 1)))
    places = np.where(bits < 0, lowest - bits, bits)
    return places >> 16 if dtype_of(array) == "bfloat16" else places


def _only_one(test: Any, reference: Array, subject: Array) -> int:
    return int(np.sum(test(_wide(reference)) != test(_wide(subject)))) if _is_inexact(reference) else 0


def _other_infinities(reference: Array, subject: Array) -> int:
    if not _is_inexact(reference):
        return 0
    r, s = _wide(reference), _wide(subject)
    either = np.isinf(r) | np.isinf(s)
    return int(np.sum(either & (r != s) & ~(np.isnan(r) & np.isnan(s))))


def _is_inexact(array: Array) -> bool:
    return array.dtype.kind in "fc"


def _wide(array: Array) -> Array:
    """As numbers that can be subtracted: integers and booleans in double precision, float16 in single."""
    if array.dtype.kind == "c" or array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float32) if _is_inexact(array) else array.astype(np.float64)


def _element(reference: Array, subject: Array, index: tuple[int, ...]) -> tuple[tuple[int, ...], str, str]:
    return index, str(reference[index]), str(subject[index])


def shown(array: Array) -> str:
    """An array on one line, at most 160 characters, the middle left out where it is long."""
    return shortened(np.array2string(array, precision=6, threshold=6, separator=", ").replace("\n", ""))


def shortened(text: str) -> str:
    """The first line of a text, cut at 160 characters."""
    line = text.partition("\n")[0]
    return line if len(line) <= 160 else line[:157] + "..."
