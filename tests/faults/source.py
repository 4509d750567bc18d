"""Functions of the package that run, patched in memory: a changed syntax tree → the code of every function made from it."""

from __future__ import annotations
import __future__

import ast
import functools
import gc
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.syntax import Change, changes
from tests.helpers import ROOT

PACKAGE = str(ROOT / "compat")
ANNOTATIONS = __future__.annotations.compiler_flag
Code = types.CodeType
Place = tuple[str, int]  # qualified name and first line


@dataclass(frozen=True)
class Fault:
    """A change of the source. `name` says where and what, the same in every run."""

    file: str
    kind: str
    line: int
    name: str
    change: Change
    statement: ast.stmt


@functools.cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def faults(file: str, executed: set[int]) -> Iterator[Fault]:
    """The changes of every function of the file with an executed line; an inner function belongs to the outermost one."""
    shown = str(Path(file).relative_to(ROOT))
    for statement in _tree(file).body:
        for function in _functions(statement, executed):
            for change in changes(function):
                name = f"{shown}:{change.line}:{change.column}: {change.kind}: {change.text}"
                yield Fault(file, change.kind, change.line, name, change, statement)


def _functions(statement: ast.stmt, executed: set[int]) -> Iterator[ast.AST]:
    if isinstance(statement, ast.ClassDef):
        for each in statement.body:
            yield from _functions(each, executed)
    elif any(statement.lineno <= line <= (statement.end_lineno or 0) for line in executed):
        yield statement


class Functions:
    """The functions of the package in memory, by the code they were made with."""

    def __init__(self) -> None:
        self.by_code: dict[tuple[str, Place], list[types.FunctionType]] = {}
        self.caches: list[functools._lru_cache_wrapper[object]] = []
        self.renew()

    def renew(self) -> None:
        """Look for functions again, as after an import."""
        self.by_code, self.caches = {}, []
        for each in gc.get_objects():
            if type(each) is types.FunctionType and each.__code__.co_filename.startswith(PACKAGE):
                self.by_code.setdefault((each.__code__.co_filename, _place(each.__code__)), []).append(each)
            elif type(each) is functools._lru_cache_wrapper and str(each.__module__).startswith("compat."):
                self.caches.append(each)

    @contextmanager
    def patched(self, fault: Fault) -> Iterator[None]:
        """The functions of the fault's statement as they are with the change; ValueError where the change can't be compiled."""
        replaced: list[tuple[types.FunctionType, Code]] = []
        try:
            for code in _compiled(fault):
                for function in self.by_code.get((fault.file, _place(code)), []):
                    if function.__code__ != code and function.__code__.co_freevars == code.co_freevars:
                        replaced.append((function, function.__code__))
                        function.__code__ = code
            if not replaced:
                raise ValueError(f"{fault.name}: no function in memory has that code")
            self._forget()
            yield
        finally:
            for function, code in replaced:
                function.__code__ = code
            self._forget()

    def _forget(self) -> None:
        for each in self.caches:
            each.cache_clear()


def _place(code: Code) -> Place:
    return code.co_qualname, code.co_firstlineno


def _compiled(fault: Fault) -> list[Code]:
    fault.change.exchange()
    try:
        module = ast.Module([fault.statement], [])
        compiled = compile(module, fault.file, "exec", ANNOTATIONS, dont_inherit=True)
    except SyntaxError as error:
        raise ValueError(f"{fault.name}: {error}") from error
    finally:
        fault.change.exchange()
    return list(_inner(compiled))


def _inner(code: Code) -> Iterator[Code]:
    for each in code.co_consts:
        if isinstance(each, Code):
            yield each
            yield from _inner(each)
