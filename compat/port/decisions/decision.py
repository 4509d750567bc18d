"""What becomes of one use of an API."""

from __future__ import annotations

from dataclasses import dataclass, field

from compat.port.model import Became
from compat.source.text import Edit


@dataclass(frozen=True)
class Decision:
    """What becomes of a use, the code and the reason for a report, and the edits; none of which touches what another use edits."""

    became: Became
    code: str
    reason: str
    edits: tuple[Edit, ...] = field(default=())
