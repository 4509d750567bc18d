"""The examples: what the pages record is what the programs print today, and the two digits programs agree on two epochs."""

from __future__ import annotations

import json
import re

import pytest

from compat.generate.examples import RECORDED, Program, programs, run
from compat.table.model import Table
from tests.helpers import ROOT, python

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def test_the_pages_record_what_the_examples_print(table: Table) -> None:
    """Numbers may differ in their last digit from machine to machine; the text around them may not."""
    recorded = json.loads((ROOT / RECORDED).read_text(encoding="utf-8"))
    wanted: dict[str, Program] = {program.digest: program for row in table.rows.values() for program in programs(row, table)}
    assert set(wanted) == set(recorded)
    printed = run(list(wanted.values()))
    for digest, expected in recorded.items():
        for where, text in expected.items():
            found = printed[digest][where]
            assert NUMBER.sub("#", found) == NUMBER.sub("#", text), wanted[digest].text
            assert [float(n) for n in NUMBER.findall(found)] == pytest.approx([float(n) for n in NUMBER.findall(text)], rel=1e-4, abs=1e-6)


def test_through_this_project_an_example_prints_what_its_own_framework_prints() -> None:
    """Where the framework itself can run it: an example whose MindSpore operator has no CPU kernel prints an error there."""
    recorded = json.loads((ROOT / RECORDED).read_text(encoding="utf-8")).values()
    comparable = [(r["itself"], r["through"]) for r in recorded if not re.match(r"\w+Error:", r["itself"])]
    assert len(comparable) >= 0.9 * len(recorded)
    for itself, through in comparable:
        assert [float(n) for n in NUMBER.findall(through)] == pytest.approx([float(n) for n in NUMBER.findall(itself)], rel=1e-4, abs=1e-6)


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
