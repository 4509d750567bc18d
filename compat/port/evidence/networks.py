"""Methods of modules: each call executed of a small network of PyTorch's, and, as porting writes it, of the same network of MindSpore's Cells.

The layers are ones whose parameters have PyTorch's names in MindSpore. The call has to give the same of Cells of MindSpore alone and of those of
compat.native: the same objects, by their places in the network, in the same order, the same names, the same error; and to leave the same behind:
who is in training, what each parameter and buffer holds, and what a state dict is made of.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from compat.errors import UsageError
from compat.port.calls.cell_methods import MODULE, around
from compat.port.calls.edits import NotExpressible, rewritten
from compat.port.calls.plan import Plan, to_mindspore
from compat.port.evidence.record import Record, Shown, Status
from compat.port.evidence.recording import Known, gone
from compat.source.text import parsed
from compat.source.walking import walk
from compat.table.model import Table

OTHER: Mapping[str, str] = {"other": "an object"}  # an argument that is no literal


@dataclass(frozen=True)
class Call:
    """A call of a method of `net`, as a PyTorch program has it; `given` are its arguments that the record keeps."""

    method: str
    fixture: str
    text: str
    given: Mapping[str, Any] = field(default_factory=dict)


def _calls(method: str, *calls: tuple[str, str] | tuple[str, str, Mapping[str, Any]]) -> Iterator[Call]:
    yield from (Call(method, *one) for one in calls)


STATE, FN, MEMBER = {"state_dict": OTHER}, {"fn": OTHER}, {"module": OTHER}
LOADING = dict.fromkeys(("state_dict", "prefix", "local_metadata", "strict", "missing_keys", "unexpected_keys", "error_msgs"), OTHER)
CALLS: tuple[Call, ...] = (
    *_calls("modules", ("base", "[*net.modules()]"), ("layer", "[*net.conv.modules()]"), ("container", "list(net.body.modules())")),
    *_calls("named_modules", ("base", "[*net.named_modules()]"), ("prefix", "dict(net.body.named_modules(prefix='a'))")),
    *_calls("children", ("base", "[*net.children()]"), ("first", "next(net.body.children())"), ("list", "list(net.body.children())"),
            ("layer", "[*net.conv.children()]")),
    *_calls("named_children", ("base", "[*net.named_children()]"), ("first", "next(net.named_children())"), ("dict", "dict(net.body.named_children())")),
    *_calls("parameters", ("base", "[*net.parameters()]"), ("recurse", "list(net.parameters(recurse=False))", {"recurse": False}),
            ("by-place", "list(net.parameters(True))", {"recurse": True}), ("first", "next(net.parameters())")),
    *_calls("named_parameters", ("base", "[*net.named_parameters()]"), ("recurse", "dict(net.named_parameters(recurse=False))", {"recurse": False}),
            ("prefix", "dict(net.body.named_parameters(prefix='a', recurse=True))", {"recurse": True})),
    *_calls("buffers", ("base", "[*net.buffers()]"), ("recurse", "list(net.buffers(recurse=False))", {"recurse": False}),
            ("by-place", "list(net.buffers(True))", {"recurse": True})),
    *_calls("named_buffers", ("base", "[*net.named_buffers()]"), ("recurse", "dict(net.named_buffers(recurse=False))", {"recurse": False}),
            ("prefix", "dict(net.named_buffers('a', True))", {"recurse": True}),
            ("every-name", "list(net.named_buffers(remove_duplicate=False))", {"remove_duplicate": False})),
    *_calls("get_buffer", ("base", "net.get_buffer('steps')"), ("deeper", "net.get_buffer('inner.seen')"), ("parameter", "net.get_buffer('scale')"),
            ("none", "net.get_buffer('no_such')")),
    *_calls("get_submodule", ("base", "net.get_submodule('body.1')"), ("itself", "net.get_submodule('')"), ("none", "net.get_submodule('no_such')"),
            ("parameter", "net.get_submodule('scale')")),
    *_calls("eval", ("base", "net.eval()"), ("part", "net.body.eval()"), ("layer", "net.body[0].eval()")),
    *_calls("train", ("base", "net.train()"), ("off", "net.train(False)", {"mode": False}), ("part", "net.body.train(mode=False)", {"mode": False}),
            ("on", "net.train(True)", {"mode": True})),
    *_calls("apply", ("base", "(net.apply(seen.append), seen)", FN), ("part", "(net.body.apply(seen.append), seen)", FN)),
    *_calls("add_module", ("base", "net.add_module('new', layer)", MEMBER), ("again", "net.add_module('conv', layer)", MEMBER),
            ("none", "net.add_module('new', None)", {"module": None}), ("taken", "net.add_module('scale', layer)", MEMBER),
            ("dotted", "net.add_module('a.b', layer)", MEMBER), ("unnamed", "net.add_module('', layer)", MEMBER),
            ("no-module", "net.add_module('new', 'layer')", {"module": "layer"}), ("by-name", "net.add_module(name='new', module=layer)", MEMBER)),
    *_calls("register_module", ("base", "net.register_module('new', layer)", MEMBER), ("none", "net.register_module('new', None)", {"module": None})),
    *_calls("register_parameter", ("base", "net.register_parameter('new', weight)", {"param": OTHER}),
            ("none", "net.register_parameter('new', None)", {"param": None}), ("taken", "net.register_parameter('conv', weight)", {"param": OTHER}),
            ("by-name", "net.register_parameter(name='new', param=weight)", {"param": OTHER})),
    *_calls("register_buffer", ("base", "net.register_buffer('new', tensor)"), ("again", "net.register_buffer('steps', tensor)"),
            ("none", "net.register_buffer('new', None)", {"tensor": None}), ("persistent", "net.register_buffer('new', tensor, persistent=True)", {"persistent": True}),
            ("not-persistent", "net.register_buffer('new', tensor, persistent=False)", {"persistent": False}),
            ("by-place", "net.register_buffer('steps', tensor, False)", {"persistent": False}), ("taken", "net.register_buffer('conv', tensor)"),
            ("dotted", "net.register_buffer('a.b', tensor)")),
    *_calls("load_state_dict", ("base", "net.load_state_dict(state)", STATE), ("part", "net.body.load_state_dict(part)", STATE),
            ("strict", "net.load_state_dict(state, strict=True)", {**STATE, "strict": True}),
            ("missing", "net.load_state_dict(fewer)", STATE), ("missing-not-strict", "net.load_state_dict(fewer, strict=False)", {**STATE, "strict": False}),
            ("unexpected", "net.load_state_dict(more)", STATE), ("unexpected-not-strict", "net.load_state_dict(more, False)", {**STATE, "strict": False}),
            ("another-shape", "net.load_state_dict(misshapen, strict=False)", {**STATE, "strict": False}),
            ("another-dtype", "net.load_state_dict(double)", STATE)),
    *_calls("_load_from_state_dict", ("base", "(net._load_from_state_dict(more, '', {}, True, missing, unexpected, errors), missing, unexpected, errors)", LOADING),
            ("prefix", "(net.body[0]._load_from_state_dict(fewer, 'body.0.', {}, True, missing, unexpected, errors), missing, unexpected, errors)", LOADING),
            ("not-strict", "(net._load_from_state_dict(fewer, '', {}, False, missing, unexpected, errors), missing, unexpected, errors)", LOADING)),
)  # fmt: skip
ROWS = frozenset(f"{MODULE}{call.method}" for call in CALLS)


@dataclass
class World:
    """A network of one framework: its objects by identity, as the place that each has in it, and what the calls are given."""

    net: Any
    places: dict[int, str]
    scope: dict[str, Any]
    array: Callable[[Any], Any]
    modules: Sequence[tuple[str, Any]]


def shown(call: Call, table: Table, torch: Any, mindspore: Any, native: Any) -> tuple[str, Shown] | None:
    """The Cell's method and what the call shows of it; None where the table names none, or can't write the call."""
    row = table.rows[f"{MODULE}{call.method}"]
    for counterpart in row.mindspore:
        try:
            text = written(call, to_mindspore(row, counterpart, row.torch))
        except NotExpressible:
            continue
        expected = _outcome(call.text, of_torch(torch))
        status: Status = "agrees"
        detail = ""
        for name, found in (("alone", _outcome(text, of_cells(mindspore))), ("compat.native", _outcome(text, of_cells(native)))):
            if found != expected:
                status, detail = "differs", f"{name}: {_first(found, expected)}"[:120]
                break
        return counterpart.api, Shown(fixture=call.fixture, status=status, given=dict(call.given), detail=detail)
    return None


def record(table: Table, patterns: Sequence[str], torch: Any, mindspore: Any, native: Any) -> Record:
    """What the calls show, by row and by method of Cells, of the rows that match a pattern; UsageError for a pattern that matches none."""
    for pattern in patterns:
        if not any(fnmatchcase(row, pattern) for row in ROWS):
            raise UsageError(f"{pattern}: no method of modules that port may rewrite matches; names look like {MODULE}children")
    found: Record = {}
    for call in CALLS:
        row = f"{MODULE}{call.method}"
        if patterns and not any(fnmatchcase(row, pattern) for pattern in patterns):
            continue
        if (one := shown(call, table, torch, mindspore, native)) is not None:
            found.setdefault(row, {}).setdefault(one[0], []).append(one[1])
    return dict(sorted(found.items()))


def stale(known: Known) -> list[str]:
    """A line for each entry of the record that no call here makes any more."""
    there = {(f"{MODULE}{call.method}", call.fixture) for call in CALLS}
    return gone(known, "cells", lambda row, _api, fixture: (row, fixture) in there)


def written(call: Call, plan: Plan) -> str:
    """The text of a call as porting writes it."""
    source = parsed(call.text.encode(), Path("call.py"))
    node = next(
        one
        for one in walk(source.tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == call.method
    )
    is_iterated = any(isinstance(one, ast.Call) and node in one.args[:1] and isinstance(one.func, ast.Name) and one.func.id in ("list", "dict") for one in walk(source.tree))  # fmt: skip
    edits = around(source, node, call.method, rewritten(source, node, plan, "mindspore"), is_iterated=is_iterated)
    return source.edited(list(edits)).decode()


# --- the networks ---


def of_torch(torch: Any) -> World:
    """The network of PyTorch's."""
    nn = torch.nn
    base: Any = nn.Module

    class Inner(base):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("seen", torch.tensor([3.0]))

    class Net(base):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, padding=1)
            self.body = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
            self.again = self.conv
            self.inner = Inner()
            self.scale = nn.Parameter(torch.tensor([2.0]))
            self.register_parameter("nothing", None)
            self.register_buffer("steps", torch.tensor([1.0]))
            self.register_buffer("same", self.steps)
            self.register_buffer("empty", None)
            self.register_buffer("passing", torch.tensor([1.0]), persistent=False)
            self.add_module("absent", None)

    net = Net()
    with torch.no_grad():
        for number, parameter in enumerate(net.parameters()):
            parameter.copy_(torch.tensor(_numbers(tuple(parameter.shape), number)))
    made = {name: torch.tensor(values) for name, values in _state(net.state_dict()).items()}
    given = {"layer": nn.ReLU(), "weight": nn.Parameter(torch.tensor([4.0])), "tensor": torch.tensor([5.0])}
    return _world(net, given, made, lambda values, dtype: torch.tensor(values.astype(dtype)), lambda one: one.detach().numpy().tolist())


def of_cells(mindspore: Any) -> World:
    """The same of MindSpore's Cells, or of compat.native's."""
    nn = mindspore.nn
    base: Any = nn.Cell

    class Inner(base):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("seen", _tensor(mindspore, [3.0]))

    class Net(base):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, pad_mode="pad", padding=1, has_bias=True)
            self.body = nn.SequentialCell(nn.Dense(2, 3), nn.ReLU(), nn.Dense(3, 2))
            self.again = self.conv
            self.inner = Inner()
            self.scale = mindspore.Parameter(_tensor(mindspore, [2.0]), name="scale")
            self.insert_param_to_cell("nothing", None)
            self.register_buffer("steps", _tensor(mindspore, [1.0]))
            self.register_buffer("same", self.steps)
            self.register_buffer("empty", None)
            self.register_buffer("passing", _tensor(mindspore, [1.0]), persistent=False)
            self.insert_child_to_cell("absent", None)

    net = Net().set_train()
    for number, parameter in enumerate(net.get_parameters()):
        mindspore.ops.assign(parameter, _tensor(mindspore, _numbers(tuple(parameter.shape), number)))
    made = {name: _tensor(mindspore, values) for name, values in _state(net.state_dict()).items()}
    given = {
        "layer": nn.ReLU().set_train(), "weight": mindspore.Parameter(_tensor(mindspore, [4.0]), name="weight"), "tensor": _tensor(mindspore, [5.0]),
    }  # fmt: skip
    return _world(net, given, made, lambda values, dtype: _tensor(mindspore, values.astype(dtype)), lambda one: one.asnumpy().tolist())


def _tensor(mindspore: Any, values: Any) -> Any:
    return mindspore.ops.identity(mindspore.Tensor(np.asarray(values, None if isinstance(values, np.ndarray) else "float32")))


def _numbers(shape: tuple[int, ...], number: int) -> Any:
    return np.arange(number, number + int(np.prod(shape)), dtype="float32").reshape(shape)


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Other values for what a state dict holds."""
    return {name: _numbers(tuple(value.shape), 10 * place) for place, (name, value) in enumerate(state.items())}


def _world(net: Any, given: dict[str, Any], state: dict[str, Any], tensor: Callable[[Any, str], Any], array: Callable[[Any], Any]) -> World:
    found = {
        "": net, "conv": net.conv, "body": net.body, "body.0": net.body[0], "body.1": net.body[1], "body.2": net.body[2], "inner": net.inner,
        "scale": net.scale, "steps": net.steps, "passing": net.passing, "inner.seen": net.inner.seen,
        **{f"{place}.{name}": getattr(layer, name) for place, layer in (("conv", net.conv), ("body.0", net.body[0]), ("body.2", net.body[2])) for name in ("weight", "bias")},
        **given,
    }  # fmt: skip
    part = {name.removeprefix("body."): value for name, value in state.items() if name.startswith("body.")}
    more = {**state, "no_such": given["tensor"], "body.9.weight": given["tensor"]}
    scope = {
        "net": net, **given, "state": state, "part": part, "more": more, "fewer": {name: state[name] for name in list(state)[2:]},
        "misshapen": {**state, "scale": tensor(np.zeros((2, 2)), "float32")},
        "double": {name: tensor(np.asarray(array(value)), "float64") for name, value in state.items()},
        "seen": [], "missing": [], "unexpected": [], "errors": [],
    }  # fmt: skip
    modules = [(place, one) for place, one in found.items() if hasattr(one, "training")]
    return World(net, {id(one): place for place, one in found.items()}, scope, array, modules)


# --- what a call gives ---


def _outcome(text: str, world: World) -> Any:
    """The result, or the type of the error; who is in training; the values of all that a state dict holds, and its names."""
    try:
        result = _described(eval(compile(ast.parse(text, mode="eval"), "<call>", "eval"), world.scope), world)
    except Exception as error:
        result = type(error).__name__
    state = [(name, world.array(value)) for name, value in world.net.state_dict().items()]
    return result, [(place, bool(one.training)) for place, one in world.modules], state


def _described(value: Any, world: World) -> Any:
    """A result with the objects of the network as their places; a tensor besides them as its values."""
    if id(value) in world.places:
        return f"<{world.places[id(value)]}>"
    if isinstance(value, str | bool | int | float | type(None)):
        return value
    if isinstance(value, Mapping):
        return {key: _described(one, world) for key, one in value.items()}
    if isinstance(value, Iterable) and not hasattr(value, "dtype"):
        return [_described(one, world) for one in value]
    return world.array(value) if hasattr(value, "dtype") else type(value).__name__


def _first(found: Any, expected: Any) -> str:
    """The first part in which two outcomes are unlike."""
    names = ("result", "training", "state")
    return next(f"{name} {one!r}, not {other!r}" for name, one, other in zip(names, found, expected, strict=True) if one != other)
