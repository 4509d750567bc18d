"""The parts that the reports of a scan and of a port share."""

from __future__ import annotations

import re

import pytest

from compat.reports.charts import share_bar
from compat.reports.data import written
from compat.reports.sarif import Finding, Region, log, uri
from compat.reports.tables import Column
from compat.reports.uses import File, Named, problems, shares, table_of_apis, table_of_files

FILES = [File("a.py", 3, {"good": 2, "bad": 1}), File("b.py", 1, {}, "not Python", 7)]


def test_shares_are_of_all_uses_and_none_of_nothing() -> None:
    meaning = {"good": "runs", "bad": "raises"}
    assert shares({"good": 3, "bad": 1}, meaning) == ["  good               3   75.0 %  runs", "  bad                1   25.0 %  raises"]
    assert [line.split()[1:3] for line in shares({}, meaning)] == [["0", "0.0"], ["0", "0.0"]]


def test_only_files_with_a_problem_have_one() -> None:
    assert problems(FILES) == ["b.py:7: not Python"]
    assert [file.data(("good", "bad")) for file in FILES] == [
        {"file": "a.py", "lines": 3, "good": 2, "bad": 1},
        {"file": "b.py", "lines": 1, "good": 0, "bad": 0, "problem": "not Python", "line": 7},
    ]


def test_a_table_of_files() -> None:
    plain = table_of_files(FILES, ("good", "bad"))
    assert list(plain.lines) == [("a.py", 3, 2, 1, ""), ("b.py", 1, 0, 0, "not Python")]
    more = table_of_files(FILES, ("good", "bad"), [(Column("state", "State"), ["x", "y"])], ("file", "file"))
    assert [column.key for column in more.columns] == ["file", "lines", "state", "good", "bad", "problem"]
    assert (more.lines[1], more.columns[0].kind) == (("b.py", 1, "y", 0, 0, "not Python"), "link")


def test_an_api_is_as_bad_as_its_worst_use() -> None:
    uses = [Named("f", "good", "fine"), Named("g", "good", "fine"), Named("f", "bad", "no"), Named("f", "good", "fine")]
    assert list(table_of_apis(uses, "Verdict", ("good", "bad")).lines) == [("f", ("bad", "good"), 3, "no"), ("g", ("good",), 1, "fine")]


BARS = {"nothing": {}, "zeros": {"a": 0, "b": 0}, "one": {"a": 5}, "several": {"a": 1, "b": 10**6, "c": 3, "d": 0}}


@pytest.mark.parametrize("counts", BARS.values(), ids=BARS)
def test_a_bar_stays_within_its_frame(counts: dict[str, int]) -> None:
    drawn = share_bar("<uses>", counts, {"a": "good", "b": "good", "c": "bad", "d": "known"})
    ends = [float(x) + float(width) for x, width in re.findall(r'<rect class="[^"]*" x="([^"]+)" y="0" width="([^"]+)"', drawn)]
    assert ends == sorted(ends)
    assert all(end <= 640.1 for end in ends)
    assert "<uses>" not in drawn
    assert drawn.count("■") + drawn.count("▨") == len(counts)


URIS = {
    "src/a.py": "src/a.py",
    "a b/#1?.py": "a%20b/%231%3F.py",
    "中.py": "%E4%B8%AD.py",
    "caf\udce9.py": "caf%E9.py",
    "c:x.py": "c%3Ax.py",
}


@pytest.mark.parametrize(("file", "expected"), URIS.items(), ids=map(ascii, URIS))
def test_a_uri_holds_no_odd_character(file: str, expected: str) -> None:
    assert uri(file) == expected


def test_a_finding_without_severity_is_of_another_kind_and_only_a_replacement_is_a_fix() -> None:
    findings = [Finding("A1", "none", "x", "a.py", Region(1, 2, 3, 4), "new"), Finding("B1", "error", "y", "a.py", Region(0))]
    first, second = log("compat", "1", {"B1": "b", "A1": "a"}, findings)["runs"][0]["results"]
    assert first["kind"] == "informational"
    assert first["fixes"][0]["artifactChanges"][0]["replacements"] == [
        {"deletedRegion": {"startLine": 1, "startColumn": 2, "endLine": 3, "endColumn": 4}, "insertedContent": {"text": "new"}}
    ]
    assert ("kind" in second, "fixes" in second) == (False, False)
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_json_for_a_file_is_readable_and_can_be_written_whatever_it_holds() -> None:
    assert written({"a": "中\udce9"}).encode() == '{\n "a": "中\\udce9"\n}\n'.encode()
