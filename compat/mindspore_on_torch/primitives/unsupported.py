"""Operators that can't work without MindSpore's own devices, compiler or build of kernels: each says why when it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors
from compat.mindspore_on_torch.primitives.base import Primitive

__all__ = [
    "AiCPURegOp", "AkgAscendRegOp", "AkgGpuRegOp", "ApplyRotaryPosEmb", "CpuRegOp", "CustomOpBuilder", "CustomRegOp", "GeSwitch", "GetNext",
    "NPUAllocFloatStatus", "NPUClearFloatStatus", "NPUGetFloatStatus", "PagedAttention", "PagedAttentionMask", "PyExecute", "TBERegOp",
    "custom_info_register", "embed", "env_get", "environ_add", "environ_create", "environ_get", "environ_set", "geswitch", "kernel",
    "lightning_indexer", "moe_distribute_combine", "moe_distribute_dispatch", "ms_kernel", "nsa_compress_attention", "nsa_select_attention",
    "op_info_register", "ref_to_embed", "rotated_iou", "sparse_flash_attention", "string_concat", "string_eq",
]  # fmt: skip

KERNELS = "it registers kernels that are compiled for MindSpore's runtime; write the operator as a function of tensors"
GRAPH = "it is a node of MindSpore's compiled graphs, which MindSpore itself does not run without one"
QUEUE = "it takes data from a queue of MindSpore's on the device; iterate over the data set instead"
OVERFLOW = "it reads a flag of Ascend processors; ops.FloatStatus and ops.isfinite look at a tensor itself"
SPARSE = "a kernel of Ascend processors that PyTorch has no counterpart of"
EXPERTS = "it exchanges tokens between Ascend processors; ops.moe_token_permute orders those of one device"
PAGED = "MindSpore has no implementation of it either: it exists for export to MindSpore Lite"
ANGLES = "MindSpore documents neither the unit of the angles nor what its thresholds do"
ROTARY = "a kernel of Ascend processors; ops.rotary_position_embedding computes the same of tensors with heads"


def operator(name: str, reason: str) -> type[Primitive]:
    """A class that refuses to be constructed."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise errors.UnsupportedAPI(f"mindspore.ops.{name}: {reason}")

    return type(name, (Primitive,), {"__init__": __init__, "__doc__": f"Not available: {reason}.", "__module__": __name__})


def function(name: str, reason: str) -> Callable[..., Any]:
    """A function that refuses to be called."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise errors.UnsupportedAPI(f"mindspore.ops.{name}: {reason}")

    refuse.__name__, refuse.__doc__ = name, f"Not available: {reason}."
    return refuse


AiCPURegOp, AkgAscendRegOp, AkgGpuRegOp, CpuRegOp, CustomOpBuilder, CustomRegOp, TBERegOp = (
    operator(name, KERNELS)
    for name in ("AiCPURegOp", "AkgAscendRegOp", "AkgGpuRegOp", "CpuRegOp", "CustomOpBuilder", "CustomRegOp", "TBERegOp")
)
custom_info_register, op_info_register, kernel, ms_kernel = (
    function(name, KERNELS) for name in ("custom_info_register", "op_info_register", "kernel", "ms_kernel")
)
GeSwitch, PyExecute = operator("GeSwitch", GRAPH), operator("PyExecute", GRAPH)
embed, env_get, environ_add, environ_create, environ_get, environ_set, geswitch, ref_to_embed, string_concat, string_eq = (
    function(name, GRAPH)
    for name in (
        "embed", "env_get", "environ_add", "environ_create", "environ_get", "environ_set", "geswitch", "ref_to_embed", "string_concat",
        "string_eq",
    )
)  # fmt: skip
GetNext = operator("GetNext", QUEUE)
NPUAllocFloatStatus, NPUClearFloatStatus, NPUGetFloatStatus = (
    operator(name, OVERFLOW) for name in ("NPUAllocFloatStatus", "NPUClearFloatStatus", "NPUGetFloatStatus")
)
PagedAttention, PagedAttentionMask = operator("PagedAttention", PAGED), operator("PagedAttentionMask", PAGED)
ApplyRotaryPosEmb = operator("ApplyRotaryPosEmb", ROTARY)
lightning_indexer, nsa_compress_attention, nsa_select_attention, sparse_flash_attention = (
    function(name, SPARSE) for name in ("lightning_indexer", "nsa_compress_attention", "nsa_select_attention", "sparse_flash_attention")
)
moe_distribute_combine, moe_distribute_dispatch = (function(name, EXPERTS) for name in ("moe_distribute_combine", "moe_distribute_dispatch"))
rotated_iou = function("rotated_iou", ANGLES)
