"""What of mindspore.train needs what PyTorch has nothing like: classes whose construction says why."""

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refused

SUMMARIES = (
    "it writes files for MindSpore Insight, from operators of MindSpore's graph; "
    "a callback of your own can write what it needs with torch.utils.tensorboard"
)
GRAPH = "it reads the operators of a graph that MindSpore's compiler made"
CLUSTER = "it reports to MindIO, which watches a cluster of Ascend devices"
THOR = "THOR's second-order matrices are computed by layers of MindSpore's Ascend backend"

SummaryCollector = refused("mindspore.train.SummaryCollector", SUMMARIES)
SummaryLandscape = refused("mindspore.train.SummaryLandscape", SUMMARIES)
SummaryRecord = refused("mindspore.train.SummaryRecord", SUMMARIES)
FlopsUtilizationCollector = refused("mindspore.train.FlopsUtilizationCollector", GRAPH)
TrainFaultTolerance = refused("mindspore.train.TrainFaultTolerance", CLUSTER)
ConvertNetUtils = refused("mindspore.train.ConvertNetUtils", THOR)
ConvertModelUtils = refused("mindspore.train.ConvertModelUtils", THOR)
