"""A folder of table files → a table, or every mistake in it at its place."""

from pathlib import Path

import pytest

from compat.errors import TableError
from compat.table.load import load

ROW = """\
- torch: torch.nn.functional.relu
  summary: {en: Rectifier., zh: 整流。}
  parameters:
    input: {type: Tensor}
    inplace: {kind: neutral, values: [false], type: bool, default: false}
  result: {en: the shape of input, zh: 形状与 input 相同}
  mindspore:
    - api: mindspore.ops.relu
      devices: [CPU]
      parameters:
        input: {}
  arguments: {input: {draw: normal, shape: [3]}}
  gradient: [input]
"""


def write(folder: Path, text: str, name: str = "torch.nn.functional.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(TableError) as caught:
        load(folder)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


# Each edit of a good row is one mistake: old text, new text, and where and how it must be reported.
MISTAKES = {
    "unknown key": ("  gradient:", "  gradeint:", "13:3: unknown key 'gradeint': expected one of torch, kind"),
    "missing key": ("  result: {en: the shape of input, zh: 形状与 input 相同}\n", "", "1:3: missing key 'result'"),
    "wrong type": ("default: false", "default: 3", "5:59: 3: expected a default of type bool, or null"),
    "expression as default": ("{type: Tensor}", "{type: int, default: __import__('os')}", "4:24: \"__import__('os')\": expected a word (an expression is no default)"),
    "expression in MindSpore's default": ("input: {}", 'input: {default: "os.getcwd()"}', '11:17: "os.getcwd()": expected a word'),
    "expression as text default": ("{type: Tensor}", "{type: str, default: os.getcwd()}", "4:24: \"os.getcwd()\": expected a word (an expression is no default)"),
    "unknown kind": ("kind: neutral", "kind: ignored", '5:15: kind "ignored": expected one of'),
    "unknown device": ("[CPU]", "[GPU]", '9:17: "GPU": expected one of Ascend, CPU'),
    "code in a name": ("torch.nn.functional.relu", "torch.nn.functional.relu(); import os", '1:3: "torch.nn.functional.relu(); import os": expected text that matches'),
    "line break in a name": ("mindspore.ops.relu", '"mindspore.ops.relu\\n"', r'8:7: "mindspore.ops.relu\n": expected text that matches'),
    "keyword in a name": ("mindspore.ops.relu", "mindspore.ops.import", "8:7: mindspore.ops.import: 'import' is a Python keyword"),
    "dunder in a name": ("mindspore.ops.relu", "mindspore.__init__.relu", "8:7: mindspore.__init__.relu: '__init__': expected a public name"),
    "path that leaves the folder": ("mindspore.ops.relu", "mindspore.../../etc.relu", '8:7: "mindspore.../../etc.relu": expected text that matches'),
    "other framework": ("mindspore.ops.relu", "os.path.join", "8:7: os.path.join: expected a name in mindspore"),
    "code in a parameter": ("input: {}", "'input=os': {}", "11:9: key \"input=os\": expected text that matches"),
    "keyword as parameter": ("    input: {type: Tensor}\n", "    input: {type: Tensor}\n    lambda: {type: int, default: 1}\n", "5:5: parameter 'lambda' is a Python keyword"),
    "docstring that ends early": ("en: Rectifier.", "en: 'x\"\"\" + evil'", "2:13: \"x\\\"\\\"\\\" + evil\": expected one printable line"),
    "unknown source": ("input: {}", "x: {source: inputs}", "11:9: comes from 'inputs', which PyTorch lacks"),
    "unknown converter": ("input: {}", "x: {kind: converted, source: input, by: eval}", "11:45: converter 'eval': expected one of complement"),
    "a parameter that reaches nothing": ("input: {}", "{}", "8:7: 'input' reaches no parameter of mindspore.ops.relu"),
    "unknown fixture family": ("  gradient: [input]", "  gradient: [input]\n  families: [none-such]", "14:14: family 'none-such'"),
    "unknown fixture argument": ("input: {draw", "imput: {draw", "12:15: 'imput' is no parameter: expected one of input, inplace"),
    "unknown argument of a MindSpore fixture": ("        input: {}", "        input: {}\n      fixtures:\n        - {name: own, change: {inputs: 1}}", "13:32: 'inputs' is no parameter: expected one of input"),
    "MindSpore fixture without a kernel": ("[CPU]\n      parameters:\n        input: {}", "[Ascend]\n      parameters:\n        input: {}\n      fixtures:\n        - {name: own}", "12:7: mindspore.ops.relu has no kernel on CPU"),
    "unknown distribution": ("draw: normal", "draw: cauchy", '12:23: "cauchy": expected one of'),
    "wrong file": ("torch.nn.functional.relu", "torch.nn.relu", "1:3: torch.nn.relu in torch.nn.functional.yaml: expected it in torch.nn.yaml"),
    "required after optional": ("type: bool, default: false}", "type: bool, default: false}\n    last: {type: int}", "6:5: 'last' has no default after 'inplace'"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_at_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in ROW
    found = problems(write(tmp_path, ROW.replace(old, new, 1)))
    assert any(line.startswith(f"torch.nn.functional.yaml:{expected}") for line in found), found


OTHER_FILES = {
    "a source that the function lacks": ("primitives", "{primitive: mindspore.ops.ReLU, function: mindspore.ops.relu, call: {x: {}, input: {}}}", "mindspore.ops.relu has input: expected one"),
    "a function that gets too little": ("primitives", "{primitive: mindspore.ops.ReLU, function: mindspore.ops.relu, call: {}}", "requires 'input'"),
    "a primitive elsewhere": ("primitives", "{primitive: torch.ReLU, function: mindspore.ops.relu, call: {input: {}}}", "expected a name in mindspore"),
    "neither name nor like": ("exports", "{api: mindspore.ops.relu}", "expected either `name` or `like`"),
    "both name and like": ("exports", "{api: mindspore.ops.relu, name: basic.relu, like: mindspore.mint.relu}", "expected either `name` or `like`"),
    "a star for one name": ("exports", "{api: mindspore.ops.*, name: basic.relu}", "expected `*` at the end of both names or of none"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "entry", "expected"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_mistakes_in_exports_and_primitives(tmp_path: Path, file: str, entry: str, expected: str) -> None:
    write(tmp_path, ROW)
    found = problems(write(tmp_path, f"- {entry}\n", f"{file}.yaml"))
    assert [(line.startswith(f"{file}.yaml:1:"), expected in line) for line in found] == [(True, True)], found


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, ROW.replace("gradient", "gradeint").replace("[CPU]", "[GPU]").replace("kind: neutral", "kind: x"))
    write(tmp_path, "- {family: Bad Name, about: x, fixtures: 3}\n", "families.yaml")
    found = problems(tmp_path)
    assert len(found) == 5
    assert found == sorted(found, key=lambda line: (line.split(":")[0], int(line.split(":")[1])))


def test_a_row_that_stands_twice(tmp_path: Path) -> None:
    assert "stands twice" in problems(write(tmp_path, ROW + ROW))[0]


def test_rows_out_of_order(tmp_path: Path) -> None:
    second = ROW.replace("functional.relu", "functional.elu").replace("ops.relu", "ops.elu")
    assert "expected rows sorted by name" in problems(write(tmp_path, ROW + second))[0]


@pytest.mark.parametrize("content", [b"", b"3\n", b"{}\n", b"\xff\xfe\x00", b"- \n", b"- 3\n", b"- [a]\n", b"- torch: 1\n- {}\n", b"}{"])
def test_garbage_is_reported_and_never_raises_anything_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "torch.nn.yaml").write_bytes(content)
    assert problems(tmp_path)


def test_a_good_row_loads(tmp_path: Path) -> None:
    table = load(write(tmp_path, ROW))
    row = table.rows["torch.nn.functional.relu"]
    assert list(row.parameters) == ["input", "inplace"]
    assert row.mindspore[0].api == "mindspore.ops.relu"
