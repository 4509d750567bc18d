"""Functions with several signatures, and PyTorch's names of their arguments: which calls it takes, and which are TypeErrors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check

OPERANDS = """
x = torch.arange(6.0).reshape(2, 3)
y = torch.arange(12.0).reshape(4, 3)
i = torch.zeros(1, 3, dtype=torch.int64)
d = torch.float64
"""

VALUES = """
x.view(size=(3, 2)), x.view(dtype=torch.int32), x.view(3, 2), x.view((3, 2)), x.view(torch.int32)
x.expand(size=(2, 2, 3)), x.expand(2, 2, 3), x.expand(2, 2, 3, implicit=True), x.repeat(repeats=(1, 2)), x.repeat(2, 1, 1)
x.sum_to_size(size=(1, 3)), x.sum_to_size(1, 3), x.reshape(shape=(3, 2)), torch.reshape(x, shape=(-1,)), x.tile(dims=(2, 1)), x.permute(dims=(1, 0))
x.new_zeros(size=(2,)), x.new_empty(size=(2, 2)).shape, x.new_ones(2, 3, dtype=d), x.resize(3, 2), x.resize(6)
list(x.split(split_size=1)), list(torch.split(tensor=x, split_size_or_sections=[1, 2], dim=1)), list(torch.unsafe_split(y, split_size=2))
list(torch.tensor_split(y, sections=2)), list(torch.tensor_split(y, indices=(1, 3))), list(y.tensor_split(tensor_indices_or_sections=torch.tensor([2])))
list(torch.vsplit(y, sections=2)), list(torch.vsplit(y, indices=(1,))), list(torch.hsplit(y, sections=3)), list(torch.dsplit(y.reshape(2, 3, 2), sections=2))
torch.scatter(x, 0, i, value=2.0), torch.scatter(x, 0, i, 2.0), torch.scatter(x, 0, i, src=x), torch.scatter(x, 0, i, 2.0, reduce="add")
torch.randint(5, (2,)), torch.randint(1, 5, (2,)), torch.randint(5, size=(2,)), torch.randint(high=5, size=(2,)), torch.randint(1, high=5, size=(2,)), torch.randint(low=1, high=5, size=(2,))
torch.randint_like(x, 5), torch.randint_like(x, 1, 5), torch.randint_like(x, high=5), torch.randint_like(x, low=1, high=5), torch.randint_like(x, 1, high=5)
x.std(False), x.std(0, False), x.std(0, False, True), x.std(unbiased=False), x.std(0, correction=0), torch.var(x, axis=0, keepdims=True)
x.where(condition=x > 2, other=-x), x.where(x > 2, 0.0), list(torch.where(x > 2)), torch.where(x > 2, 1.0, x)
torch.swapaxes(x, axis0=0, axis1=1), torch.swapdims(x, dim0=0, dim1=1), x.to_dense(), x.to_dense(d), torch.trapz(x, dx=2.0)
x.copy_(other=torch.zeros(3)), x.cpu(memory_format=torch.preserve_format), list(torch.unique(input=i, return_inverse=True))
x.to(d), x.to("cpu"), x.to("cpu", d), x.to(None, d), x.to(x.double()), x.to(tensor=x.double()), x.to(dtype=d), x.to(device="cpu", dtype=d), x.to(torch.device("cpu"), d, True), x.to(float), x.to()
x.to(torch.float32) is x, x.to(torch.float32, False, True) is x, x.to("cpu", torch.float32, False, True) is x, x.to(x, False, True) is x, x.to("cpu", copy=True) is x
""".strip().split("\n")  # fmt: skip

REFUSED = """
x.view(3, size=(3, 2))
x.to(other=x)
x.to(d, dtype=d)
x.to("cpu", "cpu")
x.to(d, "cpu")
x.to(foo=1)
x.to(0)
torch.zeros(2, device=0)
torch.device(0)
torch.randint(low=5, size=(2,))
torch.randint(5, high=(2,))
torch.randint(0, 5)
torch.randint(5.0, (2,))
torch.randint_like(x, low=5)
torch.randint_like(x, 5, low=2)
torch.scatter(x, 0, i, src=2.0)
torch.scatter(x, 0, i, value=x)
torch.scatter(x, 0, i)
x.std(0, True, correction=0)
x.split(split_size_or_sections=1)
x.sum(no_such_argument=1)
torch.zeros(2, no_such_argument=1)
torch.softmax(x, 0, no_such_argument=1)
torch.sub("text", x)
torch.resolve_conj("text")
torch.unsafe_chunk("text", 2)
torch.stft("text", 4)
torch.set_rng_state("text")
torch.randperm(-1)
x.pin_memory()
x.cuda()
x.cuda(0, non_blocking=True)
x.cuda("cpu")
x.resize(7)
""".strip().split("\n")


@pytest.mark.parametrize("code", VALUES)
def test_values(code):
    check(f"{OPERANDS}torch.manual_seed(0)\n{code}")


@pytest.mark.parametrize("code", REFUSED)
def test_refusals(code):
    check(OPERANDS + code)


def test_results_of_several_copies_with_out():
    code = "out = tuple(torch.empty(2, 3) for _ in range(2))\n"
    for call in ("split_copy(y, 2, out=out)", "split_with_sizes_copy(y, [2, 2], out=out)"):
        check(f"{OPERANDS}{code}torch.{call}, list(out)")
