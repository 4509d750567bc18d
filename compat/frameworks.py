"""The one place that imports PyTorch and MindSpore, and the one that lets this project's packages stand in for them."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from compat.errors import FrameworkMissing, UsageError

INSTALL = {
    "torch": "pip install 'compat[torch]'",
    "mindspore": "pip install 'compat[mindspore]'",
}


def load(name: str) -> Any:
    """Import the real framework module `name` ("torch.nn.functional", "mindspore.ops").

    Raises FrameworkMissing, with the command that installs it, if the framework is absent.
    """
    framework = name.partition(".")[0]
    stand_in = next((finder for finder in sys.meta_path if isinstance(finder, StandIn) and finder.framework == framework), None)
    try:
        if stand_in:
            with stand_in.suspended():
                return importlib.import_module(name)
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != framework:
            raise
        raise FrameworkMissing(f"{name} is needed here, and {framework} is not installed: {INSTALL[framework]}") from error


def available(framework: str) -> str | None:
    """The release of a framework that is installed, without importing it; None when it is absent."""
    from importlib import metadata  # a third of what `import compat` would cost

    try:
        return metadata.version(framework)
    except metadata.PackageNotFoundError:
        return None


class StandIn(MetaPathFinder, Loader):
    """Finds `torch` (or `mindspore`) and its submodules in this project's package of the same name.

    What imports the framework from a module of `leave`, or from within the real framework, gets the real one.
    """

    def __init__(self, framework: str, leave: Sequence[str] = ()) -> None:
        self.framework = framework
        self.package = f"compat.{framework}"
        self.leave = tuple(leave)
        self.real: dict[str, ModuleType] = {}
        self.specs: dict[str, ModuleSpec | None] = {}
        self.plain_import: Any = None

    # --- what the import system and importlib.metadata ask ---

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] != self.framework:
            return None
        parent = sys.modules.get(f"compat.{name}".rpartition(".")[0])
        if not hasattr(parent, "__path__") or find_spec(f"compat.{name}") is None:
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"compat.{spec.name}")
        # The import system sets `__spec__` on what it loads; the module keeps its own, by which it was really imported.
        self.specs[module.__name__] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.specs.pop(module.__name__)

    def find_distributions(self, context: Any) -> Iterator[Any]:
        """The installed package of that name, for `importlib.metadata.version("torch")`: the release that is imitated."""
        release = getattr(sys.modules[self.package], "__version__", None)
        if release is not None and context.name in (None, self.framework):
            from compat.distribution import StandInDistribution  # it needs importlib.metadata

            yield StandInDistribution(self.framework, str(release))

    # --- putting it up and taking it down ---

    def install(self) -> None:
        importlib.import_module(self.package)  # before the name is taken: its backend may look for the real one
        self.real = taken(self.framework)
        sys.meta_path.insert(0, self)
        self._tell_importers_apart()

    def remove(self) -> None:
        sys.meta_path.remove(self)
        if self.plain_import is not None:
            builtins.__import__ = self.plain_import
        taken(self.framework)
        sys.modules.update(self.real)
        importlib.invalidate_caches()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """The real framework under its own name, for the time of an import of our own."""
        if self not in sys.meta_path:  # already
            yield
            return
        ours = taken(self.framework)
        position = sys.meta_path.index(self)
        sys.meta_path.remove(self)
        sys.modules.update(self.real)
        try:
            yield
        finally:
            self.real = taken(self.framework)
            sys.modules.update(ours)
            sys.meta_path.insert(position, self)
            self._tell_importers_apart()

    def _tell_importers_apart(self) -> None:
        """From now on, look at who imports; not before somebody needs it, since it slows every import statement down."""
        if self.plain_import is not None or not (self.leave or self.real):
            return
        plain = self.plain_import = builtins.__import__

        def by_importer(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
            wanted = name if level == 0 or globals is None else globals.get("__package__") or ""
            if wanted.partition(".")[0] == self.framework and globals is not None and self._is_left(globals.get("__name__") or ""):
                with self.suspended():
                    return plain(name, globals, locals, fromlist, level)
            return plain(name, globals, locals, fromlist, level)

        builtins.__import__ = by_importer

    def _is_left(self, importer: str) -> bool:
        return any(importer == left or importer.startswith(f"{left}.") for left in (self.framework, *self.leave))


def stand_in() -> tuple[str, tuple[str, ...]] | None:
    """The framework for which a package of ours stands in now, and the modules that get the real one."""
    return next(((finder.framework, finder.leave) for finder in sys.meta_path if isinstance(finder, StandIn)), None)


def named_process(name: str, like: tuple[str, tuple[str, ...]] | None) -> str:
    """The name of a process that begins, in which the same is to stand in, to its end, as in the one that started it."""
    if like is not None and stand_in() is None:
        StandIn(*like).install()
    return name


def taken(framework: str) -> dict[str, ModuleType]:
    """Remove a framework's modules from `sys.modules`, and return them."""
    names = [name for name in sys.modules if name.partition(".")[0] == framework]
    return {name: sys.modules.pop(name) for name in names}


@contextmanager
def installed(framework: str, leave: Sequence[str] = ()) -> Iterator[ModuleType]:
    """Within the block, `import torch` (or `mindspore`), in libraries too, means this project's package; undone at the end.

    Modules that were imported before keep what they have. The modules named in `leave`, with all below them, get the real
    framework from their import statements, or ImportError where it is not installed. Yields the package. Raises UsageError for
    another name, and when a stand-in is installed already: the two directions would import each other.
    """
    if framework not in INSTALL:
        raise UsageError(f"{framework!r}: expected one of {', '.join(INSTALL)}")
    if isinstance(leave, str):
        raise UsageError(f"leave={leave!r}: expected a list of module names")
    if any(isinstance(finder, StandIn) for finder in sys.meta_path):
        raise UsageError("a stand-in is installed already: leave its block first")
    finder = StandIn(framework, leave)
    finder.install()
    try:
        yield importlib.import_module(framework)
    except ImportError as error:
        missing = (error.name or "").removeprefix("compat.")
        if missing.partition(".")[0] == framework:
            error.add_note(f"compat.{framework} stands in for {framework} here, and has no such name yet")
        raise
    finally:
        finder.remove()
