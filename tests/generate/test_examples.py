"""The examples' programs: how each kind of row is shown, what is too large, and what is fit to be on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compat.errors import CompatError
from compat.generate.examples import Program, mindspore_programs, shortened, torch_programs
from compat.generate.recorded import FILE, Printed, Record, entry, raised
from compat.table.load import load
from compat.table.model import Table

ROWS = """\
- torch: torch.{name}
  kind: {kind}
  summary: {{en: Something., zh: 某物。}}
  result: {{en: a tensor, zh: Tensor}}
  parameters: {{{parameters}}}
  arguments: {{{arguments}}}
  on_mindspore: {{name: functions.it, public: true, reason: {{en: It is slow., zh: 较慢。}}}}
  {more}
"""
TENSOR = "{draw: values, values: [1.5, -2.0]}"
SHOWN = {
    "a function, what is required by position": (
        "flip", "function", "input: {type: Tensor}, dims: {type: tuple of int}, out_dtype: {type: dtype, default: null}",
        f"input: {TENSOR}, dims: [0], out_dtype: {{name: torch.float64}}", "",
        ["input = torch.tensor([1.5, -2.0])", "output = torch.flip(input, (0,), out_dtype=torch.float64)", "print(output)"],
    ),
    "a method, its size number by number": (
        "Tensor.view", "method", "self: {type: Tensor}, size: {type: tuple of int, variadic: true}", f"self: {TENSOR}, size: [2, 1]", "",
        ["x = torch.tensor([1.5, -2.0])", "output = x.view(2, 1)", "print(output)"],
    ),
    "a list of tensors": (
        "cat", "function", "tensors: {type: tuple of Tensor}, dim: {type: int, default: 0}", f"tensors: [{TENSOR}, {TENSOR}], dim: 0", "",
        ["tensors = [torch.tensor([1.5, -2.0]), torch.tensor([1.5, -2.0])]", "output = torch.cat(tensors, dim=0)", "print(output)"],
    ),
    "dtypes that Python's numbers don't give, and what is no finite number": (
        "abs", "function", "input: {type: Tensor}", "input: {draw: values, values: [.inf, 1.0], dtype: float64}", "",
        ['input = torch.tensor([float("inf"), 1.0], dtype=torch.float64)', "output = torch.abs(input)", "print(output)"],
    ),
    "a property": ("Tensor.T", "property", "self: {type: Tensor}", f"self: {TENSOR}", "", ["x = torch.tensor([1.5, -2.0])", "print(x.T)"]),
    "random numbers are seeded": (
        "rand", "function", "size: {type: tuple of int, variadic: true}", "size: [2]", "draws: distribution",
        ["torch.manual_seed(0)", "output = torch.rand(2)", "print(output)"],
    ),
    "undefined values are not shown": (
        "empty", "function", "size: {type: tuple of int, variadic: true}", "size: [2]", "draws: nothing",
        ["output = torch.empty(2)", "print(output.shape)"],
    ),
    "a slice and what has to be made": (
        "get", "function", "index: {type: object}, device: {type: device, default: null}",
        "index: {slice: [0, 2]}, device: {make: torch.device, arguments: [cpu]}", "",
        ["output = torch.get(slice(0, 2, None), device=torch.device('cpu'))", "print(output)"],
    ),
    "a scheduler": (
        "optim.lr_scheduler.StepLR", "scheduler", "optimizer: {type: object}, step_size: {type: int}", "step_size: 2", "",
        ["optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)",
         "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)", "for _ in range(4):",
         '    print(optimizer.param_groups[0]["lr"])', "    optimizer.step()", "    scheduler.step()"],
    ),
}  # fmt: skip


def small_table(folder: Path, name: str, *fields: str) -> Table:
    kind, parameters, arguments, more = fields
    text = ROWS.format(name=name, kind=kind, parameters=parameters, arguments=arguments, more=more)
    (folder / f"{f'torch.{name}'.rpartition('.')[0]}.yaml").write_text(text, encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(("name", "kind", "parameters", "arguments", "more", "lines"), SHOWN.values(), ids=SHOWN)
def test_how_a_row_is_shown(tmp_path: Path, name: str, kind: str, parameters: str, arguments: str, more: str, lines: list[str]) -> None:
    table = small_table(tmp_path, name, kind, parameters, arguments, more)
    (program, _), *_ = torch_programs(table.rows[f"torch.{name}"], table)
    assert program.text.splitlines() == ["import torch", "", *lines]


COUNTERPARTS = """mindspore:
    - {api: mindspore.mint.add, devices: [Ascend], parameters: {input: {}, other: {}}}
    - {api: mindspore.ops.plus, devices: [CPU], absent: true, parameters: {input: {}, other: {}}}
    - {api: mindspore.ops.add, devices: [CPU], parameters: {input: {}, other: {}}}
    - {api: mindspore.Tensor.add, devices: [CPU], parameters: {self: {source: input}, other: {}}}"""


def test_the_counterpart_that_runs_here_is_shown_first(tmp_path: Path) -> None:
    parameters = "input: {type: Tensor}, other: {type: Tensor or number}"
    table = small_table(tmp_path, "add", "function", parameters, f"input: {TENSOR}, other: 2", COUNTERPARTS)
    row = table.rows["torch.add"]
    found = [program for program, _ in mindspore_programs(row, table, row.arguments)]
    assert [p.api.removeprefix("mindspore.") for p in found] == ["ops.add", "Tensor.add", "mint.add", "ops.plus"]
    assert found[0].text.splitlines()[-3:] == [
        "input = mindspore.Tensor([1.5, -2.0], mindspore.float32)",
        "output = mindspore.ops.add(input, 2)",
        "print(output)",
    ]
    assert found[1].text.splitlines()[-2] == "output = x.add(2)"


def test_large_arrays_are_shortened_alike() -> None:
    arguments = [{"draw": "normal", "shape": [5, 7]}, {"draw": "normal", "shape": [7, 1]}, 7, [7, 7]]
    assert shortened(arguments, 2) == [{"draw": "normal", "shape": [2, 2]}, {"draw": "normal", "shape": [2, 1]}, 7, [7, 7]]


def test_no_program_of_the_table_is_a_wall(table: Table) -> None:
    programs = [program for row in table.rows.values() for program, _ in torch_programs(row, table)]
    assert len(programs) > 0.6 * len(table.rows)
    assert max(program.text.count("\n") for program in programs) <= 16
    assert max(len(program.text) for program in programs) <= 1200


FIT = {
    "the same": ("torch", "1", "1", {"itself": "1"}),
    "another": ("torch", "1", "2", {"itself": "1", "through": "2"}),
    "a refusal of this project": ("torch", "1", "UnsupportedAPI: x", {"itself": "1", "through": "UnsupportedAPI: x"}),
    "a call that PyTorch refuses": ("torch", "TypeError: x", "TypeError: x", {"unfit": "TypeError: x"}),
    "no kernel": ("mindspore", "RuntimeError: x", "1", {"itself": "RuntimeError: x", "through": "1"}),
    "a call that both refuse": ("mindspore", "ValueError: x", "ValueError: y", {"unfit": "ValueError: x"}),
    "chance": ("torch", None, "1", {"unfit": "prints something else each time"}),
    "a wall": ("torch", "1\n" * 20, "1\n" * 20, {"unfit": "prints too much"}),
    "an address": ("torch", "<object at 0x7f>", "1", {"unfit": "prints an address"}),
}  # fmt: skip


@pytest.mark.parametrize(("framework", "itself", "through", "expected"), FIT.values(), ids=FIT)
def test_what_goes_on_record(framework: str, itself: str | None, through: str, expected: dict[str, str]) -> None:
    assert entry(framework, itself, through) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("TypeError: x", True), ("1\nCrash: the process died", True), ("tensor(1.)", False), ("", False)]
)
def test_what_counts_as_raising(text: str, expected: bool) -> None:
    assert raised(text) is expected


def test_the_first_fit_program_is_taken_and_only_what_was_asked_for_stays(tmp_path: Path) -> None:
    first, second, third = (Program("torch.abs", f"print({i})\n") for i in range(3))
    known: dict[str, Any] = {
        first.key: {"unfit": "TypeError: x"},
        second.key: {"itself": "1", "through": "2"},
        "torch.gone 0": {"itself": ""},
    }
    record = Record(tmp_path, may_run=False)
    record.entries = known
    assert record.first_fit([[first, second, third], [first], []]) == [(second, Printed("1", "2")), None, None]
    record.write()
    assert list(Record(tmp_path, may_run=False).entries) == sorted([first.key, second.key])
    assert len((tmp_path / FILE).read_text(encoding="utf-8").splitlines()) == 4
    with pytest.raises(CompatError, match="1 examples are not on record: run `compat generate`"):
        record.first_fit([[third]])
