"""`python -m tests.port.packages [--style STYLE] [PACKAGE…]`: packages that nobody here wrote, ported, and measured against the bars."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from compat.port.model import STYLES, Style
from compat.source.text import SourceError
from tests.port import importing
from tests.port.fetching import BUILD, PACKAGES, STANDARD, fetched, needed, standard_library
from tests.port.porting import checked, project, split
from tests.port.speed import Speed, speed

# Of transformers, whose modules are too many to be imported here, these.
MODELS = ("bert", "gpt2", "llama", "t5", "vit", "clip", "whisper", "mistral", "roberta", "distilbert")


@dataclass
class Measured:
    """What was found of one package.

    `supported` are the uses of which the table says that they work; `imports` are the modules that could be imported before, `failed` those
    of them that can't be after.
    """

    package: str
    files: int = 0
    lines: int = 0
    changed: int = 0
    unreadable: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)
    became: dict[str, int] = field(default_factory=dict)
    supported: int = 0
    imports: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def treated(self) -> int:
        """Uses that were converted, or that stay on compat.torch."""
        return sum(self.became.get(kind, 0) for kind in ("converted", "adapted", "kept"))


def measured(package: str, style: Style) -> Measured:
    """A package ported into build/port, and everything that must hold of each file."""
    found = Measured(package)
    folder = None if package == STANDARD else fetched(package)
    files = standard_library() if folder is None else sorted(folder.rglob("*.py"))
    target = None if folder is None else after(package, style)
    if folder is not None and target is not None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
    of, became = project([] if folder is None else [folder]), Counter[str]()
    for file in files:
        data = file.read_bytes()
        try:
            port = checked(data, file, of, style)
        except SourceError:
            found.unreadable += 1
            continue
        for problem in port.problems:
            found.problems.setdefault(problem.partition(":")[0], []).append(f"{file}: {problem}")
        became.update(change.became for change in port.changes if change.code not in IMPORTS)
        found.files += 1
        found.lines += len(split(data))
        found.supported += port.supported
        found.changed += port.after != data
        if folder is not None and target is not None:
            (target / file.relative_to(folder)).write_bytes(port.after)
    found.became = dict(sorted(became.items()))
    return found


IMPORTS = frozenset({"CM002", "CM003", "CM501", "CM502"})


def after(package: str, style: Style) -> Path:
    return BUILD / style / package


def import_all(found: Measured, style: Style) -> None:
    """Import every module, first as it is published, with torch, then what could be imported again as it was ported, with compat.torch.

    The ported package stands beside the others that are measured, ported too: nothing of them is a stand-in.
    """
    folder = fetched(found.package)
    modules = importing.names(folder, found.package)
    if found.package == "transformers":
        modules = [f"transformers.models.{model}.modeling_{model}" for model in MODELS]
    others = [package for package in PACKAGES if package != found.package]
    before = importing.imported(modules, [folder, *map(fetched, others), needed()])
    able = [one.module for one in before if not one.problem]
    paths = [place for package in (found.package, *others) if (place := after(package, style)).exists()]
    ported = importing.imported(able, [*paths, needed()], ported=True)
    found.imports = len(able)
    found.failed = {one.module: one.problem for one in ported if one.problem}


# --- the table ------------------------------------------------------------------------------------------------------------

COLUMNS = (
    "package",
    "files",
    "lines",
    "changed",
    "parse",
    "comments",
    "lines kept",
    "idempotent",
    "no torch",
    "import",
    "supported uses",
    "unsupported",
    "unknown",
)
ABOUT = ("parses", "comments", "lines", "idempotent", "torch")


def as_markdown(found: Sequence[Measured], speeds: Sequence[Speed]) -> str:
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    for one in found:
        held = [f"{one.files - len(one.problems.get(kind, []))} of {one.files}" for kind in ABOUT]
        imports = f"{one.imports - len(one.failed)} of {one.imports}" if one.imports else ""
        uses = f"{one.treated} of {one.supported}" if one.supported else ""
        others = [f"{one.became.get(kind, 0):,}" for kind in ("unsupported", "unknown")]
        cells = [one.package, f"{one.files:,}", f"{one.lines:,}", f"{one.changed:,}", *held, imports, uses, *others]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"{one.what}: {one.said}" for one in speeds)]
    for one in found:
        lines += [f"- {text}" for texts in one.problems.values() for text in texts]
        by_reason: dict[str, list[str]] = {}
        for module, reason in one.failed.items():
            by_reason.setdefault(reason, []).append(module)
        lines += [f"- {len(modules)} modules, {modules[0]} for one: {reason}" for reason, modules in by_reason.items()]
    return "\n".join(lines)


def holds(found: Iterable[Measured]) -> bool:
    return not any(one.problems or one.failed for one in found)


def said(what: str, packages: Iterable[str]) -> Iterator[str]:
    for package in packages:
        print(f"{what} {package}", file=sys.stderr, flush=True)
        yield package


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.port.packages", description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join((*PACKAGES, STANDARD))} (default: all)")
    parser.add_argument("--style", choices=STYLES, default="shim")
    parser.add_argument("--no-imports", action="store_true", help="import nothing")
    parser.add_argument("--no-speed", action="store_true", help="measure no speed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything that was found")
    wanted = parser.parse_args(arguments)
    found = [measured(package, wanted.style) for package in said("port", wanted.packages or [*PACKAGES, STANDARD])]
    if not wanted.no_imports:
        for one in found:
            if one.package != STANDARD:
                import_all(one, wanted.style)
    speeds = [] if wanted.no_speed else speed(wanted.style)
    print(as_markdown(found, speeds))
    if wanted.json:
        wanted.json.write_text(json.dumps({"packages": [asdict(one) for one in found], "speed": [asdict(one) for one in speeds]}, indent=1))
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
