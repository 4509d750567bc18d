"""Callbacks that need what PyTorch has nothing like: classes whose construction says why."""

from __future__ import annotations

from typing import Any

from compat import errors
from compat.mindspore_on_torch.train.callbacks.base import Callback

SUMMARIES = (
    "it writes files for MindSpore Insight, from operators of MindSpore's graph; "
    "a callback of your own can write what it needs with torch.utils.tensorboard"
)
GRAPH = "it reads the operators of a graph that MindSpore's compiler made"
CLUSTER = "it reports to MindIO, which watches a cluster of Ascend devices"
THOR = "THOR's second-order matrices are computed by layers of MindSpore's Ascend backend"


def refused(name: str, reason: str, base: type = Callback) -> Any:
    """A class of that name whose construction raises UnsupportedAPI."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise errors.UnsupportedAPI(f"mindspore.train.{name} can't work on PyTorch: {reason}")

    about = f"mindspore.train.{name} raises UnsupportedAPI: {reason}."
    return type(name, (base,), {"__init__": __init__, "__doc__": about, "__module__": __name__})


SummaryCollector = refused("SummaryCollector", SUMMARIES)
SummaryLandscape = refused("SummaryLandscape", SUMMARIES, object)
SummaryRecord = refused("SummaryRecord", SUMMARIES, object)
FlopsUtilizationCollector = refused("FlopsUtilizationCollector", GRAPH)
TrainFaultTolerance = refused("TrainFaultTolerance", CLUSTER)
ConvertNetUtils = refused("ConvertNetUtils", THOR, object)
ConvertModelUtils = refused("ConvertModelUtils", THOR, object)
