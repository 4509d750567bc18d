"""mindspore.train on PyTorch: Model, the callbacks it calls, the metrics it evaluates by, and how it takes datasets."""

from compat.mindspore_on_torch.train import callbacks, metrics
from compat.mindspore_on_torch.train.callbacks import *  # noqa: F403
from compat.mindspore_on_torch.train.callbacks.unsupported import ConvertModelUtils, ConvertNetUtils, SummaryRecord
from compat.mindspore_on_torch.train.feeding import DatasetHelper, connect_network_with_dataset, data_sink
from compat.mindspore_on_torch.train.metrics import *  # noqa: F403
from compat.mindspore_on_torch.train.model import Model

__all__ = [
    "ConvertModelUtils", "ConvertNetUtils", "DatasetHelper", "Model", "SummaryRecord", "connect_network_with_dataset", "data_sink",
    *callbacks.__all__, *metrics.__all__,
]  # fmt: skip
