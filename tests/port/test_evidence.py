"""What the record of executed calls permits, first what it must not; and that the record is of the calls that the table has."""

from __future__ import annotations

import ast

import msgspec
import pytest

from compat.port.calls.binding import bound
from compat.port.calls.plan import to_mindspore
from compat.port.evidence.executing import calls, recorded, run, stale
from compat.port.evidence.record import Evidence, Shown, read
from compat.table.load import MAPPINGS, load
from compat.table.model import Counterpart

TABLE = load(MAPPINGS)
ROWS = TABLE.by_name()


def shown(status: str = "agrees", special: str = "", **given: object) -> Shown:
    return msgspec.convert({"fixture": "base", "status": status, "given": given, "special": special}, Shown)


TENSOR = {"tensor": True}
FLOAT32, INT64 = {"name": "torch.float32"}, {"name": "torch.int64"}
# A call, what was executed, and a word of the reason against it; none where it may be rewritten.
CASES = {
    "nothing was executed": ("torch.sum(x)", [], "not executed"),
    "nothing agreed": ("torch.sum(x)", [shown("differs")], "differs"),
    "an argument that no call passed": ("torch.sum(x, keepdim=True)", [shown(dim=1)], "keepdim"),
    "a dimension from the end, and none was": ("torch.sum(x, -1)", [shown(dim=1)], "dim=-1"),
    "one number, and only tuples were": ("torch.sum(x, 1)", [shown(dim=[0, 1])], "dim=1"),
    "a number or a tuple, and only numbers were": ("torch.sum(x, d)", [shown(dim=1)], "sequence"),
    "another dtype than was executed": ("torch.sum(x, dtype=torch.int64)", [shown(dtype=FLOAT32)], "torch.int64"),
    "an unknown dtype, and one differs": ("torch.sum(x, dtype=y.dtype)", [shown(dtype=FLOAT32), shown("differs", dtype=INT64)], "differs"),
    "an unknown flag, and one value raises": ("torch.sum(x, 1, k)", [shown(dim=1), shown("raises", dim=1, keepdim=True)], "keepdim"),
    "an unknown flag, and both differ from each other": (
        "torch.sum(x, 1, k)",
        [shown(dim=1), shown(dim=1, keepdim=True), shown("differs", dim=0, keepdim=True)],
        "differs",
    ),
    "it differs with the very arguments": ("torch.sum(x, 1)", [shown(dim=1), shown("differs", dim=1)], "differs"),
    "it differs with another number": ("torch.sum(x, 2)", [shown(dim=1), shown("differs", dim=0)], "differs"),
    "it differs for tensors of integers": ("torch.sum(x)", [shown(), shown("differs", "int64")], "int64"),
    "it differs for tensors with nan, which is a warning": ("torch.sum(x)", [shown(), shown("differs", "nan")], ""),
    "it raises without a reason in the tensors": ("torch.sum(x)", [shown(), shown("raises")], "raises"),
    "two arguments that no call passed together": (
        "torch.nn.functional.interpolate(x, size=(2, 3), mode='bilinear')",
        [shown(size=[2, 3]), shown(scale_factor=2.0, mode="bilinear")],
        "together",
    ),
    "unusual tensors, with other arguments": ("torch.sum(x, 1)", [shown(dim=1), shown("differs", "empty")], "empty"),
    "a flag that made it raise, and is not given": ("torch.sum(x, 2)", [shown(dim=1), shown("raises", dim=1, keepdim=True)], ""),
    "what raises is the combination": (
        "torch.nn.functional.interpolate(x, size=(2, 3), mode='bilinear')",
        [
            shown(size=[2, 3], mode="bilinear"),
            shown(scale_factor=2.0, mode="trilinear"),
            shown("raises", scale_factor=2.0, mode="bilinear"),
        ],
        "",
    ),
    "what raises is the combination, and it may be": (
        "torch.nn.functional.interpolate(x, scale_factor=3.0, mode='bilinear')",
        [
            shown(size=[2, 3], mode="bilinear"),
            shown(scale_factor=2.0, mode="trilinear"),
            shown("raises", scale_factor=2.0, mode="bilinear"),
        ],
        "i",
    ),
    "a text of unknown value": (
        "torch.nn.functional.interpolate(x, size=(2, 3), mode=m)",
        [shown(size=[2, 3], mode="nearest")],
        "every mode",
    ),
    "a tensor that may be given, and was not": ("torch.nn.functional.linear(x, w, b)", [shown()], "bias"),
    "a tensor that is None by default, and differs then": (
        "torch.nn.functional.linear(x, w, self.bias)",
        [shown(bias=TENSOR), shown("differs")],
        "differs",
    ),
    "the same arguments": ("torch.sum(x, 1, keepdim=True)", [shown(dim=1, keepdim=True)], ""),
    "another number": ("torch.sum(x, 2)", [shown(dim=1)], ""),
    "a default that is written out": ("torch.sum(x, 1, keepdim=False)", [shown(dim=1)], ""),
    "an unknown number or tuple, and both were executed": ("torch.sum(x, d)", [shown(dim=1), shown(dim=[0, 1])], ""),
    "it differs with another kind of value": ("torch.sum(x, 2)", [shown(dim=1), shown("differs", dim=-1)], ""),
    "it differs with another number, and agrees with this": ("torch.sum(x, 1)", [shown(dim=1), shown("differs", dim=0)], ""),
    "it raises for tensors without elements": ("torch.sum(x)", [shown(), shown("raises", "empty")], ""),
    "a dtype that was executed": ("torch.sum(x, dtype=torch.int64)", [shown(dtype=INT64)], ""),
    "numbers one by one": ("torch.zeros(n, 2)", [shown(size=[2, 3])], ""),
    "a device, which is left out": ("torch.zeros((2, 3), device=d)", [shown(size=[2, 3])], ""),
    "a tensor that was given": ("torch.nn.functional.linear(x, w, b)", [shown(bias=TENSOR)], ""),
}


@pytest.mark.parametrize(("text", "executed", "word"), CASES.values(), ids=CASES)
def test_what_is_permitted(text: str, executed: list[Shown], word: str) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    api = ast.unparse(call.func)
    row = ROWS[api]
    plan = to_mindspore(row, Counterpart(api="mindspore.it", devices=["CPU"], parameters={}), api)
    reason = Evidence({row.torch: {"mindspore.it": executed}}).against(plan, bound(plan, call))
    assert word in reason
    assert bool(reason) == bool(word), reason


def test_what_nan_makes_of_a_call_is_told() -> None:
    plan = to_mindspore(ROWS["torch.sum"], Counterpart(api="mindspore.it", devices=["CPU"], parameters={}), "torch.sum")
    assert "nan" in Evidence({"torch.sum": {"mindspore.it": [shown(), shown("differs", "nan")]}}).warning(plan)
    assert Evidence({"torch.sum": {"mindspore.it": [shown(), shown("raises", "nan")]}}).warning(plan) == ""


SAMPLE = 30


def test_the_record_is_what_is_found_again() -> None:
    known = read(MAPPINGS).record
    every = [call for call in calls(TABLE) if call.case.row in known]
    chosen = every[:: len(every) // SAMPLE][:SAMPLE]
    found = recorded(run(chosen, MAPPINGS, jobs=1))
    for row, by_api in found.items():
        for api, entries in by_api.items():
            on_record = {(one.status, one.special, msgspec.json.encode(one.given)) for one in known[row][api]}
            assert {(one.status, one.special, msgspec.json.encode(one.given)) for one in entries} <= on_record, (row, api)


def test_the_record_speaks_of_calls_that_the_table_has() -> None:
    assert stale(read(MAPPINGS).record, TABLE) == []


def test_a_row_is_tried_as_a_whole_by_any_of_its_names() -> None:
    by_name = {name: [call.case.id for call in calls(TABLE, [name])] for name in ("torch.softmax", "torch.nn.functional.softmax")}
    assert by_name["torch.softmax"] == by_name["torch.nn.functional.softmax"] != []
