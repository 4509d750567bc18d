"""Sources and a destination → which file becomes which: ported, copied, or left out, and why; and the writing, each file whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compat import replacing
from compat.errors import UsageError
from compat.port.model import PortedFile
from compat.source.files import Entry, checked, is_excluded, walked
from compat.source.project import SUFFIXES

Kind = Literal["port", "copy", "link", "folder"]
SHOWN = 5


@dataclass(frozen=True)
class Item:
    """What becomes of one file, link, or folder without anything in it."""

    kind: Kind
    source: Path
    target: Path
    link: str = ""  # where a link leads


@dataclass(frozen=True)
class Failure:
    """A file that could not be read or written; the others are."""

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass(frozen=True)
class Tree:
    """All that is written, what is left out (its `left_out` says why), and the folders that will be new, as source and target."""

    items: tuple[Item, ...]
    left_out: tuple[Entry, ...] = ()
    folders: tuple[tuple[Path, Path], ...] = ()

    @property
    def failures(self) -> list[Failure]:
        """Folders that can't be read, with all that is in them."""
        return [Failure(entry.path, entry.left_out) for entry in self.left_out if entry.failed]

    @property
    def ported(self) -> list[Item]:
        return [item for item in self.items if item.kind == "port"]


# --- what becomes of what ---------------------------------------------------------------------------------------------


def planned(sources: Sequence[Path], destination: Path, excluded: Sequence[str] = (), *, force: bool = False) -> Tree:
    """Which file becomes which.

    One file goes to `destination` where that name ends as the file's does, else into it as a folder; the content of one folder becomes that of
    `destination`; several sources stand in it, each under its own name. UsageError, before anything is written, for a source that is missing
    or of another kind, a destination in a source, two sources of one target, and targets that exist, unless `force` allows to replace files.
    """
    items: list[Item] = []
    left_out: list[Entry] = []
    folders: dict[Path, Path] = {}
    patterns = checked(excluded)
    for source, target in list(pairs(sources, destination)):
        if source.is_file():
            if is_excluded(source, patterns):
                left_out.append(Entry(source, "excluded"))
            else:
                items.append(Item("port", source, target))
            continue
        for entry in walked(source, patterns):
            item = None if entry.left_out else _item(entry.path, source, target)
            if item is None:
                left_out.append(entry if entry.left_out else Entry(entry.path, "neither a file, a link nor a folder"))
            else:
                items.append(item)
                folders.update(_above(item, source, target))
    items = _without_doubles(items)
    _refuse_existing(items, force)
    return Tree(tuple(items), tuple(left_out), tuple((source, target) for target, source in folders.items() if not target.exists()))


def pairs(sources: Sequence[Path], destination: Path) -> Iterator[tuple[Path, Path]]:
    for source in sources:
        if not source.exists():
            raise UsageError(f"{source}: no such file or folder")
        if source.is_file() and source.suffix not in SUFFIXES:
            raise UsageError(f"{source}: no Python source (its name ends neither in .py nor in .ipynb)")
        _refuse_inside(source, destination)
        yield source, _target(source, destination, alone=len(sources) == 1)


def _refuse_inside(source: Path, destination: Path) -> None:
    inner, outer = destination.resolve(), source.resolve()
    if inner == outer:
        raise UsageError(f"{destination}: is the source itself; --write ports in place")
    if source.is_dir() and inner.is_relative_to(outer):
        raise UsageError(f"{destination}: lies in the source {source}, and would be part of the next run")


def _target(source: Path, destination: Path, *, alone: bool) -> Path:
    as_file = alone and source.is_file() and not destination.is_dir() and destination.suffix in SUFFIXES
    if as_file and destination.suffix != source.suffix:
        raise UsageError(f"{destination}: {source} becomes a {source.suffix} file")
    if not as_file and (destination.is_file() or (destination.is_symlink() and not destination.exists())):
        raise UsageError(f"{destination}: is a file, and must be a folder")
    return destination if as_file or (alone and source.is_dir()) else destination / source.resolve().name


def _item(source: Path, root: Path, destination: Path) -> Item | None:
    """What becomes of a file in a folder; None for what is neither a file, a link nor a folder."""
    mode, target = source.lstat().st_mode, destination / source.relative_to(root)
    if stat.S_ISLNK(mode):
        return Item("link", source, target, _link_text(source, root))
    if stat.S_ISDIR(mode):
        return Item("folder", source, target)
    if not stat.S_ISREG(mode):
        return None
    return Item("port" if source.suffix in SUFFIXES else "copy", source, target)


def _link_text(link: Path, root: Path) -> str:
    """What the link says in the copy: inside of the folder it leads to the copy, outside to what it led to."""
    said = os.readlink(link)
    led = os.path.abspath(link.parent / said)
    inside = Path(led).is_relative_to(root.absolute())
    if os.path.isabs(said) != inside:
        return said
    return os.path.relpath(led, link.parent.absolute()) if inside else led


def _above(item: Item, root: Path, destination: Path) -> dict[Path, Path]:
    """The folders that a file lies in, and itself if it is one: target → source."""
    inside = item.source.relative_to(root)
    every = [*inside.parents, inside] if item.kind == "folder" else inside.parents
    return {destination / folder: root / folder for folder in every}


def _without_doubles(items: list[Item]) -> list[Item]:
    """Each once; UsageError where two files would become one."""
    known: dict[Path, Item] = {}
    for item in items:
        other = known.setdefault(item.target, item)
        if os.path.realpath(other.source) != os.path.realpath(item.source):
            raise UsageError(f"{item.target}: would be written from both {other.source} and {item.source}")
    return list(known.values())


def _refuse_existing(items: list[Item], force: bool) -> None:
    sources = {os.path.realpath(item.source) for item in items if item.kind == "port"}
    existing = [item.target for item in items if item.kind != "folder" and os.path.lexists(item.target)]
    for target in existing:
        if target.is_dir() and not target.is_symlink():
            raise UsageError(f"{target}: is a folder, and a file is to be written there")
        if os.path.realpath(target) in sources:  # which takes links in a circle, too
            raise UsageError(f"{target}: is a source itself; --write ports in place")
    if existing and not force:
        more = f", and {len(existing) - SHOWN} more" if len(existing) > SHOWN else ""
        shown = ", ".join(map(str, existing[:SHOWN]))
        raise UsageError(f"{shown}{more}: exist already; --force replaces them")


# --- writing ----------------------------------------------------------------------------------------------------------


def written(tree: Tree, ported: Iterable[PortedFile]) -> list[Failure]:
    """Write everything; `ported` are the files of `tree.ported`, in their order, each taken when its turn comes.

    A file with a problem is copied as it is, so that the tree is complete. What can't be written is a failure, and the rest goes on.
    """
    failures = [_attempt(item.target, _port, item, file) for item, file in zip(tree.ported, ported, strict=True)]
    failures += [_attempt(item.target, CARRIED[item.kind], item) for item in tree.items if item.kind != "port"]
    for source, target in sorted(tree.folders, key=lambda pair: -len(pair[1].parts)):  # a folder may come to forbid writing into it
        failures.append(_attempt(target, _same_mode, source, target))
    return [failure for failure in failures if failure is not None]


def written_in_place(file: PortedFile) -> Failure | None:
    """Write a file that changed where it stands; a link stays one, and what it points to is written."""
    return _attempt(file.path, _replace, file) if file.changed else None


def _replace(file: PortedFile) -> None:
    path = file.path.resolve()
    if path.read_bytes() != file.before:
        raise OSError(0, "was changed by something else in the meantime")
    if not os.access(path, os.W_OK):
        raise OSError(0, "is not writable")
    _write(path, file.after, _mode(path))


def _attempt(target: Path, write: Callable[..., None], *arguments: object) -> Failure | None:
    try:
        write(*arguments)
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else target
        place = target if named.suffix == ".tmp" else named  # that file's name says nothing to a reader
        return Failure(place, error.strerror or str(error))
    return None


def _port(item: Item, file: PortedFile) -> None:
    if file.problem:
        _copy(item)
    else:
        _made(item.target.parent)
        _write(item.target, file.after, _mode(item.source))


def _copy(item: Item) -> None:
    _made(item.target.parent)
    replacing.written(str(item.target), lambda temporary: _copied(item.source, temporary), _mode(item.source))


def _copied(source: Path, target: str) -> None:
    shutil.copyfile(source, target)


def _link(item: Item) -> None:
    _made(item.target.parent)
    temporary = item.target.with_name(f".{item.target.name}.link.tmp")
    temporary.symlink_to(item.link)
    try:
        temporary.replace(item.target)
    except OSError:
        temporary.unlink()
        raise


def _write(target: Path, data: bytes, mode: int) -> None:
    replacing.written(str(target), lambda temporary: _filled(temporary, data), mode)


def _filled(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


def _made(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _same_mode(source: Path, target: Path) -> None:
    target.chmod(_mode(source))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


CARRIED: dict[Kind, Callable[[Item], None]] = {"copy": _copy, "link": _link, "folder": lambda item: _made(item.target)}
