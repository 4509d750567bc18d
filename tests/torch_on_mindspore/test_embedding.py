"""Embedding and bags of embeddings, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
torch.manual_seed(0)
w = torch.randn(4, 3, requires_grad=True)
i = torch.tensor([[0, 1, 1], [3, 3, 3]]); flat = torch.tensor([0, 1, 3, 3]); starts = torch.tensor([0, 0, 2, 4])
def run(result, *leaves):
    torch.manual_seed(7)
    (result * torch.randn(result.shape).to(result.dtype)).sum().backward()
    return result, [one.grad for one in leaves]
"""

PROGRAMS = """
run(F.embedding(i, w), w)
run(F.embedding(i.int(), w), w)
run(F.embedding(i, w, padding_idx=1), w)
run(F.embedding(i, w, padding_idx=-1), w)
run(F.embedding(i, w, scale_grad_by_freq=True), w)
run(F.embedding(i, w, padding_idx=0, scale_grad_by_freq=True), w)
v = w.detach().clone(); F.embedding(i, v, max_norm=0.5), v
v = w.detach().clone(); F.embedding(i, v, max_norm=1.0, norm_type=1.0), v
F.embedding(torch.tensor(1), w)
F.embedding(torch.zeros(0, 2, dtype=torch.long), w, padding_idx=0)
v = torch.randn(4, 3, dtype=torch.float64, requires_grad=True); run(F.embedding(i, v), v)
v = torch.randn(4, 3).half().requires_grad_(); run(F.embedding(i, v, padding_idx=1), v)
F.embedding(i, torch.arange(8).reshape(4, 2))
run(F.embedding_bag(i, w), w)
run(F.embedding_bag(i, w, mode="sum"), w)
run(F.embedding_bag(i, w, mode="max"), w)
run(F.embedding_bag(flat, w, starts), w)
run(F.embedding_bag(flat, w, starts, mode="max"), w)
run(F.embedding_bag(flat, w, starts, mode="sum", include_last_offset=True), w)
run(F.embedding_bag(flat, w, starts, padding_idx=3), w)
run(F.embedding_bag(i, w, padding_idx=-1, mode="max"), w)
p = torch.rand(2, 3, requires_grad=True); run(F.embedding_bag(i, w, mode="sum", per_sample_weights=p), w, p)
p = torch.rand(4, requires_grad=True); run(F.embedding_bag(flat, w, starts, mode="sum", per_sample_weights=p, padding_idx=1), w, p)
F.embedding_bag(torch.zeros(0, dtype=torch.long), w, torch.tensor([0]))
F.embedding_bag(torch.zeros(0, dtype=torch.long), w, torch.zeros(0, dtype=torch.long))
v = w.detach().clone(); F.embedding_bag(i, v, max_norm=0.5), v
m = nn.Embedding(4, 3); run(m(i), m.weight), m
m = nn.Embedding(4, 3, padding_idx=-1); run(m(i), m.weight), m, m.weight, m.padding_idx
m = nn.Embedding(4, 3, max_norm=0.5, norm_type=1.0); m(i), m, m.weight
m = nn.Embedding(4, 3, scale_grad_by_freq=True); run(m(i), m.weight), m
m = nn.Embedding(4, 3, padding_idx=1, dtype=torch.float64); m.weight
m = nn.Embedding.from_pretrained(w.detach(), padding_idx=1); m(i), m.weight.requires_grad, m
m = nn.Embedding.from_pretrained(w.detach(), freeze=False); run(m(i), m.weight)
m = nn.Embedding(4, 3, _weight=w.detach(), _freeze=True); m(i), m.weight.requires_grad
m = nn.EmbeddingBag(4, 3, mode="max", padding_idx=1); run(m(i), m.weight), m
m = nn.EmbeddingBag(4, 3, max_norm=1.0); m(flat, starts), m
m = nn.EmbeddingBag(4, 3, mode="sum", include_last_offset=True); m(flat, starts, torch.ones(4)), m
m = nn.EmbeddingBag.from_pretrained(w.detach()); m(i), m.weight.requires_grad, m
""".strip().split("\n")

MESSAGES = """
F.embedding(torch.tensor([4]), w)
F.embedding(torch.tensor([-1]), w)
F.embedding(torch.tensor([1.0]), w)
F.embedding(torch.tensor([1], dtype=torch.uint8), w)
F.embedding(i, w[0])
F.embedding(i, w, padding_idx=4)
nn.Embedding(4, 3, padding_idx=-5)
nn.Embedding(4, 3, _weight=w[:2])
nn.Embedding.from_pretrained(w[0])
nn.Embedding(4, 3)(torch.tensor([5]))
F.embedding_bag(flat, w)
F.embedding_bag(flat, w, torch.tensor([1, 2]))
F.embedding_bag(flat, w, torch.tensor([0, 9]))
F.embedding_bag(flat, w, torch.tensor([[0, 2]]))
F.embedding_bag(i, w, torch.tensor([0]))
F.embedding_bag(i.reshape(1, 2, 3), w)
F.embedding_bag(i, w, mode="least")
F.embedding_bag(i, w, per_sample_weights=torch.ones(2, 3))
F.embedding_bag(i, w, mode="sum", per_sample_weights=torch.ones(2))
F.embedding_bag(i, w, mode="sum", per_sample_weights=torch.ones(2, 3).double())
F.embedding_bag(i, w, mode="max", scale_grad_by_freq=True)
F.embedding_bag(torch.tensor([[7]]), w)
F.embedding_bag(i.float(), w)
F.embedding_bag(i, w, padding_idx=9)
""".strip().split("\n")


@pytest.mark.parametrize("line", PROGRAMS)
def test_as_pytorch_does(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-3 if "half" in line else 1e-5)


@pytest.mark.parametrize("line", MESSAGES)
def test_messages(line: str) -> None:
    check_message(f"{SETUP}\n{line}")


def test_equal_seeds_give_equal_tables() -> None:
    check("torch.manual_seed(3)\n[nn.Embedding(5, 4).weight, nn.EmbeddingBag(5, 4).weight]")


def test_sparse_gradients_are_refused() -> None:
    from compat.errors import UnsupportedArgument
    from tests.torch_on_mindspore.compare import ours

    with pytest.raises(UnsupportedArgument, match="sparse"):
        ours.nn.Embedding(4, 3, sparse=True)(ours.tensor([1]))
