"""The public names of the MindSpore that this process imports, with what they take.

| what | its signature comes from |
| --- | --- |
| functions, classes, methods of Python | `inspect.signature`, through `__wrapped__`, or the closure of a decorator that sets none |
| a primitive's call | its own `__call__`, else the inputs that its constructor's source names (`init_prim_io_names`) |
| functions and methods that choose an overload in C++ | the overloads that the dispatcher lists when it refuses an argument; the defaults from the signature lines of the docstring, which are also taken where it lists none |
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from compat import frameworks
from compat.signatures.snapshots import Snapshot, lines_of
from compat.signatures.text import (
    ARGS,
    KEYWORD,
    PLAIN,
    SOME,
    Parameter,
    Signature,
    nameable,
    of_callable,
    parsed,
    says_nothing,
    sensible,
    without_first,
)

MODULES = (
    "mindspore", "mindspore.amp", "mindspore.boost", "mindspore.common.initializer", "mindspore.communication", "mindspore.communication.comm_func",
    "mindspore.context", "mindspore.dataset", "mindspore.dataset.transforms", "mindspore.dataset.vision", "mindspore.experimental.optim",
    "mindspore.experimental.optim.lr_scheduler", "mindspore.hal", "mindspore.mint", "mindspore.mint.distributed", "mindspore.mint.linalg",
    "mindspore.mint.nn", "mindspore.mint.nn.functional", "mindspore.mint.optim", "mindspore.mint.special", "mindspore.nn",
    "mindspore.nn.probability.bijector", "mindspore.nn.probability.distribution", "mindspore.numpy", "mindspore.numpy.fft", "mindspore.ops",
    "mindspore.runtime", "mindspore.scipy.linalg", "mindspore.scipy.optimize", "mindspore.scipy.sparse.linalg", "mindspore.train",
)  # fmt: skip
# Where public names are missing from `__all__`, and what these modules only use.
INCOMPLETE = re.compile(r"mindspore$|mindspore\.(mint|numpy)\b")
BORROWED = {"Cell", "Tensor", "constexpr", "jit_forbidden_register", "jit_view_unsupported"}
# An argument that nothing has.
REFUSED = "no_such_argument_"
# In a refusal: `"Tensor.sum(dim=<None, int>, keepdim=<bool>, *, dtype=<None, mstype>)"`.
LISTED = re.compile(r'^"[\w.]+\((?P<arguments>.*)\)"', re.MULTILINE)
ARGUMENT = re.compile(r"(\*)(?:,|$)|([*\w]+)=<[^>]*>")
# In a docstring: its first line, and the directives of further overloads.
STATED = re.compile(r"^\s*(?:\.\. (?:function|method):: )?[\w.]+\((?P<text>(?:[^()]|\([^()]*\))*)\)\s*->", re.MULTILINE)
INPUTS = re.compile(r"init_prim_io_names\(\s*inputs=\[(?P<names>[^\]]*)\]")


def snapshot() -> Snapshot:
    """Every public name of MODULES that this release has."""
    root = frameworks.load("mindspore")
    primitive = root.ops.Primitive
    names: dict[str, list[Signature] | None] = {}
    for module in MODULES:
        for name, found in _public(module):
            names |= described(f"{module}.{name}", found, root.Tensor, primitive)
    return Snapshot("mindspore", str(root.__version__), lines_of(names))


def _public(module: str) -> Iterator[tuple[str, Any]]:
    """The names of `__all__` that there are, and of all others what MindSpore defines; submodules left out.

    Functions that `__all__` forgets are `mindspore.value_and_grad` and `mindspore.mint.nn.functional.l1_loss`.
    """
    try:
        found = frameworks.load(module)
    except ModuleNotFoundError:
        return  # not in this release
    listed = set(getattr(found, "__all__", None) or dir(found))
    forgotten = set(dir(found)) - listed - BORROWED if INCOMPLETE.match(module) else set()
    for name in sorted(n for n in listed | forgotten if not n.startswith("_") and hasattr(found, n)):
        value = getattr(found, name)
        ours = callable(value) and str(getattr(value, "__module__", "")).startswith("mindspore")
        if not inspect.ismodule(value) and (name in listed or ours):
            yield name, value


def looked_up(dotted: str) -> dict[str, list[Signature] | None]:
    """A name of the imported release, with what is below it if it is a class; nothing for a name that is not there."""
    root = frameworks.load("mindspore")
    *above, name = dotted.split(".")
    try:
        holder = functools.reduce(_below, above[1:], root)
        value = getattr(holder, name)
    except (AttributeError, ModuleNotFoundError):
        return {}
    if inspect.isclass(holder):
        return _members(".".join(above), holder, root.Tensor, root.ops.Primitive)
    return described(dotted, value, root.Tensor, root.ops.Primitive)


def _below(holder: Any, name: str) -> Any:
    """An attribute, or a submodule that nothing has imported yet."""
    return getattr(holder, name) if hasattr(holder, name) else frameworks.load(f"{holder.__name__}.{name}")


def described(dotted: str, value: Any, tensor: type, primitive: type) -> dict[str, list[Signature] | None]:
    """A name with its signatures; for a class those of its methods too, and of an inherited `construct`."""
    if inspect.isclass(value):
        return _members(dotted, value, tensor, primitive)
    if isinstance(value, primitive):
        return {dotted: _call(type(value))}
    return {dotted: signatures(value) if callable(value) else None}


def _class(dotted: str, value: Any, tensor: type, primitive: type) -> dict[str, list[Signature] | None]:
    found: dict[str, list[Signature] | None] = {dotted: _constructor(value)}
    if issubclass(value, primitive):
        if value is not primitive:
            found[f"{dotted}.__call__"] = _call(value)
        return found
    own = dir(value) if value is tensor else [*vars(value), "construct"]
    instance = value([1.0]) if value is tensor else None
    for name in sorted({n for n in own if not n.startswith("_") and hasattr(value, n)}):
        static = inspect.getattr_static(value, name)
        if isinstance(static, property) or inspect.isgetsetdescriptor(static):
            found[f"{dotted}.{name}"] = None
        elif not callable(getattr(value, name)):
            continue  # a constant of the class
        elif isinstance(static, (staticmethod, classmethod)):
            found[f"{dotted}.{name}"] = signatures(getattr(value, name))
        elif inspect.ismethoddescriptor(static) and instance is not None:
            found[f"{dotted}.{name}"] = _dispatched(getattr(instance, name))
        else:
            found[f"{dotted}.{name}"] = [without_first(s) for s in signatures(static)]
    return found


# Many rows are methods of one class.
_members: Callable[..., dict[str, list[Signature] | None]] = functools.cache(_class)


def _constructor(value: Any) -> list[Signature]:
    """By `__init__`, which also says what `__new__` of a metaclass hides; nothing where it is a builtin's."""
    if value.__init__ is object.__init__:
        return [()] if value.__new__ is object.__new__ else _python(value)
    return [without_first(s) for s in _python(value.__init__)]


def _call(primitive: type) -> list[Signature]:
    """What the instances of a primitive class take."""
    called = _python(primitive.__call__)
    if called and not any(p.kind == ARGS for p in called[0]):
        return [without_first(called[0])]
    for holder in primitive.__mro__:
        initialised = vars(holder).get("__init__")
        match = INPUTS.search(inspect.getsource(initialised)) if inspect.isfunction(initialised) else None
        if match:
            return [tuple(Parameter(n) for n in re.findall(r"\w+", match["names"]))]
    return []


def signatures(function: Any) -> list[Signature]:
    """All overloads of a function; empty where nothing says what it takes."""
    found = _python(function)
    if all(map(says_nothing, found)):
        return _dispatched(function) or found
    return found


def _python(function: Callable[..., Any]) -> list[Signature]:
    try:
        found = of_callable(function)
    except (ValueError, TypeError):
        return []
    passed_on = all(p.variadic or p.name == "self" for p in found) and any(p.variadic for p in found)
    kept = [c.cell_contents for c in getattr(function, "__closure__", None) or () if inspect.isfunction(c.cell_contents)]
    # A decorator that does not say what it wraps (`opt_init_args_register`) keeps it, and nothing else, in its closure.
    return (_python(kept[0]) or [found]) if passed_on and len(kept) == 1 else [found]


# --- what chooses its overload in C++ ----------------------------------------------------------------------------------


def _dispatched(function: Callable[..., Any]) -> list[Signature]:
    documented = list(_documented(function.__doc__ or ""))
    return sensible([*(_with_defaults(listed, documented) for listed in _listed(function)), *documented])


def _documented(docstring: str) -> Iterator[Signature]:
    for match in STATED.finditer(docstring):
        try:
            yield parsed(
                re.sub(r"(\*\w+), \*, ", r"\1, ", " ".join(match["text"].split()))
            )  # `*size, *, dtype` is meant without the second star
        except SyntaxError:  # prose, or a notation of its own
            continue


def _listed(function: Callable[..., Any]) -> Iterator[Signature]:
    """The overloads that a refusal lists; it lists none for a function that has one alone."""
    try:
        function(**{REFUSED: None})
    except (TypeError, ValueError, RuntimeError) as refusal:
        for match in LISTED.finditer(str(refusal)):
            found: list[Parameter] = []
            keyword = False
            for star, name in ARGUMENT.findall(match["arguments"]):
                keyword = keyword or bool(star)
                found += [Parameter(name.lstrip("*"), KEYWORD if keyword else PLAIN)] if name else []
            if nameable(tuple(found)):
                yield tuple(found)


def _with_defaults(listed: Signature, documented: list[Signature]) -> Signature:
    """The overload with the defaults of the documented one that has the same names, else of any that has the name.

    Where no text says it, what follows a parameter with a default has one, too, that is not known.
    """
    names = [p.name for p in listed]
    same = [s for s in documented if [p.name for p in s] == names]
    defaults = {p.name: p.default for s in (same[:1] or reversed(documented)) for p in s if p.default is not None}
    found: list[Parameter] = []
    for parameter in listed:
        follows = parameter.kind == PLAIN and any(p.default is not None for p in found)
        found.append(replace(parameter, default=defaults.get(parameter.name, SOME if follows else None)))
    return tuple(found)
