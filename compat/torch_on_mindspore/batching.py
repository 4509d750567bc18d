"""torch.vmap: a function of one sample, for a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import random
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.environment.pytree import TreeSpec, tree_flatten, tree_unflatten
from compat.torch_on_mindspore.shaping import stack

RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on "
    "vmap or perform the randomness operation out of vmap"
)


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable[..., Any]:
    """`func` for each slice of its arguments along `in_dims`, the results stacked along `out_dims`.

    It loops: `func` is called once for each sample, so it costs as many calls, and `chunk_size` changes nothing. Random numbers of
    randomness="different" are drawn sample after sample, which is another order than PyTorch's.
    """
    if randomness not in ("error", "different", "same"):
        raise invalid(RuntimeError, f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise invalid(ValueError, f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func, assigned=[one for one in functools.WRAPPER_ASSIGNMENTS if hasattr(func, one)], updated=())
    def method(*args: Any, **kwargs: Any) -> Any:
        leaves, spec, dims = sliced(name, args, in_dims)
        sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
        if not sizes:
            raise invalid(ValueError, f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): at least one entry of in_dims must be an int")
        if len(set(sizes)) > 1:
            raise invalid(
                ValueError,
                f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension",
            )
        if not sizes[0]:
            raise UnsupportedArgument(
                "torch.vmap", "inputs", "a mapped dimension of size 0", "at least one sample to call the function with"
            )
        before = random.default_generator.snapshot()
        samples = []
        for place in range(sizes[0]):
            if randomness == "same":
                random.default_generator.restore(before)
            parts = [leaf if dim is None else leaf.select(dim, place) for leaf, dim in zip(leaves, dims, strict=True)]
            samples.append(func(*tree_unflatten(parts, spec), **kwargs))
        if randomness == "error" and random.default_generator.snapshot() != before:
            random.default_generator.restore(before)
            raise invalid(RuntimeError, RANDOM)
        return joined(name, samples, out_dims)

    return method


def sliced(name: str, args: tuple[Any, ...], in_dims: Any) -> tuple[list[Any], TreeSpec, list[int | None]]:
    """The leaves of the arguments, their containers, and for each the dimension to slice, or None."""
    call = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)):
        raise invalid(
            ValueError,
            f"{call}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}.",
        )
    if not args:
        raise invalid(
            ValueError,
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no "
            "inputs. The latter is unsupported.",
        )
    leaves, spec = tree_flatten(list(args))
    dims = spread(list(in_dims) if isinstance(in_dims, tuple) else in_dims, spec)
    if dims is None:
        raise invalid(ValueError, f"{call}: in_dims is not compatible with the structure of `inputs`.")
    for leaf, dim in zip(leaves, dims, strict=True):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise invalid(ValueError, f"{call}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
        if not is_tensor(leaf):
            raise invalid(
                ValueError,
                f"{call}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over non-Tensor arguments, "
                "please use None as the respective in_dim",
            )
        if not -leaf.ndim <= dim < leaf.ndim:
            raise invalid(
                ValueError,
                f"{call}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {leaf.ndim} so expected in_dim "
                f"to satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}.",
            )
    return leaves, spec, dims


def spread(dims: Any, spec: TreeSpec) -> list[Any] | None:
    """One entry for each leaf of `spec`: a number or None holds for all leaves below; None where the containers differ."""
    if dims is None or isinstance(dims, int):
        return [dims] * spec.num_leaves
    if spec.type is None:
        return [dims]
    parts, own = tree_flatten(dims, is_leaf=lambda one: one is not dims)
    if own.type is not spec.type or own.context != spec.context or len(parts) != spec.num_children:
        return None
    found: list[Any] = []
    for part, child in zip(parts, spec.children_specs, strict=True):
        below = spread(part, child)
        if below is None:
            return None
        found += below
    return found


def joined(name: str, samples: list[Any], out_dims: Any) -> Any:
    """The results for all samples as one: stacked, or for None the first one."""
    leaves, spec = tree_flatten(samples[0])
    single = spec.type is None and isinstance(out_dims, tuple) and len(out_dims) == 1
    dims = spread(out_dims[0] if single else out_dims, spec)
    if dims is None or any(not (dim is None or isinstance(dim, int)) for dim in dims):
        raise invalid(
            ValueError, f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`."
        )
    for leaf, dim in zip(leaves, dims, strict=True):
        if dim is not None and not is_tensor(leaf):
            raise invalid(
                ValueError,
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(leaf)}. Did you mean to set out_dims= to None for "
                "output?",
            )
    columns = zip(*(tree_flatten(one)[0] for one in samples), strict=True)
    return tree_unflatten([column[0] if dim is None else stack(list(column), dim) for column, dim in zip(columns, dims, strict=True)], spec)
