"""The record of what agreed: it grows, shrinks on purpose only, and names what a run has lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compat.cli import main, parity as command
from compat.errors import CompatError
from compat.parity import record
from compat.parity.cases import Case, cases
from compat.parity.compare import Result
from compat.parity.record import Record
from compat.table.load import load

VERSIONS = {"mindspore": "2.10.0", "torch": "2.13.0"}
TABLE = """\
- torch: torch.neg
  summary: {en: The opposite., zh: 相反数。}
  parameters:
    input: {type: Tensor}
  result: {en: a tensor, zh: Tensor}
  mindspore:
    - api: mindspore.ops.neg
      devices: [CPU]
      parameters:
        input: {}
  arguments: {input: {draw: normal, shape: [2]}}
  gradient: [input]
"""


def result(name: str, status: Any = "agrees", checks: Any = ("forward", "gradient")) -> Result:
    framework, api, fixture = name.split(":")
    return Result(name, framework, api, "torch.neg", fixture, framework, status, checks)


BASE = result("torch:torch.neg:base")
WRONG = result("torch:torch.neg:unknown-keyword", checks=("error",))
DECLARED = result("torch:torch.neg:int64", "declared", ("forward",))


def test_what_results_show() -> None:
    shown = record.shown([BASE, WRONG, DECLARED, replace(BASE, status="differs")])
    assert shown == {"torch.neg": {"forward": 1, "gradient": 1, "error": 1, "declared": 1, "differs": 1}}


KNOWN = Record(VERSIONS, {"torch.neg": {"forward": 2, "gradient": 1}, "torch.abs": {"error": 1}})
LOST = {
    "nothing": ({"torch.neg": {"forward": 2, "gradient": 1}}, ["torch.neg"], []),
    "more": ({"torch.neg": {"forward": 3, "gradient": 2, "error": 1}}, ["torch.neg"], []),
    "a case of a check": ({"torch.neg": {"forward": 2}}, ["torch.neg"], ["lost: torch.neg: gradient 0 of 1 recorded cases agree"]),
    "an API": ({}, ["torch.neg", "torch.abs"], ["lost: torch.abs: error 0 of 1 recorded cases agree",
                                                 "lost: torch.neg: forward 0 of 2, gradient 0 of 1 recorded cases agree"]),
    "an API that was not examined": ({}, [], []),
    "an API that is not on record": ({"torch.sin": {}}, ["torch.sin"], []),
}  # fmt: skip


@pytest.mark.parametrize(("found", "apis", "expected"), LOST.values(), ids=LOST)
def test_what_is_lost(found: dict[str, dict[str, int]], apis: list[str], expected: list[str]) -> None:
    assert record.lost(KNOWN, found, apis) == expected


def test_a_part_of_an_api_says_nothing_of_it() -> None:
    case = Case("torch", "torch.neg", "torch.neg", "base", None, {}, (), False)
    every = [case, replace(case, fixture="int64")]
    assert record.examined(every, every, KNOWN, ["torch.n*"]) == {"torch.neg"}
    assert record.examined(every, every[:1], KNOWN, ["torch.n*"]) == set()
    assert record.examined(every, every, KNOWN, []) == {"torch.neg", "torch.abs"}, "torch.abs has no case any more"


def test_a_record_is_of_one_release() -> None:
    found, other = {"torch.neg": {"forward": 1}}, VERSIONS | {"mindspore": "2.9.0"}
    with pytest.raises(CompatError, match="record a run of every row"):
        record.renewed(KNOWN, found, {"torch.neg"}, other, whole=False)
    assert record.renewed(KNOWN, found, {"torch.neg"}, other, whole=True) == Record(other, found)


def test_one_api_a_line_sorted(tmp_path: Path) -> None:
    record.write(KNOWN, tmp_path)
    assert record.read(tmp_path) == KNOWN
    lines = (tmp_path / record.FILE).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "torch." in line] == ['"torch.abs": {"error": 1},', '"torch.neg": {"forward": 2, "gradient": 1}']


@pytest.fixture
def parity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command over a table of one row, whose cases all agree but those that a test names."""
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "torch.yaml").write_text(TABLE, encoding="utf-8")

    def run(*arguments: str, differ: tuple[str, ...] = ()) -> tuple[int, str]:
        def judged(chosen: list[Case], *_: Any) -> list[Result]:
            return [
                result(c.id, "differs" if c.id in differ else "agrees", ("error",) if c.raises else ("forward", "gradient")) for c in chosen
            ]

        monkeypatch.setattr(command, "run", judged)
        status = main(["parity", "--table", str(folder), "-o", str(tmp_path / "report"), *arguments])
        return status, capsys.readouterr().out

    return run


def test_the_record_grows_and_shrinks_on_purpose_only(parity: Any, tmp_path: Path) -> None:
    def recorded() -> Any:
        return json.loads((tmp_path / "mappings" / record.FILE).read_text(encoding="utf-8"))["apis"]

    bad = ("torch:torch.neg:base",)
    assert parity("--accept", differ=bad)[0] == 1, "a case differs, and what agrees is on record all the same"
    assert recorded()["torch.neg"] == {"forward": 5, "gradient": 5, "error": 2, "differs": 1}
    status, output = parity()
    assert status == 0
    assert "1 APIs agree in more than is on record (`--accept`): torch.neg" in output
    assert parity("--accept", "torch.*")[0] == 0
    assert recorded()["torch.neg"] == {"forward": 6, "gradient": 6, "error": 2}
    before = recorded()
    for arguments in ((), ("torch.neg",), ("--accept",)):
        status, output = parity(*arguments, differ=bad)
        assert status == 1
        assert "lost: torch.neg: forward 5 of 6, gradient 5 of 6 recorded cases agree" in output
        assert recorded() == before
    assert "recorded: 2 APIs" in parity("--accept", "--shrink", differ=bad)[1]
    assert recorded()["torch.neg"] == {"forward": 5, "gradient": 5, "error": 2, "differs": 1}
    assert recorded()["mindspore.ops.neg"] == before["mindspore.ops.neg"]


def test_every_recorded_api_is_one_of_the_table() -> None:
    known = record.read(Path("mappings"))
    assert set(known.apis) <= {case.api for case in cases(load())}
