"""What is raised for a file that is no checkpoint, or no longer one."""

from __future__ import annotations

from compat.errors import CompatError

DAMAGED = "the file is damaged, was cut off, or is not one that torch.save has written"


class Damaged(CompatError, RuntimeError):
    """A file that is cut off, changed or foreign. It is a RuntimeError because torch.load raises that."""
