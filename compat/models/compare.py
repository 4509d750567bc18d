"""Compare two models: the same weights, the same input, and each module of the one held against its partner in the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from compat.errors import CompatError, UsageError
from compat.models import settings as configuration
from compat.models.alignment import Alignment, aligned
from compat.models.api import Api, Inputs, api_of
from compat.models.classes import base_of
from compat.models.comparison import Explained, ModelComparison, Side
from compat.models.explain import Runs, explained
from compat.models.judge import Difference, Finding, deviation, findings, growth
from compat.models.observe import Guide, Loss, Progress, observed
from compat.models.records import Array, Key, Observation
from compat.models.settings import Setting
from compat.models.tensors import leaves
from compat.models.train import trained
from compat.models.weights import Given, give, matched, restore
from compat.weights.map_file import Map

# By how much of their largest element rounding may move the results of models whose modules all agree, before that is a difference, too.
GROWN = 0.1
# As much for the loss of a training step.
LOSSES_APART = 0.05
# Classes whose mode decides on nothing but what they drop.
DROPOUTS = (
    "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "MultiheadAttention", "RNN", "LSTM", "GRU",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """How the models are run: see `compare`."""

    train: bool = False
    seed: int = 0
    loss: Literal["square", "cross_entropy"] = "square"
    labels: Array | None = None
    steps: int = 0
    rate: float = 0.01
    progress: Progress | None = None


@dataclass(frozen=True)
class _Model:
    """A model, what drives it, its state at the beginning, and what it is given."""

    api: Api
    module: Any
    inputs: Mapping[str | int, Array]
    loss: Loss
    start: Mapping[str, Array]
    progress: Progress | None = None

    def arguments(self) -> Inputs:
        """New tensors: a model may write into what it is given."""
        made = {name: self.api.tensor(array) for name, array in self.inputs.items()}
        return tuple(made[name] for name in made if isinstance(name, int)), {n: each for n, each in made.items() if isinstance(n, str)}

    def observed(self, seed: int, guide: Guide | None = None, keeps: frozenset[Key] = frozenset()) -> Observation:
        """A run from the beginning: the state as it was, the random numbers of the seed."""
        restore(self.start, self.api, self.module)
        self.api.seed(seed)
        return observed(self.api, self.module, self.arguments(), self.loss, guide, keeps, self.progress)

    def trained(self, options: Options) -> tuple[float, ...]:
        if self.progress is not None:
            self.progress(f"{self.api.label} in training")
        restore(self.start, self.api, self.module)
        self.api.seed(options.seed)
        return trained(self.api, self.module, self.arguments(), self.loss, options.steps, options.rate)


def compare(
    first: Any,
    second: Any,
    inputs: Array | Sequence[Array] | Mapping[str, Array],
    *,
    map: Map | None = None,
    train: bool = False,
    seed: int = 0,
    loss: Literal["square", "cross_entropy"] = "square",
    labels: Array | None = None,
    steps: int = 0,
    rate: float = 0.01,
    progress: Progress | None = None,
) -> ModelComparison:
    """Hold the model `second` against `first`, module by module.

    Each is a `torch.nn.Module` or a `mindspore.nn.Cell`, or one of compat.torch or compat.mindspore. `second` gets the weights of `first`
    (the pairs of a `map` file go before the matching by name), and both the `inputs`: NumPy arrays, in order or by the names of arguments.
    `train` sets the mode of both; what drops elements (Dropout, attention, LSTM) stays in the mode for inference, since no two frameworks
    draw the same mask.
    `loss` is the mean of the squared outputs or the cross entropy of the first output, whose int `labels` are drawn if not given. With
    `steps`, both take as many steps of gradient descent at `rate`, and their losses are recorded. `progress` is told which module runs, for a process that may not survive it.

    Both models end with the weights that `first` came with. Raises UsageError for arguments that are no models or arrays, CompatError if
    `first` does not run.
    """
    options = Options(train, seed, loss, labels, steps, rate, progress)
    one, other, given = _prepared(first, second, _named(inputs), options, map)
    alone_first = one.observed(seed)
    if alone_first.error:
        raise CompatError(f"the first model does not run: {alone_first.error}")
    alone_second = other.observed(seed)
    for run in (alone_first, alone_second):
        if not run.calls:
            raise CompatError(f"{run.label}: no call of the model is seen; MindSpore shows them in PyNative mode alone")
    alignment, in_step = _in_step(alone_first, alone_second, other, given, seed)
    found = list(findings(alone_first, in_step, alignment, given.weights))
    found += _beyond(alone_first, alone_second, in_step, found)
    losses = _losses(one, other, options) if steps and not alone_second.error else ((), ())
    found = _by_module([*found, *_of_losses(losses, found)])
    differing = _settings(one, other, alignment)
    whys = _explained(found, one, other, alignment, (alone_first, in_step), differing, given, seed)
    restore(one.start, one.api, first)
    restore(other.start, other.api, second)
    partners = {call.index: partner.key for call, partner in alignment.calls}
    return ModelComparison(
        Side(alone_first.label, alone_first.modules),
        Side(alone_second.label, alone_second.modules),
        alignment.modules,
        whys,
        tuple(growth(alone_first, alone_second, in_step, partners)),
        given,
        differing,
        losses,
        _notes(alone_second, options),
        train,
    )


# --- before the run ---


def _named(inputs: Array | Sequence[Array] | Mapping[str, Array]) -> dict[str | int, Array]:
    if isinstance(inputs, Mapping):
        found: dict[str | int, Array] = {name: array for name, array in inputs.items()}  # noqa: C416 - the keys become more general
    else:
        found = {place: array for place, array in enumerate(inputs if isinstance(inputs, (tuple, list)) else (inputs,))}  # noqa: C416
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise UsageError(f"input {name}: {type(array).__name__}, expected a NumPy array")
    return found


def _prepared(
    first: Any, second: Any, inputs: Mapping[str | int, Array], options: Options, map_file: Map | None
) -> tuple[_Model, _Model, Given]:
    apis = api_of(first), api_of(second)
    given = matched((apis[0], first), (apis[1], second), map_file)
    start = _state(apis[0], first)
    give(start, given.weights, apis[1], second)
    for api, model in zip(apis, (first, second), strict=True):
        _set_mode(api, model, options.train)
    loss = _loss_of(options)
    one = _Model(apis[0], first, inputs, loss(apis[0]), start, options.progress)
    return one, _Model(apis[1], second, inputs, loss(apis[1]), _state(apis[1], second), options.progress), given


def _state(api: Api, model: Any) -> dict[str, Array]:
    return {name: api.array(tensor) for name, tensor in api.state(model).items()}


def _set_mode(api: Api, model: Any, train: bool) -> None:
    api.set_mode(model, train)
    for _, module in api.modules(model):
        if base_of(type(module)) in DROPOUTS:
            api.set_mode(module, False)


def _loss_of(options: Options) -> Callable[[Api], Loss]:
    """The loss, for either API. Labels are drawn once, for both."""
    if options.loss == "square":
        return lambda api: lambda output: api.square([t for _, t in leaves(output, api.is_tensor) if api.is_floating(t)])
    labels = options.labels

    def made(api: Api) -> Loss:
        def loss(output: Any) -> Any:
            nonlocal labels
            logits = next(tensor for _, tensor in leaves(output, api.is_tensor))
            if labels is None:
                labels = _drawn(tuple(logits.shape), options.seed)
            return api.cross_entropy(logits, labels)

        return loss

    return made


def _drawn(logits: tuple[int, ...], seed: int) -> Array:
    """A class for each place of (N, C, …)."""
    return np.random.default_rng(seed).integers(0, logits[1], (logits[0], *logits[2:]))


# --- the run in step ---


def _in_step(first: Observation, alone: Observation, other: _Model, given: Given, seed: int) -> tuple[Alignment, Observation]:
    """Where the second model by itself ends early, more of its calls show in step, and are then aligned, too."""
    names = [(weight.first, weight.second) for weight in given.weights]
    alignment, seen = aligned(first, alone, names), -1
    in_step = alone
    while len(in_step.calls) > seen:
        seen = len(in_step.calls)
        guide = Guide({partner.key: call for call, partner in alignment.calls}, first.gradients)
        in_step = other.observed(seed, guide)
        alignment = aligned(first, in_step, names)
        if not alone.error and len(in_step.calls) <= len(alone.calls):
            break
    return alignment, in_step


# --- after it ---


def _beyond(first: Observation, alone: Observation, in_step: Observation, found: Sequence[Finding]) -> list[Finding]:
    """What shows in no module: a run that ends early, and, where nothing else was found, rounding that has grown."""
    end = first.by_key()["", 0].left
    if in_step.error:
        return [_of_model("raises", f"{in_step.label} raises {in_step.error}", end)]
    one, other = first.by_key()["", 0], alone.by_key().get(("", 0))
    if found:
        return []
    if alone.error or other is None:
        return [_of_model("raises", f"by itself, {alone.label} raises {alone.error}", end)]
    apart = max((deviation(a, b) for a, b in zip(one.outputs, other.outputs, strict=False) if a.dtype.kind == "f"), default=0.0)
    if apart <= GROWN:
        return []
    text = f"every module agrees on the same input, but by itself the output is off by {apart:.1%} of its largest element"
    return [_of_model("output", text, end)]


def _by_module(found: Sequence[Finding]) -> list[Finding]:
    """One finding for a module, with all differences."""
    merged: dict[tuple[str, str], Finding] = {}
    for finding in found:
        key = finding.first, finding.second
        merged[key] = replace(merged[key], differences=(*merged[key].differences, *finding.differences)) if key in merged else finding
    return list(merged.values())


def _of_model(kind: Any, text: str, time: int) -> Finding:
    return Finding("", "", ("", 0), (Difference(kind, text, time),))


def _losses(one: _Model, other: _Model, options: Options) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return one.trained(options), other.trained(options)


def _of_losses(losses: tuple[tuple[float, ...], tuple[float, ...]], found: Sequence[Finding]) -> list[Finding]:
    for step, (one, other) in enumerate(zip(*losses, strict=True)):
        if not found and not abs(one - other) <= LOSSES_APART * abs(one):
            return [_of_model("output", f"the losses part at step {step}: {other:.6g}, not {one:.6g}", 0)]
    return []


def _settings(one: _Model, other: _Model, alignment: Alignment) -> dict[str, tuple[Setting, ...]]:
    """Path in the first model → the settings in which its partner differs, where there are any."""
    ours, theirs = dict(one.api.modules(one.module)), dict(other.api.modules(other.module))
    sizes = {call.path: call.inputs[0].shape for call, _ in reversed(alignment.calls) if call.inputs}
    families = one.api.family, other.api.family
    found = {}
    for path, partner in alignment.modules.items():
        if path in ours and partner in theirs:
            found[path] = configuration.differing(ours[path], theirs[partner], families, sizes.get(path, ()))
    return {path: settings for path, settings in found.items() if settings}


def _explained(
    found: Sequence[Finding],
    one: _Model,
    other: _Model,
    alignment: Alignment,
    runs: tuple[Observation, Observation],
    differing: Mapping[str, tuple[Setting, ...]],
    given: Given,
    seed: int,
) -> tuple[Explained, ...]:
    """The findings with their reasons, for which both models run once more."""
    if not found:
        return ()
    partners = {call.key: partner.key for call, partner in alignment.calls}
    guide = Guide({partner.key: call for call, partner in alignment.calls}, runs[0].gradients)
    keys = frozenset(finding.call for finding in found)
    again = one.observed(seed + 1, keeps=keys), other.observed(seed + 1, guide, frozenset(partners[key] for key in keys if key in partners))
    whole = Runs(*runs, *again, partners)
    unmatched = (*given.unmatched_first, *given.unmatched_second)
    return tuple(explained(finding, whole, differing.get(finding.first, ()), unmatched) for finding in found)


def _notes(alone: Observation, options: Options) -> tuple[str, ...]:
    notes = []
    if alone.error:
        notes.append(f"by itself, {alone.label} raises {alone.error}")
    if options.train:
        notes.append("training mode; nothing is dropped by modules of Dropout, attention, RNN, LSTM and GRU")
    return tuple(notes)
