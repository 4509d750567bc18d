"""The public names of one release of PyTorch, from the files of its package, installed or in a wheel; nothing is imported.

| what | its signature comes from |
| --- | --- |
| functions and classes of Python | the source; `typing.overload`s where the definition itself only passes `*args, **kwargs` on |
| `torch.add` and other builtins of `torch` | the stub `torch/_C/_VariableFunctions.pyi`, all overloads |
| methods and properties of Tensor | `torch/_tensor.py`, and the stub `torch/_C/__init__.pyi` |
| `torch.linalg`, `fft`, `special`, builtins of `nn.functional` | `torchgen/packaged/ATen/native/native_functions.yaml` |
| builtins whose stub says something else than they take | `torch_corrections.py` |
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import replace
from pathlib import Path

from compat.signatures.snapshots import Snapshot, lines_of
from compat.signatures.sources import Bound, Builtin, Class, Function, Module, Sources, Value, overloads
from compat.signatures.text import Parameter, Signature, of_arguments, sensible, without_first
from compat.signatures.torch_corrections import corrected
from compat.signatures.torch_schemas import by_module

MODULES = (
    "torch", "torch.amp", "torch.autograd", "torch.autograd.forward_ad", "torch.autograd.functional", "torch.autograd.graph",
    "torch.autograd.profiler", "torch.backends.cudnn", "torch.cpu", "torch.cpu.amp", "torch.cuda", "torch.cuda.amp", "torch.distributed",
    "torch.distributions", "torch.distributions.constraints", "torch.distributions.kl", "torch.distributions.transforms", "torch.fft",
    "torch.func", "torch.hub", "torch.jit", "torch.library", "torch.linalg", "torch.masked", "torch.nn", "torch.nn.attention",
    "torch.nn.functional", "torch.nn.init", "torch.nn.parallel", "torch.nn.parameter", "torch.nn.utils", "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize", "torch.nn.utils.prune", "torch.nn.utils.rnn", "torch.optim", "torch.optim.lr_scheduler",
    "torch.optim.swa_utils", "torch.overrides", "torch.random", "torch.serialization", "torch.signal.windows", "torch.sparse",
    "torch.special", "torch.testing", "torch.utils.checkpoint", "torch.utils.data", "torch.utils.data.distributed", "torch.utils.dlpack",
    "torch.utils.hooks",
)  # fmt: skip
# The modules of the extension that have no stub, or one that leaves most out, with the `python_module` of their functions.
NATIVE = {
    "torch._C._linalg": "linalg",
    "torch._C._fft": "fft",
    "torch._C._special": "special",
    "torch._C._sparse": "sparse",
    "torch._C._nn": "nn",
}
SCHEMAS = "torchgen/packaged/ATen/native/native_functions.yaml"
# torch/__init__.py binds these in a loop: everything of the first, and of the second but the names that end in Base.
# What else of the second is a compiler's, not a user's; HIDDEN is bound under no public name.
CLASSES = {"Event", "Generator", "Size", "Stream", "Tag", "device", "dtype", "finfo", "iinfo", "layout", "memory_format", "qscheme"}
# Modules inside those of MODULES that are recorded by name alone.
SUBMODULES = (
    "torch.backends", "torch.compiler", "torch.cuda", "torch.nn", "torch.nn.functional", "torch.nn.utils.parametrizations", "torch.optim",
    "torch.serialization", "torch.version", "torch.xpu",
)  # fmt: skip
# Documented names that no `__all__` lists.
UNLISTED = {
    "torch": ("OutOfMemoryError", "from_dlpack", "legacy_contiguous_format", "set_grad_enabled", "to_dlpack"),
    "torch.fft": ("hfft2", "hfftn", "ihfft2", "ihfftn"),
    "torch.jit": ("Final", "is_scripting", "is_tracing"),
    "torch.library": ("register_autograd",),
    "torch.sparse": ("sampled_addmm",),
}
# Classes of the extension whose attributes are public.
ATTRIBUTED = ("torch.Tensor.", "torch.Size.", "torch.finfo.", "torch.iinfo.", "torch.distributed.ReduceOp.")
# What other modules give out as well.
SHOWN_ONCE = {"Tensor", "Generator"}
HIDDEN = {"unique_dim", "segment_reduce"}
LOOPED = ("torch._C._VariableFunctions", "torch._C")


class Release:
    """The package files of one release. `root` is a wheel, or the folder that `torch` lies in."""

    def __init__(self, root: Path) -> None:
        self.sources = Sources(root, extensions=NATIVE)
        found = re.search(r"__version__(?:: str)? = ['\"]([^'\"+]+)", self.sources.tree.read("torch/version.py") or "")
        self.release = found[1] if found else ""
        self.members = functools.cache(self._members)
        self.public = functools.cache(self._public)
        self.native = by_module(self.sources.tree.read(SCHEMAS) or "")

    def snapshot(self) -> Snapshot:
        """Every public name of MODULES."""
        names: dict[str, list[Signature] | None] = {module: None for module in SUBMODULES if self.has(module)}
        for module in MODULES:
            for name in self.public(module):
                if module == "torch" or name not in SHOWN_ONCE:
                    names |= self.described(f"{module}.{name}")
        return Snapshot("torch", self.release, lines_of(names))

    def _public(self, module: str) -> list[str]:
        """The public names of a module, submodules left out."""
        scope = self.sources.scope(module)
        names = {*self.sources.public(module), *UNLISTED.get(module, ())}
        if module == "torch" and scope is not None:
            names |= self._looped()
            for star in set(scope.stars) - set(LOOPED):
                names |= set(self.sources.public(star))
            names |= {n for n, value in scope.bindings.items() if isinstance(value, (list, ast.ClassDef))}
        stated = {*(scope.exported or ()), *(n for n in UNLISTED.get(module, ()) if n in scope.bindings)} if scope is not None else set()
        return sorted(
            n
            for n in names
            if not n.startswith("_") and (n in stated or self.find(f"{module}.{n}") is not None) and not self._submodule(module, n)
        )

    def _looped(self) -> set[str]:
        """What torch/__init__.py takes from the extension: every builtin, and of the rest what is no part of the compiler."""
        names: set[str] = set()
        for looped in LOOPED:
            scope = self.sources.scope(looped)
            for name, value in scope.bindings.items() if scope else ():
                kept = isinstance(value, list) or name in CLASSES or (isinstance(value, ast.Constant) and name[0].islower())
                if kept and not name.endswith("Base"):
                    names.add(name)
        return names - HIDDEN

    def _submodule(self, module: str, name: str) -> bool:
        return isinstance(self.sources.find(f"{module}.{name}"), Module)

    def find(self, dotted: str) -> Bound | None:
        """What a public name is; None for a module and for what comes from elsewhere."""
        module, _, name = dotted.rpartition(".")
        bound = self.sources.find(dotted)
        if bound is None and module == "torch":
            bound = next((b for b in (self.sources.find(f"{looped}.{name}") for looped in LOOPED) if b is not None), None)
        return None if isinstance(bound, Module) else bound

    def has(self, dotted: str) -> bool:
        """Whether a public name is there."""
        holder, _, name = dotted.rpartition(".")
        if isinstance(self.sources.find(dotted), Module):
            return True
        bound = self.sources.find(holder)
        if isinstance(bound, Class):
            return dotted in self.members(holder, bound) or isinstance(self.sources.member(bound, name), Value)
        return name in self.public(holder) if holder in MODULES else self.find(dotted) is not None

    def tells(self, dotted: str) -> bool:
        """Whether the sources say if there is such a name.

        They don't of the attributes of an object, of those that a metaclass gives a class, and of what a module takes from all of another package.
        """
        holder = self.sources.find(dotted.rpartition(".")[0])
        if isinstance(holder, Class):
            return not any(k.arg == "metaclass" for k in holder.node.keywords) or self.has(dotted)
        scope = self.sources.scope(holder.name) if isinstance(holder, Module) else None
        outside = scope is not None and any(star.partition(".")[0] != "torch" for star in scope.stars)
        return not isinstance(holder, Value) and not (outside and self.find(dotted) is None)

    def described(self, dotted: str) -> dict[str, list[Signature] | None]:
        """A name with its signatures; for a class, or a method of one, all methods too, among them an inherited `forward`."""
        holder = self.sources.find(dotted.rpartition(".")[0])
        if isinstance(holder, Class):
            members = self.members(dotted.rpartition(".")[0], holder)
            return members if dotted in members else {**members, dotted: None}
        bound = self.sources.find(dotted) if dotted in SUBMODULES else self.find(dotted)
        if isinstance(bound, Class):
            return self.members(dotted, bound)
        value = isinstance(bound, (Value, Module))
        return {dotted: None if value else corrected(dotted) or self.signatures(bound)}

    def signatures(self, bound: Bound | None) -> list[Signature]:
        if isinstance(bound, Function):
            return _of_function(bound)
        if isinstance(bound, Builtin):
            return sensible(self.native.get((NATIVE[bound.module], bound.name), []))
        return []

    def _members(self, dotted: str, bound: Class) -> dict[str, list[Signature] | None]:
        described: dict[str, list[Signature] | None] = {dotted: corrected(dotted) or self.constructor(bound)}
        holders = [bound]
        if dotted == "torch.Tensor":
            holders += [base for base in self.sources.bases(bound) if base is not None]
        for holder in reversed(holders):
            for name, member in self.sources.own(holder).items():
                if not name.startswith("_"):
                    described |= self._member(f"{dotted}.{name}", member)
        if f"{dotted}.forward" not in described:
            forward = self.sources.member(bound, "forward")
            if isinstance(forward, Function):
                described |= self._member(f"{dotted}.forward", forward)
        return described

    def _member(self, dotted: str, member: Bound | None) -> dict[str, list[Signature] | None]:
        if isinstance(member, Function):
            decorators = {ast.unparse(d).rpartition(".")[2] for d in member.definitions[-1].decorator_list}
            if decorators & {"property", "cached_property", "lazy_property", "dependent_property"} or any(
                "property" in d for d in decorators
            ):
                return {dotted: None}
            found = corrected(dotted)
            if found:
                return {dotted: found}
            found = self.signatures(member)
            return {dotted: found if "staticmethod" in decorators else sensible(map(without_first, found))}
        if isinstance(member, Builtin):
            return {dotted: self.signatures(member)}
        # In the source of a class what is no method is an attribute of its own; a stub lists properties so.
        return {dotted: None} if isinstance(member, Value) and dotted.startswith(ATTRIBUTED) else {}

    def constructor(self, bound: Class) -> list[Signature]:
        """The signatures of `__init__`, or of `__new__`, whichever the nearest class has; empty when a builtin class decides."""
        for holder in (bound, *self.sources.bases(bound)):
            if holder is None:
                return []
            own = self.sources.own(holder)
            for method in ("__init__", "__new__"):
                if isinstance(own.get(method), Function):
                    return sensible(map(without_first, self.signatures(own[method])))
            if any("dataclass" in ast.unparse(d) for d in holder.node.decorator_list):
                return [_of_fields(holder.node)]
        return [()]


def _of_function(function: Function) -> list[Signature]:
    """The overloads, if that is all there is or the definition behind them says nothing; else the definition alone."""
    stated = [of_arguments(d.args) for d in function.definitions if overloads(d)]
    defined = [of_arguments(d.args) for d in function.definitions if not overloads(d)]
    telling = [s for s in defined if any(not p.variadic and p.name not in ("self", "cls") for p in s) or not any(p.variadic for p in s)]
    return sensible(tuple(_unified(p) for p in s) for s in telling or stated or defined)


def _unified(parameter: Parameter) -> Parameter:
    """The stubs write the default of `layout` in two ways that mean one."""
    return replace(parameter, default="None") if parameter.default == "strided" else parameter


def _of_fields(node: ast.ClassDef) -> Signature:
    fields = [
        f"{s.target.id}={ast.unparse(s.value)}" if s.value else s.target.id
        for s in node.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    ]
    (function,) = ast.parse(f"def _(*, {', '.join(fields)}): ..." if fields else "def _(): ...").body
    assert isinstance(function, ast.FunctionDef)
    return of_arguments(function.args)
