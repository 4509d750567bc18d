"""One call of one API, as data: what is called, with what, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from compat.table.model import Difference

Style = Literal["keyword", "positional", "older", "method", "in_place", "out"]
Kind = Literal["function", "class", "method", "property", "value", "optimizer", "scheduler"]


@dataclass(frozen=True)
class Case:
    """One call of one API. Arguments are data of the table, by the names of the API that is called.

    `reference` is what the result is held against: the imitated framework itself, or PyTorch where MindSpore's own API has
    no kernel on CPU. `torch_case` is the same call of the row's PyTorch API, `settled`: as a Cell is at first, in
    eval mode, and with the values of the Cell's parameters. Where `may_refuse`, nothing is compared if the reference itself
    raises: nobody has said that it takes these arguments.
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

    @property
    def id(self) -> str:
        return f"{self.imitated}:{self.api}:{self.fixture}"
