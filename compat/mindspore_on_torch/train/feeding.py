"""Datasets as Model takes them: DatasetHelper, connect_network_with_dataset and data_sink.

PyTorch has no queue on the device that a graph reads from. "Sinking" is here what it means for a program: each epoch or
call takes `sink_size` batches, and the next one goes on where it ended, into the next pass over the dataset.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import context
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.serialization.checks import switch
from compat.mindspore_on_torch.tensor import Tensor, run_plain

torch: Any = frameworks.load("torch")

# The epochs of a training, the steps of each, and the batches that are one step to the callbacks.
Epochs = Iterator[Iterator[list[tuple[Any, ...]]]]


class DatasetHelper:
    """Iterates over a dataset epoch by epoch: over its batches, or with `dataset_sink_mode` over empty tuples.

    The batches of the latter go to the network that connect_network_with_dataset makes: one each time, or all `sink_size` of
    an epoch at once in graph mode. TypeError or ValueError for a bad `dataset_sink_mode` or `sink_size`.
    """

    def __init__(self, dataset: Any, dataset_sink_mode: bool = True, sink_size: int = -1, epoch_num: int = 1) -> None:
        switch("dataset_sink_mode", dataset_sink_mode)
        check_sink_size("DatasetHelper", sink_size)
        self.dataset = dataset
        self._sinks = dataset_sink_mode
        self._sink_size = dataset.get_dataset_size() if sink_size == -1 else sink_size
        self.iter = endless(dataset) if dataset_sink_mode else dataset.create_tuple_iterator(num_epochs=epoch_num)

    def __iter__(self) -> Iterator[Any]:
        return iter([()] * (self._sink_size // self.batches_a_call)) if self._sinks else iter(self.iter)

    @property
    def batches_a_call(self) -> int:
        """How many batches a connected network takes each time."""
        return self._sink_size if context.get_context("mode") == context.GRAPH_MODE else 1

    def types_shapes(self) -> tuple[Any, Any]:
        """The data types and the shapes of a batch, column by column."""
        self._only_sinking("types_shapes")
        return self.dataset.output_types(), self.dataset.output_shapes()

    def sink_size(self) -> int:
        """How many batches an epoch takes."""
        self._only_sinking("sink_size")
        return self._sink_size

    def stop_send(self) -> None:
        """Nothing to do: no queue is filled."""
        self._only_sinking("stop_send")

    def release(self) -> None:
        """Nothing to do: no queue is filled."""
        self._only_sinking("release")

    def continue_send(self) -> None:
        """Nothing to do: no queue is filled."""
        self._only_sinking("continue_send")

    def get_data_info(self) -> Any:
        """UnsupportedAPI: there is no queue that knows of data."""
        raise no_queue("get_data_info")

    def get_mbuf_queue_size(self) -> Any:
        """UnsupportedAPI: there is no queue that has a size."""
        raise no_queue("get_mbuf_queue_size")

    def get_send_info(self, run_context: Any) -> Any:
        """UnsupportedAPI: there is no queue that data is sent to."""
        raise no_queue("get_send_info")

    def _only_sinking(self, name: str) -> None:
        if not self._sinks:
            raise errors.invalid(AttributeError, f"a DatasetHelper with dataset_sink_mode=False has no '{name}'")


class ConnectedNetwork(Cell):
    """A network that takes its inputs from a DatasetHelper, and gives what the last batch gave."""

    def __init__(self, network: Any, helper: DatasetHelper) -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self._helper = helper

    def construct(self) -> Any:
        outputs = None
        for batch in itertools.islice(self._helper.iter, self._helper.batches_a_call):
            outputs = self.network(*batch)
        return outputs


def connect_network_with_dataset(network: Any, dataset_helper: DatasetHelper) -> Any:
    """A network without inputs, fed by the helper; RuntimeError unless the helper has `dataset_sink_mode`."""
    if not dataset_helper._sinks:
        raise errors.invalid(RuntimeError, "The API 'connect_network_with_dataset' should be called in dataset sink mode.")
    return ConnectedNetwork(network, dataset_helper)


def data_sink(
    fn: Callable[..., Any], dataset: Any, sink_size: int = 1, jit_config: Any = None, input_signature: Any = None
) -> Callable[..., Any]:
    """A function without arguments that runs `fn` on the next `sink_size` batches and gives what the last one gave.

    Nothing is compiled, so `jit_config` has no effect. TypeError or ValueError for a `sink_size` that is no positive int.
    """
    if not isinstance(sink_size, int) or isinstance(sink_size, bool):
        raise errors.invalid(TypeError, f"For 'Data sink', the type of 'sink_size' should be 'int', but got {type(sink_size)}.")
    if sink_size < 1:
        raise errors.invalid(ValueError, f"The 'sink_size' must be positive, but got sink_size {sink_size}.")
    if input_signature is not None:
        raise errors.UnsupportedArgument("mindspore.data_sink", "input_signature", input_signature, "None: shapes need no declaration")
    batches = endless(dataset)

    @functools.wraps(fn)
    def sink_process(*args: Any, **kwargs: Any) -> Any:
        outputs = None
        for batch in itertools.islice(batches, sink_size):
            outputs = fn(*batch)
        return outputs

    return sink_process


def endless(dataset: Any) -> Iterator[Any]:
    """The batches of one pass over the dataset after the other."""
    passes = dataset.create_tuple_iterator(num_epochs=-1)
    while True:
        yield from passes


def as_inputs(batch: Any, device: Any) -> tuple[Any, ...]:
    """A batch as the arguments of a network on that device."""
    columns = (batch,) if isinstance(batch, Tensor) else batch
    return tuple(run_plain(torch.Tensor.to, column, device) if isinstance(column, Tensor) else column for column in columns)


def check_sink_size(owner: str, sink_size: Any) -> None:
    """TypeError for another type than int, ValueError for 0 and below -1."""
    if not isinstance(sink_size, int) or isinstance(sink_size, bool):
        raise errors.invalid(TypeError, f"The type of 'sink_size' must be 'int', but got {type(sink_size).__name__!r}.")
    if sink_size < -1 or sink_size == 0:
        raise errors.invalid(ValueError, f"For '{owner}', the 'sink_size' must be -1 or positive, but got sink_size {sink_size}.")


def no_queue(name: str) -> Exception:
    """The error of a method that asks for the queue on the device."""
    return errors.UnsupportedAPI(f"mindspore.train.DatasetHelper.{name} can't work on PyTorch, which has no queue on the device")


def one_by_one(dataset: Any, epochs: int, device: Any) -> Epochs:
    """Each epoch is a pass over the dataset, and each step takes a batch."""
    batches = dataset.create_tuple_iterator(num_epochs=epochs)
    while True:
        yield ([as_inputs(batch, device)] for batch in batches)


def sunk(dataset: Any, sink_size: int, device: Any) -> Epochs:
    """Each epoch takes `sink_size` batches and goes on where the last one ended; in graph mode it is one step."""
    batches = endless(dataset)
    size = sink_size if context.get_context("mode") == context.GRAPH_MODE else 1
    while True:
        yield ([as_inputs(next(batches), device) for _ in range(size)] for _ in range(sink_size // size))


def network_device(network: Any) -> Any:
    """The device of the first parameter; without parameters, that of new tensors."""
    with plain_torch():
        return next((parameter.device for parameter in network.get_parameters()), torch.get_default_device())
