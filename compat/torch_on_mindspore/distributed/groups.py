"""Process groups of one process: `init_process_group` with a world of 1, what there is to ask of a group, and `Work`.

A world of several processes raises UnsupportedAPI. With one, each collective is the identity or a copy, which is what PyTorch's
backend gloo computes for a world of 1.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlparse

from compat.errors import UnsupportedAPI, invalid

UNINITIALIZED = "Default process group has not been initialized, please make sure to call init_process_group."
NOT_BUILT = ("nccl", "mpi", "ucc", "xccl")  # as in PyTorch without an accelerator


class Backend(str):
    """The name of a backend, in lower case."""

    UNDEFINED, GLOO, NCCL, UCC, MPI, XCCL = "undefined", "gloo", "nccl", "ucc", "mpi", "xccl"

    def __new__(cls, name: Any) -> Backend:
        if not isinstance(name, str):
            raise invalid(ValueError, "Backend constructor parameter must be string-ish")
        return super().__new__(cls, name.lower())


class Work:
    """A collective that has been done."""

    def __init__(self, tensors: list[Any] | None = None) -> None:
        self._tensors = tensors or []

    def is_completed(self) -> bool:
        return True

    def is_success(self) -> bool:
        return True

    def wait(self, timeout: Any = None) -> bool:
        """True at once."""
        return True

    def synchronize(self) -> None:
        """Nothing is under way."""

    def exception(self) -> None:
        """None: it did not fail."""

    def result(self) -> list[Any]:
        """The tensors that it filled."""
        return self._tensors


class ProcessGroup:
    """A group whose one member is this process; `init_process_group` and `new_group` make it."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI("torch.distributed.ProcessGroup: make a group by init_process_group or new_group")

    group_name: str
    group_desc: str
    _backend: Backend

    def rank(self) -> int:
        return 0

    def size(self) -> int:
        return 1

    def name(self) -> str:
        return self._backend


def _made(name: str, backend: Backend, about: str) -> ProcessGroup:
    group = object.__new__(ProcessGroup)
    group.group_name, group._backend, group.group_desc = name, backend, about
    _groups.append(group)
    return group


_groups: list[ProcessGroup] = []  # the first one is the default group


class _WithWorld(type):
    @property
    def WORLD(cls) -> ProcessGroup | None:
        """The default group, None before `init_process_group`."""
        return _groups[0] if _groups else None


class GroupMember(metaclass=_WithWorld):
    """The default group, and what `new_group` gives to processes outside; with one process nobody is."""

    NON_GROUP_MEMBER = -100


class group(metaclass=_WithWorld):
    """`torch.distributed.group.WORLD`."""


class HashStore:
    """A store that this process alone reads."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}

    def set(self, key: str, value: str | bytes) -> None:
        self._values[key] = value.encode() if isinstance(value, str) else bytes(value)

    def get(self, key: str) -> bytes:
        """The value; RuntimeError for a key that nobody else can set any more."""
        if key not in self._values:
            raise invalid(RuntimeError, f"wait timeout: no process sets {key!r}")
        return self._values[key]

    def add(self, key: str, amount: int) -> int:
        total = int(self._values.get(key, b"0")) + amount
        self._values[key] = str(total).encode()
        return total

    def check(self, keys: Sequence[str]) -> bool:
        return all(key in self._values for key in keys)

    def delete_key(self, key: str) -> bool:
        return self._values.pop(key, None) is not None

    def num_keys(self) -> int:
        return len(self._values)


# --- is there one? -------------------------------------------------------------------------------------------------------


def is_available() -> bool:
    """True: programs of one process can have a group."""
    return True


def is_initialized() -> bool:
    """Whether there is a default group."""
    return bool(_groups)


def is_gloo_available() -> bool:
    """True: what gloo computes for one process is computed here."""
    return True


def is_nccl_available() -> bool:
    """False."""
    return False


def is_mpi_available() -> bool:
    """False."""
    return False


def is_backend_available(backend: str) -> bool:
    """True for gloo alone."""
    return backend.lower() == "gloo"


def is_torchelastic_launched() -> bool:
    """Whether torchrun started the program."""
    return os.environ.get("TORCHELASTIC_RUN_ID") is not None


# --- begin and end -------------------------------------------------------------------------------------------------------


def init_process_group(
    backend: str | None = None, init_method: str | None = None, timeout: Any = None, world_size: int = -1, rank: int = -1,
    store: Any = None, group_name: str = "", pg_options: Any = None, device_id: Any = None, _ranks: list[int] | None = None,
) -> None:  # fmt: skip
    """Make the default group of this one process.

    `world_size` and `rank` come from the arguments, from the URL or from the environment, as in PyTorch, whose errors are raised for
    what is missing; UnsupportedAPI unless the world is 1. Nothing is connected, so that the store and its address are not used.
    """
    if _groups:
        raise invalid(ValueError, "trying to initialize the default process group twice!")
    chosen = Backend("undefined" if backend is None else backend)
    if store is not None:
        if init_method is not None:
            raise invalid(AssertionError, "Cannot specify both init_method and store.")
        for name, value, least in (("world_size", world_size, 1), ("rank", rank, 0)):
            if value < least:
                raise invalid(AssertionError, f"{name} must be {'positive' if least else 'non-negative'} if using store")
    else:
        rank, world_size = _rendezvous(init_method or "env://", rank, world_size)
    _check_backend(chosen)
    if world_size != 1:
        raise UnsupportedAPI(f"torch.distributed.init_process_group: world_size={world_size}; programs run in one process here")
    if rank != 0:
        raise invalid(ValueError, f"rank {rank} is out of range in a world of 1")
    _made("0", chosen, "default_pg")


def _rendezvous(url: str, rank: int, world_size: int) -> tuple[int, int]:
    """(rank, world size) by the arguments, the URL's query, or the environment for `env://`."""
    parts = urlparse(url)
    if parts.scheme not in ("env", "tcp", "file"):
        raise invalid(RuntimeError, f"No rendezvous handler for {parts.scheme}://")
    given = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
    start = f"Error initializing torch.distributed using {parts.scheme}:// rendezvous: "

    def found(name: str, value: int, variable: str, missing: str) -> int:
        if value != -1:
            return value
        if name in given:
            return given[name]
        if parts.scheme == "env":
            return int(_environment(variable, start))
        raise invalid(ValueError, start + missing)

    rank = found("rank", rank, "RANK", "rank parameter missing")
    world_size = found("world_size", world_size, "WORLD_SIZE", "world size parameter missing")
    if parts.scheme == "env":
        for variable in ("MASTER_ADDR", "MASTER_PORT"):
            _environment(variable, start)
    return rank, world_size


def _environment(variable: str, start: str) -> str:
    value = os.environ.get(variable)
    if value is None:
        raise invalid(ValueError, f"{start}environment variable {variable} expected, but not set")
    return value


def _check_backend(backend: Backend) -> None:
    """ "gloo", or for each device its own: "cpu:gloo"."""
    for one in backend.split(","):
        name = one.rpartition(":")[2]
        if name in NOT_BUILT:
            raise invalid(RuntimeError, f"Distributed package doesn't have {name.upper()} built in")
        if name not in ("gloo", "undefined"):
            raise invalid(AssertionError, f"Unknown backend type {name}")


def destroy_process_group(group: ProcessGroup | None = None) -> None:
    """End a group, the default one with all others."""
    chosen = _groups[0] if group is None and _groups else group
    if chosen is None:
        raise invalid(AssertionError, "Process group cannot be None")
    if chosen not in _groups:
        raise invalid(ValueError, "Invalid process group specified")
    if chosen is _groups[0]:
        _groups.clear()
    else:
        _groups.remove(chosen)


def new_group(
    ranks: Sequence[int] | None = None, timeout: Any = None, backend: str | None = None, pg_options: Any = None,
    use_local_synchronization: bool = False, group_desc: str | None = None, device_id: Any = None, sort_ranks: bool = True,
) -> ProcessGroup:  # fmt: skip
    """Another group of this one process; ValueError for ranks that are not in the world."""
    world = default_group()
    if ranks is not None:
        if len(ranks) > 1 and len(set(ranks)) == 1:
            raise invalid(ValueError, f"ranks list must not contain duplicate entries, got {list(ranks)}")
        if len(ranks) > 1:
            raise invalid(ValueError, "the new group's world size should be less or equal to the world size set by init_process_group")
        if not ranks:
            raise invalid(TypeError, "a group without a member can't be made")
        if ranks[0] != 0:
            raise invalid(ValueError, f"Rank {ranks[0]} is out of range. Valid ranks are 0 to 0 (world_size=1)")
    chosen = world._backend if backend is None else Backend(backend)
    _check_backend(chosen)
    return _made(str(len(_groups)), chosen, group_desc or "undefined")


# --- what there is to ask ------------------------------------------------------------------------------------------------


def default_group() -> ProcessGroup:
    if not _groups:
        raise invalid(ValueError, UNINITIALIZED)
    return _groups[0]


def chosen_group(group: ProcessGroup | None) -> ProcessGroup:
    """The group itself, or the default one, of which there must be one."""
    return default_group() if group is None else group


def get_rank(group: ProcessGroup | None = None) -> int:
    """0."""
    default_group()
    _registered(group)
    return 0


def get_world_size(group: ProcessGroup | None = None) -> int:
    """1."""
    return chosen_group(group).size()


def get_backend(group: ProcessGroup | None = None) -> Backend:
    """The backend's name."""
    found: Backend = _registered(chosen_group(group))._backend
    return found


def get_process_group_ranks(group: ProcessGroup | None) -> list[int]:
    """[0]."""
    _registered(chosen_group(group))
    return [0]


def get_global_rank(group: ProcessGroup, group_rank: int) -> int:
    """The rank in the world of the rank in a group: itself in the default group, ValueError for a rank that a group lacks."""
    return _translated(group, group_rank)


def get_group_rank(group: ProcessGroup, global_rank: int) -> int:
    """The rank in a group of the rank in the world: itself in the default group, ValueError for a rank that a group lacks."""
    return _translated(group, global_rank)


def _translated(group: ProcessGroup, rank: int) -> int:
    if _groups and group is _groups[0]:
        return rank
    _registered(group)
    if rank != 0:
        raise invalid(ValueError, f"Rank {rank} is not part of group {group!r}")
    return 0


def _registered(group: Any) -> Any:
    if group is not None and group not in _groups:
        raise invalid(ValueError, f"Group {group!r} is not registered, please create group with torch.distributed.new_group API")
    return group


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """The rank that torchrun gave the process on its machine."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is None:
        raise invalid(RuntimeError, "LOCAL_RANK is not in the environment; pass fallback_rank for a program that torchrun has not started")
    return fallback_rank


def barrier(group: ProcessGroup | None = None, async_op: bool = False, device_ids: Any = None, timeout: Any = None) -> Work | None:
    """Nobody has to be waited for."""
    chosen_group(group)
    return Work() if async_op else None


def monitored_barrier(group: ProcessGroup | None = None, timeout: Any = None, wait_all_ranks: bool = False) -> None:
    """Nobody has to be waited for."""
    chosen_group(group)
