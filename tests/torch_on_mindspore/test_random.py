"""The same seed, the same numbers: to the bit, except normal numbers, which go through another logarithm."""

import pytest

from tests.torch_on_mindspore.compare import check, exact

EXACT = """
torch.rand(7)
torch.rand(2, 3)
torch.rand(5, dtype=torch.float64)
torch.empty(50).uniform_(-0.123, 0.171)
torch.randperm(10)
torch.randperm(1)
torch.randperm(5000)
torch.randint(10, (5,))
torch.randint(3, 100, (2, 3))
torch.randint(0, 2**28, (5,))
torch.randint(0, 2**40, (5,))
torch.empty(4, dtype=torch.int64).random_()
torch.empty(4, dtype=torch.int32).random_()
torch.empty(4, dtype=torch.uint8).random_()
torch.empty(4).random_()
torch.empty(4, dtype=torch.float64).random_()
torch.empty(4).random_(5)
torch.empty(4, dtype=torch.int64).random_(-5, 5)
torch.empty(40).bernoulli_(0.3)
torch.bernoulli(torch.tensor([0.2, 0.5, 0.9]))
F.dropout(torch.ones(40), 0.3)
(torch.randn(5), torch.rand(2))[1]
(torch.rand(3), torch.randperm(4), torch.rand(2))[2]
(torch.randperm(30000), torch.rand(1))[1]
torch.initial_seed()
torch.Generator().initial_seed()
torch.Generator().manual_seed(3).initial_seed()
torch.rand(3, generator=torch.Generator().manual_seed(5))
torch.rand(3, generator=torch.Generator())
torch.randperm(4, generator=torch.Generator().manual_seed(-1))
[torch.manual_seed(2**40 + 5), torch.rand(3)][1]
[torch.get_rng_state(), torch.rand(3)][0].numpy()
(torch.randn(3), torch.get_rng_state())[1].numpy()[:5000]
nn.init.kaiming_uniform_(torch.empty(3, 4))
nn.init.kaiming_uniform_(torch.empty(3, 4, 5), mode="fan_out", nonlinearity="relu")
nn.init.xavier_uniform_(torch.empty(3, 4), gain=2)
nn.Linear(64, 32).weight
nn.Linear(64, 32).bias
nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))[1].weight
""".strip().split("\n")

CLOSE = """
torch.randn(5)
torch.randn(16)
torch.randn(20)
torch.randn(1000)
torch.randn(3, dtype=torch.float64)
torch.randn(17, dtype=torch.float64)
(torch.randn(3), torch.randn(2))
(torch.randn(3), torch.randn(16), torch.randn(2))
torch.empty(40).normal_(1.0, 3.0)
torch.normal(0.0, 1.0, (3,))
torch.rand(4, dtype=torch.float16)
nn.init.kaiming_normal_(torch.empty(5, 4))
nn.init.xavier_normal_(torch.empty(5, 4))
nn.init.normal_(torch.empty(3), 1, 2)
""".strip().split("\n")


@pytest.mark.parametrize("code", EXACT)
def test_exact(code):
    exact(f"torch.manual_seed(0)\n{code}")


@pytest.mark.parametrize("code", CLOSE)
def test_close(code):
    check(f"torch.manual_seed(0)\n{code}", rtol=1e-6, atol=2e-6)


def test_a_seed_of_the_operating_system():
    check("s = torch.seed()\nisinstance(s, int), s == torch.initial_seed(), torch.seed() != s")


def test_state_round_trip():
    exact(
        "torch.manual_seed(1)\ntorch.randn(3)\ns = torch.get_rng_state()\na = torch.randn(4)\ntorch.set_rng_state(s)\n(a == torch.randn(4)).all()"
    )
