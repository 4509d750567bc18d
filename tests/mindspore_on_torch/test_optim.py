"""Optimizers move the parameters along MindSpore's trajectories."""

from __future__ import annotations

import copy
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
    "nn.SGD(p)((Tensor([1.0, 1.0, 1.0]), Tensor([[1.0]])))",
    "nn.Adam(p)((Tensor([1.0, 1.0, 1.0]), Tensor([[1.0]])))",
    "nn.SGD(p, 'a')",
    "nn.SGD(p, weight_decay=Decay())",
    "nn.SGD([{'params': []}])",
    "nn.SGD([{'params': [3]}])",
    "nn.SGD([{'params': p}, {'params': p}])",
    "nn.SGD([{'params': p}, p[0]])",
    "nn.SGD([{'params': p, 'grad_centralization': 1}])",
    "nn.SGD([{'params': p}, {'order_params': p[:1]}])",
    "nn.SGD([{'params': p}, {'order_params': p, 'lr': 0.1}])",
    "nn.SGD([{'params': p[:1], 'lr': [0.1, 0.2]}, {'params': p[1:], 'lr': [0.1, 0.2, 0.3]}])",
    "nn.SGD(p[:1]).get_lr_parameter(p[1])",
    "nn.SGD(p).get_lr_parameter(3)",
    "nn.Momentum(p, 0.1, 0.9, use_nesterov=1)",
    "nn.Adam(p, use_lazy=True, use_offload=True)",
    "nn.Adam(p, foo=1)",
    "nn.LazyAdam(p, weight_decay=Decay())",
    "nn.Adagrad(p, accum=-0.1)",
    "nn.Adagrad(p, update_slots=1)",
    "nn.Adadelta(p, rho=1.1)",
    "nn.AdaMax(p, eps=0.0)",
    "nn.ASGD(p, t0=1)",
    "nn.Rprop(p, etas=[0.5, 1.2])",
    "nn.Rprop(p, etas=(1.5, 1.2))",
    "nn.Rprop(p, step_sizes=(1.0, 0.5))",
    "nn.RMSProp(p, epsilon=0.0)",
    "nn.RMSProp(p, centered=1)",
    "nn.FTRL(p, lr_power=0.1)",
    "nn.FTRL(p, learning_rate=[0.1])",
    "nn.ProximalAdagrad(p, l1=-0.1)",
    "nn.Lamb(p, 0.1, eps=0.0)",
    "nn.LARS(nn.SGD(p), use_clip=1)",
    "nn.AdaFactor(p, learning_rate=0.1)",
    "nn.AdaFactor(p, eps=1e-3)",
    "nn.AdaFactor(p, decay_rate=1.0)",
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


READ = [
    "nn.Adam(p)",
    "nn.Adam(p, [0.1, 0.2])",
    "nn.Adam(p, nn.WarmUpLR(0.1, 5), weight_decay=0.1)",
    "nn.Adam([{'params': p[:1], 'lr': 0.2}, {'params': p[1:]}])",
    "nn.Adam([{'params': p[:1], 'lr': [0.2, 0.3]}, {'params': p[1:]}])",
    "nn.Adam(p, weight_decay=Decay(), loss_scale=2.0)",
    "nn.Adam([{'params': p[:1], 'weight_decay': Decay()}, {'params': p[1:]}])",
    "nn.AdamWeightDecay(p)",
    "nn.ASGD(p)",
    "nn.RMSProp(p, centered=True)",
    "nn.AdaFactor(p)",
    "nn.FTRL(p, weight_decay=0.1)",
    "nn.Lamb(p, 0.1)",
    "nn.Rprop(p)",
]


@pytest.mark.parametrize("text", READ)
def test_what_programs_read(text: str, compare: Any) -> None:
    def case(ms: Any) -> Any:
        parameters, optimizer = made(ms, text)
        rates, decays = optimizer.get_lr(), optimizer.get_weight_decay()
        flags = [optimizer.dynamic_lr, optimizer.is_group, optimizer.is_group_lr, optimizer.exec_weight_decay, optimizer.param_length]
        kinds = [type(optimizer.get_lr_parameter(item)).__name__ for item in parameters]
        held = sorted((item.name, item.shape, str(item.dtype)) for item in optimizer.get_parameters())
        scale = [optimizer.loss_scale, optimizer.need_scale, float(optimizer.reciprocal_scale), optimizer.unique, optimizer.target]
        return [list(rates) if isinstance(rates, tuple) else rates, decays, flags, kinds, held, scale, optimizer.global_step]

    compare(case)


def test_gradients_before_the_step(compare: Any) -> None:
    def case(ms: Any) -> Any:
        _, optimizer = made(ms, "nn.Momentum(p, 0.1, 0.9, 0.5, 4.0)")
        gradients = (ms.Tensor([1.0, 2.0]), ms.Tensor([[3.0]]))
        return [optimizer.decay_weight(gradients), optimizer.scale_grad(gradients), optimizer.flatten_gradients(gradients)]

    compare(case)


def test_an_optimizer_of_ones_own(compare: Any) -> None:
    def case(ms: Any) -> Any:
        class Plain(ms.nn.Optimizer):
            def __init__(self, params: Any, learning_rate: Any) -> None:
                super().__init__(learning_rate, params, weight_decay=0.1)
                self.moments = self.parameters.clone("moments", "zeros")

            def construct(self, gradients: Any) -> Any:
                rate, gradients = self.get_lr(), self.decay_weight(gradients)
                for parameter, moment, gradient in zip(self.parameters, self.moments, gradients, strict=True):
                    ms.ops.assign(moment, moment * 0.9 + gradient)
                    ms.ops.assign(parameter, parameter - moment * rate)
                return gradients

        parameter = ms.Parameter(ms.Tensor([1.0, -1.0]), name="w")
        optimizer = Plain([parameter], 0.5)
        return [[optimizer((ms.Tensor([0.5, 0.25]),)) for _ in range(2)], parameter, optimizer.moments[0].name]

    compare(case)


def test_states_that_go_on(ours: Any) -> None:
    """A step after a copy is the step that would have been: the values are those of the parameters."""
    _, optimizer = made(ours, "nn.SGD(p, [0.1, 0.2, 0.3], 0.9, 0.5)")
    gradients = (ours.Tensor([0.5, 0.1]), ours.Tensor([[-0.3]]))
    optimizer(gradients)
    twin = copy.deepcopy(optimizer)
    optimizer(gradients)
    twin(gradients)
    assert int(twin.global_step) == 2
    for mine, other in zip(optimizer.parameters, twin.parameters, strict=True):
        assert mine is not other
        np.testing.assert_array_equal(mine.asnumpy(), other.asnumpy())


# Where MindSpore 2.10 has no CPU kernel, or one that is not what its manual says: the manual's formula, written out in NumPy.
W, G = np.array([1.0, -1.0, 0.001, 2.0], np.float32), np.array([0.5, 0.1, -0.2, -3.0], np.float32)


def after(ours: Any, text: str, name: str = "w", weight: Any = W, gradient: Any = G) -> Any:
    """The parameter after one step."""
    parameter = ours.Parameter(ours.Tensor(weight), name=name)
    eval(text, {"p": [parameter], "nn": ours.nn})((ours.Tensor(gradient),))
    return parameter.asnumpy()


def lamb(decay: float, rate: float = 0.1, eps: float = 1e-6) -> Any:
    """The first step of Lamb: the corrected means are the gradient and its square."""
    step = G / (np.abs(G) + eps) + decay * W
    return W - rate * np.linalg.norm(W) / np.linalg.norm(step) * step


def lars(decay: float, clip: bool = False, rate: float = 0.1, coefficient: float = 0.02, eps: float = 1e-5) -> Any:
    """The first step of SGD with LARS."""
    weight = np.linalg.norm(W)
    trust = coefficient * weight / (np.linalg.norm(G) + decay * weight + eps)
    trust = min(trust / rate, 1.0) if clip else trust
    return W - rate * trust * (G + decay * W)


def ftrl(l1: float, l2: float, rate: float = 0.1, start: float = 0.2) -> Any:
    """The first step of FTRL with lr_power -0.5."""
    root = np.sqrt(start + G * G)
    slope = G - (root - np.sqrt(start)) / rate * W
    return np.where(np.abs(slope) > l1, (np.sign(slope) * l1 - slope) / (root / rate + 2 * l2), 0.0)


FORMULAS = [
    ("nn.Lamb(p, 0.1)", lamb(0.0)),
    ("nn.Lamb(p, 0.1, weight_decay=0.5)", lamb(0.5)),
    ("nn.LARS(nn.SGD(p, 0.1), coefficient=0.02)", lars(0.0)),
    ("nn.LARS(nn.SGD(p, 0.1, weight_decay=0.5), coefficient=0.02)", lars(0.5)),
    ("nn.LARS(nn.SGD(p, 0.1, weight_decay=0.5), coefficient=0.02, use_clip=True)", lars(0.5, True)),
    ("nn.LARS(nn.SGD(p, 0.1), lars_filter=lambda parameter: False)", W - 0.1 * G),
    ("nn.FTRL(p, 0.2, 0.1, l1=0.5)", ftrl(0.5, 0.0)),
    ("nn.FTRL(p, 0.2, 0.1, l1=8.0, l2=0.5)", ftrl(8.0, 0.5)),
    ("nn.Adagrad(p, 0.2, 0.1, update_slots=False)", W - 0.1 * G / np.sqrt(0.2)),
]


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formula(text: str, expected: Any, ours: Any) -> None:
    np.testing.assert_allclose(after(ours, text), expected, rtol=1e-5, atol=1e-6)


def test_gradients_of_convolutions_are_centralized(ours: Any) -> None:
    """As the manual says: those of convolutions alone. MindSpore 2.10 on CPU leaves all as they are."""
    text = "nn.SGD([{'params': p, 'grad_centralization': True}], 1.0)"
    gradient = np.arange(36, dtype=np.float32).reshape(2, 2, 3, 3)
    centred = gradient - gradient.mean((1, 2, 3), keepdims=True)
    np.testing.assert_allclose(after(ours, text, weight=np.zeros_like(gradient), gradient=gradient), -centred, rtol=1e-6)
    np.testing.assert_allclose(after(ours, text, weight=np.zeros((2, 3), np.float32), gradient=gradient[0, :, 0]), -gradient[0, :, 0])


def test_half_precision(compare: Any) -> None:
    def case(ms: Any) -> Any:
        parameter = ms.Parameter(ms.Tensor([1.0, -1.0], ms.float16), name="w")
        optimizer = ms.nn.Momentum([parameter], 0.1, 0.9)
        for _ in range(3):
            optimizer((ms.Tensor([0.5, 0.25], ms.float16),))
        return [parameter, optimizer.moments[0]]

    compare(case, tolerance=1e-3)


ANYWHERE = [
    "nn.SGD(p, [0.1, 0.2], 0.9, 0.5, 0.1)", "nn.Momentum(p, 0.1, 0.9, 0.1, 2.0)", "nn.Adam(p, nn.WarmUpLR(0.1, 5), use_amsgrad=True)",
    "nn.AdamWeightDecay(p, weight_decay=0.1)", "nn.AdaMax(p)", "nn.Adagrad(p)", "nn.Adadelta(p)", "nn.RMSProp(p, centered=True)", "nn.ASGD(p)",
    "nn.Rprop(p)", "nn.FTRL(p, l1=0.1)", "nn.ProximalAdagrad(p, l1=0.1, l2=0.1)", "nn.Lamb(p, 0.1, weight_decay=0.1)",
    "nn.LARS(nn.SGD(p, weight_decay=0.1), use_clip=True)", "nn.AdaFactor(p)", "nn.AdaFactor(p, 0.1, relative_step=False, scale_parameter=False)",
    "optim.SGD(p, 0.1, 0.9, 0.5)", "optim.Adam(p, amsgrad=True)", "optim.AdamW(p)", "optim.Adadelta(p)", "optim.Adagrad(p)", "optim.Adamax(p)",
    "optim.ASGD(p)", "optim.NAdam(p)", "optim.RAdam(p)", "optim.RMSprop(p, centered=True)", "optim.Rprop(p)",
]  # fmt: skip


@pytest.mark.parametrize("text", ANYWHERE)
def test_no_step_reads_from_the_device(text: str, ours: Any) -> None:
    """PyTorch's meta device has no values: what would wait for some, or mix devices, raises."""
    torch = pytest.importorskip("torch")
    parameters = [ours.Parameter(torch.empty(shape, device="meta"), name=f"w{len(shape)}") for shape in ((3,), (2, 3))]
    optimizer = eval(text, {"p": parameters, "nn": ours.nn, "optim": ours.optim})
    for _ in range(2):
        optimizer([torch.empty(tuple(item.shape), device="meta") for item in parameters])
