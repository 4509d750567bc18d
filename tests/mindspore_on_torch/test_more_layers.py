"""Layers and losses of mindspore.nn that have no counterpart in PyTorch: values, dtypes, gradients, parameters and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Array = np.ndarray[Any, Any]


def normal(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)


def probable(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).uniform(0.05, 0.95, shape).astype(np.float32)


def whole(*shape: int, below: int = 3) -> Array:
    return np.random.default_rng(sum(shape)).integers(0, below, shape).astype(np.int32)


M, V, I = normal(3, 4), normal(2, 3, 4), normal(2, 3, 6, 5)  # noqa: E741
WEIGHT = np.array([0.2, 0.3, 0.9], np.float32)
SAMPLED = (np.array([4, 2], np.int32), np.full((3, 1), 0.4, np.float32), np.full(2, 0.3, np.float32))

# What is made, and what it is called with. Both run in MindSpore too.
CASES: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...]]] = {
    "DiGamma": (lambda f: f.nn.DiGamma(), (probable(4) + 1,)),
    "LGamma": (lambda f: f.nn.LGamma(), (probable(4) * 4,)),
    "LBeta": (lambda f: f.nn.LBeta(), (probable(4) + 1, probable(5)[:4] + 2)),
    "CosineSimilarity": (lambda f: getattr(f.nn, "layer", f.nn).CosineSimilarity(0), (M, normal(4, 3).T)),
    "MatMul": (lambda f: f.nn.MatMul(), (M, normal(4, 2))),
    "MatMul transposed": (lambda f: f.nn.MatMul(True, True), (M, normal(2, 3))),
    "MatMul stacks": (lambda f: f.nn.MatMul(False, True), (V, normal(5, 4))),
    "MatMul vectors": (lambda f: f.nn.MatMul(True), (M[0], normal(4, 2))),
    "Moments": (lambda f: f.nn.Moments(), (V,)),
    "Moments axes": (lambda f: f.nn.Moments((0, 2), True), (V,)),
    "Moments half": (lambda f: f.nn.Moments(0), (M.astype(np.float16),)),
    "ReduceLogSumExp": (lambda f: f.nn.ReduceLogSumExp(1), (V,)),
    "ReduceLogSumExp all": (lambda f: f.nn.ReduceLogSumExp((), True), (M,)),
    "Range": (lambda f: f.nn.Range(1, 8, 2), ()),
    "Range one": (lambda f: f.nn.Range(5), ()),
    "Range fractions": (lambda f: f.nn.Range(1.0, 3, 0.5), ()),
    "ClipByNorm": (lambda f: f.nn.ClipByNorm(), (M, np.array([1.0], np.float32))),
    "ClipByNorm below": (lambda f: f.nn.ClipByNorm((0, 1)), (M, np.array(100.0, np.float32))),
    "L1Regularizer": (lambda f: f.nn.L1Regularizer(0.5), (M.astype(np.float16),)),
    "Norm": (lambda f: f.nn.Norm(), (V,)),
    "Norm axis": (lambda f: f.nn.Norm((0, 1), True), (V,)),
    "OneHot": (lambda f: f.nn.OneHot(depth=2), (whole(4),)),
    "OneHot first": (lambda f: f.nn.OneHot(0, 4, 2.0, -1.0), (whole(2, 3),)),
    "Pad": (lambda f: f.nn.Pad(((1, 0), (2, 1))), (M,)),
    "Pad mirrored": (lambda f: f.nn.Pad(((1, 2), (2, 0)), "REFLECT"), (M,)),
    "Pad symmetric": (lambda f: f.nn.Pad(((1, 2), (2, 0)), "SYMMETRIC"), (M,)),
    "Tril": (lambda f: f.nn.Tril(), (V,)),
    "Triu": (lambda f: f.nn.Triu(), (V, 1)),
    "ImageGradients": (lambda f: f.nn.ImageGradients(), (I,)),
    "ImageGradients thin": (lambda f: f.nn.ImageGradients(), (I[:, :, :1],)),
    "CentralCrop": (lambda f: f.nn.CentralCrop(0.5), (I,)),
    "CentralCrop unbatched": (lambda f: f.nn.CentralCrop(0.7), (I[0],)),
    "FastGelu": (lambda f: f.nn.FastGelu(), (M,)),
    "SparseTensorDenseMatmul": (lambda f: f.nn.SparseTensorDenseMatmul(), (np.array([[0, 1], [1, 2], [1, 2]]), WEIGHT, (3, 4), normal(4, 2))),
    "SparseTensorDenseMatmul adjoint": (lambda f: f.nn.SparseTensorDenseMatmul(True, True), (np.array([[0, 1], [1, 2]]), WEIGHT[:2], (3, 4), M[:2, :3])),
    "FractionalMaxPool2d": (lambda f: f.nn.FractionalMaxPool2d(2, (3, 2), None, True, f.Tensor(probable(2, 3, 2))), (I,)),
    "FractionalMaxPool2d ratio": (lambda f: f.nn.FractionalMaxPool2d((2, 1), None, (0.5, 0.6), True, f.Tensor(probable(1, 3, 2))), (I[0],)),
    "FractionalMaxPool3d": (lambda f: f.nn.FractionalMaxPool3d(2, (2, 3, 2), None, False, f.Tensor(probable(1, 2, 3))), (normal(1, 2, 5, 6, 4),)),
    "TimeDistributed": (lambda f: f.nn.TimeDistributed(f.nn.Dense(4, 2, "ones", "zeros"), 1), (V,)),
    "TimeDistributed reshaped": (lambda f: f.nn.TimeDistributed(f.nn.Dense(4, 2, "ones", "zeros"), 1, 0), (V,)),
    "MultiFieldEmbeddingLookup": (lambda f: f.nn.MultiFieldEmbeddingLookup(9, 2, 2, f.Tensor(normal(9, 2)), operator="SUM"), (whole(2, 4, below=9), probable(2, 4), whole(2, 4, below=2))),
    "MultiFieldEmbeddingLookup max": (lambda f: f.nn.MultiFieldEmbeddingLookup(9, 2, 2, f.Tensor(normal(9, 2)), operator="MAX"), (whole(2, 4, below=9), np.maximum(normal(2, 4), 0), whole(2, 4, below=2))),
    "MultiFieldEmbeddingLookup mean": (lambda f: f.nn.MultiFieldEmbeddingLookup(9, 2, 2, f.Tensor(normal(9, 2)), operator="MEAN"), (whole(2, 4, below=9), normal(2, 4), whole(2, 4, below=2))),
    "EmbeddingLookup": (lambda f: f.nn.EmbeddingLookup(4, 3, f.Tensor(normal(4, 3))), (np.array([[0, 3], [7, -1]], np.int32),)),
    "DenseThor": (lambda f: f.nn.DenseThor(4, 2, f.Tensor(normal(2, 4)), activation="relu"), (M,)),
    "EmbeddingThor": (lambda f: f.nn.EmbeddingThor(5, 3, embedding_table=f.Tensor(normal(5, 3))), (whole(2, 3),)),
    "EmbeddingLookupThor": (lambda f: f.nn.EmbeddingLookupThor(5, 3, f.Tensor(normal(5, 3))), (whole(2, 3),)),
    "Conv2dBnAct": (lambda f: f.nn.Conv2dBnAct(3, 2, 2, weight_init="ones", has_bn=True, activation="leakyrelu", alpha=0.3), (I,)),
    "DenseBnAct": (lambda f: f.nn.DenseBnAct(4, 2, "ones", "ones", has_bn=True, activation="sigmoid"), (M,)),
    "Linear": (lambda f: f.nn.Linear(4, 2, weight_init="ones", bias_init=0.5), (M,)),
    "MAELoss": (lambda f: f.nn.MAELoss("sum"), (M, V)),
    "RMSELoss": (lambda f: f.nn.RMSELoss(), (M, V)),
    "DiceLoss": (lambda f: f.nn.DiceLoss(0.1), (M, normal(4, 3).T)),
    "MultiClassDiceLoss": (lambda f: f.nn.MultiClassDiceLoss(), (V, probable(2, 3, 4))),
    "MultiClassDiceLoss ignoring": (lambda f: f.nn.MultiClassDiceLoss(f.Tensor(normal(3, 1)), 1, "relu"), (V, probable(2, 3, 4))),
    "FocalLoss": (lambda f: f.nn.FocalLoss(), (M, whole(3, 1, below=4))),
    "FocalLoss weighted": (lambda f: f.nn.FocalLoss(f.Tensor(WEIGHT), 1.5, "none"), (I, whole(2, 1, 6, 5))),
    "FocalLoss several": (lambda f: f.nn.FocalLoss(f.Tensor(WEIGHT), 2.0, "sum"), (I, whole(2, 3, 6, 5))),
    "SoftmaxCrossEntropyWithLogits": (lambda f: f.nn.SoftmaxCrossEntropyWithLogits(), (M, probable(3, 4))),
    "SoftmaxCrossEntropyWithLogits sum": (lambda f: f.nn.SoftmaxCrossEntropyWithLogits(False, "sum"), (M, probable(3, 4))),
    "SoftmaxCrossEntropyWithLogits sparse": (lambda f: f.nn.SoftmaxCrossEntropyWithLogits(True), (M, whole(3))),
    "SoftmaxCrossEntropyWithLogits sparse mean": (lambda f: f.nn.SoftmaxCrossEntropyWithLogits(True, "mean"), (M, whole(3))),
    "SampledSoftmaxLoss": (lambda f: f.nn.SampledSoftmaxLoss(2, 5, 1, tuple(map(f.Tensor, SAMPLED))), (normal(5, 4), normal(5), whole(3, 1), M)),
}  # fmt: skip
# MindSpore's own gradient of these isn't there on CPU, or there is none.
WITHOUT_GRADIENT = {
    "Range", "Range one", "Range fractions", "OneHot", "OneHot first", "EmbeddingThor", "EmbeddingLookup", "EmbeddingLookupThor",
    "MultiFieldEmbeddingLookup", "MultiFieldEmbeddingLookup max", "MultiFieldEmbeddingLookup mean", "Conv2dBnAct", "L1Regularizer",
    "SparseTensorDenseMatmul", "SparseTensorDenseMatmul adjoint", "Moments half", "FractionalMaxPool2d", "FractionalMaxPool2d ratio",
}  # fmt: skip


def made(framework: Any, make: Callable[[Any], Any], arrays: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """The layer, and its arguments as tensors."""
    return make(framework), [framework.Tensor(each) if isinstance(each, np.ndarray) else each for each in arrays]


def outputs(result: Any) -> list[Any]:
    return [(str(each.dtype), each.shape, each.asnumpy()) for each in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name: str, ours: Any, real: Any) -> None:
    found = []
    for framework in (ours, real):
        layer, tensors = made(framework, *CASES[name])
        results = outputs(layer(*tensors))
        if name not in WITHOUT_GRADIENT:

            def total(x: Any, rest: Any = tuple(tensors[1:]), layer: Any = layer) -> Any:
                result = layer(x, *rest)
                return (result[0] if isinstance(result, tuple) else result).sum()

            results += outputs(framework.grad(total)(tensors[0]))
        found.append((results, [(p.name, p.shape, p.requires_grad, p.asnumpy()) for p in layer.get_parameters()]))
    for mine, theirs in zip(*(results for results, _ in found), strict=True):
        assert mine[:2] == theirs[:2]
        # float16 has three digits; the others are those of float32 sums.
        np.testing.assert_allclose(mine[2], theirs[2], rtol=2e-3 if "16" in mine[0] else 1e-4, atol=2e-5)
    for mine, theirs in zip(*(parameters for _, parameters in found), strict=True):
        assert mine[:3] == theirs[:3]
        np.testing.assert_allclose(mine[3], theirs[3], rtol=1e-4, atol=1e-5, err_msg=mine[0])


SPD = np.array([[4.0, 12, -16], [12, 37, -43], [-16, -43, 98]], np.float32)
COUNT = np.arange(9.0, dtype=np.float32).reshape(1, 1, 3, 3)
TWO = np.stack([COUNT[0, 0], COUNT[0, 0] + 10])[None]

# Where MindSpore's release has no kernel on CPU: values from the definition, or from its documentation.
DEFINED: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...], Any]] = {
    "MatDet": (lambda f: f.nn.MatDet(), (SPD,), np.linalg.det(SPD.astype(np.float64))),
    "MatInverse": (lambda f: f.nn.MatInverse(), (SPD,), np.linalg.inv(SPD.astype(np.float64))),
    "MatrixDiag": (lambda f: f.nn.MatrixDiag(), (WEIGHT,), np.diag(WEIGHT)),
    "MatrixDiagPart": (lambda f: f.nn.MatrixDiagPart(), (V,), V.diagonal(axis1=1, axis2=2)),
    "MatrixSetDiag": (lambda f: f.nn.MatrixSetDiag(), (M[:, :3], WEIGHT), M[:, :3] * (1 - np.eye(3)) + np.diag(WEIGHT)),
    "Roll": (lambda f: f.nn.Roll([1, -1], [0, 1]), (M,), np.roll(M, (1, -1), (0, 1))),
    "Unfold": (lambda f: f.nn.Unfold([1, 2, 1, 1], [1, 1, 2, 1], [1, 2, 1, 1]), (TWO,),
               np.array([[[[0, 2]], [[10, 12]], [[6, 8]], [[16, 18]]]])),
    "Unfold same": (lambda f: f.nn.Unfold([1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "same"), (COUNT,),
                    np.array([[[[0, 2], [6, 8]], [[1, 0], [7, 0]], [[3, 5], [0, 0]], [[4, 0], [0, 0]]]])),
    "ClipByNorm axis": (lambda f: f.nn.ClipByNorm(1), (np.array([[3.0, 4], [0, 0]], np.float32), np.array(1.0, np.float32)),
                        np.array([[0.6, 0.8], [0, 0]])),
    "EmbeddingLookup norm": (lambda f: f.nn.EmbeddingLookup(2, 2, f.Tensor(np.array([[3.0, 4], [0.3, 0.4]], np.float32)), max_norm=1.0),
                             (np.array([0, 1], np.int32),), np.array([[0.6, 0.8], [0.3, 0.4]])),
    "PSNR": (lambda f: f.nn.PSNR(), (COUNT / 10, COUNT / 10 + 0.1), np.array([20.0])),
    "PSNR bytes": (lambda f: f.nn.PSNR(255), (COUNT.astype(np.uint8), COUNT.astype(np.uint8) + 1), np.array([48.1308])),
    "SSIM same": (lambda f: f.nn.SSIM(filter_size=3), (I, I), np.array([1.0, 1.0])),
    "MSSSIM same": (lambda f: f.nn.MSSSIM(power_factors=(0.3, 0.7), filter_size=2), (I, I), np.array([1.0, 1.0])),
    # The luminance of constant images: (2 · 0.4 · 0.8 + c) / (0.4² + 0.8² + c), c = (0.01 · 1)².
    "SSIM constant": (lambda f: f.nn.SSIM(), (np.full((1, 1, 11, 11), 0.4, np.float32), np.full((1, 1, 11, 11), 0.8, np.float32)),
                      np.array([(0.64 + 1e-4) / (0.8 + 1e-4)])),
    # A width of 255 with a mean of 0 and two points: the contrast alone, (2 s12 + c) / (s1² + s2² + c).
    "SSIM scale": (lambda f: f.nn.SSIM(2.0, 1), (np.full((1, 1, 1, 1), 1.0, np.float32), np.full((1, 1, 1, 1), 0.5, np.float32)),
                   np.array([(1 + 4e-4) / (1.25 + 4e-4)])),
    "L1LossExt": (lambda f: f.nn.L1LossExt("sum"), (M, M - 1), np.array(12.0)),
    "IGamma": (lambda f: f.nn.IGamma(), (np.array([1.0, 2.0], np.float32), np.array([1.0, 2.0], np.float32)),
               np.array([1 - np.exp(-1), 1 - 3 * np.exp(-2)])),
    "AvgPool1dExt": (lambda f: f.nn.AvgPool1dExt(2), (V,), V.reshape(2, 3, 2, 2).mean(-1)),
    "AvgPool2dExt": (lambda f: f.nn.AvgPool2dExt(2, divisor_override=1), (COUNT,), np.array([[[[8.0]]]])),
    "AvgPool3dExt": (lambda f: f.nn.AvgPool3dExt(2, padding=1), (np.ones((1, 1, 2, 2, 2), np.float32),), np.full((1, 1, 2, 2, 2), 0.125)),
    "MaxPool2dExt": (lambda f: f.nn.MaxPool2dExt(2, return_indices=True), (COUNT,), (np.array([[[[4.0]]]]), np.array([[[[4]]]]))),
    "LogSoftmaxExt": (lambda f: f.nn.LogSoftmaxExt(), (np.zeros((2, 4), np.float32),), np.full((2, 4), -np.log(4))),
    "LayerNormExt": (lambda f: f.nn.LayerNormExt(2), (np.array([[1.0, -1.0]], np.float32),), np.array([[1.0, -1.0]])),
    "PReLUExt": (lambda f: f.nn.PReLUExt(2), (np.array([[-4.0, 2.0]], np.float32),), np.array([[-1.0, 2.0]])),
    "EmbeddingExt": (lambda f: f.nn.EmbeddingExt(3, 4, _weight=f.Tensor(M)), (np.array([2, 0]),), M[[2, 0]]),
    "DropoutExt": (lambda f: f.nn.DropoutExt(), (M,), M),
    "Dropout2dExt": (lambda f: f.nn.Dropout2dExt(), (I,), I),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFINED)
def test_values_of_the_definition(name: str, ours: Any) -> None:
    make, arrays, expected = DEFINED[name]
    layer, tensors = made(ours, make, arrays)
    result = layer(*tensors)
    for mine, theirs in zip(*(each if isinstance(each, tuple) else (each,) for each in (result, expected)), strict=True):
        assert type(mine) is ours.Tensor
        np.testing.assert_allclose(mine.asnumpy(), theirs, rtol=1e-3 if name == "MatInverse" else 1e-4, atol=1e-5)


# What both refuse: when made, or when called.
REFUSED: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...]]] = {
    "LGamma of integers": (lambda f: f.nn.LGamma(), (whole(3),)),
    "Moments of integers": (lambda f: f.nn.Moments(), (whole(3),)),
    "Moments axis": (lambda f: f.nn.Moments("a"), ()),
    "Range delta": (lambda f: f.nn.Range(1, 2, 0), ()),
    "MatMul shapes": (lambda f: f.nn.MatMul(), (M, M)),
    "MatMul flag": (lambda f: f.nn.MatMul(1), ()),
    "L1Regularizer scale": (lambda f: f.nn.L1Regularizer(0), ()),
    "L1Regularizer type": (lambda f: f.nn.L1Regularizer("1"), ()),
    "Pad mode": (lambda f: f.nn.Pad(((1, 1),), "EDGE"), ()),
    "Pad list": (lambda f: f.nn.Pad([(1, 1)]), ()),
    "Pad axes": (lambda f: f.nn.Pad(((1, 1),)), (M,)),
    "Unfold format": (lambda f: f.nn.Unfold([2, 2, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]), ()),
    "Roll lengths": (lambda f: f.nn.Roll([1, 2], [0]), ()),
    "CentralCrop range": (lambda f: f.nn.CentralCrop(1.5), ()),
    "CentralCrop type": (lambda f: f.nn.CentralCrop(1), ()),
    "SSIM value": (lambda f: f.nn.SSIM(0), ()),
    "SSIM bytes": (lambda f: f.nn.SSIM(), (COUNT.astype(np.uint8), COUNT.astype(np.uint8))),
    "SSIM small": (lambda f: f.nn.SSIM(), (I, I)),
    "PSNR rank": (lambda f: f.nn.PSNR(), (M, M)),
    "MAELoss reduction": (lambda f: f.nn.MAELoss("average"), ()),
    "MAELoss array": (lambda f: f.nn.MAELoss(), (1, 2)),
    "RMSELoss bytes": (lambda f: f.nn.RMSELoss(), (COUNT.astype(np.uint8), COUNT)),
    "DiceLoss smooth": (lambda f: f.nn.DiceLoss(-1.0), ()),
    "DiceLoss shapes": (lambda f: f.nn.DiceLoss(), (M, V)),
    "MultiClassDiceLoss activation": (lambda f: f.nn.MultiClassDiceLoss(activation="gelu"), ()),
    "FocalLoss gamma": (lambda f: f.nn.FocalLoss(gamma=2), ()),
    "FocalLoss ranks": (lambda f: f.nn.FocalLoss(), (M, whole(3))),
    "FocalLoss one class": (lambda f: f.nn.FocalLoss(), (M[:, :1], whole(3, 1))),
    "SampledSoftmaxLoss many": (lambda f: f.nn.SampledSoftmaxLoss(9, 5), ()),
    "SampledSoftmaxLoss seed": (lambda f: f.nn.SampledSoftmaxLoss(2, 5, seed=-1), ()),
    "EmbeddingLookup target": (lambda f: f.nn.EmbeddingLookup(4, 2, target="GPU"), ()),
    "EmbeddingLookup sparse": (lambda f: f.nn.EmbeddingLookup(4, 2, sparse=False), ()),
    "MultiFieldEmbeddingLookup operator": (lambda f: f.nn.MultiFieldEmbeddingLookup(4, 2, 2, operator="MIN"), ()),
    "FractionalMaxPool2d nothing": (lambda f: f.nn.FractionalMaxPool2d(2), (I,)),
    "FractionalMaxPool2d ratio": (lambda f: f.nn.FractionalMaxPool2d(2, None, 1.5), (I,)),
    "TimeDistributed flat": (lambda f: f.nn.TimeDistributed(f.nn.Dense(4, 2), 1), (M,)),
    "TimeDistributed layer": (lambda f: f.nn.TimeDistributed(3, 1), ()),
    "Conv2dBnAct activation": (lambda f: f.nn.Conv2dBnAct(3, 2, 2, activation="none"), ()),
    "DenseBnAct flag": (lambda f: f.nn.DenseBnAct(3, 2, has_bn=1), ()),
    "get_activation": (lambda f: f.nn.get_activation("glu"), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, compare_errors: Callable[..., None]) -> None:
    def run(framework: Any) -> Any:
        layer, tensors = made(framework, *REFUSED[name])
        return layer(*tensors)

    compare_errors(run)


def test_own_loss(ours: Any, real: Any) -> None:
    """A subclass of LossBase, as programs write it."""
    for reduction in ("mean", "sum", "none"):
        found = []
        for framework in (ours, real):

            class Loss(framework.nn.LossBase):  # type: ignore[misc]
                def construct(self, x: Any, weights: Any) -> Any:
                    return self.get_loss((x * x).astype("float16"), weights)

            found.append(outputs(Loss(reduction)(framework.Tensor(M), framework.Tensor(probable(3, 4)))))
        (mine,), (theirs,) = found
        assert mine[:2] == theirs[:2]
        np.testing.assert_allclose(mine[2], theirs[2], rtol=2e-3)  # float16 has three digits


def test_drawn_classes(ours: Any) -> None:
    """No true class is among the drawn ones, none comes twice, and a seed repeats them."""
    uniform_candidates = ours.candidates.uniform_candidates
    true = ours.Tensor(np.array([[1], [3]]))
    for seed in range(1, 20):
        classes, of_true, of_drawn = uniform_candidates(true, 5, 8, seed)
        again = uniform_candidates(true, 5, 8, seed)[0]
        drawn = classes.asnumpy().tolist()
        assert len(set(drawn)) == 5
        assert not {1, 3} & set(drawn)
        assert drawn == again.asnumpy().tolist()
        assert of_true.shape == (2, 1)
        assert 0.5 < float(of_drawn[0]) < 1
    loss = ours.nn.SampledSoftmaxLoss(2, 5, 1)(ours.Tensor(normal(5, 4)), ours.Tensor(normal(5)), ours.Tensor(whole(3, 1)), ours.Tensor(M))
    assert loss.shape == (3,)


def test_noted_gradients(ours: Any) -> None:
    """What the layers of THOR note, by its definition."""
    dense = ours.nn.DenseThor(4, 2, ours.Tensor(normal(2, 4)))
    ours.grad(lambda x: (dense(x) ** 2).sum())(ours.Tensor(M))
    gradient = 2 * M @ normal(2, 4).T
    np.testing.assert_allclose(dense.matrix_g.asnumpy(), gradient.T @ gradient / 3, rtol=1e-4)
    convolution = ours.nn.Conv2dThor(3, 2, 3, weight_init="ones")
    ours.grad(lambda x: convolution(x).sum())(ours.Tensor(I))
    assert convolution.matrix_a_cov.shape == (27, 27)
    np.testing.assert_allclose(convolution.matrix_g_cov.asnumpy(), np.ones((2, 2)), rtol=1e-5)
    assert float(convolution.a_normalizer[0]) == 30
    table = ours.nn.EmbeddingThor(5, 3)
    ours.value_and_grad(lambda ids: table(ids).sum(), None, table.embedding_table)(ours.Tensor(np.array([1, 2, 2])))
    np.testing.assert_array_equal(table.matrix_a.asnumpy(), [0, 1, 2, 0, 0])
    np.testing.assert_allclose(table.matrix_g.asnumpy(), np.ones((3, 3)), rtol=1e-5)
