"""mindspore.communication for a world of one process. More processes are refused."""

from __future__ import annotations

import os
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import context

torch: Any = frameworks.load("torch")

HCCL_WORLD_COMM_GROUP, NCCL_WORLD_COMM_GROUP, MCCL_WORLD_COMM_GROUP = "hccl_world_group", "nccl_world_group", "mccl_world_group"
WORLD = (HCCL_WORLD_COMM_GROUP, NCCL_WORLD_COMM_GROUP, MCCL_WORLD_COMM_GROUP)
BACKENDS = {"CPU": "mccl", "GPU": "nccl"}
groups: dict[str, list[int]] = {}


class GlobalComm:
    """What was initialised."""

    BACKEND = "hccl"
    WORLD_COMM_GROUP = HCCL_WORLD_COMM_GROUP
    INITED = False
    CHECK_ENVS = True


def init(backend_name: str | None = None) -> None:
    """Begin a world of one process. RuntimeError for another device's backend; UnsupportedAPI where several processes were started."""
    expected = BACKENDS[context.state["device_target"]]
    if backend_name is not None and not isinstance(backend_name, str):
        raise errors.invalid(TypeError, f"For 'init', the argument 'backend_name' must be a string, but got {type(backend_name)}.")
    if backend_name not in (None, expected):
        target = context.state["device_target"]
        reason = f"should be '{expected}' to init '{target}', but got '{backend_name}'."
        raise errors.invalid(RuntimeError, f"For 'init', the argument 'backend_name' {reason}")
    for name in ("RANK_SIZE", "WORLD_SIZE", "MS_WORKER_NUM", "OMPI_COMM_WORLD_SIZE"):
        if int(os.environ.get(name) or 1) > 1:
            raise errors.UnsupportedAPI(f"mindspore.communication.init: {name}={os.environ[name]}, but only one process is supported")
    GlobalComm.BACKEND, GlobalComm.WORLD_COMM_GROUP, GlobalComm.INITED = expected, f"{expected}_world_group", True


def release() -> None:
    """End it."""
    groups.clear()
    GlobalComm.INITED = False


def members(group: str) -> list[int]:
    """The processes of a group; TypeError for what is no name, ValueError for one that was not created."""
    if not isinstance(group, str):
        raise errors.invalid(TypeError, f"For communication, the argument 'group' must be type of string, but got {type(group)}.")
    if group in WORLD:
        return [0]
    if group not in groups:
        raise errors.invalid(ValueError, f"the group {group!r} was not created")
    return groups[group]


def check_begun() -> None:
    """RuntimeError before `init`."""
    if not GlobalComm.INITED:
        raise errors.invalid(RuntimeError, "Distributed Communication has not been inited. Please call `init()` method first.")


def get_rank(group: str = HCCL_WORLD_COMM_GROUP) -> int:
    """This process in a group: 0."""
    return members(group).index(0)


def get_group_size(group: str = HCCL_WORLD_COMM_GROUP) -> int:
    """The number of processes in a group: 1."""
    return len(members(group))


def get_local_rank(group: str = HCCL_WORLD_COMM_GROUP) -> int:
    """This process among those of its machine: 0."""
    return get_rank(group)


def get_local_rank_size(group: str = HCCL_WORLD_COMM_GROUP) -> int:
    """The number of processes of a group on this machine: 1."""
    return get_group_size(group)


def get_world_rank_from_group_rank(group: str, group_rank_id: int) -> int:
    """The process of the world that a group knows by this number."""
    check_begun()
    return members(group)[group_rank_id]


def get_group_rank_from_world_rank(world_rank_id: int, group: str) -> int:
    """The number by which a group knows a process of the world."""
    check_begun()
    return members(group).index(world_rank_id)


def get_process_group_ranks(group: str = HCCL_WORLD_COMM_GROUP) -> list[int]:
    """The processes of a group."""
    check_begun()
    return list(members(group))


def create_group(group: str, rank_ids: list[int], options: Any = None) -> None:
    """Create a group. ValueError for a process other than 0: there is one."""
    check_begun()
    if not isinstance(rank_ids, list):
        raise errors.invalid(TypeError, f"For 'create_group', the argument 'rank_ids' must be type of list, but got {type(rank_ids)}.")
    if rank_ids != [0]:
        raise errors.invalid(ValueError, f"For 'create_group', 'rank_ids' must be [0] in a world of one process, but got {rank_ids}.")
    groups[group] = rank_ids


def destroy_group(group: str) -> None:
    """Forget a group. ValueError for the world."""
    check_begun()
    if group in WORLD:
        raise errors.invalid(ValueError, "The world group can't be destroyed.")
    members(group)
    del groups[group]


def get_comm_name(group: str = HCCL_WORLD_COMM_GROUP) -> str:
    """Refused: communicators of HCCL have inner names."""
    raise errors.UnsupportedAPI("mindspore.communication.get_comm_name gives the inner name of an HCCL communicator")
