"""mindspore.train.callback: what Model calls at the beginning and the end of steps, epochs and runs."""

from __future__ import annotations

from compat.mindspore_on_torch.train.callbacks.base import Callback, RunContext
from compat.mindspore_on_torch.train.callbacks.checkpoints import BackupAndRestore, CheckpointConfig, ModelCheckpoint
from compat.mindspore_on_torch.train.callbacks.monitors import History, LambdaCallback, LearningRateScheduler, LossMonitor, TimeMonitor
from compat.mindspore_on_torch.train.callbacks.plateau import EarlyStopping, ReduceLROnPlateau
from compat.mindspore_on_torch.train.callbacks.requests import OnRequestExit
from compat.mindspore_on_torch.train.callbacks.unsupported import (
    FlopsUtilizationCollector,
    SummaryCollector,
    SummaryLandscape,
    TrainFaultTolerance,
)

__all__ = [
    "BackupAndRestore", "Callback", "CheckpointConfig", "EarlyStopping", "FlopsUtilizationCollector", "History", "LambdaCallback",
    "LearningRateScheduler", "LossMonitor", "ModelCheckpoint", "OnRequestExit", "ReduceLROnPlateau", "RunContext",
    "SummaryCollector", "SummaryLandscape", "TimeMonitor", "TrainFaultTolerance",
]  # fmt: skip
