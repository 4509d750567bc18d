"""The Kullback-Leibler divergence, by the classes of its two distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.distributions.distribution import Distribution

_registered: dict[tuple[type, type], Callable[..., Any]] = {}


def register_kl(type_p: Any, type_q: Any) -> Callable[..., Any]:
    """A decorator: the function computes the divergence for these classes, and subclasses that have no closer one."""
    if not (isinstance(type_p, type) and issubclass(type_p, Distribution)):
        raise invalid(TypeError, f"Expected type_p to be a Distribution subclass but got {type_p}")
    if not (isinstance(type_q, type) and issubclass(type_q, Distribution)):
        raise invalid(TypeError, f"Expected type_q to be a Distribution subclass but got {type_q}")

    def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
        _registered[type_p, type_q] = function
        return function

    return decorator


def kl_divergence(p: Any, q: Any) -> Any:
    """KL(p ‖ q), one number for each place of the batch; NotImplementedError for classes that nobody registered."""
    for kind_p in type(p).__mro__:
        for kind_q in type(q).__mro__:
            if (kind_p, kind_q) in _registered:
                return _registered[kind_p, kind_q](p, q)
    raise NotImplementedError(f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}")
