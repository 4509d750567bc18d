"""The command line: exit status and what a user reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.table.model import Table
from tests.helpers import python, tampered_table


def compat(*arguments: str) -> tuple[int, str, str]:
    done = python("-m", "compat", *arguments)
    return done.returncode, done.stdout, done.stderr


WRONG_CALLS = {
    "no command": ([], 2, "the following arguments are required: COMMAND"),
    "an unknown command": (["trian"], 2, "invalid choice: 'trian'"),
    "an unknown API": (["explain", "torch.nn.CrossEntropy"], 2, "did you mean torch.nn.CrossEntropyLoss"),
    "a pattern without a match": (["parity", "torch.nn.Nothing*"], 2, "no API of the table matches"),
    "a program that is not there": (["run", "no_such_file.py"], 2, "no_such_file.py: no such file"),
    "a module that is not there": (["run", "-m", "no_such.module"], 2, "no_such.module: no such module"),
    "a release that is not recorded": (
        ["check", "--drift", "2.8.0", "2.99.0"],
        2,
        "MindSpore 2.99.0: no signatures recorded; recorded are 2.7.0, 2.7.2,",
    ),
    "a table that is not there": (["check", "--table", "no_such_folder"], 1, "no table file"),
}


@pytest.mark.parametrize(("arguments", "status", "text"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], status: int, text: str) -> None:
    returned, _, errors = compat(*arguments)
    assert text in errors
    assert returned == status
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("api", "language", "expected"),
    [
        ("torch.nn.CrossEntropyLoss", "en", "same function, other name"),
        ("torch.nn.CrossEntropyLoss", "zh", "功能一致，参数名不同"),
        ("torch.nn.Linear", "en", "on MindSpore: hand-written, layers.linear.Linear"),
        ("mindspore.bool_", "en", "hand-written as a whole"),
        ("torch.Tensor.arccos_", "en", "torch.acos\n"),
        ("torch.arccos", "zh", "其他名称: torch.Tensor.acos"),
        ("mindspore.Tensor.view", "en", "torch.Tensor.view\n"),
        ("torch.sparse_csr_tensor", "en", "not supported on MindSpore: "),
        ("torch.distributed.all_reduce", "en", "mindspore.communication.comm_func.all_reduce  (CPU, Ascend)  not in compat.mindspore"),
        ("mindspore.ops.Softmax", "en", "Softmax(axis)(logits) is mindspore.ops.softmax"),
        ("mindspore.numpy.std", "en", "hand-written as a whole"),
        ("mindspore.ops.function.math_func.sin", "en", "the same as mindspore.ops.sin"),
        ("mindspore.ops.kl_div", "en", "log_target    -          MindSpore has no such parameter"),
    ],
)
def test_explain(api: str, language: str, expected: str) -> None:
    status, output, errors = compat("explain", api, "--lang", language)
    assert status == 0, errors
    assert expected in output


def test_check_says_how_large_the_table_is(table: Table) -> None:
    status, output, _ = compat("check", "--static")
    assert status == 0
    assert f"\n{len(table.rows)} rows, " in output


def test_check_agrees_with_the_installed_frameworks() -> None:
    status, output, _ = compat("check")
    assert status == 0, output
    assert output.endswith("0 mistakes\n")


def test_check_finds_what_an_installed_framework_contradicts(tmp_path: Path) -> None:
    folder = tampered_table(tmp_path, "torch.nn.functional.yaml", "beta: {type: float, default: 1.0", "beta: {type: float, default: 0.5")
    status, output, _ = compat("check", "--table", str(folder))
    assert status == 1
    assert "torch.nn.functional.smooth_l1_loss: beta defaults to 0.5; installed and PyTorch 2.10.0: 1.0" in output


def test_check_finds_what_a_recorded_release_contradicts_without_a_framework(tmp_path: Path) -> None:
    folder = tampered_table(tmp_path, "torch.nn.yaml", '      since: "2.8"\n', "")
    status, output, _ = compat("check", "--static", "--table", str(folder))
    assert status == 1
    assert "mindspore.mint.nn.CosineEmbeddingLoss: a row of the table; MindSpore 2.7.0, 2.7.2: no such name" in output
    assert output.endswith("checked against the recorded signatures: 1 mistakes\n")


def test_drift_lists_what_breaks_first_and_sums_up() -> None:
    status, output, errors = compat("check", "--drift", "2.7.0", "2.10.0")
    assert status == 0, errors
    headings = [line for line in output.splitlines() if line and not line.startswith(" ")]
    assert [heading.partition(" ")[0] for heading in headings] == ["Names", "Changed,", "Changed,", "New", "MindSpore"]
    assert "  mindspore.ops.transpose: input_perm renamed to dims: (input, input_perm) → (input, dims)  [no row]" in output
    assert "  mindspore.mint.nn.CosineEmbeddingLoss(margin=0.0, reduction='mean')  [row torch.nn.CosineEmbeddingLoss]" in output


def test_drift_of_torch() -> None:
    status, output, errors = compat("check", "--framework", "torch", "--drift", "2.10.0", "2.13.0")
    assert status == 0, errors
    assert "torch.nn.LinearCrossEntropyLoss(" in output
    assert output.splitlines()[-1].startswith("PyTorch 2.10.0 → 2.13.0: ")
