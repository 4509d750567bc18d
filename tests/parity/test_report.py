"""The files of a report: JUnit and summary, the history, and what is rendered again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from compat.errors import CompatError
from compat.parity import history
from compat.parity.baseline import of_results
from compat.parity.report import before, rendered_again, write_baseline, write_report
from compat.parity.report_data import DETAIL_BYTES, embedded
from compat.parity.report_model import Report, lines, ordered, verdict
from compat.parity.report_summary import summary
from compat.parity.states import namespace
from compat.reports.data import encoded
from tests.reports.synthetic import EACH_STATUS, differing, many, result
from tests.reports.test_junit import check

NAMESPACES = {
    "torch.abs": "torch", "torch.nn.functional.mse_loss": "torch.nn.functional", "torch.Tensor.add_": "torch.Tensor",
    "torch.nn.Module.train": "torch.nn", "torch.optim.lr_scheduler.StepLR": "torch.optim.lr_scheduler", "torch.Tensor": "torch", "torch": "torch",
    "mindspore.Tensor.abs": "mindspore.Tensor", "": "",
}  # fmt: skip


@pytest.mark.parametrize(("api", "expected"), NAMESPACES.items())
def test_a_namespace_is_the_module_or_the_tensor(api: str, expected: str) -> None:
    assert namespace(api) == expected


VERDICTS = {
    "none": ([], "parity: no case was run"),
    "all well": ([result(), result("mindspore.ops.abs", status="declared")], "parity OK: 2 APIs, 2 cases: 1 agree, 1 differ as declared, 0 differ"),
    "a declared crash": ([result(status="declared", ending="crashed")], "parity OK: 1 APIs, 1 cases: 0 agree, 1 differ as declared, 0 differ"),
    "a crash": ([result(status="differs", ending="crashed")], "parity FAILED: 1 APIs, 1 cases: 0 agree, 0 differ as declared, 0 differ, 1 crash"),
    "a hang": ([result(status="differs", ending="hung")], "parity FAILED: 1 APIs, 1 cases: 0 agree, 0 differ as declared, 0 differ, 1 hang"),
    "stale": ([result(status="stale")], "parity FAILED: 1 APIs, 1 cases: 0 agree, 0 differ as declared, 0 differ, 1 declared differences are gone"),
    "refused": ([result(status="refused")],
                "parity OK: 1 APIs, 1 cases: 0 agree, 0 differ as declared, 0 differ, 1 are refused by the reference"),
}  # fmt: skip


@pytest.mark.parametrize("name", VERDICTS)
def test_a_verdict_is_one_line(name: str) -> None:
    results, expected = VERDICTS[name]
    assert verdict(results) == expected


OUTCOMES = {  # case → outcome, and what its text begins with
    "torch.nn.functional.mse_loss base": ("", ""),
    "torch.nn.functional.mse_loss sum": ("failure", "differs: result 0: "),
    "torch.nn.functional.mse_loss gone": ("failure", "stale: declared as numerics, but the two agree"),
    "torch.nn.functional.mse_loss none": ("system-out", "declared: numerics: rounds otherwise"),
    "torch.nn.functional.mse_loss dtype-float16": ("skipped", "refused: RuntimeError: no kernel"),
    "torch.svd empty": ("error", "crashed in compat.torch: "),
    "mindspore.ops.top_k base": ("error", "hung in MindSpore: "),
    "torch.topk base": ("error", "late error: "),
    "mindspore.ops.multi_margin_loss empty-mean": ("system-out", "declared: upstream-crash: "),
}


def test_a_junit_file_says_of_each_case_how_it_ended(tmp_path: Path) -> None:
    write_report(EACH_STATUS, tmp_path)
    root = ElementTree.fromstring((tmp_path / "junit.xml").read_bytes())
    check(root)
    cases = {f"{case.get('classname')} {case.get('name')}": case for case in root.iter("testcase")}
    found = {name: (case[0].tag, case[0].text or "") if len(case) else ("", "") for name, case in cases.items()}
    for name, (outcome, text) in OUTCOMES.items():
        assert found[name][0] == outcome
        assert found[name][1].startswith(text)
    assert "compat parity --case torch:torch.svd:empty" in found["torch.svd empty"][1]
    assert "crashed in MindSpore" in found["mindspore.ops.multi_margin_loss empty-mean"][1]
    assert {suite.get("name") for suite in root} >= {
        "PyTorch API on MindSpore: torch.nn.functional",
        "MindSpore API on PyTorch: mindspore.ops",
    }


def test_a_case_that_is_gone_fails_in_the_junit_file(tmp_path: Path) -> None:
    write_report([result()], tmp_path, against={"the baseline": of_results([result(), result("torch.abs")])})
    root = ElementTree.fromstring((tmp_path / "junit.xml").read_bytes())
    check(root)
    failure = root.find("testsuite[@name='missing']/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "missing: agrees in the baseline, and no case of this run"


def test_a_summary_says_what_changed_and_how_to_replay(tmp_path: Path) -> None:
    baseline = of_results(
        [result(fixture="sum"), result(fixture="none"), result("torch.svd", "empty", status="differs"), result("torch.gone")]
    )
    write_report(EACH_STATUS, tmp_path, against={"the baseline base.json": baseline})
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("### ❌ parity FAILED: 7 APIs, 11 cases")
    assert "**against the baseline base.json: 6 worse, 0 better, 1 differ as declared now, 4 new and well**" in text
    assert "- `torch:torch.gone:base`: agrees → **missing**" in text
    assert "- **differs**: `compat parity --case torch:torch.nn.functional.mse_loss:sum`" in text
    assert "- **crashed** in compat.torch: `compat parity --case torch:torch.svd:empty`" in text
    assert "| MindSpore API on PyTorch | `mindspore.ops` | 3 |" in text
    assert text.count("<details") == text.count("</details>")


def test_a_summary_of_a_disaster_fits_into_a_comment() -> None:
    long = "x" * 50_000
    results = [differing(f"torch.n{number}.{long[:200]}", f"`|\n{number}", detail=long) for number in range(500)]
    report = Report(tuple(results), history.Run("", {"torch": "2"}, {}))
    text = summary(report)
    assert len(text) <= 65_536
    assert text.count("<details") == text.count("</details>") >= 2
    assert "more" in text


def test_a_page_of_a_disaster_keeps_the_details_of_a_part() -> None:
    detail = "raises RuntimeError, does not return " + "x" * 300
    results = [
        differing(f"torch.op_{n % 1_200}", f"{n}", status="differs" if n % 3 else "declared", detail=f"{n} {detail}") for n in range(20_000)
    ]
    found = lines(ordered(results))
    data = embedded(found, {})
    assert data["left_out"]
    assert len(encoded(data["details"])) < 1.2 * DETAIL_BYTES
    # Two parts a case, of which the first differs, and the undeclared come first.
    cases = [result for line in found for result in line.results]
    assert {cases[place // 2].status for place in data["details"]} == {"differs"}
    assert len(encoded(data)) < 7_000_000


def test_a_page_of_a_usual_run_keeps_all() -> None:
    data = embedded(lines(EACH_STATUS), {})
    assert not data["left_out"]
    assert list(data["details"]) == [1]


def test_the_numbers_of_a_page_are_those_of_the_results() -> None:
    results = many(30, 600)
    found = lines(results)
    assert sum(len(line.results) for line in found) == len(results)
    assert Counter(line.imitated for line in found) == {"torch": 30, "mindspore": 30}
    line = found[0]
    agreeing = [one for one in line.results if one.status == "agrees"]
    assert line.share("forward") == (len(agreeing), len(line.results))
    assert line.share("in-place") is None
    assert sum(line.histogram) == sum(sum(part.histogram) for one in line.results for part in one.parts)


def test_each_run_is_a_line_of_the_history_and_the_next_is_held_against_it(tmp_path: Path) -> None:
    first = write_report([result(), result(fixture="sum")], tmp_path, patterns=["torch.*"], seconds=12.34)
    assert first.compared == ()
    second = write_report([result(), differing(fixture="sum")], tmp_path, patterns=["torch.*"])
    (compared,) = second.compared
    assert (compared.name, [change.now for change in compared.changes.worse]) == ("the last run", ["differs"])
    runs = history.read(tmp_path).runs
    assert [run.total("agrees") for run in runs] == [2, 1]
    assert (runs[0].seconds, runs[0].patterns, runs[0].versions["torch"]) == (12.3, ("torch.*",), first.run.versions["torch"])
    assert runs[0].counts == {"torch.nn.functional": {"agrees": 2}}
    assert history.Past(runs).of(["torch.*"]) == runs
    assert history.Past(runs).of([]) == ()


def test_a_damaged_history_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    write_report([result()], tmp_path)
    with (tmp_path / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"time": 1}\n')
    with pytest.raises(CompatError, match=r"history\.jsonl:2: no run of the history"):
        before(tmp_path)


def test_damaged_results_of_the_last_run_hinder_no_other(tmp_path: Path) -> None:
    write_report([result()], tmp_path)
    (tmp_path / "results.jsonl").write_text("{", encoding="utf-8")
    known = before(tmp_path)
    assert known.last is None
    assert "results.jsonl:1: no result of a parity run" in known.problem
    assert write_report([result()], tmp_path, known).compared == ()


def test_a_report_is_rendered_again_with_what_is_on_record(tmp_path: Path) -> None:
    write_report([result()], tmp_path / "first")
    original = write_report(EACH_STATUS, tmp_path / "first")
    again = rendered_again(tmp_path / "first" / "results.jsonl", tmp_path / "again", {})
    assert again.results == original.results
    assert again.run == history.read(tmp_path / "first").runs[-1]
    assert len(again.past.runs) == 1
    assert not (tmp_path / "again" / "history.jsonl").exists()
    assert len(history.read(tmp_path / "first").runs) == 2


def test_a_report_of_another_machine_claims_no_release(tmp_path: Path) -> None:
    write_report([result()], tmp_path / "first")
    (tmp_path / "first" / "history.jsonl").write_text(
        json.dumps({"time": "2026-01-01T00:00:00+00:00", "versions": {"torch": "1"}, "counts": {"torch": {"agrees": 7}}}) + "\n",
        encoding="utf-8",
    )
    again = rendered_again(tmp_path / "first" / "results.jsonl", tmp_path / "again", {})
    assert (again.run.time, again.run.versions) == ("", {})
    assert "not on record" in (tmp_path / "again" / "report.html").read_text(encoding="utf-8")


def test_other_releases_are_named(tmp_path: Path) -> None:
    report = write_report([result()], tmp_path)
    write_baseline(replace(report, run=replace(report.run, versions={"torch": "1.0", "numpy": "1"})), tmp_path / "sub" / "base.json")
    text = (tmp_path / "sub" / "base.json").read_text(encoding="utf-8")
    assert '"versions": {"numpy": "1", "torch": "1.0"}' in text
    known = of_results([result()], {"torch": "1.0"})
    (compared,) = write_report([result()], tmp_path / "other", against={"the baseline": known}).compared
    assert compared.versions == (f"torch 1.0, not {report.run.versions['torch']}",)
