"""What porting found and did: each use of an API, each file, the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from compat.source.notebook import Skipped
from compat.source.sites import How, Use
from compat.source.spilled import Spilled

Style = Literal["native", "shim"]
STYLES: tuple[Style, ...] = get_args(Style)
Target = Literal["mindspore", "torch"]
TARGETS: tuple[Target, ...] = get_args(Target)
Became = Literal["converted", "adapted", "kept", "unsupported", "unknown"]
BECAME: tuple[Became, ...] = get_args(Became)


@dataclass(frozen=True)
class Change:
    """One use of an API and what became of it.

    `became`: "converted", it reads the same or has another name now; "adapted", its arguments changed too, as `code` and `reason` say;
    "kept", it stays on the imitation, as it was written; "unsupported", the table has no such call, and a human has to look; "unknown", the
    receiver is not certain, so nothing was changed. Lines and columns count from 1, in the file as it was; columns in characters. `before`
    and `after` are the text, the same where nothing changed. `cell` is a notebook's, from 1, within which lines count; 0 in other files.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    api: str
    use: Use
    how: How
    became: Became
    code: str
    reason: str
    before: str
    after: str
    inside: str = ""
    cell: int = 0


@dataclass(frozen=True)
class PortedFile:
    """One file: its bytes before and after, its uses, or why it can't be ported (`at`: the line, 0 where there is none).

    `after` is `before` where nothing changed, or where there is a problem. `skipped`: cells of a notebook that stay as they are, unread.
    """

    path: Path
    before: bytes
    after: bytes
    changes: tuple[Change, ...] = ()
    problem: str = ""
    at: int = 0
    skipped: tuple[Skipped, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def lines(self) -> int:
        return self.before.count(b"\n") + (not self.before.endswith(b"\n") and bool(self.before))


@dataclass(frozen=True)
class Port:
    """A whole code base, ported to `target`."""

    files: Sequence[PortedFile]
    style: Style = "native"
    target: Target = "mindspore"

    @property
    def by_name(self) -> Iterator[PortedFile]:
        """The files by name, which is the order of every report."""
        return self.files.ordered() if isinstance(self.files, Spilled) else iter(sorted(self.files, key=name_of))


def name_of(file: PortedFile) -> str:
    return file.path.as_posix()
