"""What one framework gave for many cases, on disk: JSON and arrays, no pickle, checked to the byte when it is opened.

`manifest.json` is written last: it names the framework, its release and device, and size and SHA-256 of every other file.
`cases.jsonl` has a line for each case: the digest of its definition, and for each side its structure, error, message and ending.
`arrays-NNNNN.safetensors` hold the arrays of a few hundred cases each, inputs and outputs, as `ID/ROLE/values/0` and the like.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from numpy.typing import NDArray

from compat.errors import CompatError, UsageError
from compat.parity import shards
from compat.parity.execute import Ending, Outcome
from compat.parity.shards import Shard

FORMAT, VERSION = "compat parity bundle", 1
MANIFEST, CASES, PARTIAL = "manifest.json", "cases.jsonl", "cases.partial.jsonl"
FILES = re.compile(r"cases\.jsonl|arrays-\d{5}\.safetensors")
SHARD_BYTES, SHARD_CASES = 16 << 20, 500
SEPARATOR, PROBLEM = "\t", "!"

Arrays = dict[str, NDArray[Any]]
Framework = Literal["torch", "mindspore"]


class File(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a bundle is of. `digest` is that of all the rest, `table` that of the table's files, `patterns` those of the command."""

    framework: Framework
    release: str
    device: str
    platform: str
    numpy: str
    table: str
    patterns: list[str]
    cases: int
    files: dict[str, File] = {}
    format: str = FORMAT
    version: int = VERSION
    digest: str = ""

    def text(self) -> str:
        """The file's text, with the digest."""
        fields = {name: value for name, value in msgspec.to_builtins(self).items() if name != "digest"}
        return json.dumps({**fields, "digest": hashlib.sha256(json.dumps(fields).encode()).hexdigest()}, indent=1) + "\n"


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of an outcome is no array, and the names of its arrays: `values/0`, `gradients/input`, `written/input`."""

    arrays: list[str]
    structure: str = ""
    error: str | None = None
    message: str = ""
    ending: Ending = ""


class Line(msgspec.Struct, frozen=True):
    """A case in `cases.jsonl`. Its arrays are in `file`: those of `inputs` as `ID/WHOSE/PLACE`, those of `outcomes` as `ID/ROLE/NAME`."""

    id: str
    definition: str
    file: str
    inputs: dict[str, list[str]]
    outcomes: dict[str, Said]


@dataclass(frozen=True)
class Entry:
    """One case: the digest of its definition, its inputs by place, and what each role gave; see `sides` for the roles."""

    id: str
    definition: str
    inputs: Mapping[str, Arrays] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


# --- an outcome as JSON data and arrays ---


def split(outcome: Outcome) -> tuple[Said, Arrays]:
    """What of an outcome is JSON data, and its arrays by name."""
    found = {f"values/{index}": array for index, array in enumerate(outcome.values)}
    for kind, named in (("gradients", outcome.gradients), ("written", outcome.written)):
        found |= {f"{kind}/{name}": array for name, array in named.items()}
    return Said(list(found), outcome.structure, outcome.error, outcome.message, outcome.ending), found


def joined(said: Said, array: Callable[[str], NDArray[Any]]) -> Outcome:
    """The inverse of `split`; `array` gives the array of a name."""
    found: dict[str, Arrays] = {"values": {}, "gradients": {}, "written": {}}
    for name in said.arrays:
        kind, _, which = name.partition("/")
        found[kind][which] = array(name)
    return Outcome(
        list(found["values"].values()), found["gradients"], said.structure, found["written"], said.error, said.message, said.ending
    )


# --- an entry on its way from a worker ---


def sent(entry: Entry) -> str:
    """An entry as one line of text, or why it can't be stored."""
    packed = io.BytesIO()
    try:
        shards.write(packed, _named(entry))
    except CompatError as error:
        return f"{PROBLEM}{error}"
    return _text(_line(entry, "")).rstrip() + SEPARATOR + base64.b64encode(packed.getvalue()).decode()


def received(text: str) -> Entry:
    """The inverse of `sent`; CompatError for what can't be stored."""
    if text.startswith(PROBLEM):
        raise CompatError(text.removeprefix(PROBLEM))
    data, _, packed = text.rpartition(SEPARATOR)
    line, shard = _parsed(data), Shard(io.BytesIO(base64.b64decode(packed)))
    inputs = {whose: {place: shard.array(f"{line.id}/{whose}/{place}") for place in places} for whose, places in line.inputs.items()}
    outcomes = {role: joined(said, partial(_of, shard, f"{line.id}/{role}/")) for role, said in line.outcomes.items()}
    return Entry(line.id, line.definition, inputs, outcomes)


def _of(shard: Shard, prefix: str, name: str) -> NDArray[Any]:
    return shard.array(prefix + name)


# --- writing ---


class Recording:
    """A bundle that is being written, a shard at a time, so that one that was stopped goes on with what was complete."""

    def __init__(self, folder: Path, key: str, *, resume: bool) -> None:
        """Begin in `folder`; UsageError where it holds anything, unless it is an unfinished recording of the same `key` to `resume`."""
        self.folder, self.key = folder, key
        self.lines: dict[str, Line] = {}
        self.shards = 0
        self.waiting: list[Entry] = []
        self.arrays: Arrays = {}
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            self._resume(resume)
        else:
            self._append(json.dumps({"key": key}) + "\n")

    def _resume(self, resume: bool) -> None:
        unfinished = (self.folder / PARTIAL).exists() and not (self.folder / MANIFEST).exists()
        if not unfinished:
            raise UsageError(f"{self.folder} is not empty: name a new folder for the recording")
        if not resume:
            raise UsageError(f"{self.folder} holds an unfinished recording: go on with it by --resume, or name a new folder")
        first, *lines = (self.folder / PARTIAL).read_text(encoding="utf-8").splitlines() or [""]
        if first != json.dumps({"key": self.key}):
            raise UsageError(f"{self.folder} holds an unfinished recording of other cases, another release or device: name a new folder")
        for line in lines:
            try:
                known = _parsed(line)
            except ValueError:  # it was cut off
                break
            self.lines[known.id] = known
        self.shards = len({line.file for line in self.lines.values()})
        self._write(PARTIAL, f"{first}\n" + "".join(map(_text, self.lines.values())))

    def add(self, entry: Entry) -> None:
        """Take a case; CompatError for an array of a dtype that can't be stored."""
        self.waiting.append(entry)
        self.arrays |= _named(entry)
        if len(self.waiting) >= SHARD_CASES or sum(array.nbytes for array in self.arrays.values()) >= SHARD_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting: the shard first, then the lines that name it."""
        if not self.waiting:
            return
        name = f"arrays-{self.shards:05}.safetensors"
        with (self.folder / f"{name}.new").open("wb") as file:
            shards.write(file, self.arrays)
        (self.folder / f"{name}.new").replace(self.folder / name)
        lines = {entry.id: _line(entry, name) for entry in self.waiting}
        self._append("".join(map(_text, lines.values())))
        self.lines |= lines
        self.shards += 1
        self.waiting, self.arrays = [], {}

    @property
    def count(self) -> int:
        """How many cases it has taken."""
        return len(self.lines) + len(self.waiting)

    def finish(self, order: Iterable[str], manifest: Manifest) -> Manifest:
        """Write the lines in the order of the cases, then the manifest, which is returned with what it says of the files."""
        self.flush()
        self._write(CASES, "".join(_text(self.lines[id]) for id in order))
        names = [CASES, *sorted({line.file for line in self.lines.values()})]
        manifest = msgspec.structs.replace(manifest, files={name: _file(self.folder / name) for name in names})
        self._write(MANIFEST, manifest.text())
        (self.folder / PARTIAL).unlink()
        return manifest

    def _append(self, text: str) -> None:
        with (self.folder / PARTIAL).open("a", encoding="utf-8") as file:
            file.write(text)

    def _write(self, name: str, text: str) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / name)


def _named(entry: Entry) -> Arrays:
    """The arrays of a case by their names in a shard."""
    found = {f"{entry.id}/{whose}/{place}": array for whose, given in entry.inputs.items() for place, array in given.items()}
    for role, outcome in entry.outcomes.items():
        found |= {f"{entry.id}/{role}/{name}": array for name, array in split(outcome)[1].items()}
    if unstorable := sorted(name for name, array in found.items() if not shards.storable(array)):
        raise CompatError(f"{unstorable[0]}: an array of {found[unstorable[0]].dtype} can't be recorded")
    return found


def _line(entry: Entry, file: str) -> Line:
    outcomes = {role: split(outcome)[0] for role, outcome in entry.outcomes.items()}
    return Line(entry.id, entry.definition, file, {whose: list(given) for whose, given in entry.inputs.items()}, outcomes)


def _text(line: Line) -> str:
    return json.dumps(msgspec.to_builtins(line)) + "\n"  # an error's text may hold what UTF-8 can't


def _parsed(text: str | bytes) -> Line:
    """The inverse of `_text`; ValueError for what is none."""
    return msgspec.convert(json.loads(text), Line)


def _file(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


# --- reading ---


class Bundle:
    """A recorded bundle, open. Arrays are read when they are asked for, so it takes the memory of its index and of one case."""

    def __init__(self, folder: Path, *, verify: bool = True) -> None:
        """Open; UsageError where there is no such folder, CompatError for a bundle that is unfinished, damaged, or none.

        Without `verify` the files are not read through to compare their digests: another process has done so.
        """
        self.folder = folder
        self.manifest = manifest(folder)
        if verify:
            _verify(folder, self.manifest)
        self.cases = _lines(folder, self.manifest)
        self.shard: tuple[str, Shard] | None = None

    def inputs(self, id: str, whose: str) -> Arrays:
        """The recorded inputs of a case, by place."""
        line = self.cases[id]
        return {place: self._array(line, f"{id}/{whose}/{place}") for place in line.inputs.get(whose, ())}

    def outcome(self, id: str, role: str) -> Outcome | None:
        """What a side gave; None where it was not recorded."""
        line = self.cases[id]
        said = line.outcomes.get(role)
        return None if said is None else joined(said, lambda name: self._array(line, f"{id}/{role}/{name}"))

    def _array(self, line: Line, name: str) -> NDArray[Any]:
        if self.shard is None or self.shard[0] != line.file:
            self.close()
            self.shard = (line.file, Shard((self.folder / line.file).open("rb")))
        return self.shard[1].array(name)

    def close(self) -> None:
        if self.shard is not None:
            self.shard[1].close()
        self.shard = None


def manifest(folder: Path) -> Manifest:
    """What the bundle in a folder is of; the errors are those of `Bundle`."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    path = folder / MANIFEST
    if not path.exists():
        unfinished = (folder / PARTIAL).exists()
        raise CompatError(
            f"{folder}: an unfinished recording: finish it where it was made, by --resume"
            if unfinished
            else f"{folder}: not a bundle of `compat parity --record`: it has no {MANIFEST}"
        )
    data = path.read_bytes()
    try:
        fields = json.loads(data)
    except ValueError:
        raise _damaged(path, "it is not JSON") from None
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise CompatError(f"{path}: not of a bundle of `compat parity --record`")
    if fields.get("version") != VERSION:
        raise CompatError(f"{path}: of format version {fields.get('version')}; this release of compat reads {VERSION}")
    try:
        found = msgspec.convert(fields, Manifest)
    except msgspec.ValidationError as error:
        raise _damaged(path, str(error)) from None
    if found.text().encode() != data or CASES not in found.files or not all(map(FILES.fullmatch, found.files)):
        raise _damaged(path, "its digest is another")
    return found


def _verify(folder: Path, manifest: Manifest) -> None:
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.exists():
            raise _damaged(path, "the file is missing")
        found = _file(path)
        if found.size != expected.size:
            raise _damaged(path, f"{found.size} bytes, not {expected.size}")
        if found != expected:
            raise _damaged(path, "its digest is another")


def _lines(folder: Path, manifest: Manifest) -> dict[str, Line]:
    try:
        lines = [_parsed(line) for line in (folder / CASES).read_bytes().splitlines()]
    except ValueError as error:
        raise _damaged(folder / CASES, str(error)) from None
    if len(lines) != manifest.cases or not {line.file for line in lines} <= set(manifest.files):
        raise _damaged(folder / CASES, f"not the {manifest.cases} cases that {MANIFEST} names")
    return {line.id: line for line in lines}


def _damaged(path: Path, how: str) -> CompatError:
    return CompatError(f"{path}: the bundle is damaged: {how}")
