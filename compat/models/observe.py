"""Hooks on every module of a model, which record its calls, and can hold a second model in step with a first.

In step, each call gets the inputs of the first model's call and, when it has computed, gives the first model's outputs: what a module
makes of equal inputs is seen for each one by itself, and nothing that one does wrong reaches the next. The gradient of a forced tensor
passes to what was computed in its place, and is itself replaced by the first model's, so that the same holds on the way back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any

from compat.models.api import Api, Inputs
from compat.models.classes import base_of, source_of
from compat.models.records import Array, Call, Key, ModuleFacts, Observation, Operator, Place, shown
from compat.models.tensors import leaves, replaced

Loss = Callable[[Any], Any]
# Told where a run is, whenever a module begins or ends.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Guide:
    """What the first model did in the calls that are known to be the same: its calls and its gradients, by the second model's keys."""

    calls: Mapping[Key, Call]
    gradients: Mapping[tuple[int, int], Array]


@dataclass
class _Running:
    """A call that has begun."""

    index: int
    key: Key
    parent: int | None
    entered: int
    place: Place | None
    inputs: tuple[Array, ...] = ()


@dataclass
class _Recorder:
    """What the hooks of one run write into."""

    api: Api
    guide: Guide | None = None
    time: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    stack: list[_Running] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    gradients: dict[tuple[int, int], Array] = field(default_factory=dict)
    started: int = 0
    operators: list[Operator] = field(default_factory=list)
    keeps: frozenset[Key] = frozenset()
    progress: Progress | None = None
    busy: bool = False

    def enter(self, path: str, args: Any, kwargs: Any) -> Any:
        """The arguments with which the call goes on; None for those given."""
        occurrence = self.counts[path] = self.counts.get(path, -1) + 1
        parent = self.stack[-1].index if self.stack else None
        running = _Running(self.started, (path, occurrence), parent, self._tick(), _calling_line(self.api.forward) if self.stack else None)
        self.started += 1
        self.stack.append(running)
        self._tell()
        given = [tensor for _, tensor in leaves((args, kwargs), self.api.is_tensor)]
        running.inputs = tuple(map(self.api.array, given))
        guiding = self._guiding(running.key)
        if guiding is None:
            return None
        if len(given) != len(guiding.inputs):  # no telling which is which
            return None
        forced = self._forced(given, running.inputs, guiding.inputs)
        return None if forced is None else replaced((args, kwargs), self.api.is_tensor, iter(forced))

    def leave(self, output: Any) -> Any:
        """The output that the call gives; None for its own."""
        running = self.stack.pop()
        self._tell()
        given = [tensor for _, tensor in leaves(output, self.api.is_tensor)]
        outputs = tuple(map(self.api.array, given))
        path, occurrence = running.key
        call = Call(running.index, path, occurrence, running.parent, running.entered, self._tick(), running.inputs, outputs, running.place)
        self.calls.append(call)
        guiding = self._guiding(running.key)
        forced = None if guiding is None else self._forced(given, outputs, guiding.outputs)
        self._watch(running.index, given if forced is None else forced, guiding)
        return None if forced is None else replaced(output, self.api.is_tensor, iter(forced))

    def abandon(self) -> None:
        """Calls that were running when the run ended are kept, without outputs: they too can be held in step."""
        while self.stack:
            running = self.stack.pop()
            path, occurrence = running.key
            ended = (running.parent, running.entered, self._tick(), running.inputs, (), running.place)
            self.calls.append(Call(running.index, path, occurrence, *ended))

    def operated(self, name: str, result: Any) -> None:
        """An operator was called; not one of the recorder's own."""
        if self.stack:
            running = self.stack[-1]
            given = leaves(result, self.api.is_tensor) if running.key in self.keeps else ()
            outputs = tuple(self.api.array(tensor) for _, tensor in given)
            self.operators.append(Operator(name, running.index, self._tick(), outputs))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the recorder itself uses tensors."""
        self.busy, before = True, self.busy
        try:
            yield
        finally:
            self.busy = before

    def _tick(self) -> int:
        self.time += 1
        return self.time

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(f"{self.api.label} in {shown(self.stack[-1].key[0])}" if self.stack else f"{self.api.label} after the model")

    def _guiding(self, key: Key) -> Call | None:
        return None if self.guide is None else self.guide.calls.get(key)

    def _forced(self, given: Sequence[Any], mine: Sequence[Array], theirs: Sequence[Array]) -> list[Any] | None:
        """The tensors with the first model's elements; None where there is nothing to change or no telling which is which."""
        if len(mine) > len(theirs) or all(_same(m, t) for m, t in zip(mine, theirs, strict=False)):
            return None
        return [tensor if _same(m, t) else self.api.forced(tensor, t) for tensor, m, t in zip(given, mine, theirs, strict=False)]

    def _watch(self, index: int, tensors: Sequence[Any], guiding: Call | None) -> None:
        for position, tensor in enumerate(tensors):
            if self.api.is_floating(tensor):
                self.api.watch(tensor, partial(self._arrived, index, position, guiding))

    def _arrived(self, index: int, position: int, guiding: Call | None, gradient: Any) -> Any:
        if gradient is None:  # MindSpore's word for an output that the loss does not depend on
            return None
        mine = self.gradients[index, position] = self.api.array(gradient)
        theirs = None if guiding is None or self.guide is None else self.guide.gradients.get((guiding.index, position))
        if theirs is None or theirs.shape != mine.shape:
            return gradient
        return self.api.like(gradient, theirs)


def _same(mine: Array, theirs: Array) -> bool:
    return mine.shape == theirs.shape and bool((mine == theirs).all())


def _calling_line(forward: str) -> Place | None:
    """The line of the `forward` or `construct` that calls a module now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != forward:
        frame = frame.f_back
    return None if frame is None else Place(frame.f_code.co_filename, frame.f_lineno)


@contextmanager
def _attached(api: Api, model: Any, recorder: _Recorder) -> Iterator[None]:
    handles: list[Any] = []
    try:
        for path, module in api.modules(model):
            handles.append(module.register_forward_pre_hook(_entering(recorder, path), with_kwargs=True))
            handles.append(module.register_forward_hook(_leaving(recorder), with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _entering(recorder: _Recorder, path: str) -> Callable[..., Any]:
    def entering(_module: Any, args: Any, kwargs: Any) -> Any:
        with recorder.at_work():
            return recorder.enter(path, args, kwargs)

    return entering


def _leaving(recorder: _Recorder) -> Callable[..., Any]:
    def leaving(_module: Any, _args: Any, _kwargs: Any, output: Any) -> Any:
        with recorder.at_work():
            return recorder.leave(output)

    return leaving


def _operators(api: Api, recorder: _Recorder) -> AbstractContextManager[Any]:
    """What tells the recorder of the operators; only the PyTorch API can be listened to."""
    if api.family != "torch":
        return nullcontext()

    mode: Any = api.backend.overrides.TorchFunctionMode

    class Listening(mode):
        def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = function(*args, **(kwargs or {}))
            name = getattr(function, "__name__", str(function))
            if name != "__get__" and not recorder.busy:
                with recorder.at_work():
                    recorder.operated(name, result)
            return result

    return Listening()


def observed(
    api: Api,
    model: Any,
    inputs: Inputs,
    loss: Loss,
    guide: Guide | None = None,
    keeps: frozenset[Key] = frozenset(),
    progress: Progress | None = None,
) -> Observation:
    """Run a model forward and backward once; its parameters stay, its running statistics move where it trains.

    `keeps` are the calls of which the results of operators are kept. An exception of the model ends the run: the observation has what
    was seen before it, and `error`, with the call that was running.
    """
    recorder = _Recorder(api, guide, keeps=keeps, progress=progress)
    value, gradients, error = None, dict[str, Array](), ""
    with _attached(api, model, recorder), _operators(api, recorder):
        try:
            value, gradients = api.gradients(model, loss, inputs)
        except Exception as raised:  # whatever a model raises is a finding
            error = f"{type(raised).__name__} in {_running(recorder)}: {_first_line(raised)}"
            recorder.abandon()
            api.recover()
    calls = tuple(sorted(recorder.calls, key=lambda call: call.index))
    state = {name: api.array(tensor) for name, tensor in api.state(model).items()}
    operators = tuple(recorder.operators) if api.family == "torch" else None
    return Observation(api.label, facts(api, model), calls, recorder.gradients, gradients, state, operators, value, error)


def _running(recorder: _Recorder) -> str:
    return shown(recorder.stack[-1].key[0]) if recorder.stack else "the loss or its gradient"


def _first_line(error: Exception) -> str:
    return next((line.strip(" -") for line in str(error).splitlines() if line.strip(" -")), "")


def facts(api: Api, model: Any) -> dict[str, ModuleFacts]:
    """Path → what a module is, in the order of the tree."""
    names = {id(tensor): name for name, tensor in api.state(model).items()}
    found = {}
    for path, module in api.modules(model):
        own = tuple(names[id(tensor)] for tensor in api.own(module))
        kind: Any = type(module)
        found[path] = ModuleFacts(path, kind.__name__, base_of(kind), own, source_of(kind, api.forward))
    return found
