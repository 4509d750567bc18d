"""The classes of the model → JSON Schemas, by which an editor completes and checks a table file while it is written."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import msgspec

from compat.table.model import Export, Family, Primitive, Reason, Row
from compat.table.weights import LayerWeights

# The loader states the kind of a parameter where the author left the usual one out; the schema allows the same.
USUAL_KIND = {"Passed", "Same", "Renamed"}


def schemas() -> dict[PurePosixPath, str]:
    """One schema for the row files, one for each of families.yaml, exports.yaml, primitives.yaml, reasons.yaml and weights.yaml."""
    others = {"families": Family, "exports": Export, "primitives": Primitive, "reasons": Reason, "weights": LayerWeights}
    kinds = {"schema.json": Row, **{f"{name}.schema.json": kind for name, kind in others.items()}}
    return {PurePosixPath("mappings", name): _text(kind) for name, kind in kinds.items()}


def _text(kind: type) -> str:
    schema = msgspec.json.schema(list[kind])  # type: ignore[valid-type]
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    for name, definition in schema.get("$defs", {}).items():
        if name in USUAL_KIND:
            definition["required"] = [key for key in definition["required"] if key != "kind"]
    _any_of(schema)
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _any_of(node: Any) -> None:
    """Without a stated kind the discriminator would refuse a parameter: the choice is then by shape."""
    if isinstance(node, dict):
        node.pop("discriminator", None)
        for item in node.values():
            _any_of(item)
    elif isinstance(node, list):
        for item in node:
            _any_of(item)
