"""The installed MindSpore → the examples of its docstrings: API, statements, and what each prints."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

MODULES = ("mindspore", "mindspore.ops", "mindspore.nn", "mindspore.mint", "mindspore.mint.nn", "mindspore.mint.nn.functional",
           "mindspore.mint.special", "mindspore.mint.linalg", "mindspore.mint.optim", "mindspore.numpy", "mindspore.scipy.linalg",
           "mindspore.common.initializer", "mindspore.train", "mindspore.amp")  # fmt: skip
CLASSES = ("mindspore.Tensor", "mindspore.Parameter", "mindspore.nn.Cell")
# What draws random numbers prints others each time: only what it says of shapes and types is compared.
DRAWS = re.compile(
    r"\brandom\b|rand\w*\(|(?:normal|uniform|laplace|dropout|multinomial|bernoulli|poisson|shuffle|sampler)\w*\(|\bgamma\(|\bGamma\(|RandomGamma|Uniform"
    r"|rrelu|cauchy|RandomCategorical|Multinomial|Replacement\(|init_data|Dropout|seed",
    re.IGNORECASE,
)
SHAPES = re.compile(r"\.shape|\.dtype|\btype\(|\blen\(|isinstance")
A_SHAPE = re.compile(r"\s*[(\[][\d, ]*[)\]]\s*")
# What reads files, clocks or devices, or needs several processes, can't be run here at all.
ELSEWHERE = re.compile(
    r"dataset|\bload\w*\(|\bsave\w*\(|communication|distributed|\binit\(\)|\btime\b|LeNet5|\bopen\(|Profiler|device_|memory_|\bid\(",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Example:
    """One docstring: its statements with what each should print (empty: nothing is compared)."""

    api: str
    statements: tuple[tuple[str, str], ...]

    @property
    def deterministic(self) -> bool:
        """Whether it prints something in full, and nothing in it varies from run to run."""
        sources = [source for source, _ in self.statements]
        printed = [(source, want) for source, want in self.statements if want]
        if not printed or any("..." in want for _, want in printed) or any(map(ELSEWHERE.search, sources)):
            return False
        return not any(map(DRAWS.search, sources)) or all(SHAPES.search(source) or A_SHAPE.fullmatch(want) for source, want in printed)


def examples() -> list[Example]:
    """Every public API's example, each docstring once."""
    found: dict[str, Example] = {}
    seen: set[str] = set()
    for api, target in _targets():
        text = inspect.getdoc(target) or ""
        if ">>>" not in text or text in seen:
            continue
        seen.add(text)
        statements = tuple((e.source, e.want) for e in doctest.DocTestParser().get_examples(_dedented(text)))
        found[api] = Example(api, statements)
    return list(found.values())


def _dedented(text: str) -> str:
    """MindSpore's docstrings sometimes indent an output unlike its statement, which doctest would refuse."""
    margin = 0
    lines = []
    for line in text.splitlines():
        if line.lstrip().startswith((">>>", "...")):
            margin = len(line) - len(line.lstrip())
        lines.append(line[min(margin, len(line) - len(line.lstrip())) :])
    return "\n".join(re.sub(r"^(>>>|\.\.\.)(?=\S)", r"\1 ", line) for line in lines)


def _targets() -> Iterator[tuple[str, Any]]:
    for name in MODULES:
        module = importlib.import_module(name)
        for public in _public(module):
            yield f"{name}.{public}", getattr(module, public)
    for name in CLASSES:
        parent, _, last = name.rpartition(".")
        kind = getattr(importlib.import_module(parent), last)
        for public in sorted(vars(kind)):
            if not public.startswith("_"):
                yield f"{name}.{public}", inspect.getattr_static(kind, public)


def _public(module: ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return sorted({name for name in listed if not inspect.ismodule(getattr(module, name, None)) and hasattr(module, name)})
