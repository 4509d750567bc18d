"""What `compat parity` takes to run calls that are not of the table: drawn examples, and PyTorch's own samples. No command itself."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from compat.errors import UsageError
from compat.parity import kept
from compat.parity.case import Case
from compat.parity.cases import bases
from compat.parity.compare import Result
from compat.parity.samples import sampled
from compat.table.model import Table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--examples", type=_count, default=0, metavar="N", help="also up to N drawn variations of the call of every API")
    parser.add_argument("--seed", type=int, default=0, help="other examples, with each number (default: 0)")
    parser.add_argument("--samples", action="store_true", help="also PyTorch's own samples of its operators (op_db), float32")
    parser.add_argument("--no-fixtures", action="store_true", help="without the calls of the table: examples and samples alone")
    parser.add_argument(
        "--kept", type=Path, metavar="FILE", help=f"where failing examples are kept (default: {kept.FILE} in the output folder)"
    )


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


@dataclass(frozen=True)
class More:
    """The calls besides those of the table: `cases`, known before the run, and a search for others, if there is one."""

    cases: list[Case]
    parsed: argparse.Namespace
    of_table: list[Case]
    table: Table
    search: ModuleType | None

    @property
    def count(self) -> int:
        """Of how many APIs calls are drawn."""
        return len(bases(self.of_table)) if self.search else 0

    def searched(self, results: list[Result], progress: Callable[[int], None]) -> list[Result]:
        """What drawing examples comes to for every API of which no example has failed already; those that fail are kept."""
        if self.search is None:
            return []
        parsed, found = self.parsed, []
        failing = {(r.imitated, r.api) for r in results if r.fixture.startswith("example-") and r.status == "differs"}
        chosen = [base for base in bases(self.of_table) if (base.imitated, base.api) not in failing]
        for one in self.search.run(chosen, self.table, parsed.table, parsed.jobs, parsed.timeout, parsed.examples, parsed.seed):
            found.append(one.result)
            if one.example:
                kept.add([one.example], kept_in(parsed))
            progress(len(found))
        return found


def given(parsed: argparse.Namespace, of_table: list[Case], table: Table) -> More:
    """What was asked for; UsageError where that leaves nothing to run, or Hypothesis is missing."""
    if parsed.no_fixtures and not (parsed.examples or parsed.samples):
        raise UsageError("--no-fixtures leaves nothing to run: give --examples N or --samples, too")
    search = _search(parsed)
    known = kept.read(kept_in(parsed)) if parsed.examples else {}
    apis = {(case.imitated, case.api) for case in of_table}
    found = [case for case in known.values() if (case.imitated, case.api) in apis]
    return More([*found, *(sampled(bases(of_table), table) if parsed.samples else ())], parsed, of_table, table, search)


def _search(parsed: argparse.Namespace) -> ModuleType | None:
    """The module that draws examples, if they are asked for."""
    if not parsed.examples:
        return None
    try:
        return importlib.import_module("compat.parity.search")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise UsageError("--examples needs Hypothesis: pip install 'compat[test]'") from error


def kept_in(parsed: argparse.Namespace) -> Path:
    """Where failing examples are kept."""
    file: Path = parsed.kept or parsed.output / kept.FILE
    return file
