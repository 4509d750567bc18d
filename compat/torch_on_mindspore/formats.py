"""The objects behind `torch.strided`, `torch.contiguous_format` and their like: how a tensor lies in memory."""

from __future__ import annotations

from compat.errors import invalid
from compat.torch_on_mindspore.descriptors import layout


class _Named:
    """A constant that is printed as its public name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class memory_format(_Named):
    """The order of the dimensions in memory; `torch.memory_format`."""


class qscheme(_Named):
    """A way to quantize; `torch.qscheme`. No tensor here is quantized."""


sparse_coo = layout("torch.sparse_coo")
sparse_csr = layout("torch.sparse_csr")
sparse_csc = layout("torch.sparse_csc")
sparse_bsr = layout("torch.sparse_bsr")
sparse_bsc = layout("torch.sparse_bsc")
jagged = layout("torch.jagged")


def order_of(wanted: object, rank: int) -> tuple[int, ...] | None:
    """The dimensions from the outermost in memory to the innermost; None for the order that they have, RuntimeError for another rank."""
    if wanted is None or wanted in (contiguous_format, preserve_format):
        return None
    expected = RANKS.get(wanted)
    if expected is None:
        raise invalid(TypeError, f"argument 'memory_format' must be torch.memory_format, not {type(wanted).__name__}")
    if rank != expected:
        raise invalid(RuntimeError, f"required rank {expected} tensor to use {str(wanted).removeprefix('torch.')} format")
    return (0, *range(2, rank), 1)


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
legacy_contiguous_format = contiguous_format
RANKS: dict[object, int] = {channels_last: 4, channels_last_3d: 5}

per_tensor_affine = qscheme("per_tensor_affine")
per_channel_affine = qscheme("per_channel_affine")
per_tensor_symmetric = qscheme("per_tensor_symmetric")
per_channel_symmetric = qscheme("per_channel_symmetric")
