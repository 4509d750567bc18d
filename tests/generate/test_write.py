"""Derived files: what must be refused and found, and that a second run changes nothing."""

import ast
from pathlib import Path, PurePosixPath

import pytest

from compat.generate import code
from compat.generate.code import literal
from compat.generate.packages import packages
from compat.generate.write import drift, remove, write
from compat.table.load import load
from compat.table.model import Table
from tests.helpers import python, tampered_table


def test_nothing_is_written_from_a_table_with_a_mistake(tmp_path: Path) -> None:
    folder = tampered_table(tmp_path, "torch.nn.yaml", "kind: class", "kind: klass")
    done = python("-m", "compat", "generate", "--table", str(folder), "--root", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "torch.nn.yaml:4:3: " in done.stderr
    assert not (tmp_path / "out").exists()


def test_generating_imports_no_framework() -> None:
    done = python(
        "-c",
        "import sys\nfrom compat.cli import main\nmain(['generate', '--check'])\nprint([m for m in ('torch', 'mindspore') if m in sys.modules])",
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_byte_identical_in_two_processes() -> None:
    script = "import hashlib\nfrom compat.generate.packages import packages\nfrom compat.table.load import load\nprint(hashlib.sha256(repr(sorted(packages(load()).items())).encode()).hexdigest())"
    first, second = (python("-c", script, PYTHONHASHSEED=seed).stdout for seed in ("1", "2"))
    assert first
    assert first == second


def test_stale_missing_and_left_over_files_are_found(tmp_path: Path) -> None:
    files = {PurePosixPath("compat/torch/a.py"): "a", PurePosixPath("compat/torch/b.py"): "b"}
    assert [d.state for d in write(tmp_path, files)] == ["missing", "missing"]
    assert drift(tmp_path, files) == []
    (tmp_path / "compat/torch/a.py").write_text("edited")
    (tmp_path / "compat/torch/b.py").unlink()
    (tmp_path / "compat/torch/c.py").write_text("c")
    assert [(d.path.name, d.state) for d in drift(tmp_path, files)] == [("a.py", "stale"), ("b.py", "missing"), ("c.py", "left over")]
    write(tmp_path, files)
    remove(tmp_path, files)
    assert drift(tmp_path, files) == []


def test_no_generated_path_leaves_its_package(table: Table) -> None:
    for path in packages(table):
        assert path.parts[:2] in {("compat", "torch"), ("compat", "mindspore")}
        assert ".." not in path.parts


def test_the_repository_is_up_to_date(table: Table) -> None:
    root = Path(__file__).parents[2]
    found = drift(root, code(table))
    assert [d for d in found if not str(d.path).startswith("docs")] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [([], "()"), ([1], "(1,)"), (["a", 2.5], "('a', 2.5)"), (float("inf"), 'float("inf")'), ("it's", '"it\'s"'), (None, "None")],
)
def test_a_literal_is_python_and_nothing_more(value: object, expected: str) -> None:
    assert literal(value) == expected


SYNTHETIC = """\
- torch: torch.nn.functional.mixed
  summary: {en: Every kind of parameter once., zh: 每种参数各一次。}
  parameters:
    input: {type: Tensor}
    momentum: {type: float, default: 0.1}
    betas: {type: tuple of int, default: [1, 2]}
    memory_format: {kind: neutral, values: [null], type: object, default: null}
    sparse: {kind: unsupported, type: bool, default: false, reason: {en: no sparse tensors here, zh: 不支持稀疏张量}}
  result: {en: a tensor, zh: 张量}
  mindspore:
    - api: mindspore.ops.mixed
      devices: [CPU]
      parameters:
        x: {source: input}
        fixed: {kind: constant, value: 3, default: 3}
        keep: {kind: converted, source: momentum, by: complement, default: 0.9}
        beta1: {kind: part, source: betas, index: 0, default: 1}
        beta2: {kind: part, source: betas, index: 1, default: 2}
        seed: {kind: added, default: null}
  arguments: {input: {draw: normal, shape: [2]}}
"""


# What a text of the table could try, in each place where it ends inside Python source.
HOSTILE = {
    "a choice with a replacement field": ("type: float, default: 0.1", "type: str, default: a, choices: [a, '{evil()}']"),
    "a choice that ends the string": ("type: float, default: 0.1", "type: str, default: a, choices: [a, '\", evil(), \"']"),
    "a reason that ends the string": ("en: no sparse tensors here", "en: '\", evil(), \"'"),
    "a neutral value that ends the string": ("values: [null]", "values: [null, '\", evil(), \"']"),
    "a summary that ends in a quote": ("en: Every kind of parameter once.", "en: 'evil()\"'"),
    "a constant": ("value: 3, default: 3", "value: 'evil()', default: a"),
}


@pytest.mark.parametrize(("old", "new"), HOSTILE.values(), ids=HOSTILE)
def test_no_text_of_the_table_is_executed(tmp_path: Path, old: str, new: str) -> None:
    assert old in SYNTHETIC
    text = SYNTHETIC.replace(old, new, 1)
    if "choices" in new:
        text = text.replace("{kind: converted, source: momentum, by: complement, default: 0.9}", "{source: momentum, default: a}")
    (tmp_path / "torch.nn.functional.yaml").write_text(text, encoding="utf-8")
    for source in packages(load(tmp_path)).values():
        names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert "evil" not in names


def test_every_kind_of_parameter_in_both_directions(tmp_path: Path) -> None:
    (tmp_path / "torch.nn.functional.yaml").write_text(SYNTHETIC, encoding="utf-8")
    sources = {str(path): text for path, text in packages(load(tmp_path)).items()}
    ours = sources["compat/torch/nn/functional.py"]
    assert "_ops.mixed(input, 3, _conversions.complement(momentum), betas[0], betas[1])" in ours
    assert "if memory_format is not None:" in ours
    assert "if sparse is not False:" in ours
    theirs = sources["compat/mindspore/ops.py"]
    assert "_nn_functional.mixed(x, momentum=_conversions.complement(keep), betas=(beta1, beta2))" in theirs
    assert "UnsupportedArgument('mindspore.ops.mixed', 'fixed', fixed, '3')" in theirs
    assert "UnsupportedArgument('mindspore.ops.mixed', 'seed', seed, 'None')" in theirs
