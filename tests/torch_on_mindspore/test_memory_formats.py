"""Tensors with the channels last, and other sizes for the same tensor."""

from __future__ import annotations

import pytest

import compat.torch as torch
from compat.errors import UnsupportedAPI
from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
cl, order = torch.channels_last, torch.contiguous_format
x = torch.arange(120.0).reshape(2, 3, 4, 5)
v = torch.arange(120.0).reshape(1, 2, 3, 4, 5)
"""
LAID_OUT = (
    "x.to(memory_format=cl)", "x.clone(memory_format=cl)", "x.contiguous(memory_format=cl)", "torch.zeros_like(x, memory_format=cl)", "x.to(torch.float64, memory_format=cl)",
    "x.double(memory_format=cl)", "x.float(memory_format=cl)", "x.bool(memory_format=cl)", "x.half(memory_format=cl)", "x.cpu(memory_format=cl)", "x.to(x, memory_format=cl)",
    "torch.clone(x, memory_format=cl)", "torch.zeros(2, 1, 4, 5).clone(memory_format=cl)", "x.to('cpu', torch.float64, False, True, memory_format=cl)",
    "x.clone(memory_format=cl).contiguous()", "x.clone(memory_format=cl).clone(memory_format=order)", "torch.zeros(0, 3, 4, 5).clone(memory_format=cl)",
)  # fmt: skip


@pytest.mark.parametrize("expression", LAID_OUT)
def test_values_and_strides(expression):
    check(
        f"{OPERANDS}y = {expression}\ny, y.stride() if y.numel() else None, y.is_contiguous(memory_format=cl), y.is_contiguous(), y is x, y.is_leaf"
    )


@pytest.mark.parametrize("expression", [
    "torch.empty(2, 3, 4, 5, memory_format=cl).stride(), torch.empty_like(x, memory_format=cl).stride(), torch.rand_like(x, memory_format=cl).stride()",
    "v.to(memory_format=torch.channels_last_3d).stride(), v.to(memory_format=torch.channels_last_3d).is_contiguous(memory_format=torch.channels_last_3d)",
    "x.to(memory_format=order) is x, x.contiguous(memory_format=order) is x, x.clone(memory_format=cl).contiguous(memory_format=cl).stride(), x.contiguous(memory_format=torch.preserve_format) is x, x.is_contiguous(memory_format=torch.preserve_format)",
])  # fmt: skip
def test_layouts(expression):
    check(OPERANDS + expression)


def test_writes_reach_views():
    check(f"""{OPERANDS}y = x.clone(memory_format=cl)
first, last = y[0], y.permute(0, 2, 3, 1)
y.add_(1), first.mul_(2), last[1].fill_(3)
y, first, last, y.numpy().sum(), y.tolist()""")


def test_a_module_and_its_gradients():
    check(f"""{OPERANDS}m = nn.Sequential(nn.Conv2d(3, 2, 2), nn.BatchNorm2d(2)).to(memory_format=cl)
for at, one in enumerate(m.parameters()): one.data.copy_((torch.arange(float(one.numel())) + at).cos().reshape(one.shape))
y = m(x.sin().to(memory_format=cl))
y.square().sum().backward()
[y, *(one.grad for one in m.parameters())]""", 1e-4, 1e-4)  # fmt: skip


def test_gradient():
    check_gradient(OPERANDS, "x.clone(memory_format=cl).mul_(2)[0]")


@pytest.mark.parametrize("statement", [
    "v.to(memory_format=cl)", "x[0].clone(memory_format=cl)", "torch.empty(2, 3, memory_format=cl)", "torch.zeros_like(v, memory_format=cl)", "x.clone(memory_format=3)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.zeros(2).clone(memory_format=torch.channels_last)")


@pytest.mark.parametrize("expression", [
    "y.resize_(2, 3) is y, y, y.stride()", "y.resize_(2), y.resize_((2, 2)), y.shape", "y.resize_(0), y.numel(), y.resize_(4)", "y.resize_(3, 3).flatten()[:6]", "y.resize_as_(torch.zeros(3)), torch.resize_as_(y, torch.zeros(1, 1))",
    "y.resize_(size=(6,))", "y.requires_grad_().resize_(1)",
])  # fmt: skip
def test_resize(expression):
    check("y = torch.arange(6.0)\n" + expression)


@pytest.mark.parametrize(
    "expression",
    ["v.resize_(2, 3), v.add_(1), y", "v.resize_(2), v.stride(), v.fill_(7), y", "v[1].resize_(2, 2).mul_(2), y", "y.t().resize_(6)"],
)
def test_resize_of_a_view(expression):
    check("y = torch.arange(6.0).view(2, 3)\nv = y.view(3, 2)\n" + expression)


def test_resizing_what_shares_its_storage_is_refused():
    whole = torch.zeros(4)
    half = whole[:2]
    for one in (whole, half):
        with pytest.raises(UnsupportedAPI):
            one.resize_(5)
