"""FILE:NAME on a command line → the model, the inputs or the labels that a source makes, on the framework that it is to run on."""

from __future__ import annotations

import importlib.util
import inspect
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from compat.errors import UsageError
from compat.frameworks import installed


def made(source: str, stand_in: str | None = None, seed: int = 0) -> Any:
    """What a function NAME of FILE returns, or the value of that name; with `stand_in`, this project's package is that framework.

    The function begins with the random numbers of `seed`, in Python, NumPy and the frameworks that are loaded.

    Modules that a source imports, and that use a framework, are imported anew for the next source: they may get another one.
    Raises UsageError if there is no such file or name.
    """
    file, name = _parted(source)
    with _fresh(file.resolve().parent):
        if stand_in is None:
            return _made(file, name, seed)
        with installed(stand_in):
            return _made(file, name, seed)


def _parted(source: str) -> tuple[Path, str]:
    file, _, name = source.rpartition(":")
    if not file or not name.isidentifier():
        raise UsageError(f"{source}: expected FILE:NAME, as in model.py:build")
    if not Path(file).is_file():
        raise UsageError(f"{file}: no such file")
    return Path(file), name


def _made(file: Path, name: str, seed: int) -> Any:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file}: not a Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # what defines classes looks for itself there
    spec.loader.exec_module(module)
    found = getattr(module, name, None)
    if found is None:
        raise UsageError(f"{file}: has no {name}")
    _seed(seed)
    return found() if inspect.isfunction(found) or inspect.isclass(found) else found


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    for framework, function in (("torch", "manual_seed"), ("mindspore", "set_seed")):
        if framework in sys.modules:
            getattr(sys.modules[framework], function)(number)


@contextmanager
def _fresh(folder: Path) -> Iterator[None]:
    """The folder can be imported from; afterwards, what was imported and uses a framework is forgotten."""
    before, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = path
        new = {name: module for name, module in sys.modules.items() if name not in before and not _is_framework(name)}
        using = {name.partition(".")[0] for name, module in new.items() if _uses_a_framework(module)}
        for name in new:
            if name.partition(".")[0] in using:
                del sys.modules[name]


def _is_framework(name: str) -> bool:
    return name.partition(".")[0] in ("torch", "mindspore", "compat", "numpy")


def _uses_a_framework(module: ModuleType) -> bool:
    values = list(vars(module).values()) if isinstance(module, ModuleType) else []
    return any(_is_framework(value.__name__) and value.__name__ != "numpy" for value in values if isinstance(value, ModuleType)) or any(
        str(getattr(value, "__module__", "")).partition(".")[0] in ("torch", "mindspore", "compat")
        for value in values
        if isinstance(value, type)
    )
