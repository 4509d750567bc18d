"""Two runs, the second held in step with the first → what parts, module by module, and which module is to blame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from compat.elementwise import Comparison, Tolerance, close, compared, dtype_of, scale, tolerance_of
from compat.models.alignment import Alignment
from compat.models.records import Array, Call, Key, Observation, shown

Kind = Literal["output", "own forward", "statistics", "gradient", "parameter gradient", "raises"]
# An element's own part is that of the API parity. The other is of the largest element of the same tensor, however small that is, and
# larger: a module adds up thousands of terms. Between the two frameworks, convolutions of 4,608 terms were 2.5e-6 of it apart.
TERMS = 5.0
SMALLEST = float(np.finfo(np.float32).tiny)
# Sums of a layer over batch and places end in other last digits in each order; what the backward pass adds up has more terms.
BACKWARD = 10.0


@dataclass(frozen=True)
class Weight:
    """A weight of the first model and the one of the second that was given its values."""

    first: str
    second: str


@dataclass(frozen=True)
class Difference:
    """One thing that parts, in words, with the comparison where there are values on both sides. `time` is that of the first model's run."""

    kind: Kind
    text: str
    time: int
    comparison: Comparison | None = None
    after: Key | None = None
    before: Key | None = None
    places: tuple[Any, Any] | None = None


@dataclass(frozen=True)
class Finding:
    """A module that is to blame: the second model's does something else with what the first model's gets."""

    first: str
    second: str
    call: Key
    differences: tuple[Difference, ...]

    @property
    def time(self) -> int:
        return min(difference.time for difference in self.differences)

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(difference.kind for difference in self.differences)


def told(parted: Comparison) -> str:
    """Where two tensors part, in words: their shapes, or how many elements, by how much, and the first."""
    if not parted.first:
        return parted.detail
    index, reference, subject = parted.first[0]
    return (
        f"{parted.differing} of {parted.elements} elements, by up to {parted.max_abs:.3g};"
        f" the first at {list(index)}: {float(subject):.6g}, not {float(reference):.6g}"
    )


def _named(call: Call) -> str:
    return shown(call.path) + (f" (call {call.occurrence + 1})" if call.occurrence else "")


def deviation(reference: Array, subject: Array) -> float:
    """The largest difference, in terms of the largest element of the reference; infinite where shapes differ or one is not finite."""
    if reference.shape != subject.shape:
        return float("inf")
    if not reference.size:
        return 0.0
    r, s = np.asarray(reference, np.float64), np.asarray(subject, np.float64)
    apart = np.abs(r - s, where=~((r == s) | (np.isnan(r) & np.isnan(s))), out=np.zeros_like(r))
    return float(apart.max()) / max(_largest_element(r), SMALLEST) if np.isfinite(apart).all() else float("inf")


def _largest_element(array: Array) -> float:
    """In size, among the finite ones; 0 of an empty tensor."""
    return float(np.max(np.abs(array), where=np.isfinite(array), initial=0.0)) if array.dtype.kind == "f" else 1.0


def held_against(reference: Array, subject: Array, name: str, looser: float = 1.0, floor: float = 0.0) -> Comparison:
    """Elementwise, within a tolerance by the dtype that goes by the size of the tensor: the larger of its largest element and `floor`.

    Integers of different widths are compared as numbers.
    """
    if reference.dtype.kind in "iu" and subject.dtype.kind in "iu":
        reference, subject = reference.astype(np.int64), subject.astype(np.int64)
    given = tolerance_of(dtype_of(reference))
    # `compared` takes the absolute part of the largest element, at least 1.
    atol = given.atol * TERMS * looser * max(_largest_element(reference), floor, SMALLEST) / scale(reference)
    tolerance = Tolerance(given.rtol * looser, atol)
    if reference.shape == subject.shape and reference.dtype == subject.dtype and close(reference, subject, tolerance).all():
        return Comparison(name=name)  # the quantiles of every tensor would take longer than the models
    return compared(reference, subject, tolerance, name)


@dataclass
class _Judge:
    first: Observation
    second: Observation
    alignment: Alignment
    weights: Sequence[Weight]
    found: dict[tuple[str, str], tuple[Key, list[Difference]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = {call.index: call for call in self.first.calls}
        self.partners = {one.index: other for one, other in self.alignment.calls}
        self.children = self.first.children()

    def blame(self, call: Call, difference: Difference) -> None:
        key = call.path, self.partners[call.index].path
        self.found.setdefault(key, (call.key, []))[1].append(difference)

    def around(self, call: Call) -> Call | None:
        """The innermost call around one that has a partner."""
        index = call.parent
        while index is not None and index not in self.partners:
            index = self.calls[index].parent
        return None if index is None else self.calls[index]

    def inside(self, call: Call) -> list[Call]:
        """The calls below one that have partners, down to the first of each branch."""
        found = []
        for child in self.children.get(call.index, ()):
            found += [child] if child.index in self.partners else self.inside(child)
        return found

    # --- on the way forward ---

    def forward(self) -> None:
        for one, other in self.alignment.calls:
            around = self.around(one)
            if around is not None and (parted := self._inputs(one, other)):
                self.blame(around, self._own(parted, around, before=one, other=other))
            if parted := self._outputs(one, other):
                within = self.inside(one)
                if within:
                    self.blame(one, self._own(parted, one, after=within[-1]))
                else:
                    self.blame(one, Difference("output", f"its output on the same input: {told(parted)}", one.left, parted))

    def _inputs(self, one: Call, other: Call) -> Comparison | None:
        if len(one.inputs) != len(other.inputs):
            return None  # no telling which is which; what comes out is compared
        return _first_apart(one.inputs, other.inputs, "input")

    def _outputs(self, one: Call, other: Call) -> Comparison | None:
        if not other.path and len(one.outputs) != len(other.outputs) and not self.second.error:
            return Comparison(name="output", detail=f"{len(other.outputs)} tensors, not {len(one.outputs)}")
        return _first_apart(one.outputs, other.outputs, "output")

    def _own(
        self, parted: Comparison, around: Call, before: Call | None = None, after: Call | None = None, other: Call | None = None
    ) -> Difference:
        """What a module's own lines do, between the modules that it calls."""
        if before is not None:
            earlier = [call for call in self.inside(around) if call.left < before.entered]
            after = max(earlier, key=lambda call: call.left, default=None)
            text = f"what it gives to {_named(before)} {'after ' + _named(after) if after else 'first'}: {told(parted)}"
            places = (before.place, None if other is None else other.place)
            return Difference("own forward", text, before.entered, parted, None if after is None else after.key, before.key, places)
        assert after is not None
        text = f"what it makes of the result of {_named(after)}: {told(parted)}"
        return Difference("own forward", text, around.left, parted, after.key)

    # --- the state that is left, and the way back ---

    def statistics(self) -> None:
        for weight in self.weights:
            one, two = self.first.state.get(weight.first), self.second.state.get(weight.second)
            if one is None or two is None or (call := self._last_call(weight.first)) is None:
                continue
            parted = held_against(one, two.reshape(one.shape), weight.first)
            if not parted.agrees:
                text = f"{weight.first.rpartition('.')[2]} after one batch of the same input: {told(parted)}"
                self.blame(call, Difference("statistics", text, call.left, parted))

    def _last_call(self, weight: str) -> Call | None:
        """The last call of the module that owns a weight, or of the innermost around it that was called and has a partner."""
        path = weight.rpartition(".")[0]
        while True:
            calls = [call for call in self.first.calls if call.path == path and call.index in self.partners]
            if calls or not path:
                return calls[-1] if calls else None
            path = path.rpartition(".")[0]

    def backward(self) -> None:
        forward = set(self.found)
        last = 2 * max((call.left for call in self.first.calls), default=0)
        for one, other in reversed(self.alignment.calls):
            for position, _ in enumerate(one.outputs):
                theirs = self.first.gradients.get((one.index, position))
                mine = self.second.gradients.get((other.index, position))
                if theirs is None or mine is None:
                    continue
                parted = held_against(theirs, mine, "gradient", BACKWARD)
                user = self._user(one, position)
                if not parted.agrees and user is not None and not self._is_near(user.path, forward):
                    text = f"the gradient that it gives to the result of {_named(one)}: {told(parted)}"
                    self.blame(user, Difference("gradient", text, last - one.left, parted))
        self._of_parameters(last, forward)

    def _is_near(self, path: str, forward: set[tuple[str, str]]) -> bool:
        """Whether a module that is to blame already is this one, around it or inside it: what flows back through it differs, too."""
        return any(_contains(path, guilty) or _contains(guilty, path) for guilty, _ in forward)

    def _user(self, one: Call, position: int) -> Call | None:
        """The call that took an output; where there is none, or several, the module in which that was done.

        A module that passes it on to one inside may do something with it besides; Sequential does not.
        """
        array = one.outputs[position]
        later = [call for call in self.calls.values() if call.index in self.partners and call.entered > one.left]
        users = [call for call in later if any(_is(array, given) for given in call.inputs)]
        passing = [call for call in users if self.first.modules[call.path].base.startswith("Sequential")]
        outermost = [call for call in users if call not in passing and not any(_is_inside(call, o) for o in users if o not in passing)]
        if len(outermost) == 1:
            return outermost[0]
        around = self.around(one)
        handed_on = [] if users or around is None else [i for i, given in enumerate(around.outputs) if _is(array, given)]
        return self._user(around, handed_on[0]) if around is not None and handed_on else around

    def _of_parameters(self, last: int, forward: set[tuple[str, str]]) -> None:
        guilty = {key[0] for key in self.found}
        for weight in self.weights:
            one, two = self.first.parameter_gradients.get(weight.first), self.second.parameter_gradients.get(weight.second)
            call = self._last_call(weight.first)
            if one is None or two is None or call is None or call.path in guilty:
                continue
            parted = held_against(one, two.reshape(one.shape), weight.first, BACKWARD, self._added_up(call))
            if not parted.agrees and not self._is_near(call.path, forward) and not self._is_shared(weight, forward):
                text = f"the gradient of {weight.first.rpartition('.')[2]}: {told(parted)}"
                self.blame(call, Difference("parameter gradient", text, last - call.left, parted))

    def _added_up(self, call: Call) -> float:
        """The size of the terms whose sum is a parameter's gradient, where they cancel: of a bias before a normalisation, to nothing."""
        arrived = [g for (index, _), g in self.first.gradients.items() if index == call.index and g.dtype.kind == "f"]
        return max((float(np.abs(g).sum() / max(1, g.shape[1] if g.ndim > 1 else 1)) for g in arrived), default=0.0)

    def _is_shared(self, weight: Weight, forward: set[tuple[str, str]]) -> bool:
        """Whether the weight is also that of a module that is to blame: its gradient is a sum over both."""
        names = {each.first for each in self.weights if each.second == weight.second} | {weight.first}
        return any(name.startswith(f"{path}.") for name in names for path, _ in forward if path)


def _contains(outer: str, inner: str) -> bool:
    return not outer or inner == outer or inner.startswith(f"{outer}.")


def _is(one: Array, other: Array) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and np.array_equal(one, other)


def _is_inside(inner: Call, outer: Call) -> bool:
    return outer.entered <= inner.entered and inner.left <= outer.left and inner.index != outer.index


def _first_apart(ours: Sequence[Array], theirs: Sequence[Array], name: str) -> Comparison | None:
    compared_ = (held_against(one, other, f"{name} {i}") for i, (one, other) in enumerate(zip(ours, theirs, strict=False)))
    return next((comparison for comparison in compared_ if not comparison.agrees), None)


def findings(first: Observation, in_step: Observation, alignment: Alignment, weights: Sequence[Weight]) -> tuple[Finding, ...]:
    """The modules that are to blame, in the order in which the first model comes to them."""
    judge = _Judge(first, in_step, alignment, weights)
    judge.forward()
    judge.statistics()
    judge.backward()
    made = [
        Finding(one, other, key, tuple(sorted(differences, key=lambda each: each.time)))
        for (one, other), (key, differences) in judge.found.items()
    ]
    return tuple(sorted(made, key=lambda finding: finding.time))


@dataclass(frozen=True)
class Growth:
    """How far the second model alone is from the first at one call: of its output, of the gradient there, and in step."""

    call: Call
    partner: Call
    alone: float | None
    in_step: float | None
    gradient: float | None


def growth(first: Observation, alone: Observation, in_step: Observation, pairs: Mapping[int, Key]) -> Iterator[Growth]:
    """For each call that has a partner, in the order in which they end; None where one of the runs did not come to it."""
    by_itself, held = alone.by_key(), in_step.by_key()
    for call in sorted(first.calls, key=lambda call: call.left):
        key = pairs.get(call.index)
        if key is None or key not in held:
            continue
        other = by_itself.get(key)
        gradient = None if other is None else _largest(_gradients(first, call), _gradients(alone, other))
        outputs = None if other is None else _largest(call.outputs, other.outputs)
        yield Growth(call, held[key], outputs, _largest(call.outputs, held[key].outputs), gradient)


def _gradients(run: Observation, call: Call) -> list[Array]:
    return [run.gradients[call.index, i] for i in range(len(call.outputs)) if (call.index, i) in run.gradients]


def _largest(ours: Sequence[Array], theirs: Sequence[Array]) -> float | None:
    apart = [deviation(one, other) for one, other in zip(ours, theirs, strict=False) if one.dtype.kind == "f"]
    return max(apart, default=None)
