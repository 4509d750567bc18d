"""What the comparison of two models found, and how it reads in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compat.models.judge import Difference, Finding, Growth
from compat.models.records import ModuleFacts, Operator, shown
from compat.models.settings import Setting
from compat.models.weights import Given

LISTED = 8


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
        return f"the models differ: {calls}, {len(self.findings)} {'parts' if len(self.findings) == 1 else 'part'} by itself"

    def __str__(self) -> str:
        lines = [f"{self.first.label} against {self.second.label}: {self.verdict()}"]
        for number, explained in enumerate(self.findings[:LISTED]):
            lines += ["", ("first difference: " if not number else "also: ") + self.named(explained.first, explained.second)]
            lines += _described(explained, (self.first.label, self.second.label) if not number else None)
        if len(self.findings) > LISTED:
            lines += ["", f"and {len(self.findings) - LISTED} more"]
        return "\n".join([*lines, *self._asides()])

    def _asides(self) -> list[str]:
        """What a reader should know besides: weights, settings without effect, losses."""
        lines = []
        for label, names in ((self.first.label, self.weights.unmatched_first), (self.second.label, self.weights.unmatched_second)):
            if names:
                lines.append(f"weights of {label} without a partner: {', '.join(names[:LISTED])}{', …' if len(names) > LISTED else ''}")
        if self.weights.guessed:
            guessed = [f"{weight.first} = {weight.second}" for weight in self.weights.guessed]
            lines.append(f"weights matched by shape and order alone: {', '.join(guessed[:LISTED])}{', …' if len(guessed) > LISTED else ''}")
        guilty = {explained.first for explained in self.findings}
        quiet = [(path, each) for path, settings in self.settings.items() if path not in guilty for each in settings]
        lines += [f"set differently, without an effect here: {shown(path)}: {each.text}" for path, each in quiet[:LISTED]]
        if len(quiet) > LISTED:
            lines.append(f"and {len(quiet) - LISTED} more settings without an effect here")
        lines += self.notes
        if self.losses[0]:
            lines += [
                f"loss of {side.label}: {' '.join(f'{loss:.6g}' for loss in losses)}"
                for side, losses in zip((self.first, self.second), self.losses, strict=True)
            ]
        return ["", *lines] if lines else []


def _described(explained: Explained, labels: tuple[str, str] | None) -> list[str]:
    lines = [f"  {difference.text}" for difference in explained.differences[:3]]
    if len(explained.differences) > 3:
        lines.append(f"  and {len(explained.differences) - 3} more differences there")
    lines += [f"  why: {why}" for why in explained.why]
    for label, snippet in zip(labels or (), explained.snippets, strict=False):
        if snippet is not None:
            lines += [f"  {label}, {snippet.file}:{snippet.line}", *(f"    {line}" for line in snippet.text.splitlines())]
    return lines
