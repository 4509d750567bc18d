"""mindspore.grad and value_and_grad on torch.autograd."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

# How many grad functions are running. The inner one of two must keep its own computation differentiable.
depth: ContextVar[int] = ContextVar("depth", default=0)


def grad(
    fn: Callable[..., Any], grad_position: Any = 0, weights: Any = None, has_aux: bool = False,
    return_ids: bool = False, sens_param: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """mindspore.grad: a function that gives the gradients of `fn`; with `has_aux`, (gradients, the other outputs)."""
    differentiate = prepared("mindspore.grad", fn, grad_position, weights, has_aux, return_ids, sens_param)

    @functools.wraps(fn, updated=())
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
    only the first counts. The gradients are those of the inputs at `grad_position` (one is not wrapped in a tuple),
    those of `weights` (a tuple for a list, one tensor for one Parameter), or the pair of both.
    """
    differentiate = prepared("mindspore.value_and_grad", fn, grad_position, weights, has_aux, return_ids, sens_param)

    @functools.wraps(fn, updated=())
    def value_and_gradients_of(*args: Any, **kwargs: Any) -> Any:
        return differentiate(args, kwargs)

    return value_and_gradients_of


def prepared(
    api: str,
    fn: Callable[..., Any],
    grad_position: Any,
    weights: Any,
    has_aux: bool,
    return_ids: bool,
    sens_param: bool,
) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Check the arguments; the result maps (args, kwargs) to (outputs, gradients)."""
    for argument, value in (("return_ids", return_ids), ("sens_param", sens_param)):
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"For '{api}', the '{argument}' should be bool, but got {type(value).__name__}")
        if value:
            raise errors.UnsupportedArgument(api, argument, value, "False")
    if grad_position is None and weights is None:
        raise errors.invalid(ValueError, "`grad_position` and `weight` can not be None at the same time.")
    positions = checked_positions(api, grad_position)
    chosen = checked_weights(api, weights)

    def differentiate(args: Any, kwargs: Any) -> tuple[Any, Any]:
        nested = depth.get() > 0
        token = depth.set(depth.get() + 1)
        try:
            with torch.enable_grad():
                args, inputs = marked(api, args, positions, nested)
                outputs = fn(*args, **kwargs)
                check_aux(outputs, has_aux)
                gradients = backward(outputs[0] if has_aux else outputs, [*inputs, *chosen], nested)
        finally:
            depth.reset(token)
        if not nested:
            outputs = without_graph(outputs)
        return outputs, arranged(gradients, len(inputs), grad_position is not None, weights)

    return differentiate


def checked_positions(api: str, grad_position: Any) -> tuple[int, ...]:
    """The input positions as a tuple; None means none."""
    if grad_position is None:
        return ()
    positions = grad_position if isinstance(grad_position, tuple) else (grad_position,)
    if not isinstance(grad_position, (int, tuple)):
        raise errors.invalid(TypeError, f"For '{api}', the 'grad_position' must be int or tuple.")
    if any(not isinstance(position, int) for position in positions):
        raise errors.invalid(TypeError, f"For '{api}', the element in 'grad_position' must be int.")
    if not positions:
        raise errors.invalid(RuntimeError, f"{api}: grad_position should not be empty when grad by position!")
    return positions


def checked_weights(api: str, weights: Any) -> list[Any]:
    """The weights as a list; None means none."""
    if weights is None:
        return []
    chosen = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    for weight in chosen:
        if not isinstance(weight, Parameter):
            raise errors.invalid(TypeError, f"For '{api}', the 'weights' must be Parameters, but got {type(weight).__name__}.")
    return chosen


def marked(api: str, args: Any, positions: tuple[int, ...], nested: bool) -> tuple[list[Any], list[Any]]:
    """The arguments with fresh leaves where gradients are wanted, and those leaves; only tensors have gradients."""
    args, inputs = list(args), []
    for position in positions:
        if position >= len(args):
            raise errors.invalid(RuntimeError, f"{api}: Position index {position} is exceed input size.")
        value = args[position]
        if not isinstance(value, torch.Tensor):
            continue
        if not (value.is_floating_point() or value.is_complex()):
            supported = f"floating point at position {position}; None if only the gradients of weights are wanted"
            raise errors.UnsupportedArgument(api, "grad_position", str(value.dtype), supported)
        # A new object in every case: paths to the caller's own tensor, through a closure, must not count.
        args[position] = value.view_as(value) if nested and value.requires_grad else value.detach().requires_grad_()
        inputs.append(args[position])
    return args, inputs


def check_aux(outputs: Any, has_aux: bool) -> None:
    """With has_aux, there must be something after the first output."""
    if has_aux and not (isinstance(outputs, (tuple, list)) and len(outputs) > 1):
        raise errors.invalid(ValueError, "When has_aux is True, origin fn requires more than one outputs.")


def backward(outputs: Any, sources: list[Any], nested: bool) -> list[Any]:
    """The gradient of the sum of all outputs for each source; zeros where none flows."""
    reached = [output for output in tensors(outputs) if output.requires_grad]
    wanted = [source for source in sources if source.requires_grad]
    if not reached or not wanted:
        return [torch.zeros_like(source) for source in sources]
    ones = [torch.ones_like(output) for output in reached]
    found = torch.autograd.grad(reached, wanted, ones, create_graph=nested, allow_unused=True)
    by_source = {id(source): gradient for source, gradient in zip(wanted, found, strict=True)}
    gradients = (by_source.get(id(source)) for source in sources)
    return [
        as_tensor(torch.zeros_like(source) if gradient is None else gradient) for source, gradient in zip(sources, gradients, strict=True)
    ]


def tensors(value: Any) -> Iterator[Any]:
    """Every tensor in nested tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors(item)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))


def without_graph(value: Any) -> Any:
    """The same nested value, its tensors cut off from the graph that made them."""
    if isinstance(value, Parameter):
        return value
    if isinstance(value, torch.Tensor):
        return value.detach() if value.requires_grad else value
    if type(value) in (tuple, list):
        return type(value)(without_graph(item) for item in value)
    if type(value) is dict:
        return {key: without_graph(item) for key, item in value.items()}
    return value


def arranged(gradients: list[Any], count: int, by_position: bool, weights: Any) -> Any:
    """The gradients in MindSpore's nesting; the first `count` belong to inputs."""
    first, rest = gradients[:count], tuple(gradients[count:])
    of_inputs = first[0] if len(first) == 1 else tuple(first)
    if weights is None:
        return of_inputs
    of_weights = rest if isinstance(weights, (list, tuple)) else rest[0]
    return (of_inputs, of_weights) if by_position else of_weights


def stop_gradient(value: Any) -> Any:
    """mindspore.ops.stop_gradient: the same value, through which no gradient passes; tuples element by element."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    return type(value)(stop_gradient(item) for item in value) if isinstance(value, (tuple, list)) else value
