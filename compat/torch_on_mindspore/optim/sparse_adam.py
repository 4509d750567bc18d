"""SparseAdam, which moves only what a sparse gradient names: it takes no dense gradient, and MindSpore makes no other here."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_betas


class SparseAdam(FirstOrder):
    """`torch.optim.SparseAdam`; a step raises RuntimeError, as PyTorch's does for a dense gradient."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, mindspore.Tensor) and lr.numel() != 1:
            raise invalid(ValueError, "Tensor lr must be 1-element")
        if not lr > 0.0:
            raise invalid(ValueError, f"Invalid learning rate: {lr}")
        if not eps > 0.0:
            raise invalid(ValueError, f"Invalid epsilon value: {eps}")
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        places = [
            [number, index]
            for number, group in enumerate(self.param_groups)
            for index, one in enumerate(group["params"])
            if dtypes.OF[one.dtype].category == dtypes.COMPLEX
        ]
        if places:
            raise invalid(ValueError, f"Complex params at indices {places}: SparseAdam does not support complex parameters")

    def _check(self, parameter: Any, options: dict[str, Any]) -> None:
        raise invalid(RuntimeError, "SparseAdam does not support dense gradients, please consider Adam instead")
