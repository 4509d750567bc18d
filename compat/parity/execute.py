"""One call under one framework → its outcome: values, gradients of a weighted sum, or the error.

The code for an imitated framework is written once and given the module: real torch and compat.torch run the same lines, and
so do real MindSpore and compat.mindspore.
"""

from __future__ import annotations

import functools
import warnings
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from compat.elementwise import bfloat16, dtype_of
from compat.parity.case import Case
from compat.parity.inputs import Made, Named, drawn, weights

Arrays = list[NDArray[Any]]
Ending = Literal["", "crashed", "hung", "late error"]


@dataclass(frozen=True)
class Outcome:
    """What a call gave, or the error's type and text.

    `values` are its tensors and numbers, flattened, as arrays; `structure` says what they were: "max(Tensor, Tensor)", "int".
    `written` are the tensors among the arguments that the call has changed. Where `ending` is set the call did not end as a call
    should, and `message` says how.
    """

    values: Arrays = field(default_factory=list)
    gradients: dict[str, NDArray[Any]] = field(default_factory=dict)
    structure: str = ""
    written: dict[str, NDArray[Any]] = field(default_factory=dict)
    error: str | None = None
    message: str = ""
    ending: Ending = ""


def outcome(case: Case, framework: ModuleType, api: str) -> Outcome:
    """Run `case` in `framework` (the module that stands for torch or mindspore); `api` is the dotted name to call there."""
    run = _in_torch if api.partition(".")[0] == "torch" else _in_mindspore
    return _caught(lambda: run(case, framework, api))


def _caught(run: Callable[[], Outcome]) -> Outcome:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns of deprecated arguments and of broadcasting; both are compared by value
            return run()
    except MemoryError:
        raise  # it says nothing about the API
    except Exception as error:
        return Outcome(error=type(error).__name__, message=str(error).strip())


Applied = Callable[[dict[str, Any] | None, dict[str, Any]], tuple[Any, Any]]


def outcome_by(case: Case, framework: ModuleType, applied: Applied) -> Outcome:
    """What `case` gives in the package that stands for its framework, where `applied` makes the call of its arguments.

    `applied` gets those of the constructor, None for a function, and those of the call, and returns what was called and its result.
    """
    run = _in_torch if case.imitated == "torch" else _in_mindspore
    return _caught(lambda: run(case, framework, case.api, applied))


def trained_by(case: Case, framework: Any, made: Callable[..., Any], *, by_gradients: bool = False) -> Outcome:
    """What the parameters of an optimizer's case are after a few steps, where `made` makes it of them; MindSpore's own is called `by_gradients`."""
    steps = _trained_in_mindspore if by_gradients else _trained

    def outcome() -> Outcome:
        call = _arguments(drawn({"params": case.call["params"]}), framework, mindspore=by_gradients)
        return Outcome(steps(framework, made, call))

    return _caught(outcome)


def _resolved(framework: ModuleType, api: str) -> Any:
    return functools.reduce(getattr, api.split(".")[1:], framework)


def _arguments(values: dict[str, Any], framework: Any, mindspore: bool) -> dict[str, Any]:
    """Drawn arguments as those of the framework: arrays as its tensors, also inside lists, names as its objects."""

    def made(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            tensor = framework.Tensor(value) if mindspore else framework.tensor(value)
            if dtype_of(value) == "bfloat16":
                return tensor.astype(framework.bfloat16) if mindspore else tensor.to(framework.bfloat16)
            return tensor
        if isinstance(value, list):
            return (
                [made(item) for item in value] if any(isinstance(item, (np.ndarray, list, Named, Made)) for item in value) else tuple(value)
            )
        if isinstance(value, tuple):
            return tuple(map(made, value))
        if isinstance(value, Named):
            return _resolved(framework, value.name)
        if isinstance(value, Made):
            return _resolved(framework, value.name)(*map(made, value.arguments))
        return value

    return {name: made(value) for name, value in values.items()}


def _applied(case: Case, framework: Any, api: str, constructor: dict[str, Any] | None, call: dict[str, Any]) -> Any:
    """Construct, if it is a class, and call, in the style of the case; (what was called, its result)."""
    if case.kind == "method" or case.style == "method" or (case.style == "in_place" and ".Tensor." in api):
        # The first tensor: polygamma has its order before it.
        receiver = next((name for name, value in call.items() if isinstance(value, framework.Tensor)), next(iter(call)))
        target = getattr(call[receiver], api.rpartition(".")[2])
        call = {name: value for name, value in call.items() if name != receiver}
    else:
        target = _resolved(framework, api)
    if constructor is not None:
        target = _called(case, target, constructor)
        if case.imitated == "mindspore":
            if not case.initial:
                _settle(target.parameters_and_names(), lambda own, values: own.set_data(framework.Tensor(values).astype(own.dtype)))
            if case.train:
                target.set_train()
        elif case.settled:
            target.eval()  # as a fresh Cell is
            buffers = [(name, buffer) for name, buffer in target.named_buffers() if name.rpartition(".")[2].startswith("running_")]
            _settle([*target.named_parameters(), *buffers], lambda parameter, values: parameter.data.copy_(framework.tensor(values)))
    if case.style == "out":
        like = _called(case, target, call)
        several = isinstance(like, (tuple, list))
        places = [framework.empty(0, dtype=one.dtype) for one in (like if several else [like])]
        found = target(**call, out=tuple(places) if several else places[0])
        return target, (found, places, found is places[0])
    return target, _called(case, target, call)


# MindSpore's names of what PyTorch calls otherwise.
SAME = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}


def _settle(parameters: Iterable[tuple[str, Any]], give: Callable[[Any, NDArray[Any]], object]) -> None:
    """Give every parameter of a layer values that depend on its name alone: the two frameworks draw different initial ones."""
    for name, parameter in parameters:
        parent, _, last = name.rpartition(".")
        if last in ("gamma", "beta", "weight", "bias") and not parameter.requires_grad:
            continue  # MindSpore has them, unused, where PyTorch has none: `affine=False`
        seed = zlib.crc32(f"{parent}.{SAME.get(last, last)}".encode())
        give(parameter, np.random.default_rng(seed).uniform(0.1, 0.9, tuple(parameter.shape)).astype("float32"))


def _called(case: Case, target: Any, arguments: dict[str, Any]) -> Any:
    if case.variadic in arguments:
        # Separate arguments where the style is positional, else one sequence: neither framework takes it by keyword everywhere.
        names = list(arguments)
        at = names.index(case.variadic)
        before, given, after = names[:at], arguments[case.variadic], names[at + 1 :]
        separate = given if case.style == "positional" or case.by_place == case.variadic else [given]
        return target(*(arguments[n] for n in before), *separate, **{n: arguments[n] for n in after})
    if case.style == "positional":
        by_place = [name for name in arguments if name not in case.keyword_only]
    else:
        by_place = list(arguments)[: list(arguments).index(case.by_place) + 1] if case.by_place in arguments else []
    named = {case.renamed.get(name, name): value for name, value in arguments.items() if name not in by_place}
    return target(*(arguments[name] for name in by_place), **named)


def _flattened(result: Any, array: Callable[[Any], NDArray[Any] | None], call: Mapping[str, Any] | None = None) -> tuple[Arrays, str]:
    """Every value of a result as an array, and its structure; `array` gives that of a tensor, None for anything else.

    A tensor that is one of the arguments itself is called by that argument's name.
    """
    found: Arrays = []

    def shape_of(value: Any) -> str:
        own = array(value)
        if own is not None:
            found.append(own)
            # Whether a tensor without elements is another one makes no difference.
            return next((name for name, given in (call or {}).items() if given is value and own.size), "Tensor")
        kind = type(value).__name__
        if isinstance(value, (tuple, list)):
            # PyTorch's named tuples are of types of their own; ours have the same names.
            named = "tuple" if isinstance(value, tuple) else "list"
            return f"Size{list(value)}" if kind == "Size" else f"{named}[{', '.join(shape_of(item) for item in value)}]"
        if isinstance(value, dict):
            return f"dict[{', '.join(f'{key}: {shape_of(item)}' for key, item in value.items())}]"
        if isinstance(value, (bool, int, float, complex)):
            found.append(np.asarray(value))
            return kind
        return kind if value is None else str(value)

    structure = shape_of(result)
    return found, structure


def _torch_array(torch: Any) -> Callable[[Any], NDArray[Any] | None]:
    def array(value: Any) -> NDArray[Any] | None:
        if not isinstance(value, torch.Tensor):
            return None
        plain = value.detach().cpu()
        plain = plain.resolve_conj().resolve_neg() if plain.is_complex() else plain
        found: NDArray[Any] = bfloat16(plain.float().numpy()) if plain.dtype == torch.bfloat16 else plain.numpy()
        return found

    return array


def _in_torch(case: Case, torch: Any, api: str, applied: Applied | None = None) -> Outcome:
    torch.manual_seed(0)  # a module draws its initial weights
    array = _torch_array(torch)
    if case.kind == "value":
        values, structure = _flattened(_resolved(torch, api), array)
        return Outcome(values, structure=structure)
    given = drawn(case.call)
    call = _arguments(given, torch, mindspore=False)
    if case.kind == "property":
        values, structure = _flattened(getattr(call["self"], api.rpartition(".")[2]), array)
        return Outcome(values, structure=structure)
    if case.kind in ("optimizer", "scheduler"):
        return Outcome((_trained if case.kind == "optimizer" else _scheduled)(torch, _resolved(torch, api), call))
    before = _tensors_in(given, lambda value: value if isinstance(value, np.ndarray) else None)
    leaves = {name: leaf for name, leaf in _leaves(call, case.gradient, torch.Tensor).items() if leaf.is_floating_point()}
    for leaf in leaves.values():
        leaf.requires_grad_()
    constructor = None if case.constructor is None else _arguments(drawn(case.constructor), torch, mindspore=False)
    target, result = applied(constructor, call) if applied else _applied(case, torch, api, constructor, call)
    values, structure = _flattened(result, array, call)
    written = _written(before, _tensors_in(call, array))
    if case.constructor is not None and not case.settled:
        written |= {f"buffer {name}": _held(array(buffer)).copy() for name, buffer in target.named_buffers()}
    outputs = [each for each in _tensors_of(result, torch.Tensor) if each.is_floating_point() or (each.is_complex() and not case.settled)]
    outputs = [each for each in outputs if each.numel()] or outputs
    if not leaves or not outputs:
        # Where no argument has a gradient, the result has one because it was asked to, or by a module's parameters.
        told = ", requires a gradient" if any(output.requires_grad for output in outputs) else ""
        return Outcome(values, structure=f"{structure}{told}", written=written)
    if not any(output.requires_grad for output in outputs):
        return Outcome(values, structure=f"{structure}, no gradient", written=written)
    sum(_weighted(torch, output) for output in outputs if output.requires_grad).backward()
    if case.constructor is not None and not case.settled:
        leaves |= {f"parameter {name}": one for name, one in target.named_parameters() if one.grad is not None}
    return Outcome(values, {name: _gradient_array(leaf, array) for name, leaf in leaves.items()}, structure, written)


def _weighted(torch: Any, output: Any) -> Any:
    """The sum of an output's elements, each with a factor of its own; of a complex one of both parts, as MindSpore's gradients can't have it."""
    real = torch.view_as_real(output.resolve_conj()) if output.is_complex() else output
    return (real * torch.tensor(weights(tuple(real.shape)))).sum()


def _tensors_in(call: dict[str, Any], array: Callable[[Any], NDArray[Any] | None]) -> dict[str, NDArray[Any]]:
    """The tensors among the arguments as arrays, those in lists by their index."""
    found = {}
    for name, value in call.items():
        for place, item in enumerate(value) if isinstance(value, (list, tuple)) else ((None, value),):
            own = array(item)
            if own is not None:
                found[name if place is None else f"{name}[{place}]"] = own
    return found


def _written(before: dict[str, NDArray[Any]], after: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Those of the tensors that are not any more what was drawn for them."""
    same = {name for name, own in after.items() if name in before and _unchanged(before[name], own)}
    return {name: own.copy() for name, own in after.items() if name in before and name not in same}


def _unchanged(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Whether the elements are the same, -0.0 not being 0.0; a NaN is one whatever its bits, which a cast may change."""
    if before.shape != after.shape:
        return False
    if before.tobytes() == after.tobytes():
        return True
    return before.dtype.kind in "fc" and bool(np.isnan(before).any()) and np.array_equal(before, after, equal_nan=True)


def _leaves(call: dict[str, Any], names: tuple[str, ...], kind: type) -> dict[str, Any]:
    """The tensors of the arguments whose gradient is compared, one by one where an argument is a list of them."""
    found = {}
    for name in names:
        value = call[name]
        if isinstance(value, kind):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            found |= {f"{name}[{index}]": item for index, item in enumerate(value) if isinstance(item, kind)}
    return found


def _tensors_of(result: Any, kind: type) -> list[Any]:
    if isinstance(result, kind):
        return [result]
    return [each for item in result for each in _tensors_of(item, kind)] if isinstance(result, (tuple, list)) else []


def _gradient_array(tensor: Any, array: Callable[[Any], NDArray[Any] | None]) -> NDArray[Any]:
    """`.grad` as an array; an argument that the result does not depend on has a gradient of zeros."""
    return np.zeros_like(_held(array(tensor))) if tensor.grad is None else _held(array(tensor.grad))


STEPS = 3


def _trained(torch: Any, kind: Any, call: dict[str, Any]) -> Arrays:
    """The parameters after a few steps of an optimizer towards 0, each element at its own speed."""
    parameters = [torch.nn.Parameter(tensor) for tensor in call.pop("params")]
    optimizer = kind(parameters, **call)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = sum((parameter.square() * torch.tensor(weights(tuple(parameter.shape)))).sum() for parameter in parameters)
        loss.backward()
        return loss

    for _ in range(STEPS):
        optimizer.step(closure)
    return [parameter.detach().cpu().numpy().copy() for parameter in parameters]


def _trained_in_mindspore(mindspore: Any, kind: Any, call: dict[str, Any]) -> Arrays:
    """The same steps by an optimizer of MindSpore's, which is called with the gradients."""
    given = call.pop("params")
    parameters = mindspore.ParameterTuple([mindspore.Parameter(tensor, name=f"parameter{i}") for i, tensor in enumerate(given)])
    optimizer = kind(parameters, **call)
    for _ in range(STEPS):
        gradients = [2 * parameter.asnumpy() * weights(parameter.shape) for parameter in parameters]
        optimizer(tuple(map(mindspore.Tensor, gradients)))
    return [parameter.asnumpy() for parameter in parameters]


LEVELS = (1.0, 0.9, *(0.95 + step / 100 for step in range(12)))  # a loss that improves once and then no more


def _scheduled(torch: Any, kind: Any, call: dict[str, Any]) -> Arrays:
    """The learning rate, from 0.1, and the momentum before each of a few steps of a scheduler."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1, momentum=0.9)
    if call.get("last_epoch", -1) >= 0:
        optimizer.param_groups[0]["initial_lr"] = 0.1  # a scheduler that resumes finds what an earlier one left
        optimizer.param_groups[0]["max_lr"] = 0.1
    scheduler = kind(optimizer, **call)
    by_metric = kind.__name__ == "ReduceLROnPlateau"
    rates = []
    for level in LEVELS:
        rates.append((float(optimizer.param_groups[0]["lr"]), float(optimizer.param_groups[0]["momentum"])))
        optimizer.step()
        scheduler.step(*([level] if by_metric else []))
    return [np.asarray(rates)]


def _in_mindspore(case: Case, mindspore: Any, api: str, applied: Applied | None = None) -> Outcome:
    mindspore.set_seed(0)
    given = drawn(case.call, mindspore=True)
    call = _arguments(given, mindspore, mindspore=True)
    if case.kind == "optimizer":
        return Outcome(_trained_in_mindspore(mindspore, _resolved(mindspore, api), call))
    kind = mindspore.Tensor

    def array(value: Any) -> NDArray[Any] | None:
        if not isinstance(value, kind):
            return None
        return bfloat16(value.astype(mindspore.float32).asnumpy()) if value.dtype == mindspore.bfloat16 else value.asnumpy()

    if case.kind == "property":
        found = getattr(call["self"], api.rpartition(".")[2])
        values, structure = _flattened(found() if callable(found) else found, array)  # `real` is a method there
        return Outcome(values, structure=structure)
    before = _tensors_in(given, lambda value: value if isinstance(value, np.ndarray) else None)
    leaves = {n: leaf for n, leaf in _leaves(call, case.gradient, kind).items() if before[n].dtype.kind == "f"}
    constructor = None if case.constructor is None else _arguments(drawn(case.constructor, mindspore=True), mindspore, mindspore=True)

    def forward(*values: Any) -> Any:
        given = dict(zip(leaves, values, strict=True))
        arguments = {name: _replaced(name, value, given) for name, value in call.items()}
        return call_it(constructor, arguments)[1]

    call_it = applied or functools.partial(_applied, case, mindspore, api)
    target, result = call_it(constructor, call)
    values, structure = _flattened(result, array)
    written = _written(before, _tensors_in(call, array))
    if case.train:
        written |= {f"parameter {name}": _held(array(one)).copy() for name, one in target.parameters_and_names() if not one.requires_grad}
    arrays = [_held(array(each)) for each in _tensors_of(result, kind)]
    factors = {place: mindspore.Tensor(weights(one.shape)) for place, one in enumerate(arrays) if one.dtype.kind == "f"}
    if not leaves or not factors:
        return Outcome(values, structure=structure, written=written)

    def weighted(*given: Any) -> Any:
        tensors = _tensors_of(forward(*given), kind)
        return sum((tensors[place] * factor).sum() for place, factor in factors.items())

    gradients = mindspore.grad(weighted, tuple(range(len(leaves))))(*leaves.values())
    gradients = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    found = {name: _held(array(gradient)) for name, gradient in zip(leaves, gradients, strict=True)}
    return Outcome(values, found, structure, written)


def _held(array: NDArray[Any] | None) -> NDArray[Any]:
    assert array is not None
    return array


def _replaced(name: str, value: Any, given: dict[str, Any]) -> Any:
    if name in given:
        return given[name]
    if not isinstance(value, (list, tuple)):
        return value
    return type(value)(given.get(f"{name}[{index}]", item) for index, item in enumerate(value))
