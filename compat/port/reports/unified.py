"""A port as one unified diff, in bytes, that `git apply` and `patch -p1` take: each file in its own encoding, with its own line ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from compat.port.model import Port, PortedFile
from compat.port.reports.lines import Block, blocks, hunks

UNENDED = b"\n\\ No newline at end of file\n"
_ESCAPES = {b: f"\\{b:03o}".encode() for b in (*range(32), 127)} | {9: b"\\t", 10: b"\\n", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}


def as_diff(port: Port, root: Path = Path()) -> bytes:
    """The whole diff."""
    return b"".join(parts(port, root))


def parts(port: Port, root: Path = Path()) -> Iterator[bytes]:
    """The diff of all files that changed, part by part, with their paths from `root`; that of a file elsewhere stands without its first slash."""
    base = Path(os.path.abspath(root))  # without the `..` that git refuses
    return (part for file in port.files if file.changed for part in _file(file, base))


def _file(file: PortedFile, root: Path) -> Iterator[bytes]:
    name = os.fsencode(_relative(file.path, root))
    old, new = _quoted(b"a/" + name), _quoted(b"b/" + name)
    # What follows a tab is no part of the name; git writes one where the name has a space.
    end = b"\t\n" if b" " in name and not old.startswith(b'"') else b"\n"
    yield b"diff --git %s %s\n--- %s%s+++ %s%s" % (old, new, old, end, new, end)
    before, after = _lines(file.before), _lines(file.after)
    for hunk in hunks(blocks(before, after)):
        yield _header(hunk)
        for block in hunk:
            yield from _signed(b" " if block.same else b"-", before[block.start : block.end])
            if not block.same:
                yield from _signed(b"+", after[block.new_start : block.new_end])


def _relative(path: Path, root: Path) -> str:
    whole = Path(os.path.abspath(path))
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix().lstrip("/")


def _quoted(name: bytes) -> bytes:
    """A name as git writes it: as it is, or in quotes with escapes where it has a quote, a backslash or a control character."""
    escaped = b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in name)
    return name if escaped == name else b'"' + escaped + b'"'


def _lines(data: bytes) -> list[bytes]:
    """The lines as git and patch see them, which know no end of line but this one."""
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _header(hunk: list[Block]) -> bytes:
    first, last = hunk[0], hunk[-1]
    return f"@@ -{_range(first.start, last.end)} +{_range(first.new_start, last.new_end)} @@\n".encode()


def _range(start: int, end: int) -> str:
    """A range of lines from 1; one of no line is named by the line before it."""
    length = end - start
    return f"{start + 1 if length else start}" + ("" if length == 1 else f",{length}")


def _signed(sign: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + (line if line.endswith(b"\n") else line + UNENDED)
