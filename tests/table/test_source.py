"""YAML text → values: what must not be read, then the scalars of YAML 1.2."""

import pytest

from compat.table.source import read

REFUSED = {
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: duplicate key 'a': expected each key once"),
    "an alias": ("a: 1\nb: *a\n", "t.yaml:2:4: alias *a: expected the value itself"),
    "an anchor": ("a: &x 1\n", "t.yaml:1:4: a tag or an anchor: expected plain data"),
    "a tag": ("a: !!python/object:os.system 1\n", "t.yaml:1:4: a tag or an anchor: expected plain data"),
    "a mapping as key": ("? {a: 1}\n: 2\n", "t.yaml:1:3: a key that is no word: expected a name"),
    "broken syntax": ("a: [1, 2\nb: 3\n", "t.yaml:2:2: not YAML: did not find expected ',' or ']'"),
    "a control character": ("a: \x01\n", "t.yaml:1:1: not YAML"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, expected: str) -> None:
    assert any(str(problem).startswith(expected) for problem in read(text, "t.yaml").problems)


SCALARS = {
    "no": "no", "yes": "yes", "on": "on", "1e-5": 1e-5, "1E3": 1000.0, ".5": 0.5, "-7": -7, "0x1f": 31, "0o17": 15, "017": 17,
    "null": None, "~": None, "true": True, "False": False, ".inf": float("inf"), "1_000": "1_000", "2024-01-01": "2024-01-01",
    "'3'": "3", '"null"': "null", "1.2.3": "1.2.3",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SCALARS.items())
def test_scalars(text: str, expected: object) -> None:
    value = read(f"a: {text}\n", "t.yaml").value["a"]
    assert value == expected
    assert type(value) is type(expected)


def test_places_are_those_of_the_text() -> None:
    document = read("- a: 1\n  b:\n    - x\n    - y\n", "t.yaml", with_places=True)
    assert document.value == [{"a": 1, "b": ["x", "y"]}]
    assert str(document.problem((0, "b", 1), "here")) == "t.yaml:4:7: here"
    assert str(document.problem((0, "b", 9, "absent"), "nearest")) == "t.yaml:2:3: nearest"
