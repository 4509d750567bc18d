"""Adafactor: the mean square of a matrix kept as the means of its rows and of its columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.first_order import FirstOrder, like, scalar


class Adafactor(FirstOrder):
    """`torch.optim.Adafactor`."""

    def __init__(
        self, params: Any, lr: float = 1e-2, beta2_decay: float = -0.8, eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0, weight_decay: float = 0.0, *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, mindspore.Tensor) and lr.numel() != 1:
            raise invalid(ValueError, "Tensor lr must be 1-element")
        for name, value, holds in (
            ("Learning rate should be >= 0", lr, lr >= 0.0),
            ("beta2_decay should be <= 0", beta2_decay, beta2_decay <= 0.0),
            ("epsilon1 should be >= 0", eps[0], eps[0] is None or eps[0] >= 0.0),
            ("epsilon2 should be >= 0", eps[1], eps[1] >= 0.0),
            ("Clipping threshold d should be >= 1", d, d >= 1.0),
            ("weight_decay should be >= 0", weight_decay, weight_decay >= 0.0),
        ):
            if not holds:
                raise invalid(ValueError, f"{name} but is: {value}")
        super().__init__(
            params,
            {
                "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
                "maximize": maximize,
            },
        )  # fmt: skip

    def _check(self, parameter: Any, options: dict[str, Any]) -> None:
        if dtypes.OF[parameter.dtype].category == dtypes.COMPLEX:
            raise invalid(RuntimeError, "Adafactor does not support complex parameters")

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        shape, kind = tuple(parameter.shape), dtypes.OF[parameter.dtype]
        if len(shape) < 2:
            return {"step": scalar(0.0), "variance": like(parameter)}
        rows, columns = (*shape[:-1], 1), (*shape[:-2], 1, shape[-1])
        return {"step": scalar(0.0), "row_var": creation.zeros(rows, dtype=kind), "col_var": creation.zeros(columns, dtype=kind)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        steps = self._formulas.increased(parameter, state)
        rate, decay = options["lr"], options["weight_decay"]
        tiny, least = options["eps"]
        if tiny is None:
            tiny = EPSILON[dtypes.OF[parameter.dtype]]
        numbers = (
            options["maximize"], 1 - rate * decay if decay else None, steps ** options["beta2_decay"],
            min(rate, 1 / math.sqrt(steps)), tiny, least, options["d"],
        )  # fmt: skip
        kept = [state["row_var"], state["col_var"]] if "row_var" in state else [state["variance"]]
        self._formulas.run(factored if len(kept) == 2 else unfactored, parameter, gradient, kept, numbers, whole=True)


EPSILON = {
    **{kind: float(np.finfo(kind.name).eps) for kind in (dtypes.float16, dtypes.float32, dtypes.float64)},
    dtypes.bfloat16: 2.0**-7,
}


def factored(
    xp: Any, value: Any, gradient: Any, rows: Any, columns: Any, maximize: bool, shrink: float | None, newest: float, rate: float,
    tiny: float, least: float, threshold: float,
) -> None:  # fmt: skip
    """For two dimensions and more; `rows` and `columns` are running means over the last, and the last but one."""
    squares = gradient * gradient
    size = rate * max(least, root_mean_square(value))
    if shrink is not None:
        value *= shrink
    rows += (squares.mean(axis=-1, keepdims=True) - rows) * newest
    columns += (squares.mean(axis=-2, keepdims=True) - columns) * newest
    estimate = rows @ columns / rows.mean(axis=-2, keepdims=True).clip(tiny, None)
    clipped(xp, value, -gradient if maximize else gradient, estimate, size, tiny, threshold)


def unfactored(
    xp: Any, value: Any, gradient: Any, variance: Any, maximize: bool, shrink: float | None, newest: float, rate: float,
    tiny: float, least: float, threshold: float,
) -> None:  # fmt: skip
    """For vectors and scalars, whose mean square is kept as it is."""
    size = rate * max(least, root_mean_square(value))
    if shrink is not None:
        value *= shrink
    variance += (gradient * gradient - variance) * newest
    clipped(xp, value, -gradient if maximize else gradient, variance, size, tiny, threshold)


def clipped(xp: Any, value: Any, move: Any, estimate: Any, size: float, tiny: float, threshold: float) -> None:
    """Take `move`, divided by the root of `estimate`, off `value`; scaled down where it is longer than `threshold` on average."""
    step = move / xp.sqrt(estimate.clip(tiny * tiny, None))
    value -= step * (size / max(1.0, root_mean_square(step) / threshold))


def root_mean_square(array: Any) -> float:
    return math.sqrt(float((array * array).mean()))
