"""Gradients beside finite differences; torch.autograd.gradcheck."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, engine
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import tensor
from compat.torch_on_mindspore.jacobians import rows_of
from compat.torch_on_mindspore.sampling import randn_like
from compat.torch_on_mindspore.tensor import host


class GradcheckError(RuntimeError):
    """A gradient that is not the slope of its function; `torch.autograd.gradcheck.GradcheckError`."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the Jacobian that autograd computes is that of central differences, for all inputs that require grad.

    Every element is compared, also in `fast_mode`. Raises GradcheckError, or returns False without `raise_exception`.
    UnsupportedArgument for complex tensors and for the checks of forward-mode and batched differentiation.
    """
    for name, asked in (
        ("check_batched_grad", check_batched_grad),
        ("check_batched_forward_grad", check_batched_forward_grad),
        ("check_forward_ad", check_forward_ad),
        ("check_backward_ad", not check_backward_ad),
        ("masked", masked),
    ):
        if asked:
            raise UnsupportedArgument("torch.autograd.gradcheck", name, asked, "the default")
    try:
        _check(func, (inputs,) if is_tensor(inputs) else tuple(inputs), eps, atol, rtol, nondet_tol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(func: Callable[..., Any], inputs: tuple[Any, ...], eps: float, atol: float, rtol: float, nondet_tol: float) -> None:
    sources = [one for one in inputs if is_tensor(one) and engine.requires_grad(one)]
    if not sources:
        raise invalid(
            ValueError,
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
        )
    for place, one in enumerate(inputs):
        if is_tensor(one) and engine.requires_grad(one):
            if one.is_complex():
                raise UnsupportedArgument("torch.autograd.gradcheck", "inputs", one.dtype, "real tensors")
            if one.dtype.itemsize < 8:
                warnings.warn(
                    f"Input #{place} requires gradient and is not a double precision floating point. This check will likely fail if "
                    "all the inputs are not of double precision floating point.",
                    stacklevel=4,
                )
    outputs = results(func, inputs)
    for number, output in enumerate(outputs):
        slopes = [differences(func, inputs, source, number, eps) for source in sources]
        if not engine.requires_grad(output):
            if any(slope.any() for slope in slopes):
                raise GradcheckError("Numerical gradient for function expected to be zero")
            continue
        first = _analytical(output, sources)
        for place, (expected, found, again) in enumerate(zip(slopes, first, _analytical(output, sources), strict=True)):
            if np.abs(found - again).max(initial=0) > nondet_tol:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
                    "values, although analytical gradient matches numerical gradient."
                )
            if not np.allclose(found, expected, rtol, atol, equal_nan=True):
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {place},\nnumerical:{expected}\nanalytical:{found}\n"
                )


def results(func: Callable[..., Any], inputs: tuple[Any, ...]) -> list[Any]:
    """The differentiable tensors that the function returns."""
    made = func(*inputs)
    return [one for one in (made if isinstance(made, (tuple, list)) else (made,)) if one.is_floating_point()]


def differences(func: Callable[..., Any], inputs: tuple[Any, ...], source: Any, number: int, eps: float) -> Any:
    """The Jacobian of one output for one input, columns by central differences, as a matrix: elements of the input by those of the output."""
    at = next(place for place, one in enumerate(inputs) if one is source)
    start = host(source.detach()).astype(np.float64)
    columns = []
    for place in range(start.size):
        sides = []
        for step in (eps, -eps):
            moved = start.copy()
            moved.reshape(-1)[place] += step
            given = [one.detach() if is_tensor(one) else one for one in inputs]
            given[at] = tensor(moved, dtype=source.dtype)
            given = [
                one.requires_grad_() if is_tensor(known) and engine.requires_grad(known) else one
                for one, known in zip(given, inputs, strict=True)
            ]
            sides.append(host(results(func, tuple(given))[number].detach()).astype(np.float64).reshape(-1))
        columns.append((sides[0] - sides[1]) / (2 * eps))
    return np.array(columns).reshape(start.size, -1)


def _analytical(output: Any, sources: Sequence[Any]) -> list[Any]:
    """The same from autograd."""

    def row(weight: Any) -> Sequence[Any]:
        found: Sequence[Any] = autograd.grad(output, sources, weight, retain_graph=True, materialize_grads=True)
        return found

    found = rows_of(output, sources, row)
    return [
        host(one.detach()).astype(np.float64).reshape(output.numel(), source.numel()).T for one, source in zip(found, sources, strict=True)
    ]


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradient, for the inputs and for the gradients that come in, which are random unless given."""
    for name, asked in (("check_fwd_over_rev", check_fwd_over_rev), ("check_rev_over_rev", not check_rev_over_rev)):
        if asked:
            raise UnsupportedArgument("torch.autograd.gradgradcheck", name, asked, "the default")
    given = (inputs,) if is_tensor(inputs) else tuple(inputs)
    outputs = [one for one in results(func, given) if engine.requires_grad(one)]
    if grad_outputs is None:
        weights = tuple(randn_like(one).requires_grad_() for one in outputs)
    else:
        weights = (grad_outputs,) if is_tensor(grad_outputs) else tuple(grad_outputs)
    count = len(weights)

    def slopes(*args: Any) -> tuple[Any, ...]:
        sources = [one for one in args[:-count] if is_tensor(one) and engine.requires_grad(one)]
        recorded = [one for one in results(func, args[:-count]) if engine.requires_grad(one)]
        found: tuple[Any, ...] = autograd.grad(recorded, sources, args[-count:], create_graph=True, materialize_grads=True)
        return found

    return gradcheck(
        slopes, (*given, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad,
        fast_mode=fast_mode, masked=masked,
    )  # fmt: skip
