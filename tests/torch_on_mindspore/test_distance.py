"""Distances, similarities and bilinear maps, forward and backward, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message, exact

SETUP = """
torch.manual_seed(0)
def leaf(*shape, dtype=torch.float32): return torch.randn(*shape).to(dtype).requires_grad_()
def run(result, *leaves):
    torch.manual_seed(7)
    (result * torch.randn(result.shape).to(result.dtype)).sum().backward()
    return result, [one.grad.clone() for one in leaves]
"""

PROGRAMS = """
x, y = leaf(3, 4), leaf(3, 4); run(F.cosine_similarity(x, y), x, y)
x, y = leaf(3, 1, 4), leaf(5, 4); run(F.cosine_similarity(x, y, dim=-1), x, y)
x, y = leaf(3, 4), leaf(4); run(F.cosine_similarity(x, y, 0), x, y)
x, y = torch.zeros(2, 3, requires_grad=True), leaf(2, 3); run(F.cosine_similarity(x, y, eps=0.1), x, y)
x, y = leaf(4), leaf(4, dtype=torch.float64); run(F.cosine_similarity(x, y, 0), x, y)
x, y = leaf(3, 4), leaf(3, 4); run(F.pairwise_distance(x, y), x, y)
x, y = leaf(3, 4), leaf(4); run(F.pairwise_distance(x, y, 1, 0.1, True), x, y)
x, y = leaf(3, 4), leaf(3, 4); run(F.pairwise_distance(x, y, 3.0), x, y)
x, y = leaf(3, 4), leaf(3, 4); run(F.pairwise_distance(x, y, float("inf")), x, y)
F.pairwise_distance(torch.ones(3), torch.ones(3)), F.pairwise_distance(torch.ones(2, 3), torch.zeros(2, 3), 0)
x = leaf(4, 3); run(F.pdist(x), x)
x, w, b = leaf(2, 3, 4), leaf(5, 4), leaf(5); run(F.linear(x, w, b), x, w, b)
x, w = leaf(4, dtype=torch.float64), leaf(5, 4, dtype=torch.float64); run(F.linear(x, w), x, w)
x, w, b = leaf(0, 4), leaf(5, 4), leaf(5); run(F.linear(x, w, b), x, w, b)
x, w, b = leaf(2, 0), leaf(5, 0), leaf(5); run(F.linear(x, w, b), x, w, b)
x, w, b = leaf(4, 2).t(), leaf(4), leaf(1); run(F.linear(x, w, b), w, b)
F.linear(torch.ones(2, 3).long(), torch.ones(4, 3).long()), F.linear(leaf(2, 4), leaf(5, 4), torch.tensor(1.0))
x = leaf(4, 3, dtype=torch.float64); run(F.pdist(x, 1), x)
x = torch.ones(3, 2, requires_grad=True); run(F.pdist(x), x)
F.pdist(torch.ones(1, 2)), F.pdist(torch.ones(3, 0)), F.pdist(leaf(3, 2), 0), F.pdist(leaf(3, 2), float("inf"))
x, y = leaf(3, 4), leaf(5, 4); run(torch.cdist(x, y), x, y)
x, y = leaf(2, 3, 4), leaf(5, 4); run(torch.cdist(x, y, 1.0), x, y)
x, y = leaf(3, 4), leaf(2, 4); run(torch.cdist(x, y, 1.5), x, y), torch.cdist(x, y, float("inf")), torch.cdist(x, y, 0.0)
x = leaf(3, 4); run(torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist"), x)
torch.cdist(torch.ones(0, 3), torch.ones(2, 3)), torch.cdist(torch.ones(1, 0), torch.ones(2, 0))
x, y, w, b = leaf(3, 2), leaf(3, 4), leaf(5, 2, 4), leaf(5); run(F.bilinear(x, y, w, b), x, y, w, b)
x, y, w = leaf(2, 3, 2), leaf(2, 3, 4), leaf(5, 2, 4); run(F.bilinear(x, y, w), x, y, w)
F.bilinear(leaf(3), leaf(4), leaf(5, 3, 4))
x, y = leaf(3, 2), leaf(3, 4); m = nn.Bilinear(2, 4, 3); run(m(x, y), x, y, m.weight, m.bias), m
nn.Bilinear(2, 4, 3, bias=False), nn.CosineSimilarity()(leaf(2, 3), leaf(2, 3)), nn.PairwiseDistance(1, keepdim=True)(leaf(2, 3), leaf(2, 3))
torch.cosine_similarity(leaf(2, 3), leaf(2, 3)), torch.pairwise_distance(leaf(2, 3), leaf(2, 3)), torch.pdist(leaf(3, 2)), nn.PairwiseDistance()
""".strip().split("\n")

MESSAGES = """
F.cosine_similarity(torch.tensor([1]), torch.tensor([1]), 0)
F.cosine_similarity(torch.ones(2, 3), torch.ones(4, 3))
F.cosine_similarity(torch.ones(2, 3), torch.ones(2, 3), dim=5)
F.pairwise_distance(torch.ones(2, 3), torch.ones(2, 4))
F.pdist(torch.ones(3))
F.pdist(torch.ones(3, 2), -1)
F.pdist(torch.tensor([[1, 2]]))
torch.cdist(torch.ones(2, 3), torch.ones(2, 4))
torch.cdist(torch.ones(3), torch.ones(2, 3))
torch.cdist(torch.ones(2, 3), torch.ones(2, 3), -1.0)
torch.cdist(torch.ones(2, 3), torch.ones(2, 3), compute_mode="x")
torch.cdist(torch.ones(2, 3).long(), torch.ones(2, 3).long())
torch.cdist(torch.ones(2, 3), torch.ones(2, 3).double())
torch.cdist(torch.ones(3, 2, 3), torch.ones(2, 2, 3))
F.bilinear(torch.ones(2, 3), torch.ones(3, 4), torch.ones(5, 3, 4))
F.bilinear(torch.ones(2, 3), torch.ones(2, 4), torch.ones(5, 2, 4))
F.bilinear(torch.ones(2, 3), torch.ones(2, 4), torch.ones(5, 3, 3))
F.bilinear(torch.ones(2, 3), torch.ones(2, 4), torch.ones(5, 3, 4), torch.ones(4))
F.bilinear(torch.ones(2, 3), torch.ones(1, 2, 4), torch.ones(5, 3, 4))
nn.Bilinear(0, 2, 3)
""".strip().split("\n")


@pytest.mark.parametrize("line", PROGRAMS)
def test_as_pytorch_does(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("line", MESSAGES)
def test_messages(line: str) -> None:
    check_message(line)


def test_equal_seeds_give_equal_weights() -> None:
    exact("torch.manual_seed(3)\nlist(nn.Bilinear(2, 3, 4).parameters())")
