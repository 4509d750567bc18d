"""MindSpore's operators that call, print, hold or attend: attention against its definition, functions of the caller, names that refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import compat.mindspore as ms
from compat import errors
from compat.mindspore import Tensor, ops
from tests.mindspore_on_torch.conftest import assert_same, plain

RNG = np.random.default_rng(3)
QUERY, KEY, VALUE = (RNG.normal(size=shape).astype(np.float32) for shape in ((2, 4, 3, 8), (2, 2, 5, 8), (2, 2, 5, 8)))  # B, N, S, D
BIAS = RNG.normal(size=(2, 4, 3, 5)).astype(np.float32)
MASK = RNG.uniform(size=(2, 1, 3, 5)) < 0.3
ROWS, COLUMNS = np.arange(3)[:, None], np.arange(5)


def defined(hidden: Any = False, bias: Any = 0.0, scale: float = 0.5) -> np.ndarray[Any, Any]:
    """softmax(scale q k + bias) v, where a key serves two queries and hidden keys don't count."""
    keys, values = KEY.repeat(2, 1), VALUE.repeat(2, 1)
    scores = np.where(hidden, -np.inf, scale * QUERY @ keys.swapaxes(2, 3) + bias)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)) @ values


def layout(array: np.ndarray[Any, Any], name: str) -> Any:
    batch, heads, length, size = array.shape
    moved = {"BNSD": array, "BSND": array.transpose(0, 2, 1, 3), "BSH": array.transpose(0, 2, 1, 3).reshape(batch, length, heads * size),
             "SBH": array.transpose(2, 0, 1, 3).reshape(length, batch, heads * size),
             "TND": array.transpose(0, 2, 1, 3).reshape(batch * length, heads, size)}  # fmt: skip
    return Tensor(np.ascontiguousarray(moved[name]))


@pytest.mark.parametrize("name", ["BNSD", "BSND", "BSH", "SBH", "TND"])
def test_layouts(name: str) -> None:
    lengths = {"actual_seq_qlen": (3, 6), "actual_seq_kvlen": (5, 10)} if name == "TND" else {}
    given = [layout(each, name) for each in (QUERY, KEY, VALUE)]
    found = ops.flash_attention_score(*given, 4, scalar_value=0.5, input_layout=name, **lengths)
    assert_same(plain(found), plain(layout(defined(), name)), 1e-5)


@pytest.mark.parametrize(("options", "hidden"), [
    ({"attn_mask": MASK}, MASK), ({"attn_mask": MASK, "sparse_mode": 1}, MASK), ({"attn_mask": MASK, "sparse_mode": 2}, COLUMNS > ROWS),
    ({"attn_mask": MASK, "sparse_mode": 3}, COLUMNS > ROWS + 2),
    ({"attn_mask": MASK, "sparse_mode": 4, "pre_tokens": 2, "next_tokens": 0}, (COLUMNS > ROWS + 2) | (COLUMNS < ROWS)),
    ({"attn_mask": MASK, "pre_tokens": 1, "next_tokens": 2}, MASK | (COLUMNS > ROWS + 2) | (COLUMNS < ROWS - 1)),
])  # fmt: skip
def test_masks(options: dict[str, Any], hidden: Any) -> None:
    given = [layout(each, "BNSD") for each in (QUERY, KEY, VALUE)]
    options = {**options, "attn_mask": Tensor(options["attn_mask"])}
    found = ops.flash_attention_score(*given, 4, real_shift=Tensor(BIAS), scalar_value=0.5, input_layout="BNSD", **options)
    seen = np.broadcast_to(~np.asarray(hidden), BIAS.shape).any(-1)
    expected = np.nan_to_num(defined(hidden, BIAS))
    np.testing.assert_allclose(found.asnumpy()[seen], expected[seen], 1e-4, 1e-5)


def test_inference() -> None:
    query, key, value = (layout(each, "BSH") for each in (QUERY, KEY, VALUE))
    late = (np.asarray([4, 2])[:, None] <= COLUMNS)[:, None, None]
    found = ops.prompt_flash_attention(query, key, value, num_heads=4, num_key_value_heads=2, scale_value=0.5, actual_seq_lengths_kv=(4, 2))
    assert_same(plain(found), plain(layout(defined(late), "BSH")), 1e-5)
    one = ops.incre_flash_attention(
        query[:, :1], [key], [value], num_heads=4, num_key_value_heads=2, scale_value=0.5, actual_seq_lengths=(4, 2)
    )
    assert_same(plain(one), plain(layout(defined(late), "BSH")[:, :1]), 1e-5)
    fused, _ = ops.fused_infer_attention_score(query, [key], [value], num_heads=4, num_key_value_heads=2, scale=0.5)
    assert_same(plain(fused), plain(layout(defined(), "BSH")), 1e-5)


def test_attention_of_two_sets_of_keys() -> None:
    """ring_attention_update joins what speed_fusion_attention found for each."""
    query, key, value = (Tensor(RNG.normal(size=(4, 2, 16)).astype(np.float32)) for _ in range(3))
    parts = [ops.speed_fusion_attention(query, key[part], value[part], 2, "SBH", scale=0.3)[:3] for part in (slice(0, 1), slice(1, 4))]
    whole = ops.speed_fusion_attention(query, key, value, 2, "SBH", scale=0.3)[:3]
    assert_same(plain(ops.ring_attention_update(*parts[0], *parts[1])), plain(whole), 1e-4)


def test_deformable_attention_samples_planes() -> None:
    value = Tensor(RNG.normal(size=(1, 4, 1, 2)).astype(np.float32))
    corners = Tensor(np.float32([[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]).reshape(1, 4, 1, 1, 1, 2))
    found = ops.multi_scale_deformable_attn_function(value, Tensor([[2, 2]]), Tensor([0]), corners, ops.ones((1, 4, 1, 1, 1)))
    assert_same(plain(found), plain(value.reshape((1, 4, 2))), 1e-6)


def test_compressed_keys_are_weighted_sums_of_windows() -> None:
    keys, weights = Tensor(np.arange(8, dtype=np.float32).reshape(8, 1, 1)), Tensor(np.float32([[1], [2]]))
    found = ops.nsa_compress(keys, weights, 2, 2, actual_seq_len=(3, 8))
    assert found.asnumpy().ravel().tolist() == [2.0, 11.0, 17.0]


def test_the_keys_that_an_indexer_picks() -> None:
    query, key, weights = (RNG.normal(size=shape).astype(np.float32) for shape in ((1, 2, 3, 8), (1, 5, 1, 8), (1, 2, 3)))
    scores = (np.maximum(query.transpose(0, 2, 1, 3) @ key[:, None, :, 0].swapaxes(2, 3), 0) * weights.transpose(0, 2, 1)[..., None]).sum(1)
    places, values = ops.lightning_indexer(Tensor(query), Tensor(key), Tensor(weights), sparse_count=5, return_value=True)
    order = [np.argsort(-scores[0, 0, :4]), np.argsort(-scores[0, 1])]  # the first query does not see the last key
    assert places.asnumpy()[0, :, 0].tolist() == [[*order[0], -1], [*order[1]]]
    np.testing.assert_allclose(values.asnumpy()[0, 1, 0], scores[0, 1][order[1]], 1e-5)
    pages = Tensor(np.concatenate([key[:, 2:4], key[:, :2]]))
    paged, _ = ops.lightning_indexer(Tensor(query), pages, Tensor(weights), block_table=Tensor([[1, 0]]), layout_key="PA_BSND", sparse_count=4,
                                     sparse_mode=0)  # fmt: skip
    assert paged.asnumpy()[0, 1, 0].tolist() == np.argsort(-scores[0, 1, :4]).tolist()


def test_attention_to_picked_keys() -> None:
    query, key, value = (RNG.normal(size=shape).astype(np.float32) for shape in ((1, 2, 3, 8), (1, 5, 1, 8), (1, 5, 1, 8)))
    ropes = Tensor(np.zeros((1, 2, 3, 4), np.float32)), Tensor(np.zeros((1, 5, 1, 4), np.float32))
    options = {"query_rope": ropes[0], "key_rope": ropes[1], "attention_mode": 2, "return_softmax_lse": True}
    every = Tensor(np.tile(np.arange(5, dtype=np.int32), (1, 2, 1, 1)))
    found, greatest, total = ops.sparse_flash_attention(Tensor(query), Tensor(key), Tensor(value), every, 0.5, **options)
    full = ops.flash_attention_score(*(Tensor(each) for each in (query, key, value)), 3, scalar_value=0.5, input_layout="BSND", sparse_mode=3,
                                     attn_mask=Tensor([[True]]))  # fmt: skip
    assert_same(plain(found), plain(full), 1e-5)
    assert greatest.shape == total.shape == (1, 1, 2, 3)
    few = Tensor(np.tile(np.array([3, -1], np.int32), (1, 2, 1, 1)))
    alone, *_ = ops.sparse_flash_attention(Tensor(query), Tensor(key), Tensor(value), few, 0.5, **options)
    np.testing.assert_allclose(alone.asnumpy(), np.broadcast_to(value[:, 3:4], alone.shape), 1e-5)


def test_attention_to_picked_blocks() -> None:
    query, key, value = (RNG.normal(size=shape).astype(np.float32) for shape in ((3, 4, 8), (6, 2, 8), (6, 2, 8)))
    every = Tensor(np.tile(np.arange(2, dtype=np.int32), (3, 2, 1)))
    ends = {"actual_seq_qlen": [1, 3], "actual_seq_kvlen": [3, 6]}
    found, greatest, _ = ops.nsa_select_attention(Tensor(query), Tensor(key), Tensor(value), every, 0.5, 4, 2, 2, **ends)
    full = ops.flash_attention_score(Tensor(query), Tensor(key), Tensor(value), 4, scalar_value=0.5, input_layout="TND",
                                     actual_seq_qlen=[1, 3], actual_seq_kvlen=[3, 6])  # fmt: skip
    assert_same(plain(found), plain(full), 1e-5)
    assert greatest.shape == (3, 4, 8)


X = [1.0, 2.0, 3.0]


def test_a_custom_operator_calls_its_function_with_arrays() -> None:
    square = ops.Custom(lambda a: np.square(a), lambda a: a, lambda a: a, bprop=lambda a, _, dout: (2 * a * dout,))
    assert square(Tensor(X)).asnumpy().tolist() == [1.0, 4.0, 9.0]
    assert ms.grad(lambda a: square(a).sum())(Tensor(X)).asnumpy().tolist() == [2.0, 4.0, 6.0]
    assert str(ops.Custom(np.rint, (3,), ms.int32)(Tensor(X)).dtype) == "Int32"
    with pytest.raises(errors.UnsupportedArgument):
        ops.Custom("kernel.so:add", (3,), ms.float32, "aot")
    with pytest.raises(TypeError):
        ops.Custom(np.rint)
    (total,) = ops.PyFunc(np.add, [ms.float32] * 2, [(3,)] * 2, [ms.float32], [(3,)])((Tensor(X), Tensor(X)))  # fmt: skip
    assert total.asnumpy().tolist() == [2.0, 4.0, 6.0]


def test_morph_has_the_gradient_it_is_given() -> None:
    assert ms.grad(lambda a: ops.Morph(ops.square, None, None)(a).sum())(Tensor(X)).asnumpy().tolist() == [2.0, 4.0, 6.0]
    other = ops.Morph(ops.square, None, None, lambda _, __, dout: (3 * dout,))
    assert ms.grad(lambda a: other(a).sum())(Tensor(X)).asnumpy().tolist() == [3.0, 3.0, 3.0]


def test_registered_arguments_are_attributes() -> None:
    class Scaled(ops.PrimitiveWithInfer):  # type: ignore[misc, name-defined]
        @ops.prim_attr_register
        def __init__(self, factor: int, shift: int = 2) -> None:
            self.total = factor + shift

    made = Scaled(1, shift=4)
    assert (made.name, made.factor, made.total, made.attrs) == ("Scaled", 1, 5, {"factor": 1, "shift": 4})


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ops.Print()("a", Tensor([1, 2]), 3)
    assert capsys.readouterr().out == "a\nTensor(shape=[2], dtype=Int64, value= [1, 2])\n3\n"
    with pytest.raises(RuntimeError, match="assert failed"):
        ops.Assert(2)(False, [Tensor([1, 2, 3])])
    assert capsys.readouterr().out == "For 'Assert' condition is false.\ninput data: [1 2]\n"


def test_what_is_saved(tmp_path: Path) -> None:
    ops.TensorDump("in")(str(tmp_path / "x.npy"), Tensor(X))
    assert [path.name.startswith("x_in_float32_") for path in tmp_path.iterdir()] == [True]
    dump = ops.DumpGradient()
    ms.grad(lambda a: (dump(str(tmp_path / "g.npy"), a, "out") * 2).sum())(Tensor(X))
    assert np.load(tmp_path / "g.npy").tolist() == [2.0, 2.0, 2.0]


def test_a_tensor_is_taken_out_of_the_graph_in_place() -> None:
    def net(a: Any) -> Any:
        first, second = a * 2, a * 3
        ops.stop_gradient_(second)
        return (first + second).sum()

    assert ms.grad(net)(Tensor(X)).asnumpy().tolist() == [2.0, 2.0, 2.0]


def test_one_step_of_recurrent_networks_is_the_layers() -> None:
    """DynamicRNN and DynamicGRUV2 with their weights in the order that nn.LSTM and nn.GRU have."""
    x, h, c = (Tensor(RNG.normal(size=shape).astype(np.float32)) for shape in ((3, 2, 4), (1, 2, 5), (1, 2, 5)))
    lstm = ms.nn.LSTM(4, 5)
    i, f, g, o = (ops.cat([lstm.w_ih_list[0], lstm.w_hh_list[0]], 1)).reshape((4, 5, 9))
    bias = (lstm.b_ih_list[0] + lstm.b_hh_list[0]).reshape((4, 5))
    weights = ops.cat([i, g, f, o], 0).T
    found = ops.DynamicRNN()(x, weights, ops.cat([bias[0], bias[2], bias[1], bias[3]]), None, h, c)
    assert_same(plain(found[0]), plain(lstm(x, (h, c))[0]), 1e-5)
    cell = ops.BasicLSTMCell(forget_bias=0.0)(x[0], h[0], c[0], weights, ops.cat([bias[0], bias[2], bias[1], bias[3]]))
    assert_same(plain(cell[1]), plain(found[0][0]), 1e-5)
    gru = ms.nn.GRU(4, 5)
    given = gru.w_ih_list[0].T, gru.w_hh_list[0].T, gru.b_ih_list[0], gru.b_hh_list[0]
    assert_same(plain(ops.DynamicGRUV2()(x, *given, None, h[0])[0]), plain(gru(x, h)[0]), 1e-5)


@pytest.mark.parametrize(("text", "shapes"), [
    ("ops.FractionalMaxPool([1.0, 1.5, 1.3, 1.0], seed=3)", [(1, 4, 6, 2), (5,), (7,)]),
    ("ops.FractionalAvgPool([1.0, 1.5, 1.3, 1.0], True, True, seed=3)", [(1, 4, 6, 2), (5,), (7,)]),
])  # fmt: skip
def test_pools_of_random_size(text: str, shapes: list[tuple[int, ...]]) -> None:
    x = Tensor(RNG.normal(size=(1, 6, 8, 2)).astype(np.float32))
    values, rows, columns = eval(text)(x)
    assert [tuple(each.shape) for each in (values, rows, columns)] == shapes
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (0, 6, 0, 8)
    window = x.asnumpy()[0, : int(rows[1]) + ("True, True" in text), : int(columns[1]) + ("True, True" in text)]
    expected = window.max((0, 1)) if "Max" in text else window.mean((0, 1))
    np.testing.assert_allclose(values.asnumpy()[0, 0, 0], expected, 1e-5)


def test_a_random_crop_covers_what_it_must() -> None:
    box = Tensor(np.float32([[[0.38, 0.17, 0.95, 0.40]]]))
    begin, size, found = ops.SampleDistortedBoundingBoxV2(3, 1, (0.9, 1.1), (0.1, 1.0))(Tensor([640, 480, 3], ms.int32), box, Tensor([0.8]))
    top, left, bottom, right = found.asnumpy()[0, 0] * [640, 480, 640, 480]
    assert np.allclose([top, left, bottom - top, right - left], [*begin.asnumpy()[:2], *size.asnumpy()[:2]], atol=1e-3)
    tall, broad = min(0.95 * 640, bottom) - max(0.38 * 640, top), min(0.4 * 480, right) - max(0.17 * 480, left)
    assert tall * broad / (0.57 * 640 * 0.23 * 480) >= 0.8


@pytest.mark.parametrize("seeds", [{}, {"Seed0": 3, "Seed1": 1}])
def test_dropout_scales_what_it_keeps(seeds: dict[str, int]) -> None:
    x = ops.ones((40, 50))
    output, mask = ops.Dropout(0.8, **seeds)(x)
    assert set(np.unique(output.asnumpy())) == {0.0, 1.25}
    assert abs(mask.asnumpy().mean() - 0.8) < 0.05
    assert np.array_equal(output.asnumpy() > 0, mask.asnumpy() == 1)
    if seeds:
        assert np.array_equal(ops.Dropout(0.8, **seeds)(x)[1].asnumpy(), mask.asnumpy())
    bits = ops.DropoutGenMask(3, 1)((40, 50), Tensor(0.8, ms.float32))
    kept = ops.DropoutDoMask()(x, bits, Tensor(0.8, ms.float32)).asnumpy()
    assert bits.shape == (256,)
    assert abs((kept > 0).mean() - 0.8) < 0.05


@pytest.mark.parametrize("text", [
    "ops.GetNext([], [], 1, 'q')", "ops.CustomRegOp('x')", "ops.NPUGetFloatStatus()", "ops.PagedAttention(1, 1.0, 1)", "ops.environ_create()",
    "ops.rotated_iou(1, 2)", "ops.moe_distribute_dispatch(1)", "ops.nsa_compress_attention(1, 2, 3)", "ops.kernel()", "ops.GeSwitch()",
])  # fmt: skip
def test_what_cannot_work_says_why(text: str) -> None:
    with pytest.raises(errors.UnsupportedAPI, match=text.partition("(")[0].rpartition(".")[2]):
        eval(text)


@pytest.mark.parametrize(("argument", "call"), [
    ("keep_prob", "ops.flash_attention_score(q, q, q, 2, keep_prob=0.5)"), ("sparse_mode", "ops.flash_attention_score(q, q, q, 2, sparse_mode=6)"),
    ("quant_scale2", "ops.prompt_flash_attention(q, q, q, num_heads=2, quant_scale2=q)"), ("layout", "ops.ring_attention_update(q, q, q, q, q, q, layout='TND')"),
    ("num_layers", "ops.LSTM(4, 2, 2, False, False, 0.0)(q, q, q, q)"), ("ctc_merge_repeated", "ops.CTCLoss(False, False)(q, q, q, q)"),
])  # fmt: skip
def test_arguments_that_are_refused(argument: str, call: str) -> None:
    with pytest.raises(errors.UnsupportedArgument, match=argument):
        eval(call, {"ops": ops, "q": Tensor(np.ones((1, 3, 4), np.float32))})


def on_host(kind: Any) -> Any:
    def made(*args: Any) -> Any:
        with torch.device("cpu"):
            return kind(*args)

    return made


@pytest.mark.parametrize("text", [
    "ops.MaxPoolWithArgmax(2, 2)(img)", "ops.ROIAlign(2, 2, 1.0)(img, Tensor([[0.0, 0.0, 0.0, 2.0, 2.0]]))", "ops.ResizeBicubic()(img, (3, 3))",
    "ops.FractionalMaxPool([1.0, 1.5, 1.3, 1.0])(img)", "ops.Dropout2D()(img)", "ops.UniformCandidateSampler(1, 2, True, 4)(Tensor([[1]]))",
    "ops.CTCGreedyDecoder()(img[0], Tensor([1, 2, 1], ms.int32))", "ops.SpaceToBatchND(1, [[1, 0], [0, 0]])(img)", "ops.NMSWithMask()(img[0, 0])",
    "ops.SGD()(img, img, Tensor(0.1), img, Tensor(0.5), img)", "ops.moe_token_permute(img[0, 0], Tensor([1, 0, 1]))", "ops.MirrorPad()(img[0, 0], Tensor([[1, 0], [2, 1]]))",
])  # fmt: skip
def test_new_tensors_are_where_the_inputs_are(text: str) -> None:
    """The default device has no data, so that whatever is made there by mistake is seen."""
    names = {"ms": ms, "ops": ops, "Tensor": on_host(Tensor), "img": Tensor(RNG.uniform(size=(2, 2, 3, 5)).astype(np.float32))}
    torch.set_default_device("meta")
    try:
        found = eval(text, names)
    finally:
        torch.set_default_device(None)
    for each in found if isinstance(found, tuple) else (found,):
        assert each.device == "CPU"
