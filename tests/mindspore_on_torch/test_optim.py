"""Optimizers move the parameters along MindSpore's trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SAME = [
    "nn.SGD(p)",
    "nn.SGD(p, 0.1, 0.9)",
    "nn.SGD(p, 0.1, 0.9, 0.5, 0.1)",
    "nn.SGD(p, 0.1, 0.9, weight_decay=0.1, nesterov=True)",
    "nn.SGD(p, [0.1, 0.2, 0.05, 0.3])",
    "nn.SGD(p, Tensor([0.1, 0.2, 0.05, 0.3]))",
    "nn.SGD(p, Tensor(0.2))",
    "nn.SGD(p, 0.1, 0.9, loss_scale=4.0, weight_decay=0.1)",
    "nn.SGD([{'params': [p[0]], 'lr': 0.01, 'weight_decay': 0.2}, {'params': [p[1]]}], 0.1, 0.9, weight_decay=0.1)",
    "nn.SGD([{'params': [p[1]], 'lr': 0.01}, {'params': [p[0]]}, {'order_params': p}], 0.1, 0.9, weight_decay=0.1)",
    "nn.SGD([{'params': [p[0]], 'lr': [0.01, 0.02, 0.03, 0.04]}, {'params': [p[1]]}], 0.1)",
    "nn.Momentum(p, 0.1, 0.9, weight_decay=0.1)",
    "nn.Momentum(p, 0.1, 0.9, 0.1, 8.0)",
    "nn.Adam(p, 0.1)",
    "nn.Adam(p, 0.1, weight_decay=0.1)",
    "nn.Adam(p, 0.1, eps=1e-3)",
    "nn.Adam(p, 0.1, use_nesterov=True)",
    "nn.Adam(p, 0.1, use_amsgrad=True)",
    "nn.AdamWeightDecay(p, 0.1)",
    "nn.AdamWeightDecay(p, 0.1, weight_decay=0.1)",
    "nn.Adam(p, 0.1, use_lazy=True, weight_decay=0.1)",
    "nn.Adam(p, 0.1, use_offload=True, weight_decay=0.1)",
    "nn.Adam(p, 0.1, loss_scale=2.0, weight_decay=Decay())",
    "nn.Adam([{'params': p[:1], 'weight_decay': Decay()}, {'params': p[1:]}], 0.1, weight_decay=0.2)",
    "nn.AdamWeightDecay(p, 0.1, weight_decay=Decay())",
    "nn.AdamWeightDecay([{'params': p[:1], 'weight_decay': 0.1, 'lr': 0.5}, {'params': p[1:]}], [.1, .2, .3, .4])",
    "nn.LazyAdam(p, 0.1, weight_decay=0.1, use_nesterov=True)",
    "nn.AdamOffload(p, 0.1, weight_decay=0.1, loss_scale=2.0)",
    "nn.Adagrad(p)",
    "nn.Adagrad(p, 0.5, 0.1, weight_decay=0.1, loss_scale=4.0)",
    "nn.Adadelta(p)",
    "nn.Adadelta(p, 0.5, 0.8, 1e-3, 2.0, 0.1)",
    "nn.AdaMax(p, 0.1)",
    "nn.AdaMax(p, 0.1, 0.8, 0.9, 1e-3, 0.1, 2.0)",
    "nn.ASGD(p, 0.1)",
    "nn.ASGD(p, 0.1, 0.1, 0.5, 2.0, 0.1)",
    "nn.ASGD(p, [0.1, 0.2, 0.3, 0.4], 0.1, t0=1.0)",
    "nn.Rprop(p, 0.1)",
    "nn.Rprop(p, 0.1, (0.4, 1.5), (0.05, 0.2), 0.1)",
    "nn.Rprop(p, [0.1, 0.2, 0.3, 0.4])",
    "nn.RMSProp(p)",
    "nn.RMSProp(p, 0.1, 0.8, 0.5, 1e-3, weight_decay=0.1, loss_scale=2.0)",
    "nn.RMSProp(p, 0.1, 0.8, 0.5, 1e-3, centered=True)",
    "nn.FTRL(p)",
    "nn.FTRL(p, 0.2, 0.1, -0.4, 0.0, 0.02, weight_decay=0.1, loss_scale=2.0)",
    "nn.FTRL(p, 0.2, 0.1, 0.0)",
    "nn.ProximalAdagrad(p)",
    "nn.ProximalAdagrad(p, 0.2, 0.1, 0.01, 0.02, weight_decay=0.1, loss_scale=2.0)",
    "nn.AdaFactor(p)",
    "nn.AdaFactor(p, beta1=None, warmup_init=True)",
    "nn.AdaFactor(p, clip_threshold=0.1, decay_rate=0.5, eps=(1e-2, 5.0), loss_scale=4.0, weight_decay=0.3)",
    "nn.AdaFactor(p, relative_step=False, learning_rate=0.1, scale_parameter=False, compression=True)",
    "nn.SGD(iter(p), 1)",
    "nn.SGD(p, nn.ExponentialDecayLR(0.1, 0.5, 1))",
    "nn.SGD([{'params': [p[0]], 'lr': nn.CosineDecayLR(0.1, 0.5, 3)}, {'params': [p[1]], 'weight_decay': 0.3}], 0.1)",
    "nn.SGD([{'params': [p[0]]}, {'params': [p[1]], 'lr': [0.1, 0.2, 0.3, 0.4]}], Tensor([0.5, 0.4, 0.3, 0.2]))",
]

RAISED = [
    "nn.SGD([])",
    "nn.SGD(None)",
    "nn.SGD(3)",
    "nn.SGD([3])",
    "nn.SGD(p, -1.0)",
    "nn.SGD(p, momentum=-1.0)",
    "nn.SGD(p, momentum='a')",
    "nn.SGD(p, dampening=-1.0)",
    "nn.SGD(p, nesterov=True)",
    "nn.SGD(p, weight_decay=-1.0)",
    "nn.SGD(p, weight_decay='a')",
    "nn.SGD(p, loss_scale=0.0)",
    "nn.SGD(p, Tensor([[0.1]]))",
    "nn.SGD([{'params': p, 'foo': 1}])",
    "nn.SGD([p[0], p[0]])",
    "nn.Momentum(p, 0.1, 1)",
    "nn.Adam(p, beta1=1.0)",
    "nn.Adam(p, beta1=1)",
    "nn.Adam(p, eps=0.0)",
    "nn.SGD(p)((Tensor([1.0, 1.0]),))",
]


def made(ms: Any, text: str) -> tuple[list[Any], Any]:
    """Two parameters, one of which weight decay leaves out, and the optimizer."""
    values = ms.Tensor([1.0, -1.0]), ms.Tensor([[0.5]])
    parameters = [ms.Parameter(value, name=name) for value, name in zip(values, ("w", "ln.gamma"), strict=True)]

    class Decay(ms.nn.Cell):
        """Weight decay that grows with the step."""

        def construct(self, step: Any) -> Any:
            return step * 0.05 + 0.1

    return parameters, eval(text, {"p": parameters, "nn": ms.nn, "Tensor": ms.Tensor, "Decay": Decay})


def trajectory(ms: Any, text: str, steps: int = 4) -> Any:
    """The parameters after each step, with gradients that grow."""
    parameters, optimizer = made(ms, text)
    path = []
    for step in range(1, steps + 1):
        first = np.array([0.5, 0.1], np.float32) * step
        optimizer((ms.Tensor(first), ms.Tensor(np.array([[-0.3]], np.float32))))
        path.append([parameter.asnumpy().tolist() for parameter in parameters])
    return [ms.Tensor(np.array(point, np.float32).ravel()) for point in [np.hstack([np.ravel(p) for p in at]) for at in path]]


@pytest.mark.parametrize("text", SAME)
def test_trajectory(text: str, compare: Any) -> None:
    compare(lambda ms: trajectory(ms, text), tolerance=1e-5)


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(lambda ms: made(ms, text))


def test_nesterov_momentum_follows_the_manual(ours: Any, real: Any) -> None:
    """MindSpore 2.10's CPU kernel takes use_nesterov and computes plain momentum; its manual, and this, do not."""
    text = "nn.Momentum(p, 0.1, 0.9, use_nesterov=True)"
    documented = trajectory(ours, "nn.SGD(p, 0.1, 0.9, nesterov=True)")
    np.testing.assert_allclose(trajectory(ours, text)[-1].asnumpy(), documented[-1].asnumpy(), rtol=1e-6)
    plain = trajectory(ours, "nn.Momentum(p, 0.1, 0.9)")
    np.testing.assert_allclose(trajectory(real, text)[-1].asnumpy(), plain[-1].asnumpy(), rtol=1e-5)


def test_attributes(compare: Any) -> None:
    def case(ms: Any) -> Any:
        parameters, optimizer = made(ms, "nn.SGD(p, 0.1, 0.9)")
        ms.ops.assign(optimizer.learning_rate, ms.Tensor(0.5))
        moved = optimizer((ms.Tensor([1.0, 1.0]), ms.Tensor([[1.0]])))
        names = [parameter.name for parameter in optimizer.get_parameters()]
        return [moved, names, optimizer.global_step, len(optimizer.parameters), parameters[0]]

    compare(case)
