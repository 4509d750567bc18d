"""The functions of views that copy: `torch.view_copy` and its like, and the pieces that autograd does not watch: `unsafe_split`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import diagonals, engine, rearranging, shaping
from compat.torch_on_mindspore.creation import new_zeros
from compat.torch_on_mindspore.properties import detach
from compat.torch_on_mindspore.storage import write
from compat.torch_on_mindspore.tensor import Tensor, normal_dim


def sliced(input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    """The entries start, start + step, … below end of `dim`: a view."""
    dim = normal_dim(input, dim)
    return input[(slice(None),) * dim + (slice(start, end, step),)]


def copying(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """`view`, whose result, or each of them, is a copy."""

    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        found = view(input, *args, **kwargs)
        return tuple(one.clone() for one in found) if isinstance(found, tuple) else found.clone()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A copy of what `{name.removesuffix('_copy')}` gives."
    return function


def unwatched(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """The pieces that `view` gives, of which autograd does not know that they share storage: where it records, they are copies."""
    copied = copying(name, view)

    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        if engine.grad_enabled() and engine.requires_grad(input):
            return copied(input, *args, **kwargs)
        found = view(input, *args, **kwargs)
        for one in found:
            one._of_many = False
        return found

    function.__name__ = function.__qualname__ = name
    function.__doc__ = view.__doc__
    return function


def whole(input: Any) -> Any:
    return input


def expanded(input: Any, size: Sequence[int], *more: int, implicit: bool = False) -> Any:
    check_one("expand_copy", more)
    return shaping.expand(input, tuple(size))


def permuted(input: Any, dims: Sequence[int], *more: int) -> Any:
    check_one("permute_copy", more)
    return shaping.permute(input, tuple(dims))


def check_one(name: str, more: tuple[int, ...]) -> None:
    """TypeError where the sizes are not in one sequence, as the functions that do not copy take them."""
    if more:
        raise invalid(TypeError, f"{name}() takes 2 positional arguments but {2 + len(more)} were given")


def split_by_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
    return shaping.split(input, list(split_sizes), dim)


VIEWS: dict[str, Callable[..., Any]] = {
    "alias_copy": whole, "as_strided_copy": rearranging.as_strided, "detach_copy": detach, "diagonal_copy": diagonals.diagonal,
    "expand_copy": expanded, "permute_copy": permuted, "select_copy": shaping.select, "slice_copy": sliced, "split_copy": shaping.split_method,
    "split_with_sizes_copy": split_by_sizes, "squeeze_copy": shaping.squeeze, "t_copy": shaping.t, "transpose_copy": shaping.transpose,
    "unbind_copy": shaping.unbind, "unfold_copy": rearranging.unfold, "unsqueeze_copy": shaping.unsqueeze, "view_copy": shaping.view,
    "view_as_real_copy": rearranging.view_as_real, "view_as_complex_copy": rearranging.view_as_complex,
}  # fmt: skip
PIECES: dict[str, Callable[..., Any]] = {
    "unsafe_chunk": shaping.chunk, "unsafe_split": shaping.split_method, "unsafe_split_with_sizes": split_by_sizes,
}  # fmt: skip
FUNCTIONS = {name: copying(name, view) for name, view in VIEWS.items()}
# also methods
SHARED = {name: unwatched(name, view) for name, view in PIECES.items()}


def _chunk_cat(tensors: Sequence[Any], dim: int, num_chunks: int) -> Tensor:
    """Each tensor in `num_chunks` chunks of `dim`, the last ones filled up with zeros and flattened, joined chunk by chunk."""
    if not len(tensors):
        raise invalid(RuntimeError, "_chunk_cat expects a non-empty input tensor list")
    if num_chunks < 1:
        raise invalid(RuntimeError, "_chunk_cat expects positive num_chunks")
    dim = normal_dim(tensors[0], dim)
    leading = tuple(tensors[0].shape[:dim])
    parts = []
    for one in tensors:
        if one.ndim <= dim or tuple(one.shape[:dim]) != leading:
            raise invalid(RuntimeError, "_chunk_cat expects same sizes of 0,...,dim-1 dimensions")
        if one.dtype != tensors[0].dtype:
            raise invalid(RuntimeError, "_chunk_cat expects same dtype for all tensors")
        lacking = -one.shape[dim] % num_chunks
        if lacking:
            filler = new_zeros(one, (*leading, lacking, *one.shape[dim + 1 :]))
            one = shaping.cat([one, filler], dim)
        parts.append(shaping.reshape(one, (*leading, num_chunks, one.numel() // max(num_chunks * math.prod(leading), 1))))
    return shaping.cat(parts, dim + 1)


def fill(input: Any, value: Any) -> Tensor:
    """A copy with every element `value`, a number or a 0-d tensor."""
    if not hasattr(value, "ndim"):
        if not isinstance(value, (int, float, complex)):
            raise invalid(TypeError, f"fill() received an invalid combination of arguments - got (Tensor, {type(value).__name__})")
    elif value.ndim:
        raise invalid(RuntimeError, f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    return write(input.clone(), value)
