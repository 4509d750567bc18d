"""Muon: momentum whose step is made orthogonal, for matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.first_order import FirstOrder, like
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops

ADJUSTMENTS = ("original", "match_rms_adamw")


class Muon(FirstOrder):
    """`torch.optim.Muon`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95, nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315), eps: float = 1e-7, ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:  # fmt: skip
        if isinstance(lr, mindspore.Tensor) and lr.numel() != 1:
            raise invalid(ValueError, "Tensor lr must be 1-element")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not value >= 0.0:
                raise invalid(ValueError, f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn is not None and adjust_lr_fn not in ADJUSTMENTS:
            raise invalid(ValueError, f"Adjust learning rate function {adjust_lr_fn} is not supported")
        super().__init__(
            params,
            {
                "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
                "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
            },
        )  # fmt: skip
        for group in self.param_groups:
            for one in group["params"]:
                if one.ndim != 2:
                    raise invalid(ValueError, f"Muon only supports 2D parameters whereas we found a parameter with size: {one.shape}")

    def _check(self, parameter: Any, options: dict[str, Any]) -> None:
        if dtypes.OF[parameter.dtype].category == dtypes.COMPLEX:
            raise invalid(RuntimeError, "Muon does not support complex parameters")

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"momentum_buffer": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        if options["ns_steps"] >= 100:
            raise invalid(ValueError, "Number of steps must be less than 100 for computational efficiency")
        if len(options["ns_coefficients"]) != 3:
            raise invalid(ValueError, "Coefficients must be a tuple of exactly 3 values")
        rate = options["lr"]
        numbers = (
            options["momentum"], options["nesterov"], 1 - rate * options["weight_decay"],
            rate * adjustment(options["adjust_lr_fn"], *parameter.shape), options["ns_coefficients"], options["ns_steps"], options["eps"],
        )  # fmt: skip
        self._formulas.run(muon, parameter, gradient, (state["momentum_buffer"],), numbers, whole=True)


def muon(
    _xp: Any, value: Any, gradient: Any, buffer: Any, momentum: float, nesterov: bool, shrink: float, rate: float,
    coefficients: tuple[float, float, float], steps: int, eps: float,
) -> None:  # fmt: skip
    buffer[...] = lerp(buffer, gradient, 1 - momentum)
    step = orthogonal(lerp(gradient, buffer, momentum) if nesterov else buffer, coefficients, steps, eps)
    value *= shrink
    value -= step * rate


def adjustment(name: str | None, rows: int, columns: int) -> float:
    """What the learning rate is multiplied with, so that one rate serves matrices of every shape."""
    return 0.2 * math.sqrt(max(rows, columns)) if name == "match_rms_adamw" else math.sqrt(max(1, rows / columns))


def orthogonal(matrix: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """The orthogonal matrix nearest to `matrix`, roughly: `steps` iterations of a polynomial on its singular values.

    PyTorch iterates in bfloat16, for which MindSpore has no matrix product on CPU: each operation of PyTorch's is computed in
    float32 here, and rounded once, as PyTorch's processor kernels do. A sum with a product is one operation.
    """
    first, third, fifth = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    now = rounded(matrix.T if tall else matrix)
    now = rounded(now / rounded_number(max(rounded_number(math.sqrt(float((now * now).sum()))), eps)))
    for _ in range(steps):
        gram = rounded(now @ now.T)
        update = rounded(gram * third + (gram @ gram) * fifth)
        now = rounded(now * first + update @ now)
    return now.T if tall else now


def lerp(start: Any, end: Any, weight: float) -> Any:
    """From `start` to `end`, counted from the nearer of both, with one rounding of product and sum: as PyTorch computes it.

    The last bit matters: it can decide to which side bfloat16 rounds.
    """
    base, share = (start, weight) if abs(weight) < 0.5 else (end, weight - 1)
    change = end - start
    if isinstance(base, np.ndarray) and base.dtype == np.float32:
        return (base + np.float64(np.float32(share)) * change.astype(np.float64)).astype(np.float32)
    return base + change * share


def rounded(array: Any) -> Any:
    """The elements as float32 numbers that bfloat16 can hold."""
    if not isinstance(array, np.ndarray):
        return as_tensor(ops.cast(ops.cast(array, mindspore.bfloat16), mindspore.float32))
    single = array.astype(np.float32)
    bits = single.view(np.uint32)
    # to the nearest, and of two equally near ones to the even one
    nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return np.where(np.isnan(single), single, nearest.astype(np.uint32).view(np.float32))


def rounded_number(value: float) -> float:
    """The number of bfloat16 nearest to `value`."""
    return float(rounded(np.array([value]))[0])
