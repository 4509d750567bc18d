"""Map files: every mistake is told with its line; what is written is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.errors import CompatError
from compat.weights import Entry, Map, Matching, Pair, map_file

MISTAKES = {
    "a: b": "1: expected a list",
    "- 3": r"1: 3: expected \{torch: NAME, mindspore: NAME\}",
    "- {torch: a, mindspore: b}\n- {torch: a, mindspore: c}": "2: 'a' of torch stands twice",
    "- {torch: a, mindspore: c}\n\n- {torch: b, mindspore: c}": "3: 'c' of mindspore stands twice",
    "- {torch: a}": "1: mindspore is missing or no text",
    "- {torch: a, mindspore: 3}": "1: mindspore is missing or no text",
    "# a note\n- {torch: null, mindspore: null}": "2: both names are missing",
    "- {torch: a, mindspore: b, layuot: same}": "1: unknown key 'layuot': expected one of torch, mindspore, layout",
    "- {torch: a, mindspore: b, layout: wide}": "1: unknown layout 'wide': expected one of same, unit_height",
    "- {torch: a, mindspore: b": "not YAML",
    "- {torch: a, torch: b, mindspore: c}": "1: duplicate key 'torch'",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CompatError, match=rf"a\.yaml:{MISTAKES[text]}" if MISTAKES[text][0].isdigit() else MISTAKES[text]):
        map_file.read(str(tmp_path / "a.yaml"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- 3\n- {torch: a}\n", encoding="utf-8")
    with pytest.raises(CompatError) as caught:
        map_file.read(str(tmp_path / "a.yaml"))
    assert [line.partition("a.yaml:")[2].partition(":")[0] for line in str(caught.value).splitlines()] == ["1", "2"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_a_file_that_can_not_be_read(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(CompatError, match=r"a\.yaml: "):
        map_file.read(str(tmp_path / "a.yaml"))


TORCH = [Entry("fc.weight", (3, 2), "float32"), Entry("conv.weight", (4, 3, 5), "float32")]
MINDSPORE = [Entry("dense.weight", (3, 2), "float32"), Entry("conv.weight", (4, 3, 1, 5), "float32")]
MISFITS = {
    ("fc.wieght", "dense.weight", "same"): "there is no 'fc.wieght' on the side of torch",
    ("fc.weight", "dense.wieght", "same"): "there is no 'dense.wieght' on the side of mindspore",
    (
        "conv.weight",
        "conv.weight",
        "same",
    ): r"'conv.weight' of shape \[4, 3, 5\] can't be 'conv.weight' of shape \[4, 3, 1, 5\] by the layout 'same'",
    ("fc.weight", "dense.weight", "unit_height"): ".* by the layout 'unit_height'",
}


@pytest.mark.parametrize("pair", MISFITS)
def test_a_pair_that_does_not_fit_the_weights(pair: tuple[str, str, str], tmp_path: Path) -> None:
    torch, mindspore, layout = pair
    (tmp_path / "a.yaml").write_text(f"\n- {{torch: {torch}, mindspore: {mindspore}, layout: {layout}}}\n", encoding="utf-8")
    with pytest.raises(CompatError, match=r"a\.yaml:2: " + MISFITS[pair]):
        map_file.check(map_file.read(str(tmp_path / "a.yaml")), TORCH, MINDSPORE)


@pytest.mark.parametrize(("side", "line"), [("torch", "- {torch: x, mindspore: null}"), ("mindspore", "- {torch: null, mindspore: x}")])
def test_a_name_without_a_counterpart_must_be_there(side: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(line, encoding="utf-8")
    with pytest.raises(CompatError, match=f"there is no 'x' on the side of {side}"):
        map_file.check(map_file.read(str(tmp_path / "a.yaml")), TORCH, MINDSPORE)


def test_a_side_that_is_not_known_is_not_checked() -> None:
    map_file.check(Map("a.yaml", (Pair("fc.weight", "anything", "same", "map"),), (1,)), TORCH, None)
    with pytest.raises(CompatError, match="is not laid out by 'unit_height'"):
        map_file.check(Map("a.yaml", (Pair("anything", "dense.weight", "unit_height", "map"),), (1,)), None, MINDSPORE)


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_what_is_written_is_read(ending: str, tmp_path: Path) -> None:
    pairs = (
        Pair("a.weight", "a.gamma", "same", "name"),
        Pair("c.weight", 'c: "weight" #名', "unit_height", "shape"),
        Pair("t.weight", "a.gamma", "same", "tied"),
    )
    text = map_file.text(Matching(pairs, ("left",), ("over",), ("count",)))
    if ending == "json":  # without comments, and the lines in a list
        lines = [line.partition("  # ")[0].removeprefix("- ") for line in text.splitlines() if line.startswith("-")]
        text = "[\n" + ",\n".join(lines) + "\n]\n"
    (tmp_path / f"a.{ending}").write_text(text, encoding="utf-8")
    found = map_file.read(str(tmp_path / f"a.{ending}"))
    assert [(pair.torch, pair.mindspore, pair.layout, pair.how) for pair in found.pairs] == [
        ("a.weight", "a.gamma", "same", "map"),
        ("c.weight", 'c: "weight" #名', "unit_height", "map"),
    ]
    assert (found.without_torch, found.without_mindspore) == (("count",), ())


def test_what_is_unmatched_stands_in_comments() -> None:
    text = map_file.text(Matching((Pair("a", "b", "same", "shape"),), ("left",), ("over",)))
    assert '- {torch: "a", mindspore: "b"}  # a guess\n' in text
    assert '# unmatched: {torch: "left", mindspore: null}\n# unmatched: {torch: null, mindspore: "over"}\n' in text


def test_an_empty_map_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert map_file.read(str(tmp_path / "a.yaml")).pairs == ()
