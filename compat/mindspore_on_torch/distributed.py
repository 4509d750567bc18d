"""mindspore.mint.distributed in a world of one process: what all processes give is what this one gives. More are refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import communication

torch: Any = frameworks.load("torch")

__all__ = [
    "P2POp", "all_gather", "all_gather_into_tensor", "all_gather_into_tensor_uneven", "all_gather_object", "all_reduce",
    "all_to_all", "all_to_all_single", "barrier", "batch_isend_irecv", "broadcast", "broadcast_object_list",
    "destroy_process_group", "gather", "gather_object", "get_backend", "get_global_rank", "get_group_rank",
    "get_process_group_ranks", "get_rank", "get_world_size", "init_process_group", "irecv", "is_available", "is_initialized",
    "isend", "new_group", "recv", "recv_object_list", "reduce", "reduce_scatter", "reduce_scatter_tensor",
    "reduce_scatter_tensor_uneven", "scatter", "scatter_object_list", "send", "send_object_list",
]  # fmt: skip

OPERATIONS = ("sum", "prod", "min", "max", "avg")
names = (f"group_{number}" for number in itertools.count())


class Handle:
    """What a call with `async_op` gives: it is done already."""

    def wait(self) -> None:
        """Nothing is left to wait for."""

    def is_completed(self) -> bool:
        """True."""
        return True


def world(group: str | None) -> str:
    """The name of a group; None is the world."""
    return communication.GlobalComm.WORLD_COMM_GROUP if group is None else group


def checked(group: Any, async_op: Any, *tensors: Any, op: str = "sum", peer: int = 0) -> Handle | None:
    """Look at the arguments of a call among processes: TypeError for what is no Tensor, ValueError for another process."""
    for tensor in tensors:
        if not isinstance(tensor, torch.Tensor):
            raise errors.invalid(TypeError, f"a Tensor is needed here, but got {type(tensor)}.")
    if not isinstance(op, str):
        raise errors.invalid(TypeError, f"'op' must be str, but got {type(op)}.")
    if op not in OPERATIONS:
        raise errors.invalid(ValueError, f"'op' must be one of {OPERATIONS}, but got {op!r}.")
    if not isinstance(async_op, bool):
        raise errors.invalid(TypeError, f"'async_op' must be bool, but got {type(async_op)}.")
    if communication.members(world(group)) and peer != 0:
        raise errors.invalid(ValueError, f"process {peer} is not in a world of one process")
    return Handle() if async_op else None


def take(output: Any, source: Any) -> None:
    """Overwrite a tensor with another of as many elements."""
    with torch.no_grad():
        output.copy_(source.reshape(tuple(output.shape)))


def take_first(outputs: Any, sources: Any) -> None:
    """Overwrite the one tensor of a list; ValueError for a list of another length, as there is one process."""
    if len(outputs) != 1 or len(sources) != 1:
        raise errors.invalid(ValueError, f"a list for one process has one element, but got {len(outputs)} and {len(sources)}")
    checked(None, False, outputs[0], sources[0])
    take(outputs[0], sources[0])


def init_process_group(
    backend: str | None = "hccl", init_method: str | None = None, timeout: Any = None, world_size: int = -1, rank: int = -1,
    store: Any = None, group_name: str = "", pg_options: Any = None, device_id: Any = None,
) -> None:  # fmt: skip
    """Begin a world of one process; UnsupportedAPI for more. RuntimeError for another device's backend."""
    if world_size not in (-1, 1) or rank not in (-1, 0):
        raise errors.UnsupportedAPI(f"mindspore.mint.distributed: world_size={world_size}, rank={rank}, but only one process is supported")
    communication.init(backend)


def destroy_process_group(group: str | None = None) -> None:
    """End the world, or forget a group."""
    if group is None or group in communication.WORLD:
        communication.release()
    else:
        communication.destroy_group(group)


def is_available() -> bool:
    """True."""
    return True


def is_initialized() -> bool:
    """Whether the world has begun."""
    return communication.GlobalComm.INITED


def get_rank(group: str | None = None) -> int:
    """This process in a group: 0."""
    return communication.get_rank(world(group))


def get_world_size(group: str | None = None) -> int:
    """The number of processes in a group: 1."""
    return communication.get_group_size(world(group))


def get_backend(group: str | None = None) -> str:
    """The backend's name."""
    communication.members(world(group))
    return communication.GlobalComm.BACKEND


def new_group(
    ranks: list[int] | None = None, timeout: Any = None, backend: Any = None, pg_options: Any = None,
    use_local_synchronization: bool = False, group_desc: Any = None,
) -> str:  # fmt: skip
    """Create a group of this process; its name."""
    name = next(names)
    communication.create_group(name, [0] if ranks is None else ranks)
    return name


def get_process_group_ranks(group: str | None = None) -> list[int]:
    """The processes of a group."""
    return list(communication.members(world(group)))


def get_global_rank(group: str | None, group_rank: int) -> int:
    """The process of the world that a group knows by this number."""
    return get_process_group_ranks(group)[group_rank]


def get_group_rank(group: str | None, global_rank: int) -> int:
    """The number by which a group knows a process."""
    return get_process_group_ranks(group).index(global_rank)


def barrier(group: str | None = None, async_op: bool = False, device_ids: Any = None) -> Handle | None:
    """Wait for nobody."""
    return checked(group, async_op)


def all_reduce(tensor: Any, op: str = "sum", group: str | None = None, async_op: bool = False) -> Handle | None:
    """Combine the tensors of all processes in place: it stays as it is."""
    return checked(group, async_op, tensor, op=op)


def broadcast(tensor: Any, src: int, group: str | None = None, async_op: bool = False) -> Handle | None:
    """Send a tensor to all: it stays as it is."""
    return checked(group, async_op, tensor, peer=src)


def reduce(tensor: Any, dst: int, op: str = "sum", group: str | None = None, async_op: bool = False) -> Handle | None:
    """Combine the tensors of all processes at one of them: it stays as it is."""
    return checked(group, async_op, tensor, op=op, peer=dst)


def all_gather_into_tensor(output_tensor: Any, input_tensor: Any, group: str | None = None, async_op: bool = False) -> Handle | None:
    """Join the tensors of all processes: a copy."""
    handle = checked(group, async_op, output_tensor, input_tensor)
    take(output_tensor, input_tensor)
    return handle


def all_gather_into_tensor_uneven(
    output: Any, input: Any, output_split_sizes: Any = None, group: str | None = None, async_op: bool = False
) -> Handle | None:
    """Join tensors of different lengths: a copy."""
    return all_gather_into_tensor(output, input, group, async_op)


def reduce_scatter_tensor(output: Any, input: Any, op: str = "sum", group: str | None = None, async_op: bool = False) -> Handle | None:
    """Combine the tensors of all processes and keep this process's part: a copy."""
    handle = checked(group, async_op, output, input, op=op)
    take(output, input)
    return handle


def reduce_scatter_tensor_uneven(
    output: Any, input: Any, input_split_sizes: Any = None, op: str = "sum", group: str | None = None, async_op: bool = False
) -> Handle | None:
    """The same with parts of different lengths: a copy."""
    return reduce_scatter_tensor(output, input, op, group, async_op)


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None, group: str | None = None,
    async_op: bool = False,
) -> Handle | None:  # fmt: skip
    """Exchange parts with all processes: a copy."""
    return all_gather_into_tensor(output, input, group, async_op)


def all_to_all(output_tensor_list: Any, input_tensor_list: Any, group: str | None = None, async_op: bool = False) -> Handle | None:
    """Exchange tensors with all processes: a copy."""
    take_first(output_tensor_list, input_tensor_list)
    return checked(group, async_op)


def all_gather(tensor_list: Any, tensor: Any, group: str | None = None, async_op: bool = False) -> Handle | None:
    """The tensors of all processes in a list: a copy."""
    take_first(tensor_list, [tensor])
    return checked(group, async_op)


def gather(tensor: Any, gather_list: Any, dst: int = 0, group: str | None = None, async_op: bool = False) -> Handle | None:
    """The tensors of all processes in a list at one of them: a copy."""
    take_first(gather_list, [tensor])
    return checked(group, async_op, peer=dst)


def scatter(tensor: Any, scatter_list: Any, src: int = 0, group: str | None = None, async_op: bool = False) -> Handle | None:
    """One process's list, a tensor for each: a copy."""
    take_first([tensor], scatter_list)
    return checked(group, async_op, peer=src)


def reduce_scatter(output: Any, input_list: Any, op: str = "sum", group: str | None = None, async_op: bool = False) -> Handle | None:
    """Combine the lists of all processes and keep this process's tensor: a copy."""
    take_first([output], input_list)
    return checked(group, async_op, op=op)


def gather_into_tensor(
    output_tensor: Any, input_tensor: Any, dst: int = 0, group: str | None = None, async_op: bool = False
) -> Handle | None:
    """mindspore.ops.gather_into_tensor: join the tensors of all processes at one of them: a copy."""
    handle = checked(group, async_op, output_tensor, input_tensor, peer=dst)
    take(output_tensor, input_tensor)
    return handle


def scatter_tensor(output_tensor: Any, input_tensor: Any, src: int = 0, group: str | None = None, async_op: bool = False) -> Handle | None:
    """mindspore.ops.communication.scatter_tensor: one process's tensor, a part for each: a copy."""
    return gather_into_tensor(output_tensor, input_tensor, src, group, async_op)


def all_to_all_v_c(output: Any, input: Any, send_count_matrix: Any, group: str | None = None, async_op: bool = False) -> Handle | None:
    """mindspore.ops.all_to_all_v_c: exchange as many rows as the matrix says, which has one number here: a copy of these."""
    handle = checked(group, async_op, output, input)
    if len(send_count_matrix) != 1:
        raise errors.invalid(ValueError, f"the matrix of a world of one process has one number, not {len(send_count_matrix)}")
    rows = send_count_matrix[0]
    take(output[:rows], input[:rows])
    return handle


def set_comm_ops_inplace(is_enable: bool, func_list: list[str] | None = None) -> None:
    """mindspore.ops.set_comm_ops_inplace: the functions write to their tensors, and do nothing else here."""
    if not isinstance(is_enable, bool) or not isinstance(func_list, (list, type(None))):
        raise errors.invalid(TypeError, f"set_comm_ops_inplace takes a bool and a list, but got {is_enable!r} and {func_list!r}")
    if not is_enable:
        raise errors.UnsupportedArgument("mindspore.ops.set_comm_ops_inplace", "is_enable", is_enable, "True")


def all_gather_object(object_list: list[Any], obj: Any, group: str | None = None) -> None:
    """The objects of all processes in a list."""
    checked(group, False)
    object_list[:] = [obj]


def gather_object(obj: Any, object_gather_list: list[Any] | None = None, dst: int = 0, group: str | None = None) -> None:
    """The objects of all processes in a list at one of them."""
    checked(group, False, peer=dst)
    if object_gather_list is not None:
        object_gather_list[:] = [obj]


def broadcast_object_list(object_list: list[Any], src: int = 0, group: str | None = None, device: Any = None) -> None:
    """Send objects to all: they stay as they are."""
    checked(group, False, peer=src)


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any], src: int = 0, group: str | None = None
) -> None:
    """One process's list, an object for each."""
    checked(group, False, peer=src)
    scatter_object_output_list[:1] = scatter_object_input_list[:1]


class P2POp:
    """Refused: a message to another process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        alone("P2POp")


def alone(name: str) -> None:
    """UnsupportedAPI: there is nobody to send to."""
    raise errors.UnsupportedAPI(f"mindspore.mint.distributed.{name}: a world of one process has nobody to exchange messages with")


def to_others(name: str) -> Callable[..., None]:
    """A call that needs another process."""

    def function(*args: Any, **kwargs: Any) -> None:
        alone(name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Refused: there is no other process."
    return function


send, recv, isend, irecv, batch_isend_irecv, send_object_list, recv_object_list = (
    to_others(name) for name in ("send", "recv", "isend", "irecv", "batch_isend_irecv", "send_object_list", "recv_object_list")
)
