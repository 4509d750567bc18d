"""One call of one API, as data: what is called, with what, and what it is held against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Literal

import msgspec

from compat.table.model import Difference

Style = Literal["keyword", "positional", "older", "method", "in_place", "out"]
Origin = Literal["table", "example", "sample"]
Kind = Literal["function", "class", "method", "property", "value", "optimizer", "scheduler"]


@dataclass(frozen=True)
class Case:
    """One call of one API. Arguments are data of the table, by the names of the API that is called.

    `reference` is what the result is held against: the imitated framework itself, or PyTorch where MindSpore's own API has
    no kernel on CPU. `torch_case` is the same call of the row's PyTorch API, `settled`: as a Cell is at first, in
    eval mode, and with the values of the Cell's parameters. Where `may_refuse`, nothing is compared if the reference itself
    raises: nobody has said that it takes these arguments. `own_stream`: its random numbers come from another generator than the one that
    is imitated, so that their distribution is compared. What is not of the table, but drawn or one of PyTorch's samples (`origin`),
    agrees, too, where both raise.
    """

    imitated: Literal["torch", "mindspore"]
    api: str
    row: str
    fixture: str
    constructor: dict[str, Any] | None
    call: dict[str, Any]
    gradient: tuple[str, ...]
    raises: bool
    style: Style = "keyword"
    kind: Kind = "function"
    draws: Literal["values", "distribution", "nothing"] = "values"
    variadic: str | None = None
    by_place: str | None = None  # it, and what stands before it, is positional in every style
    keyword_only: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)
    reference: Literal["itself", "torch"] = "itself"
    torch_case: Case | None = None
    settled: bool = False
    declared: Difference | None = None
    may_refuse: bool = False
    by_dtype: str = ""  # the dtype that its tensors have instead of float32
    initial: bool = False  # a Cell keeps the parameters that it begins with
    train: bool = False  # a Cell is in training
    own_stream: bool = False
    origin: Origin = "table"

    @property
    def id(self) -> str:
        return f"{self.imitated}:{self.api}:{self.fixture}"


OF_THE_VERDICT = ("declared", "own_stream", "may_refuse")


def definition(case: Case) -> str:
    """A digest of what is called, and with what; how the result is judged is no part of it."""
    return digest(case, OF_THE_VERDICT)


def digest(case: Case, without: Collection[str] = ()) -> str:
    """A digest of a case that is the same in every process, unlike its `repr`, in which a set has no order."""
    text = json.dumps(case, default=partial(_plain, without=without))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any, without: Collection[str]) -> Any:
    if isinstance(value, Case):
        return {one.name: getattr(value, one.name) for one in fields(value) if one.name not in without}
    return sorted(value) if isinstance(value, frozenset) else msgspec.to_builtins(value)


def as_json(case: Case) -> str:
    """The case as one line of JSON, in which NaN and the infinities are written as Python's `json` does."""
    return json.dumps(msgspec.to_builtins(case))


def from_json(text: str) -> Case:
    """The inverse of `as_json`; ValueError for text that is no case."""
    return msgspec.convert(json.loads(text), Case)
