"""The counterparts that a call of an API may become."""

from __future__ import annotations

from collections.abc import Iterator

from compat.port.calls.memory import OTHERWISE
from compat.port.calls.random import DRAWN
from compat.scan.verdicts import METHOD
from compat.table.model import Counterpart, Row


def candidates(api: str, row: Row, device: str) -> Iterator[Counterpart]:
    """Counterparts in the row's order, the one of the same place in mindspore.mint first; for a method, MindSpore's method before any."""
    if api.endswith("_") and not api.endswith("__"):
        return  # it writes into its tensor, which MindSpore's CPU kernels silently don't
    there = [each for each in row.mindspore if device in each.devices and _is_fit(each.api, row)]
    if api.startswith(METHOD):
        yield from (each for each in there if each.item or each.api == f"mindspore.Tensor.{api.removeprefix(METHOD)}")
    mirrored = f"mindspore.mint.{row.torch.removeprefix('torch.')}"
    yield from sorted((each for each in there if not each.is_method), key=lambda each: each.api != mirrored)


def _is_fit(api: str, row: Row) -> bool:
    """Whether compat.native gives of it what PyTorch gives: the same memory, the same random numbers."""
    return api in DRAWN if any(each.api in DRAWN for each in row.mindspore) else api not in OTHERWISE
