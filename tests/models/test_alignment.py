"""Which call is which, in trees that are not equal: the calls of two runs, written down."""

from __future__ import annotations

import numpy as np
import pytest

from compat.models.alignment import aligned
from compat.models.records import Call, ModuleFacts, Observation

OUTPUT = (np.zeros(2, np.float32),)


def run(*calls: tuple[str, str], weights: tuple[str, ...] = ()) -> Observation:
    """Calls one after the other, each inside the one whose path its own continues: (path, class). `weights` are the paths that own one."""
    modules: dict[str, ModuleFacts] = {}
    counts: dict[str, int] = {}
    found: list[Call] = []
    for index, (path, kind) in enumerate((("", ""), *calls)):
        owned = (f"{path}.weight",) if path in weights else ()
        modules[path] = ModuleFacts(path, kind or "Model", kind, owned)
        counts[path] = counts.get(path, -1) + 1
        inside = [call for call in found if call.path == "" or path.startswith(f"{call.path}.")]
        parent = max(inside, key=lambda call: len(call.path)).index if inside else None
        found.append(Call(index, path, counts[path], parent, 2 * index, 1000 if not path else 2 * index + 1, (), OUTPUT))
    return Observation("", modules, tuple(found))


CONV, BN, RELU, DROP = "Conv2d", "BatchNorm2d", "ReLU", "Dropout"
# Calls of the first, calls of the second, the pairs of paths besides the models themselves.
CASES = {
    "a dropout on one side": (
        [("a", RELU), ("b", DROP), ("c", RELU)],
        [("x", RELU), ("z", RELU)],
        [("a", "x"), ("c", "z")],
    ),
    "nothing in common": ([("a", RELU)], [("x", DROP)], []),
    "one module called twice, two called once": ([("a", RELU), ("a", RELU)], [("x", RELU), ("y", RELU)], [("a", "x"), ("a", "y")]),
    "names of the two frameworks": ([("a", "Linear")], [("x", "Dense")], [("a", "x")]),
    "activations of two kinds": ([("a", RELU), ("b", "MaxPool2d")], [("x", "LeakyReLU"), ("y", "MaxPool2d")], [("a", "x"), ("b", "y")]),
    "a container on one side": (
        [("s", "Sequential"), ("s.0", RELU), ("s.1", DROP)],
        [("x", RELU), ("y", DROP)],
        [("s.0", "x"), ("s.1", "y")],
    ),
    "containers": ([("s", "Sequential"), ("s.0", RELU)], [("t", "SequentialCell"), ("t.0", RELU)], [("s", "t"), ("s.0", "t.0")]),
    "the same name": ([("head", "")], [("head", "")], [("head", "head")]),
}


@pytest.mark.parametrize("case", list(CASES))
def test_calls_without_weights(case: str) -> None:
    ours, theirs, pairs = CASES[case]
    found = aligned(run(*ours), run(*theirs), [])
    assert [(one.path, other.path) for one, other in found.calls if one.path] == pairs


def test_weights_go_before_order_and_name() -> None:
    first = run(("a", CONV), ("b", CONV), ("c", RELU), weights=("a", "b"))
    second = run(("b", CONV), ("r", RELU), ("a", CONV), weights=("a", "b"))
    found = aligned(first, second, [("a.weight", "b.weight"), ("b.weight", "a.weight")])
    assert found.modules == {"": "", "a": "b", "b": "a"}  # the activations stand at different places between them


def test_containers_by_the_weights_in_them() -> None:
    first = run(("body", "Sequential"), ("body.0", CONV), ("body.1", BN), ("head", "Linear"), weights=("body.0", "body.1", "head"))
    second = run(("net", ""), ("net.conv", CONV), ("net.norm", BN), ("fc", "Dense"), weights=("net.conv", "net.norm", "fc"))
    names = [("body.0", "net.conv"), ("body.1", "net.norm"), ("head", "fc")]
    found = aligned(first, second, [(f"{one}.weight", f"{other}.weight") for one, other in names])
    assert found.modules == {"": "", "body": "net", **dict(names)}
