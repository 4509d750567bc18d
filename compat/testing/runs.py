"""One piece of test code on both sides → agreement, or an error that says where they part."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from compat import frameworks
from compat.elementwise import shortened
from compat.errors import UsageError
from compat.testing.comparison import Allowed, Difference, differences, indented, places
from compat.testing.sides import APIS, Api, Side, sides
from compat.testing.structure import Reader, Tree


class Parted(AssertionError):
    """The two sides differ; the text says where."""


@dataclass(frozen=True)
class Options:
    """How a test is run and compared: `api` is the one that both sides offer; `seeds` those of the random numbers, a run each;
    with `gradients` those of a weighted sum of the results are compared, too; `raises` is what both have to raise.
    """

    api: Api = "torch"
    rtol: float | None = None
    atol: float | None = None
    gradients: bool = False
    seeds: tuple[int, ...] = (0,)
    raises: type[Exception] | tuple[type[Exception], ...] | None = None

    @property
    def allowed(self) -> Allowed:
        return Allowed(self.rtol, self.atol)


def options(given: Mapping[str, Any]) -> Options:
    """Options from keyword arguments; UsageError for one that there isn't or a value that it can't have."""
    known = [one.name for one in fields(Options)]
    if unknown := sorted(set(given) - set(known)):
        raise UsageError(f"parity: no such option: {', '.join(unknown)}; there are {', '.join(known)}")
    seeds = given.get("seeds", (0,))
    found = Options(**{**given, "seeds": (seeds,) if isinstance(seeds, int) else tuple(seeds)})
    for problem in _problems(found):
        raise UsageError(f"parity: {problem}")
    return found


def _problems(found: Options) -> Iterator[str]:
    if found.api not in APIS:
        yield f"api={found.api!r}: expected one of {', '.join(APIS)}"
    for name in ("rtol", "atol"):
        value = getattr(found, name)
        if value is not None and not (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")):
            yield f"{name}={value!r}: expected a number, at least 0"
    if not isinstance(found.gradients, bool):
        yield f"gradients={found.gradients!r}: expected True or False"
    if not found.seeds or not all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**32 for seed in found.seeds):
        yield f"seeds={found.seeds!r}: expected numbers from 0 up to 2**32, at least one"
    kinds = found.raises if isinstance(found.raises, tuple) else (found.raises,)
    if found.raises is not None and not (kinds and all(isinstance(kind, type) and issubclass(kind, Exception) for kind in kinds)):
        yield f"raises={found.raises!r}: expected a type of exception, or a tuple of them"


@dataclass(frozen=True)
class Given:
    """What a run returned: the value, and the gradients by what they are of, where the run has computed them itself."""

    value: Any
    gradients: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Outcome:
    side: Side
    value: Any = None
    trees: Mapping[str, Tree] = field(default_factory=dict)
    error: Exception | None = None


Run = Callable[[Side], Any]
Place = Callable[[Side], AbstractContextManager[object]]


def stand_in(side: Side) -> AbstractContextManager[object]:
    """Where a run takes place: on our side the framework's name means this project's package."""
    return frameworks.installed(side.api) if side.ours else contextlib.nullcontext()


def agree(run: Run, chosen: Options, place: Place = stand_in) -> Any:
    """Run on both sides with each seed, and compare; what the framework itself returned for the first seed.

    `run` returns what is compared, as it is or as `Given`. Raises Parted where the sides differ, FrameworkMissing, UsageError for what
    can't be compared, and what a side raised, if that is not what `raises` says.
    """
    __tracebackhide__ = True
    for side in sides(chosen.api):
        _ = side.module
    found = []
    for seed in chosen.seeds:
        found.append(_one(run, chosen, place, seed))  # a comprehension would be a frame of the traceback
    return found[0]


def _one(run: Run, chosen: Options, place: Place, seed: int) -> Any:
    __tracebackhide__ = True
    theirs, ours = sides(chosen.api)
    reference = _outcome(run, theirs, chosen, place, seed)
    subject = _outcome(run, ours, chosen, place, seed)
    if reference.error is not None or subject.error is not None:
        _compare_errors(reference, subject, chosen)
        return reference.value
    if chosen.raises is not None:
        raise Parted(f"neither {reference.side.name} nor {subject.side.name} raises {_names(chosen.raises)}")
    if parted := list(_differences(reference.trees, subject.trees, chosen.allowed)):
        about = f" (seed {seed})" if len(chosen.seeds) > 1 else ""
        first = f"{subject.side.name} differs from {reference.side.name} {places(parted)}{about}"
        raise Parted("\n".join([first, *indented(parted, chosen.allowed)]))
    return reference.value


def _differences(reference: Mapping[str, Tree], subject: Mapping[str, Tree], allowed: Allowed) -> Iterator[Difference]:
    """Of the result, and of the gradients that either side has."""
    for name in dict.fromkeys((*reference, *subject)):
        if name not in reference or name not in subject:
            yield Difference(name, "is missing" if name in reference else "is there besides")
        else:
            yield from differences(reference[name], subject[name], allowed, name)


def _outcome(run: Run, side: Side, chosen: Options, place: Place, seed: int) -> _Outcome:
    __tracebackhide__ = True
    with place(side), side.running(seed):
        try:
            given = run(side)
        except (AssertionError, UsageError) as error:
            error.add_note(f"This was under {side.name}.")
            raise
        except Exception as error:
            return _Outcome(side, error=error)
        value = given.value if isinstance(given, Given) else given
        if value is None and chosen.raises is None:
            raise UsageError("parity: the test returns nothing, so that nothing would be compared: return what has to be equal")
        return _Outcome(side, value, _read(given, value, side, chosen))


def _read(given: Any, value: Any, side: Side, chosen: Options) -> dict[str, Tree]:
    """What is compared, by what a message calls it."""
    reader = Reader(side.array)
    trees = {"result": reader.tree(value)}
    if not chosen.gradients:
        return trees
    gradients = given.gradients if isinstance(given, Given) and given.gradients else _gradients(reader, side)
    if not gradients:
        raise UsageError("parity: gradients=True, and nothing that is returned has a gradient: return the leaves or the modules, too")
    return trees | {f"gradient of {path}": Reader(side.array).tree(gradient) for path, gradient in gradients.items()}


def _gradients(reader: Reader, side: Side) -> dict[str, Any]:
    """`.grad` of every leaf and parameter among what was read, after the backward pass of a weighted sum of the rest."""
    if side.api == "mindspore":
        raise UsageError("parity: MindSpore's tensors hold no gradients: return what mindspore.grad or mindspore.value_and_grad gives")
    results = {path: one for path, one in reader.tensors.items() if one.requires_grad and not one.is_leaf}
    if results:
        sum(weighted(side, one) for one in results.values()).backward()
    leaves = {path: one for path, one in reader.tensors.items() if one.requires_grad and one.is_leaf}
    leaves |= {f"{path}.{name}": one for path, module in reader.modules.items() for name, one in module.named_parameters()}
    return {path: one.grad for path, one in leaves.items()} if any(one.grad is not None for one in leaves.values()) else {}


def weighted(side: Side, tensor: Any) -> Any:
    """The sum of a tensor's elements, each with a factor of its own, so that no gradient is hidden by a sum of zero."""
    if side.api == "torch" and tensor.is_complex():
        tensor = side.module.view_as_real(tensor.resolve_conj())
    factors = np.random.default_rng(len(tensor.shape)).uniform(0.5, 1.5, tuple(tensor.shape)).astype("float32")
    return (tensor * side.tensor(factors)).sum()


def _compare_errors(reference: _Outcome, subject: _Outcome, chosen: Options) -> None:
    """Nothing where both raise what they have to; else the error of the side that is to blame, with a note of what the other did."""
    __tracebackhide__ = True
    blamed, other = (subject, reference) if subject.error is not None else (reference, subject)
    assert blamed.error is not None
    if other.error is None:
        _raise(blamed, f"{other.side.name} raises nothing.")
    elif type(reference.error).__name__ != type(subject.error).__name__:
        _raise(blamed, f"{other.side.name} raises {type(other.error).__name__}: {shortened(str(other.error))}")
    elif chosen.raises is None:
        _raise(
            blamed, f"{other.side.name} raises {type(other.error).__name__}, too: say raises={type(other.error).__name__} if that is right."
        )
    elif not isinstance(reference.error, chosen.raises):
        _raise(blamed, f"{other.side.name} raises it, too; expected was {_names(chosen.raises)}.")


def _raise(blamed: _Outcome, note: str) -> None:
    __tracebackhide__ = True
    assert blamed.error is not None
    blamed.error.add_note(f"{blamed.side.name} raises this. {note}")
    raise blamed.error


def _names(kinds: type[Exception] | tuple[type[Exception], ...]) -> str:
    return " or ".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
