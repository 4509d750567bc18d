"""The pickle of a state dict, written without PyTorch: an OrderedDict of tensors, each a view of a storage in a record of its own."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

from compat.checkpoints.dtypes import DTYPES
from compat.checkpoints.planned import Planned

# Of protocol 2, which torch.save uses: the opcodes that a dict of tensors needs.
PROTOCOL, STOP = b"\x80\x02", b"."
MARK, TUPLE, EMPTY_TUPLE, REDUCE, SET_ITEMS, PERSISTENT, FALSE = b"(", b"t", b")", b"R", b"u", b"Q", b"\x89"
ORDERED_DICT, REBUILD, REBUILD_NEWER, UNTYPED = (
    b"ccollections\nOrderedDict\n",
    b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"ctorch._utils\n_rebuild_tensor_v3\n",
    b"ctorch.storage\nUntypedStorage\n",
)


def pickled(tensors: Sequence[Planned]) -> tuple[bytes, list[tuple[str, int]]]:
    """The pickle, and for each storage the key by which it names it with the place of the tensor that has its bytes."""
    memo = Memo()
    keys: list[str] = []
    storages: list[tuple[str, int]] = []
    parts = [PROTOCOL, memo.once(ORDERED_DICT), EMPTY_TUPLE, REDUCE, MARK]
    for index, tensor in enumerate(tensors):
        if tensor.twin is None:
            keys.append(str(len(storages)))
            storages.append((keys[-1], index))
        else:
            keys.append(keys[tensor.twin])
        parts += [text(tensor.name), *rebuilt(tensor, keys[index], memo)]
    return b"".join([*parts, SET_ITEMS, STOP]), storages


def rebuilt(tensor: Planned, key: str, memo: Memo) -> list[bytes]:
    """A call of the function that makes a tensor of a storage; newer types have no storage class, and are named themselves."""
    dtype = DTYPES[tensor.dtype]
    kind = f"ctorch\n{dtype.torch}\n".encode() if dtype.torch else UNTYPED
    count = tensor.nbytes // (dtype.itemsize if dtype.torch else 1)
    storage = [MARK, memo.once(text("storage")), memo.once(kind), text(key), memo.once(text("cpu")), number(count), TUPLE, PERSISTENT]
    hooks = [memo.once(ORDERED_DICT), EMPTY_TUPLE, REDUCE]
    described = [*storage, number(0), numbers(tensor.shape), numbers(row_major(tensor.shape)), FALSE, *hooks]
    newer = [] if dtype.torch else [memo.once(f"ctorch\n{tensor.dtype}\n".encode())]
    return [memo.once(REBUILD if dtype.torch else REBUILD_NEWER), MARK, *described, *newer, TUPLE, REDUCE]


class Memo:
    """What stands in a pickle once, and is fetched afterwards."""

    def __init__(self) -> None:
        self.places: dict[bytes, bytes] = {}

    def once(self, code: bytes) -> bytes:
        """The opcodes that push a value: its own the first time."""
        if code in self.places:
            return self.places[code]
        place = bytes([len(self.places)])  # fewer than 256: names of classes and two words
        self.places[code] = b"h" + place
        return code + b"q" + place


def text(value: str) -> bytes:
    content = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(content)) + content


def number(value: int) -> bytes:
    if value < 1 << 31:
        return b"K" + bytes([value]) if value < 256 else b"J" + struct.pack("<i", value)
    content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(content)]) + content


def numbers(values: Sequence[int]) -> bytes:
    """A tuple of them."""
    return MARK + b"".join(map(number, values)) + TUPLE if values else EMPTY_TUPLE


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a tensor in row-major order; those of PyTorch where it has no elements."""
    return tuple(accumulate((max(size, 1) for size in reversed(shape[1:])), lambda a, b: a * b, initial=1))[::-1] if shape else ()
