"""Muon: momentum whose step is made orthogonal, for matrices."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.first_order import FirstOrder, like, root
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
        buffer, momentum, rate = state["momentum_buffer"], options["momentum"], options["lr"]
        gradient = as_tensor(mindspore.Tensor.contiguous(gradient))
        buffer.add_((gradient - buffer) * (1 - momentum))
        wanted = gradient + (buffer - gradient) * momentum if options["nesterov"] else buffer
        step = orthogonal(wanted, options["ns_coefficients"], options["ns_steps"], options["eps"])
        parameter.mul_(1 - rate * options["weight_decay"])
        parameter.sub_(step.to(parameter.dtype) * (rate * adjustment(options["adjust_lr_fn"], *parameter.shape)))


def adjustment(name: str | None, rows: int, columns: int) -> float:
    """What the learning rate is multiplied with, so that one rate serves matrices of every shape."""
    return 0.2 * root(max(rows, columns)) if name == "match_rms_adamw" else root(max(1, rows / columns))


def orthogonal(matrix: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """The orthogonal matrix nearest to `matrix`, roughly: `steps` iterations of a polynomial on its singular values.

    PyTorch iterates in bfloat16, for which MindSpore has no matrix product on CPU: each product is computed in float32, and
    rounded.
    """
    first, third, fifth = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    now = rounded(matrix.T.contiguous() if tall else matrix)
    now = rounded(now / rounded((now * now).sum().sqrt()).clamp(min=eps))
    for _ in range(steps):
        gram = rounded(now @ now.T.contiguous())
        update = rounded(gram * third + (gram @ gram) * fifth)
        now = rounded(now * first + update @ now)
    return now.T.contiguous() if tall else now


def rounded(tensor: Any) -> Any:
    """`tensor` as float32 numbers that bfloat16 can hold."""
    return as_tensor(ops.cast(ops.cast(tensor, mindspore.bfloat16), mindspore.float32))
