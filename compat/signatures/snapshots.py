"""The recorded signatures: one file per framework in mappings/signatures, each line a signature and the releases that have it.

    releases: 2.8.0 2.9.0
    mindspore.mint.abs(input)
    mindspore.mint.amax(input, dim=(), keepdim=False)  # 2.8.0
    mindspore.Tensor.shape

A name with several signatures has several lines; one without parentheses is no function. A line without releases holds for
all of them, `# 2.9.0-` from one on, `# -2.8.0` up to one, so that a new release changes the lines of what it changed.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from compat.errors import UsageError
from compat.signatures.text import Signature, parsed, written
from compat.table.load import MAPPINGS

FOLDER = MAPPINGS / "signatures"
LINE = re.compile(r"(?P<name>[\w.]+)(?P<call>\((?P<text>.*)\))?(?:  # (?P<releases>[-0-9., ]+))?")
HEADER = """\
# Public names of {title} and what they take, by release; written by `python -m compat.signatures.record`, described in mappings/README.md.
releases: {releases}
"""
TITLES = {"torch": "PyTorch", "mindspore": "MindSpore"}
# A name that can be called, of which no source says with what.
UNKNOWN = "?"


@dataclass(frozen=True)
class Snapshot:
    """The public names of one release: each with the texts of its signatures, none for what is not called."""

    framework: str
    release: str
    names: Mapping[str, tuple[str, ...]]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def signatures(self, name: str) -> list[Signature]:
        """The overloads of a name; empty for what is not called or not known. Raises KeyError for a name that is not there."""
        return [parsed(text) for text in self.names[name] if text != UNKNOWN]


@functools.cache
def snapshots(framework: str, folder: Path = FOLDER) -> dict[str, Snapshot]:
    """Every recorded release of a framework, oldest first."""
    file = folder / f"{framework}.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    releases = next((line.split()[1:] for line in lines if line.startswith("releases:")), [])
    names: dict[str, dict[str, list[str]]] = {release: defaultdict(list) for release in releases}
    for line in lines:
        if line.startswith(("#", "releases:")):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise UsageError(f"{file}: {line!r}: expected a name, a signature and releases")
        for release in _spelled_out(match["releases"], releases):
            names[release][match["name"]] += [match["text"]] if match["call"] else []
    return {release: Snapshot(framework, release, {n: tuple(t) for n, t in found.items()}) for release, found in names.items()}


def snapshot(framework: str, release: str) -> Snapshot:
    """The recorded release. Raises UsageError, naming those that there are, for one that is not recorded."""
    known = snapshots(framework)
    if release not in known:
        raise UsageError(f"{TITLES[framework]} {release}: no signatures recorded; recorded are {', '.join(known)}")
    return known[release]


def text_of(framework: str, found: Iterable[Snapshot]) -> str:
    """The file that records these releases, which come oldest first."""
    held: dict[str, list[str]] = defaultdict(list)
    releases = []
    for one in found:
        releases.append(one.release)
        for name, texts in one.names.items():
            for line in {f"{name}({text})" for text in texts} or {name}:
                held[line].append(one.release)
    lines = [line + _marked(having, releases) for line, having in held.items()]
    lines.sort(key=lambda line: (re.split(r"[(\s]", line, maxsplit=1)[0], line))
    return HEADER.format(title=TITLES[framework], releases=" ".join(releases)) + "\n".join(lines) + "\n"


def lines_of(names: Mapping[str, Iterable[Signature] | None]) -> dict[str, tuple[str, ...]]:
    """Signatures as a snapshot holds them: None is what is not called, an empty list what can't be known."""
    return {name: () if found is None else tuple(sorted(map(_text, found))) or (UNKNOWN,) for name, found in names.items()}


def _text(signature: Signature) -> str:
    text = written(signature)
    if parsed(text) != signature:
        raise ValueError(f"{signature}: written as ({text}), which says something else")
    return text


def ordered(releases: Iterable[str]) -> list[str]:
    return sorted(releases, key=version)


def version(release: str) -> tuple[int, ...]:
    """`2.10.0` as numbers, which sort as releases do."""
    return tuple(int(part) for part in re.findall(r"\d+", release.partition("+")[0]))


def _marked(having: list[str], releases: list[str]) -> str:
    """The releases behind a line: nothing for all, else runs of them, open where they reach the newest or the oldest."""
    if having == releases:
        return ""
    runs: list[list[int]] = []
    for index in (releases.index(release) for release in having):
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return "  # " + ", ".join(_run(first, last, releases) for first, last in runs)


def _run(first: int, last: int, releases: list[str]) -> str:
    if last == len(releases) - 1:
        return f"{releases[first]}-"
    if first == 0:
        return f"-{releases[last]}"
    return releases[first] if first == last else f"{releases[first]}-{releases[last]}"


@functools.cache
def _span(run: str, releases: tuple[str, ...]) -> tuple[str, ...]:
    if "-" not in run:
        return (run,)
    first, _, last = run.partition("-")
    return releases[releases.index(first) if first else 0 : releases.index(last) + 1 if last else len(releases)]


def _spelled_out(marked: str | None, releases: list[str]) -> list[str]:
    if marked is None:
        return releases
    return [release for run in marked.split(", ") for release in _span(run, tuple(releases))]
