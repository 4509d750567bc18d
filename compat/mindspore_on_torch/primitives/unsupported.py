"""Operators that can't work here, each with the reason that a call raises."""

from __future__ import annotations

from typing import Any

from compat import errors

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


def refusing(name: str, reason: str) -> Any:
    """A function of this name that raises UnsupportedAPI."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise errors.UnsupportedAPI(f"mindspore.ops.{name}: {reason}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Raises UnsupportedAPI: {reason}."
    return function


DataType = refusing("DataType", KERNELS)
DtypeToEnum = refusing("DtypeToEnum", GRAPH)
DynamicShape = refusing("DynamicShape", GRAPH)
GroupTopk = refusing("GroupTopk", FUSED)
J = refusing("J", GRAPH)
MapCacheIdx = refusing("MapCacheIdx", CACHE)
MapUniform = refusing("MapUniform", CACHE)
Merge = refusing("Merge", GRAPH)
ReshapeAndCache = refusing("ReshapeAndCache", FUSED)
array_reduce = refusing("array_reduce", GRAPH)
broadcast = refusing("broadcast", GROUP)
distribute = refusing("distribute", GRAPH)
hastype = refusing("hastype", GRAPH)
is_dynamic_sequence_element_unknown = refusing("is_dynamic_sequence_element_unknown", GRAPH)
is_sequence_shape_unknown = refusing("is_sequence_shape_unknown", GRAPH)
is_sequence_value_unknown = refusing("is_sequence_value_unknown", GRAPH)
is_tensor_bool_cond = refusing("is_tensor_bool_cond", GRAPH)
iter_converter = refusing("iter_converter", GRAPH)
make_map_parameter = refusing("make_map_parameter", GRAPH)
matmul_reduce_scatter = refusing("matmul_reduce_scatter", GROUP)
merge = refusing("merge", GRAPH)
ms_hasnext = refusing("ms_hasnext", GRAPH)
ms_next = refusing("ms_next", GRAPH)
recompute_block = refusing("recompute_block", GRAPH)
reduce = refusing("reduce", GROUP)
scatter_tensor = refusing("scatter_tensor", GROUP)
tail = refusing("tail", GRAPH)
tensor_operator_registry = refusing("tensor_operator_registry", GRAPH)
typeof = refusing("typeof", GRAPH)
zip_operation = refusing("zip_operation", GRAPH)
