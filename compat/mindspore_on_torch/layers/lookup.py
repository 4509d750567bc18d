"""nn.EmbeddingLookup and MultiFieldEmbeddingLookup: rows of a table, in one process."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.layers.arrays import clipped
from compat.mindspore_on_torch.layers.layer import Layer, check_positive, check_rank, check_type, computed, new_parameter, refuse

torch: Any = frameworks.load("torch")

__all__ = ["EmbeddingLookup", "MultiFieldEmbeddingLookup"]


class EmbeddingLookup(Layer):
    """nn.EmbeddingLookup: rows of `embedding_table` (vocab_size, embedding_size), each of norm `max_norm` at most.

    An index outside gives zeros. How the table would be divided among processes (`slice_mode`, `manual_shapes`) and where it is kept
    (`target`) changes nothing in one process.
    """

    def __init__(
        self, vocab_size: int, embedding_size: int, param_init: Any = "normal", target: str = "CPU", slice_mode: str = "batch_slice",
        manual_shapes: Any = None, max_norm: float | None = None, sparse: bool = True, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, bool, sparse=sparse)
        check_positive(self, vocab_size=vocab_size, embedding_size=embedding_size)
        if target not in ("CPU", "DEVICE"):
            raise refuse(self, f"the 'target' must be in ['CPU', 'DEVICE'], but got {target}.")
        if not sparse and target == "CPU":
            raise refuse(self, "'sparse' must be True when 'target' is \"CPU\".")
        if max_norm is not None:
            check_type(self, float, max_norm=max_norm)
            if max_norm <= 0:
                raise refuse(self, f"the 'max_norm' must be > 0, but got {max_norm}.")
        self.vocab_size, self.embedding_size, self.target, self.sparse = vocab_size, embedding_size, target, sparse
        self.max_norm = max_norm
        self.embedding_table = new_parameter("embedding_table", param_init, [vocab_size, embedding_size], dtype)

    def rows(self, indices: Any) -> Any:
        """The rows, on plain tensors."""
        if indices.dtype not in (torch.int32, torch.int64):
            raise refuse(self, f"the indices must be int32 or int64, but got {indices.dtype}.", TypeError)
        there = (indices >= 0) & (indices < self.vocab_size)
        found = torch.nn.functional.embedding(indices.long() * there, self.embedding_table) * there.unsqueeze(-1)
        return found if self.max_norm is None else clipped(found.float(), self.max_norm, -1)

    @computed
    def construct(self, indices: Any) -> Any:
        return self.rows(indices)


class MultiFieldEmbeddingLookup(EmbeddingLookup):
    """nn.MultiFieldEmbeddingLookup: rows times their weights, combined field by field: (N, length) → (N, field_size, embedding_size).

    A place of weight 0 counts for nothing, so that it may pad.
    """

    OPERATOR_SUM, OPERATOR_MEAN, OPERATOR_MAX = "SUM", "MEAN", "MAX"

    def __init__(
        self, vocab_size: int, embedding_size: int, field_size: int, param_init: Any = "normal", target: str = "CPU",
        slice_mode: str = "batch_slice", feature_num_list: Any = None, max_norm: float | None = None, sparse: bool = True,
        operator: str = "SUM", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__(vocab_size, embedding_size, param_init, target, slice_mode, feature_num_list, max_norm, sparse, dtype)
        check_positive(self, field_size=field_size)
        if operator not in ("SUM", "MAX", "MEAN"):
            raise refuse(self, f"the 'operator' must be in ['SUM', 'MAX', 'MEAN'], but got {operator}.")
        self.field_size, self.operator = field_size, operator

    @computed
    def construct(self, input_indices: Any, input_values: Any, field_ids: Any) -> Any:
        for tensor, kinds in (
            (input_indices, (torch.int32, torch.int64)), (input_values, (torch.float32,)), (field_ids, (torch.int32,)),
        ):  # fmt: skip
            check_rank(self, tensor, 2)
            if tensor.dtype not in kinds:
                raise refuse(self, f"the inputs should be integers, float32 and int32, but got {tensor.dtype}.", TypeError)
        weighted = self.rows(input_indices) * input_values.unsqueeze(-1)
        places = field_ids.long().unsqueeze(-1).expand_as(weighted)
        fields = weighted.new_zeros(len(weighted), self.field_size, self.embedding_size)
        shares = input_values.new_zeros(len(weighted), self.field_size).scatter_add(1, field_ids.long(), input_values.abs()).unsqueeze(-1)
        if self.operator == "MAX":
            masked = weighted.masked_fill((input_values == 0).unsqueeze(-1), torch.finfo(weighted.dtype).min)
            highest = fields.scatter_reduce(1, places, masked, "amax", include_self=False)
            return torch.where(shares != 0, highest, 0.0)
        total = fields.scatter_add(1, places, weighted)
        return total if self.operator == "SUM" else torch.where(shares != 0, total / torch.where(shares != 0, shares, 1.0), 0.0)
