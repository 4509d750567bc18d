"""The collectives of torch.distributed over tensors, in a group of one process: each is the identity or one copy.

The checks are those of PyTorch and its backend gloo, in their order: what the argument is, whether there is a group, whether counts,
shapes and dtypes fit. `src` and `dst` can only be 0.
"""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.distributed.groups import Work, chosen_group
from compat.torch_on_mindspore.distributed.reductions import RedOpType, check_operation
from compat.torch_on_mindspore.in_place import copy_

SUM = RedOpType.SUM


def check_tensor(name: str, value: Any) -> None:
    if not is_tensor(value):
        raise _unfit(name, "torch.Tensor", value)


def check_tensors(name: str, values: Any) -> None:
    if not isinstance(values, list) or not all(map(is_tensor, values)):
        raise _unfit(name, "List[torch.Tensor]", values)


def _unfit(name: str, wanted: str, value: Any) -> Exception:
    return invalid(TypeError, f"Invalid function argument. Expected parameter `{name}` of type {wanted} but got {type(value)} instead.")


def check_dtypes(*tensors: Any) -> None:
    for one in tensors:
        if one.dtype != tensors[0].dtype:
            raise invalid(ValueError, f"Invalid usage of tensors with different dtypes: found {tensors[0].dtype} and {one.dtype}")


def root(rank: int | None, rank_of_group: int | None) -> int:
    """Which process was meant; whether it exists is asked later."""
    if rank is not None and rank_of_group is not None:
        raise invalid(ValueError, "Can't specify both group_rank and global_rank")
    found = rank if rank_of_group is None else rank_of_group
    if found is None:
        raise invalid(ValueError, "Must specify global_rank or group_rank")
    return found


def check_root(collective: str, rank: int) -> None:
    if rank != 0:
        raise invalid(RuntimeError, f"{collective}: invalid root rank: {rank}")


def _check_one(collective: str, tensors: list[Any], like: Any) -> None:
    """A list for one process: one tensor, of the shape and dtype of `like`."""
    if len(tensors) != 1:
        raise invalid(RuntimeError, f"{collective}: a list of {len(tensors)} tensors for 1 process")
    _check_like(collective, tensors[0], like)


def _check_like(collective: str, tensor: Any, like: Any) -> None:
    if tuple(tensor.shape) != tuple(like.shape):
        raise invalid(RuntimeError, f"{collective}: invalid tensor size (expected {tuple(like.shape)}, got {tuple(tensor.shape)})")
    if tensor.dtype != like.dtype:
        raise invalid(RuntimeError, f"{collective}: invalid tensor type (expected {like.dtype}, got {tensor.dtype})")


def _filled(target: Any, source: Any) -> None:
    with no_grad():
        copy_(target, source.detach())


def _done(async_op: bool, *tensors: Any) -> Work | None:
    return Work(list(tensors)) if async_op else None


# --- the same everywhere -------------------------------------------------------------------------------------------------


def all_reduce(tensor: Any, op: Any = SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """`tensor` combined with those of all processes, in place: itself."""
    check_tensor("tensor", tensor)
    chosen_group(group)
    check_operation(op, tensor)
    return _done(async_op, tensor)


def reduce(
    tensor: Any, dst: int | None = None, op: Any = SUM, group: Any = None, async_op: bool = False, group_dst: int | None = None
) -> Work | None:
    """As `all_reduce`, for the process `dst`."""
    chosen_group(group)
    found = root(dst, group_dst)
    check_tensor("tensor", tensor)
    check_root("reduce", found)
    check_operation(op, tensor)
    return _done(async_op, tensor)


def broadcast(tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None) -> Work | None:
    """`tensor` of the process `src`: itself."""
    chosen_group(group)
    found = root(src, group_src)
    check_tensor("tensor", tensor)
    check_root("broadcast", found)
    return _done(async_op, tensor)


# --- one copy ------------------------------------------------------------------------------------------------------------


def all_gather(tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Fill `tensor_list[0]` with `tensor`."""
    check_tensors("tensor_list", tensor_list)
    check_tensor("tensor", tensor)
    check_dtypes(tensor, *tensor_list)
    chosen_group(group)
    _check_one("all_gather", tensor_list, tensor)
    _filled(tensor_list[0], tensor)
    return _done(async_op, *tensor_list)


def all_gather_into_tensor(output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Fill `output_tensor`, of the shape and dtype of `input_tensor`, with it."""
    check_tensor("input_tensor", input_tensor)
    check_tensor("output_tensor", output_tensor)
    chosen_group(group)
    _check_like("all_gather_into_tensor", output_tensor, input_tensor)
    _filled(output_tensor, input_tensor)
    return _done(async_op, output_tensor)


def reduce_scatter(output: Any, input_list: Any, op: Any = SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Fill `output` with `input_list[0]`."""
    check_tensor("output", output)
    check_tensors("input_list", input_list)
    check_dtypes(output, *input_list)
    chosen_group(group)
    _check_one("reduce_scatter", input_list, output)
    check_operation(op, output)
    _filled(output, input_list[0])
    return _done(async_op, output)


def reduce_scatter_tensor(output: Any, input: Any, op: Any = SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Fill `output`, of the shape and dtype of `input`, with it."""
    check_tensor("output", output)
    check_tensor("input", input)
    chosen_group(group)
    _check_like("reduce_scatter_tensor", output, input)
    check_operation(op, output)
    _filled(output, input)
    return _done(async_op, output)


def all_to_all(output_tensor_list: Any, input_tensor_list: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Fill `output_tensor_list[0]` with `input_tensor_list[0]`."""
    check_tensors("output_tensor_list", output_tensor_list)
    check_tensors("input_tensor_list", input_tensor_list)
    check_dtypes(*output_tensor_list, *input_tensor_list)
    chosen_group(group)
    if len(input_tensor_list) != 1:
        raise invalid(RuntimeError, f"all_to_all: a list of {len(input_tensor_list)} tensors for 1 process")
    _check_one("all_to_all", output_tensor_list, input_tensor_list[0])
    _filled(output_tensor_list[0], input_tensor_list[0])
    return _done(async_op, *output_tensor_list)


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None, group: Any = None, async_op: bool = False
) -> Work | None:
    """Fill `output` with `input`; the sizes, if given, are [length] of each."""
    check_tensor("output", output)
    check_tensor("input", input)
    check_dtypes(output, input)
    chosen_group(group)
    for sizes, tensor in ((output_split_sizes, output), (input_split_sizes, input)):
        if sizes and sum(sizes) != tensor.shape[0]:
            raise invalid(RuntimeError, "Split sizes doesn't match total dim 0 size")
        if sizes and len(sizes) != 1:
            raise invalid(RuntimeError, f"all_to_all_single: {len(sizes)} split sizes for 1 process")
    if output.numel() != input.numel():
        raise invalid(RuntimeError, f"all_to_all_single: {input.numel()} elements don't fill {output.numel()}")
    _filled(output, input.reshape(output.shape))
    return _done(async_op, output)


def gather(
    tensor: Any, gather_list: Any = None, dst: int | None = None, group: Any = None, async_op: bool = False, group_dst: int | None = None
) -> Work | None:
    """Fill `gather_list[0]` with `tensor`."""
    check_tensor("tensor", tensor)
    if gather_list:
        check_tensors("gather_list", gather_list)
    else:
        gather_list = []
    check_dtypes(tensor, *gather_list)
    chosen_group(group)
    check_end(root_or_0(dst, group_dst), gather_list, "gather_list", "destination")
    _check_one("gather", gather_list, tensor)
    _filled(gather_list[0], tensor)
    return _done(async_op, *gather_list)


def scatter(
    tensor: Any, scatter_list: Any = None, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Fill `tensor` with `scatter_list[0]`."""
    check_tensor("tensor", tensor)
    if scatter_list:
        check_tensors("scatter_list", scatter_list)
    else:
        scatter_list = []
    check_dtypes(tensor, *scatter_list)
    chosen_group(group)
    check_end(root_or_0(src, group_src), scatter_list, "scatter_list", "source")
    _check_one("scatter", scatter_list, tensor)
    _filled(tensor, scatter_list[0])
    return _done(async_op, tensor)


def root_or_0(rank: int | None, rank_of_group: int | None) -> int:
    return root(0 if rank is None and rank_of_group is None else rank, rank_of_group)


def check_end(rank: int, given: list[Any], name: str, end: str) -> None:
    """The list belongs to the process that gathers or scatters, which this one is if the rank is 0."""
    if rank == 0 and not given:
        raise invalid(ValueError, f"Argument ``{name}`` must be specified on {end} rank.")
    if rank != 0 and given:
        raise invalid(ValueError, f"Argument ``{name}`` must NOT be specified on non-{end} ranks.")
    if rank != 0:
        raise invalid(RuntimeError, f"invalid root rank: {rank}")
