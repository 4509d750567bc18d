"""mindspore.nn's cells for several devices, on the one that there is."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell

torch: Any = frameworks.load("torch")


class MicroBatches(Cell):
    """A network on parts of its batch, one after the other: the result is the sum of theirs."""

    def __init__(self, network: Any, count: Any, argument: str) -> None:
        super().__init__(auto_prefix=False)
        if not isinstance(count, int):
            raise errors.invalid(TypeError, f"For '{self.cls_name}', '{argument}' must be int, but got {type(count)}.")
        if count < 1:
            raise errors.invalid(ValueError, f"For '{self.cls_name}', '{argument}' must be at least 1, but got {count}.")
        self.network, self._count = network, count

    def construct(self, *inputs: Any) -> Any:
        """The sum of the parts' results. ValueError for a batch that can't be divided evenly."""
        for item in inputs:
            if item.shape[0] % self._count:
                reason = f"the 0th dimension shape of input({item.shape[0]}) must be divided by micro size({self._count})"
                raise errors.invalid(ValueError, f"For micro batch initialization, {reason}")
        parts = zip(*(torch.chunk(item, self._count) for item in inputs), strict=True)
        total = None
        for part in parts:
            result = self.network(*part)
            total = result if total is None else total + result
        return total


class GradAccumulationCell(MicroBatches):
    """nn.GradAccumulationCell: the gradients of the sum are those of the parts, accumulated."""

    def __init__(self, network: Any, micro_size: int) -> None:
        super().__init__(network, micro_size, "micro_size")
        self.micro_size = micro_size


class MicroBatchInterleaved(MicroBatches):
    """nn.MicroBatchInterleaved: on one device nothing is interleaved."""

    def __init__(self, network: Any, interleave_num: int = 2) -> None:
        super().__init__(network, interleave_num, "interleave_num")
        self.interleave_num = interleave_num


class PipelineCell(MicroBatches):
    """nn.PipelineCell with one stage, the device that there is."""

    def __init__(self, network: Any, micro_size: int, stage_config: Any = None, segment_config: Any = None) -> None:
        for name, value in (("stage_config", stage_config), ("segment_config", segment_config)):
            if value is not None:
                raise errors.UnsupportedArgument("mindspore.nn.PipelineCell", name, value, "None")
        super().__init__(network, micro_size, "micro_size")
        self.micro_size = micro_size


class VirtualDatasetCellTriple(Cell):
    """nn.VirtualDatasetCellTriple: the network, called with three inputs."""

    def __init__(self, backbone: Any) -> None:
        super().__init__(auto_prefix=False)
        self._backbone = backbone

    def construct(self, a: Any, b: Any, c: Any) -> Any:
        """What the network gives."""
        return self._backbone(a, b, c)


class DistributedGradReducer(Cell):
    """nn.DistributedGradReducer: the sum over the one device that there is, divided by `degree` if `mean`."""

    def __init__(
        self, parameters: Any, mean: bool | None = None, degree: int | None = None, fusion_type: int = 1,
        group: str = "hccl_world_group",
    ) -> None:  # fmt: skip
        super().__init__(auto_prefix=False)
        if degree is not None and (not isinstance(degree, int) or degree <= 0):
            raise errors.invalid(ValueError, f"For 'DistributedGradReducer', 'degree' must be a positive int, but got {degree!r}.")
        self.degree, self.mean = 1 if degree is None else degree, bool(mean)

    def construct(self, grads: Any) -> Any:
        """The gradients, divided by `degree` if `mean`."""
        if not self.mean or self.degree == 1:
            return grads
        return tuple(gradient / self.degree for gradient in grads)


def refused(api: str, reason: str) -> Any:
    """A class that raises UnsupportedAPI when it is made."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise errors.UnsupportedAPI(f"{api}: {reason}")

    return type(api.rpartition(".")[2], (Cell,), {"__init__": refuse, "__doc__": f"UnsupportedAPI: {reason}."})


ONE_DEVICE = "it combines the updates of several devices, and there is one"
AdaSumByGradWrapCell = refused("mindspore.nn.AdaSumByGradWrapCell", ONE_DEVICE)
AdaSumByDeltaWeightWrapCell = refused("mindspore.nn.AdaSumByDeltaWeightWrapCell", ONE_DEVICE)
PipelineGradReducer = refused("mindspore.nn.PipelineGradReducer", "it sends gradients between the stages of a pipeline, and there is one")
GetNextSingleOp = refused("mindspore.nn.GetNextSingleOp", "it reads a queue of MindSpore's data engine, which PyTorch has none of")
OptTFTWrapper = refused("mindspore.nn.OptTFTWrapper", "it reports to MindIO TFT, a service for Ascend devices")


def thor(
    net: Any, learning_rate: Any, damping: Any, momentum: float, weight_decay: float = 0.0, loss_scale: float = 1.0,
    batch_size: int = 32, use_nesterov: bool = False, decay_filter: Any = None, split_indices: Any = None,
    enable_clip_grad: bool = False, frequency: int = 100,
) -> Any:  # fmt: skip
    """UnsupportedAPI: the second-order matrices come out of layers that MindSpore rewrites for Ascend and GPU."""
    raise errors.UnsupportedAPI("mindspore.nn.thor: its second-order matrices come out of layers that MindSpore rewrites")
