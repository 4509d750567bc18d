"""Which weights belong together: what must stay apart first, then names, layouts, ties, and what no more than shapes say."""

from __future__ import annotations

import pytest

from compat.weights import Entry, Pair, match
from compat.weights.entries import Shape


def entries(*weights: tuple[str, Shape] | tuple[str, Shape, str]) -> list[Entry]:
    return [Entry(name, shape, "float32", *rest) for name, shape, *rest in weights]


BATCH_NORM = entries(
    ("bn.weight", (3,)), ("bn.bias", (3,)), ("bn.running_mean", (3,)), ("bn.running_var", (3,)), ("bn.num_batches_tracked", ())
)

APART = {
    "shapes that differ": (entries(("fc.weight", (3, 2))), entries(("fc.weight", (2, 3)))),
    "a layout that the rank forbids": (entries(("fc.weight", (3, 2))), entries(("fc.weight", (3, 1, 2)))),
    "a dtype is no reason": (entries(("a", (3,))), entries(("b", (4,)))),
}


@pytest.mark.parametrize("case", APART, ids=str)
def test_what_does_not_fit_stays_unmatched(case: str) -> None:
    torch, mindspore = APART[case]
    found = match(torch, mindspore)
    assert found.pairs == ()
    assert (found.unmatched_torch, found.unmatched_mindspore) == ((torch[0].name,), (mindspore[0].name,))


# torch, mindspore, the pairs in the order of torch: (torch, mindspore, layout, how)
NAMED = {
    "batch norm": (
        BATCH_NORM,
        entries(("bn.moving_mean", (3,)), ("bn.moving_variance", (3,)), ("bn.gamma", (3,)), ("bn.beta", (3,))),
        ["bn.weight bn.gamma same name", "bn.bias bn.beta same name", "bn.running_mean bn.moving_mean same name", "bn.running_var bn.moving_variance same name"],
    ),
    "batch norm of mint": (
        BATCH_NORM[:4],
        entries(("bn.weight", (3,)), ("bn.bias", (3,)), ("bn.running_mean", (3,)), ("bn.running_var", (3,))),
        [f"bn.{name} bn.{name} same name" for name in ("weight", "bias", "running_mean", "running_var")],
    ),
    "batch norm in 3-D": (
        [*BATCH_NORM, *entries(("c.weight", (1, 1, 2, 2, 2)))],
        entries(
            ("bn.bn2d.moving_mean", (3,)), ("bn.bn2d.moving_variance", (3,)), ("bn.bn2d.gamma", (3,)), ("bn.bn2d.beta", (3,)), ("c.weight", (1, 1, 2, 2, 2)),
        ),
        ["bn.weight bn.bn2d.gamma same name", "bn.bias bn.bn2d.beta same name", "bn.running_mean bn.bn2d.moving_mean same name",
         "bn.running_var bn.bn2d.moving_variance same name", "c.weight c.weight same name"],
    ),
    "a layer norm without a bias": (entries(("n.weight", (3,))), entries(("n.gamma", (3,))), ["n.weight n.gamma same name"]),
    "an embedding": (entries(("e.weight", (5, 3))), entries(("e.embedding_table", (5, 3))), ["e.weight e.embedding_table same name"]),
    "a 1-D convolution": (
        entries(("c.weight", (4, 3, 5)), ("c.bias", (4,))), entries(("c.weight", (4, 3, 1, 5)), ("c.bias", (4,))),
        ["c.weight c.weight unit_height name", "c.bias c.bias same name"],
    ),
    "a 1-D convolution of mint": (entries(("c.weight", (4, 3, 5))), entries(("c.weight", (4, 3, 5))), ["c.weight c.weight same name"]),
    "a transformer's feed-forward": (
        entries(("l.self_attn.in_proj_weight", (6, 2)), ("l.linear1.weight", (4, 2)), ("l.linear2.weight", (2, 4)), ("l.norm1.weight", (2,)), ("l.norm1.bias", (2,))),
        entries(("l.self_attn.in_proj_weight", (6, 2)), ("l.dense1.weight", (4, 2)), ("l.dense2.weight", (2, 4)), ("l.norm1.gamma", (2,)), ("l.norm1.beta", (2,))),
        ["l.self_attn.in_proj_weight l.self_attn.in_proj_weight same name", "l.linear1.weight l.dense1.weight same name", "l.linear2.weight l.dense2.weight same name",
         "l.norm1.weight l.norm1.gamma same name", "l.norm1.bias l.norm1.beta same name"],
    ),
    "a prefix on one side": (entries(("module.fc.weight", (3, 2)), ("module.fc.bias", (3,))), entries(("fc.weight", (3, 2)), ("fc.bias", (3,))),
        ["module.fc.weight fc.weight same name", "module.fc.bias fc.bias same name"]),
    "another path": (
        entries(("a.weight", (3,)), ("a.bias", (3,)), ("b.weight", (3,)), ("b.bias", (3,))),
        entries(("x.beta", (3,)), ("x.gamma", (3,)), ("y.beta", (3,)), ("y.gamma", (3,))),
        ["a.weight x.gamma same shape", "a.bias x.beta same shape", "b.weight y.gamma same shape", "b.bias y.beta same shape"],
    ),
    "another path and another name": (entries(("a.scale", (3,))), entries(("x.gain", (3,))), ["a.scale x.gain same shape"]),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMED, ids=str)
def test_what_belongs_together(case: str) -> None:
    torch, mindspore, pairs = NAMED[case]
    found = match(torch, mindspore)
    assert [f"{pair.torch} {pair.mindspore} {pair.layout} {pair.how}" for pair in found.pairs] == pairs
    assert found.complete
    assert found == match(torch, mindspore)


def test_what_counts_batches_has_no_counterpart() -> None:
    found = match(BATCH_NORM, entries(("bn.moving_mean", (3,)), ("bn.moving_variance", (3,)), ("bn.gamma", (3,)), ("bn.beta", (3,))))
    assert found.without_counterpart == ("bn.num_batches_tracked",)


def test_the_type_of_a_layer_decides_between_rules() -> None:
    torch = [Entry("e.weight", (3, 2), "float32", "torch.nn.modules.sparse.Embedding")]
    found = match(torch, entries(("e.weight", (3, 2)), ("e.embedding_table", (3, 2))))
    assert found.pairs == (Pair("e.weight", "e.embedding_table", "same", "name"),)
    assert found.unmatched_mindspore == ("e.weight",)


def test_a_tied_weight_goes_where_its_twin_goes() -> None:
    torch = [*entries(("emb.weight", (5, 3))), Entry("head.weight", (5, 3), "float32", tied="emb.weight")]
    found = match(torch, entries(("emb.embedding_table", (5, 3))))
    assert found.pairs == (
        Pair("emb.weight", "emb.embedding_table", "same", "name"),
        Pair("head.weight", "emb.embedding_table", "same", "tied"),
    )
    assert found.complete


def test_a_map_comes_first() -> None:
    torch, mindspore = entries(("a.weight", (3, 2)), ("b.weight", (3, 2))), entries(("a.weight", (3, 2)), ("b.weight", (3, 2)))
    found = match(torch, mindspore, [Pair("a.weight", "b.weight", "same", "map")])
    assert [(pair.torch, pair.mindspore, pair.how) for pair in found.pairs] == [
        ("a.weight", "b.weight", "map"),
        ("b.weight", "a.weight", "shape"),
    ]
    assert found.guessed == (found.pairs[1],)
