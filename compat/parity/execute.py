"""One call under one framework → its outcome: values, gradients of a weighted sum, or the error.

The code for an imitated framework is written once and given the module: real torch and compat.torch run the same lines, and
so do real MindSpore and compat.mindspore.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat.parity.cases import Case
from compat.parity.inputs import drawn, weights

Arrays = list[NDArray[Any]]


@dataclass(frozen=True)
class Outcome:
    """What a call gave: arrays (one, or one per element of a tuple), gradients by argument, or the error's type and text."""

    values: Arrays = field(default_factory=list)
    gradients: dict[str, NDArray[Any]] = field(default_factory=dict)
    error: str | None = None
    message: str = ""


def outcome(case: Case, framework: ModuleType, api: str) -> Outcome:
    """Run `case` in `framework` (the module that stands for torch or mindspore); `api` is the dotted name to call there."""
    run = _in_torch if api.partition(".")[0] == "torch" else _in_mindspore
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns of deprecated arguments and of broadcasting; both are compared by value
            return run(case, framework, api)
    except Exception as error:
        return Outcome(error=type(error).__name__, message=str(error).strip())


def _resolved(framework: ModuleType, api: str) -> Any:
    return functools.reduce(getattr, api.split(".")[1:], framework)


def _applied(case: Case, target: Any, constructor: dict[str, Any] | None, call: dict[str, Any]) -> Any:
    """Construct, if it is a class, and call, in the style of the case."""
    if constructor is not None:
        target = _called(case, target, constructor)
    return _called(case, target, call)


def _called(case: Case, target: Any, arguments: dict[str, Any]) -> Any:
    if case.style == "positional":
        return target(*arguments.values())
    return target(**{case.renamed.get(name, name): value for name, value in arguments.items()})


def _in_torch(case: Case, torch: Any, api: str) -> Outcome:
    def tensors(arguments: dict[str, Any]) -> dict[str, Any]:
        return {n: torch.tensor(v) if isinstance(v, np.ndarray) else v for n, v in drawn(arguments).items()}

    torch.manual_seed(0)  # a module draws its initial weights
    call = tensors(case.call)
    wanted = [name for name in case.gradient if call[name].is_floating_point()]
    for name in wanted:
        call[name].requires_grad_()
    constructor = None if case.constructor is None else tensors(case.constructor)
    result = _applied(case, _resolved(torch, api), constructor, call)
    results = list(result) if isinstance(result, (tuple, list)) else [result]
    values = [r.detach().numpy() for r in results]
    if wanted:
        (results[0] * torch.tensor(weights(values[0].shape))).sum().backward()
    gradients = {name: _gradient_array(call[name]) for name in wanted}
    return Outcome(values, gradients)


def _gradient_array(tensor: Any) -> NDArray[Any]:
    """`.grad` as an array; an argument that the result does not depend on has a gradient of zeros."""
    array: NDArray[Any] = np.zeros(tuple(tensor.shape), "float32") if tensor.grad is None else tensor.grad.numpy()
    return array


def _in_mindspore(case: Case, mindspore: Any, api: str) -> Outcome:
    def tensors(arguments: dict[str, Any]) -> dict[str, Any]:
        return {n: mindspore.Tensor(v) if isinstance(v, np.ndarray) else v for n, v in drawn(arguments, mindspore=True).items()}

    call = tensors(case.call)
    wanted = [name for name in case.gradient if call[name].asnumpy().dtype.kind == "f"]
    constructor = None if case.constructor is None else tensors(case.constructor)

    def forward(*values: Any) -> Any:
        result = _applied(case, _resolved(mindspore, api), constructor, {**call, **dict(zip(wanted, values, strict=True))})
        return result[0] if isinstance(result, (tuple, list)) else result

    result = forward(*(call[name] for name in wanted))
    value = result.asnumpy()
    if not wanted:
        return Outcome([value])
    factors = mindspore.Tensor(weights(value.shape))
    gradient = mindspore.grad(lambda *values: (forward(*values) * factors).sum(), tuple(range(len(wanted))))
    gradients = gradient(*(call[name] for name in wanted))
    gradients = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    return Outcome([value], {name: g.asnumpy() for name, g in zip(wanted, gradients, strict=True)})
