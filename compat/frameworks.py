"""The one place that imports PyTorch and MindSpore, and the one that lets this project's packages stand in for them."""

from __future__ import annotations

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
    """Finds `torch` (or `mindspore`) and its submodules in this project's package of the same name."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.package = f"compat.{framework}"
        self.real: dict[str, ModuleType] = {}
        self.specs: dict[str, ModuleSpec | None] = {}

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] != self.framework:
            return None
        ours = f"compat.{name}"
        if find_spec(ours) is None:
            raise ModuleNotFoundError(f"No module named {name!r}: {self.package} has no such module yet", name=name)
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"compat.{spec.name}")
        # The import system sets `__spec__` on what it loads; the module keeps its own, by which it was really imported.
        self.specs[module.__name__] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.specs.pop(module.__name__)

    def install(self) -> None:
        importlib.import_module(self.package)  # before the name is taken: its backend may look for the real one
        self.real = taken(self.framework)
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        sys.meta_path.remove(self)
        taken(self.framework)
        sys.modules.update(self.real)
        importlib.invalidate_caches()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """The real framework under its own name, for the time of an import of our own."""
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


def taken(framework: str) -> dict[str, ModuleType]:
    """Remove a framework's modules from `sys.modules`, and return them."""
    names = [name for name in sys.modules if name.partition(".")[0] == framework]
    return {name: sys.modules.pop(name) for name in names}


@contextmanager
def installed(framework: str) -> Iterator[ModuleType]:
    """Within the block, `import torch` (or `mindspore`), in libraries too, means this project's package; undone at the end.

    Modules that were imported before keep what they have. Yields the package. Raises UsageError for another name, and when
    a stand-in is installed already: the two directions would import each other.
    """
    if framework not in INSTALL:
        raise UsageError(f"{framework!r}: expected one of {', '.join(INSTALL)}")
    if any(isinstance(finder, StandIn) for finder in sys.meta_path):
        raise UsageError("a stand-in is installed already: leave its block first")
    finder = StandIn(framework)
    finder.install()
    try:
        yield importlib.import_module(framework)
    finally:
        finder.remove()
