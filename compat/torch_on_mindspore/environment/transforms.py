"""torch.func: gradients of functions, and functions over a batch, on top of what autograd records."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.environment.pytree import tree_flatten, tree_map, tree_unflatten
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import Tensor


def grad_and_value(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradients of `func`'s scalar result with respect to the arguments at `argnums`, and the result."""

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        places = (argnums,) if isinstance(argnums, int) else argnums
        leaves, spec = tree_flatten([args[place] for place in places])
        with autograd.enable_grad():
            followed = [leaf.detach().requires_grad_() for leaf in leaves]
            given = list(args)
            for place, value in zip(places, tree_unflatten(followed, spec), strict=True):
                given[place] = value
            made = func(*given, **kwargs)
            result, *aux = made if has_aux else (made,)
            if not isinstance(result, Tensor):
                raise invalid(RuntimeError, f"Expected the function to return a tensor, got {type(result)}")
            if result.ndim:
                raise invalid(RuntimeError, f"Expected the function to return a scalar tensor, got a tensor with {result.ndim} dims")
            found = autograd.grad(result, followed, materialize_grads=True) if result.requires_grad else [leaf * 0 for leaf in leaves]
        gradients = tree_unflatten(found, spec)
        value = result.detach()
        aux = tree_map(lambda one: one.detach() if isinstance(one, Tensor) else one, aux)
        return gradients[0] if isinstance(argnums, int) else tuple(gradients), (value, *aux) if has_aux else value

    return method


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradients of `func`'s scalar result, and with `has_aux` what else `func` returns."""

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        gradients, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (gradients, value[1]) if has_aux else gradients

    return method


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable[..., Any]:
    """`func` over a dimension of its arguments: called for one element after the other, the results stacked.

    `in_dims` is one dimension for all arguments, or one, or None, for each. Random numbers are drawn anew in each call.
    """
    if not isinstance(out_dims, int):
        raise UnsupportedArgument("torch.func.vmap", "out_dims", out_dims, "one number")
    if randomness == "same":
        raise UnsupportedArgument("torch.func.vmap", "randomness", randomness, "'error', 'different'")

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        dims = [in_dims] * len(args) if isinstance(in_dims, int) else list(in_dims)
        if len(dims) != len(args):
            raise invalid(ValueError, f"vmap: in_dims has {len(dims)} entries, but the function is called with {len(args)} arguments")
        sizes = {
            leaf.shape[dim]
            for argument, dim in zip(args, dims, strict=True)
            if dim is not None
            for leaf in tree_flatten(argument)[0]
            if isinstance(leaf, Tensor)
        }
        if len(sizes) != 1:
            raise invalid(
                ValueError, f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sorted(sizes)}"
            )

        def element(argument: Any, dim: int | None, at: int) -> Any:
            return argument if dim is None else tree_map(lambda leaf: leaf.select(dim, at) if isinstance(leaf, Tensor) else leaf, argument)

        made = [
            func(*(element(argument, dim, at) for argument, dim in zip(args, dims, strict=True)), **kwargs) for at in range(sizes.pop())
        ]
        _, spec = tree_flatten(made[0])
        columns = zip(*(tree_flatten(one)[0] for one in made), strict=True)
        return tree_unflatten([stack(list(column), out_dims) for column in columns], spec)

    return method
