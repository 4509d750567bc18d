"""Operators that can't work here, each with the reason that a call raises."""

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refused

GRAPH = "it is a part of MindSpore's graph compiler, and programs run without one here"
KERNELS = "it describes kernels for MindSpore's own devices, which do not exist here"
GROUP = "it needs a group of several processes"
CACHE = "it manages the embedding cache of MindSpore's parameter server"
FUSED = "it is a fused kernel of Ascend"

__all__ = [
    "DataType", "DtypeToEnum", "DynamicShape", "GroupTopk", "J", "MapCacheIdx", "MapUniform", "Merge", "ReshapeAndCache",
    "array_reduce", "broadcast", "distribute", "hastype", "is_dynamic_sequence_element_unknown", "is_sequence_shape_unknown",
    "is_sequence_value_unknown", "is_tensor_bool_cond", "iter_converter", "make_map_parameter", "matmul_reduce_scatter", "merge",
    "ms_hasnext", "ms_next", "recompute_block", "reduce", "scatter_tensor", "tail", "tensor_operator_registry", "typeof",
    "zip_operation",
]  # fmt: skip


DataType = refused("mindspore.ops.DataType", KERNELS)
DtypeToEnum = refused("mindspore.ops.DtypeToEnum", GRAPH)
DynamicShape = refused("mindspore.ops.DynamicShape", GRAPH)
GroupTopk = refused("mindspore.ops.GroupTopk", FUSED)
J = refused("mindspore.ops.J", GRAPH)
MapCacheIdx = refused("mindspore.ops.MapCacheIdx", CACHE)
MapUniform = refused("mindspore.ops.MapUniform", CACHE)
Merge = refused("mindspore.ops.Merge", GRAPH)
ReshapeAndCache = refused("mindspore.ops.ReshapeAndCache", FUSED)
array_reduce = refused("mindspore.ops.array_reduce", GRAPH)
broadcast = refused("mindspore.ops.broadcast", GROUP)
distribute = refused("mindspore.ops.distribute", GRAPH)
hastype = refused("mindspore.ops.hastype", GRAPH)
is_dynamic_sequence_element_unknown = refused("mindspore.ops.is_dynamic_sequence_element_unknown", GRAPH)
is_sequence_shape_unknown = refused("mindspore.ops.is_sequence_shape_unknown", GRAPH)
is_sequence_value_unknown = refused("mindspore.ops.is_sequence_value_unknown", GRAPH)
is_tensor_bool_cond = refused("mindspore.ops.is_tensor_bool_cond", GRAPH)
iter_converter = refused("mindspore.ops.iter_converter", GRAPH)
make_map_parameter = refused("mindspore.ops.make_map_parameter", GRAPH)
matmul_reduce_scatter = refused("mindspore.ops.matmul_reduce_scatter", GROUP)
merge = refused("mindspore.ops.merge", GRAPH)
ms_hasnext = refused("mindspore.ops.ms_hasnext", GRAPH)
ms_next = refused("mindspore.ops.ms_next", GRAPH)
recompute_block = refused("mindspore.ops.recompute_block", GRAPH)
reduce = refused("mindspore.ops.reduce", GROUP)
scatter_tensor = refused("mindspore.ops.scatter_tensor", GROUP)
tail = refused("mindspore.ops.tail", GRAPH)
tensor_operator_registry = refused("mindspore.ops.tensor_operator_registry", GRAPH)
typeof = refused("mindspore.ops.typeof", GRAPH)
zip_operation = refused("mindspore.ops.zip_operation", GRAPH)
