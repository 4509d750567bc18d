from typing import Any

from compat.mindspore_on_torch.wrap.cells import TrainOneStepCell, WithLossCell


def build_train_network(network: Any, optimizer: Any, loss_fn: Any = None, level: str = "O0", **_: Any) -> Any:
    return TrainOneStepCell(network if loss_fn is None else WithLossCell(network, loss_fn), optimizer)
