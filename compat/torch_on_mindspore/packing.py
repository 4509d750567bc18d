"""Sequences of several lengths: padded to one tensor, or packed so that no padding is computed; `torch.nn.utils.rnn`.

Packing and padding are each one gather, whose places NumPy computes from the lengths.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import creation, dtypes, linear_maps, shaping
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.operands import not_tensor
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, normal_dim

ops = mindspore.ops

UNSORTED = (
    "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
    "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
)


class PackedSequence_(NamedTuple):
    """The fields of PackedSequence."""

    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(PackedSequence_):
    """Sequences packed step by step: `data` (sum of lengths, …), and in `batch_sizes` how many sequences have that step."""

    __module__ = "torch.nn.utils.rnn"

    def __new__(cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise invalid(AssertionError, "Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same sequences with `data` in another dtype."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return self.to(*args, **{**kwargs, "device": "cpu"})

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return self.to(*args, **{**kwargs, "device": "cuda"})

    def double(self) -> PackedSequence:
        return self.to(dtype=dtypes.float64)

    def float(self) -> PackedSequence:
        return self.to(dtype=dtypes.float32)

    def half(self) -> PackedSequence:
        return self.to(dtype=dtypes.float16)

    def long(self) -> PackedSequence:
        return self.to(dtype=dtypes.int64)

    def int(self) -> PackedSequence:
        return self.to(dtype=dtypes.int32)

    def short(self) -> PackedSequence:
        return self.to(dtype=dtypes.int16)

    def char(self) -> PackedSequence:
        return self.to(dtype=dtypes.int8)

    def byte(self) -> PackedSequence:
        return self.to(dtype=dtypes.uint8)

    @property
    def is_cuda(self) -> bool:
        return bool(self.data.is_cuda)

    def pin_memory(self) -> PackedSequence:
        raise UnsupportedArgument("torch.nn.utils.rnn.PackedSequence.pin_memory", "device", "cuda", "pageable memory")

    def is_pinned(self) -> bool:
        return False


def integers(values: Any) -> Tensor:
    """An int64 tensor of these numbers."""
    found: Tensor = as_tensor(mindspore.Tensor(np.asarray(values, np.int64)))
    return found


def rows(input: Any, places: Any) -> Any:
    """The rows of `input` at `places`, a NumPy array; an integer or boolean tensor has no gradient to keep, others do."""
    return entries(input, mindspore.Tensor(places.astype(np.int32)), 0)


def invert_permutation(permutation: Any) -> Any:
    """The permutation that undoes this one; None for None."""
    return None if permutation is None else cast(integers(np.argsort(host(permutation))), permutation.dtype)


def checked_lengths(lengths: Any, batch: int) -> Any:
    """The lengths as a NumPy array; RuntimeError unless there is a positive one for each of `batch` sequences."""
    found = (host(lengths) if is_tensor(lengths) else np.asarray(lengths)).astype(np.int64)
    if found.ndim != 1:
        raise invalid(RuntimeError, f"'lengths' argument should be a 1D CPU int64 tensor, but got {found.ndim}D cpu Long tensor")
    if len(found) != batch:
        raise invalid(RuntimeError, f"Expected `len(lengths)` to be equal to batch_size, but got {len(found)} (batch_size={batch})")
    if (found <= 0).any():
        raise invalid(RuntimeError, "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    return found


def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Pack `input` (steps, batch, …), or (batch, steps, …), of which each sequence counts up to its length.

    RuntimeError for an empty input, for lengths that are not one positive number for each sequence or exceed the steps, and
    for lengths that increase while `enforce_sorted`.
    """
    if not is_tensor(input):
        raise not_tensor("_pack_padded_sequence", 0, input)
    if not input.numel():
        raise invalid(RuntimeError, "Cannot pack empty tensors.")
    normal_dim(input, 1)
    steps, batch = (input.shape[1], input.shape[0]) if batch_first else input.shape[:2]
    known = checked_lengths(lengths, batch)
    order = None if enforce_sorted else np.argsort(-known, kind="stable")
    known = known if order is None else known[order]
    if (np.diff(known) > 0).any():
        raise invalid(RuntimeError, UNSORTED)
    if known[0] > steps:
        raise invalid(RuntimeError, f"Expected the lengths not to exceed the {steps} steps of the input, but got {known[0]}")
    step, row = np.nonzero(np.arange(known[0])[:, None] < known)
    row = row if order is None else order[row]
    places = row * steps + step if batch_first else step * batch + row
    data = rows(input.reshape(steps * batch, *input.shape[2:]), places)
    return PackedSequence(data, integers(np.bincount(step)), None if order is None else integers(order))


def padded(data: Any, places: Any, padding_value: float) -> Any:
    """The rows of `data` at `places`, with a row of the padding value where the place is past the last one."""
    if (places < data.shape[0]).all():
        return rows(data, places)
    padding = creation.full((1, *data.shape[1:]), padding_value, dtype=data.dtype)
    return rows(as_tensor(linear_maps.cat([data, padding])), places)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Tensor]:
    """The sequences as one tensor, filled up with `padding_value`, and their lengths; ValueError for a `total_length` too short."""
    sizes = host(sequence.batch_sizes)
    steps = len(sizes) if total_length is None else total_length
    if steps < len(sizes):
        raise invalid(
            ValueError,
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {len(sizes)}",
        )
    places = np.full((steps, sizes[0]), sizes.sum())
    valid = np.arange(sizes[0]) < sizes[:, None]
    places[: len(sizes)][valid] = np.arange(sizes.sum())
    lengths = valid.sum(0)
    if sequence.unsorted_indices is not None:
        back = host(sequence.unsorted_indices)
        places, lengths = places[:, back], lengths[back]
    return padded(sequence.data, places.T if batch_first else places, padding_value), integers(lengths)


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Any:
    """Tensors (length, …) as one of shape (longest, count, …), or (count, longest, …), filled up on one side."""
    if not isinstance(sequences, Iterable):
        raise invalid(RuntimeError, f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}")
    given = tuple(sequences)
    if not given:
        raise invalid(RuntimeError, "received an empty list of sequences")
    for place, one in enumerate(given):
        if not is_tensor(one):
            raise invalid(TypeError, f"expected Tensor as element {place} in argument 0, but got {type(one).__name__}")
    if padding_side not in ("left", "right"):
        raise invalid(RuntimeError, f"Expected padding_side to be one of left or right, but got {padding_side}.")
    first = given[0]
    if any(not one.ndim for one in given):
        raise invalid(RuntimeError, "ArrayRef: invalid slice, N = 1; size = 0")
    if any(one.shape[1:] != first.shape[1:] for one in given):
        shapes = [tuple(one.shape) for one in given]
        raise invalid(RuntimeError, f"Expected sequences that differ in the first dimension only, but got the shapes {shapes}")
    lengths = np.array([one.shape[0] for one in given])
    at = np.arange(lengths.max())
    shift = (lengths.max() - lengths)[:, None] if padding_side == "left" else 0
    valid = (at >= shift) & (at - shift < lengths[:, None])
    places = np.where(valid, at - shift + (np.cumsum(lengths) - lengths)[:, None], lengths.sum())
    data = shaping.cat([cast(one, first.dtype) for one in given])
    return padded(data, places if batch_first else places.T, padding_value)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences of a padded tensor, each cut to its length. The tensor itself stays as it is, unlike in PyTorch."""
    dim = 0 if batch_first else 1
    one_by_one = zip(padded_sequences.unbind(dim), host(lengths).tolist(), strict=True)
    return [sequence[:length].clone() for sequence, length in one_by_one]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Pack tensors (length, …), which must be sorted by decreasing length unless `enforce_sorted` is False."""
    return pack_padded_sequence(pad_sequence(sequences), [one.shape[0] for one in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """The sequences of `packed_sequences`, in their order before packing."""
    padded_sequences, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded_sequences, lengths, batch_first=True)
