"""Operators by PyTorch's inner names: normalisation with its statistics, `torch.ops.aten`, the functions with an underscore."""

from __future__ import annotations

import pytest

import compat.torch as torch
from compat.errors import UnsupportedAPI
from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.arange(24.0).reshape(2, 3, 4).sin()
w, b = torch.tensor([1.0, -2.0, 0.5]), torch.tensor([0.5, 0.0, -1.0])
mean, var = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([1.0, 2.0, 0.5])
aten = torch.ops.aten
image = torch.arange(60.0).reshape(1, 2, 5, 6).cos()
inf = float("inf")
"""


@pytest.mark.parametrize("expression", [
    "torch.native_batch_norm(x, w, b, mean, var, True, 0.3, 1e-5), mean, var", "torch.native_batch_norm(x, w, b, mean, var, False, 0.3, 1e-5), mean, var",
    "torch._native_batch_norm_legit(x, w, None, True, 0.3, 1e-5), torch._native_batch_norm_legit(x, w, b, mean, var, True, 0.3, 1e-5), mean",
    "aten._batch_norm_with_update(x, w, b, mean, var, 0.3, 1e-5)[:3], mean, var", "torch.native_batch_norm(x.double(), None, None, None, None, True, 0.1, 1e-5)",
    "torch.native_layer_norm(x, (4,), None, None, 1e-5), torch.native_layer_norm(x, (3, 4), x[0], x[1], 1e-5), torch.native_layer_norm(torch.zeros(0, 3), (3,), None, None, 1e-5)",
    "torch.native_group_norm(x, w, b, 2, 3, 4, 3, 1e-5), torch.native_group_norm(x, None, None, 2, 3, 4, 1, 1e-5), torch.native_group_norm(x[:0], w, b, 0, 3, 4, 3, 1e-5)",
    "torch._safe_softmax(x, 1), aten._safe_softmax(torch.tensor([[-inf, -inf], [0.0, -inf]]), 1), torch._softmax_backward_data(x, x.softmax(1), 1, torch.float32)",
    "aten.slice.Tensor(x, 1, 1, None, 1), aten.slice(x), aten.native_dropout_backward.default(x, x > 0, 2.0), aten.native_dropout_backward(x.int(), x > 0, 2.0)",
    "aten._upsample_bilinear2d_aa(image, (3, 3), False), aten._upsample_bilinear2d_aa(image, (3, 4), True, 1.7, 0.9), aten._upsample_bilinear2d_aa(input=image, output_size=None, align_corners=False, scale_factors=(0.5, 1.5))",
    "aten.max_pool2d_with_indices_backward(torch.ones(1, 2, 2, 3), image, [2, 2], [2, 2], [0, 0], [1, 1], False, F.max_pool2d(image, 2, return_indices=True)[1])",
    "torch.grid_sampler_2d(image, torch.zeros(1, 2, 2, 2), 2, 1, True), torch.grid_sampler(image, torch.zeros(1, 2, 2, 2) + 0.3, 0, 0, False)",
    "x.__rdiv__(2), x.__rdiv__(x)", "torch.zero_(x) is x, torch.relu_(w), w, torch.clamp_(b, 0, 1), torch.fill_(mean, 3.0), torch.arcsinh_(var), var",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.native_batch_norm(x, w, b, mean, var, True, 0.3, 1e-5)[0]", "torch.native_layer_norm(x, (4,), None, None, 1e-5)[0]", "torch.cat([one.flatten() for one in torch.native_group_norm(x, w, b, 2, 3, 4, 3, 1e-5)])",
    "torch._safe_softmax(x.masked_fill(x > 0, -inf), 0)", "aten.slice(x, 2, 0, 4, 3)", "aten.native_dropout_backward(x, x > 0, 0.5)", "x.__rdiv__(2)",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize(
    "statement",
    [
        "torch._safe_softmax(x.long(), 0)",
        "torch.exp_(3)",
        "torch.zero_(x.requires_grad_())",
    ],
)
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.zero_(torch.zeros(1, requires_grad=True))")


@pytest.mark.parametrize(
    "statement", ["torch.ops.aten.nothing_like_it(x)", "torch.ops.aten.slice.str(x)", "torch.ops.other.slice(x)", "x.to_sparse()"]
)
def test_what_is_not_there_says_so(statement):
    with pytest.raises(UnsupportedAPI):
        eval(statement, {"torch": torch, "x": torch.zeros(2)})
