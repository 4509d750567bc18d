"""value_and_grad of compat.native, clipping, and optimizers called with gradients: held against PyTorch's backward and step."""

from __future__ import annotations

from typing import Any

import mindspore
import numpy as np
import pytest
import torch as real

import compat.torch as ours
from compat.native import mindspore as native
from compat.torch_on_mindspore.optim.unreached import Unreached

OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1},
    "Adam": {"lr": 0.1, "weight_decay": 0.1},
    "AdamW": {"lr": 0.1},
    "RMSprop": {"lr": 0.05, "momentum": 0.5},
    "Adagrad": {"lr": 0.1, "lr_decay": 0.1},
    "Adadelta": {"lr": 0.5},
    "NAdam": {"lr": 0.05},
    "Rprop": {"lr": 0.05},
}
CLIPS = {"none": None, "small": 0.05, "large": 100.0}


def layers(torch: Any) -> tuple[Any, Any, Any]:
    """Two layers of which the loss depends on one, and input."""
    torch.manual_seed(0)
    used, unused = torch.nn.Linear(4, 3), torch.nn.Linear(3, 2)
    used.bias.requires_grad_(False)
    return used, unused, torch.randn(6, 5, 4)


def before(torch: Any, name: str, clip: float | None, passes: int) -> list[Any]:
    used, unused, data = layers(torch)
    every = [*used.parameters(), *unused.parameters()]
    optimizer = getattr(torch.optim, name)(every, **OPTIMIZERS[name])
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    for number, x in enumerate(data):
        loss = (used(x) ** 2).mean() / passes
        loss.backward()
        if (number + 1) % passes == 0:
            if clip is not None:
                torch.nn.utils.clip_grad_norm_(every, clip)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
    return [one.detach().numpy() for one in every]


def after(name: str, clip: float | None, passes: int) -> list[Any]:
    used, unused, data = layers(ours)
    every = [*used.parameters(), *unused.parameters()]
    optimizer = getattr(ours.optim, name)(every, **OPTIMIZERS[name])
    schedule = ours.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    gradients = None
    for number, x in enumerate(data):

        def forward(x: Any = x) -> Any:
            out = used(x)
            return (out**2).mean() / passes, out

        (loss, out), more = native.value_and_grad(forward, None, optimizer.parameters, has_aux=True)()
        assert (loss.shape, out.shape) == ((), (5, 3))
        gradients = more if gradients is None else tuple(a + b for a, b in zip(gradients, more, strict=True))
        if (number + 1) % passes == 0:
            if clip is not None:
                gradients = native.ops.clip_by_norm(gradients, clip)
            optimizer(gradients)
            gradients = None
            schedule.step()
    return [one.detach().numpy() for one in every]


@pytest.mark.parametrize("passes", [1, 3])
@pytest.mark.parametrize("clip", CLIPS.values(), ids=CLIPS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_pytorchs(name: str, clip: float | None, passes: int) -> None:
    for expected, found in zip(before(real, name, clip, passes), after(name, clip, passes), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_what_a_loss_does_not_depend_on_is_zero_as_mindspores() -> None:
    used, unused, data = layers(ours)
    runs = []

    def forward(x: Any) -> Any:
        runs.append(x)
        return used(x).mean()

    weights = (used.weight, used.bias, unused.weight)
    loss, gradients = native.value_and_grad(forward, None, weights)(data[0])
    assert len(runs) == 1
    assert type(gradients) is tuple
    assert [type(one) is Unreached for one in gradients] == [False, True, True]
    assert [tuple(one.shape) for one in gradients] == [tuple(one.shape) for one in weights]
    assert not gradients[2].numpy().any()
    assert used.weight.grad is None
    single_loss, single = native.value_and_grad(forward, None, used.weight)(data[0])
    assert single_loss.item() == loss.item()
    np.testing.assert_array_equal(single.numpy(), gradients[0].numpy())


def test_every_output_counts_without_aux() -> None:
    used, _, data = layers(ours)
    forward = lambda x: (used(x).sum(), (2 * used(x)).sum(), 3)  # noqa: E731
    (one, two), gradients = native.value_and_grad(lambda x: forward(x)[:2], None, [used.weight])(data[0])
    _, (expected,) = native.value_and_grad(lambda x: forward(x)[0] * 3, None, [used.weight])(data[0])
    np.testing.assert_allclose(gradients[0].numpy(), expected.numpy(), rtol=1e-5)
    assert two.item() == pytest.approx(2 * one.item())


def test_gradients_of_inputs_stay_mindspores() -> None:
    value, gradient = native.value_and_grad(lambda x: (x**2).sum())(ours.tensor([1.0, -2.0]))
    assert (value.item(), gradient.tolist()) == (5.0, [2.0, -4.0])


def test_without_recording_it_raises_as_backward_does() -> None:
    used, _, data = layers(ours)
    with ours.no_grad(), pytest.raises(RuntimeError, match="does not require grad"):
        native.value_and_grad(lambda: used(data[0]).mean(), None, used.weight)()


# What is done to gradients: MindSpore's results, but for those that the loss did not reach, which stay.
OVER = {
    "clip_by_norm": (1.0,),
    "clip_by_global_norm": (1.0,),
    "clip_by_value": (-0.5, 0.5),
}


@pytest.mark.parametrize(("name", "arguments"), OVER.items(), ids=OVER)
def test_clipping_leaves_out_what_was_not_reached(name: str, arguments: tuple[float, ...]) -> None:
    used, unused, data = layers(ours)
    _, gradients = native.value_and_grad(lambda: (used(data[0]) ** 2).sum(), None, (used.weight, unused.weight))()
    found = getattr(native.ops, name)(gradients, *arguments)
    [expected] = getattr(mindspore.ops, name)([mindspore.Tensor(gradients[0].numpy())], *arguments)
    np.testing.assert_allclose(found[0].numpy(), expected.asnumpy(), rtol=1e-6)
    assert type(found[1]) is Unreached
    assert getattr(native.ops, name)((gradients[1],), *arguments) == (gradients[1],)


def test_zeros_that_were_not_reached() -> None:
    used, unused, data = layers(ours)
    _, (reached, zeros) = native.value_and_grad(lambda: used(data[0]).sum(), None, (used.weight, unused.weight))()
    same = ours.ones(2, 3)
    assert type(zeros + zeros) is type(zeros * 2) is type(0.5 * zeros) is type(zeros / 3) is Unreached
    assert type(zeros + same) is type(same + zeros) is type(zeros + 1.0) is type(ours.add(zeros, same)) is ours.Tensor
    assert (zeros + same) is not same
    assert ((zeros + same).tolist(), (zeros + 1).tolist()) == (same.tolist(), same.tolist())
    assert type(reached * 2) is ours.Tensor


def test_an_optimizer_of_ones_own_may_have_parameters() -> None:
    class Own(ours.optim.Optimizer):
        def __init__(self, given: Any) -> None:
            self.parameters = list(given)
            super().__init__(self.parameters, {})

        def step(self, closure: Any = None) -> None:  # noqa: ARG002
            for one in self.parameters:
                one.data.sub_(one.grad)

    weight = ours.nn.Parameter(ours.ones(2))
    optimizer = Own([weight])
    optimizer([ours.ones(2)])
    assert optimizer.parameters == [weight]
    assert weight.tolist() == [0.0, 0.0]


def test_as_many_gradients_as_parameters() -> None:
    optimizer = ours.optim.SGD([ours.nn.Parameter(ours.ones(2))], lr=0.1)
    with pytest.raises(ValueError, match="zip"):
        optimizer(())
