"""Reading and adding by index tensors where a mask is true; where it is false an index may reach outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.indexing import getitem, masked_fill
from compat.torch_on_mindspore.scatter import index_put
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host


def within(input: Any, indices: Any) -> list[Any]:
    """The indices, brought to the next place that there is."""
    found = []
    for index, size in zip(indices, input.shape, strict=False):
        if index is not None:
            index = as_tensor(mindspore.Tensor(np.clip(host(index), -size, size - 1)))
        found.append(index)
    return found


def _unsafe_masked_index(input: Any, mask: Any, indices: Any, fill: Any) -> Tensor:
    """`input[indices]` where `mask`, else `fill`."""
    if not input.numel():
        empty: Tensor = input.new_full(
            np.broadcast_shapes(tuple(mask.shape), *(tuple(one.shape) for one in indices if one is not None)), fill
        )
        return empty
    keys = tuple(slice(None) if one is None else one for one in within(input, indices))
    return masked_fill(getitem(input, keys), ~mask, fill)


def _unsafe_masked_index_put_accumulate(input: Any, mask: Any, indices: Any, values: Any) -> Tensor:
    """`input` with `values` added at `indices` where `mask`."""
    if not input.numel():
        copied: Tensor = input.clone()
        return copied
    return index_put(input, within(input, indices), masked_fill(cast(values, input.dtype), ~mask, 0), accumulate=True)
