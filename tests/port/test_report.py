"""What a port says of itself in a terminal and to programs: first that it calls nothing converted that is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compat.port.codes import CODES
from compat.port.model import BECAME, Port
from compat.port.reports.report import as_json, as_sarif, as_text
from compat.port.reports.summary import summary
from compat.reports.data import written
from tests.port.examples import BROKEN, CHANGES, MODEL, NOTEBOOK, PLAIN, SMALL, change, large
from tests.scan.test_scan import RESULT

NATIVE: dict[str, tuple[list[dict[str, Any]], float | None]] = {
    "nothing": ([], None),
    "no call": ([{"use": "value"}], None),
    "an import is no call": ([{"code": "CM002", "became": "converted"}], None),
    "a receiver that is not known is no call of a known API": ([{"became": "unknown"}], None),
    "what is not supported is not native": ([{"became": "unsupported"}, {}], 0.5),
    "nor is what was kept": ([{"became": "kept"}, {"became": "kept"}, {}, {"became": "adapted"}], 0.5),
    "all": ([{"became": "adapted"}, {}], 1.0),
}


@pytest.mark.parametrize(("fields", "share"), NATIVE.values(), ids=NATIVE)
def test_the_native_share(fields: list[dict[str, Any]], share: float | None) -> None:
    assert summary(Port((replace(PLAIN, changes=tuple(change(**each) for each in fields)),))).native_share == share


def test_an_import_counts_as_nothing_converted() -> None:
    found = summary(Port((replace(MODEL, changes=CHANGES[:1]),)))
    assert (found.sites, found.left, found.imports) == (0, 0, 1)


TEXT = """\
4 files, 2 changed, 6 uses of the API, style native
  converted          2   33.3 %  MindSpore's: the same, or another name
  adapted            1   16.7 %  MindSpore's, with other arguments: the code says which
  kept               1   16.7 %  not converted: stays on compat.torch, as it was written
  unsupported        1   16.7 %  not converted: the table has no such API or call
  unknown            1   16.7 %  not converted: the receiver is not certain from the source
native: 3 of 5 calls whose API is known, 60.0 %
not converted: 3 of 6 uses
                     1  CM301 the table has no such API, or refuses this call
                     1  CM401 the receiver is not certain from the source; a trace of a run tells it
                     1  CM501 the name of a module is in a text or computed: it is not followed
    converted      adapted         kept  unsupported      unknown  file
            1            1            0            1            1  src/model.py
            1            0            1            0            0  notes.ipynb
to look at (2 places):
  notes.ipynb:cell 2:3:1  CM501  importlib.import_module  the name of a module is in a text or computed: it is not followed
  src/model.py:7:12  CM301  torch.no_such  the table has no such API
not ported (1 file):
  src/broken.py:1: not Python: invalid syntax"""


def test_the_text_tells_what_was_not_converted() -> None:
    assert as_text(SMALL) == TEXT


def test_the_text_of_nothing() -> None:
    assert as_text(Port(())).splitlines()[0] == "0 files, 0 changed, 0 uses of the API, style native"


def test_the_text_of_a_thousand_files_keeps_to_the_worst_and_names_every_problem() -> None:
    text = as_text(large())
    assert "and 966 other files with less to do" in text
    assert text.count("not Python") == 14
    assert len(text.splitlines()) < 60
    looked = Port(tuple(replace(MODEL, path=Path(f"{number}.py")) for number in range(100)))
    assert "to look at (100 places):" in as_text(looked)
    assert "and 80 others" in as_text(looked)


SITE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["file", "line", "column", "end_line", "end_column", "api", "use", "how", "verdict", "code", "reason", "before", "after", "inside"],
    "properties": {
        **{key: {"type": "integer", "minimum": 1} for key in ("line", "column", "end_line", "end_column", "cell")},
        **{key: {"type": "string"} for key in ("file", "api", "how", "reason", "before", "after", "inside")},
        "use": {"enum": ["call", "value"]}, "verdict": {"enum": list(BECAME)}, "code": {"enum": list(CODES)},
    },
}  # fmt: skip
NUMBERS = ("files", "changed", "problems", "sites", *BECAME, "calls", "imports")
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "style", "target", "summary", "files", "sites", "imports", "problems"],
    "properties": {
        "version": {"const": 1},
        "style": {"enum": ["native", "shim"]},
        "target": {"enum": ["mindspore", "torch"]},
        "summary": {
            "type": "object", "required": [*NUMBERS, "native_share"], "additionalProperties": False,
            "properties": {**{key: {"type": "integer"} for key in NUMBERS}, "native_share": {"type": ["number", "null"]}},
        },
        "files": {"type": "array", "items": {"type": "object", "required": ["file", "lines", "changed", "calls", "native", *BECAME]}},
        "sites": {"type": "array", "items": SITE},
        "imports": {"type": "array", "items": SITE},
        "problems": {"type": "array", "items": {"type": "object", "required": ["file", "line", "problem"]}},
    },
}  # fmt: skip


def test_the_json_is_what_it_says() -> None:
    found = json.loads(written(as_json(SMALL)))
    jsonschema.validate(found, SCHEMA)
    assert found["summary"] == {
        "files": 4, "changed": 2, "problems": 1, "sites": 6, "converted": 2, "adapted": 1, "kept": 1, "unsupported": 1, "unknown": 1,
        "calls": 5, "native_share": 0.6, "imports": 1,
    }  # fmt: skip
    assert len(found["sites"]) == found["summary"]["sites"]
    assert [(site["file"], site["line"], site.get("cell")) for site in found["sites"]] == [
        ("notes.ipynb", 2, 2), ("notes.ipynb", 3, 2), *(("src/model.py", line, None) for line in (4, 5, 6, 7)),
    ]  # fmt: skip
    assert found["problems"] == [{"file": "src/broken.py", "line": 1, "problem": "not Python: invalid syntax"}]


def test_the_order_of_the_files_changes_nothing() -> None:
    other = Port((BROKEN, NOTEBOOK, PLAIN, replace(MODEL, changes=CHANGES[::-1])))
    assert as_json(other) == as_json(SMALL)
    assert as_sarif(other) == as_sarif(SMALL)
    assert as_text(other) == as_text(SMALL)


def test_a_name_that_is_no_unicode_is_written_all_the_same() -> None:
    path = Path("caf\udce9.py")
    found = json.loads(written(as_json(Port((replace(MODEL, path=path),)))).encode())
    assert found["files"][0]["file"] == str(path)
    assert "caf%E9.py" in json.dumps(as_sarif(Port((replace(MODEL, path=path),))))


def test_sarif_places_levels_and_fixes() -> None:
    (run,) = as_sarif(SMALL)["runs"]
    results = run["results"]
    jsonschema.validate(results, {"type": "array", "items": RESULT})
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {*CODES, "CM901"}
    assert [(one["ruleId"], one["level"], "fixes" in one) for one in results] == [
        ("CM001", "none", False), ("CM501", "warning", False),
        ("CM002", "none", True), ("CM001", "none", True), ("CM102", "note", True), ("CM401", "note", False), ("CM301", "warning", False),
        ("CM901", "error", False),
    ]  # fmt: skip
    assert results[0]["message"]["text"].startswith("cell 2, line 2: torch.relu")
    assert results[4]["fixes"][0]["artifactChanges"] == [{
        "artifactLocation": {"uri": "src/model.py"},
        "replacements": [{
            "deletedRegion": {"startLine": 5, "startColumn": 9, "endLine": 5, "endColumn": 29},
            "insertedContent": {"text": "mint.sum(x, dim=1)"},
        }],
    }]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_level(code: str) -> None:
    (result,) = as_sarif(Port((replace(PLAIN, changes=(change(code=code),)),)))["runs"][0]["results"]
    assert result["level"] in ("none", "note", "warning")
    assert (result["level"] == "none") == ("kind" in result)
