"""The comparison for a test suite: what the pytest fixture `compare_models` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compat.models.compare import compare
from compat.models.comparison import ModelComparison
from compat.models.records import Array


def compare_models(first: Any, second: Any, inputs: Array | Sequence[Array] | Mapping[str, Array], **given: Any) -> ModelComparison:
    """`compare`, which fails the test where the models differ: AssertionError with the whole text. `given` are its further arguments."""
    found = compare(first, second, inputs, **given)
    assert found.agrees, str(found)
    return found
