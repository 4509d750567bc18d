"""Plain MindSpore programs; `test_programs` runs each on both frameworks and compares the losses that they return."""

from __future__ import annotations

from pathlib import Path

PROGRAMS = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith(("test_", "__")))
