"""The table → text: the two public packages, the pages, the JSON Schemas. Imports no framework."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from compat.generate.packages import packages
from compat.generate.pages import pages
from compat.generate.schema import schemas
from compat.generate.write import formatted
from compat.table.model import Table


def code(table: Table) -> dict[PurePosixPath, str]:
    """Path in the repository → text of the two packages and of the schemas."""
    return {**formatted(packages(table)), **schemas()}


def documentation(table: Table, root: Path, run: bool) -> dict[PurePosixPath, str]:
    """Path in the repository → text of the pages. `root` holds the recorded outputs of their examples.

    An example that is not on record is run with the packages as they stand, or is an error if `run` is False.
    """
    return pages(table, root, run)
