"""The collectives of torch.distributed over Python objects, in a group of one process: what is received is an unpickled copy."""

from __future__ import annotations

import pickle
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.distributed.collectives import check_end, check_root, root_or_0
from compat.torch_on_mindspore.distributed.groups import chosen_group


def _received(obj: Any) -> Any:
    return pickle.loads(pickle.dumps(obj))


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Put a copy of `obj` at `object_list[0]`; IndexError for an empty list."""
    chosen_group(group)
    object_list[0] = _received(obj)


def gather_object(
    obj: Any, object_gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None, group_dst: int | None = None
) -> None:
    """Put a copy of `obj` at `object_gather_list[0]`."""
    chosen_group(group)
    check_end(root_or_0(dst, group_dst), object_gather_list or [], "gather_list", "destination")
    assert object_gather_list
    object_gather_list[0] = _received(obj)


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None
) -> None:
    """The objects of the process `src`, 0: they stay what they are, if they can be pickled."""
    chosen_group(group)
    found = root_or_0(src, group_src)
    for obj in object_list:
        pickle.dumps(obj)
    check_root("broadcast", found)


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any] | None = None, src: int | None = None,
    group: Any = None, group_src: int | None = None,
) -> None:  # fmt: skip
    """Put a copy of the one object of `scatter_object_input_list` at the start of `scatter_object_output_list`."""
    chosen_group(group)
    found = root_or_0(src, group_src)
    if not isinstance(scatter_object_output_list, list) or not scatter_object_output_list:
        raise invalid(ValueError, "Expected argument scatter_object_output_list to be a list of size at least 1.")
    check_root("broadcast", found)
    if scatter_object_input_list is None:
        raise invalid(ValueError, "source rank must provide non-None scatter_object_input_list")
    if len(scatter_object_input_list) != 1:
        raise invalid(RuntimeError, f"scatter: a list of {len(scatter_object_input_list)} objects for 1 process")
    scatter_object_output_list[0] = _received(scatter_object_input_list[0])
