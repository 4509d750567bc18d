"""mindspore.mint.optim. MindSpore has no CPU kernels for it, so these are the documented formulas, which are PyTorch's."""

from __future__ import annotations

from typing import Any, ClassVar

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.optim import experimental
from compat.mindspore_on_torch.optim.groups import invalid, like
from compat.mindspore_on_torch.parameter import ParameterTuple

torch: Any = frameworks.load("torch")


class SGD(experimental.SGD):
    """mint.optim.SGD: momentum, dampening and Nesterov's variant; the first step takes the gradient undamped."""

    kept: ClassVar[dict[str, Any]] = {"momentum_buf": 0.0}
    counter = "step_t"

    def __init__(
        self, params: Any, lr: Any, momentum: float = 0, dampening: float = 0, weight_decay: float = 0, nesterov: bool = False,
        *, maximize: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, momentum, dampening, weight_decay, nesterov, maximize=maximize)

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        momentum, rate = float(group["momentum"]), float(group["lr"])
        if momentum:
            buffers = self.momentum_buf[part]
            torch._foreach_mul_(buffers, momentum)
            torch._foreach_add_(buffers, gradients, alpha=1.0 if step == 1 else 1 - float(group["dampening"]))
            gradients = torch._foreach_add(gradients, buffers, alpha=momentum) if group["nesterov"] else buffers
        torch._foreach_add_(parameters, gradients, alpha=-rate)


class AdamW(experimental.AdamW):
    """mint.optim.AdamW: Adam with decoupled weight decay; eps is added after the bias correction.

    With amsgrad, the largest of the bias-corrected means of squares.
    """

    kept: ClassVar[dict[str, Any]] = {"exp_avg": 0.0, "exp_avg_sq": 0.0}
    counted = ([0.0], dtypes.float32)

    def _check_group(self, group: dict[str, Any]) -> None:
        if group["amsgrad"]:
            group["max_exp_avg_sq"] = ParameterTuple(like(item, "max_exp_avg_sq", 0.0) for item in group["params"])

    def _largest(self, group: dict[str, Any], part: slice, second: Any, correction: float) -> Any:
        largest = group["max_exp_avg_sq"]
        torch._foreach_maximum_(largest, torch._foreach_div(second, correction))
        return torch._foreach_mul(largest, correction)


class Adam(AdamW):
    """mint.optim.Adam: weight decay is part of the gradient; eps is added after the bias correction."""

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
        amsgrad: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def _added_decay(self, group: dict[str, Any]) -> float:
        return float(group["weight_decay"])

    def _decoupled_decay(self, group: dict[str, Any]) -> float:
        return 0.0


class FusedAdamW(AdamW):
    """mint.optim.FusedAdamW: AdamW, whose amsgrad must be the same in all groups."""

    def _check_group(self, group: dict[str, Any]) -> None:
        if any(bool(other["amsgrad"]) != bool(group["amsgrad"]) for other in self.param_groups):
            raise invalid("FusedAdamW", "'amsgrad' must be the same in all groups")
        super()._check_group(group)
