"""The files of a project and the modules that they are, so that what one imports from another is known by what that one says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from compat.errors import UsageError
from compat.source.files import Entry, checked, is_excluded, walked
from compat.source.knowledge import Catalog
from compat.source.resolve import resolve
from compat.source.sites import Resolved, Scope
from compat.source.text import Source, SourceError, read
from compat.source.values import OTHER, UNKNOWN, ProjectModule, Value

KEPT = 1_000_000  # bytes of text, whose trees take some seventy times that
DEPTH = 20  # modules that are read for one another; what lies beyond is unknown
INIT = "__init__.py"
INSTALLED = frozenset({"site-packages", "dist-packages"})
SUFFIXES = (".py", ".ipynb")


def python_files(places: Iterable[Path], excluded: Iterable[str] = ()) -> list[Path]:
    """Every Python file and notebook at or below these places, sorted; not in hidden or cache folders, nor what a pattern excludes.

    UsageError for a file of another kind that is named itself: as data it may well parse, and say nothing.
    """
    patterns = checked(excluded)
    found: dict[Path, None] = {}
    for place in places:
        if place.is_file() and place.suffix not in SUFFIXES:
            raise UsageError(f"{place}: no Python source (its name ends neither in .py nor in .ipynb)")
        for entry in [Entry(place)] if place.is_file() else walked(place, patterns):
            file = entry.path
            if entry.left_out or file.suffix not in SUFFIXES or file.name.startswith(".") or not file.is_file():
                continue
            if not is_excluded(file, patterns):
                found[file] = None
    return list(found)


def module_name(file: Path) -> tuple[str, Path]:
    """The dotted name by which a file is imported, and the folder that must be on the path for it: that above its outermost package."""
    file = file.resolve()
    parts = [] if file.stem == "__init__" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def root_of(file: Path) -> Path:
    """Where the modules of a file's project are found: the folder that must be on the path for it.

    Of what is installed beside other packages, it is the file's own package alone: the others are no part of its project.
    """
    name, folder = module_name(file)
    return folder / name.partition(".")[0] if folder.name in INSTALLED else folder


def listed(folder: str) -> frozenset[str]:
    """The names in a folder; none where there is no such folder."""
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


class Recent:
    """Sources by path, those read last kept: a file is read for what it exports, and in its own turn."""

    def __init__(self) -> None:
        self.kept: dict[Path, Source] = {}
        self.size = 0

    def __call__(self, path: Path) -> Source:
        """The file at `path`, parsed; SourceError when it is no Python, OSError when it can't be read."""
        place = path.resolve()  # a project's roots are such, a file that is named may be relative
        found = self.kept.pop(place, None)
        if found is None:
            found = read(path)
            self.size += len(found.utf8)
        self.kept[place] = found  # behind all others
        while self.size > KEPT:
            self.size -= len(self.kept.pop(next(iter(self.kept))).utf8)
        return found if found.path == path else replace(found, path=path)


class ProjectFiles:
    """What the files of a project export, each read once, when something asks for it."""

    def __init__(self, roots: Iterable[Path], catalog: Catalog) -> None:
        self.roots = list(dict.fromkeys(roots))
        self.catalog = catalog
        self.modules: dict[str, ProjectModule | None] = {}
        self.known: dict[str, Scope | None] = {}
        self.depth = 0
        self.file = cache(self._file)
        self.listed = cache(listed)
        self.source = Recent()

    def module(self, name: str) -> ProjectModule | None:
        if name not in self.modules:
            self.modules[name] = ProjectModule(name) if self.file(name) else None
        return self.modules[name]

    def _file(self, name: str) -> Path | None:
        """The file of a module; a folder without `__init__.py` counts when it holds Python."""
        first, *_ = parts = name.split(".")
        if not name or first in sys.stdlib_module_names:
            return None
        for root in self.roots:
            folder = str(root)
            if root.parent.name in INSTALLED:
                if root.name != first:
                    continue
                folder = str(root.parent)
            within = os.path.join(folder, *parts[:-1])
            for place, file in ((within, f"{parts[-1]}.py"), (os.path.join(within, parts[-1]), INIT)):
                if file in self.listed(place):
                    return Path(place, file)
        return None

    def exported(self, module: str, name: str) -> Value:
        if self.module(module) is None:
            return OTHER if module.partition(".")[0] in sys.stdlib_module_names else UNKNOWN
        names = self.names(module)
        return UNKNOWN if names is None else names.get(name, UNKNOWN)

    def exported_names(self, module: str) -> Iterable[str]:
        names = self.names(module) if self.module(module) else None
        return () if names is None else [name for name in names if not name.startswith("_")]

    def names(self, module: str) -> Scope | None:
        """What a module binds at its top level; of modules that import each other, what is known so far; None of one that is no Python."""
        if module not in self.known:
            if self.depth >= DEPTH:
                return None
            self.known[module] = {}
            file = self.file(module)
            assert file is not None
            try:
                source = self.source(file)
            except (SourceError, OSError):
                self.known[module] = None  # the file's own turn reports it
            else:
                self.depth += 1
                try:
                    self.known[module] = resolve(source.tree, module, file.stem == "__init__", self.catalog, self, bodies=False).names
                finally:
                    self.depth -= 1
        return self.known[module]


def resolved(source: Source, catalog: Catalog, project: ProjectFiles) -> Resolved:
    """Every use of the framework's API in a file of the project; SourceError where it is nested more deeply than can be followed."""
    name, _ = module_name(source.path)
    try:
        return resolve(source.tree, name, source.path.stem == "__init__", catalog, project)
    except RecursionError:
        raise SourceError(source.path, 0, "nested too deeply to be followed") from None
