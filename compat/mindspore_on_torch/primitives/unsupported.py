"""Operators that can't work here, each with the reason that a call raises."""

from __future__ import annotations

from typing import Any

from compat import errors

GRAPH = "it is a part of MindSpore's graph compiler, and programs run without one here"
KERNELS = "it describes kernels for MindSpore's own devices, which do not exist here"
GROUP = "it needs a group of several processes"
CACHE = "it manages the embedding cache of MindSpore's parameter server"
FUSED = "it is a fused kernel of Ascend"
ROTARY = "it is a fused kernel of Ascend; ops.rotary_position_embedding computes the same of tensors with heads"
ANGLES = "MindSpore documents neither the unit of the angles nor what its thresholds do"
MASKS = "MindSpore does not document whether True in its masks shows or hides"
PAGED = "MindSpore has no implementation of it either: it exists for export to MindSpore Lite"
EXPERTS = "it exchanges tokens between Ascend processors; ops.moe_token_permute orders those of one device"
OVERFLOW = "it reads a flag of Ascend processors; ops.FloatStatus and ops.isfinite look at a tensor itself"
QUEUE = "it takes data from a queue of MindSpore's on the device; iterate over the data set instead"

__all__ = [
    "AiCPURegOp", "AkgAscendRegOp", "AkgGpuRegOp", "ApplyRotaryPosEmb", "CpuRegOp", "CustomOpBuilder", "CustomRegOp", "DataType",
    "DtypeToEnum", "DynamicShape", "GeSwitch", "GetNext", "GroupTopk", "J", "MapCacheIdx", "MapUniform", "Merge",
    "NPUAllocFloatStatus", "NPUClearFloatStatus", "NPUGetFloatStatus", "PagedAttention", "PagedAttentionMask", "PyExecute",
    "ReshapeAndCache", "TBERegOp", "array_reduce", "broadcast", "custom_info_register", "distribute", "embed", "env_get",
    "environ_add", "environ_create", "environ_get", "environ_set", "geswitch", "hastype", "is_dynamic_sequence_element_unknown",
    "is_sequence_shape_unknown", "is_sequence_value_unknown", "is_tensor_bool_cond", "iter_converter", "kernel",
    "make_map_parameter", "matmul_reduce_scatter", "merge", "moe_distribute_combine",
    "moe_distribute_dispatch", "ms_hasnext", "ms_kernel", "ms_next", "nsa_compress_attention",
    "op_info_register", "recompute_block", "reduce", "ref_to_embed", "rotated_iou", "scatter_tensor",
    "string_concat", "string_eq", "tail", "tensor_operator_registry", "typeof", "zip_operation",
]  # fmt: skip


def refusing(name: str, reason: str) -> Any:
    """A function of this name that raises UnsupportedAPI."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise errors.UnsupportedAPI(f"mindspore.ops.{name}: {reason}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Raises UnsupportedAPI: {reason}."
    return function


AiCPURegOp = refusing("AiCPURegOp", KERNELS)
AkgAscendRegOp = refusing("AkgAscendRegOp", KERNELS)
AkgGpuRegOp = refusing("AkgGpuRegOp", KERNELS)
ApplyRotaryPosEmb = refusing("ApplyRotaryPosEmb", ROTARY)
CpuRegOp = refusing("CpuRegOp", KERNELS)
CustomOpBuilder = refusing("CustomOpBuilder", KERNELS)
CustomRegOp = refusing("CustomRegOp", KERNELS)
DataType = refusing("DataType", KERNELS)
DtypeToEnum = refusing("DtypeToEnum", GRAPH)
DynamicShape = refusing("DynamicShape", GRAPH)
GeSwitch = refusing("GeSwitch", GRAPH)
GetNext = refusing("GetNext", QUEUE)
GroupTopk = refusing("GroupTopk", FUSED)
J = refusing("J", GRAPH)
MapCacheIdx = refusing("MapCacheIdx", CACHE)
MapUniform = refusing("MapUniform", CACHE)
Merge = refusing("Merge", GRAPH)
NPUAllocFloatStatus = refusing("NPUAllocFloatStatus", OVERFLOW)
NPUClearFloatStatus = refusing("NPUClearFloatStatus", OVERFLOW)
NPUGetFloatStatus = refusing("NPUGetFloatStatus", OVERFLOW)
PagedAttention = refusing("PagedAttention", PAGED)
PagedAttentionMask = refusing("PagedAttentionMask", PAGED)
PyExecute = refusing("PyExecute", GRAPH)
ReshapeAndCache = refusing("ReshapeAndCache", FUSED)
TBERegOp = refusing("TBERegOp", KERNELS)
array_reduce = refusing("array_reduce", GRAPH)
broadcast = refusing("broadcast", GROUP)
custom_info_register = refusing("custom_info_register", KERNELS)
distribute = refusing("distribute", GRAPH)
embed = refusing("embed", GRAPH)
env_get = refusing("env_get", GRAPH)
environ_add = refusing("environ_add", GRAPH)
environ_create = refusing("environ_create", GRAPH)
environ_get = refusing("environ_get", GRAPH)
environ_set = refusing("environ_set", GRAPH)
geswitch = refusing("geswitch", GRAPH)
hastype = refusing("hastype", GRAPH)
is_dynamic_sequence_element_unknown = refusing("is_dynamic_sequence_element_unknown", GRAPH)
is_sequence_shape_unknown = refusing("is_sequence_shape_unknown", GRAPH)
is_sequence_value_unknown = refusing("is_sequence_value_unknown", GRAPH)
is_tensor_bool_cond = refusing("is_tensor_bool_cond", GRAPH)
iter_converter = refusing("iter_converter", GRAPH)
kernel = refusing("kernel", KERNELS)
make_map_parameter = refusing("make_map_parameter", GRAPH)
matmul_reduce_scatter = refusing("matmul_reduce_scatter", GROUP)
merge = refusing("merge", GRAPH)
moe_distribute_combine = refusing("moe_distribute_combine", EXPERTS)
moe_distribute_dispatch = refusing("moe_distribute_dispatch", EXPERTS)
ms_hasnext = refusing("ms_hasnext", GRAPH)
ms_kernel = refusing("ms_kernel", KERNELS)
ms_next = refusing("ms_next", GRAPH)
nsa_compress_attention = refusing("nsa_compress_attention", MASKS)
op_info_register = refusing("op_info_register", KERNELS)
recompute_block = refusing("recompute_block", GRAPH)
reduce = refusing("reduce", GROUP)
ref_to_embed = refusing("ref_to_embed", GRAPH)
rotated_iou = refusing("rotated_iou", ANGLES)
scatter_tensor = refusing("scatter_tensor", GROUP)
string_concat = refusing("string_concat", GRAPH)
string_eq = refusing("string_eq", GRAPH)
tail = refusing("tail", GRAPH)
tensor_operator_registry = refusing("tensor_operator_registry", GRAPH)
typeof = refusing("typeof", GRAPH)
zip_operation = refusing("zip_operation", GRAPH)
