"""The JSON Schemas: every table file satisfies its own, and what the loader refuses the schema refuses too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compat.generate.schema import schemas
from compat.table.load import EXPORTS, FAMILIES, MAPPINGS, PRIMITIVES, REASONS, WEIGHTS
from compat.table.source import read

SCHEMAS = {path.name: json.loads(text) for path, text in schemas().items()}
OF_FILE = {name: name.replace(".yaml", ".schema.json") for name in (FAMILIES, EXPORTS, PRIMITIVES, REASONS, WEIGHTS)}
FILES = sorted(MAPPINGS.glob("*.yaml"))


def mistakes(value: Any, schema: str) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMAS[schema]).iter_errors(value)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_table_file_satisfies_its_schema(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    schema = OF_FILE.get(file.name, "schema.json")
    assert f"$schema={schema}" in text
    assert mistakes(read(text, file.name).value, schema) == []


EXPORT = {"api": "torch.Tensor", "name": "tensor.Tensor"}


@pytest.mark.parametrize("change", [{"api": "torch"}, {"api": 3}, {"nmae": "x.y"}, {"name": "../x.y"}])
def test_the_schema_refuses_what_the_loader_refuses(change: dict[str, Any]) -> None:
    assert mistakes([EXPORT], "exports.schema.json") == []
    assert mistakes([EXPORT | change], "exports.schema.json")


def test_every_field_of_the_model_is_in_the_reference() -> None:
    text = (MAPPINGS / "README.md").read_text(encoding="utf-8")
    fields = {name for definition in SCHEMAS["schema.json"]["$defs"].values() for name in definition.get("properties", {})}
    inner = {"en", "zh", "apis", "imitated", "draw", "shape", "values", "low", "high", "dtype", "mindspore_dtype", "arguments"}
    assert [name for name in sorted(fields - inner) if f"`{name}`" not in text] == []
