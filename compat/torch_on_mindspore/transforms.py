"""torch.func: functions that differentiate functions, on top of what autograd records."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, engine
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import zeros_like
from compat.torch_on_mindspore.environment.pytree import tree_flatten, tree_map, tree_unflatten
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.second_order import whole
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import as_tensor

NOT_TUPLE = "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True"


class Undifferentiable(Function):
    """A gradient as it is; differentiating it raises the error that its own history would have raised."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, error: Any, value: Any, *sources: Any) -> Any:
        ctx.error = error
        return as_tensor(engine.mindspore.ops.stop_gradient(value) * 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise ctx.error


class Following:
    """One call of a function whose results are differentiated with respect to tensors that it was given.

    The tensors stand for those of the caller: what the caller's history reaches through them stays reached.
    """

    def __init__(self, leaves: Sequence[Any]) -> None:
        for leaf in leaves:
            if not is_tensor(leaf):
                raise invalid(ValueError, f"Thing passed to transform API must be Tensor, got {type(leaf)}")
        self.outer = engine.grad_enabled()  # whether somebody may differentiate the gradients
        self.leaves = [
            as_tensor(whole(leaf)) if self.outer and engine.requires_grad(leaf) else leaf.detach().requires_grad_() for leaf in leaves
        ]

    def connected(self, outputs: Sequence[Any]) -> bool:
        """Whether the outputs have a history beside the followed tensors."""
        return self.outer and reaches_beyond(outputs, self.leaves)

    def gradients(self, outputs: Sequence[Any], cotangents: Sequence[Any] | None) -> list[Any]:
        """One gradient for each followed tensor, 0 where no output depends on it; the history of the outputs is kept."""
        places = [place for place, one in enumerate(outputs) if engine.requires_grad(one)]
        if not places:
            return [zeros_like(leaf) for leaf in self.leaves]
        recorded = [outputs[place] for place in places]
        weights = None if cotangents is None else [cotangents[place] for place in places]
        connected = self.connected(recorded) or (self.outer and any(map(engine.requires_grad, weights or ())))
        run = functools.partial(autograd.grad, recorded, self.leaves, weights, retain_graph=True, allow_unused=True)
        with autograd.enable_grad():
            try:
                found = run(create_graph=connected)
            except UnsupportedArgument as error:
                # The numbers are right without a history; who differentiates them gets the error.
                found = tuple(None if one is None else Undifferentiable.apply(error, one, *recorded) for one in run())
        return [zeros_like(leaf) if one is None else one for leaf, one in zip(self.leaves, found, strict=True)]

    def released(self, tree: Any) -> Any:
        """The tensors of a result as the caller may have them: without the history that only this call knows."""
        return tree_map(self._released, tree)

    def _released(self, one: Any) -> Any:
        return one.detach() if is_tensor(one) and engine.requires_grad(one) and not self.connected([one]) else one


def reaches_beyond(outputs: Sequence[Any], leaves: Sequence[Any]) -> bool:
    """Whether the history of `outputs` ends at other leaves than these, or one of these has a history of its own."""
    known = {engine.node_number(engine.grad_node(leaf)) for leaf in leaves if leaf.is_leaf}
    if len(known) < len(leaves):
        return True
    waiting = [engine.grad_node(one) for one in outputs if engine.requires_grad(one)]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        number = engine.node_number(node)
        if number in seen:
            continue
        seen.add(number)
        if node.is_leaf() and number not in known:
            return True
        waiting.extend(following for following, _ in node.next_functions if following is not None)
    return False


def with_aux(made: Any, has_aux: bool, message: str) -> tuple[Any, Any]:
    """The result and what else there is; RuntimeError when that is missing."""
    if not has_aux:
        return made, None
    if not isinstance(made, tuple) or len(made) != 2:
        raise invalid(RuntimeError, message)
    return made


def picked(args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> tuple[int, ...]:
    """The places of the arguments to differentiate with respect to; RuntimeError for one that there is not."""
    places = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for place in places:
        if not -len(args) <= place < len(args):
            raise invalid(RuntimeError, f"Got argnum={place}, but only {len(args)} positional inputs")
    return places


def followed(args: tuple[Any, ...], places: tuple[int, ...]) -> tuple[Following, list[Any], Any]:
    """What follows the tensors at these places, the arguments with what is followed, and the containers of the tensors."""
    leaves, spec = tree_flatten([args[place] for place in places])
    following = Following(leaves)
    given = list(args)
    for place, value in zip(places, tree_unflatten(following.leaves, spec), strict=True):
        given[place] = value
    return following, given, spec


def grad_and_value(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradients of `func`'s scalar result with respect to the arguments at `argnums`, and the result."""

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        following, given, spec = followed(args, picked(args, argnums))
        with autograd.enable_grad():
            result, aux = with_aux(func(*given, **kwargs), has_aux, NOT_TUPLE)
        if not is_tensor(result):
            raise invalid(RuntimeError, f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(result)}")
        if result.ndim:
            raise invalid(
                RuntimeError,
                f"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {result.ndim} dims. Maybe you "
                "wanted to use the vjp or jacrev APIs instead?",
            )
        gradients = tree_unflatten(following.gradients([result], None), spec)
        value, aux = following.released((result, aux))
        return gradients[0] if isinstance(argnums, int) else tuple(gradients), (value, aux) if has_aux else value

    return method


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradients of `func`'s scalar result, and with `has_aux` what else `func` returns."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        gradients, value = both(*args, **kwargs)
        return (gradients, value[1]) if has_aux else gradients

    return method


def tensors_of(outputs: Any, api: str) -> tuple[list[Any], Any]:
    """The tensors that a function returned; RuntimeError for anything else."""
    leaves, spec = tree_flatten(outputs)
    for one in leaves:
        if not is_tensor(one):
            raise invalid(RuntimeError, f"{api}: expected f(*primals) to return only tensors, got unsupported type {type(one)}")
    return leaves, spec


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """`func(*primals)`, and a function of cotangents in its shape that returns a tuple of products with the Jacobian."""
    following, given, spec = followed(primals, tuple(range(len(primals))))
    with autograd.enable_grad():
        made, aux = with_aux(
            func(*given), has_aux, "vjp(f, *primals): output of function f should be a tuple: (output, aux) if has_aux is True"
        )
    outputs, output_spec = tensors_of(made, "vjp(f, *primals)")

    def product(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> tuple[Any, ...]:
        weights, weight_spec = tree_flatten(cotangents)
        if weight_spec != output_spec:
            raise invalid(
                RuntimeError,
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {weight_spec}, primal output: {output_spec}",
            )
        return tuple(tree_unflatten(following.gradients(outputs, weights), spec))

    released = following.released(made)
    return (released, product, following.released(aux)) if has_aux else (released, product)


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """`func(*primals)` and the product of its Jacobian with `tangents`.

    Differentiates the product from the other side, which is linear in the cotangents: the operations of `func` need second-order
    gradients, UnsupportedArgument otherwise.
    """
    api = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise invalid(RuntimeError, f"{api}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    directions, direction_spec = tree_flatten(tangents)
    following, given, _ = followed(primals, tuple(range(len(primals))))
    if tree_flatten(primals)[1] != direction_spec:
        raise invalid(RuntimeError, f"{api}: Expected primals and tangents to have the same python structure.")
    for leaf, direction in zip(following.leaves, directions, strict=True):
        if leaf.shape != direction.shape:
            raise invalid(
                RuntimeError,
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
                f"Tensor is of size {list(leaf.shape)} while the given forward gradient is of size {list(direction.shape)}.",
            )
    with autograd.enable_grad():
        made, aux = with_aux(func(*given), has_aux, f"{api}: output of function f should be a tuple: (output, aux) if has_aux is True")
        outputs, output_spec = tensors_of(made, api)
        places = [place for place, one in enumerate(outputs) if engine.requires_grad(one)]
        found = [zeros_like(one) for one in outputs]
        if strict and len(places) < len(outputs):
            raise invalid(RuntimeError, f"{api}: an output of f is independent of the inputs, which is not allowed in strict mode")
        if places:
            recorded = [outputs[place] for place in places]
            again = following.outer and (reaches_beyond(recorded, following.leaves) or any(map(engine.requires_grad, directions)))
            for place, one in zip(places, pushed(recorded, following.leaves, directions, again), strict=True):
                found[place] = one
    results = following.released(made), tree_unflatten(found, output_spec)
    return (*results, following.released(aux)) if has_aux else results


def pushed(outputs: Sequence[Any], inputs: Sequence[Any], directions: Sequence[Any], create_graph: bool) -> list[Any]:
    """The product of the Jacobian with `directions`, one tensor for each output; inside, recording is on."""
    weights = [zeros_like(one).requires_grad_() for one in outputs]
    back = autograd.grad(outputs, inputs, weights, create_graph=True, allow_unused=True)
    used = [(one, direction) for one, direction in zip(back, directions, strict=True) if one is not None and engine.requires_grad(one)]
    if not used:
        return [zeros_like(one) for one in outputs]
    rows, columns = zip(*used, strict=True)
    return list(autograd.grad(rows, weights, columns, create_graph=create_graph, materialize_grads=True))


def linearize(func: Callable[..., Any], *primals: Any) -> Any:
    """`func(*primals)`, and a function that multiplies tangents with its Jacobian there, by `jvp`."""
    return func(*primals), lambda *tangents: jvp(func, primals, tangents)[1]


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of modules of one kind, each stacked along a new first dimension, as new leaves."""
    if not models:
        raise invalid(RuntimeError, "stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise invalid(RuntimeError, "stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise invalid(RuntimeError, "stack_module_state: Expected all models to be of the same class.")
    return _stacked([dict(model.named_parameters()) for model in models]), _stacked([dict(model.named_buffers()) for model in models])


def _stacked(states: list[dict[str, Any]]) -> dict[str, Any]:
    made = {}
    for name in states[0]:
        members = [state[name] for state in states]
        if len({one.requires_grad for one in members}) > 1:
            raise invalid(RuntimeError, f"Expected {name} from each model to have the same .requires_grad")
        made[name] = stack([one.detach() for one in members]).detach().requires_grad_(members[0].requires_grad)
    return made
