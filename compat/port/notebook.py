"""A notebook ported: its cells as one module, the changes by cell, and every byte outside of the cells that changed as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from compat.errors import CompatError
from compat.port.model import Change, PortedFile
from compat.source.notebook import Notebook, Skipped, parsed
from compat.source.text import Source, SourceError

NAMED = re.compile(r"\btorch\.\w")


def ported(before: bytes, path: Path, rewrite: Callable[[Source], tuple[bytes, tuple[Change, ...]]]) -> PortedFile:
    """The notebook with these bytes, ported; one that can't be read, or would be broken, stays as it is and has a problem."""
    try:
        book = parsed(before, path)
        module, changes = rewrite(book.source)
        after = book.rewritten(module)
    except SourceError as error:
        return PortedFile(path, before, before, problem=error.problem, at=error.line)
    except CompatError as error:
        return PortedFile(path, before, before, problem=str(error).removeprefix(f"{path}: "))
    broken = _broken(book, after)
    if broken is not None:
        problem = f"porting would break cell {broken.cell}: {broken.problem}"
        return PortedFile(path, before, before, problem=problem)
    return PortedFile(path, before, after, tuple(_in_cell(change, book) for change in changes), skipped=(*book.skipped, *_unread(book)))


def _in_cell(change: Change, book: Notebook) -> Change:
    cell, line, column = book.place(change.line, change.column)
    _, end_line, end_column = book.place(change.end_line, change.end_column)
    return replace(change, cell=cell, line=line, column=column, end_line=end_line, end_column=end_column)


def _broken(book: Notebook, after: bytes) -> Skipped | None:
    """A cell that was Python before, and is none now."""
    if after == book.data:
        return None
    known = {one.cell for one in book.skipped}
    return next((one for one in parsed(after, book.path).skipped if one.cell not in known), None)


def _unread(book: Notebook) -> Iterator[Skipped]:
    """Magics that name PyTorch and are not read: what they name may have another name now."""
    for cell, line, magic in book.unread:
        if NAMED.search(magic):
            yield Skipped(cell, line, f"`{magic.strip()}` is not read, and names torch")
