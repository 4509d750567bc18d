"""Functions of MindSpore in a program of compat.torch: what they take, what they return, and that autograd goes through them."""

from __future__ import annotations

import pickle
import threading

import mindspore
import pytest

import compat.torch as torch
from compat.native import mindspore as native
from tests.torch_on_mindspore.compare import plain, same

# MindSpore's spelling → PyTorch's, of the leaf x = [[0.5, -1, 2], [3, -2, 1]] and y, its double; run by compat.torch on both sides.
VALUES = {
    "native.ops.flatten(x, start_dim=1)": "torch.flatten(x, 1)",
    "native.mint.cat([x, y], 1)": "torch.cat([x, y], 1)",
    "native.mint.cat((x, y), dim=0)": "torch.cat((x, y), 0)",
    "native.mint.nn.functional.relu(x)": "torch.relu(x)",
    "native.ops.relu(y)": "torch.relu(y)",
    "native.ops.transpose(x, (1, 0))": "x.transpose(0, 1)",
    "native.ops.softmax(x, axis=-1)": "torch.softmax(x, -1)",
    "native.ops.split(y, 1)": "torch.split(y, 1)",
    "native.ops.cast(x, torch.float64)": "x.double()",
    "native.ops.cast(x, torch.int64)": "x.long()",
    "native.ops.zeros(x.shape, torch.int32)": "torch.zeros(2, 3, dtype=torch.int32)",
    "native.ops.reshape(x, x.size()[::-1])": "x.reshape(3, 2)",
    "native.ops.Softmax(axis=0)(x)": "torch.softmax(x, 0)",
    "native.ops.tensor_add(x, 1.0)": "x + 1",
    "native.numpy.mean(x, axis=0)": "x.mean(0)",
    "native.ops.auto_generate.greater(x, y)": "x > y",
    "native.mint.sum(x)": "x.sum()",
    "native.mint.max(x, 1)[1]": "x.max(1)[1]",
    "native.ops.topk(x, 2)[0]": "torch.topk(x, 2)[0]",
    "native.ops.view_as_real(torch.complex(x, x))": "torch.view_as_real(torch.complex(x, x))",
    "native.ops.stop_gradient(x)": "x.detach()",
    "native.ops.relu(torch.zeros(0, 3))": "torch.zeros(0, 3)",
    "[native.ops.numel(x), native.ops.rank(x)]": "[6, 2]",
    "[native.float32 == x.dtype, native.Tensor, native.ops.Primitive]": "[True, mindspore.Tensor, mindspore.ops.Primitive]",
    "isinstance(x, native.Tensor)": "True",
}


def evaluated(expression: str) -> object:
    x = torch.tensor([[0.5, -1.0, 2.0], [3.0, -2.0, 1.0]], requires_grad=True)
    return plain(eval(expression, {"native": native, "torch": torch, "mindspore": mindspore, "x": x, "y": x * 2}))


@pytest.mark.parametrize(("spelling", "expected"), VALUES.items())
def test_value(spelling: str, expected: str) -> None:
    assert same(evaluated(expected), evaluated(spelling), 1e-6, 1e-7)


REFUSED = {
    "native.ops.no_such_function": (AttributeError, rf"MindSpore {mindspore.__version__} has no attribute 'no_such_function'"),
    "native.no_such_module.f": (AttributeError, rf"'mindspore' of MindSpore {mindspore.__version__}"),
    "native.mint.matmul(torch.ones(2, 3), torch.ones(2, 3))": (RuntimeError, "MatMul"),
    "native.ops.softmax(torch.ones(2), axis='a')": (TypeError, "axis"),
    "native.ops.relu()": (TypeError, "relu"),
}


@pytest.mark.parametrize("call", REFUSED)
def test_errors_are_mindspores(call: str) -> None:
    kind, text = REFUSED[call]
    with pytest.raises(kind, match=text):
        eval(call, {"native": native, "torch": torch})


def test_arguments_are_compat_torchs_again_after_an_error() -> None:
    x, weight = torch.ones(2, 3), torch.nn.Parameter(torch.ones(2, 3))
    with pytest.raises(RuntimeError):
        native.mint.matmul(x, weight)
    with pytest.raises(RuntimeError):
        native.mint.matmul(x, x)
    assert type(x) is torch.Tensor
    assert type(weight) is torch.nn.Parameter
    assert x.size(1) == weight.size(1) == 3


def test_arguments_are_compat_torchs_again_after_calls_of_several_threads() -> None:
    x = torch.ones(2, 3)
    threads = [threading.Thread(target=lambda: [native.ops.relu(x) for _ in range(300)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert type(x) is torch.Tensor


def test_mindspores_own_tensors_stay_what_they_are() -> None:
    own = mindspore.Tensor([1.0, 2.0])
    same_object = native.ops.cast(own, native.float32)
    assert type(own) is mindspore.Tensor
    assert type(same_object) is torch.Tensor
    assert type(native.ops.add(own, torch.ones(2))) is torch.Tensor


def test_a_result_that_is_an_argument_stays_that_object() -> None:
    x, weight = torch.ones(2), torch.nn.Parameter(torch.ones(2))
    assert native.ops.cast(x, torch.float32) is x
    assert native.ops.cast(weight, torch.float32) is weight
    assert type(weight) is torch.nn.Parameter


def test_one_wrapper_for_each_function() -> None:
    assert native.ops.relu is native.ops.function.nn_func.relu
    assert native.ops.relu is native.ops.relu
    assert native.ops.relu.__name__ == "relu"
    assert pickle.loads(pickle.dumps(native.ops.relu)) is native.ops.relu
    assert "relu" in dir(native.ops)


# --- autograd ---


def test_gradients() -> None:
    x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    hidden = native.ops.relu(x) * 2
    native.mint.sum(native.ops.square(hidden)).backward()
    assert x.grad.tolist() == [8.0, 0.0, 24.0]
    (found,) = torch.autograd.grad(native.ops.square(x).sum(), x)
    assert found.tolist() == [2.0, -4.0, 6.0]


def test_a_gradient_of_a_gradient() -> None:
    x = torch.tensor([0.5, 1.0], requires_grad=True)
    (first,) = torch.autograd.grad(native.ops.tanh(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    t = torch.tanh(x.detach())
    assert torch.allclose(second, -2 * t * (1 - t * t), atol=1e-6)


def test_nothing_is_recorded_under_no_grad() -> None:
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not native.ops.relu(x).requires_grad
    assert native.ops.relu(x).requires_grad
    assert not native.ops.relu(torch.ones(2)).requires_grad
    assert not native.ops.greater(x, 0).requires_grad


def test_recording_goes_on_after_mindspores_own_gradients() -> None:
    mindspore.value_and_grad(lambda t: (t * t).sum())(mindspore.Tensor([1.0]))
    x = torch.ones(2, requires_grad=True)
    native.ops.square(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_hooks() -> None:
    seen = []
    x = torch.ones(2, requires_grad=True)
    hidden = native.ops.square(x)
    hidden.register_hook(lambda gradient: seen.append(type(gradient)) or gradient * 2)
    x.register_hook(lambda gradient: seen.append(gradient.tolist()))
    hidden.sum().backward()
    assert seen == [torch.Tensor, [4.0, 4.0]]


def test_a_program_inside_mindspores_value_and_grad() -> None:
    classes = []

    def loss(t: torch.Tensor) -> torch.Tensor:
        classes.append(type(t))
        return (t.view(-1) ** 2).sum()

    value, gradient = native.value_and_grad(loss)(torch.ones(2, 2))
    assert set(classes) == {torch.Tensor}
    assert type(value) is type(gradient) is torch.Tensor
    assert gradient.tolist() == [[2.0, 2.0], [2.0, 2.0]]


def test_a_function_of_the_program_sees_compat_torchs_tensors() -> None:
    classes = []

    def square(t: torch.Tensor) -> torch.Tensor:
        classes.append(type(t))
        return t * t.view(-1)

    value, back = native.ops.vjp(square, torch.tensor([3.0]))
    assert set(classes) == {torch.Tensor}
    assert (value.tolist(), back(torch.tensor([1.0]))[0].tolist()) == ([9.0], [6.0])


def test_weights_of_a_module_in_mindspores_value_and_grad() -> None:
    net, x = torch.nn.Linear(3, 2), torch.ones(4, 3)
    value, found = native.value_and_grad(lambda given: net(given).square().sum(), None, list(net.parameters()))(x)
    expected = torch.autograd.grad(net(x).square().sum(), list(net.parameters()))
    assert value.item() == net(x).square().sum().item()
    assert [one.tolist() for one in found] == [one.tolist() for one in expected]


def test_bfloat16_made_by_a_native_cast() -> None:
    x = native.ops.cast(torch.tensor([1.0, 2.0]), native.bfloat16)
    assert x.dtype is torch.bfloat16
    assert torch.exp(x).dtype is torch.bfloat16
