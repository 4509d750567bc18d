"""What compat.torch and compat.mindspore have, read from their source: neither they nor a framework are imported to know."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOM = Path(__file__).parents[1]
LIKE = re.compile(r'\blike="([\w.]+)"')


def is_published(api: str) -> bool:
    """Whether `from MODULE import NAME` finds it: a module, or a name that a module binds. "torch.nn.functional.relu"."""
    if is_module(api):
        return True
    module, _, name = api.rpartition(".")
    return is_module(module) and name in names(module)


@cache
def lacking(api: str) -> str:
    """The first part of a dotted name that is not there, in full; empty where all is, as far as modules tell: not what a class has."""
    parts = api.split(".")
    for end in range(2, len(parts) + 1):
        name = ".".join(parts[:end])
        if not is_module(name):
            return "" if is_published(name) else name
    return ""


def is_module(name: str) -> bool:
    """Whether it is a module of its own, "torch.nn.functional"."""
    return _file(name) is not None


@cache
def _file(module: str) -> Path | None:
    place = ROOM.joinpath(*module.split("."))
    return next((file for file in (place / "__init__.py", place.with_name(f"{place.name}.py")) if file.is_file()), None)


@cache
def names(module: str) -> frozenset[str]:
    """What a module binds, with its private names."""
    file = _file(module)
    if file is None:
        return frozenset()
    found: set[str] = set()
    for statement in ast.parse(file.read_bytes()).body:
        found |= _bound(statement)
    like = like_of(module)
    return frozenset(found) | (names(like) if like else frozenset())


@cache
def like_of(module: str) -> str:
    """The module whose names this one has as well, as it says by `lazy(…, like=…)`; empty where it names none."""
    file = _file(module)
    text = file.read_text(encoding="utf-8") if file is not None else ""
    return found[1] if "like=" in text and (found := LIKE.search(text)) else ""


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()
