"""MindSpore's operators for networks: each expression of these tables has the same values, dtypes and shapes in both frameworks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import compat.mindspore as ours
from compat.mindspore_on_torch.primitives.base import Primitive
from tests.mindspore_on_torch.operators import ARRAYS, compare, compare_error, compare_value, constructor, framework, table

RNG = np.random.default_rng(1)


def normal(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.normal(size=shape).astype(np.float32)


ARRAYS.update({
    "img": normal(2, 4, 7, 8), "vol": normal(2, 2, 6, 7, 8), "hwc": normal(2, 4, 5, 3), "colours": RNG.uniform(0, 1, (1, 2, 3, 3)).astype(np.float32),
    "k33": normal(6, 4, 3, 3), "kgroup": normal(6, 2, 3, 3), "k333": normal(3, 2, 3, 3, 3), "d33": normal(2, 6, 4, 4), "d333": normal(2, 3, 2, 3, 4),
    "square4": normal(4, 2, 4, 4), "deep": normal(2, 8, 2, 4), "columns": normal(2, 3, 4, 12), "four": np.arange(1, 5, dtype=np.float32),
    "three": np.arange(1, 4, dtype=np.float32), "half": np.full((2, 4, 2), 0.4, np.float32) * np.float32([1, 2]),
    "third": np.full((2, 2, 3), 0.3, np.float32) * np.float32([1, 2, 3]), "sizes": np.array([3, 13], np.int32), "labels": np.array([2, 0], np.int32),
    "grid2": np.linspace(-1.2, 1.1, 48, dtype=np.float32).reshape(2, 3, 4, 2), "grid3": np.linspace(-1.2, 1.1, 144, dtype=np.float32).reshape(2, 3, 4, 2, 3),
    "theta": np.float32([[[1, 0, 0.5], [0, 1, 0.2]]]), "boxes": np.float32([[0, 0, 10, 10], [5, 5, 15, 15], [20, 20, 30, 28]]),
    "truth": np.float32([[0, 0, 10, 8], [6, 5, 12, 15]]), "anchors": np.float32([[2, 2, 4, 5], [1, 3, 6, 7]]), "found": np.float32([[1, 2, 5, 6], [2, 3, 7, 7]]),
    "deltas": np.float32([[0.1, 0.2, 0.3, 0.4], [0.5, -0.6, 5, -6]]), "rois": np.float32([[0, 0.5, 1, 6, 7], [1, 0, 0, 1, 0.5], [1, -3, -4, 18, 13]]),
    "scored": np.float32([[0, 0, 10, 10, 0.5], [0, 0, 10, 5, 0.6], [0, 0, 10, 5.2, 0.7], [1, 1, 9, 9, 0.4], [3, 3, 5, 4, 0.81]]),
    "crops": np.float32([[0, 0, 0.5, 1], [0.2, -0.3, 1.3, 0.9], [0.9, 0.8, 0.1, 0.2]]), "which": np.array([0, 1, 1], np.int32),
    "moves": np.tile(np.linspace(-1.5, 2, 27, dtype=np.float32).reshape(1, 27, 1, 1), (2, 1, 4, 4)), "steps": normal(3, 2, 4),
    "weights48": np.linspace(-1, 1, 48, dtype=np.float32).reshape(-1, 1, 1), "weights56": np.linspace(-1, 1, 56, dtype=np.float32).reshape(-1, 1, 1),
    "weights96": np.linspace(-1, 1, 96, dtype=np.float32).reshape(-1, 1, 1), "state1": np.ones((1, 3, 2), np.float32), "state2": np.ones((2, 3, 2), np.float32),
    "candidates": np.float32([[[[0.2, 0.1, 0.5, 0.6]], [[0.2, 0.1, 0.52, 0.6]], [[0.6, 0.1, 1.2, 0.6]]]]), "marks": np.float32([[[0.9, 0.1], [0.8, 0.3], [0.7, 0.6]]]),
})  # fmt: skip

POOLING = table("""
    ops.MaxPool(2, 2)(img) | ops.MaxPool((3, 2), 2, "same")(img) | ops.AvgPool(2, 2)(img) | ops.AvgPool(3, 2, "same")(img)
    ops.MaxPoolWithArgmax(2, 2)(img) | ops.MaxPoolWithArgmaxV2(3, 2, 1)(img) | ops.MaxPoolWithArgmaxV2(2, argmax_type=ms.int32)(img)
    ops.MaxPool3D(2, 2)(vol) | ops.MaxPool3D(3, 2, "same")(vol) | ops.MaxPool3D(3, 2, "pad", 1)(vol) | ops.MaxPool3DWithArgmax(2, 2, 0)(vol)
    ops.MaxPool3D(3, 2, "pad", (1, 0, 1, 0, 0, 1), True)(vol) | ops.MaxPool3DWithArgmax(3, 2, 1, argmax_type=ms.int32)(vol)
    ops.AvgPool3D(2, 2)(vol) | ops.AvgPool3D(3, 2, "same")(vol) | ops.AvgPool3D(3, 2, "same", count_include_pad=False)(vol)
    ops.AvgPool3D(3, 2, "pad", 1)(vol) | ops.AvgPool3D(3, 2, "pad", 1, count_include_pad=False)(vol) | ops.AvgPool3D(3, 2, "pad", 1, True)(vol)
    ops.AvgPool3D(3, 2, "pad", (1, 0, 1, 0, 0, 1), divisor_override=5)(vol) | ops.AdaptiveMaxPool3D()(vol, Tensor([2, 3, 2], ms.int32))
    ops.FractionalMaxPoolWithFixedKsize(2, (3, 4))(img, half) | ops.FractionalMaxPool3DWithFixedKsize((2, 2, 2), (3, 4, 3))(vol, third)
    ops.AdaptiveAvgPool2D((3, None))(img) | ops.AdaptiveAvgPool3D(2)(vol) | ops.AdaptiveMaxPool2D((3, 2))(img)
""")
CONVOLUTION = table("""
    ops.Conv2D(6, 3)(img, k33) | ops.Conv2D(6, 3, pad_mode="same", stride=2)(img, k33) | ops.Conv2D(6, 3, pad_mode="pad", pad=1, group=2)(img, kgroup)
    ops.Conv2D(6, 3, pad_mode="pad", pad=(1, 2, 0, 1), stride=(2, 1), dilation=(1, 2))(img, k33)
    ops.Conv3D(3, 3, pad_mode="pad", pad=(1, 0, 1, 1, 0, 1))(vol, k333) | ops.Conv3D(3, 3, pad_mode="same", stride=2)(vol, k333)
    ops.Conv2DTranspose(6, 3)(d33, k33, (2, 4, 6, 6)) | ops.Conv2DTranspose(6, 3, pad_mode="same", stride=2)(d33, k33, (2, 4, 7, 8))
    ops.Conv2DTranspose(6, 3, pad_mode="pad", pad=(1, 0, 0, 1), stride=2)(d33, k33, (2, 4, 9, 8)) | ops.Conv3DTranspose(3, 2, 3)(d333, k333)
    ops.Conv3DTranspose(3, 2, 3, pad_mode="same", stride=2)(d333, k333) | ops.Conv3DTranspose(3, 2, 3, pad_mode="valid", stride=4)(d333, k333)
    ops.Conv3DTranspose(3, 2, 3, pad_mode="pad", pad=1, stride=2, output_padding=1)(d333, k333)
    ops.deformable_conv2d(img, k33, moves, (3, 3), (1, 1, 2, 2), (1, 1, 1, 1))
    ops.BiasAdd()(img, four) | ops.bias_add(img, four) | ops.BiasAdd()(x, three)
""")
ACTIVATION = table("""
    ops.Atanh()(u) | ops.CeLU(0.5)(x) | ops.Dense()(x, y, labels.astype(ms.float32)) | ops.Elu()(x) | ops.FastGeLU()(x) | ops.fast_gelu(x) | ops.GLU()(cube)
    ops.GeLU()(x) | ops.HShrink()(x) | ops.HSigmoid()(x) | ops.HSwish()(x) | ops.LogSoftmax(0)(x) | ops.Mish()(x) | ops.mish(x)
    ops.PReLU()(x, three) | ops.ReLU()(x) | ops.ReLU6()(x) | ops.SeLU()(x) | ops.SeLU()(i) | ops.Sigmoid()(x) | ops.SoftShrink()(x) | ops.soft_shrink(x, 0.7)
    ops.Softplus()(x) | ops.softplus(x, 2, 3) | ops.Softsign()(x) | ops.Tanh()(x) | ops.Dropout(1.0)(x) | ops.Dropout2D(1.0)(img) | ops.Dropout3D(1.0)(vol)
    ops.L2Loss()(x) | ops.LpNorm([0, 1])(cube) | ops.LpNorm(1, 3, True)(cube) | ops.NuclearNorm()(x) | ops.NuclearNorm((0, 2), True)(cube)
    ops.Renorm(2, 0, 1.5)(x)
""")
NORMALIZATION = table("""
    ops.BatchNorm()(x, three, three, three, three)[0] | ops.LayerNorm()(cube, cube[0], cube[1])[:2] | ops.LayerNorm(-1, -1, 1e-3)(cube, four, four)[:2]
    ops.LayerNorm(1, 2, 1e-3)(cube, four, four)[:2] | ops.group_norm(img, 2, four, four) | ops.group_norm(img, 2)
    (lambda m, v: (ops.BatchNorm(True, 1e-3, 0.4)(img, four, four, m, v)[::3], m, v))(Parameter(four), Parameter(four))
    ops.LRN()(img) | ops.LRN(1, 2.0, 0.5, 0.7)(img) | ops.lrn(img, 1, 2.0, 0.5, 0.7)
""")
LOSSES = table("""
    ops.BCEWithLogitsLoss()(x, u, u, u) | ops.BCEWithLogitsLoss("none")(x, u) | ops.BinaryCrossEntropy("sum")(u, u, u) | ops.BinaryCrossEntropy()(u, u)
    ops.KLDivLoss()(x, u) | ops.KLDivLoss("batchmean")(x, u) | ops.SmoothL1Loss()(x, y) | ops.SmoothL1Loss(0.5, "mean")(x, y)
    ops.NLLLoss()(x, labels, three) | ops.NLLLoss("sum")(x, labels, three) | ops.NLLLoss("none")(x, labels, three) | ops.NLLLoss("mean", 2)(x, labels, three)
    ops.MultiMarginLoss(2, 0.5)(x, labels.astype(ms.int64), three) | ops.MultiMarginLoss(reduction="none")(x, labels.astype(ms.int64))
    ops.SigmoidCrossEntropyWithLogits()(x, u) | ops.SoftmaxCrossEntropyWithLogits()(x, u) | ops.SparseSoftmaxCrossEntropyWithLogits()(x, labels)
    ops.SparseSoftmaxCrossEntropyWithLogits(True)(x, labels) | ops.InTopK(2)(x, labels) | ops.intopk(x, labels, 1) | ops.NthElement()(x, 1)
    ops.NthElement(True)(x, Tensor(1, ms.int32)) | ops.CTCLossV2()(steps, Tensor([[1, 2], [2, 1]], ms.int32), Tensor([3, 3], ms.int32), Tensor([2, 1], ms.int32))
    ops.CTCLoss()(steps, Tensor([[0, 0], [1, 0], [1, 1]]), Tensor([2, 0, 1], ms.int32), Tensor([3, 3], ms.int32))
    ops.CTCGreedyDecoder()(steps, Tensor([3, 2], ms.int32)) | ops.CTCGreedyDecoder(False)(steps, Tensor([3, 2], ms.int32))
    ops.EditDistance()(Tensor([[0, 0, 0], [1, 0, 1]]), Tensor([1.0, 2.0]), Tensor([1, 1, 2]), Tensor([[0, 1, 0], [1, 0, 1]]), Tensor([1.0, 3.0]), Tensor([2, 2, 2]))
    ops.NoRepeatNGram(2)(Tensor([[[1, 2, 1, 2, 5, 1]]], ms.int32), Tensor(np.ones((1, 1, 8), np.float32)))
""")
REARRANGING = table("""
    ops.SpaceToBatchND([2, 2], [[1, 0], [0, 0]])(img) | ops.SpaceToBatchND(2, [[1, 0], [0, 0]])(img) | ops.BatchToSpaceND([1, 2], [[1, 0], [0, 1]])(img)
    ops.batch_to_space_nd(img, [1, 2], [[1, 0], [0, 1]]) | ops.space_to_batch_nd(vol, [2, 1, 4], [[1, 1], [0, 0], [0, 0]])
    ops.SpaceToDepth(2)(square4) | ops.DepthToSpace(2)(deep) | ops.ChannelShuffle(2)(img) | ops.channel_shuffle(img, 2)
    ops.Im2Col((2, 3), 2, (1, 2), (1, 1))(img) | ops.Col2Im((2, 2), 1, 0, 2)(columns, Tensor([7, 8], ms.int32))
    ops.col2im(columns, Tensor([7, 8], ms.int32), (2, 2), 1, 0, 2) | ops.fold(columns.reshape(2, 12, 12), Tensor([7, 8], ms.int32), (2, 2), 1, 0, 2)
    ops.ExtractVolumePatches(2, 1, "SAME")(vol) | ops.ExtractVolumePatches((1, 1, 2, 3, 2), (1, 1, 2, 1, 1), "VALID")(vol)
    ops.Pad(((1, 0), (0, 0), (0, 2), (0, 0)))(img) | ops.PadV3()(img, (1, 2, 0, 1), Tensor(9.0, ms.float32)) | ops.PadV3("edge")(img, Tensor([1, 2, 0, 1]))
    ops.PadV3()(img, Tensor([-1, 2, 0, 1]), Tensor(9.0, ms.float32)) | ops.PadV3("reflect")(img, Tensor([1, 2, 0, 1]))
    ops.PadV3("constant", False)(img, Tensor([1, 2, 0, 0, 0, 0, 0, 1]), Tensor(9.0, ms.float32)) | ops.PadV3("circular")(vol, Tensor([1, 2, 0, 1, 1, 0]))
    ops.MirrorPad()(x, Tensor([[1, 0], [2, 1]])) | ops.mirror_pad(x, Tensor([[1, 1], [2, 1]]), "SYMMETRIC") | ops.Padding(4)(Tensor([[1.0], [2.0]]))
    ops.padding(Tensor([[1.0], [2.0]])) | ops.EmbeddingLookup()(x, Tensor([[1, 5], [2, 0]], ms.int32), 1) | ops.unique_with_pad(Tensor([5, 2, 5, 1]), 9)
    ops.UniqueWithPad()(Tensor([5, 2, 5, 1], ms.int32), 9) | ops.SparseToDense()(Tensor([[0, 1], [1, 2]]), Tensor([1.0, 2.0]), (3, 4))
    ops.SparseTensorDenseMatmul(True, True)(Tensor([[0, 1], [1, 1]]), Tensor([1.0, 2.0]), (3, 4), x)
    ops.SparseTensorDenseAdd()(Tensor([[0, 1], [1, 2]]), Tensor([1.0, 2.0]), Tensor([2, 3]), x) | ops.inplace_add(x, y[:1], 1) | ops.inplace_sub(x, y, (1, 0))
    ops.inplace_update(x, y, Tensor([1, 0], ms.int32)) | (lambda p: (ops.inplace_index_add(p, labels[1:], y[:1], 0), p))(Parameter(x))
    ops.UniformCandidateSampler(1, 3, False, 4)(Tensor([[1], [3]]))[1:] | ops.LogUniformCandidateSampler(2, 5, False, 5)(Tensor([[1, 7], [0, 4]]))[1]
""")
IMAGES = table("""
    ops.AffineGrid()(theta, (1, 3, 4, 5)) | ops.AffineGrid(True)(theta, (1, 3, 4, 5)) | ops.GridSampler2D()(img, grid2) | ops.GridSampler3D()(vol, grid3)
    ops.GridSampler2D("nearest", "border", True)(img, grid2) | ops.CropAndResize("bilinear", -1.0)(hwc, crops, which, (3, 2))
    ops.CropAndResize("nearest", -1.0)(hwc, crops, which, (3, 2)) | ops.CropAndResize("bilinear_v2", -1.0)(hwc, crops, which, (3, 2))
    ops.CropAndResize()(hwc, crops, which, (1, 1)) | ops.crop_and_resize(hwc, crops, which, (3, 2)) | ops.RGBToHSV()(colours) | ops.HSVToRGB()(colours)
    ops.AdjustHue()(colours, Tensor(0.2, ms.float32)) | ops.AdjustSaturation()(colours, Tensor(2.0, ms.float32))
    ops.ExtractGlimpse(False, False, False, "zero")(hwc, Tensor([2, 3], ms.int32), Tensor([[1.0, 2.0], [4.0, 4.0]]))
    ops.ExtractGlimpse(True, True, False, "zero")(hwc, Tensor([2, 3], ms.int32), Tensor([[0.1, -0.5], [-0.9, 0.8]]))
    ops.ExtractGlimpse(True, False, False, "zero")(hwc, Tensor([2, 3], ms.int32), Tensor([[1.0, -0.5], [3.0, 3.0]]))
    ops.ResizeArea()(hwc, Tensor([2, 3], ms.int32)) | ops.ResizeArea(True)(hwc, Tensor([3, 3], ms.int32)) | ops.ResizeArea()(hwc, Tensor([7, 9], ms.int32))
    ops.ResizeBicubic()(img, sizes) | ops.ResizeBicubic(True)(img, (3, 13)) | ops.ResizeBicubic(False, True)(img, sizes) | ops.ResizeBilinearV2()(img, (3, 13))
    ops.ResizeBilinearV2(True)(img, (3, 13)) | ops.ResizeBilinearV2(False, True)(img, (3, 13)) | ops.ResizeNearestNeighbor((3, 13))(img)
    ops.ResizeNearestNeighbor((3, 13), True)(img) | ops.ResizeNearestNeighborV2()(img, sizes) | ops.ResizeNearestNeighborV2(True)(img, sizes)
    ops.ResizeNearestNeighborV2(False, True)(img, sizes) | ops.ResizeLinear1D()(cube, (7,)) | ops.ResizeLinear1D("half_pixel")(cube, (7,))
    ops.UpsampleNearest3D()(vol, (3, 9, 7)) | ops.UpsampleNearest3D()(vol, None, (1.5, 2.0, 0.7)) | ops.UpsampleTrilinear3D()(vol, (3, 9, 7))
    ops.UpsampleTrilinear3D(True)(vol, None, (1.5, 2.0, 0.7))
""")
BOXES = table("""
    ops.IOU()(boxes, truth) | ops.IOU("iof")(boxes, truth) | ops.iou(boxes, truth) | ops.CheckValid()(boxes, Tensor([16.0, 16.0, 1.0]))
    ops.check_valid(boxes, Tensor([16.0, 15.0, 1.0])) | ops.BoundingBoxEncode((0.1, 0.2, 0.3, 0.4), (0.5, 0.6, 0.7, 0.8))(anchors, found)
    ops.bounding_box_encode(anchors, found) | ops.BoundingBoxDecode((768, 1280))(anchors, deltas) | ops.bounding_box_decode(anchors, deltas, (8, 6))
    ops.BoundingBoxDecode((8, 6), (0.1, 0.2, 0.3, 0.4), (0.5, 0.6, 0.7, 0.8), 0.1)(anchors, deltas) | ops.NMSWithMask(0.5)(scored) | ops.NMSWithMask(0.3)(scored)
    ops.NonMaxSuppressionWithOverlaps()(ops.eye(3) + 0.4, Tensor([0.9, 0.8, 0.7]), Tensor(2, ms.int32), Tensor(0.5, ms.float32), Tensor(0.1, ms.float32))
    ops.CombinedNonMaxSuppression()(candidates, marks, Tensor(2, ms.int32), Tensor(3, ms.int32), Tensor(0.5, ms.float32), Tensor(0.05, ms.float32))
    ops.CombinedNonMaxSuppression(True)(candidates, marks, Tensor(1, ms.int32), Tensor(3, ms.int32), Tensor(0.5, ms.float32), Tensor(0.05, ms.float32))
    ops.CombinedNonMaxSuppression(False, False)(candidates, marks, Tensor(2, ms.int32), Tensor(8, ms.int32), Tensor(0.5, ms.float32), Tensor(0.05, ms.float32))
    ops.ROIAlign(2, 2, 0.5, 2, 0)(img, rois) | ops.ROIAlign(2, 3, 0.5, 2, 1)(img, rois) | ops.ROIAlign(2, 2, 0.5, -1, 1)(img, rois[:1])
""")
OTHERS = table("""
    ops.LSTM(4, 2, 1, False, False, 0.0)(cube, state1, state1, weights48)[:3] | ops.LSTM(4, 2, 1, True, False, 0.0)(cube, state1, state1, weights56)[:3]
    ops.LSTM(4, 2, 1, False, True, 0.0)(cube, state2, state2, weights96)[:3] | ops.clip_by_global_norm([x, y], 0.5) | ops.clip_by_global_norm((u, u), 9.0)
    ops.WhileLoop()(lambda a: a < 10, lambda a: a + 3, 1) | ops.ForiLoop()(0, 4, lambda i, a: a + i, 1) | ops.Scan()(lambda a, e: (a + e, a), 0, [1, 2, 3])
    ops.depend(x, 3) | ops.Depend()(x, 3) | ops.switch(True, 1, 2) | ops.is_(1, 2) | ops.mixed_precision_cast(ms.float16, (x, i)) | ops.shape_(x)
    ops.reshape_(x, (3, 2)) | ops.ScalarSummary()("a", x) | ops.print_(3)
""")

# What MindSpore's CPU build does otherwise than its documentation says, and so not compared:
# - MaxPoolWithArgmax(pad_mode="same") pads nothing in front; ApplyMomentum ignores use_nesterov and gradient_scale, ApplyAdagrad update_slots,
#   ResizeNearestNeighbor half_pixel_centers; ApplyFtrl and ApplyAdagradDA with l1 take the sign of negative sums for positive.
# - LayerNorm returns the variance as its third result, BatchNorm nothing for its second to fifth in use, Adam nothing but its states.
NO_KERNEL = [
    ("ops.Dilation2D(1, 1, 'VALID')(img, Tensor(np.zeros((4, 2, 2), np.float32)))", "ops.MaxPool(2)(img)"),
    ("ops.MultilabelMarginLoss()(x, Tensor([[2, -1, 0], [1, 0, -1]], ms.int32))[1]", "Tensor([[0, 0, 1], [1, 1, 0]], ms.int32)"),
    ("ops.SoftMarginLoss('none')(x, y)", "ops.log(1 + ops.exp(-y * x))"),
    ("ops.TripletMarginLoss(reduction='none')(x, y, x, Tensor(1.0, ms.float32))", "ops.norm(x - y + 1e-6, dim=1) + 1 - ops.norm(x - x + 1e-6, dim=1)"),
    ("ops.RmsNorm(1e-3)(cube, four)[0]", "cube * ops.rsqrt((cube * cube).mean(-1, True) + 1e-3) * four"),
    ("ops.add_rms_norm(cube, cube, four)[0]", "ops.rms_norm(cube * 2, four)[0]"),
    ("ops.add_layer_norm(cube, cube, four, four)[0]", "ops.layer_norm(cube * 2, (4,), four, four)"),
    ("ops.swiglu(cube)", "ops.silu(cube[..., :2]) * cube[..., 2:]"),
    ("ops.EuclideanNorm()(x, Tensor([0], ms.int32))", "ops.norm(x, dim=0)"),
    ("ops.BatchToSpace(2, [[1, 0], [0, 0]])(square4)", "ops.batch_to_space_nd(square4, 2, [[1, 0], [0, 0]])"),
    ("ops.SpaceToBatch(2, [[1, 0], [0, 0]])(img)", "ops.space_to_batch_nd(img, 2, [[1, 0], [0, 0]])"),
    ("ops.BatchToSpaceNDV2()(square4, (2, 2), ((1, 0), (0, 0)))", "ops.batch_to_space_nd(square4, 2, [[1, 0], [0, 0]])"),
    ("ops.ExtractImagePatches((2, 2), (1, 1), (1, 1))(img)[:, 4:8]", "img[:, :, :-1, 1:]"),
    ("ops.NonMaxSuppressionV3()(boxes, three, 2, 0.5, 0.0)", "Tensor([2, 1], ms.int32)"),
    ("ops.FloatStatus()(Tensor([1.0, np.inf]))", "Tensor([1.0])"),
    ("ops.embedding(Tensor([1, 0, 1]), x)", "ops.stack([x[1], x[0], x[1]])"),
    ("ops.rotary_position_embedding(cube, cube, cube * 0)", "cube * cube"),
    ("ops.moe_token_permute(x, Tensor([[1, 0], [0, 1]]))", "(ops.stack([x[0], x[1], x[0], x[1]]), Tensor([2, 0, 1, 3], ms.int32))"),
    ("ops.moe_token_unpermute(x, Tensor([1, 0], ms.int32))", "ops.stack([x[1], x[0]])"),
    ("ops.moe_init_routing_v2(x, Tensor([[0, 1, 1], [0, 0, 2]], ms.int32), 0, 2, 3, 1, 0, True)[1:]",
     "(Tensor([0, 2, 3, 1, -1, 4], ms.int32), Tensor([0, 0, 0], ms.int32), Tensor([3, 2, 1], ms.int32))"),
    ("ops.RNNTLoss()(cube.reshape(1, 2, 3, 4), Tensor([[1, 2]], ms.int32), Tensor([1], ms.int32), Tensor([0], ms.int32))[0]",
     "-ops.log_softmax(cube.reshape(1, 2, 3, 4))[:, 0, 0, 0]"),
    ("ops.zero_(Tensor([1.0]))", "Tensor([0.0])"), ("ops.tanh_(Tensor([1.0]))", "ops.tanh(Tensor([1.0]))"), ("ops.clamp_(Tensor([1.0, 5.0]), 2, 4)", "Tensor([2.0, 4.0])"),
    ("ops.put_(Tensor([1.0, 2.0]), Tensor([1]), Tensor([5.0]))", "Tensor([1.0, 5.0])"), ("ops.inplace_sigmoid(Tensor([0.0]))", "Tensor([0.5])"),
]  # fmt: skip
ERRORS = table("""
    ops.MaxPool((1, 1, 3, 2))(img) | ops.MaxPool(2, 2, "other")(img) | ops.AvgPool(2)(x) | ops.Conv2D(5, 3)(img, k33) | ops.Conv2D(6, 3, pad=1)(img, k33)
    ops.LayerNorm()(cube, four, four) | ops.SoftmaxCrossEntropyWithLogits()(x, three) | ops.InTopK(1)(x, x) | ops.SpaceToDepth(1)(square4)
    ops.SpaceToBatchND(3, [[0, 0], [0, 0]])(img) | ops.IOU("other")(boxes, truth) | ops.ResizeBilinearV2(True, True)(img, (3, 3)) | ops.Padding(4)(x)
    ops.Dropout(0.0)(x) | ops.CropAndResize("other")(hwc, crops, which, (3, 2)) | ops.softplus(i) | ops.clip_by_global_norm([x], 1.0, 2.0) | ops.Conv2D()
    ops.Assert()(False, [x]) | ops.MirrorPad("other")(x, Tensor([[1, 0], [2, 1]])) | ops.MaxPool(2, 1, "valid", "other")(img)
""")
GRADIENTS = table("""
    ops.MaxPool(2, 2)(img) | ops.AvgPool(3, 2, "same")(img) | ops.Conv2D(6, 3, pad_mode="same", stride=2)(img, k33) | ops.DepthToSpace(2)(img)
    ops.LRN(1, 2.0, 0.5, 0.7)(img) | ops.group_norm(img, 2, four, four) | ops.ROIAlign(2, 2, 0.5, 2, 1)(img, rois) | ops.ResizeBilinearV2(True)(img, (3, 13))
    ops.MirrorPad()(img, Tensor([[0, 0], [0, 0], [1, 0], [2, 1]])) | ops.SpaceToBatchND(1, [[1, 0], [0, 0]])(img) | ops.HSwish()(img) | ops.Mish()(img)
    ops.PadV3("circular")(img, Tensor([1, 2, 0, 1])) | ops.Im2Col(2)(img) | ops.BiasAdd()(img, four) | ops.LpNorm(1)(img)
""")


@pytest.mark.parametrize("text", POOLING + CONVOLUTION + ACTIVATION + NORMALIZATION + LOSSES + REARRANGING + IMAGES + BOXES + OTHERS)
def test_call(text: str) -> None:
    compare(text, 1e-4)  # sums in another order, over up to hundreds of products


@pytest.mark.parametrize(("text", "expected"), NO_KERNEL)
def test_call_without_a_kernel(text: str, expected: str) -> None:
    compare_value(text, expected)


@pytest.mark.parametrize("text", ERRORS)
def test_error(text: str) -> None:
    compare_error(text)


@pytest.mark.parametrize("text", GRADIENTS)
def test_gradient(text: str) -> None:
    compare(f"ms.grad(lambda img: ((r := {text}) * ops.arange(r.size).reshape(r.shape).astype(ms.float32)).sum())(img)", 1e-3 * 8)


PRIMITIVES = sorted(
    name
    for name, kind in vars(ours.ops).items()
    if inspect.isclass(kind) and issubclass(kind, Primitive) and name not in ("Primitive", "PrimitiveWithInfer", "PrimitiveWithCheck")
)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_constructor(name: str) -> None:
    expected = constructor(getattr(framework("mindspore").ops, name))
    if expected is not None:
        assert constructor(getattr(ours.ops, name)) == expected
