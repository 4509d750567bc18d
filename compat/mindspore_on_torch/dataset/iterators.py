"""The iterators of a dataset: an epoch for each loop, as tuples or dicts of Tensors or arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import broken, of_type
from compat.mindspore_on_torch.dataset.nodes import Node, Run
from compat.mindspore_on_torch.dataset.rows import Row, as_output


class RowIterator:
    """Rows until the epoch ends, which raises StopIteration; then those of the next epoch. RuntimeError after `num_epochs`."""

    def __init__(self, node: Node, num_epochs: int, output_numpy: bool, do_copy: bool) -> None:
        of_type("num_epochs", num_epochs, int)
        of_type("output_numpy", output_numpy, bool)
        of_type("do_copy", do_copy, bool)
        if num_epochs != -1 and num_epochs < 1:
            raise broken(f"num_epochs should be either -1 or positive integer, num_epochs: {num_epochs}.")
        self._node, self._names = node, node.columns()
        self._run = Run()
        self._num_epochs = num_epochs
        self._output = output_numpy, do_copy or config.get_iterator_mode()["do_copy"]
        self._rows: Iterator[Row] | None = None

    def __iter__(self) -> RowIterator:
        return self

    def __next__(self) -> Any:
        if self._rows is None:
            if self._run.epoch == self._num_epochs:
                raise broken("The iterator has no more epochs: num_epochs of create_dict_iterator or create_tuple_iterator says how many.")
            self._rows = self._node.rows(self._run)
        for row in self._rows:
            return self._shaped([as_output(value, *self._output) for value in row])
        self._rows = None
        self._run.epoch += 1
        raise StopIteration

    def _shaped(self, row: Row) -> Any:
        raise NotImplementedError

    def get_col_names(self) -> list[str]:
        """The names of the columns."""
        return list(self._names)

    def stop(self) -> None:
        """End the iteration: RuntimeError for the next row."""
        self._rows, self._num_epochs = None, self._run.epoch

    release = stop


class TupleIterator(RowIterator):
    """Rows as lists."""

    def _shaped(self, row: Row) -> Any:
        return row


class DictIterator(RowIterator):
    """Rows as dicts."""

    def _shaped(self, row: Row) -> Any:
        return dict(zip(self._names, row, strict=True))
