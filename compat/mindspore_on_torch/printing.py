"""The text of a tensor, as MindSpore prints it: `str` is NumPy's, `repr` has fixed-width numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import frameworks

torch: Any = frameworks.load("torch")

plain_torch = torch._C.DisableTorchFunctionSubclass

THRESHOLD, EDGE = 1000, 3
# Elements on a line of a 1-d tensor; 24 for the types that are not named.
PER_LINE = {"b": 12, "f": 12}
DIGITS = {"float16": 4, "float32": 8, "float64": 8}


def to_array(tensor: Any) -> tuple[np.ndarray[Any, Any], bool]:
    """The values, without a copy if they lie in host memory, and whether they were bfloat16, which NumPy lacks."""
    with plain_torch():
        data = tensor.detach().cpu().resolve_conj()
        half = data.dtype == torch.bfloat16
        return (data.float() if half else data).numpy(), half


def to_str(tensor: Any) -> str:
    """What `print(tensor)` shows."""
    array, half = to_array(tensor)
    return np.array2string(array, formatter={"float_kind": "{:.6f}".format}) if half else str(array)


def to_repr(tensor: Any, dtype: str) -> str:
    """What a bare expression shows in a console: shape, dtype and values."""
    array, half = to_array(tensor)
    gap = "\n" if array.ndim > 1 else " "
    return f"Tensor(shape={list(array.shape)}, dtype={dtype}, value={gap}{values(array, half)})"


def values(array: np.ndarray[Any, Any], half: bool = False) -> str:
    """The numbers of an array, nested in brackets; the middle of a large one is left out."""
    if array.size == 0:
        return ""
    if array.ndim == 0:
        return scalar(array.item())
    shortened = array.size > THRESHOLD
    shown = edges(array) if shortened else array
    texts = [element(value, array.dtype.name, half) for value in shown.ravel().tolist()]
    width = max(map(len, texts))
    table = np.array([text.rjust(width) for text in texts], dtype=object).reshape(shown.shape)
    return nested(table, array.shape, shortened, 1, array.dtype.kind)


def edges(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The first and the last three along each axis that is longer than six."""
    for axis, length in enumerate(array.shape):
        if length > 2 * EDGE:
            array = np.take(array, [*range(EDGE), *range(length - EDGE, length)], axis)
    return array


def scalar(value: Any) -> str:
    """A 0-d value: six significant digits."""
    return f"{value:g}" if isinstance(value, float) else str(value).strip("()")


def element(value: Any, dtype: str, half: bool) -> str:
    """One element, before alignment."""
    if isinstance(value, float):
        if half:
            return f"{value:g}"
        digits = DIGITS[dtype]
        return f"{value:.{digits}e}".rjust(digits + 7)
    if isinstance(value, complex):
        return f"{value.real:g}{value.imag:+g}j"
    return f"{value!s:>5}" if isinstance(value, bool) else str(value)


def nested(table: np.ndarray[Any, Any], shape: tuple[int, ...], shortened: bool, indent: int, kind: str) -> str:
    """Brackets around the rows of `table`. `shape` is the whole array's: "..." stands where rows are missing."""
    cut = shortened and shape[0] > 2 * EDGE
    if table.ndim == 1:
        cells = list(table)
        if cut:
            return "[" + ", ".join(cells[:EDGE]) + " ... " + ", ".join(cells[EDGE:]) + "]"
        return "[" + wrapped(cells, PER_LINE.get(kind, 24) if indent == 1 else len(cells) + 1) + "]"
    rows = [nested(row, shape[1:], shortened, indent + 1, kind) for row in table]
    gap = "\n" + " " * indent
    if cut:
        return "[" + f",{gap}".join(rows[:EDGE]) + f",{gap}...{gap}" + f",{gap}".join(rows[EDGE:]) + "]"
    return "[" + f",{gap}".join(rows) + "]"


def wrapped(cells: list[str], per_line: int) -> str:
    """The cells of a row, `per_line` on a line; MindSpore breaks the line after the last cell of a full one, too."""
    if len(cells) < per_line:
        return ", ".join(cells)
    lines = [", ".join(cells[start : start + per_line]) for start in range(0, len(cells), per_line)]
    return ", \n ".join(lines) + ("\n " if len(cells) % per_line == 0 else "")
