"""`compat report`, and what `compat parity --baseline` says: exit status, and what a user reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from compat.cli import main
from compat.parity.baseline import of_results, written
from compat.parity.case import Case
from compat.parity.compare import Result
from compat.parity.results import write_results
from tests.helpers import python as run_python, without
from tests.reports.synthetic import differing, result

WELL = (result(), result("torch.abs", status="declared", reason="numerics: rounds otherwise"))
WRONG = (result(), differing("torch.abs"))
GONE = (result(),)
# Results, baseline (none: without one) → exit status, and what is printed.
RUNS: dict[str, tuple[tuple[Result, ...], tuple[Result, ...] | None, int, str]] = {
    "worse": (WRONG, WELL, 1, "worse: torch:torch.abs:base: declared → differs: result 0: "),
    "gone": (GONE, WELL, 1, "worse: torch:torch.abs:base: declared → missing"),
    "new and wrong": (WRONG, GONE, 1, "worse: torch:torch.abs:base: new → differs"),
    "wrong": (WRONG, None, 1, "parity FAILED: 2 APIs"),
    "as wrong as it was": (WRONG, WRONG, 0, "against the baseline base.json: 0 worse, 0 better"),
    "better": (WELL, WRONG, 0, "against the baseline base.json: 0 worse, 1 better"),
    "well": (WELL, None, 0, "parity OK: 2 APIs, 2 cases: 1 agree, 1 differ as declared, 0 differ"),
    "nothing": ((), None, 0, "parity: no case was run"),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_report_is_rendered_again(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results, baseline, status, printed = RUNS[name]
    write_results(results, tmp_path)
    arguments = ["report", str(tmp_path / "results.jsonl"), "-o", str(tmp_path / "out"), "--write-baseline", str(tmp_path / "new.json")]
    if baseline is not None:
        (tmp_path / "base.json").write_text(written(of_results(baseline)), encoding="utf-8")
        arguments += ["--baseline", str(tmp_path / "base.json")]
    assert main(arguments) == status
    assert printed in capsys.readouterr().out
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"report.html", "junit.xml", "summary.md"}
    assert (tmp_path / "new.json").read_text(encoding="utf-8") == written(of_results(results))


WRONG_CALLS: dict[str, tuple[list[str], int, str]] = {
    "no such file": (["no-such-file"], 2, "no-such-file: No such file or directory"),
    "no results": (["text"], 1, "text:1: no result of a parity run"),
    "no such baseline": (["results.jsonl", "--baseline", "no-such-file"], 2, "no-such-file: No such file or directory"),
    "no baseline": (["results.jsonl", "--baseline", "text"], 1, "text:1: no result of a parity run"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_says_what_is_wrong(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, status, text = WRONG_CALLS[name]
    monkeypatch.chdir(tmp_path)
    write_results(WELL, tmp_path)
    (tmp_path / "text").write_text("hello\n", encoding="utf-8")
    assert main(["report", *arguments]) == status
    assert text in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_a_report_needs_no_framework(tmp_path: Path) -> None:
    write_results(WELL, tmp_path)
    arguments = ["compat", "report", str(tmp_path / "results.jsonl"), "-o", str(tmp_path / "out")]
    code = without("torch", without("mindspore", f"import sys; sys.argv = {arguments!r}; from compat.cli import main; sys.exit(main())"))
    done = run_python("-c", code)
    assert (done.returncode, done.stderr) == (0, "")


def all_agree(cases: list[Case], *_: object) -> Iterator[Result]:
    """In the place of the workers: every case agrees."""
    for case in cases:
        yield replace(result(case.api, case.fixture), id=case.id, imitated=case.imitated, row=case.row)


def test_a_run_is_held_against_a_baseline_and_writes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What differs stays known: the run's own baseline makes the next one well."""
    monkeypatch.setattr("compat.cli.parity.run", all_agree)
    api = "torch.nn.functional.one_hot"
    first = tmp_path / "base.json"
    first.write_text(written(of_results([result(api, "no-such-fixture"), result("torch.abs")])), encoding="utf-8")
    arguments = ["parity", api, "-o", str(tmp_path / "out"), "--baseline", str(first), "--write-baseline", str(tmp_path / "new.json")]
    assert main(arguments) == 1
    told = capsys.readouterr().out
    assert f"worse: torch:{api}:no-such-fixture: agrees → missing" in told
    assert "torch.abs:base" not in told  # it was not asked for
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 3
    assert len((tmp_path / "out" / "history.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    head, *apis = (tmp_path / "new.json").read_text(encoding="utf-8").splitlines()
    assert json.loads(head)["versions"]["torch"]
    assert json.loads(apis[-1])[0] == f"torch:{api}"
    assert (
        main(["report", str(tmp_path / "out" / "results.jsonl"), "-o", str(tmp_path / "again"), "--baseline", str(tmp_path / "new.json")])
        == 0
    )
