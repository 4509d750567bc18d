"""What no row can say, because MindSpore has no call for it: containers of layers, sizes, assertions, questions about TorchScript."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compat.port.calls.binding import Told
from compat.port.calls.edits import extents, first_from, first_of, significant
from compat.port.calls.values import has_no_effect
from compat.port.decisions import initializers
from compat.port.decisions.decision import Decision
from compat.port.decisions.in_place import InPlace
from compat.port.decisions.objects import Objects
from compat.port.decisions.spreads import Spread, spreads
from compat.source.literals import literal_of
from compat.source.sites import Resolved, Site
from compat.source.text import Edit, Source, Span
from compat.source.values import Instance
from compat.source.walking import statements, walk

# Containers that take the same arguments.
RENAMED = {
    "torch.nn.Sequential": "nn.SequentialCell",
    "torch.nn.ModuleList": "nn.CellList",
}
TENSOR, DEVICE = Instance("torch.Tensor"), Instance("torch.device")
PARTS = {"values": 0, "indices": 1}  # of what PyTorch's functions give by these names, the place
# What fills a tensor → MindSpore's function that gives one so filled, and the arguments behind the tensor.
FILLED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "torch.nn.init.zeros_": ("zeros_like", ()),
    "torch.nn.init.ones_": ("ones_like", ()),
    "torch.nn.init.constant_": ("full_like", ("val",)),
    "torch.Tensor.zero_": ("zeros_like", ()),
    "torch.Tensor.fill_": ("full_like", ("value",)),
}
ITERATING = frozenset({"list", "tuple", "enumerate", "dict", "set", "sorted", "sum"})  # builtins that go through their first argument
# Questions about TorchScript, which neither compat.torch nor MindSpore runs.
NEVER = frozenset({"torch.jit.is_scripting", "torch.jit.is_tracing"})


@dataclass(frozen=True)
class Context:
    """What is decided once for a file: the name of MindSpore in it, and what it shows of its statements."""

    source: Source
    resolved: Resolved
    root: str

    @cached_property
    def of_kind(self) -> Mapping[type[ast.AST], list[Any]]:
        """The nodes of the file by their kind."""
        found: dict[type[ast.AST], list[Any]] = defaultdict(list)
        for node in walk(self.source.tree):
            found[type(node)].append(node)
        return found

    @cached_property
    def statements(self) -> frozenset[int]:
        """The calls that are statements of their own, by identity."""
        return frozenset(id(node.value) for node in statements(self.source.tree) if isinstance(node, ast.Expr))

    @cached_property
    def spreads(self) -> Mapping[int, Spread]:
        return spreads(self.source)

    def told(self, call: ast.Call) -> Told:
        """What the file tells of a call."""
        return Told(self.resolved.values, self.spreads, self.in_place.unobserved(call))

    @cached_property
    def unpacked(self) -> frozenset[int]:
        """The calls whose result is unpacked into names, or indexed, where it stands, by identity."""
        taken = [node for node in self.of_kind[ast.Assign] if all(isinstance(target, ast.Tuple | ast.List) for target in node.targets)]
        return frozenset(id(node.value) for node in (*taken, *self.of_kind[ast.Subscript]))

    @cached_property
    def parts(self) -> Mapping[int, ast.Attribute]:
        """`.values` and `.indices` of what a call gives, by the identity of the call."""
        return {id(node.value): node for node in self.of_kind[ast.Attribute] if node.attr in PARTS}

    @cached_property
    def iterated(self) -> frozenset[int]:
        """The expressions that are gone through once where they stand, by identity."""
        found = {id(node.iter) for kind in (ast.For, ast.comprehension) for node in self.of_kind[kind]}
        found |= {id(node.value) for node in self.of_kind[ast.Starred]}
        calls = (node for node in self.of_kind[ast.Call] if isinstance(node.func, ast.Name) and node.func.id in ITERATING)
        return frozenset(found | {id(one) for node in calls for one in node.args[:1]})

    @cached_property
    def kinds(self) -> frozenset[int]:
        """What `isinstance` is asked about: classes, alone or in tuples, by identity."""
        asked = (node for node in self.of_kind[ast.Call] if isinstance(node.func, ast.Name) and node.func.id == "isinstance")
        return frozenset(id(part) for node in asked for one in node.args[1:] for part in walk(one))

    @cached_property
    def in_place(self) -> InPlace:
        return InPlace(self.source, self.resolved)

    @cached_property
    def objects(self) -> Objects:
        return Objects(self.source, self.resolved)


def idiom(site: Site, source: Source, context: Context) -> Decision | None:
    """The decision for a call that has a way of its own; None for every other."""
    if site.use != "call" or not isinstance(site.node, ast.Call):
        return None
    written = IDIOMS.get(site.api)
    return written(site.node, site.api, source, context) if written is not None else None


def _parameter(call: ast.Call, _api: str, source: Source, context: Context) -> Decision | None:
    """`nn.Parameter(x, requires_grad=False)`: of what stands by place only the first means the same."""
    span = source.span(call.func)
    plain = len(call.args) == 1 and not isinstance(call.args[0], ast.Starred) and all(one.arg == "requires_grad" for one in call.keywords)
    if not plain or b"#" in source.utf8[span.start : span.end]:
        return None
    return Decision("converted", "CM001", "mindspore.Parameter", (Edit(span, f"{context.root}.Parameter"),))


def _container(call: ast.Call, api: str, source: Source, context: Context) -> Decision | None:
    name = RENAMED[api]
    span = source.span(call.func)
    if b"#" in source.utf8[span.start : span.end]:
        return None
    return Decision("converted", "CM001", f"mindspore.{name}", (Edit(span, f"{context.root}.{name}"),))


def _size(call: ast.Call, _api: str, source: Source, _context: Context) -> Decision | None:
    """`x.size(0)` → `x.shape[0]`, `x.size()` → `x.shape`."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "dim")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1 or any(isinstance(one, ast.Starred) for one in given):
        return None
    if not isinstance(call.func, ast.Attribute):
        return None
    end = source.span(call).end
    name = Span(source.span(call.func).end - len(call.func.attr.encode()), source.span(call.func).end)
    if not given:
        return _python(f"{source.text(call.func.value)}.shape", Edit(Span(name.start, end), "shape"), source, name.end, end)
    value = source.span(given[0])
    if isinstance(given[0], ast.Constant) and given[0].value is None:
        return None
    head, tail = Edit(Span(name.start, value.start), "shape["), Edit(Span(value.end, end), "]")
    if b"#" in source.utf8[name.end : value.start] + source.utf8[value.end : end]:
        return None
    return Decision("adapted", "CM108", "a shape is a tuple", (head, tail))


def _dim(call: ast.Call, _api: str, source: Source, _context: Context) -> Decision | None:
    """`x.dim()` → `x.ndim`."""
    if call.args or call.keywords or not isinstance(call.func, ast.Attribute):
        return None
    span = source.span(call.func)
    start, end = span.end - len(call.func.attr.encode()), source.span(call).end
    return _python("ndim", Edit(Span(start, end), "ndim"), source, span.end, end)


def _never(call: ast.Call, api: str, source: Source, _context: Context) -> Decision | None:
    span = source.span(call)
    return _python(f"{api} is never so", Edit(span, "False"), source, span.start, span.end)


def _assert(call: ast.Call, _api: str, source: Source, context: Context) -> Decision | None:
    """`torch._assert(condition, message)` → `assert condition, message`, which is what it does; over several lines in parentheses."""
    if id(call) not in context.statements or len(call.args) != 2 or call.keywords or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    opening = first_of(source, call, b"(")
    if opening is None:
        return None
    condition, message = extents(source, call, opening).values()
    whole = source.span(call)
    comma = next(at for at in significant(source.utf8, condition.end, message.start) if source.utf8[at : at + 1] == b",")
    trailing = next((at for at in significant(source.utf8, message.end, whole.end - 1)), None)
    several = b"\n" in source.utf8[whole.start : whole.end]
    if several:
        edits = [Edit(Span(whole.start, opening + 1), "assert ("), Edit(Span(comma, comma + 1), "), (")]
        edits += [Edit(Span(trailing, trailing + 1), "")] if trailing is not None else []
        return Decision("adapted", "CM108", "Python's assert", tuple(edits))
    if trailing is not None or isinstance(call.args[0], ast.Tuple):
        return None
    edits = [Edit(Span(whole.start, condition.start), "assert "), Edit(Span(message.end, whole.end), "")]
    return Decision("adapted", "CM108", "Python's assert", tuple(edits))


def _filled(call: ast.Call, api: str, source: Source, context: Context) -> Decision | None:
    """`nn.init.zeros_(self.weight)` → an assignment of MindSpore's, which writes into the same memory."""
    filler, names = FILLED[api]
    tensor, rest = initializers.written_into(call, api)
    given = dict(zip(names, rest, strict=False)) | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    opening = first_of(source, call, b"(")
    span = source.span(call)
    if tensor is None or opening is None or tuple(given) != names or len(rest) + len(call.keywords) != len(names):
        return None
    if any(isinstance(one, ast.Starred) for one in rest):
        return None
    if id(call) not in context.statements or b"#" in source.utf8[span.start : span.end]:
        return None  # what `assign` gives is another tensor than the one that it writes into
    text, ops = source.text(tensor), f"{context.root}.ops"
    head, tail = f"{ops}.assign({text}, {ops}.{filler}({text}", "))"
    if not names:
        return Decision("adapted", "CM103", "an assignment in place", (Edit(span, head + tail),))
    value = given[names[0]]
    if api.startswith("torch.Tensor.") and not isinstance(literal_of(value), int | float):
        return None  # it may be a tensor
    place = initializers.value_places(source, call, opening)[id(value)]
    edits = (Edit(Span(span.start, place.start), f"{head}, "), Edit(Span(place.end, span.end), tail))
    return Decision("adapted", "CM103", "an assignment in place", edits)


def _to(call: ast.Call, _api: str, source: Source, context: Context) -> Decision | None:
    """`x.to(y.device)` → `x`, since MindSpore's context says where tensors are; `x.to(y)` → `x.to(y.dtype)`."""
    others = {keyword.arg for keyword in call.keywords} - {"non_blocking"}
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "device")]
    if others - {"device"} or len(given) != 1 or not all(has_no_effect(keyword.value) for keyword in call.keywords):
        return None
    only = given[0]
    known = context.resolved.values.get(id(only))
    if others or known == DEVICE or (isinstance(only, ast.Attribute) and only.attr == "device"):
        return _itself(call, source) if initializers.is_path(only) or isinstance(only, ast.Constant) else None
    if known == TENSOR and initializers.is_path(only) and not call.keywords:
        at = source.span(only).end
        return Decision(
            "adapted", "CM106", "the device is left out: MindSpore's context says where tensors are", (Edit(Span(at, at), ".dtype"),)
        )
    return None


def _cpu(call: ast.Call, _api: str, source: Source, _context: Context) -> Decision | None:
    return None if call.args or call.keywords else _itself(call, source)


def _itself(call: ast.Call, source: Source) -> Decision | None:
    """The receiver without the call that puts it on a device."""
    assert isinstance(call.func, ast.Attribute)
    end = source.span(call).end
    dot = first_from(source, source.span(call.func.value).end, end, b".")
    if dot is None or b"#" in source.utf8[dot:end]:
        return None
    return Decision("adapted", "CM106", "it is left out: MindSpore's context says where tensors are", (Edit(Span(dot, end), ""),))


def _places(call: ast.Call, _api: str, source: Source, context: Context) -> Decision | None:
    """`torch.where(condition)` → the columns of MindSpore's `nonzero`, which has no tuple of them on CPU."""
    span = source.span(call.func)
    given = call.args
    if len(given) != 1 or call.keywords or isinstance(given[0], ast.Starred) or b"#" in source.utf8[span.start : span.end]:
        return None
    end = source.span(call).end
    edits = (Edit(span, f"{context.root}.mint.unbind({context.root}.ops.nonzero"), Edit(Span(end, end), ", 1)"))
    return Decision("adapted", "CM111", "the columns of the places", edits)


def _python(reason: str, edit: Edit, source: Source, start: int, end: int) -> Decision | None:
    return None if b"#" in source.utf8[start:end] else Decision("adapted", "CM108", reason, (edit,))


IDIOMS: Mapping[str, Callable[[ast.Call, str, Source, Context], Decision | None]] = {
    **dict.fromkeys(RENAMED, _container),
    **dict.fromkeys(NEVER, _never),
    "torch.Tensor.size": _size,
    "torch.Tensor.dim": _dim,
    "torch._assert": _assert,
    "torch.nn.Parameter": _parameter,
    "torch.where": _places,
    "torch.Tensor.to": _to,
    "torch.Tensor.cpu": _cpu,
    **dict.fromkeys(FILLED, _filled),
    **dict.fromkeys((*initializers.INITIALIZERS, *initializers.UNIFORM), initializers.drawn),
}
