"""Two models held against each other: the same weights, the same input, and the first module where they part."""

from __future__ import annotations

from compat.models.checked import compare_models
from compat.models.compare import compare
from compat.models.comparison import ModelComparison

__all__ = ["ModelComparison", "compare", "compare_models"]
