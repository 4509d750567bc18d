"""What `importlib.metadata` says of a framework while this project's package stands in for it."""

from __future__ import annotations

from importlib.metadata import Distribution
from pathlib import Path
from typing import Any


class StandInDistribution(Distribution):
    """An installed package of this name and release."""

    def __init__(self, name: str, release: str) -> None:
        self.texts = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n", "top_level.txt": f"{name}\n"}

    def read_text(self, filename: str) -> str | None:
        return self.texts.get(filename)

    def locate_file(self, path: Any) -> Any:
        return Path(__file__).parent / path
