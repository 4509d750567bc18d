"""What the constructors of optimizers and schedules ask of their arguments, with MindSpore's error types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.parameter import Parameter

torch: Any = frameworks.load("torch")

GROUP_KEYS = ("params", "lr", "weight_decay", "order_params", "grad_centralization")


def number(
    owner: str, argument: str, value: Any, *, least: float | None = None, above: float | None = None,
    below: float | None = None, most: float | None = None, integers: bool = False,
) -> float:  # fmt: skip
    """A float within the bounds: TypeError for another type (an int too, unless `integers`), ValueError outside."""
    kinds = (int, float) if integers else (float,)
    if not isinstance(value, kinds):
        raise errors.invalid(TypeError, f"For '{owner}', the type of '{argument}' should be 'float', but got {value!r}.")
    bounds = (
        (least, "at least", least is not None and not value >= least),
        (above, "greater than", above is not None and not value > above),
        (below, "less than", below is not None and not value < below),
        (most, "at most", most is not None and not value <= most),
    )
    for bound, relation, crossed in bounds:
        if crossed:
            raise errors.invalid(ValueError, f"For '{owner}', '{argument}' must be {relation} {bound}, but got {value}.")
    return float(value)


def count(owner: str, argument: str, value: Any) -> int:
    """A positive int: TypeError for another type, ValueError below 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise errors.invalid(TypeError, f"For '{owner}', the type of '{argument}' should be 'int', but got {value!r}.")
    if value < 1:
        raise errors.invalid(ValueError, f"For '{owner}', '{argument}' must be at least 1, but got {value}.")
    return value


def flags(owner: str, **values: Any) -> None:
    """TypeError for a value that is no bool."""
    for argument, value in values.items():
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"For '{owner}', the type of '{argument}' should be 'bool', but got {value!r}.")


def between_0_and_1(owner: str, **values: Any) -> None:
    """Each value is a float above 0 and below 1."""
    for argument, value in values.items():
        number(owner, argument, value, above=0.0, below=1.0)


def as_list(parameters: Any, argument: str = "parameters") -> list[Any]:
    """The parameters as a list; None or nothing is a ValueError, what can't be iterated a TypeError."""
    if parameters is None:
        raise errors.invalid(ValueError, f"For 'Optimizer', the argument {argument} can not be None.")
    if not isinstance(parameters, Iterable):
        raise errors.invalid(TypeError, f"For 'Optimizer', {argument} must be Iterable type, but got {type(parameters)}.")
    found = list(parameters)
    if not found:
        raise errors.invalid(ValueError, f"For 'Optimizer', the argument {argument} must not be empty.")
    return found


def groups(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Any]]:
    """The groups with their params as lists, and the parameters of `order_params`.

    KeyError for an unknown key, TypeError for what is no Parameter, RuntimeError for one that is in two groups.
    """
    found, order, seen = [], [], set()
    for group in given:
        unknown = [key for key in group if key not in GROUP_KEYS]
        if unknown:
            raise errors.invalid(KeyError, f"For 'Optimizer', the key in group params must be in {GROUP_KEYS}, but got {unknown}.")
        if "order_params" in group:
            order = ordered(group)
            continue
        members = as_list(group["params"], "group `params`")
        for parameter in members:
            if not isinstance(parameter, Parameter):
                reason = f"the element in group parameters must be Parameter type, but got {type(parameter)}."
                raise errors.invalid(TypeError, f"For 'Optimizer', {reason}")
            if parameter.name in seen:
                raise errors.invalid(RuntimeError, f"For 'Optimizer', the {parameter.name} parameter already exists.")
            seen.add(parameter.name)
        flags("Optimizer", grad_centralization=group.get("grad_centralization", False))
        found.append({**group, "params": members})
    if order and len(order) != len(seen):
        reason = f"'order_params' has {len(order)} parameters and the groups have {len(seen)}"
        raise errors.invalid(ValueError, f"For 'Optimizer', {reason}.")
    return found, order


def ordered(group: dict[str, Any]) -> list[Any]:
    """The parameters of a group that says only their order."""
    if len(group) > 1:
        raise errors.invalid(ValueError, "For 'Optimizer', the order params dict should only include 'order_params'.")
    if not isinstance(group["order_params"], Iterable):
        raise errors.invalid(TypeError, "For 'Optimizer', the value of 'order_params' must be Iterable.")
    return list(group["order_params"])
