"""The text of a tensor, as PyTorch prints it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compat.errors import invalid

PLAIN_NAMES = ("Tensor", "Parameter")  # whose values are shown as `tensor(...)`; other classes are shown by their names


@dataclass(frozen=True)
class Options:
    """What `set_printoptions` sets. `sci_mode`: scientific notation always, never, or, with None, where the numbers want it."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {"default": Options(), "short": Options(precision=2, edgeitems=2), "full": Options(threshold=math.inf)}
_options = Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed from now on; what is not given stays, but for `sci_mode`."""
    global _options
    if profile is not None and profile not in PROFILES:
        raise invalid(ValueError, f"profile must be one of {', '.join(PROFILES)}, not {profile!r}")
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen = {name: value for name, value in given.items() if value is not None}
    _options = replace(_options if profile is None else PROFILES[profile], **chosen, sci_mode=sci_mode)  # type: ignore[arg-type]


def get_printoptions() -> dict[str, Any]:
    """What is set, by name."""
    return dict(vars(_options))


def text(tensor: Any, *, tensor_contents: str | None = None) -> str:
    """`tensor([...])`, or the given contents in the brackets, with the dtype, `requires_grad` and `grad_fn` where PyTorch shows them."""
    from compat.torch_on_mindspore import dtypes
    from compat.torch_on_mindspore.tensor import host

    kind = type(tensor)
    opening = "tensor(" if kind.__module__.startswith("torch") and kind.__name__ in PLAIN_NAMES else f"{kind.__name__}("
    shown = []
    if tensor_contents is not None:
        body = tensor_contents
    elif tensor.numel():
        body = elements(host(tensor), len(opening))
    else:
        body = "[]"
        if tensor.ndim != 1:
            shown.append(f"size={tuple(tensor.shape)}")
    default = dtypes.get_default_dtype()
    plain = tensor.dtype in (default, dtypes.int64, dtypes.bool_, dtypes.of_scalar(1j))
    if not plain or (not tensor.numel() and tensor.dtype != default):
        shown.append(f"dtype={tensor.dtype}")
    if tensor.grad_fn is not None:
        shown.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        shown.append("requires_grad=True")
    return joined(opening + body, shown, len(opening))


def joined(body: str, shown: list[str], indent: int) -> str:
    """`body` and the suffixes, on a new line where the last one would pass the width."""
    last = len(body) - body.rfind("\n") + 1
    for suffix in shown:
        if last + len(suffix) + 2 > _options.linewidth:
            body += ",\n" + " " * indent + suffix
            last = indent + len(suffix)
        else:
            body += ", " + suffix
            last += len(suffix) + 2
    return body + ")"


def elements(array: Any, indent: int) -> str:
    """The nested brackets; more than the threshold are summarised by those at the edges."""
    summarise = array.size > _options.threshold
    formatter = Formatter(summary(array) if summarise else array)
    return nested(array, indent, summarise, formatter)


def summary(array: Any) -> Any:
    """The elements that a summarised text shows."""
    for axis in range(array.ndim):
        if array.shape[axis] > 2 * _options.edgeitems:
            array = np.take(array, (*range(_options.edgeitems), *range(-_options.edgeitems, 0)), axis)
    return array


def nested(array: Any, indent: int, summarise: bool, formatter: Formatter) -> str:
    if array.ndim == 0:
        return str(formatter(array[()]))
    edge = _options.edgeitems
    cut = summarise and array.shape[0] > 2 * edge
    if array.ndim == 1:
        per_line = max(1, (_options.linewidth - indent) // (formatter.width + 2))
        cells = [formatter(one) for one in (array[:edge] if cut else array)]
        if cut:
            cells += [" ...", *(formatter(one) for one in array[-edge:])]
        lines = [", ".join(cells[at : at + per_line]) for at in range(0, len(cells), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    rows = [nested(row, indent + 1, summarise, formatter) for row in (array[:edge] if cut else array)]
    if cut:
        rows += ["...", *(nested(row, indent + 1, summarise, formatter) for row in array[-edge:])]
    gap: str = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return "[" + gap.join(rows) + "]"


class Formatter:
    """One width, and one notation, for all the numbers of a tensor."""

    width: int

    def __init__(self, array: Any) -> None:
        flat = array.reshape(-1)
        self.kind = array.dtype.kind
        self.scientific, self.whole = False, True
        if self.kind == "c":
            self.real, self.imaginary = Formatter(flat.real), Formatter(flat.imag)
            self.width = self.real.width + self.imaginary.width + 1
            return
        if self.kind == "f":
            flat = flat.astype(np.float64)
            flat = flat[np.isfinite(flat) & (flat != 0)]
            self.choose(np.abs(flat))
        if self.kind == "f" and _options.sci_mode is not None:
            self.scientific = _options.sci_mode
        self.width = max((len(self.number(one)) for one in flat.tolist()), default=1)

    def choose(self, magnitudes: Any) -> None:
        """Whole numbers, fixed point, or scientific: by the finite values other than zero."""
        if magnitudes.size:
            low, high = float(magnitudes.min()), float(magnitudes.max())
            self.whole = bool((magnitudes == np.ceil(magnitudes)).all())
            self.scientific = high / low > 1000.0 or high > 1e8 or low < 1e-4

    def number(self, value: Any) -> str:
        if self.kind != "f":
            return str(value)
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        if self.whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{_options.precision}f}"

    def __call__(self, value: Any) -> str:
        if self.kind == "c":
            sign = "" if value.imag < 0 else "+"
            return f"{self.real(value.real)}{sign}{self.imaginary(value.imag).strip()}j"
        return self.number(value).rjust(self.width)
