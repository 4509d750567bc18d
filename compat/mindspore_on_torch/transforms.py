"""Functions made of functions: vjp, jvp, Jacobians, higher derivatives along a line, vmap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import grad as gradients
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.containers import CellList
from compat.mindspore_on_torch.integers import Watch, is_differentiable
from compat.mindspore_on_torch.meanings import callers_meanings, plain_torch
from compat.mindspore_on_torch.nesting import emptied, filled, mapped, tensors
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

__all__ = ["Jvp", "Vjp", "derivative", "jacfwd", "jacrev", "jet", "jvp", "vjp", "vmap"]


def recorded(api: str, fn: Callable[..., Any], args: Any, positions: tuple[int, ...]) -> tuple[Any, list[Any], bool]:
    """Run `fn` for its gradients: what it returned, the leaves at `positions`, and whether that is itself differentiated."""
    nested = gradients.depth.get() > 0
    values, watch = list(args), Watch(api)
    for position in positions:
        if not isinstance(values[position], torch.Tensor) or not is_differentiable(values[position]):
            raise errors.invalid(TypeError, f"{api}: the input at {position} must be a Tensor of floating point.")
        values[position] = gradients.fresh_leaf(values[position], nested, watch)
    token = gradients.depth.set(gradients.depth.get() + 1)
    try:
        with torch.enable_grad():
            outputs = fn(*values)
    finally:
        gradients.depth.reset(token)
    return outputs, [values[position] for position in positions], nested


def finished(value: Any, nested: bool) -> Any:
    """A result, without its history unless an outer gradient needs it."""
    return value if nested else gradients.without_graph(value)


def split_aux(outputs: Any, has_aux: bool) -> tuple[Any, Any]:
    """(the outputs that count, the others)."""
    if not has_aux:
        return outputs, ()
    gradients.check_aux(outputs, True)
    others = tuple(outputs[1:])
    return outputs[0], others[0] if len(others) == 1 else others


def check_flag(name: str, value: Any) -> None:
    """TypeError for what is no bool."""
    if not isinstance(value, bool):
        raise errors.invalid(TypeError, f"The '{name}' must be bool type.")


def check_tensors(*values: Any) -> None:
    """TypeError for what is no Tensor, or tuple or list of them."""
    for value in values:
        if not isinstance(value, torch.Tensor):
            raise errors.invalid(TypeError, "The inputs type must be a Tensor, tuple or list of Tensors.")


def vjp(fn: Callable[..., Any], *inputs: Any, weights: Any = None, has_aux: bool = False) -> Any:
    """(what `fn` returns, a function of factors for it that gives the gradients as a tuple); with `has_aux`, the other outputs too."""
    check_flag("has_aux", has_aux)
    check_tensors(*inputs)
    chosen = gradients.checked_weights("mindspore.vjp", weights)
    parameters = list(chosen) if isinstance(chosen, (list, tuple)) else [] if chosen is None else [chosen]
    outputs, leaves, nested = recorded("mindspore.vjp", fn, inputs, tuple(range(len(inputs))))
    counted, others = split_aux(outputs, has_aux)

    def pullback(*factors: Any) -> Any:
        given = list(tensors(factors))
        if not given or len(given) != len(list(tensors(counted))):
            raise errors.invalid(TypeError, "The inputs type must be Tensor.")
        found = gradients.backward(counted, [*leaves, *parameters], nested, given, keep=True)
        of_inputs, of_weights = tuple(found[: len(leaves)]), tuple(found[len(leaves) :])
        if weights is None:
            return of_inputs
        return of_inputs, of_weights if isinstance(weights, (list, tuple)) else of_weights[0]

    value = finished(counted, nested)
    return (value, pullback, finished(others, nested)) if has_aux else (value, pullback)


def jvp(fn: Callable[..., Any], inputs: Any, v: Any, has_aux: bool = False) -> Any:
    """(what `fn` returns, its change in the direction `v`); with `has_aux`, the other outputs behind them.

    It takes two passes in reverse mode, so everything inside must have second gradients.
    """
    check_flag("has_aux", has_aux)
    points = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
    directions = list(v) if isinstance(v, (tuple, list)) else [v]
    check_tensors(*points, *directions)
    if len(points) != len(directions):
        raise errors.invalid(ValueError, f"v has invalid length: should be {len(points)}, but got {len(directions)}")
    for point, direction in zip(points, directions, strict=True):
        if point.shape != direction.shape:
            reason = f"v must have the shape of its input, {point.shape}, but got {direction.shape}"
            raise errors.invalid(ValueError, f"mindspore.jvp: {reason}")
    outputs, step, nested = along(fn, [[point, direction] for point, direction in zip(points, directions, strict=True)])
    counted, others = split_aux(outputs, has_aux)
    change = finished(mapped(lambda output: slope(output, step), counted), nested)
    value = finished(counted, nested)
    return (value, change, finished(others, nested)) if has_aux else (value, change)


def along(fn: Callable[..., Any], series: list[list[Any]]) -> tuple[Any, Any, bool]:
    """Run `fn` at inputs c0 + c1·t + c2·t²/2 + …, at t = 0: what it returned, t, and whether it is itself differentiated."""
    nested = gradients.depth.get() > 0
    token = gradients.depth.set(gradients.depth.get() + 1)
    try:
        with torch.enable_grad():
            step = as_tensor(torch.zeros((), dtype=series[0][0].dtype.torch, device=series[0][0].device.lower(), requires_grad=True))
            values = []
            for start, *rest in series:
                value, power = start, step
                for order, coefficient in enumerate(rest, 1):
                    value = value + coefficient * power
                    power = power * step / (order + 1)
                values.append(value)
            return fn(*values), step, nested
    finally:
        gradients.depth.reset(token)


def slope(output: Any, step: Any) -> Any:
    """The derivative of each element of `output` by the number `step`: the gradient of a gradient, which is linear in its factor."""
    with plain_torch(), torch.enable_grad():
        if not output.requires_grad:
            return as_tensor(torch.zeros_like(output))
        factor = torch.zeros_like(output).requires_grad_()
        (linear,) = torch.autograd.grad(output, step, factor, create_graph=True, allow_unused=True)
        if linear is None or not linear.requires_grad:
            return as_tensor(torch.zeros_like(output))
        (found,) = torch.autograd.grad(linear, factor, create_graph=True, allow_unused=True)
        return as_tensor(torch.zeros_like(output) if found is None else found)


def jacrev(fn: Callable[..., Any], grad_position: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the Jacobian: of each output (tuple) by each input at `grad_position` (tuple), output axes first."""
    check_flag("has_aux", has_aux)

    @gradients.named_like(fn)
    def jacobian(*args: Any) -> Any:
        positions = gradients.checked_positions("mindspore.jacrev", grad_position)
        if max(positions) >= len(args):
            raise errors.invalid(ValueError, "The element in grad_position must belong to [0, args_num).")
        outputs, leaves, nested = recorded("mindspore.jacrev", fn, args, positions)
        counted, others = split_aux(outputs, has_aux)
        single = len(leaves) == 1
        found = mapped(lambda output: rows(output, leaves, nested), counted)
        found = by_input(counted, found, single)
        return (finished(found, nested), finished(others, nested)) if has_aux else finished(found, nested)

    return jacobian


def jacfwd(fn: Callable[..., Any], grad_position: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The same as jacrev, in reverse mode too: PyTorch has forward formulas for fewer operators."""
    return jacrev(fn, grad_position, has_aux)


def by_input(outputs: Any, found: Any, single: bool) -> Any:
    """The tuples of Jacobians, unwrapped where there is one input."""
    if isinstance(outputs, torch.Tensor):
        return found[0] if single else found
    return tuple(by_input(output, part, single) for output, part in zip(outputs, found, strict=True))


def rows(output: Any, leaves: list[Any], nested: bool) -> Any:
    """The Jacobian of one output by each leaf: one pass in reverse mode, over all its elements at once."""
    with plain_torch():
        count = output.numel()
        shapes = [tuple(output.shape) + tuple(leaf.shape) for leaf in leaves]
        if not output.requires_grad or not count:
            return as_tensor(tuple(leaf.new_zeros(shape) for leaf, shape in zip(leaves, shapes, strict=True)))
        basis = torch.eye(count, dtype=output.dtype, device=output.device).reshape(count, *output.shape)
        options = {"is_grads_batched": True, "create_graph": nested, "retain_graph": True, "allow_unused": True}
        found = torch.autograd.grad(output, leaves, basis, **options)
        blocks = zip(found, leaves, shapes, strict=True)
        return as_tensor(tuple(leaf.new_zeros(shape) if part is None else part.reshape(shape) for part, leaf, shape in blocks))


def jet(fn: Callable[..., Any], primals: Any, series: Any) -> tuple[Any, Any]:
    """(what `fn` returns, its derivatives of order 1 to n stacked) along a curve whose derivatives are `series`."""
    points = list(primals) if isinstance(primals, (tuple, list)) else [primals]
    curves = list(series) if isinstance(series, (tuple, list)) else [series]
    check_tensors(*points, *curves)
    if len(points) != len(curves):
        raise errors.invalid(ValueError, f"'series' must hold a tensor for each of {len(points)} inputs, but got {len(curves)}.")
    starts = [floating(point) for point in points]
    outputs, step, nested = along(fn, [[start, *floating(curve)] for start, curve in zip(starts, curves, strict=True)])

    def derivatives(output: Any) -> Any:
        found = [output]
        for _ in range(curves[0].shape[0]):
            found.append(slope(found[-1], step))
        return torch.stack(found[1:])

    return finished(outputs, nested), finished(mapped(derivatives, outputs), nested)


def derivative(fn: Callable[..., Any], primals: Any, order: int) -> tuple[Any, Any]:
    """(what `fn` returns, its derivative of that order) when all inputs grow alike."""
    if not isinstance(order, int) or isinstance(order, bool):
        raise errors.invalid(TypeError, f"For 'derivative', the 'order' must be int, but got {type(order).__name__}.")
    if order < 1:
        raise errors.invalid(ValueError, f"For 'derivative', the 'order' must be greater than 0, but got {order}.")
    points = list(primals) if isinstance(primals, (tuple, list)) else [primals]
    check_tensors(*points)
    curves = [torch.cat([torch.ones_like(start)[None], start.new_zeros((order - 1, *start.shape))]) for start in map(floating, points)]
    value, found = jet(fn, tuple(points), tuple(curves))
    return value, mapped(lambda tensor: tensor[-1], found)


def floating(tensor: Any) -> Any:
    """Integers as float32."""
    return tensor if is_differentiable(tensor) else tensor.float()


def vmap(fn: Any, in_axes: Any = 0, out_axes: Any = 0) -> Callable[..., Any]:
    """A function that runs `fn` for each slice along `in_axes` at once, and joins the results along `out_axes`.

    An axis of None hands an argument on whole. A CellList runs its cells one after the other, each with a slice of its own.
    """
    if isinstance(fn, CellList):
        return ensemble(list(fn), in_axes, out_axes)

    @gradients.named_like(fn)
    def vectorised(*args: Any) -> Any:
        check_axes(in_axes, args)

        def of_slices(*slices: Any) -> Any:
            with callers_meanings():
                outputs = fn(*(mapped(as_tensor, part) for part in slices))
                if out_axes is None:
                    raise errors.invalid(RuntimeError, "The 'out_axes' of 'vmap' cannot be a single None while 'fn' is not a 'CellList'.")
                return wrapped_numbers(outputs)

        try:
            with plain_torch():
                result = torch.func.vmap(of_slices, in_axes, out_axes)(*args)
        except errors.CompatError:
            raise
        except (ValueError, TypeError) as error:
            raise errors.at_boundary("mindspore.vmap", error, RuntimeError) from error
        return mapped(as_tensor, result)

    return vectorised


def wrapped_numbers(value: Any) -> Any:
    """Numbers that a function returned as tensors: vmap repeats them."""
    if isinstance(value, (tuple, list)):
        return type(value)(wrapped_numbers(item) for item in value)
    return torch.tensor(value) if isinstance(value, (bool, int, float)) else value


def check_axes(in_axes: Any, args: Any) -> None:
    """RuntimeError for axes that do not fit the arguments."""
    if isinstance(in_axes, (tuple, list)):
        if len(in_axes) != len(args):
            reason = f"its size must be equal to the number of arguments of 'fn': {len(args)}, but got size: {len(in_axes)}."
            raise errors.invalid(RuntimeError, f"When vmap`s 'in_axes' is a tuple or list, and {reason}")
        axes = list(in_axes)
    else:
        axes = [in_axes] * len(args)
    if all(axis is None for axis in axes):
        reason = f"cannot be all None while 'fn' is not a 'CellList', but got {in_axes}."
        raise errors.invalid(RuntimeError, f"The 'in_axes' of 'vmap' {reason}")
    for axis, value in zip(axes, args, strict=True):
        if isinstance(axis, (tuple, list)) or axis is None:
            continue
        if not isinstance(axis, int):
            raise errors.invalid(RuntimeError, f"The axis in vmap`s 'in_axes' can only be of type Int or None, but got {axis!r}.")
        for tensor in tensors(value):
            if not -tensor.ndim <= axis < tensor.ndim:
                reason = f"is out of bounds for array of dimension [{-tensor.ndim},{tensor.ndim})."
                raise errors.invalid(RuntimeError, f"The axis: {axis} in 'in_axes' {reason}")


def ensemble(cells: list[Any], in_axes: Any, out_axes: Any) -> Callable[..., Any]:
    """vmap of a CellList: cell i runs on slice i."""

    def run(*args: Any) -> Any:
        axes = list(in_axes) if isinstance(in_axes, (tuple, list)) else [in_axes] * len(args)
        results = []
        for number, cell in enumerate(cells):
            results.append(cell(*(arg if axis is None else slices(arg, axis, number) for arg, axis in zip(args, axes, strict=True))))
        flat, layout = emptied(results[0])
        joined = zip(*(emptied(result)[0] for result in results), strict=True)
        places = list(out_axes) if isinstance(out_axes, (tuple, list)) else [out_axes] * len(flat)
        return filled(layout, [torch.stack(group, place or 0) for group, place in zip(joined, places, strict=True)])

    return run


def slices(value: Any, axis: int, number: int) -> Any:
    """Slice `number` of each tensor along an axis."""
    return mapped(lambda tensor: tensor.select(axis, number), value)


class Jvp(Cell):
    """nn.Jvp: called with inputs and, last, the direction, it gives (the value, the change)."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        super().__init__()
        self.fn = fn

    def construct(self, *args: Any) -> Any:
        return jvp(self.fn, args[:-1], args[-1])


class Vjp(Cell):
    """nn.Vjp: called with inputs and, last, the factors, it gives (the value, the gradients)."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        super().__init__()
        self.fn = fn

    def construct(self, *args: Any) -> Any:
        value, pullback = vjp(self.fn, *args[:-1])
        found = pullback(*args[-1]) if isinstance(args[-1], tuple) else pullback(args[-1])
        return value, found[0] if len(found) == 1 else found
