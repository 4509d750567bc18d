"""torch.nn.utils.rnn against PyTorch's: packing, padding, and what is refused."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
from itertools import product
R = torch.nn.utils.rnn
x = torch.tensor(np.arange(24, dtype=np.float32).reshape(4, 3, 2), requires_grad=True)
def with_gradient(result, *inputs):
    (result * torch.tensor(np.arange(result.numel(), dtype=np.float32).reshape(tuple(result.shape)))).sum().backward()
    return result, [one.grad for one in inputs]
ragged = [torch.tensor(np.full((n, 2), n, np.float32), requires_grad=True) for n in (2, 4, 1)]
"""


@pytest.mark.parametrize(
    "code",
    [
        "list(R.pack_padded_sequence(x, [4, 2, 2]))",
        "list(R.pack_padded_sequence(x, [3, 2, 1]))",
        "list(R.pack_padded_sequence(x.transpose(0, 1), [4, 3, 1], batch_first=True))",
        "list(R.pack_padded_sequence(x, torch.tensor([1, 4, 4]), enforce_sorted=False))",
        "list(R.pack_padded_sequence(x, torch.tensor([1.7, 4.0, 2.0]), enforce_sorted=False))",
        "list(R.pack_padded_sequence(torch.arange(12).reshape(4, 3), [3, 2, 2]))",
        "with_gradient(R.pack_padded_sequence(x, [1, 3, 2], enforce_sorted=False).data, x)",
        "R.pad_packed_sequence(R.pack_padded_sequence(x, [1, 3, 2], enforce_sorted=False))",
        "R.pad_packed_sequence(R.pack_padded_sequence(x, [4, 3, 2]), batch_first=True, padding_value=-1.5, total_length=6)",
        "with_gradient(R.pad_packed_sequence(R.pack_padded_sequence(x, [1, 3, 2], enforce_sorted=False), True, 7)[0], x)",
        "R.pad_packed_sequence(R.PackedSequence(torch.zeros(3, 2), torch.tensor([2, 1])), padding_value=3)",
        "[R.pad_sequence(ragged, *options) for options in product((False, True), (0.0, 2.5), ('left', 'right'))]",
        "with_gradient(R.pad_sequence(ragged, True, 3.0, 'left'), *ragged)",
        "R.pad_sequence([torch.tensor([1, 2]), torch.tensor([1])], padding_value=5)",
        "R.pad_sequence([torch.tensor([True]), torch.tensor([True, False])])",
        "R.pad_sequence([torch.zeros(0, 2), torch.ones(2, 2)], batch_first=True)",
        "R.pad_sequence([torch.tensor([1.5]), torch.tensor([1, 2])])",
        "R.pad_sequence(torch.zeros(2, 3))",
        "R.pad_sequence(one for one in ragged)",
        "list(R.pack_sequence(ragged, enforce_sorted=False))",
        "R.unpack_sequence(R.pack_sequence(ragged, enforce_sorted=False))",
        "R.unpad_sequence(x.detach(), torch.tensor([2, 4, 1]))",
        "R.unpad_sequence(x, torch.tensor([2, 3, 1, 3]), batch_first=True)",
        "R.invert_permutation(torch.tensor([2, 0, 1]))",
        "R.invert_permutation(None)",
        "p = R.pack_sequence(ragged, enforce_sorted=False)\n[list(p.double()), list(p.half()), list(p.to(torch.float64)), p.to('cpu') is p]",
        "p = R.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])])\n(repr(p), p.is_cuda, p.is_pinned(), p._fields, isinstance(p, tuple))",
        "list(R.PackedSequence((torch.zeros(3), torch.tensor([2, 1]))))",
        "list(R.PackedSequence(torch.zeros(3), torch.tensor([2, 1]), torch.tensor([1, 0])))",
        "R.PackedSequence.__module__, R.PackedSequence.__name__",
    ],
)
def test_value(code: str) -> None:
    check(SETUP + code)


@pytest.mark.parametrize(
    "code",
    [
        "R.pack_padded_sequence(x, [4, 3])",
        "R.pack_padded_sequence(x, [4, 3, 0])",
        "R.pack_padded_sequence(x, [3, 4, 1])",
        "R.pack_padded_sequence(torch.zeros(0, 3, 2), [1, 1, 1])",
        "R.pack_padded_sequence(torch.zeros(4), [4])",
        "R.pack_padded_sequence(x, 4)",
        "R.pack_padded_sequence(x, torch.tensor([[4, 3, 1]]))",
        "R.pad_sequence([])",
        "R.pad_sequence(3)",
        "R.pad_sequence([torch.zeros(2)], padding_side='x')",
        "R.pad_packed_sequence(R.pack_padded_sequence(x, [3, 2, 1]), total_length=2)",
        "R.pack_sequence([])",
        "R.pack_sequence([torch.zeros(2, 3), torch.zeros(3, 3)])",
        "R.PackedSequence(3)",
    ],
)
def test_mistake(code: str) -> None:
    check_message(SETUP + code)


def test_other_sizes_are_refused() -> None:
    check("torch.nn.utils.rnn.pad_sequence([torch.zeros(2, 3), torch.zeros(3, 4)])")
