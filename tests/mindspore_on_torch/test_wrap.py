"""The training cells of mindspore.nn beside MindSpore's own; loss scaling, which has no CPU kernel there, by its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 1.0], [2.0, 1.0, 0.0], [1.0, 1.0, 1.0]], np.float32)
Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]], np.float32)
WEIGHT = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], np.float32)

# What is made of `n`, a layer, `l`, a layer with its loss, and `w`, its parameters, and is called with x and y.
CALLED = [
    "nn.WithLossCell(n, loss)(x, y)",
    "nn.WithLossCell(n, loss).backbone_network(x)",
    "nn.WithEvalCell(n, loss)(x, y)",
    "nn.WithEvalCell(n, loss, True)(x, y.astype(ms.float16))",
    "nn.WithGradCell(n, loss)(x, y)",
    "nn.WithGradCell(l)(x, y)",
    "nn.WithGradCell(n, loss, Tensor(2.0))(x, y)",
    "nn.WithGradCell(n, loss, 3.0)(x, y)",
    "nn.ForwardValueAndGrad(n)(x)",
    "nn.ForwardValueAndGrad(l, get_all=True)(x, y)",
    "nn.ForwardValueAndGrad(n, w, get_by_list=True)(x)",
    "nn.ForwardValueAndGrad(n, ms.ParameterTuple(w), True, True)(x)",
    "nn.ForwardValueAndGrad(n, sens_param=True)(x, y)",
    "nn.ForwardValueAndGrad(l, w, get_by_list=True, sens_param=True)(x, y, Tensor(2.0))",
    "nn.ForwardValueAndGrad(lambda a: (a * a).sum())(x)",
    "nn.TrainOneStepCell(l, nn.SGD(w, 0.1))(x, y)",
    "nn.TrainOneStepCell(l, nn.SGD(w, 0.1), sens=2)(x, y)",
    "nn.TrainOneStepCell(l, nn.SGD(w, 0.1), sens=Tensor(2.0))(x, y)",
    "nn.TrainOneStepCell(l, nn.Momentum(w, 0.1, 0.9, loss_scale=64.0), sens=64.0)(x, y)",
    "nn.TrainOneStepCell(l, nn.SGD(w, 0.1), return_grad=True)(x, y)[1]['weight']",
    "nn.TrainOneStepCell(n, nn.SGD(w, 0.1))(x)",
    "nn.ParameterUpdate(w[1])(Tensor([1.0, 2.0]))",
    "nn.ParameterUpdate(w[1])(Tensor([1.0, 2.0], ms.float16))",
    "nn.TimeDistributed(n, 1)(z)",
    "nn.TimeDistributed(n, 1, 0)(z)",
    "nn.TimeDistributed(n, 0, 1)(z)",
    "nn.TimeDistributed(nn.ReLU(), -1)(z)",
    "nn.TimeDistributed(nn.ReLU(), 1, 2)(z)",
    "nn.GradAccumulationCell(l, 2)(x, y)",
    "nn.MicroBatchInterleaved(l, 4)(x, y)",
    "nn.MicroBatchInterleaved(n)(x)",
    "nn.PipelineCell(l, 2)(x, y)",
    "nn.VirtualDatasetCellTriple(lambda a, b, c: a + b * c)(x, x, x)",
    "nn.FixedLossScaleUpdateCell(8.0).get_loss_scale()",
    "nn.FixedLossScaleUpdateCell(8.0)(Tensor(1.0), Tensor(True))",
    "nn.DynamicLossScaleUpdateCell(8.0, 2, 3).get_loss_scale()",
    "[p.name for p in nn.TrainOneStepCell(l, nn.SGD(w, 0.1, 0.9)).trainable_params()][:2]",
]

RAISED = [
    "nn.WithEvalCell(n, loss, 1)",
    "nn.ForwardValueAndGrad(3)",
    "nn.ForwardValueAndGrad(n, get_all=1)",
    "nn.ForwardValueAndGrad(n, get_by_list=True)",
    "nn.TrainOneStepCell(l, 3)",
    "nn.TrainOneStepCell(3, nn.SGD(w, 0.1))",
    "nn.TrainOneStepWithLossScaleCell(l, nn.SGD(w, 0.1), 3.0)",
    "nn.TrainOneStepWithLossScaleCell(l, nn.SGD(w, 0.1), Tensor([1.0, 2.0]))",
    "nn.ParameterUpdate(3)",
    "nn.ParameterUpdate(w[0])(Tensor([1.0]))",
    "nn.GradAccumulationCell(l, 3)(x, y)",
    "nn.MicroBatchInterleaved(l, 3)(x, y)",
    "nn.AdaSumByGradWrapCell(nn.SGD(w, 0.1))",
]
REFUSED = ["nn.thor(n, 0.1, 0.1, 0.9)", "nn.OptTFTWrapper(nn.SGD(w))", "nn.GetNextSingleOp([], [], 'q')", "nn.PipelineGradReducer(w)"]


def names(ms: Any) -> dict[str, Any]:
    """What the texts above call."""

    class Loss(ms.nn.Cell):
        """The mean of squares."""

        def construct(self, output: Any, label: Any) -> Any:
            return ((output - label) * (output - label)).mean()

    layer = ms.nn.Dense(3, 2, weight_init=ms.Tensor(WEIGHT), bias_init="zeros")
    tensors = {"x": ms.Tensor(X), "y": ms.Tensor(Y), "z": ms.Tensor(np.sin(np.arange(24, dtype=np.float32)).reshape(2, 4, 3))}
    made = {"n": layer, "l": ms.nn.WithLossCell(layer, Loss()), "w": layer.trainable_params(), "loss": Loss()}
    # MindSpore asks a function's globals for their name.
    return {"__name__": __name__, "ms": ms, "nn": ms.nn, "Tensor": ms.Tensor, **tensors, **made}


@pytest.mark.parametrize("text", CALLED)
def test_result_and_parameters(text: str, compare: Any) -> None:
    def case(ms: Any) -> Any:
        known = names(ms)
        return [eval(text, known), known["w"]]

    compare(case)


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(lambda ms: eval(text, names(ms)))


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str, ours: Any) -> None:
    with pytest.raises(NotImplementedError, match=text.partition("(")[0].partition(".")[2]):
        eval(text, names(ours))


def test_dynamic_loss_scale(compare: Any) -> None:
    def case(ms: Any) -> Any:
        update, scale = ms.nn.DynamicLossScaleUpdateCell(16.0, 2, 3), ms.Parameter(ms.Tensor(16.0), name="scale")
        path = []
        for overflow in (False, False, False, True, True, False, False, False, False, True, True, True):
            path.append([update(scale, ms.Tensor(overflow)), float(scale.asnumpy()), update.cur_iter, update.last_overflow_iter])
        return [path, [parameter.name for parameter in update.get_parameters()]]

    compare(case)


@pytest.mark.parametrize("scale", ["Tensor(1024.0)", "Tensor([1024.0])", "nn.FixedLossScaleUpdateCell(1024.0)"])
def test_scaled_steps_are_plain_ones(scale: str, ours: Any) -> None:
    """By definition: scaling falls out again where nothing overflows."""
    scaled, plain = names(ours), names(ours)
    step = eval(f"nn.TrainOneStepWithLossScaleCell(l, nn.SGD(w, 0.1, 0.9), {scale})", scaled)
    other = eval("nn.TrainOneStepCell(l, nn.SGD(w, 0.1, 0.9))", plain)
    for _ in range(3):
        loss, overflow, used = step(scaled["x"], scaled["y"])
        np.testing.assert_allclose(loss.asnumpy(), other(plain["x"], plain["y"]).asnumpy(), rtol=1e-6)
        assert (bool(overflow), float(used)) == (False, 1024.0)
    np.testing.assert_allclose(scaled["w"][0].asnumpy(), plain["w"][0].asnumpy(), rtol=1e-6)


def test_a_step_that_overflows_is_left_out(ours: Any) -> None:
    """By definition: no update, and half the scale for the next step."""
    known = names(ours)
    step = eval("nn.TrainOneStepWithLossScaleCell(l, nn.SGD(w, 0.1), nn.DynamicLossScaleUpdateCell(2.0**10, 2, 2))", known)
    _, overflow, used = step(ours.Tensor(np.full_like(X, 1e30)), known["y"])
    assert (bool(overflow), float(used), float(step.scale_sense)) == (True, 1024.0, 512.0)
    np.testing.assert_array_equal(known["w"][0].asnumpy(), WEIGHT)
    found = [float(step(known["x"], known["y"])[2]) for _ in range(4)]
    assert found == [512.0, 512.0, 1024.0, 1024.0]
    step.set_sense_scale(ours.Tensor(8.0))
    assert float(step.scale_sense) == 8.0
    with pytest.raises(TypeError):
        step.set_sense_scale(8.0)


def test_gradients_are_divided_between_devices(ours: Any) -> None:
    """By definition: MindSpore's own needs a group of processes."""
    known = names(ours)
    gradients = (known["x"], known["y"])
    assert ours.nn.DistributedGradReducer(known["w"])(gradients) is gradients
    halved = ours.nn.DistributedGradReducer(known["w"], True, 2)(gradients)
    np.testing.assert_allclose(halved[0].asnumpy(), X / 2)
    with pytest.raises(ValueError, match="degree"):
        ours.nn.DistributedGradReducer(known["w"], True, 0)
