"""Results on disk: what is damaged is refused with its place, what older runs wrote is read."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compat.elementwise import Comparison
from compat.errors import CompatError, UsageError
from compat.parity.compare import Result
from compat.parity.results import FILE, line, read_results, write_results
from tests.reports.synthetic import EACH_STATUS, many, result

OLD: dict[str, Any] = {
    "id": "torch:torch.abs:base", "imitated": "torch", "api": "torch.abs", "row": "torch.abs", "fixture": "base", "reference": "torch",
    "status": "agrees", "checks": ["forward"], "detail": "", "deviation": 0.0, "reason": "",
}  # fmt: skip

DAMAGED: dict[str, tuple[str | bytes, str]] = {
    "half a line": ('{"id": "torch:torch.abs:base", "imi', "Invalid control character"),
    "an end of the file": ('{"id": "torch:', "Unterminated string"),
    "an empty line": ("", "Expecting value"),
    "no JSON": ("agrees", "Expecting value"),
    "a list": ("[1, 2]", "not an object"),
    "no UTF-8": (b'{"id": "\xff"}', "can't decode byte"),
    "a field missing": (json.dumps({k: v for k, v in OLD.items() if k != "status"}), "missing required field `status`"),
    "a status unknown": (json.dumps({**OLD, "status": "fine"}), "'fine'"),
    "a check unknown": (json.dumps({**OLD, "checks": ["backward"]}), "'backward'"),
    "a type": (json.dumps({**OLD, "api": 1}), "Expected `str`"),
    "a number": (json.dumps({**OLD, "deviation": "much"}), "Expected `float`"),
    "a field unknown": (json.dumps({**OLD, "colour": "red"}), "a result has no field 'colour'"),
    "a part's field unknown": (json.dumps({**OLD, "parts": [{"colour": "red"}]}), "a part has no field 'colour'"),
    "parts": (json.dumps({**OLD, "parts": 1}), "not iterable"),
    "a part": (json.dumps({**OLD, "parts": ["all"]}), "a part is not an object"),
    "a shape": (json.dumps({**OLD, "parts": [{"shape": ["a"]}]}), "Expected `int`"),
    "nested too deep": ("[" * 100_000, "recursion"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_line_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    text, problem = DAMAGED[name]
    good = json.dumps(OLD).encode() + b"\n"
    end = b"" if name == "an end of the file" else b"\n"
    (tmp_path / FILE).write_bytes(good + (text.encode() if isinstance(text, str) else text) + end)
    with pytest.raises(CompatError, match=problem) as raised:
        list(read_results(tmp_path / FILE))
    assert str(raised.value).startswith(f"{tmp_path / FILE}:2: no result of a parity run: ")


def test_an_id_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{json.dumps(OLD)}\n" * 2, encoding="utf-8")
    with pytest.raises(CompatError, match=rf"{FILE}:2: torch:torch\.abs:base stands in line 1 already"):
        list(read_results(tmp_path / FILE))


@pytest.mark.parametrize("name", ["nothing", "."])
def test_a_file_that_cannot_be_read_is_the_callers_mistake(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=str(tmp_path)):
        list(read_results(tmp_path / name))


def test_a_line_of_an_older_run_is_read_and_nothing_is_made_up(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(OLD), encoding="utf-8")
    (found,) = read_results(tmp_path / FILE)
    assert found == Result(**{**OLD, "checks": ("forward",)}, style="")


@pytest.mark.parametrize("results", [(), EACH_STATUS, many(20, 200)], ids=["none", "each status", "many"])
def test_what_is_written_is_read_again(results: tuple[Result, ...], tmp_path: Path) -> None:
    write_results(results, tmp_path / "new")
    assert list(read_results(tmp_path / "new" / FILE)) == list(results)


def test_numbers_that_json_lacks_and_odd_texts_come_back(tmp_path: Path) -> None:
    part = Comparison("result 0", mean_abs=math.inf, quantiles_abs=(0.5, -math.inf, 1.0), first=(((0, 1), "nan", "inf"),))
    odd = result(detail="\u2028\x00</script>\ud800 🙂", deviation=math.nan, parts=(part,))
    text = line(odd)
    assert "\n" not in text
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    write_results([odd], tmp_path)
    (found,) = read_results(tmp_path / FILE)
    assert math.isnan(found.deviation)
    assert replace(found, deviation=0.0) == replace(odd, deviation=0.0)


def test_a_run_that_fails_to_be_written_leaves_the_last_one(tmp_path: Path) -> None:
    write_results([result()], tmp_path)

    def breaks() -> Any:
        yield result("torch.abs")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_results(breaks(), tmp_path)
    assert [one.api for one in read_results(tmp_path / FILE)] == ["torch.nn.functional.mse_loss"]
