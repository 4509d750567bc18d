"""A row against releases: one overload or a merge of some, and what the row says of older releases."""

from pathlib import Path

import pytest

from compat.signatures.rows import Release, mismatches, recorded
from compat.signatures.text import Signature, parsed
from compat.table.load import load

TORCH = "torch.max"
ROW = """\
- torch: torch.max{since}
  summary: {{en: Maximum., zh: 最大值。}}
  parameters:
    {parameters}
  result: {{en: the maximum, zh: 最大值}}
  on_mindspore: {{name: reductions.max, reason: {{en: x, zh: x}}}}
  mindspore: {mindspore}
  arguments: {{{first}: {{draw: normal, shape: [3]}}}}
"""
COUNTERPART = """
    - api: mindspore.ops.max{since}
      devices: [CPU]
      parameters:
        {parameters}
"""
MAX = ["input", "input, dim, keepdim=False, *, out=None", "input, other, *, out=None"]


def against(folder: Path, parameters: list[str], overloads: dict[str, list[str]], since: str = "", mindspore: bool = False) -> list[str]:
    """The messages for a row with these parameters, in releases with these overloads (none: the name is missing)."""
    since = f'\n{"      " if mindspore else "  "}since: "{since}"' if since else ""
    text = ROW.format(since=since, parameters="\n    ".join(parameters), mindspore="[]", first=parameters[0].partition(":")[0])
    if mindspore:
        counterpart = COUNTERPART.format(since=since, parameters="\n        ".join(parameters))
        text = ROW.format(
            since="", parameters="input: {type: Tensor}\n    dim: {type: int, default: null}", mindspore=counterpart, first="input"
        )
    (folder / "torch.yaml").write_text(text, encoding="utf-8")
    api, title = ("mindspore.ops.max", "MindSpore") if mindspore else (TORCH, "PyTorch")

    def release(name: str, texts: list[str]) -> Release:
        return Release(f"{title} {name}", name, lambda _: {api: [parsed(t) for t in texts]} if texts else {})

    found = mismatches(load(folder), "mindspore" if mindspore else "torch", [release(*item) for item in overloads.items()])
    return [str(problem).removeprefix(f"{folder}/torch.yaml:") for problem in found]


INPUT, DIM, KEEPDIM = "input: {type: Tensor}", "dim: {type: int}", "keepdim: {type: bool, default: false}"
OUT, OTHER = "out: {type: Tensor, default: null, keyword_only: true}", "other: {type: Tensor}"
RIGHT = {
    "one overload": ([INPUT, DIM, KEEPDIM, OUT], MAX),
    "another overload": ([INPUT, OTHER, OUT], MAX),
    "a merge of all": ([INPUT, "dim: {type: int, default: null}", KEEPDIM, "other: {type: Tensor, default: null}", OUT], MAX),
    "a merge of two": ([INPUT, "dim: {type: int, default: null}", KEEPDIM], MAX),
    "a private parameter left out": ([INPUT], ["input, _stacklevel=3"]),
    "a private parameter named": ([INPUT, "_stacklevel: {type: int, default: 3}"], ["input, _stacklevel=3"]),
    "variadic parameters": ([INPUT, "tensors: {type: Tensor}"], ["input, *tensors, **kwargs"]),
    "what no source says": ([INPUT], ["*args, **kwargs"]),
    "what no source says of a position": ([INPUT], ["*args"]),
    "a default that no source says": ([INPUT, KEEPDIM], ["input, keepdim=..."]),
    "a default that is a name": (["dtype: {type: dtype, default: null}"], ["dtype=torch.float32"]),
    "a default that is a calculation": (["lower: {type: float, default: 0.125}"], ["lower=1.0 / 8"]),
    "keyword-only parameters in another order": ([INPUT, OUT, "dim: {type: int, keyword_only: true}"], ["input, *, dim, out=None"]),
    "keyword-only in a merge, as no place suits all": ([INPUT, "dim: {type: int, default: null}", KEEPDIM, "other: {type: Tensor, default: null, keyword_only: true}"], MAX),
    "any default for what an overload does without": (["size: {type: int}", "periodic: {type: bool, default: true}"], ["size", "size, periodic"]),
    "a default that Python demands": (["start: {type: int, default: 0}", "end: {type: int, default: null}"], ["end", "start, end"]),
    "another name of what is given by place": ([INPUT, "parts: {type: int, by_place: true}"], ["input, sections", "input, indices"]),
    "what it passes on": ([INPUT, DIM], ["input, *args, **kwargs"]),
    "a tuple and a list": (["dim: {type: tuple of int, default: [0, 1]}"], ["dim=(0, 1)"]),
}  # fmt: skip
WRONG = {
    "an unknown name": ([INPUT, "axis: {type: int}", KEEPDIM, OUT], MAX, "parameters input, axis, keepdim, out; PyTorch 2.10.0: input, dim, keepdim, out"),
    "another order": ([DIM, INPUT, KEEPDIM, OUT], MAX, "parameters dim, input, keepdim, out; PyTorch 2.10.0: input, dim, keepdim, out"),
    "a merge without an overload": ([DIM, KEEPDIM], MAX, "parameters dim, keepdim; PyTorch 2.10.0: input"),
    "another default": ([INPUT, DIM, "keepdim: {type: bool, default: true}", OUT], MAX, "keepdim defaults to True; PyTorch 2.10.0: False"),
    "1 is not true": ([INPUT, "keepdim: {type: int, default: 1}"], ["input, keepdim=True"], "keepdim defaults to 1; PyTorch 2.10.0: True"),
    "no default": ([INPUT, DIM], ["input, dim=0"], "dim defaults to nothing (required); PyTorch 2.10.0: 0"),
    "a default where there is none": ([INPUT, "dim: {type: int, default: 0}"], ["input, dim"], "dim defaults to 0; PyTorch 2.10.0: nothing (required)"),
    "not keyword-only": ([INPUT, "out: {type: Tensor, default: null}"], ["input, *, out=None"], "out is not keyword-only in the row; PyTorch 2.10.0: the reverse"),
    "no default where a name is one": (["dtype: {type: dtype}"], ["dtype=torch.float32"], "dtype defaults to nothing (required); PyTorch 2.10.0: 'torch.float32'"),
    "a merge with a parameter that all require": (["size: {type: int, default: 2}", "periodic: {type: bool, default: true}"], ["size", "size, periodic"], "size defaults to 2"),
    "a missing name": ([INPUT], [], "torch.max: a row of the table; PyTorch 2.10.0: no such name"),
}  # fmt: skip


@pytest.mark.parametrize(("parameters", "overloads"), RIGHT.values(), ids=RIGHT)
def test_what_is_not_reported(tmp_path: Path, parameters: list[str], overloads: list[str]) -> None:
    assert against(tmp_path, parameters, {"2.10.0": overloads}) == []


@pytest.mark.parametrize(("parameters", "overloads", "message"), WRONG.values(), ids=WRONG)
def test_a_contradiction_is_reported(tmp_path: Path, parameters: list[str], overloads: list[str], message: str) -> None:
    (found, *_) = against(tmp_path, parameters, {"2.10.0": overloads})
    assert message in found
    assert found.startswith(("3:3: ", "1:3: "))


def test_releases_that_say_the_same_share_a_message(tmp_path: Path) -> None:
    same = ["input, dim=0"]
    (found,) = against(tmp_path, [INPUT, DIM], {"2.10.0": same, "2.11.0": ["input, dim"], "2.13.0": same})
    assert found == "3:3: torch.max: dim defaults to nothing (required); PyTorch 2.10.0, 2.13.0: 0"


# A counterpart whose releases differ, with what the row says of it, and what is then reported.
OLDER = {"2.7.0": ["input, axis=0"], "2.10.0": ["input, dim=0"]}
DATED = {
    "nothing is said": (["input: {}", "dim: {default: 0}"], OLDER, "", "parameters input, dim; MindSpore 2.7.0: input, axis"),
    "an older spelling": (["input: {}", 'dim: {default: 0, older: {"2.0": axis}}'], OLDER, "", ""),
    "a spelling that came later": (["input: {}", 'dim: {default: 0, older: {"2.8": axis}}'], OLDER, "", "MindSpore 2.7.0: input, axis"),
    "an older default": (["input: {}", 'dim: {default: 0, older_default: {"2.0": 1}}'], {"2.7.0": ["input, dim=1"], "2.10.0": ["input, dim=0"]}, "", ""),
    "no older default": (["input: {}", 'dim: {default: 0, older_default: {"2.7": required}}'], {"2.7.0": ["input, dim"], "2.10.0": ["input, dim=0"]}, "", ""),
    "a parameter since one of the releases of 2.7": (["input: {}", 'dim: {default: 0, since: "2.7.2"}'], {"2.7.0": ["input"], "2.7.2": ["input, dim=0"], "2.8.0": ["input, dim=0"]}, "", ""),
    "a parameter since": (["input: {}", 'dim: {default: 0, since: "2.8"}'], {"2.7.2": ["input"], "2.8.0": ["input, dim=0"]}, "", ""),
    "a parameter before its since": (["input: {}", 'dim: {default: 0, since: "2.9"}'], {"2.8.0": ["input, dim=0"]}, "", "parameters input; MindSpore 2.8.0: input, dim"),
    "an API since": (["input: {}"], {"2.9.0": [], "2.10.0": ["input"]}, "2.10", ""),
    "an API before its since": (["input: {}"], {"2.9.0": ["input"], "2.10.0": ["input"]}, "2.10", "since 2.10 in the row; MindSpore 2.9.0: has it already"),
}  # fmt: skip


@pytest.mark.parametrize(("parameters", "overloads", "since", "message"), DATED.values(), ids=DATED)
def test_what_a_row_says_of_older_releases(
    tmp_path: Path, parameters: list[str], overloads: dict[str, list[str]], since: str, message: str
) -> None:
    found = against(tmp_path, parameters, overloads, since, mindspore=True)
    assert len(found) == bool(message)
    assert message in "".join(found)


def test_of_what_never_works_only_the_name_is_compared(tmp_path: Path) -> None:
    text = ROW.format(since="", parameters="input: {type: Tensor}", mindspore="[]", first="input").partition("  on_mindspore")[0]
    (tmp_path / "torch.yaml").write_text(text + "  unsupported: {en: It cannot work., zh: 无法支持。}\n", encoding="utf-8")

    def messages(described: dict[str, list[Signature]]) -> int:
        return len(list(mismatches(load(tmp_path), "torch", [Release("PyTorch 2.10.0", "2.10.0", lambda _: described)])))

    assert messages({TORCH: [parsed("another, signature")]}) == 0
    assert messages({}) == 1


@pytest.mark.parametrize("framework", ["torch", "mindspore"])
def test_no_recorded_release_contradicts_the_table(framework: str) -> None:
    assert [str(problem) for problem in mismatches(load(), framework, recorded(framework))] == []
