"""The metrics of mindspore.train, beside MindSpore's own, which compute in NumPy too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

RNG = np.random.default_rng(0)
SCORES, OTHER = RNG.random((6, 3)).astype(np.float32), RNG.random((6, 3)).astype(np.float32)
CLASSES = np.array([0, 2, 1, 1, 0, 2])
ONE_HOT = np.eye(3)[CLASSES]
LABELS, LABELS_2 = (RNG.random((6, 3)) > 0.5).astype(int), (RNG.random((6, 3)) > 0.5).astype(int)
DEEP, DEEP_CLASSES = SCORES.reshape(2, 3, 3), np.array([[0, 1, 2], [2, 1, 0]])
DEEP_LABELS = np.stack([LABELS, LABELS_2], 2), np.stack([LABELS_2, LABELS], 2)
TIED = [[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]
PROBABILITIES = np.array([[0.2, 0.5, 0.3], [0.3, 0.1, 0.6], [0.9, 0.06, 0.04]])
WORDS, TRUTH = np.array([1, 0, 1]), (SCORES > 0.5).astype(int)
ROWS = np.array([[1, 3, 4, 7], [2, 4, 2, 5], [3, 1, 5, 8]])
SAID = ["the", "cat", "is", "on", "the", "mat"]
KNOWN = [["there", "is", "a", "cat", "on", "the", "mat"], ["a", "cat", "is", "on", "the", "mat"]]
COLUMN, COLUMN_CLASSES = np.array([0.28, 0.55, 0.15, 0.05, 0.55, 0.3]), np.array([0, 1, 0, 1, 1, 0])
TABLE = np.array([[0.28, 0.55, 0.15, 0.05], [0.1, 0.2, 0.05, 0.05], [0.2, 0.05, 0.15, 0.05], [0.05, 0.05, 0.05, 0.75]])
PREDICTED, TRUE = np.array([1, 0, 1, 0, 2]), np.array([1, 0, 0, 1, 2])
SMALL, SMALL_2 = np.array([[3, 0, 1], [1, 3, 0], [1, 0, 2]]), np.array([[0, 2, 1], [1, 2, 1], [0, 0, 1]])
IMAGE, IMAGE_2, VOLUME, VOLUME_2 = np.zeros((12, 14), int), np.zeros((12, 14), int), np.zeros((6, 7, 8), int), np.zeros((6, 7, 8), int)
IMAGE[2:7, 3:9], IMAGE_2[4:10, 1:6], IMAGE_2[0, 13], VOLUME[1:4, 2:5, 3:7], VOLUME_2[2:5, 1:5, 2:5] = 1, 1, 1, 1, 1
ONES = np.ones((4, 5), int)
CELLS = np.array([[[0, 1, 1], [1, 0, 1]], [[1, 1, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 1]]])
CELLS_2 = np.array([[[0, 1, 0], [0, 0, 1]], [[0, 1, 1], [1, 0, 1]], [[1, 0, 0], [0, 1, 1]]])
FOUR = np.eye(3, dtype=int)[[0, 1, 2, 0]], np.eye(3, dtype=int)[[0, 2, 2, 1]]
RATES = ("sensitivity", "recall", "hit rate", "true positive rate", "specificity", "selectivity", "precision", "positive predictive value",
         "negative predictive value", "miss rate", "fall out", "false discovery rate", "false omission rate", "prevalence threshold",
         "threat score", "critical success index", "accuracy", "balanced accuracy", "F1 score", "matthews correlation coefficient",
         "fowlkes mallows index", "informedness", "bookmaker_informedness", "markedness", "deltap", "TPR", "tnr", "csi", "for")  # fmt: skip

# Metric, arguments, batches, arguments of eval.
VALUES: list[tuple[Any, ...]] = [
    *((name, (), batches) for name in ("Accuracy", "Precision", "Recall", "F1") for batches in (
        [(SCORES, CLASSES)], [(SCORES, ONE_HOT)], [(SCORES.tolist(), ONE_HOT.astype(int).tolist())], [(SCORES, CLASSES), (SCORES[::-1], CLASSES)],
        [(DEEP, DEEP_CLASSES)], [(SCORES, CLASSES - 1)], [(np.eye(4)[[0, 1, 1]], np.array([0, 1, 0]))])),
    ("Accuracy", (), [(SCORES, CLASSES.astype(np.float32))]),
    *((name, ("multilabel",), batches) for name in ("Accuracy", "Precision", "Recall") for batches in (
        [(LABELS, LABELS_2)], [DEEP_LABELS], [(LABELS, LABELS), (LABELS_2[:2], LABELS[:2])])),
    *((name, ("multilabel",), [(LABELS, LABELS_2), (LABELS_2[:2], LABELS[:2])], {"average": True}) for name in ("Precision", "Recall")),
    *((name, arguments, [(SCORES, CLASSES)], {"average": True}) for name, arguments in (("Precision", ()), ("Recall", ()), ("Fbeta", (2,)))),
    *(("Fbeta", (beta,), [(SCORES, CLASSES), (SCORES[::-1], CLASSES)]) for beta in (1, 2, 0.5)),
    *(("TopKCategoricalAccuracy", (k,), batches) for k in (1, 2) for batches in (
        [(SCORES, CLASSES)], [(SCORES, ONE_HOT)], [(SCORES, CLASSES), (OTHER, CLASSES)], [(TIED, [2, 1])], [(TIED, [0, 0])])),
    ("Top1CategoricalAccuracy", (), [(SCORES, CLASSES)]), ("Top5CategoricalAccuracy", (), [(TABLE.repeat(2, 1), CLASSES[:4])]),
    *((name, (), batches) for name in ("MAE", "MSE") for batches in (
        [(SCORES, OTHER)], [(SCORES, OTHER), (OTHER[:1], SCORES[:1])], [([1, 2], [2, 4])], [(SCORES.astype(float), OTHER)])),
    *(("Loss", (), batches) for batches in ([(np.array(0.2),)], [([0.2, 0.4],), (np.array(0.7, np.float32),)], [(SCORES[0],)])),
    *(("Dice", arguments, batches) for arguments in ((), (0.1,)) for batches in (
        [(SCORES, TRUTH)], [(SCORES, TRUTH), (OTHER, TRUTH)], [(SCORES, OTHER)], [(DEEP, TRUTH.reshape(2, 3, 3))], [(SCORES, TRUTH > 0)])),
    *(("Perplexity", arguments, batches) for arguments in ((), (1,), (0,), (-1,)) for batches in (
        [(PROBABILITIES, WORDS)], [(PROBABILITIES, WORDS), (PROBABILITIES[::-1], WORDS)], [(PROBABILITIES * 0, WORDS.astype(np.float32))])),
    *(("CosineSimilarity", (similarity, reduction, diagonal), [(OTHER,), (ROWS,)])
      for similarity in ("cosine", "dot") for reduction in ("none", "sum", "mean") for diagonal in (True, False)),
    *(("BleuScore", (n, smooth), batches) for n in (1, 2, 3, 4) for smooth in (False, True) for batches in (
        [([SAID], [KNOWN])], [([SAID], [KNOWN]), ([SAID[::-1], SAID], [KNOWN, KNOWN])], [([SAID[:3]], [KNOWN])], [([["x", "y"]], [KNOWN])],
        [([SAID[:4]], [[SAID[:2], SAID]])], [([SAID[:4]], [[SAID, SAID[:2]]])], [([], [])])),
    *(("ROC", (None, label), batches) for label in (None, 0, 1) for batches in (
        [(COLUMN, COLUMN_CLASSES)], [(COLUMN.astype(np.float32), COLUMN_CLASSES)], [(COLUMN, COLUMN_CLASSES), (COLUMN[::-1], COLUMN_CLASSES)])),
    ("ROC", (4,), [(TABLE, np.arange(4))]), ("ROC", (None, 2), [(SMALL, SMALL_2)]), ("ROC", (1,), [(TABLE[:, :1], TABLE[:, :1] > 0.1)]),
    *(("ConfusionMatrix", (3, normalize), batches) for normalize in ("no_norm", "target", "prediction", "all") for batches in (
        [(PREDICTED, TRUE)], [(PREDICTED, TRUE), (TRUE, PREDICTED[::-1])], [(SCORES, CLASSES)], [(DEEP, DEEP_CLASSES)],
        [(LABELS, LABELS_2)], [(SCORES, LABELS)])),
    ("ConfusionMatrix", (4, "target"), [(PREDICTED, TRUE)]),
    *(("ConfusionMatrix", (2, "no_norm", threshold), [([0.1, 0.5, 0.3, 0.9], [0, 1, 1, 1])]) for threshold in (0.5, 0.2, 2.0)),
    *(("ConfusionMatrixMetric", (skip, name), [(CELLS, CELLS_2), (CELLS_2, CELLS)]) for name in RATES for skip in (True, False)),
    *(("ConfusionMatrixMetric", (skip, name, True, decrease), [(CELLS, CELLS_2), (CELLS_2, CELLS)])
      for name in ("recall", "mcc", "pt", "f1") for skip in (True, False) for decrease in ("mean", "sum")),
    *(("ConfusionMatrixMetric", (False, "recall", True, decrease), [(CELLS[:1], CELLS_2[:1])])
      for decrease in ("none", "sum_batch", "sum_channel", "mean_channel")),
    *(("ConfusionMatrixMetric", (skip, "recall"), batches) for skip in (True, False) for batches in (
        [(CELLS[:, 0], CELLS_2[:, 0])], [FOUR], [(CELLS[:, :1], CELLS_2[:, :1])], [(CELLS * 0, CELLS_2 * 0)], [(CELLS * 0.9, CELLS_2)], [])),
    *((name, arguments, batches) for name, more in (
        ("HausdorffDistance", [{}, {"directed": True}, {"percentile": 95.0}, {"percentile": 50.0, "directed": True}, {"crop": False}]),
        ("MeanSurfaceDistance", [{}, {"symmetric": True}]), ("RootMeanSquareDistance", [{}, {"symmetric": True}]))
      for arguments in ({"distance_metric": metric, **item} for item in more for metric in ("euclidean", "chessboard", "taxicab"))
      for batches in ([(SMALL, SMALL_2, 0)], [(IMAGE, IMAGE_2, 1)], [(IMAGE, IMAGE_2, 0)], [(VOLUME, VOLUME_2, 1.0)],
                      [(SMALL, SMALL_2, 0), (SMALL_2, SMALL, True)], [(SMALL, SMALL, 1)], [(ONES, IMAGE_2[3:7, :5], 1)])),
    *((name, (), [(SMALL, SMALL_2, 3)]) for name in ("HausdorffDistance", "MeanSurfaceDistance", "RootMeanSquareDistance")),
]  # fmt: skip

# Metric, arguments, batches: where both raise.
ERRORS: list[tuple[Any, ...]] = [
    *((name, ("x",), []) for name in ("Accuracy", "Precision", "Recall")),
    *((name, (), batches) for name in ("Accuracy", "Precision", "Recall", "F1") for batches in (
        [], [(SCORES, CLASSES, CLASSES)], [(SCORES, CLASSES), (SCORES[:, :2], CLASSES % 2)], [(SCORES, CLASSES[:4])], [(SCORES[:, 0], CLASSES)],
        [("ab", "cd")], [((1, 2), (3, 4))], [(SCORES[:0], CLASSES[:0])])),
    *((name, (), [(SCORES, labels)]) for name in ("Precision", "Recall", "F1") for labels in (CLASSES + 2, CLASSES.astype(np.float32))),
    *((name, ("multilabel",), batches) for name in ("Accuracy", "Precision", "Recall") for batches in (
        [(SCORES, LABELS)], [(LABELS, CLASSES)])),
    *((name, (), [(SCORES, CLASSES)], {"average": 1}) for name in ("Precision", "Recall", "F1")),
    *(("Fbeta", (beta,), []) for beta in (0, -1, "a", None)),
    *(("TopKCategoricalAccuracy", (k,), [(SCORES, CLASSES)]) for k in (0, -1, 1.5, "a", 4)),
    *(("TopKCategoricalAccuracy", (2,), batches) for batches in ([], [(SCORES, CLASSES, CLASSES)], [(SCORES, CLASSES[:4])])),
    *((name, (), batches) for name in ("MAE", "MSE") for batches in (
        [], [(SCORES,)], [(SCORES, OTHER[:1])], [("a", "b")], [(np.array(1.0), np.array(2.0))], [(np.float32(1), np.float32(2))])),
    *(("Loss", (), batches) for batches in ([], [()], [(SCORES,)], [(0.2,)], [(SCORES, OTHER)])),
    *(("Dice", (smooth,), []) for smooth in (1, "a", None, True)), ("Dice", (), []), ("Dice", (), [(SCORES, OTHER[:3])]), ("Dice", (), [(SCORES,)]),
    *(("Perplexity", (label,), []) for label in ("a", 1.5)),
    *(("Perplexity", (), batches) for batches in ([], [(PROBABILITIES,)], [(PROBABILITIES, WORDS[:2])], [(PROBABILITIES, WORDS + 2)])),
    ("Perplexity", (1,), [(PROBABILITIES[:1], WORDS[:1])]),
    *(("CosineSimilarity", arguments, []) for arguments in (("x",), ("dot", "x"), ("dot", "none", 1), ())),
    ("CosineSimilarity", (), [(ROWS[0],)]), ("CosineSimilarity", (), [(ROWS, ROWS)]),
    *(("BleuScore", arguments, []) for arguments in ((0,), (5,), (1.0,), ("a",), (True,), (4, 1), ())),
    ("BleuScore", (), [([SAID, SAID], [KNOWN])]), ("BleuScore", (), [([SAID],)]),
    *(("ROC", arguments, [(COLUMN, COLUMN_CLASSES)]) for arguments in (("a",), (1.5,), (True,), (None, 1.5), (3,))),
    *(("ROC", (), batches) for batches in (
        [], [(COLUMN,)], [(TABLE, np.arange(4))], [(COLUMN, COLUMN_CLASSES * 0)], [(COLUMN, COLUMN_CLASSES * 0 + 1)],
        [(TABLE.reshape(2, 2, 4), np.arange(2))], [(COLUMN, COLUMN_CLASSES[:3])])),
    ("ROC", (4, 1), [(TABLE, np.arange(4))]), ("ROC", (3,), [(TABLE, np.arange(4))]),
    *(("ConfusionMatrix", arguments, []) for arguments in ((3,), (-1,), (1.5,), (True,), (3, "x"), (3, "label"), (3, None), (3, "all", 1))),
    *(("ConfusionMatrix", (2,), batches) for batches in (
        [(PREDICTED, TRUE)], [(PREDICTED,)], [(PREDICTED % 2, TRUE[:3] % 2)], [(PREDICTED, np.stack([TRUE, TRUE], 1))], [(DEEP, CLASSES[:2])])),
    *(("ConfusionMatrixMetric", arguments, [(CELLS, CELLS_2)]) for arguments in (
        (3,), (True, 3), (True, "youden"), (True, "recall", 3), (True, "recall", True, "x"), (True, "recall", True, None),
        (True, "recall", True, "none"), (True, "recall", True, "sum_channel"))),
    *(("ConfusionMatrixMetric", arguments, batches) for arguments in ((), (True, "recall", True)) for batches in (
        [(CELLS,)], [(CELLS[:2], CELLS_2)], [(CELLS[0, 0], CELLS_2[0, 0])])),
    *(("ConfusionMatrixMetric", (True, "recall", True), batches) for batches in ([], [FOUR], [(CELLS * 0, CELLS_2 * 0)])),
    *((name, {"distance_metric": metric}, []) for name in ("HausdorffDistance", "MeanSurfaceDistance", "RootMeanSquareDistance")
      for metric in ("x", 3, "euclidean")),
    *((name, (), [batch]) for name in ("HausdorffDistance", "MeanSurfaceDistance", "RootMeanSquareDistance") for batch in (
        (SMALL, SMALL_2, "a"), (SMALL, SMALL_2, 9), (SMALL, SMALL_2[:2], 0), (SMALL, SMALL_2), (SMALL, SMALL_2, np.int64(1)))),
    *((name, {"symmetric": 1}, []) for name in ("MeanSurfaceDistance", "RootMeanSquareDistance")),
    *(("HausdorffDistance", arguments, [(IMAGE, IMAGE_2, 1)]) for arguments in (
        {"percentile": 50}, {"percentile": 101.0}, {"percentile": "a"}, {"directed": 1}, {"crop": 1})),
]  # fmt: skip


def made(train: Any, name: str, arguments: Any) -> Any:
    kind = getattr(train, name)
    return kind(**arguments) if isinstance(arguments, dict) else kind(*arguments)


def result(framework: Any, name: str, arguments: Any, batches: Any, asked: Any = None, tensors: bool = False) -> Any:
    metric = made(framework.train, name, arguments)
    metric.clear()
    for batch in batches:
        metric.update(*(framework.Tensor(item) if tensors and isinstance(item, np.ndarray) else item for item in batch))
    return metric.eval(**(asked or {}))


def described(value: Any) -> Any:
    """Values with their dtypes and shapes; of a single number only the value."""
    if isinstance(value, (tuple, list)):
        return [described(item) for item in value]
    return (str(value.dtype), value.shape, value.tolist()) if isinstance(value, np.ndarray) and value.ndim else float(value)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:divide by zero:RuntimeWarning")  # MindSpore's
@pytest.mark.parametrize("tensors", [False, True])
def test_values(ours: Any, real: Any, tensors: bool) -> None:
    different = []
    for case in VALUES:
        mine, theirs = (described(result(framework, *case, tensors=tensors)) for framework in (ours, real))
        if not close(mine, theirs):
            different.append((case, mine, theirs))
    assert not different


def close(mine: Any, theirs: Any) -> bool:
    if isinstance(theirs, (tuple, list)):
        return len(mine) == len(theirs) and all(map(close, mine, theirs))
    return mine == theirs if isinstance(theirs, str) else bool(np.isclose(mine, theirs, rtol=1e-6, equal_nan=True))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case[0]}-{case[1]!r:.30}")
def test_errors(compare_errors: Any, case: Any) -> None:
    compare_errors(lambda framework: result(framework, *case))


AREAS: list[tuple[Any, ...]] = [
    ([0, 0.5, 1], [0, 0.7, 1]), ([1, 0.5, 0], [1, 0.7, 0]), ([0, 1, 0.5], [0, 0.7, 1], True), ([0, 0.5, 0.5, 1], [0, 0.9, 0.7, 1], True),
    ([0, 1, 2], [0, 1, 3]), ([1.0, 1, 1], [0, 0.7, 1]), ([[0], [1]], [[2], [3]]),
]  # fmt: skip


def test_auc(compare: Any, compare_errors: Any) -> None:
    for x, y, *reorder in AREAS:
        compare(lambda f, x=x, y=y, reorder=reorder: f.train.auc(np.array(x), np.array(y), *reorder))
    for x, y in [([0, 1, 0.5], [0, 0.7, 1]), ([0, 1], [0, 0.7, 1]), ([0], [0]), (np.ones((2, 2)), np.ones((2, 2)))]:
        compare_errors(lambda f, x=x, y=y: f.train.auc(np.array(x), np.array(y)))
        compare_errors(lambda f, x=x, y=y: f.train.auc(list(x), list(y)))


LINE = np.array([[0.1, 0.2, 0.3, 0.4]], np.float32)
OCCLUSIONS: list[dict[str, Any]] = [{}, {"margin": 1}, {"pad_val": 1.0}, {"n_batch": 3}, {"b_box": [1, 2]}, {"b_box": [-1, -1]}]
OCCLUSION_ERRORS: list[dict[str, Any]] = [
    {"pad_val": 1}, {"margin": 1.5}, {"n_batch": 1.5}, {"b_box": (1, 2)}, {"b_box": [0, 4]}, {"b_box": [2, 1]}, {"b_box": [1, 2, 3]}]  # fmt: skip


def test_occlusion_sensitivity(ours: Any, real: Any, compare_errors: Any) -> None:
    def score(framework: Any, image: Any = LINE, label: Any = np.array(0), model: Any = None, **arguments: Any) -> Any:  # noqa: B008
        weight = framework.Tensor(np.arange(8, dtype=np.float32).reshape(2, 4) / 8)
        metric = framework.train.OcclusionSensitivity(**arguments)
        metric.update(model or framework.nn.Dense(4, 2, weight_init=weight, bias_init="zeros"), image, label)
        return metric.eval()

    for arguments in OCCLUSIONS:
        np.testing.assert_allclose(score(ours, **arguments), score(real, **arguments), rtol=1e-5, atol=1e-6)
    for arguments in [*OCCLUSION_ERRORS, {"image": LINE.repeat(2, 0)}, {"label": np.array([0, 1])}, {"label": 1}, {"model": "a"}]:
        compare_errors(lambda framework, arguments=arguments: score(framework, **arguments))
    compare_errors(lambda framework: framework.train.OcclusionSensitivity().eval())


def test_which_inputs_are_used(ours: Any, compare: Any, compare_errors: Any) -> None:
    pair = np.array([1.0, 2.0]), np.array([3.0, 3.0])
    for indexes in ([2, 0], [-1, 0], [0, 1]):
        compare(lambda f, indexes=indexes: indexed(f, indexes, (*pair, np.zeros(2))))
    for wrong in ("a", (0, 1), [0.0, 1], None):
        compare_errors(lambda f, wrong=wrong: f.train.MAE().set_indexes(wrong))
    for indexes in ([2], [2, 5], [0, 1, 0]):
        compare_errors(lambda f, indexes=indexes: indexed(f, indexes, (*pair, np.zeros(2))))

    class Mine(ours.train.Metric):  # type: ignore[misc]
        def clear(self) -> None:
            self.seen: Any = None

        @ours.train.rearrange_inputs
        def update(self, *inputs: Any) -> None:
            self.seen = inputs

        def eval(self) -> Any:
            return self.seen

    mine = Mine().set_indexes([1, 0])
    mine.update(5, 9)
    assert mine.eval() == (9, 5)
    compare_errors(lambda f: f.train.Metric())


def indexed(framework: Any, indexes: Any, batch: Any) -> Any:
    metric = framework.train.MAE().set_indexes(indexes)
    metric.update(*batch)
    return metric.indexes, metric.eval()


def test_by_name(ours: Any, real: Any, compare: Any) -> None:
    compare(lambda f: f.train.names())
    for name in ours.train.names():
        arguments = {"topk": (2,), "auc": (np.array([0, 1.0]), np.array([0, 1.0])), "confusion_matrix": (3,)}.get(name, ())
        kinds = {type(f.train.get_metric_fn(name, *arguments)).__name__ for f in (ours, real)}
        assert len(kinds) == 1
    for framework in (ours, real):
        get = framework.train.get_metrics if framework is ours else real.train.metrics.get_metrics
        assert get(None) is None
        assert type(get({"acc"})["acc"]) is framework.train.Accuracy
        for wrong in (["acc"], "acc", {"a": 3}, {3: framework.train.Accuracy()}, {"auc"}):
            with pytest.raises(TypeError):
                get(wrong)
        for unknown in ("nope", {"nope"}):
            with pytest.raises(KeyError):
                (framework.train.get_metric_fn if unknown == "nope" else get)(unknown)
