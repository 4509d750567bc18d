"""The examples: what the pages record is what the programs print today, and the two digits programs agree on two epochs."""

from __future__ import annotations

import json
import re

import pytest

from compat.generate.examples import Program, mindspore_programs, torch_programs
from compat.generate.recorded import FILE, raised, run
from compat.parity.record import read
from compat.parity.status import lacks
from compat.table.load import MAPPINGS
from compat.table.model import Table
from tests.helpers import ROOT, python

NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")
PRINTED = 1.1e-4  # torch prints four digits after the point, whose last may be rounded the other way
EVERY = 10  # one of so many examples is run again: all of them take two minutes (`compat generate --afresh`)


def numbers(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


def programs(table: Table) -> dict[str, Program]:
    """Every program that a page could show, by its name on record."""
    found = {}
    for row in table.rows.values():
        for program, arguments in torch_programs(row, table):
            found[program.key] = program
            found |= {other.key: other for other, _ in mindspore_programs(row, table, arguments)}
    return found


def test_the_pages_record_what_the_examples_print(table: Table) -> None:
    """Numbers may differ in their last digit from machine to machine; the text around them may not."""
    recorded = json.loads((ROOT / FILE).read_text(encoding="utf-8"))
    known = programs(table)
    assert set(recorded) <= set(known)
    sample = sorted(recorded)[::EVERY]
    printed = run([known[key] for key in sample])
    for key in sample:
        assert set(printed[key]) == set(recorded[key]), key
        for where, text in recorded[key].items():
            found = printed[key][where]
            assert re.sub(r" +", " ", NUMBER.sub("#", found)) == re.sub(r" +", " ", NUMBER.sub("#", text)), known[key].text
            assert numbers(found) == pytest.approx(numbers(text), rel=1e-4, abs=1e-6, nan_ok=True), known[key].text


def test_through_this_project_an_example_prints_what_its_own_framework_prints(table: Table) -> None:
    """Unless its row declares a difference or no support, compat.mindspore lacks the counterpart, or MindSpore itself can't run it on CPU."""
    recorded = json.loads((ROOT / FILE).read_text(encoding="utf-8"))
    lacking = {api for api, counts in read(MAPPINGS).apis.items() if counts.get("declared")}
    lacking |= {c.api for row in table.rows.values() for c in row.mindspore if lacks(row, c)}
    lacking |= {row.torch for row in table.rows.values() if row.unsupported is not None}
    differing = []
    for key, entry in recorded.items():
        if "unfit" in entry or "through" not in entry or raised(entry["itself"]) or key.partition(" ")[0] in lacking:
            continue
        if raised(entry["through"]) or numbers(entry["through"]) != pytest.approx(
            numbers(entry["itself"]), rel=1e-4, abs=PRINTED, nan_ok=True
        ):
            differing.append(f"{key}: {entry['through']}")
    assert differing == []


PROGRAMS = {"torch": "digits.py", "mindspore": "digits_mindspore.py"}
TWO_EPOCHS = "import re, sys, runpy, pathlib\nsource = pathlib.Path({path!r}).read_text()\nexec(compile(re.sub(r'EPOCHS(, BATCH)? = 12', lambda m: m[0].replace('12', '2'), source), {path!r}, 'exec'), {{'__name__': '__main__'}})"


@pytest.mark.parametrize(("api", "program"), PROGRAMS.items())
def test_a_plain_program_learns_alike_on_both_frameworks(api: str, program: str) -> None:
    path = str(ROOT / "docs" / "examples" / program)
    code = TWO_EPOCHS.format(path=path)
    itself = python("-c", code)
    through = python("-c", f"import compat\nwith compat.installed({api!r}):\n    exec({code!r})")
    losses = [[float(match[1]) for match in re.finditer(r"loss ([0-9.]+)", done.stdout)] for done in (itself, through)]
    assert len(losses[0]) == 2, itself.stderr
    assert losses[1] == pytest.approx(losses[0], abs=1e-3), through.stderr


@pytest.mark.parametrize("program", PROGRAMS.values())
def test_the_programs_do_not_know_this_project(program: str) -> None:
    assert "compat" not in (ROOT / "docs" / "examples" / program).read_text(encoding="utf-8")
