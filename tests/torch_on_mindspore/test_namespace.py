"""What programs ask of the torch namespace besides operations: constructors, legacy types, limits, `out=`, attributes of a tensor."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

OPERANDS = """
x = torch.tensor([[1.5, -2.0], [0.0, 3.0]])
i = torch.tensor([1, 2, 3])
"""


@pytest.mark.parametrize("expression", [
    "torch.zeros(2, 3), torch.ones((2,), dtype=torch.int32), torch.full((2,), 7), torch.full((1, 2), True), torch.zeros(size=(2, 1)), torch.ones(()), torch.full((2,), 1.5, dtype=torch.long)",
    "torch.zeros_like(i, dtype=torch.float64), torch.ones_like(x), torch.full_like(i, 2.7), torch.empty(2, 0).shape, torch.empty_like(x).shape, torch.scalar_tensor(3), x.new_empty(3, 2).shape",
    "x.new_zeros(2), x.new_ones((1, 2), dtype=torch.int64), x.new_full((2,), 3), x.new_tensor([1, 2]), x.new(2, 3).shape, i.new([4, 5]), x.new_zeros(size=(1,))",
    "torch.arange(5), torch.arange(1, 2, 0.3), torch.arange(5, 0, -2), torch.arange(3.0), torch.arange(0, 10, 3, dtype=torch.float64), torch.arange(start=1, end=4), torch.arange(torch.tensor(3))",
    "torch.linspace(0, 1, 5), torch.linspace(3, -3, 4, dtype=torch.float64), torch.linspace(0, 9, 4, dtype=torch.int64), torch.logspace(0, 2, 3), torch.logspace(0, 3, 4, base=2), torch.eye(2, 3), torch.eye(2, dtype=torch.bool)",
    "torch.as_tensor([1, 2]), torch.as_tensor(x, dtype=torch.float64), torch.asarray([1.0]), torch.asarray(i, dtype=torch.float32), torch.tensor([True]), torch.tensor(3), torch.range(0, 2)",
    "torch.empty_strided((2, 3), (1, 2)).stride(), torch.empty_permuted((2, 3), (1, 0)).stride(), x.new_empty_strided((2, 2), (1, 2)).stride()",
    "torch.FloatTensor([1, 2]), torch.LongTensor([[1]]), torch.BoolTensor([1, 0]), torch.ByteTensor([3]), torch.IntTensor([1.7]), torch.DoubleTensor(2, 0), torch.HalfTensor([1]), torch.FloatTensor()",
    "isinstance(x, torch.FloatTensor), isinstance(i, torch.LongTensor), isinstance(i, torch.FloatTensor), x.type(), i.type(torch.FloatTensor), i.type('torch.DoubleTensor'), torch.FloatTensor.dtype",
    "torch.typename(x), torch.typename(i), torch.is_storage(x), torch.is_nonzero(torch.tensor(2)), torch.numel(x), torch.is_floating_point(i), torch.is_complex(x), torch.is_signed(x) if hasattr(torch, 'is_signed') else None",
    "isinstance(torch.strided, torch.layout), isinstance(x.layout, torch.layout), isinstance(torch.preserve_format, torch.memory_format), isinstance(3, torch.layout)",
    "repr(torch.finfo(torch.float32)), repr(torch.finfo(torch.bfloat16)), repr(torch.iinfo(torch.int8)), torch.finfo(torch.float16).max, torch.finfo().eps, torch.iinfo(torch.uint8).max, torch.finfo(torch.float64).tiny, torch.finfo(x.dtype).min",
    "torch.inf, torch.pi, torch.e, str(torch.nan), str(torch.strided), str(torch.channels_last), str(torch.contiguous_format), isinstance(torch.preserve_format, torch.memory_format)",
    "str(x.layout), x.is_sparse, x.is_quantized, x.is_meta, x.is_nested, x.is_cpu, x.is_mps, x.nbytes, x.itemsize, x.element_size(), x.get_device(), x.is_inference(), x.is_pinned(), x.is_shared(), x.is_conj(), x.is_neg()",
    "x.stride(), x.stride(0), x.T.stride(), x.is_contiguous(), x.T.is_contiguous(), torch.zeros(2, 3, 4, 5).is_contiguous(memory_format=torch.channels_last), x.dim_order(), x.is_signed(), x.is_same_size(x), x.is_set_to(x)",
    "x.contiguous(memory_format=torch.contiguous_format), x.clone(memory_format=torch.preserve_format), i.float(memory_format=torch.preserve_format), i.type_as(x), x.sum_to_size(1, 2), x.sum_to_size(2, 1)",
    "torch.result_type(i, 1.0), torch.result_type(x, i), torch.can_cast(torch.float32, torch.int64), torch.promote_types(torch.uint8, torch.int8), torch.float32.itemsize, torch.bool.is_floating_point",
    "i.clone().apply_(lambda one: one * 2), i.clone().map_(i, lambda one, other: one + other), x.as_subclass(torch.Tensor), x.resolve_conj(), x.detach(), torch.clone(x), torch.detach(x)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.add(x, 1, out=out), out", "torch.matmul(x, x, out=out), out", "torch.sum(x, 0, out=out), out", "torch.cat([x, x], out=out), out",
    "torch.arange(3, out=out), out", "torch.zeros(2, 2, out=out), out", "torch.max(x, 1, out=(out, torch.empty(0, dtype=torch.int64))), out",
    "torch.eq(x, 0, out=out), out", "torch.linalg.inv(x, out=out), out", "torch.sort(x, out=(out, torch.empty(0, dtype=torch.int64))), out",
    "torch.add(i, 1, out=out), out", "torch.stack([x, x], out=out), out", "torch.sin(x.requires_grad_(), out=out)", "torch.sin(x, out=torch.empty(0, dtype=torch.int64))",
    "torch.add(x, 1, out=torch.zeros(2, 2).T)", "torch.mul(x, 2, out=x), x", "torch.where(x > 0, x, x + 1, out=out), out",
])  # fmt: skip
def test_out(expression):
    check(f"{OPERANDS}out = torch.empty(0)\n{expression}")


@pytest.mark.parametrize("statement", [
    "torch.zeros(-1)", "torch.arange(0, 5, 0)", "torch.arange(0, 5, -1)", "torch.linspace(0, 1, -1)", "torch.eye(-1)", "torch.zeros(2, dtype=3)", "torch.finfo(torch.int64)",
    "torch.iinfo(torch.float32)", "torch.FloatTensor(1.5)", "i.type('other')", "torch.is_nonzero(x)", "torch.full((2,), 'a')", "torch.sin(3)", "torch.sin()", "torch.sin(x, 3, 4)",
    "torch.matmul(x, 3)", "x.sum(5)", "x.sum_to_size(3)", "torch.asarray([1], copy=False)", "torch.zeros(2, requires_grad=True, dtype=torch.int64)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.sin(torch.ones(1, requires_grad=True), out=torch.empty(0))")
