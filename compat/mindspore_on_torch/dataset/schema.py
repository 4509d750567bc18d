"""mindspore.dataset.Schema: names, types and shapes of columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.dataset.checks import of_type


class Schema:
    """Columns with a type each, and a shape where it is known; from a JSON file, or one by one."""

    def __init__(self, schema_file: str | None = None) -> None:
        self.columns: dict[str, tuple[np.dtype[Any], list[int] | None]] = {}
        if schema_file is not None:
            try:
                with open(of_type("schema_file", schema_file, str), encoding="utf-8") as file:
                    self.from_json(json.load(file))
            except (OSError, ValueError) as error:
                raise errors.invalid(RuntimeError, f"Schema: failed to read {schema_file}: {error}") from error

    def add_column(self, name: str, de_type: Any, shape: list[int] | None = None) -> None:
        """Add a column. ValueError for a shape with sizes that are not positive, TypeError for a type that is none."""
        of_type("name", name, str)
        kind = dtypes.find(de_type)
        if kind is None or kind.numpy is None:
            raise errors.invalid(TypeError, f"Argument de_type with value {de_type!r} is not a data type of NumPy.")
        if shape is not None and any(size < 1 for size in of_type("shape", shape, list)):
            raise errors.invalid(ValueError, f"shape must have positive sizes, but got {shape}.")
        self.columns[name] = np.dtype(kind.numpy), shape

    def parse_columns(self, columns: Any) -> None:
        """Add columns: a list of dicts with name, type and shape, or a dict of such by name."""
        of_type("columns", columns, dict, list)
        for name, entry in columns.items() if isinstance(columns, dict) else ((entry.get("name"), entry) for entry in columns):
            if name is None or "type" not in entry:
                raise errors.invalid(AttributeError, f"Each column must have a name and a type, but got {entry!r}.")
            self.add_column(name, entry["type"], entry.get("shape"))

    def from_json(self, json_obj: dict[str, Any]) -> None:
        """Replace the columns by those of a dict with "columns"."""
        if "columns" not in of_type("json_obj", json_obj, dict):
            raise errors.invalid(RuntimeError, "Schema: JSON data has no 'columns'.")
        self.columns = {}
        self.parse_columns(json_obj["columns"])

    def to_json(self) -> str:
        """The columns as JSON."""
        found = {}
        for name, (kind, shape) in self.columns.items():
            found[name] = {"type": kind.name, "rank": len(shape or []), **({} if shape is None else {"shape": shape})}
        return json.dumps({"columns": found}, indent=2)

    def layout(self, names: list[str] | None = None) -> list[tuple[str, np.dtype[Any], list[int]]]:
        """(name, type, shape) of the columns, or of some. RuntimeError for one that is not there."""
        missing = [name for name in names or [] if name not in self.columns]
        if missing or not self.columns:
            raise errors.invalid(RuntimeError, f"Schema: there is no column {missing[:1]} among {list(self.columns)}.")
        chosen = list(self.columns) if names is None else names
        return [(name, self.columns[name][0], self.columns[name][1] or []) for name in chosen]
