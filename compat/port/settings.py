"""`[tool.compat.port]` of a project's pyproject.toml: what the command line may say, said once for the project."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compat.errors import UsageError
from compat.port.model import STYLES

FILE = "pyproject.toml"
SECTION = "[tool.compat.port]"
# What a value must be: a type, or a tuple of the texts that it may be; a list is one of texts.
Kind = type[bool] | type[str] | type[float] | type[list[str]] | tuple[str, ...]
OPTIONS: Mapping[str, Kind] = {
    "style": STYLES,
    "target": ("mindspore", "torch"),
    "annotate": bool,
    "exclude": list,
    "force": bool,
    "verify": str,
    "rtol": float,
    "atol": float,
}
EXPECTED: Mapping[Any, str] = {bool: "true or false", str: "a text", float: "a number", list: "a list of texts"}


@dataclass(frozen=True)
class Settings:
    """What a project says, and the file that says it, None where none does. Options are named as in Python: `_`, not `-`."""

    file: Path | None
    values: Mapping[str, Any]

    def over(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The command line's options, with the project's where the command line is silent, None or an empty list."""
        return {name: self.values.get(name, value) if value is None or value == [] else value for name, value in given.items()}


def settings(source: Path, options: Mapping[str, Kind] = OPTIONS) -> Settings:
    """What the project of a source says: the nearest pyproject.toml with the section, in the source's folder or above it.

    UsageError, with the file and the key, for one that can't be read, an unknown key, and a value of another type.
    """
    start = source.resolve()
    for folder in (start, *start.parents) if start.is_dir() else start.parents:
        if (folder / FILE).is_file():
            section = _section(folder / FILE)
            if section is not None:
                return Settings(folder / FILE, _checked(section, folder / FILE, options))
    return Settings(None, {})


def _section(file: Path) -> dict[str, Any] | None:
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not TOML: {error}") from None
    for key in ("tool", "compat", "port"):
        if key not in found:
            return None
        found = found[key]
        if not isinstance(found, dict):
            raise UsageError(f"{file}: {SECTION}: {key} must be a table")
    return dict(found)


def _checked(section: dict[str, Any], file: Path, options: Mapping[str, Kind]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in section.items():
        name = key.replace("-", "_")
        if name not in options:
            raise UsageError(f"{file}: {SECTION} has no key {key}; it has {', '.join(sorted(options))}")
        if name in values:
            raise UsageError(f"{file}: {SECTION} has {key} twice, with - and with _")
        if problem := _wrong(value, options[name]):
            raise UsageError(f"{file}: {SECTION} {key}: {problem}, not {value!r}")
        values[name] = float(value) if options[name] is float else value
    return values


def _wrong(value: object, kind: Kind) -> str:
    """What a value must be, where it is something else."""
    if isinstance(kind, tuple):
        return "" if value in kind else f"one of {', '.join(kind)}"
    if kind is float:
        return "" if isinstance(value, (int, float)) and not isinstance(value, bool) else EXPECTED[kind]
    if not isinstance(value, kind) or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
        return EXPECTED[kind]
    return ""
