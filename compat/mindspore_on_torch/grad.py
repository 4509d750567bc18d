"""mindspore.grad, value_and_grad and GradOperation on torch.autograd."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.integers import Watch, is_differentiable
from compat.mindspore_on_torch.meanings import callers_meanings, plain_torch
from compat.mindspore_on_torch.nesting import emptied, filled, mapped, tensors
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.sparse.tensors import Sparse
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

# How many grad functions are running. The inner one of two must keep its own computation differentiable.
depth: ContextVar[int] = ContextVar("depth", default=0)
# As positions: every tensor among the arguments.
ALL = "all"


def grad(
    fn: Callable[..., Any], grad_position: Any = 0, weights: Any = None, has_aux: bool = False,
    return_ids: bool = False, sens_param: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """mindspore.grad: a function that gives the gradients of `fn`; with `has_aux`, (gradients, the other outputs)."""
    differentiate = prepared("mindspore.grad", fn, grad_position, weights, has_aux, return_ids, sens_param)

    @named_like(fn)
    def gradients_of(*args: Any, **kwargs: Any) -> Any:
        outputs, gradients = differentiate(args, kwargs)
        return (gradients, tuple(outputs[1:])) if has_aux else gradients

    return gradients_of


def value_and_grad(
    fn: Callable[..., Any], grad_position: Any = 0, weights: Any = None, has_aux: bool = False,
    return_ids: bool = False, sens_param: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """mindspore.value_and_grad: a function that gives (what `fn` returns, its gradients).

    An output that is no scalar is differentiated as its sum, and several outputs as the sum of all; with `has_aux`,
    only the first counts, and with `sens_param` the last argument holds a factor for each element of the outputs. The
    gradients are those of the inputs at `grad_position` (one is not wrapped in a tuple), those of `weights` (a tuple for a
    list, one tensor for one Parameter), or the pair of both; with `return_ids`, each beside its position or name.
    """
    differentiate = prepared("mindspore.value_and_grad", fn, grad_position, weights, has_aux, return_ids, sens_param)

    @named_like(fn)
    def value_and_gradients_of(*args: Any, **kwargs: Any) -> Any:
        return differentiate(args, kwargs)

    return value_and_gradients_of


class GradOperation:
    """mindspore.ops.GradOperation: called with a function or a Cell, it gives the function of its gradients.

    Of the first input; with `get_all` of all inputs that are tensors, as a tuple; with `get_by_list` of the Parameters that
    are given behind the function (a Cell's trainable ones without them); with both, of both. With `sens_param` the last
    argument holds a factor for each element of the outputs.
    """

    def __init__(self, get_all: bool = False, get_by_list: bool = False, sens_param: bool = False) -> None:
        for name, value in (("get_all", get_all), ("get_by_list", get_by_list), ("sens_param", sens_param)):
            if not isinstance(value, bool):
                raise errors.invalid(TypeError, f"For 'GradOperation', the '{name}' should be bool, but got {type(value).__name__}")
        self.get_all, self.get_by_list, self.sens_param = get_all, get_by_list, sens_param

    def __call__(self, fn: Callable[..., Any], weights: Any = None) -> Callable[..., Any]:
        if self.get_by_list and weights is None:
            weights = fn.trainable_params()  # type: ignore[attr-defined]
        if not self.get_by_list:
            weights = None
        positions = (ALL if self.get_all else 0) if self.get_all or not self.get_by_list else None
        differentiate = prepared("mindspore.ops.GradOperation", fn, positions, weights, sens_param=self.sens_param)

        @named_like(fn)
        def gradients_of(*args: Any, **kwargs: Any) -> Any:
            return differentiate(args, kwargs)[1]

        return gradients_of


def named_like(fn: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function the name and text of `fn`."""
    return functools.wraps(fn, updated=())


@dataclass(frozen=True)
class Request:
    """What is to be differentiated by what, checked."""

    api: str
    fn: Callable[..., Any]
    positions: Any
    weights: Any
    has_aux: bool
    return_ids: bool
    sens_param: bool

    @property
    def chosen(self) -> list[Any]:
        """The weights as a list."""
        if self.weights is None:
            return []
        return list(self.weights) if isinstance(self.weights, (list, tuple)) else [self.weights]

    def places(self, count: int) -> tuple[int, ...]:
        """The positions to look at in a call with `count` arguments."""
        if self.positions is None:
            return ()
        return tuple(range(count)) if self.positions == ALL else self.positions


def prepared(
    api: str, fn: Callable[..., Any], grad_position: Any, weights: Any, has_aux: Any = False, return_ids: Any = False,
    sens_param: Any = False,
) -> Callable[[Any, Any], tuple[Any, Any]]:  # fmt: skip
    """Check the arguments; the result maps (args, kwargs) to (outputs, gradients)."""
    for argument, value in (("has_aux", has_aux), ("return_ids", return_ids), ("sens_param", sens_param)):
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"For '{api}', the '{argument}' should be bool, but got {type(value).__name__}")
    if grad_position is None and weights is None:
        raise errors.invalid(ValueError, "`grad_position` and `weight` can not be None at the same time.")
    positions = grad_position if grad_position in (None, ALL) else checked_positions(api, grad_position)
    request = Request(api, fn, positions, checked_weights(api, weights), has_aux, return_ids, sens_param)
    return functools.partial(differentiated, request)


def checked_positions(api: str, grad_position: Any) -> tuple[int, ...]:
    """The input positions as a tuple."""
    positions = grad_position if isinstance(grad_position, tuple) else (grad_position,)
    if not isinstance(grad_position, (int, tuple)):
        raise errors.invalid(TypeError, f"For '{api}', the 'grad_position' must be int or tuple.")
    if any(not isinstance(position, int) for position in positions):
        raise errors.invalid(TypeError, f"For '{api}', the element in 'grad_position' must be int.")
    if not positions:
        raise errors.invalid(RuntimeError, f"{api}: grad_position should not be empty when grad by position!")
    if any(position < 0 for position in positions):
        raise errors.invalid(ValueError, "grad_position must be >= 0.")
    if len(set(positions)) < len(positions):
        raise errors.invalid(ValueError, "There are duplicate positions in `grad_position`, please check it")
    return positions


def checked_weights(api: str, weights: Any) -> Any:
    """The weights as they were given; TypeError for anything but Parameters."""
    for weight in weights if isinstance(weights, (list, tuple)) else [weights]:
        if weight is not None and not isinstance(weight, Parameter):
            raise errors.invalid(TypeError, f"For '{api}', the 'weights' must be Parameters, but got {type(weight).__name__}.")
    return weights


def differentiated(request: Request, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """(outputs, gradients) of one call."""
    sens = None
    if request.sens_param:
        args, sens = args[:-1], args[-1]
    nested = depth.get() > 0 or inside_transform()
    token = depth.set(depth.get() + 1)
    try:
        with torch.enable_grad():
            run = by_transform if inside_transform() else by_graph
            outputs, places, gradients = run(request, args, kwargs, sens, nested)
    finally:
        depth.reset(token)
    if not nested:
        outputs = without_graph(outputs)
    return outputs, arranged(request, places, gradients)


def inside_transform() -> bool:
    """Whether torch.func (vmap) is at work, which knows no leaves."""
    return torch._C._functorch.peek_interpreter_stack() is not None


def by_graph(request: Request, args: Any, kwargs: Any, sens: Any, nested: bool) -> tuple[Any, list[int], list[Any]]:
    """Outputs, positions that hold tensors, and gradients: those of the positions, then those of the weights."""
    values = [*args, *kwargs.values()]
    watch = Watch(request.api)
    places, inputs = [], []
    for position in request.places(len(values)):
        if position >= len(values):
            raise errors.invalid(RuntimeError, f"{request.api}: Position index {position} is exceed input size.")
        value = values[position]
        if isinstance(value, torch.Tensor | Sparse):
            inputs.append(fresh_leaf(value.values if isinstance(value, Sparse) else value, nested, watch))
            values[position] = value.like(inputs[-1]) if isinstance(value, Sparse) else inputs[-1]
            places.append(position)
    with watch if watch.followed else nullcontext():
        outputs = request.fn(*values[: len(args)], **dict(zip(kwargs, values[len(args) :], strict=True)))
    check_aux(outputs, request.has_aux)
    counted = outputs[0] if request.has_aux else outputs
    watch.check_outputs(counted)
    return outputs, places, backward(counted, [*inputs, *request.chosen], nested, sens)


def fresh_leaf(value: Any, nested: bool, watch: Watch) -> Any:
    """A new object in every case: paths to the caller's own tensor, through a closure, must not count."""
    if not is_differentiable(value):
        return watch.follow(value.view_as(value))
    with plain_torch():
        leaf = value.view_as(value) if nested and value.requires_grad else value.detach().requires_grad_()
        for hook in (getattr(value, "waiting_hooks", None) or {}).values():
            leaf.register_hook(hook)
    return as_tensor(leaf)


def by_transform(request: Request, args: Any, kwargs: Any, sens: Any, nested: bool) -> tuple[Any, list[int], list[Any]]:
    """The same by torch.func.vjp, for a call inside of vmap."""
    if request.chosen:
        raise errors.UnsupportedArgument(request.api, "weights", "Parameters, inside vmap", "gradients of inputs there")
    values = [*args, *kwargs.values()]
    places = [
        position for position in request.places(len(values))
        if isinstance(values[position], torch.Tensor) and is_differentiable(values[position])
    ]  # fmt: skip
    kept: list[Any] = []

    def of_inputs(*inputs: Any) -> Any:
        for position, value in zip(places, inputs, strict=True):
            values[position] = as_tensor(value)
        with callers_meanings():
            outputs = request.fn(*values[: len(args)], **dict(zip(kwargs, values[len(args) :], strict=True)))
        check_aux(outputs, request.has_aux)
        flat, layout = emptied(outputs)
        kept[:] = [layout]
        counted = [tensor for tensor in tensors(outputs[0] if request.has_aux else outputs) if is_differentiable(tensor)]
        return counted, flat

    with plain_torch():
        counted, pullback, flat = torch.func.vjp(of_inputs, *(values[position] for position in places), has_aux=True)
        given = [torch.ones_like(tensor) for tensor in counted] if sens is None else list(tensors(sens))
        gradients = pullback(given)
    return filled(kept[0], as_tensor(list(flat))), places, [as_tensor(gradient) for gradient in gradients]


def check_aux(outputs: Any, has_aux: bool) -> None:
    """With has_aux, there must be something after the first output."""
    if has_aux and not (isinstance(outputs, (tuple, list)) and len(outputs) > 1):
        raise errors.invalid(ValueError, "When has_aux is True, origin fn requires more than one outputs.")


def backward(outputs: Any, sources: list[Any], nested: bool, sens: Any = None, keep: bool = False) -> list[Any]:
    """The gradient of the sum of all outputs, each times its `sens`, for each source; zeros where none flows."""
    with plain_torch():
        every = list(tensors(outputs))
        factors = [torch.ones_like(output) for output in every] if sens is None else factors_for(every, sens)
        reached = [(output, factor) for output, factor in zip(every, factors, strict=True) if output.requires_grad]
        wanted = [source for source in sources if torch.Tensor.requires_grad.__get__(source)]
        if not reached or not wanted:
            return [as_tensor(torch.zeros_like(source)) for source in sources]
        found = torch.autograd.grad(
            [output for output, _ in reached],
            wanted,
            [factor for _, factor in reached],
            create_graph=nested,
            retain_graph=nested or keep,
            allow_unused=True,
        )
        by_source = {id(source): gradient for source, gradient in zip(wanted, found, strict=True)}
        gradients = [by_source.get(id(source)) for source in sources]
        return [
            as_tensor(torch.zeros_like(source) if gradient is None else gradient)
            for source, gradient in zip(sources, gradients, strict=True)
        ]


def factors_for(outputs: list[Any], sens: Any) -> list[Any]:
    """The factors in the types of the outputs; ValueError if there are not as many."""
    given = list(tensors(sens))
    if len(given) != len(outputs):
        raise errors.invalid(ValueError, f"there must be a factor for each of {len(outputs)} outputs, but got {len(given)}")
    return [factor.to(output.dtype) for factor, output in zip(given, outputs, strict=True)]


def without_graph(value: Any) -> Any:
    """The same nested value, its tensors cut off from the graph that made them."""
    return mapped(lambda tensor: tensor.detach() if tensor.requires_grad and not isinstance(tensor, Parameter) else tensor, value)


def arranged(request: Request, places: list[int], gradients: list[Any]) -> Any:
    """The gradients in MindSpore's nesting."""
    names = [*places, *(weight.name for weight in request.chosen)]
    entries = list(zip(names, gradients, strict=True)) if request.return_ids else gradients
    first, rest = tuple(entries[: len(places)]), tuple(entries[len(places) :])
    alone = len(first) == 1 and request.positions != ALL
    of_inputs = first[0] if alone else first
    if request.weights is None:
        return of_inputs
    of_weights = rest if isinstance(request.weights, (list, tuple)) else rest[0]
    return of_weights if request.positions is None else (of_inputs, of_weights)


def get_grad(gradients: Any, identifier: Any) -> Any:
    """mindspore.get_grad: the gradient of a position or a Parameter, out of what `return_ids` gave; RuntimeError for another."""
    wanted = identifier.name if isinstance(identifier, Parameter) else identifier
    if not isinstance(wanted, (int, str)) or isinstance(identifier, str):
        raise errors.invalid(TypeError, f"For 'get_grad', the 'identifier' must be int or Parameter, but got {type(identifier)}.")
    found = searched(gradients, wanted)
    if found is None:
        raise errors.invalid(RuntimeError, f"Can not find the gradient for position or Parameter {identifier}")
    return found


def searched(gradients: Any, wanted: int | str) -> Any:
    """The gradient beside `wanted` in nested pairs, or None."""
    if not isinstance(gradients, tuple):
        return None
    if len(gradients) == 2 and isinstance(gradients[0], (int, str)):
        return gradients[1] if gradients[0] == wanted else None
    return next((found for item in gradients if (found := searched(item, wanted)) is not None), None)


def stop_gradient(value: Any) -> Any:
    """mindspore.ops.stop_gradient: the same value, through which no gradient passes; tuples element by element."""
    return mapped(lambda tensor: tensor.detach(), value)
