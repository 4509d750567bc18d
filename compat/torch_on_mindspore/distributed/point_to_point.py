"""Sending and receiving between processes, of which there is one: the arguments are checked, and there is nobody to talk to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.distributed.collectives import check_tensor, root
from compat.torch_on_mindspore.distributed.groups import Work, chosen_group


def _nobody(rank: int | None) -> Exception:
    return invalid(RuntimeError, f"process {rank} is not connected: programs run in one process here")


def isend(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> Work | None:
    """RuntimeError: nobody receives."""
    chosen_group(group)
    found = root(dst, group_dst)
    check_tensor("tensor", tensor)
    raise _nobody(found)


def send(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """ValueError for the own rank 0, RuntimeError for any other."""
    chosen_group(group)
    found = root(dst, group_dst)
    if found == 0:
        raise invalid(ValueError, "Invalid destination rank: destination rank should not be the same as the rank of the current process.")
    check_tensor("tensor", tensor)
    raise _nobody(found)


def irecv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> Work | None:
    """RuntimeError: nobody sends."""
    check_tensor("tensor", tensor)
    chosen_group(group)
    raise _nobody(src if group_src is None else group_src)


def recv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """RuntimeError: nobody sends."""
    irecv(tensor, src, group, tag, group_src)
    raise AssertionError("irecv always raises")


class P2POp:
    """One `isend` or `irecv`, to be started by `batch_isend_irecv`."""

    def __init__(
        self, op: Callable[..., Any], tensor: Any, peer: int | None = None, group: Any = None, tag: int = 0, group_peer: int | None = None
    ) -> None:
        if op not in (isend, irecv):
            raise invalid(
                ValueError, "Invalid ``op``. Expected ``op`` to be of type ``torch.distributed.isend`` or ``torch.distributed.irecv``."
            )
        check_tensor("tensor", tensor)
        self.group = chosen_group(group)
        self.op, self.tensor, self.tag = op, tensor, tag
        self.peer = self.group_peer = root(peer, group_peer)


def batch_isend_irecv(p2p_op_list: list[P2POp]) -> list[Work]:
    """Start each; IndexError for an empty list."""
    chosen_group(p2p_op_list[0].group)
    return [one.op(one.tensor, one.peer, one.group, one.tag) for one in p2p_op_list]
