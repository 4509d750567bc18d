"""torch.distributed, as a build of PyTorch without it: nothing is available, and what would communicate raises."""

from __future__ import annotations

from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore.environment.compilation import refused

UNINITIALIZED = "Default process group has not been initialized, please make sure to call init_process_group."


def no() -> bool:
    """False."""
    return False


def is_backend_available(backend: str) -> bool:
    """False for every backend."""
    return False


def uninitialized(*_args: Any, **_kwargs: Any) -> Any:
    """What needs a process group raises ValueError: there is none."""
    raise invalid(ValueError, UNINITIALIZED)


get_rank = get_world_size = get_backend = barrier = all_reduce = all_gather = broadcast = reduce = gather = scatter = uninitialized
all_gather_into_tensor = reduce_scatter = all_to_all = send = recv = isend = irecv = all_gather_object = uninitialized
broadcast_object_list = gather_object = all_gather_into_tensor = destroy_process_group = new_group = uninitialized
init_process_group = refused("torch.distributed.init_process_group", "programs run in one process")


class ReduceOp:
    """The ways to combine values of several processes."""

    SUM, PRODUCT, MIN, MAX, AVG = "SUM", "PRODUCT", "MIN", "MAX", "AVG"


class group:
    """The process group of all processes: there is none."""

    WORLD = None


class ProcessGroup:
    """A group of processes can't be made."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI("torch.distributed.ProcessGroup: programs run in one process")


class Placeholder:
    """The type of what several processes share; for `isinstance`. It can't be made."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI(f"torch.distributed: {type(self).__name__} needs several processes; programs run in one")


class DTensor(Placeholder):
    """A tensor spread over processes."""


class DeviceMesh(Placeholder):
    """An arrangement of processes."""


class Placement(Placeholder):
    """How a tensor is spread."""


class Shard(Placement):
    """Spread along a dimension."""


class Replicate(Placement):
    """The same everywhere."""


class Partial(Placement):
    """A part of a sum everywhere."""


class FullyShardedDataParallel(Placeholder):
    """A module spread over processes."""


class DistributedDataParallel(Placeholder):
    """A module whose gradients are averaged over processes."""
