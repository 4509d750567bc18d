"""The table → text: the two public packages, the pages, the JSON Schemas. Imports no framework."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from compat.generate.packages import packages
from compat.generate.pages import pages
from compat.generate.schema import schemas
from compat.generate.write import formatted
from compat.table.load import Table


def everything(table: Table, root: Path) -> dict[PurePosixPath, str]:
    """Path in the repository → text of every derived file. `root` holds the recorded outputs of the examples."""
    return {**formatted(packages(table)), **pages(table, root), **schemas()}
