"""Jacobians and Hessians, row by row; torch.autograd.functional and torch.func."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd, engine
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import zeros_like
from compat.torch_on_mindspore.environment.pytree import tree_unflatten
from compat.torch_on_mindspore.second_order import whole
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import as_tensor
from compat.torch_on_mindspore.transforms import followed, picked, pushed, tensors_of, with_aux

INDEPENDENT = (
    "Output {} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from "
    "the input when running in strict mode."
)


def basis(output: Any, place: int) -> Any:
    """The tensor in the shape of `output` whose only element that isn't 0 is the 1 at `place`."""
    return zeros_like(output).reshape(-1).index_fill(0, output.new_tensor([place]).long(), 1).reshape(output.shape)


def rows_of(output: Any, sources: Sequence[Any], gradients: Callable[[Any], Sequence[Any]]) -> list[Any]:
    """The Jacobian of `output` for each of the sources; `gradients` gives one row of each."""
    rows = [gradients(basis(output, place)) for place in range(output.numel())]
    if not rows:
        return [source.new_zeros((*output.shape, *source.shape)) for source in sources]
    return [
        stack(list(column)).reshape((*output.shape, *source.shape)) for column, source in zip(zip(*rows, strict=True), sources, strict=True)
    ]


# --- torch.func ---


def jacrev(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """A function that returns the Jacobian of each result of `func` for the arguments at `argnums`.

    One run back through the history for each element of the result; `chunk_size` changes nothing.
    """
    if chunk_size is not None and chunk_size <= 0:
        raise invalid(ValueError, "jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def method(*args: Any, **kwargs: Any) -> Any:
        following, given, spec = followed(args, picked(args, argnums))
        with autograd.enable_grad():
            made, aux = with_aux(func(*given, **kwargs), has_aux, "jacrev(f)(*args): output of function f should be a tuple: (output, aux)")
        outputs, output_spec = tensors_of(made, "jacrev(f)(*args)")
        found = []
        for output in outputs:
            gradients = functools.partial(_gradients, following, output)
            by_argument = tree_unflatten(rows_of(output, following.leaves, gradients), spec)
            found.append(by_argument[0] if isinstance(argnums, int) else tuple(by_argument))
        jacobian = tree_unflatten(found, output_spec)
        return (jacobian, following.released(aux)) if has_aux else jacobian

    return method


def _gradients(following: Any, output: Any, weight: Any) -> list[Any]:
    found: list[Any] = following.gradients([output], [weight])
    return found


def jacfwd(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """The Jacobian, as `jacrev` computes it: there is no forward-mode differentiation that would go by columns."""
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """A function that returns the second derivatives of `func`: the Jacobian of its Jacobian."""
    return jacrev(jacrev(func, argnums), argnums)


# --- torch.autograd.functional ---


def tuple_of(value: Any, what: str, name: str) -> tuple[Any, ...]:
    """A tensor, or a tuple of them, as a tuple; TypeError for anything else."""
    several = value if isinstance(value, tuple) else (value,)
    for place, one in enumerate(several):
        if not is_tensor(one):
            which = f"the value at index {place}" if isinstance(value, tuple) else f"the given {what}"
            whose = "outputs of the user-provided function" if what.startswith("outputs") else what
            raise invalid(
                TypeError, f"The {whose} given to {name} must be either a Tensor or a tuple of Tensors but {which} has type {type(one)}."
            )
    return several


class Call:
    """One call of a function of tensors, for a function of this module."""

    def __init__(self, name: str, func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool) -> None:
        self.name, self.create_graph, self.strict = name, create_graph, strict
        given = tuple_of(inputs, "inputs", name)
        self.inputs = tuple(
            as_tensor(whole(one)) if create_graph and engine.requires_grad(one) else one.detach().requires_grad_() for one in given
        )
        made = func(*self.inputs)
        self.outputs = tuple_of(made, "outputs of the user-provided function", name)
        self.one_input, self.one_output = not isinstance(inputs, tuple), not isinstance(made, tuple)
        if strict:
            for place, one in enumerate(self.outputs):
                if not engine.requires_grad(one):
                    raise invalid(RuntimeError, INDEPENDENT.format(place))

    def result(self) -> Any:
        """The outputs as the caller gets them."""
        return packed(self.released(self.outputs), self.one_output)

    def released(self, tensors: Any) -> tuple[Any, ...]:
        return tuple(one if self.create_graph else one.detach() for one in tensors)

    def vectors(self, v: Any, like: tuple[Any, ...], side: str) -> tuple[Any, ...] | None:
        """The given vectors, checked; None stands for 1 where there is one number."""
        if v is None:
            if len(like) != 1 or like[0].numel() != 1:
                what = (
                    "user-provided function returns a single Tensor"
                    if side == "output"
                    else "input to the user-provided function is a single Tensor"
                )
                raise invalid(RuntimeError, f"The vector v can only be None if the {what} with a single element.")
            return None
        given = tuple_of(v, "v", self.name)
        if len(given) != len(like):
            raise invalid(RuntimeError, f"v is a tuple of invalid length: should be {len(like)} but got {len(given)}.")
        for one, known in zip(given, like, strict=True):
            if one.shape != known.shape:
                raise invalid(RuntimeError, f"v has invalid size: should be {known.shape} but got {one.shape}.")
        return given

    def back(self, outputs: Sequence[Any], weights: Any, *, graph: bool) -> tuple[Any, ...]:
        """The gradients of the inputs, 0 for those that nothing depends on; RuntimeError for these when strict."""
        places = [place for place, one in enumerate(outputs) if engine.requires_grad(one)]
        found: Any = (None,) * len(self.inputs)
        if places:
            chosen = None if weights is None else [weights[place] for place in places]
            found = autograd.grad(
                [outputs[place] for place in places], self.inputs, chosen, retain_graph=True, create_graph=graph, allow_unused=True
            )
        for place, one in enumerate(found):
            if self.strict and one is None:
                raise invalid(
                    RuntimeError,
                    f"The output of the user-provided function is independent of input {place}. This is not allowed in strict mode.",
                )
        return tuple(zeros_like(known) if one is None else one for one, known in zip(found, self.inputs, strict=True))

    def scalar(self) -> Any:
        """The only number that the function returned; RuntimeError if it isn't one."""
        if not self.one_output:
            raise invalid(RuntimeError, f"The function given to {self.name} should return a single Tensor")
        if self.outputs[0].numel() != 1:
            raise invalid(RuntimeError, f"The Tensor returned by the function given to {self.name} should contain a single element")
        return self.outputs[0].reshape(())


def packed(values: Sequence[Any], single: bool) -> Any:
    return values[0] if single else tuple(values)


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The Jacobian of each output for each input; `torch.autograd.functional.jacobian`.

    One run back through the history for each element of the output; `vectorize` and `strategy` don't change that.
    """
    check_strategy(strategy, vectorize, strict)
    with autograd.enable_grad():
        call = Call("jacobian", func, inputs, create_graph, strict)
        found = []
        for output in call.outputs:
            rows = rows_of(output, call.inputs, functools.partial(_row, call, output))
            found.append(packed(call.released(rows), call.one_input))
    return packed(found, call.one_output)


def _row(call: Call, output: Any, weight: Any) -> tuple[Any, ...]:
    return call.back([output], [weight], graph=call.create_graph)


def check_strategy(strategy: str, vectorize: bool, strict: bool) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise invalid(
            AssertionError, 'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )  # fmt: skip
    if strategy == "forward-mode" and not vectorize:
        raise invalid(
            NotImplementedError, 'strategy="forward-mode" is only supported with vectorize=True: computing the Jacobian without '
            "vectorizing is only supported with strategy=\"reverse-mode\"."
        )  # fmt: skip
    if strict and vectorize:
        raise invalid(RuntimeError, "torch.autograd.functional.jacobian: `strict=True` and `vectorize=True` are not supported together.")


def autograd_hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of a function that returns one number; `torch.autograd.functional.hessian`."""
    one_input = not isinstance(inputs, tuple)

    def slopes(*given: Any) -> Any:
        call = Call("hessian", func, given, True, strict)
        return call.back([call.scalar()], None, graph=True)

    tuple_of(inputs, "inputs", "hessian")
    found = jacobian(slopes, inputs if isinstance(inputs, tuple) else (inputs,), create_graph, strict, vectorize, outer_jacobian_strategy)
    return found[0][0] if one_input else found


def autograd_vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs, and the product of `v` with the Jacobian; `torch.autograd.functional.vjp`."""
    with autograd.enable_grad():
        call = Call("vjp", func, inputs, create_graph, strict)
        found = call.back(call.outputs, call.vectors(v, call.outputs, "output"), graph=create_graph)
        return call.result(), packed(call.released(found), call.one_input)


def autograd_jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs, and the product of the Jacobian with `v`, through second-order gradients; `torch.autograd.functional.jvp`."""
    with autograd.enable_grad():
        call = Call("jvp", func, inputs, create_graph, strict)
        directions = call.vectors(v, call.inputs, "input") or tuple(zeros_like(one) + 1 for one in call.inputs)
        found = [zeros_like(one) for one in call.outputs]
        places = [place for place, one in enumerate(call.outputs) if engine.requires_grad(one)]
        if places:
            for place, one in zip(places, pushed([call.outputs[at] for at in places], call.inputs, directions, create_graph), strict=True):
                found[place] = one
        return call.result(), packed(call.released(found), call.one_output)


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The value, and the product of the Hessian with `v`, which is that of `v` with the Hessian."""
    return _second("hvp", func, inputs, v, create_graph, strict)


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The value, and the product of `v` with the Hessian."""
    return _second("vhp", func, inputs, v, create_graph, strict)


def _second(name: str, func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool) -> Any:
    with autograd.enable_grad():
        call = Call(name, func, inputs, create_graph, strict)
        weights = call.vectors(v, call.inputs, "input")
        value = call.scalar()
        slopes = call.back([value], None, graph=True)
        found = call.back(slopes, weights, graph=create_graph)
        return call.result(), packed(call.released(found), call.one_input)
