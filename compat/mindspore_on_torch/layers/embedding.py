"""nn.Embedding."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.initializers import initializer
from compat.mindspore_on_torch.layers.layer import Layer, Parameter, check_type, computed, refuse

torch: Any = frameworks.load("torch")


class Embedding(Layer):
    """nn.Embedding: rows of `embedding_table` (vocab_size, embedding_size), normal with sigma 0.01 at first.

    The row of padding_idx starts as zeros and learns like any other. With use_one_hot an index out of range gives zeros.
    """

    def __init__(
        self, vocab_size: int, embedding_size: int, use_one_hot: bool = False, embedding_table: Any = "normal",
        dtype: Any = dtypes.float32, padding_idx: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, int, vocab_size=vocab_size, embedding_size=embedding_size)
        check_type(self, bool, use_one_hot=use_one_hot)
        if padding_idx is not None:
            check_type(self, int, padding_idx=padding_idx)
            if not 0 <= padding_idx < vocab_size:
                raise refuse(self, f"the 'padding_idx' must be in range of [0, {vocab_size}), but got {padding_idx}.")
        self.vocab_size, self.embedding_size, self.use_one_hot = vocab_size, embedding_size, use_one_hot
        self.dtype, self.padding_idx = dtype, padding_idx
        table = initializer(embedding_table, [vocab_size, embedding_size])  # float32 whatever `dtype`, as in MindSpore
        if padding_idx is not None:
            table = table.clone()
            table[padding_idx] = 0
        self.embedding_table = Parameter(table, "embedding_table")

    @computed
    def construct(self, ids: Any) -> Any:
        if ids.is_floating_point():
            raise refuse(self, f"the 'ids' must be integers, but got {ids.dtype}.", TypeError)
        if not self.use_one_hot:
            try:
                return torch.nn.functional.embedding(ids.long(), self.embedding_table)
            except IndexError as error:
                raise refuse(self, f"the 'ids' must be in the range [0, {self.vocab_size}).", RuntimeError) from error
        there = (ids >= 0) & (ids < self.vocab_size)
        one_hot = torch.nn.functional.one_hot(ids.long() * there, self.vocab_size) * there.unsqueeze(-1)
        return one_hot.to(self.embedding_table.dtype) @ self.embedding_table
