"""Bands of diagonals, packed with one diagonal to a row: taken from matrices, put into them, made into new ones."""

from __future__ import annotations

from typing import Any, NamedTuple

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = ["matrix_band_part", "matrix_diag", "matrix_diag_part", "matrix_set_diag"]


class Band(NamedTuple):
    """The diagonals from `low` to `high`, how long the longest is, and where each element stands: in the matrix and packed."""

    low: int
    high: int
    longest: int
    row: Any
    column: Any
    diagonal: Any
    place: Any


def limits(k: Any) -> tuple[int, int]:
    """The lowest and highest diagonal of `k`: a number, a pair, or a tensor of one or two. A tensor is read from its device."""
    found = k.tolist() if isinstance(k, torch.Tensor) else k
    pair = tuple(found) if isinstance(found, (tuple, list)) else (found,)
    if len(pair) not in (1, 2) or pair[0] > pair[-1]:
        raise errors.invalid(ValueError, f"k must be one or two ascending numbers, but is {found}")
    return int(pair[0]), int(pair[-1])


def band(rows: int, columns: int, low: int, high: int, align: str, device: Any) -> Band:
    """The elements of the diagonals; `align` says to which side those above and those below the main diagonal are moved."""
    if align not in ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"):
        raise errors.invalid(ValueError, f"align must be RIGHT_LEFT, LEFT_RIGHT, LEFT_LEFT or RIGHT_RIGHT, but is {align!r}")
    if not (-rows < low <= high < columns or (low == high == 0)):
        raise errors.invalid(ValueError, f"k ({low}, {high}) is outside of a matrix of {rows} by {columns}")
    above, below = align.split("_")
    longest = min(rows + min(high, 0), columns - max(low, 0))
    number = torch.arange(high - low + 1, device=device).unsqueeze(1)
    offset, place = high - number, torch.arange(longest, device=device).unsqueeze(0)
    length = torch.minimum(rows + offset.clamp(max=0), columns - offset.clamp(min=0))
    to_left = ((offset >= 0) & (above == "LEFT")) | ((offset <= 0) & (below == "LEFT"))
    step = place - torch.where(to_left, 0, longest - length)
    inside = (step >= 0) & (step < length)
    row, column = step - offset.clamp(max=0), step + offset.clamp(min=0)
    packed = (each.expand_as(inside)[inside] for each in (number, place))
    return Band(low, high, longest, row[inside], column[inside], *packed)


def padding(value: Any, like: Any) -> Any:
    """A number or a tensor of one element, in the type of `like`."""
    return torch.as_tensor(value, dtype=like.dtype, device=like.device).reshape(())


@operation
def matrix_diag_part(x: Any, k: Any, padding_value: Any, align: str = "RIGHT_LEFT") -> Any:
    """mindspore.ops.matrix_diag_part: the diagonals `k` of the matrices, one to a row; only one needs no axis of its own."""
    low, high = limits(k)
    found = band(x.shape[-2], x.shape[-1], low, high, align, x.device)
    made = padding(padding_value, x).expand(*x.shape[:-2], high - low + 1, found.longest).clone()
    made[..., found.diagonal, found.place] = x[..., found.row, found.column]
    return made.squeeze(-2) if low == high else made


@operation
def matrix_diag(x: Any, k: Any = 0, num_rows: Any = -1, num_cols: Any = -1, padding_value: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """mindspore.ops.matrix_diag: matrices with the packed diagonals `x` at `k` and the padding elsewhere, as small as fits by default."""
    low, high = limits(k)
    longest = x.shape[-1]
    least = (longest - min(high, 0), longest + max(low, 0))
    rows, columns = (int(size) for size in (num_rows, num_cols))
    if rows == columns == -1:
        rows = columns = max(least)
    rows, columns = (least[0] if rows == -1 else rows, least[1] if columns == -1 else columns)
    if rows < least[0] or columns < least[1] or (rows != least[0] and columns != least[1]):
        raise errors.invalid(ValueError, f"{rows} rows and {columns} columns don't fit diagonals of {longest} at {low} to {high}")
    packed = x.unsqueeze(-2) if low == high else x
    made = padding(padding_value, x).expand(*packed.shape[:-2], rows, columns).clone()
    return put(made, packed, band(rows, columns, low, high, align, x.device))


@operation
def matrix_set_diag(x: Any, diagonal: Any, k: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """mindspore.ops.matrix_set_diag: the matrices with the packed diagonals at `k`."""
    low, high = limits(k)
    packed = diagonal.unsqueeze(-2) if low == high else diagonal
    return put(x.clone(), packed, band(x.shape[-2], x.shape[-1], low, high, align, x.device))


def put(matrices: Any, packed: Any, found: Band) -> Any:
    """The matrices, changed in place."""
    if tuple(packed.shape[-2:]) != (found.high - found.low + 1, found.longest):
        raise errors.invalid(ValueError, f"diagonals of shape {tuple(packed.shape)} don't fit those from {found.low} to {found.high}")
    matrices[..., found.row, found.column] = packed[..., found.diagonal, found.place]
    return matrices


@operation
def matrix_band_part(x: Any, lower: Any, upper: Any) -> Any:
    """mindspore.ops.matrix_band_part: zeros outside of `lower` diagonals below and `upper` above the main one; negative keeps all."""
    row = torch.arange(x.shape[-2], device=x.device).unsqueeze(1)
    column = torch.arange(x.shape[-1], device=x.device)
    below, above = (torch.as_tensor(each, device=x.device)[..., None, None] for each in (lower, upper))
    kept = ((below < 0) | (row - column <= below)) & ((above < 0) | (column - row <= above))
    return torch.where(kept, x, torch.zeros_like(x))
