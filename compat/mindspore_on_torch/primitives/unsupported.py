"""Operators that can't work here, each with the reason that a call raises."""

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refused

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
    "DtypeToEnum", "DynamicShape", "GeSwitch", "GetNext", "GroupTopk", "J", "MapCacheIdx", "Merge",
    "NPUAllocFloatStatus", "NPUClearFloatStatus", "NPUGetFloatStatus", "PagedAttention", "PagedAttentionMask", "PyExecute",
    "ReshapeAndCache", "TBERegOp", "array_reduce", "broadcast", "custom_info_register", "distribute", "embed", "env_get",
    "environ_add", "environ_create", "environ_get", "environ_set", "geswitch", "hastype", "is_dynamic_sequence_element_unknown",
    "is_sequence_shape_unknown", "is_sequence_value_unknown", "is_tensor_bool_cond", "iter_converter", "kernel",
    "make_map_parameter", "matmul_reduce_scatter", "merge", "moe_distribute_combine",
    "moe_distribute_dispatch", "ms_hasnext", "ms_kernel", "ms_next", "nsa_compress_attention",
    "op_info_register", "recompute_block", "reduce", "ref_to_embed", "rotated_iou", "scatter_tensor",
    "string_concat", "string_eq", "tail", "tensor_operator_registry", "typeof", "zip_operation",
]  # fmt: skip


AiCPURegOp = refused("mindspore.ops.AiCPURegOp", KERNELS)
AkgAscendRegOp = refused("mindspore.ops.AkgAscendRegOp", KERNELS)
AkgGpuRegOp = refused("mindspore.ops.AkgGpuRegOp", KERNELS)
ApplyRotaryPosEmb = refused("mindspore.ops.ApplyRotaryPosEmb", ROTARY)
CpuRegOp = refused("mindspore.ops.CpuRegOp", KERNELS)
CustomOpBuilder = refused("mindspore.ops.CustomOpBuilder", KERNELS)
CustomRegOp = refused("mindspore.ops.CustomRegOp", KERNELS)
DataType = refused("mindspore.ops.DataType", KERNELS)
DtypeToEnum = refused("mindspore.ops.DtypeToEnum", GRAPH)
DynamicShape = refused("mindspore.ops.DynamicShape", GRAPH)
GeSwitch = refused("mindspore.ops.GeSwitch", GRAPH)
GetNext = refused("mindspore.ops.GetNext", QUEUE)
GroupTopk = refused("mindspore.ops.GroupTopk", FUSED)
J = refused("mindspore.ops.J", GRAPH)
MapCacheIdx = refused("mindspore.ops.MapCacheIdx", CACHE)
Merge = refused("mindspore.ops.Merge", GRAPH)
NPUAllocFloatStatus = refused("mindspore.ops.NPUAllocFloatStatus", OVERFLOW)
NPUClearFloatStatus = refused("mindspore.ops.NPUClearFloatStatus", OVERFLOW)
NPUGetFloatStatus = refused("mindspore.ops.NPUGetFloatStatus", OVERFLOW)
PagedAttention = refused("mindspore.ops.PagedAttention", PAGED)
PagedAttentionMask = refused("mindspore.ops.PagedAttentionMask", PAGED)
PyExecute = refused("mindspore.ops.PyExecute", GRAPH)
ReshapeAndCache = refused("mindspore.ops.ReshapeAndCache", FUSED)
TBERegOp = refused("mindspore.ops.TBERegOp", KERNELS)
array_reduce = refused("mindspore.ops.array_reduce", GRAPH)
broadcast = refused("mindspore.ops.broadcast", GROUP)
custom_info_register = refused("mindspore.ops.custom_info_register", KERNELS)
distribute = refused("mindspore.ops.distribute", GRAPH)
embed = refused("mindspore.ops.embed", GRAPH)
env_get = refused("mindspore.ops.env_get", GRAPH)
environ_add = refused("mindspore.ops.environ_add", GRAPH)
environ_create = refused("mindspore.ops.environ_create", GRAPH)
environ_get = refused("mindspore.ops.environ_get", GRAPH)
environ_set = refused("mindspore.ops.environ_set", GRAPH)
geswitch = refused("mindspore.ops.geswitch", GRAPH)
hastype = refused("mindspore.ops.hastype", GRAPH)
is_dynamic_sequence_element_unknown = refused("mindspore.ops.is_dynamic_sequence_element_unknown", GRAPH)
is_sequence_shape_unknown = refused("mindspore.ops.is_sequence_shape_unknown", GRAPH)
is_sequence_value_unknown = refused("mindspore.ops.is_sequence_value_unknown", GRAPH)
is_tensor_bool_cond = refused("mindspore.ops.is_tensor_bool_cond", GRAPH)
iter_converter = refused("mindspore.ops.iter_converter", GRAPH)
kernel = refused("mindspore.ops.kernel", KERNELS)
make_map_parameter = refused("mindspore.ops.make_map_parameter", GRAPH)
matmul_reduce_scatter = refused("mindspore.ops.matmul_reduce_scatter", GROUP)
merge = refused("mindspore.ops.merge", GRAPH)
moe_distribute_combine = refused("mindspore.ops.moe_distribute_combine", EXPERTS)
moe_distribute_dispatch = refused("mindspore.ops.moe_distribute_dispatch", EXPERTS)
ms_hasnext = refused("mindspore.ops.ms_hasnext", GRAPH)
ms_kernel = refused("mindspore.ops.ms_kernel", KERNELS)
ms_next = refused("mindspore.ops.ms_next", GRAPH)
nsa_compress_attention = refused("mindspore.ops.nsa_compress_attention", MASKS)
op_info_register = refused("mindspore.ops.op_info_register", KERNELS)
recompute_block = refused("mindspore.ops.recompute_block", GRAPH)
reduce = refused("mindspore.ops.reduce", GROUP)
ref_to_embed = refused("mindspore.ops.ref_to_embed", GRAPH)
rotated_iou = refused("mindspore.ops.rotated_iou", ANGLES)
scatter_tensor = refused("mindspore.ops.scatter_tensor", GROUP)
string_concat = refused("mindspore.ops.string_concat", GRAPH)
string_eq = refused("mindspore.ops.string_eq", GRAPH)
tail = refused("mindspore.ops.tail", GRAPH)
tensor_operator_registry = refused("mindspore.ops.tensor_operator_registry", GRAPH)
typeof = refused("mindspore.ops.typeof", GRAPH)
zip_operation = refused("mindspore.ops.zip_operation", GRAPH)
