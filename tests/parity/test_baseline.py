"""A run against a baseline: what is a regression, what none, and what is no baseline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compat.errors import CompatError, UsageError
from compat.parity.baseline import Baseline, Known, changes, is_baseline, of_results, read, written
from compat.parity.report import read_baseline
from compat.parity.results import write_results
from compat.parity.states import STATES
from tests.reports.synthetic import EACH_STATUS, many, result

ID = "torch:torch.nn.functional.mse_loss:base"
STATUS: dict[str, dict[str, Any]] = {
    "agrees": {}, "declared": {"status": "declared"}, "differs": {"status": "differs"}, "stale": {"status": "stale"}, "refused": {"status": "refused"},
    "crashed": {"status": "differs", "ending": "crashed"}, "hung": {"status": "differs", "ending": "hung"},
    "late error": {"status": "differs", "ending": "late error"}, "a declared crash": {"status": "declared", "ending": "crashed"},
}  # fmt: skip

# before, now ("" where there is none) → where the case is listed.
VERDICTS = {
    ("agrees", "differs"): "worse", ("agrees", "crashed"): "worse", ("agrees", "hung"): "worse", ("agrees", "late error"): "worse",
    ("agrees", "stale"): "worse", ("agrees", "refused"): "worse", ("agrees", ""): "worse",
    ("declared", "differs"): "worse", ("declared", "crashed"): "worse", ("declared", "stale"): "worse", ("declared", ""): "worse",
    ("differs", "crashed"): "worse", ("late error", "hung"): "worse", ("refused", "differs"): "worse",
    ("", "differs"): "worse", ("", "crashed"): "worse", ("", "stale"): "worse",
    ("differs", "agrees"): "better", ("differs", "declared"): "better", ("crashed", "differs"): "better", ("stale", "agrees"): "better",
    ("declared", "agrees"): "better", ("refused", "agrees"): "better",
    ("agrees", "declared"): "declared", ("agrees", "a declared crash"): "declared",
    ("agrees", "agrees"): "", ("declared", "declared"): "", ("differs", "differs"): "", ("crashed", "hung"): "", ("hung", "crashed"): "",
    ("stale", "stale"): "", ("refused", "refused"): "", ("declared", "a declared crash"): "", ("differs", ""): "", ("refused", ""): "",
    ("", "refused"): "",
}  # fmt: skip


@pytest.mark.parametrize(("before", "now"), VERDICTS)
def test_a_change_is_listed_where_it_belongs(before: str, now: str) -> None:
    known = of_results([result(**STATUS[before])] if before else [])
    found = changes(known, [result(**STATUS[now])] if now else [])
    lists = {name: [change.id for change in getattr(found, name)] for name in ("worse", "better", "declared")}
    assert {name for name, listed in lists.items() if listed} == ({VERDICTS[before, now]} - {""})
    assert all(listed in ([], [ID]) for listed in lists.values())
    assert found.added == 0


def test_a_new_case_that_agrees_is_counted() -> None:
    assert changes(Baseline({}), [result(), result(fixture="sum", status="declared")]).added == 2


PATTERNS: dict[tuple[str, ...], bool] = {
    (): True, ("torch.nn.*",): True, ("torch.nn.functional.mse_loss",): True, ("*.row",): True, (ID,): True, ("torch.abs", "torch.*"): True,
    ("torch.abs",): False, ("mindspore.*",): False, ("torch:torch.nn.functional.mse_loss:sum",): False,
}  # fmt: skip


@pytest.mark.parametrize("patterns", PATTERNS)
def test_a_case_is_missed_where_the_run_was_asked_for_it(patterns: tuple[str, ...]) -> None:
    found = changes(Baseline({ID: Known("agrees", "a.row")}), [], patterns)
    assert [(change.now, change.row) for change in found.worse] == ([("missing", "a.row")] if PATTERNS[patterns] else [])


@pytest.mark.parametrize("results", [(), EACH_STATUS, many(50, 500)], ids=["none", "each status", "many"])
def test_a_compact_baseline_is_read_again(results: tuple[Any, ...]) -> None:
    known = of_results(results, {"torch": "2.13.0"})
    text = written(known)
    assert is_baseline(text.splitlines()[0])
    assert read(text, "base.json") == known
    assert changes(known, results) == changes(read(text, "base.json"), results)


def test_a_compact_baseline_is_small_and_the_same_in_any_order() -> None:
    results = many()
    text = written(of_results(results))
    assert len(text) < 1_000_000
    assert text == written(of_results(reversed(results)))


HEAD = json.dumps({"parity_baseline": 1, "versions": {}})
DAMAGED = {
    "another format": (json.dumps({"parity_baseline": 2, "versions": {}}), ":1: a baseline of format 2"),
    "no versions": (json.dumps({"parity_baseline": 1}), ":1: no baseline"),
    "versions of another kind": (json.dumps({"parity_baseline": 1, "versions": [1]}), ":1: no baseline"),
    "half a line": (f'{HEAD}\n["torch:torch.abs", {{"agr', ":2: damaged"),
    "a state unknown": (f'{HEAD}\n["torch:torch.abs", {{"fine": ["base"]}}]', ":2: damaged: no state of a case: 'fine'"),
    "a case twice": (f'{HEAD}\n["torch:torch.abs", {{"agrees": ["base", "base"]}}]', ":2: damaged: torch:torch.abs:base occurs twice"),
    "no list": (f'{HEAD}\n{{"a": 1}}', ":2: damaged"),
    "no object": (f'{HEAD}\n["torch:torch.abs", "agrees"]', ":2: damaged"),
    "nothing": ("", ":1: no baseline"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_baseline_is_refused_with_its_place(name: str) -> None:
    text, problem = DAMAGED[name]
    with pytest.raises(CompatError) as raised:
        read(text, "base.json")
    assert str(raised.value).startswith(f"base.json{problem}")


def test_a_file_is_a_baseline_or_the_results_of_a_run(tmp_path: Path) -> None:
    known = of_results(EACH_STATUS)
    (tmp_path / "base.json").write_text(written(known), encoding="utf-8")
    write_results(EACH_STATUS, tmp_path)
    assert read_baseline(tmp_path / "base.json") == read_baseline(tmp_path / "results.jsonl") == known


FILES: dict[str, tuple[bytes | None, type[Exception]]] = {
    "none": (None, UsageError), "text": (b"hello", CompatError), "bytes": (b"\xff\xfe\x00", CompatError),
    "a baseline with bytes": (HEAD.encode() + b"\n\xff", CompatError),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_neither_is_refused(name: str, tmp_path: Path) -> None:
    content, error = FILES[name]
    if content is not None:
        (tmp_path / "base").write_bytes(content)
    with pytest.raises(error, match=str(tmp_path / "base")):
        read_baseline(tmp_path / "base")


def test_every_state_has_a_place_in_the_verdicts() -> None:
    assert set(STATES) <= {one for pair in VERDICTS for one in pair}
