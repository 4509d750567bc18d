from __future__ import annotations
from typing import Any
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.grad import value_and_grad
class WithLossCell(Cell):
    def __init__(self, backbone: Any, loss_fn: Any) -> None:
        super().__init__(auto_prefix=False)
        self._backbone = backbone
        self._loss_fn = loss_fn
    def construct(self, data: Any, label: Any) -> Any:
        return self._loss_fn(self._backbone(data), label)
class WithEvalCell(Cell):
    def __init__(self, network: Any, loss_fn: Any, add_cast_fp32: bool = False) -> None:
        super().__init__(auto_prefix=False)
        self._network = network
        self._loss_fn = loss_fn
    def construct(self, data: Any, label: Any) -> Any:
        out = self._network(data)
        return self._loss_fn(out, label), out, label
class TrainOneStepCell(Cell):
    def __init__(self, network: Any, optimizer: Any, sens: Any = 1.0) -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self.optimizer = optimizer
        self.weights = optimizer.parameters
        self.f = value_and_grad(network, None, self.weights)
    def construct(self, *a: Any) -> Any:
        loss, g = self.f(*a)
        self.optimizer(g)
        return loss
