"""How many of the executed calls of tensors' methods are resolved, without and with a trace of the run: `python -m tests.scan.resolution`.

Every program runs once, on PyTorch, under `compat scan --trace`, while PyTorch's own report of its calls says which methods of tensors each place
calls. Programs that need packages run in the environment of `make packages`. Exit status 1 when a call is resolved to something else, or when
fewer than 98 % are resolved with the trace.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from compat.parity import record
from compat.scan.catalog import TorchCatalog
from compat.scan.trace import Trace, told, traced
from compat.scan.verdicts import Judge
from compat.source.project import ProjectFiles, resolved, root_of
from compat.source.sites import Site
from compat.source.text import read
from compat.table.load import MAPPINGS, load

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "torchvision", "timm", "transformers", "einops", "vit-pytorch", "x-transformers")
OWN = (*sorted((ROOT / "tests" / "programs").glob("[a-z]*.py")), ROOT / "docs" / "examples" / "digits.py")
PROGRAMS = tuple(str(file) for file in OWN if not file.name.startswith("test_"))
BAR = 0.98
Place = tuple[int, int]


@dataclass
class Tally:
    """Executed calls of tensors' methods, and what the scan says of them."""

    executed: int = 0
    inferred: int = 0
    traced: int = 0
    wrong: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    unresolved: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.traced / max(1, self.executed)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.executed + other.executed, self.inferred + other.inferred, self.traced + other.traced, self.wrong + other.wrong,
            self.contradicted + other.contradicted, self.unresolved + other.unresolved, self.places + other.places,
        )  # fmt: skip

    def said(self, name: str) -> str:
        known = f"{self.inferred:5} without a trace, {self.traced:5} with it ({100 * self.share:.1f} %)"
        return f"{name:28} {self.executed:5} executed, {known}, {len(self.wrong)} wrong, {len(self.contradicted)} contradicted by the run"


def run(program: str, python: str) -> tuple[dict[str, list[tuple[int, int, int, int, str]]], Trace, float]:
    """What PyTorch reports, what the trace says, and how long the run took in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "seen.json"
        begun = time.perf_counter()
        trace, status = traced([python, "-m", "tests.scan.observing", str(out), program])
        seconds = time.perf_counter() - begun
        if status:
            raise SystemExit(f"{program} ended with status {status}")
        return json.loads(out.read_text(encoding="utf-8")), trace, seconds


def tally(seen: dict[str, list[tuple[int, int, int, int, str]]], trace: Trace, judge: Judge) -> Tally:
    """The files in which something was called, scanned and compared."""
    files = [Path(file) for file in seen if Path(file).is_file() and not file.startswith(str(ROOT / "tests" / "scan"))]
    project = ProjectFiles([root_of(file) for file in files], judge.catalog)
    total = Tally()
    for file in files:
        total += _of_file(file, seen[str(file)], trace, judge, project)
    return total


def _of_file(file: Path, seen: Iterable[tuple[int, int, int, int, str]], trace: Trace, judge: Judge, project: ProjectFiles) -> Tally:
    source = read(file)
    calls = {_end(node): node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    executed = {(line, column): name for _, _, line, column, name in seen if _calls(calls.get((line, column)), name)}
    sites = {_end(site.node): site for site in resolved(source, judge.catalog, project).sites if site.use == "call"}
    found = Tally(len(executed))
    for end, name in executed.items():
        _compare(found, f"{file}:{end[0]}", name, sites.get(end), trace.of(file))
    for site in sites.values():
        if site.how == "inferred" and (again := told(site, trace.of(file))) is not None and again.seen:
            found.contradicted.append(f"{file}:{site.node.lineno}: {site.api}, called was {again.seen}")
    return found


def _calls(node: ast.Call | None, name: str) -> bool:
    """Whether it calls a method by this name: what an operator or a function such as `map` calls has no call of its own."""
    return node is not None and isinstance(node.func, ast.Attribute) and node.func.attr == name


def _end(node: ast.expr) -> Place:
    return node.end_lineno or 0, node.end_col_offset or 0


def _compare(found: Tally, place: str, name: str, site: Site | None, places: dict[str, list[str]]) -> None:
    api = f"torch.Tensor.{name}"
    after = told(site, places) if site is not None else None
    for one in (site, after):
        if one is not None and one.api not in ("", api):
            found.wrong.append(f"{place}: {one.api} for {api}")
    found.inferred += site is not None and site.api == api
    found.traced += after is not None and after.api == api
    if after is None or not after.api:
        found.unresolved[_why(site, after)] += 1
        found.places.append(f"{place}: {name}: {_why(site, after)}{after.seen if after else ''}")


def _why(site: Site | None, after: Site | None) -> str:
    if site is None:
        return "no use, says the text"
    if after is None:
        return "only other classes' methods, says the trace"
    return "several things were called there" if after.seen else "the trace has no such place"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.scan.resolution")
    parser.add_argument("programs", nargs="*", default=[*PROGRAMS, *PACKAGES], help="files, or names of models")
    parser.add_argument(
        "--python", default=str(ROOT / ".venv-packages" / "torch" / "bin" / "python"), help="an interpreter with the packages"
    )
    parser.add_argument("--all", action="store_true", help="print every unresolved place")
    parsed = parser.parse_args(arguments)
    judge, total = Judge(TorchCatalog(load(MAPPINGS)), record.read(MAPPINGS)), Tally()
    for program in parsed.programs:
        seen, trace, seconds = run(program, sys.executable if program.endswith(".py") else parsed.python)
        found = tally(seen, trace, judge)
        print(found.said(Path(program).name), f"{seconds:.0f} s", flush=True)
        total += found
    print(total.said("all"))
    print(*_lines(total, parsed.all), sep="\n")
    return 1 if total.wrong or total.contradicted or total.share < BAR else 0


def _lines(total: Tally, every: bool) -> Iterator[str]:
    yield from (f"{count:5} unresolved: {why}" for why, count in total.unresolved.most_common())
    yield from (f"wrong: {line}" for line in (*total.wrong, *total.contradicted))
    yield from total.places if every else ()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
