"""The table → text: the two public packages, the pages and their indexes, the JSON Schemas. Imports no framework."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from compat.generate.index import indexes
from compat.generate.native_layers import native_layers
from compat.generate.packages import packages
from compat.generate.pages import pages
from compat.generate.recorded import Record
from compat.generate.schema import schemas
from compat.generate.standing import standing
from compat.generate.write import formatted
from compat.parity import record
from compat.table.model import Table


def code(table: Table) -> dict[PurePosixPath, str]:
    """Path in the repository → text of the two packages, of what compat.native and Cells know of layers, and of the schemas."""
    return {**formatted({**packages(table), **native_layers(table), **standing(table)}), **schemas()}


def documentation(table: Table, mappings: Path, examples: Record) -> dict[PurePosixPath, str]:
    """Path in the repository → text of the pages and indexes. `mappings` holds the record of what was executed.

    An example that `examples` doesn't know is run with the packages as they stand where it may, or is a CompatError.
    """
    executed = record.read(mappings)
    return {**pages(table, executed, examples), **indexes(table, executed)}
