"""ops.SparseApplyAdagrad and its kind: one step of an optimizer on some rows of a variable and of its state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.primitives.updates import adadelta, adagrad, adam_direction, ftrl, proximal_adagrad, rmsprop, updating

torch: Any = frameworks.load("torch")

__all__ = [
    "FusedSparseAdam", "FusedSparseFtrl", "FusedSparseLazyAdam", "FusedSparseProximalAdagrad", "SparseApplyAdadelta", "SparseApplyAdagrad",
    "SparseApplyAdagradV2", "SparseApplyFtrl", "SparseApplyFtrlV2", "SparseApplyProximalAdagrad", "SparseApplyRMSProp",
]  # fmt: skip


def on_rows(update: Callable[..., Any], states: list[Any], indices: Any) -> Any:
    """Run `update` on copies of the rows and write these back."""
    places = indices.long()
    rows = [state.index_select(0, places) for state in states]
    update(*rows)
    for state, changed in zip(states, rows, strict=True):
        state.index_copy_(0, places, changed)
    return tuple(states)


def merged(grad: Any, indices: Any) -> tuple[Any, Any]:
    """Gradients of the same row added up: each index once."""
    places, inverse = torch.unique(indices, return_inverse=True)
    return torch.zeros((places.numel(), *grad.shape[1:]), dtype=grad.dtype, device=grad.device).index_add_(0, inverse, grad), places


@updating
def SparseApplyAdadelta(
    var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, grad: Any, indices: Any, *, epsilon: float, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of Adadelta on the rows `indices`."""
    step = functools.partial(adadelta, lr=lr, rho=rho, epsilon=epsilon, grad=grad)
    return on_rows(step, [var, accum, accum_update], indices)


@updating
def SparseApplyAdagrad(
    var: Any, accum: Any, grad: Any, indices: Any, *, lr: float, update_slots: bool = True, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of Adagrad on the rows `indices`."""
    return on_rows(functools.partial(adagrad, lr=lr, grad=grad, update_slots=update_slots), [var, accum], indices)


@updating
def SparseApplyAdagradV2(
    var: Any, accum: Any, grad: Any, indices: Any, *, lr: float, epsilon: float, use_locking: bool = False, update_slots: bool = True
) -> Any:  # fmt: skip
    """One step of Adagrad on the rows `indices`, with a term added below the root."""

    def step(rows: Any, squares: Any) -> None:
        if update_slots:
            squares.add_(grad * grad)
        rows.sub_(lr * grad / torch.sqrt(squares + epsilon))

    return on_rows(step, [var, accum], indices)


@updating
def SparseApplyFtrl(
    var: Any, accum: Any, linear: Any, grad: Any, indices: Any, *, lr: float, l1: float, l2: float, lr_power: float,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of FTRL on the rows `indices`."""
    return on_rows(functools.partial(ftrl, grad=grad, lr=lr, l1=l1, l2=l2, lr_power=lr_power), [var, accum, linear], indices)


@updating
def SparseApplyFtrlV2(
    var: Any, accum: Any, linear: Any, grad: Any, indices: Any, *, lr: float, l1: float, l2: float, l2_shrinkage: float, lr_power: float,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of FTRL with shrinkage on the rows `indices`."""
    step = functools.partial(ftrl, grad=grad, lr=lr, l1=l1, l2=l2, lr_power=lr_power, l2_shrinkage=l2_shrinkage)
    return on_rows(step, [var, accum, linear], indices)


@updating
def SparseApplyProximalAdagrad(
    var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any, indices: Any, *, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of Adagrad and towards 0 on the rows `indices`."""
    return on_rows(functools.partial(proximal_adagrad, lr=lr, l1=l1, l2=l2, grad=grad), [var, accum], indices)


@updating
def SparseApplyRMSProp(
    var: Any, ms: Any, mom: Any, lr: Any, grad: Any, indices: Any, *, rho: float, momentum: float, epsilon: float, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of RMSProp on the rows `indices`."""
    step = functools.partial(rmsprop, lr=lr, grad=grad, decay=rho, momentum=momentum, epsilon=epsilon)
    return on_rows(step, [var, ms, mom], indices)


@updating
def FusedSparseAdam(
    var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, gradient: Any,
    indices: Any, *, use_locking: bool = False, use_nesterov: bool = False,
) -> Any:  # fmt: skip
    """One step of Adam on all rows, where those without a gradient have 0; gradients of one row are added up."""
    whole = torch.zeros_like(var).index_add_(0, indices.long(), gradient.to(var.dtype))
    var.sub_(adam_direction(m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, whole, use_nesterov))
    return var, m, v


@updating
def FusedSparseLazyAdam(
    var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, gradient: Any,
    indices: Any, *, use_locking: bool = False, use_nesterov: bool = False,
) -> Any:  # fmt: skip
    """One step of Adam on the rows `indices` alone; gradients of one row are added up."""
    grad, places = merged(gradient, indices)

    def step(rows: Any, first: Any, second: Any) -> None:
        rows.sub_(adam_direction(first, second, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, use_nesterov))

    return on_rows(step, [var, m, v], places)


@updating
def FusedSparseFtrl(
    var: Any, accum: Any, linear: Any, grad: Any, indices: Any, *, lr: float, l1: float, l2: float, lr_power: float,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of FTRL on the rows `indices`; gradients of one row are added up."""
    grad, places = merged(grad, indices)
    step = functools.partial(ftrl, grad=grad, lr=lr, l1=l1, l2=l2, lr_power=lr_power)
    return on_rows(step, [var, accum, linear], places)


@updating
def FusedSparseProximalAdagrad(
    var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any, indices: Any, *, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of Adagrad and towards 0 on the rows `indices`; gradients of one row are added up."""
    grad, places = merged(grad, indices)
    return on_rows(functools.partial(proximal_adagrad, lr=lr, l1=l1, l2=l2, grad=grad), [var, accum], places)
