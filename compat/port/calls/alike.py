"""Functions of MindSpore that no row has, each a function of PyTorch in the way that another of MindSpore's is, which has a row."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from compat.parity.case import Case
from compat.port.calls.plan import Plan

PAIR = 2


@dataclass(frozen=True)
class Alike:
    """`api` does what `like` does; `names` are its parameters, in order, and those of the other.

    `separate` is one that may be given one by one; two of them, or none, mean something else.
    """

    api: str
    like: str
    names: Mapping[str, str]
    separate: str = ""

    def is_meant(self, call: ast.Call) -> bool:
        """Whether a call does what the other does."""
        return not self.separate or len(call.args) not in (0, PAIR)


ALIKE = {
    one.api: one
    for one in (
        Alike("mindspore.ops.transpose", "mindspore.ops.permute", {"input": "input", "dims": "axis"}),
        Alike("mindspore.ops.expand_dims", "mindspore.ops.unsqueeze", {"input_x": "input", "axis": "dim"}),
        Alike("mindspore.Tensor.transpose", "mindspore.ops.permute", {"self": "input", "axes": "axis"}, separate="axes"),
        Alike("mindspore.Tensor.expand_dims", "mindspore.ops.unsqueeze", {"self": "input", "axis": "dim"}),
        Alike("mindspore.ops.unstack", "mindspore.ops.unbind", {"input_x": "input", "axis": "dim"}),
        Alike("mindspore.ops.sub", "mindspore.mint.sub", {"input": "input", "other": "other"}),
    )
}


def plan_of(alike: Alike, like: Plan) -> Plan:
    """The plan of `like`, for a call of the other's parameters."""
    own = {theirs: name for name, theirs in alike.names.items()}
    given = {name: replace(like.given[theirs], variadic=name == alike.separate) for name, theirs in alike.names.items()}
    wanted = {
        name: replace(one, source=own.get(one.source)) if one.source is not None and one.source in own else replace(one, source=None)
        for name, one in like.wanted.items()
    }
    return Plan(alike.api, alike.api, like.target, given, wanted)


def case_of(alike: Alike, case: Case) -> Case | None:
    """A call of `like` as one of the other; None where it has an argument that the other lacks."""
    own = {theirs: name for name, theirs in alike.names.items()}
    if not case.call.keys() <= own.keys():
        return None
    call = {own[name]: value for name, value in case.call.items()}
    gradient = tuple(own[name] for name in case.gradient)
    names = frozenset(own[name] for name in case.keyword_only if name in own)
    return replace(case, api=alike.api, call=call, gradient=gradient, keyword_only=names, variadic=None, by_place=None)
