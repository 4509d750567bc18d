"""What the comparison of two models found, and how it reads in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compat.models.judge import Difference, Finding, Growth
from compat.models.records import ModuleFacts, Operator, shown
from compat.models.settings import Setting
from compat.models.weights import Given

LISTED = 8
# The first findings show the lines of both sources.
WITH_SOURCE = 3


@dataclass(frozen=True)
class Snippet:
    """Lines of a model's source: its file, the first one's number, the text."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Explained:
    """A finding, and why it is so, as far as can be told: settings, operators, lines of source."""

    finding: Finding
    why: tuple[str, ...] = ()
    snippets: tuple[Snippet | None, Snippet | None] = (None, None)

    @property
    def first(self) -> str:
        return self.finding.first

    @property
    def second(self) -> str:
        return self.finding.second

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.finding.differences


@dataclass(frozen=True)
class Side:
    """One of the two: the framework by name, its modules, and what they are called in the tree."""

    label: str
    modules: Mapping[str, ModuleFacts]
    operators: tuple[Operator, ...] = ()


@dataclass(frozen=True)
class ModelComparison:
    """`findings` are the modules that are to blame, in the order in which the first model runs; the two agree if there are none.

    `growth` has a line for each call that both made: how far the second model is from the first when it runs by itself, and when each of
    its modules gets the first one's inputs. `settings` are differences of configuration, by the first model's path, whether they show or not.
    `losses` are those of the steps of training, the first model's first.
    """

    first: Side
    second: Side
    modules: Mapping[str, str]
    findings: tuple[Explained, ...]
    growth: tuple[Growth, ...]
    weights: Given
    settings: Mapping[str, tuple[Setting, ...]]
    losses: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    notes: tuple[str, ...] = ()
    train: bool = False

    @property
    def agrees(self) -> bool:
        return not self.findings

    @property
    def first_difference(self) -> Explained | None:
        return self.findings[0] if self.findings else None

    def named(self, first: str, second: str) -> str:
        """The module on both sides: its path, or both where they differ, with the classes."""
        one, two = self.first.modules[first], self.second.modules[second]
        path = shown(first) if first == second else f"{shown(first)} / {shown(second)}"
        return f"{path} ({one.type})" if one.type == two.type else f"{path} ({one.type} / {two.type})"

    def verdict(self) -> str:
        """One line."""
        calls = f"{len(self.growth)} calls of {len(self.modules)} modules compared"
        if self.agrees:
            return f"the models agree: {calls}"
        return f"the models differ: {calls}, {len(self.findings)} {'differs' if len(self.findings) == 1 else 'differ'}"

    def __str__(self) -> str:
        lines = [f"{self.first.label} against {self.second.label}: {self.verdict()}"]
        groups = _alike(self.findings)
        for number, (explained, *others) in enumerate(groups[:LISTED]):
            lines += ["", ("first difference: " if not number else "also: ") + self.named(explained.first, explained.second)]
            lines += _described(explained, (self.first.label, self.second.label) if number < WITH_SOURCE else None)
            if others:
                lines.append(f"  the same in {len(others)} more: {_listed([shown(other.first) for other in others])}")
        if len(groups) > LISTED:
            lines += ["", f"and {sum(map(len, groups[LISTED:]))} more"]
        asides = self.asides()
        return "\n".join([*lines, *([""] if asides else []), *asides])

    def asides(self) -> list[str]:
        """What a reader should know besides: weights, settings without effect, losses."""
        lines = []
        for label, names in ((self.first.label, self.weights.unmatched_first), (self.second.label, self.weights.unmatched_second)):
            if names:
                lines.append(f"weights of {label} without a partner: {_listed(names)}")
        if self.weights.guessed:
            guessed = [f"{weight.first} = {weight.second}" for weight in self.weights.guessed]
            lines.append(f"{len(guessed)} weights matched by shape and order alone, which a map file can correct: {_listed(guessed)}")
        lines += [f"set differently, without an effect here: {text}: {_listed(paths)}" for text, paths in self._without_effect().items()]
        lines += self.notes
        if self.losses[0]:
            for side, losses in zip((self.first, self.second), self.losses, strict=True):
                lines.append(f"loss of {side.label}: {' '.join(f'{loss:.6g}' for loss in losses)}")
        return lines

    def _without_effect(self) -> dict[str, list[str]]:
        """A difference of configuration → the modules that have it and agree."""
        guilty = {explained.first for explained in self.findings}
        found: dict[str, list[str]] = {}
        for path, settings in self.settings.items():
            for each in settings if path not in guilty else ():
                found.setdefault(each.text, []).append(shown(path))
        return found


def _alike(findings: Sequence[Explained]) -> list[list[Explained]]:
    """Findings with the same reason together, where one is known, in the order of the first of each."""
    groups: dict[object, list[Explained]] = {}
    for explained in findings:
        groups.setdefault(explained.why or id(explained), []).append(explained)
    return list(groups.values())


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:LISTED], *(["…"] if len(names) > LISTED else [])])


def _described(explained: Explained, labels: tuple[str, str] | None) -> list[str]:
    lines = [f"  {difference.text}" for difference in explained.differences[:3]]
    if len(explained.differences) > 3:
        lines.append(f"  and {len(explained.differences) - 3} more differences there")
    lines += [f"  why: {why}" for why in explained.why]
    for label, snippet in zip(labels or (), explained.snippets, strict=False):
        if snippet is not None:
            lines += [f"  {label}, {snippet.file}:{snippet.line}", *(f"    {line}" for line in snippet.text.splitlines())]
    return lines
