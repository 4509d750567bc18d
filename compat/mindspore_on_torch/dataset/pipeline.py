"""mindspore.dataset.Dataset: the methods by which a pipeline is put together, asked about itself, and iterated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset import nodes
from compat.mindspore_on_torch.dataset.batching import Batch, Buckets, PaddedBatch, check_batch, check_buckets, check_padding
from compat.mindspore_on_torch.dataset.checks import INT32_MAX, maybe, names, of_type, within, workers
from compat.mindspore_on_torch.dataset.iterators import DictIterator, RowIterator, TupleIterator
from compat.mindspore_on_torch.dataset.splitting import check_sizes, lengths, parts
from compat.mindspore_on_torch.dataset.transforms.operations import flattened
from compat.mindspore_on_torch.refusals import refused


def unavailable(name: str, reason: str) -> Any:
    """A method that raises UnsupportedAPI."""
    return refused(f"mindspore.dataset.Dataset.{name}", reason)


class Dataset:
    """A pipeline. Its steps run in this thread when rows are asked for; `num_parallel_workers` of a step changes nothing.

    (Worker processes are those of a GeneratorDataset.) What does not fit together raises RuntimeError, at the latest when an
    iterator is made or reaches it, as what a function of the user raises.
    """

    def __init__(self, node: nodes.Node) -> None:
        self.node = node

    # --- steps ---

    def batch(self, batch_size: Any, drop_remainder: bool = False, num_parallel_workers: int | None = None, **kwargs: Any) -> Dataset:
        """Rows in groups; `batch_size` may be a function of BatchInfo, as the last argument of `per_batch_map` is.

        Further arguments: per_batch_map, input_columns, output_columns, python_multiprocessing, max_rowsize.
        """
        check_batch(batch_size, drop_remainder)
        workers(num_parallel_workers)
        function = kwargs.pop("per_batch_map", None)
        old, new = kwargs.pop("input_columns", None), kwargs.pop("output_columns", None)
        check_process_options("batch", kwargs)
        if function is None and old is not None:
            raise errors.invalid(ValueError, "input_columns can be specified only when per_batch_map is set.")
        if function is not None and not callable(function):
            raise errors.invalid(TypeError, "per_batch_map should be a Python function or a callable Python object.")
        return Dataset(Batch(self.node, batch_size, drop_remainder, function, listed("input_columns", old), listed("output_columns", new)))

    def padded_batch(
        self, batch_size: Any, drop_remainder: bool = False, num_parallel_workers: int | None = None, pad_info: dict[str, Any] | None = None
    ) -> Dataset:
        """Rows in groups, brought to one shape: `pad_info` has (shape, value) by column, {} means the largest shape of each group."""
        check_batch(batch_size, drop_remainder)
        workers(num_parallel_workers)
        if maybe("pad_info", pad_info, dict) is None:
            return Dataset(Batch(self.node, batch_size, drop_remainder))
        return Dataset(PaddedBatch(self.node, batch_size, drop_remainder, check_padding(pad_info)))

    def bucket_batch_by_length(
        self, column_names: list[str], bucket_boundaries: list[int], bucket_batch_sizes: list[int], element_length_function: Any = None,
        pad_info: dict[str, Any] | None = None, pad_to_bucket_boundary: bool = False, drop_remainder: bool = False,
    ) -> Dataset:  # fmt: skip
        """Groups of rows of a similar length: that of their only column, or what a function of the columns returns.

        Bucket i takes those below `bucket_boundaries[i]`, the last one the rest; each gives batches of its size, padded by
        `pad_info`, with `pad_to_bucket_boundary` to one less than the boundary where that has None.
        """
        check_buckets(column_names, bucket_boundaries, bucket_batch_sizes, element_length_function)
        of_type("pad_to_bucket_boundary", pad_to_bucket_boundary, bool)
        of_type("drop_remainder", drop_remainder, bool)
        padding = check_padding(maybe("pad_info", pad_info, dict))
        boundaries = (bucket_boundaries, bucket_batch_sizes, element_length_function, pad_to_bucket_boundary)
        return Dataset(Buckets(self.node, column_names, padding, drop_remainder, *boundaries))

    def map(
        self, operations: Any, input_columns: Any = None, output_columns: Any = None, num_parallel_workers: int | None = None, **kwargs: Any
    ) -> Dataset:
        """Functions of the columns `input_columns` (the first one unless given), applied one after the other.

        A tuple that one returns has a value for each of `output_columns`. Further arguments: python_multiprocessing, max_rowsize.
        """
        for name in ("callbacks", "offload", "cache"):
            if (value := kwargs.pop(name, None)) is not None:
                raise errors.UnsupportedArgument("mindspore.dataset.Dataset.map", name, value, "None")
        check_process_options("map", kwargs)
        workers(num_parallel_workers)
        chain = list(operations) if isinstance(operations, (list, tuple)) else [operations]
        for operation in chain:
            if not callable(operation):
                reason = f"should be a python function or class method which should be callable, but got: {operation}."
                raise errors.invalid(ValueError, f"Parameter operations's element of method map {reason}")
        old, new = listed("input_columns", input_columns), listed("output_columns", output_columns)
        return Dataset(nodes.Map(self.node, flattened(chain), old, new))

    def filter(self, predicate: Callable[..., Any], input_columns: Any = None, num_parallel_workers: int | None = None) -> Dataset:
        """The rows for which a function of the columns `input_columns` (all unless given) is true."""
        if not callable(predicate):
            raise errors.invalid(TypeError, "Predicate should be a Python function or a callable Python object.")
        workers(num_parallel_workers)
        return Dataset(nodes.Filter(self.node, predicate, listed("input_columns", input_columns)))

    def shuffle(self, buffer_size: int) -> Dataset:
        """Rows drawn from a buffer of that many; another order in each epoch and each repeat."""
        of_type("buffer_size", buffer_size, int)
        within("buffer_size", buffer_size, 2, INT32_MAX)
        return Dataset(nodes.ShuffleRows(self.node, buffer_size))

    def repeat(self, count: int | None = None) -> Dataset:
        """Several passes in one epoch; without an end for None or -1."""
        times: int = -1 if maybe("repeat", count, int) is None else count  # type: ignore[assignment]
        if times != -1 and not 1 <= times <= INT32_MAX:
            raise errors.invalid(ValueError, "count should be either -1 or positive integer, range[1, INT32_MAX].")
        return Dataset(nodes.Repeat(self.node, times))

    def skip(self, count: int) -> Dataset:
        """All but the first rows."""
        of_type("count", count, int)
        return Dataset(nodes.Skip(self.node, within("count", count, 0, INT32_MAX)))

    def take(self, count: int = -1) -> Dataset:
        """The first rows; all for -1."""
        of_type("count", count, int)
        if count != -1 and not 0 < count <= INT32_MAX:
            reason = f"either -1 or within the required interval of (0, {INT32_MAX}], got {count}"
            raise errors.invalid(ValueError, f"count should be {reason}.")
        return self if count == -1 else Dataset(nodes.Take(self.node, count))

    def zip(self, datasets: Any) -> Dataset:
        """The columns of this dataset and of others side by side, as long as the shortest."""
        of_type("datasets", datasets, tuple, Dataset)
        return zipped((self, *(datasets if isinstance(datasets, tuple) else (datasets,))))

    def concat(self, datasets: Any) -> Dataset:
        """This dataset and then others."""
        of_type("datasets", datasets, list, Dataset)
        others = datasets if isinstance(datasets, list) else [datasets]
        for index, dataset in enumerate(others):
            of_type(f"datasets[{index}]", dataset, Dataset)
        return Dataset(nodes.Concat(self.node, *(dataset.node for dataset in others)))

    __add__ = concat

    def project(self, columns: Any) -> Dataset:
        """Some of the columns, in this order."""
        return Dataset(nodes.Project(self.node, names("columns", columns)))

    def rename(self, input_columns: Any, output_columns: Any) -> Dataset:
        """Other names for some of the columns."""
        old, new = names("input_columns", input_columns), names("output_columns", output_columns)
        if len(old) != len(new):
            raise errors.invalid(ValueError, "Number of column in input_columns and output_columns is not equal.")
        return Dataset(nodes.Rename(self.node, old, new))

    def flat_map(self, func: Callable[..., Any]) -> Dataset:
        """The datasets that a function makes of the rows, one after the other; the rows are read now."""
        if not callable(func):
            raise errors.invalid(TypeError, "func must be a function.")
        made = [func(*row) for row in self.create_tuple_iterator(num_epochs=1, output_numpy=True)]
        if not made or not all(isinstance(dataset, Dataset) for dataset in made):
            raise errors.invalid(TypeError, "flat_map must return a Dataset object.")
        return Dataset(nodes.Concat(*(dataset.node for dataset in made)))

    def apply(self, apply_func: Callable[[Dataset], Any]) -> Dataset:
        """What a function makes of this dataset, which must be a dataset."""
        if not callable(apply_func):
            raise errors.invalid(TypeError, "apply_func must be a function.")
        found = apply_func(self)
        if not isinstance(found, Dataset):
            raise errors.invalid(TypeError, "apply_func must return a dataset.")
        return found

    sync_wait = sync_update = unavailable(
        "sync_wait", "MindSpore's pipeline runs ahead in threads that can be held back; here nothing runs ahead"
    )
    device_que = unavailable("device_que", "no queue of a device is filled here; iterate instead")
    save = unavailable("save", "MindRecord files are not written here")
    to_json = unavailable("to_json", "a pipeline holds functions, which are not written to files")
    build_vocab = build_sentencepiece_vocab = unavailable("build_vocab", "there is no mindspore.dataset.text here")

    def split(self, sizes: list[Any], randomize: bool = True) -> tuple[Dataset, ...]:
        """Parts of these numbers of rows, or fractions of all that add up to 1; drawn once, with `randomize`, for all epochs."""
        check_sizes(sizes, randomize)
        return tuple(Dataset(part) for part in parts(self.node, lengths(sizes, self.get_dataset_size()), randomize))

    # --- questions ---

    def get_col_names(self) -> list[str]:
        """The names of the columns."""
        return self.node.columns()

    def get_dataset_size(self) -> int:
        """The number of rows, or of batches; they are counted where nothing says how many there will be."""
        return self.node.size()

    def get_batch_size(self) -> int:
        """The size of a batch, 1 without batches, -1 where a function decides."""
        found = next((node for node in line(self.node) if hasattr(node, "batch_size")), None)
        return 1 if found is None else int(found.batch_size)

    def get_repeat_count(self) -> int:
        """The count of the last `repeat`, or 1."""
        found = self.node.first(nodes.Repeat)
        return 1 if found is None else int(found.count)

    def output_types(self) -> list[Any]:
        """The types of the columns, of the first row."""
        row = next(self.node.rows(nodes.Run()), [])
        return [np.dtype(value.dtype.kind) if value.dtype.kind in "SU" else value.dtype for value in row]

    def output_shapes(self, estimate: bool = False) -> list[list[int | None]]:
        """The shapes of the columns, of the first row; with `estimate`, None for sizes that differ between rows."""
        of_type("estimate", estimate, bool)
        found: list[list[int | None]] = []
        for row in self.node.rows(nodes.Run()):
            shapes = [list(value.shape) for value in row]
            if not found:
                found = [list(shape) for shape in shapes]
            elif [len(shape) for shape in shapes] != [len(shape) for shape in found]:
                raise errors.invalid(RuntimeError, "Inconsistent ranks of rows: the shape can't be estimated.")
            found = [[one if one == other else None for one, other in zip(*pair, strict=True)] for pair in zip(found, shapes, strict=True)]
            if not estimate:
                break
        return found

    def num_classes(self) -> int | None:
        """The number of classes, of datasets that know it."""
        return None

    def get_class_indexing(self) -> Any:
        """The numbers of the classes by name, of datasets that know them."""
        return {}

    def is_shuffled(self) -> bool:
        """Whether a step draws the order."""
        return self.node.any("shuffled")

    def is_sharded(self) -> bool:
        """Whether it gives a shard of its source."""
        return self.node.any("sharded")

    def add_sampler(self, new_sampler: Any) -> None:
        """Let the sampler of this dataset choose from what another one chooses."""
        node = self._sampled("add_sampler")
        if new_sampler is not None:
            node.sampler.add_child(new_sampler)

    def use_sampler(self, new_sampler: Any) -> None:
        """Choose from what was chosen until now. TypeError for None."""
        if new_sampler is None:
            raise errors.invalid(TypeError, "Input sampler can not be None.")
        if isinstance(self.node, nodes.Concat):
            self.node = nodes.Sampled(self.node, new_sampler)
            return
        node = self._sampled("use_sampler")
        new_sampler.add_child(node.sampler)
        node.sampler = new_sampler

    def _sampled(self, name: str) -> Any:
        if getattr(self.node, "sampler", None) is None:
            raise errors.invalid(AttributeError, f"'{type(self).__name__}' object has no attribute '{name}'")
        return self.node

    def reset(self) -> None:
        """Nothing: each iterator begins anew."""

    # --- rows ---

    def create_tuple_iterator(
        self, columns: Any = None, num_epochs: int = -1, output_numpy: bool = False, do_copy: bool = False
    ) -> RowIterator:
        """Rows as lists, of all columns or of `columns`: Tensors, or arrays with `output_numpy`; texts are always arrays."""
        node = self.node if columns is None else nodes.Project(self.node, names("columns", columns))
        return TupleIterator(node, num_epochs, output_numpy, do_copy)

    def create_dict_iterator(self, num_epochs: int = -1, output_numpy: bool = False, do_copy: bool = False) -> RowIterator:
        """Rows as dicts of the columns: Tensors, or arrays with `output_numpy`; texts are always arrays."""
        return DictIterator(self.node, num_epochs, output_numpy, do_copy)

    def __iter__(self) -> RowIterator:
        return self.create_tuple_iterator(num_epochs=1)

    def __len__(self) -> int:
        return self.get_dataset_size()


def line(node: nodes.Node) -> list[nodes.Node]:
    """A step and those before it, the first one before each."""
    return [node, *(line(node.before[0]) if node.before else [])]


def listed(what: str, value: Any) -> list[str] | None:
    """Column names as a list; None and an empty list mean none."""
    return names(what, value) if value is not None and value != [] else None


def zipped(datasets: Any) -> Dataset:
    """mindspore.dataset.zip: the columns of a tuple of datasets side by side, as long as the shortest."""
    of_type("datasets", datasets, tuple)
    if len(datasets) <= 1:
        raise errors.invalid(ValueError, "Can't zip empty or just one dataset!")
    for dataset in datasets:
        if not isinstance(dataset, Dataset):
            raise errors.invalid(TypeError, f"Invalid dataset, expected Dataset object, but got {type(dataset)}!")
    return Dataset(nodes.Zip(*(dataset.node for dataset in datasets)))


def check_process_options(method: str, kwargs: dict[str, Any]) -> None:
    """What says how MindSpore's worker processes hand over rows; there are none."""
    for name, kinds in (("python_multiprocessing", (bool,)), ("max_rowsize", (int, list, type(None)))):
        if name in kwargs:
            of_type(name, kwargs.pop(name), *kinds)
    if kwargs:
        raise errors.invalid(TypeError, f"{method}() got an unexpected keyword argument {next(iter(kwargs))!r}")
