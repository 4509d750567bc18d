"""The entries of weights.yaml against both frameworks: each layer is made, and its parameters are called and shaped as the table says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mindspore
import mindspore.nn as msnn
import pytest
import torch
from mindspore import mint
from torch import nn

from compat.errors import TableError
from compat.table import load
from compat.weights import Entry, match
from compat.weights.layouts import LAYOUTS
from compat.weights.rules import by_rule, layers

Made = tuple[Callable[[], Any], Callable[[], Any]]


def norms(name: str, *arguments: Any, **more: Any) -> Made:
    return lambda: getattr(nn, name)(*arguments, **more), lambda: getattr(msnn, name)(*arguments)


# What the table has a name for.
ENTRIES: dict[str, Made] = {
    **{name: norms(name, 3) for name in ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm")},
    **{name: norms(name, 3, affine=True, track_running_stats=True) for name in ("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")},
    "LayerNorm": (lambda: nn.LayerNorm(3), lambda: msnn.LayerNorm((3,))),
    "GroupNorm": norms("GroupNorm", 1, 3),
    "PReLU": norms("PReLU", 3),
    "Linear": (lambda: nn.Linear(2, 3), lambda: msnn.Dense(2, 3)),
    "Linear without bias": (lambda: nn.Linear(2, 3, bias=False), lambda: msnn.Dense(2, 3, has_bias=False)),
    "Embedding": norms("Embedding", 5, 3),
    "EmbeddingLookup": (lambda: nn.Embedding(5, 3), lambda: msnn.EmbeddingLookup(5, 3)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 4), lambda: msnn.Conv1d(2, 3, 4, has_bias=True)),
    "Conv2d": (lambda: nn.Conv2d(2, 4, 5, groups=2), lambda: msnn.Conv2d(2, 4, 5, has_bias=True, group=2)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 4), lambda: msnn.Conv1dTranspose(2, 3, 4, has_bias=True)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(2, 4, 5, groups=2), lambda: msnn.Conv2dTranspose(2, 4, 5, has_bias=True, group=2)),
    "Bilinear": (lambda: nn.Bilinear(2, 3, 4), lambda: msnn.BiDense(2, 3, 4)),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(4, 2, 8), lambda: msnn.TransformerEncoderLayer(4, 2, 8)),
    "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(4, 2, 8), lambda: msnn.TransformerDecoderLayer(4, 2, 8)),
}
# What needs no entry: the same names and shapes.
ALIKE: dict[str, Made] = {
    "Conv3d": (lambda: nn.Conv3d(2, 3, 4), lambda: msnn.Conv3d(2, 3, 4, has_bias=True)),
    "ConvTranspose3d": (lambda: nn.ConvTranspose3d(2, 3, 4), lambda: msnn.Conv3dTranspose(2, 3, 4, has_bias=True)),
    **{name: (lambda name=name: getattr(nn, name)(2, 3, 2, bidirectional=True), lambda name=name: getattr(msnn, name)(2, 3, 2, bidirectional=True))
       for name in ("LSTM", "GRU", "RNN")},
    **{name: norms(name, 2, 3) for name in ("LSTMCell", "GRUCell", "RNNCell")},
    "MultiheadAttention": norms("MultiheadAttention", 4, 2),
    "MultiheadAttention of several sizes": (
        lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True), lambda: msnn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True)),
    "mint BatchNorm2d": (lambda: nn.BatchNorm2d(3), lambda: mint.nn.BatchNorm2d(3)),
    "mint LayerNorm": (lambda: nn.LayerNorm(3), lambda: mint.nn.LayerNorm((3,))),
    "mint GroupNorm": (lambda: nn.GroupNorm(1, 3), lambda: mint.nn.GroupNorm(1, 3)),
    "mint Embedding": (lambda: nn.Embedding(5, 3), lambda: mint.nn.Embedding(5, 3)),
    "mint Conv1d": (lambda: nn.Conv1d(2, 3, 4), lambda: mint.nn.Conv1d(2, 3, 4)),
    "mint Linear": (lambda: nn.Linear(2, 3), lambda: mint.nn.Linear(2, 3)),
    "mint PReLU": (lambda: nn.PReLU(3), lambda: mint.nn.PReLU(3)),
}  # fmt: skip


class Ours(nn.Module):
    def __init__(self, layer: Any, deep: bool) -> None:
        super().__init__()
        self.layer = layer
        if deep:
            self.convolution = nn.Conv3d(1, 1, 1)


class Theirs(msnn.Cell):  # type: ignore[misc, name-defined]
    def __init__(self, layer: Any, deep: bool) -> None:
        super().__init__()
        self.layer = layer
        if deep:
            self.convolution = msnn.Conv3d(1, 1, 1, has_bias=True)


def entries_of_torch(model: Any) -> list[Entry]:
    return [Entry(name, tuple(one.shape), str(one.dtype)) for name, one in model.state_dict().items()]


def entries_of_mindspore(model: Any) -> list[Entry]:
    return [Entry(one.name, tuple(one.shape), str(one.dtype)) for one in model.get_parameters()]


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("case", ENTRIES | ALIKE, ids=str)
def test_every_parameter_of_a_layer_is_matched_by_its_name(case: str) -> None:
    ours, theirs = (ENTRIES | ALIKE)[case]
    deep = case == "BatchNorm3d"
    found = match(entries_of_torch(Ours(ours(), deep)), entries_of_mindspore(Theirs(theirs(), deep)))
    assert found.complete
    assert {pair.how for pair in found.pairs} == {"name"}
    assert all(name.endswith("num_batches_tracked") for name in found.without_counterpart)


def test_every_entry_of_the_table_is_tried() -> None:
    named = {api.rpartition(".")[2] for layer in layers("torch") for api in layer.entry.torch}
    assert named - {case.partition(" ")[0] for case in ENTRIES} == {"RMSNorm"}  # MindSpore 2.10 has none
    assert not hasattr(msnn, "RMSNorm")
    for layer in layers("torch"):
        for api in (*layer.entry.torch, *layer.entry.mindspore):
            assert hasattr({"torch": nn, "mindspore": msnn}[api.partition(".")[0]], api.rpartition(".")[2]), api


@pytest.mark.parametrize("name", ["LSTM", "GRU", "RNN", "MultiheadAttention"])
def test_what_is_called_alike_computes_alike(name: str) -> None:
    """The order of gates, and of the parts of a projection, is the same in both."""
    torch.manual_seed(0)
    arguments: Any = ((4, 2), {}) if name == "MultiheadAttention" else ((4, 5, 2), {"bidirectional": True})
    ours, theirs = (getattr(room, name)(*arguments[0], **arguments[1]) for room in (nn, msnn))
    state = ours.state_dict()
    for parameter in theirs.get_parameters():
        parameter.set_data(mindspore.Tensor(state[parameter.name].numpy()))
    x = torch.randn(6, 3, 4)
    given = [x] * (3 if name == "MultiheadAttention" else 1)
    theirs.set_train(False)
    values = theirs(*(mindspore.Tensor(one.numpy()) for one in given))[0].asnumpy()
    assert torch.allclose(ours.eval()(*given)[0], torch.from_numpy(values), atol=1e-5)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_an_inverse(layout: str) -> None:
    for shape in [(3,), (3, 2), (4, 3, 5), (4, 3, 1, 5)]:
        there = LAYOUTS[layout].to_mindspore(shape)
        assert there is not None
        assert LAYOUTS[layout].to_torch(there) == shape


def test_a_scalar_has_no_height() -> None:
    assert LAYOUTS["unit_height"].to_mindspore(()) is None
    assert LAYOUTS["unit_height"].to_torch((4, 3, 5)) is None


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([("n.weight", (3,)), ("n.bias", (3,)), ("n.other", (3,))], "a parameter that no norm has"),
        ([("n.weight", (3, 2, 4, 5, 6)), ("n.bias", (3,))], "no entry has this rank"),
        ([("n.running_mean", (3,))], "a batch norm has a variance"),
    ],
)
def test_what_no_rule_knows(entries: list[tuple[str, tuple[int, ...]]], why: str) -> None:
    assert by_rule([Entry(name, shape, "float32") for name, shape in entries], "torch") == {}, why


@pytest.mark.parametrize(
    ("heights", "shapes"),
    [
        ([1, 1], [(4, 3, 5), (4, 3, 5)]),  # nothing but images of height 1: sequences
        ([1, 5], [(4, 3, 1, 5), (4, 3, 5, 5)]),  # an image, so that kernels of height 1 are those of images, too
    ],
)
def test_a_convolution_of_mindspore_is_1_d_where_all_can_be(heights: list[int], shapes: list[tuple[int, ...]]) -> None:
    entries = [Entry(f"c{index}.weight", (4, 3, height, 5), "float32") for index, height in enumerate(heights)]
    assert [found[0].shape for found in by_rule(entries, "mindspore").values()] == shapes


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("{weight: {to: gamma, rank: 1, layout: heigth}}", "heigth"),
        ("{weight: {to: gamma}}", "rank"),
        ("{weight: {to: gamma, rank: 1}, bias: {to: gamma, rank: 1}}", "gamma stands for two parameters"),
        ("{weight: {to: gamma, rank: 1, optional: true}}", "every parameter is optional"),
        ("{weight: {rank: 3, layout: unit_height}, b: {to: b, rank: 1}}", "has no layout"),
        ("{0weight: {to: gamma, rank: 1}}", "0weight"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_line(parameters: str, said: str, tmp_path: Any) -> None:
    row = (load.MAPPINGS / "torch.version.yaml").read_text(encoding="utf-8")
    (tmp_path / "torch.version.yaml").write_text(row, encoding="utf-8")
    name = next(line.partition("torch: ")[2] for line in row.splitlines() if line.startswith("- torch: "))
    (tmp_path / "weights.yaml").write_text(
        f"- torch: [{name}]\n  mindspore: [mindspore.nn.X]\n  parameters: {parameters}\n", encoding="utf-8"
    )
    with pytest.raises(TableError, match=r"weights\.yaml:\d+:\d+: .*" + said):
        load.load(tmp_path)


def test_a_layer_without_a_row_is_a_mistake(tmp_path: Any) -> None:
    (tmp_path / "weights.yaml").write_text(
        "- {torch: [torch.nn.Nowhere], mindspore: [], parameters: {w: {to: w, rank: 1}}}\n", encoding="utf-8"
    )
    with pytest.raises(TableError, match=r"weights\.yaml:1:\d+: torch\.nn\.Nowhere has no row"):
        load.load(tmp_path)
