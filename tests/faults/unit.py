"""One API with everything that is needed to plant faults in it: its cases with what they must give, its faults, and their judgement."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from compat import frameworks
from compat.parity.cases import Case
from compat.parity.compare import compare
from compat.parity.execute import Outcome, outcome
from compat.table.model import Table
from tests.faults import calls, source
from tests.faults.gaps import Api, apis, compares, without_gradient

Judged = tuple[Case, Outcome]
Modules = dict[str, ModuleType]


@dataclass(frozen=True)
class Planted:
    """A fault that can be made: `key` is the same in every run, and for a shared function the same under every API."""

    key: str
    kind: str
    level: str
    executed: bool
    plant: Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Unit:
    """An API whose faults are judged by `cases`, each with an outcome of the reference with which it agrees."""

    api: Api
    cases: list[Judged]
    faults: list[Planted]


def modules() -> Modules:
    """Both frameworks and both packages of this project."""
    torch, mindspore = frameworks.load("torch"), frameworks.load("mindspore")
    torch.set_num_threads(1)
    mindspore.runtime.launch_blocking()  # a MindSpore error otherwise surfaces in a later, unrelated call
    import compat.mindspore
    import compat.torch

    return {"torch": torch, "mindspore": mindspore, "compat.torch": compat.torch, "compat.mindspore": compat.mindspore}


def units(table: Table, patterns: list[str]) -> list[str]:
    """The names by which `unit` knows the APIs that match."""
    return [f"{api.imitated} {api.name}" for api in apis(table, patterns) if api.compared or api.refused]


def unit(known: dict[str, Api], name: str, loaded: Modules, functions: source.Functions) -> Unit:
    """The API, run once as it is: which cases agree, and which of its code they execute."""
    api = known[name]
    wanted = [case for case in [*api.compared, *api.refused] if case.kind != "value" and case.draws != "nothing"]
    files = _own_files(api, loaded)
    lines: dict[str, set[int]] = {}
    judged: list[Judged] = []
    for case in sorted(wanted, key=lambda case: (case.raises, case.style != "keyword")):
        with _traced(files, lines):
            subject = outcome(case, loaded[f"compat.{api.imitated}"], case.api)
        judged += _reference(case, subject, loaded)
    functions.renew()
    return Unit(api, judged, [*_of_calls(api, judged, loaded), *_of_source(files, lines, functions)])


def _reference(case: Case, subject: Outcome, loaded: Modules) -> list[Judged]:
    """The case with the first outcome that the adapter agrees with: MindSpore does not always say the same."""
    for held, reference in _references(case, loaded):
        if compare(held, reference, subject).status == "agrees":
            return [(held, reference)]
    return []


def _references(case: Case, loaded: Modules) -> Iterator[Judged]:
    if case.declared is not None and not compares(case):
        return
    own = replace(case, style="keyword", renamed={}) if case.style == "older" else case
    if case.declared is None and case.reference == "itself":
        for _ in range(2):
            yield case, _alone(own, loaded)
    if case.torch_case is not None and case.torch_case.declared is None:
        yield replace(case, declared=None, reference="torch"), outcome(case.torch_case, loaded["torch"], case.torch_case.api)


def _alone(case: Case, loaded: Modules) -> Outcome:
    """The call in the imitated framework; MindSpore records nothing meanwhile, as without this project."""
    if case.imitated == "torch":
        return outcome(case, loaded["torch"], case.api)
    from compat.torch_on_mindspore.engine import record

    record(False)
    found = outcome(case, loaded["mindspore"], case.api)
    record()
    return found


def _of_calls(api: Api, judged: list[Judged], loaded: Modules) -> Iterator[Planted]:
    names = list(dict.fromkeys((case.api, case.style if case.style in ("in_place", "out") else "keyword") for case, _ in judged))
    for name, style in names:
        own = [case for case, _ in judged if case.api == name]
        for owner, attribute, fault, parameters in _call_faults(api, name, style, own, loaded):
            key = f"{name}{'' if fault.member is None else f' ({fault.member})'}: {fault.kind}: {fault.about}"
            yield Planted(key, fault.kind, "call", True, functools.partial(calls.planted, owner, attribute, fault, parameters))


def _call_faults(api: Api, name: str, style: str, own: list[Case], loaded: Modules) -> Iterator[tuple[Any, str, calls.Fault, list[str]]]:
    package = loaded[f"compat.{api.imitated}"]
    framework = framework_of(api.imitated, package)
    owner, attribute = _resolved(package, name.rpartition(".")[0]), name.rpartition(".")[2]
    if api.row.kind == "property":
        return
    gradient = any(case.gradient for case in own)
    parameters, call = dict(api.stated.parameters), dict(api.stated.call)
    tensors = {n for s in ("parameters", "call") for n in (parameters if s == "parameters" else call) if api.is_tensor(s, n)}
    differentiable = {name for case in own for name in case.gradient} | set(without_gradient(api))
    if api.row.kind in ("class", "optimizer", "scheduler"):
        kind = getattr(owner, attribute)
        first = ["self", "optimizer"] if api.row.kind == "scheduler" else ["self"]
        for fault in calls.of_parameters(parameters, tensors, "__init__"):
            yield kind, "__init__", fault, [*first, *parameters]
        if api.row.kind == "class":
            run = "forward" if api.imitated == "torch" else "construct"
            for fault in _of_call(call, tensors, differentiable, framework, run, gradient):
                yield kind, run, fault, ["self", *call]
        return
    names = list(parameters)
    if style == "in_place":
        yield owner, attribute, calls.in_place(framework), names
    elif style == "out":
        yield owner, attribute, calls.unwritten(framework), names
    elif name == api.name:
        for fault in _of_call(parameters, tensors, differentiable, framework, None, gradient):
            yield owner, attribute, fault, names
    else:
        for fault in calls.of_result(framework, None, gradient):
            yield owner, attribute, fault, names


def _of_call(
    parameters: dict[str, Any], tensors: set[str], differentiable: set[str], framework: calls.Framework, member: str | None, gradient: bool
) -> Iterator[calls.Fault]:
    yield from calls.of_parameters(parameters, tensors, member)
    yield from calls.of_tensors([name for name in parameters if name in differentiable], framework, member)
    yield from calls.of_result(framework, member, gradient)


def framework_of(imitated: str, package: Any) -> calls.Framework:
    """How tensors of the package are cast, copied and detached."""
    wider = {"float32": "float64", "int64": "int32", "int32": "int64", "bool": "uint8", "complex64": "complex128"}

    def cast(value: Any) -> Any:
        dtype = getattr(package, wider.get(str(value.dtype).rpartition(".")[2].lower(), "float32"))
        return value.to(dtype) if imitated == "torch" else value.astype(dtype)

    if imitated == "torch":
        return calls.Framework(package.Tensor, cast, lambda value: value.clone(), lambda value: value.detach())
    return calls.Framework(package.Tensor, cast, lambda value: value.copy(), lambda value: package.ops.stop_gradient(value))


def _resolved(package: ModuleType, name: str) -> Any:
    return functools.reduce(getattr, name.split(".")[1:], package)


def _own_files(api: Api, loaded: Modules) -> set[str]:
    """The module that the API is defined in, and that of its hand-written adapter."""
    package = loaded[f"compat.{api.imitated}"]
    adapter = api.row.on_mindspore if api.imitated == "torch" else api.stated.on_torch  # type: ignore[union-attr]
    room = "torch_on_mindspore" if api.imitated == "torch" else "mindspore_on_torch"
    found = {getattr(_resolved(package, api.name), "__module__", None)}
    if adapter is not None:
        found.add(f"compat.{room}.{_module(room, adapter.name)}")
    return {str(sys.modules[name].__file__) for name in found if name in sys.modules and str(name).startswith("compat.")}


def _module(room: str, name: str) -> str:
    """The module part of an adapter's name: a class in it may hold the adapter."""
    while name and f"compat.{room}.{name}" not in sys.modules:
        name = name.rpartition(".")[0]
    return name


class _traced:
    """Executed lines of some files are noted while it lasts."""

    def __init__(self, files: set[str], lines: dict[str, set[int]]) -> None:
        self.files, self.lines = files, lines

    def __enter__(self) -> None:
        sys.settrace(self._called)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _called(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        return self._line(frame, event, argument) if frame.f_code.co_filename in self.files else None

    def _line(self, frame: types.FrameType, *_: Any) -> Any:
        self.lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return self._line


def _of_source(files: set[str], lines: dict[str, set[int]], functions: source.Functions) -> Iterator[Planted]:
    for file in sorted(files & set(lines)):
        for fault in source.faults(file, lines[file]):
            yield Planted(fault.name, fault.kind, "source", fault.line in lines[file], functools.partial(functions.patched, fault))


def killer(unit: Unit, planted: Planted, loaded: Modules) -> str | None:
    """The first case that shows the fault; None when none does. ValueError when it can't be planted, or no case is a call that it changes."""
    package = loaded[f"compat.{unit.api.imitated}"]
    with planted.plant() as changed:
        for case, reference in unit.cases:
            subject = outcome(case, package, case.api)
            if compare(case, reference, subject).status == "differs":
                return case.id
    if changed == [] and planted.kind in calls.BETWEEN_VALUES:
        raise ValueError(f"{planted.key}: in no case")
    return None
