"""Verdicts on uses, and what a scan of files says: first what must not be called supported."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from compat.cli import main
from compat.scan.scan import scan
from compat.table.load import MAPPINGS

VERDICTS = {
    "an argument that would change the result": ("torch.nn.functional.embedding(i, w, sparse=True)", "unsupported"),
    "an argument that PyTorch lacks": ("torch.relu(x, axis=1)", "unsupported"),
    "too many arguments": ("torch.relu(x, 1)", "unsupported"),
    "an API without a row": ("torch.nn.functional.no_such_function(x)", "unsupported"),
    "an API that can't work": ("torch.ao.quantization.convert(x)", "unsupported"),
    "a method of something unknown": ("x.view(-1)", "unknown"),
    "the same names and defaults": ("torch.abs(x)", "verified"),
    "other names": ("torch.nn.functional.cross_entropy(x, y)", "adapted"),
    "any number of arguments": ("torch.ones(2, 3, 4, 5)", "adapted"),
    "out": ("torch.abs(x, out=y)", "verified"),
    "another spelling": ("torch.sum(x, axis=1)", "verified"),
    "arguments that the text does not tell": ("torch.abs(*arguments, **keywords)", "verified"),
    "a class that is imitated as a whole": ("torch.nn.Sequential()", "verified"),
}


@pytest.mark.parametrize(("call", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_on_a_call(call: str, verdict: str, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(f"import torch\n{call}\n")
    (use,) = [use for use in scan([file], MAPPINGS).uses if use.use == "call"]
    assert (use.verdict, bool(use.reason)) == (verdict, True), use.reason


PROGRAM = """\
import torch

é = 'é'; y = torch.relu(torch.ones(2))
def f(x):
    return x.view(-1)
torch.nn.no_such_layer(
    y)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "broken.py").write_text("import torch\nx = = 1\n")
    (folder / "latin.py").write_bytes(b"x = '\xff'\n")
    (folder / "notes.txt").write_text("import torch\n")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "b.py").write_text(PROGRAM, encoding="utf-8")
    return folder


def test_the_command_says_all_and_fails_for_files_that_it_cannot_read(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {name: tmp_path / f"out.{name}" for name in ("json", "sarif", "html")}
    options = [part for name, file in outputs.items() for part in (f"--{name}", str(file))]
    assert main(["scan", str(project), *options]) == 1
    text = capsys.readouterr().out
    assert "3 files" in text
    assert f"{project}/broken.py:2: not Python" in text
    assert f"{project}/latin.py:1: not decodable" in text
    found = json.loads(outputs["json"].read_text())
    assert found["summary"] == {"sites": 4, "verified": 0, "adapted": 2, "differs": 0, "unsupported": 1, "unknown": 1}
    assert [(site["api"], site["line"], site["column"], site["end_line"], site["end_column"]) for site in found["sites"]] == [
        ("torch.relu", 3, 14, 3, 39), ("torch.ones", 3, 25, 3, 38), ("?.view", 5, 12, 5, 22), ("torch.nn.no_such_layer", 6, 1, 7, 7),
    ]  # fmt: skip
    assert "torch.nn.no_such_layer" in outputs["html"].read_text()
    results = json.loads(outputs["sarif"].read_text())["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [
        ("CS201", "note"), ("CS301", "error"), ("CS901", "error"), ("CS901", "error"),
    ]  # fmt: skip
    jsonschema.validate(results, {"type": "array", "items": RESULT})


# What SARIF 2.1.0 demands of a result with a place, as far as a code host reads it.
RESULT = {
    "type": "object",
    "required": ["ruleId", "level", "message", "locations"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {"type": "object", "required": ["text"]},
        "locations": {
            "type": "array", "minItems": 1, "items": {"type": "object", "required": ["physicalLocation"], "properties": {"physicalLocation": {
                "type": "object", "required": ["artifactLocation"], "properties": {"region": {
                    "type": "object", "required": ["startLine"], "additionalProperties": {"type": "integer", "minimum": 1}}}}}},
        },
    },
}  # fmt: skip
CALLS = {
    "nothing to complain of": (["a.py"], 0),
    "a verdict that must not occur": (["a.py", "--fail-on", "unsupported"], 1),
    "one that does not occur": (["a.py", "--fail-on", "differs"], 0),
    "what is excluded is not read": ([".", "--exclude", "broken.py", "--exclude", "lat*"], 0),
    "no such file": (["missing.py"], 2),
    "a file of another kind": (["notes.txt"], 2),
}


@pytest.mark.parametrize(("arguments", "status"), CALLS.values(), ids=CALLS)
def test_the_exit_status(arguments: list[str], status: int, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert main(["scan", *arguments]) == status


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    files = [tmp_path / f"m{number}.py" for number in range(70)]
    for file in files:
        file.write_text(PROGRAM, encoding="utf-8")
    assert scan(files, MAPPINGS, jobs=2) == scan(files, MAPPINGS)


def notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": [], "metadata": {}} for cell in cells]
    return json.dumps(
        {"cells": [{"cell_type": "markdown", "source": "# import torch"}, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def test_a_notebook_is_one_module_and_its_places_are_those_of_its_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(
        notebook("import torch\n%matplotlib inline", "x = = 1", "y = 1\nx = torch.ones(2)\n%timeit x.relu()", "torch.no_such(x)")
    )
    assert main(["scan", str(file), "--json", str(tmp_path / "json"), "--sarif", str(tmp_path / "sarif")]) == 1
    text = capsys.readouterr().out
    assert f"{file}:cell 3:1: not Python" in text
    assert f"{file}:cell 5:1" in text
    found = json.loads((tmp_path / "json").read_text())
    assert [(one["api"], one["cell"], one["line"], one["column"], one["end_column"]) for one in found["sites"]] == [
        ("torch.ones", 4, 2, 5, 18), ("torch.Tensor.relu", 4, 3, 9, 17), ("torch.no_such", 5, 1, 1, 17),
    ]  # fmt: skip
    assert found["files"][0]["skipped"] == [{"cell": 3, "line": 1, "problem": "not Python: invalid syntax"}]
    results = json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    assert [one["locations"][0]["logicalLocations"][0]["name"] for one in results] == ["cell 5", "cell 3"]
    assert all("region" not in one["locations"][0]["physicalLocation"] for one in results)


NO_NOTEBOOKS = {
    "an empty file": ("", 1),
    "broken in line 2": ('{"nbformat": 4,\n "cells": [}', 2),
    "the format before": ('{\n"nbformat": 3, "worksheets": []}', 2),
    "another language": ('{"nbformat": 4, "cells": [],\n"metadata": {"kernelspec": {"language": "R"}}}', 2),
    "no cells": ('{"nbformat": 4}', 1),
}


@pytest.mark.parametrize(("text", "line"), NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_what_is_no_notebook_says_where(text: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(text)
    (problem,) = scan([file], MAPPINGS).problems
    assert (problem.line, bool(problem.problem)) == (line, True)
