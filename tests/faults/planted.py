"""Faults written into a copy of the package, as data in `planted.yaml`, and whether `compat parity API` reports each of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from tests.helpers import QUIET, ROOT

FILE = Path(__file__).parent / "planted.yaml"
PARTS = ("compat", "mappings")
SECONDS = 300


class Planted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault: `old`, where it first stands in `file` behind the text `within`, is replaced by `new`; `api` must be reported as different."""

    name: str
    kind: str
    api: str
    file: str
    old: str
    new: str
    within: str = ""


@dataclass(frozen=True)
class Verdict:
    """What `compat parity` said of a fault: its exit status, and the first difference of the API, if it found one."""

    planted: Planted
    status: int
    difference: str

    @property
    def found(self) -> bool:
        return self.status == 1 and bool(self.difference)


def faults() -> list[Planted]:
    """All of `planted.yaml`."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), list[Planted])


def copy(folder: Path) -> None:
    """The package and its table, to be changed."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)


def verdicts(some: list[Planted], folder: Path) -> Iterator[Verdict]:
    """Each fault alone in the copy in `folder`. What differs there without a fault counts for none."""
    before = {one["id"] for one in _differing(some, folder)[1]}
    for planted in some:
        with changed(folder, [planted]):
            yield from _judged([planted], folder, before)


def together(some: list[Planted], folder: Path) -> list[Verdict]:
    """All of them in one run: quick, and as good for faults in code that none of the other APIs runs."""
    with changed(folder, some):
        return _judged(some, folder)


@contextmanager
def changed(folder: Path, some: list[Planted]) -> Iterator[None]:
    """The copy with the faults; the packages are derived anew from a changed table."""
    before = {planted.file: (folder / planted.file).read_text(encoding="utf-8") for planted in some}
    derived = any(planted.file.startswith("mappings/") for planted in some)
    after = dict(before)
    for planted in some:
        after[planted.file] = replaced(after[planted.file], planted)
    _write(folder, after, derived)
    try:
        yield
    finally:
        _write(folder, before, derived)


def _write(folder: Path, texts: dict[str, str], derived: bool) -> None:
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
        # Python tells bytecode from newer source by size and second.
        for old in (folder / file).parent.glob(f"__pycache__/{Path(file).stem}.*.pyc"):
            old.unlink()
    if derived:
        _python(folder, "-c", DERIVE).check_returncode()


DERIVE = """
from pathlib import Path
from compat.generate import code
from compat.generate.write import write
from compat.table.load import load
write(Path("."), code(load()))
"""


def replaced(text: str, planted: Planted) -> str:
    """The text with the fault; ValueError unless `old` stands behind `within`."""
    start = text.find(planted.within)
    if start < 0:
        raise ValueError(f"{planted.name}: {planted.file} does not have {planted.within!r}")
    at = text.find(planted.old, start)
    if at < 0:
        raise ValueError(f"{planted.name}: {planted.file} does not have {planted.old!r}")
    return text[:at] + planted.new + text[at + len(planted.old) :]


def _judged(some: list[Planted], folder: Path, before: Set[str] = frozenset()) -> list[Verdict]:
    status, differing = _differing(some, folder)
    new = [one for one in differing if one["id"] not in before]
    first = {api: f"{one['id']}: {one['detail']}" for one in reversed(new) for api in (one["row"], one["api"])}
    return [Verdict(planted, status, first.get(planted.api, "")) for planted in some]


def _differing(some: list[Planted], folder: Path) -> tuple[int, list[dict[str, str]]]:
    """The exit status of `compat parity` on the APIs of the faults, and the cases that differ."""
    names = sorted({planted.api for planted in some})
    ran = _python(folder, "-m", "compat", "parity", *names, "-o", "report", "--jobs", "1" if len(names) == 1 else "2")
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr)
    results = map(json.loads, (folder / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines())
    return ran.returncode, [one for one in results if one["status"] == "differs"]


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **QUIET, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=SECONDS
    )
