"""Probability distributions: samples of equal seeds, densities, moments, shapes, gradients and errors, beside real PyTorch."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETTING = """
D = torch.distributions
K = D.kl_divergence
torch.manual_seed(3)
a = torch.tensor([0.2, 0.7])
b = torch.tensor([0.4, 0.9])
rows = torch.tensor([[0.5, 0.2, 0.3], [1.0, 2.0, 3.0]])
matrix = torch.tensor([[2.0, 0.5, 0.1], [0.5, 1.5, 0.0], [0.1, 0.0, 1.0]])
"""
# constructor → values that the density, and with |, the distribution function, are asked for
ELEMENTWISE = {
    "D.Normal(torch.tensor([0.5, 1.0]), 2.0)": "torch.tensor([[0.1, 0.2], [3.0, -1.0]])|",
    "D.Normal(0.0, 1)": "torch.tensor(0.3)|",
    "D.Uniform(a, 2.0)": "torch.tensor([[0.7, 1.2], [1.5, 1.9]])|",
    "D.Bernoulli(a)": "torch.tensor([[0.0, 1.0], [1.0, 1.0]])",
    "D.Bernoulli(logits=b.double())": "torch.tensor([[0.0, 1.0], [1.0, 1.0]])",
    "D.Geometric(a)": "torch.tensor([[0.0, 1.0], [1.0, 4.0]])",
    "D.Categorical(rows)": "torch.tensor([[0, 1], [1, 2], [0, 0]])",
    "D.Categorical(logits=a)": "torch.tensor([[0, 1], [1, 1]])",
    "D.OneHotCategorical(rows)": "torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])",
    "D.Independent(D.Normal(a, b), 1)": "torch.tensor([[0.1, 0.2], [3.0, -1.0]])",
    "D.MultivariateNormal(rows, matrix)": "torch.ones(4, 1, 3)",
    "D.MultivariateNormal(rows[0], precision_matrix=matrix)": "torch.ones(3)",
    "D.MultivariateNormal(rows[0], scale_tril=torch.linalg.cholesky(matrix))": "torch.ones(2, 3)",
}  # fmt: skip


@pytest.mark.parametrize(("made", "values"), ELEMENTWISE.items())
def test_families(made, values):
    value, cumulative, _ = values.partition("|")
    asked = "d.sample(), d.sample((3,)), d.sample((5, 4)), d.log_prob(value), d.entropy(), d.mean, d.mode, d.variance, d.stddev, repr(d)"
    wider = "d.batch_shape, d.event_shape, d.expand((3, *d.batch_shape)).sample(), d.expand((3, *d.batch_shape)).log_prob(d.sample())"
    more = ", d.cdf(value), d.icdf(d.cdf(value))" if cumulative else ""
    again = ", d.rsample((2,))" if "Categorical" not in made and "Bernoulli" not in made and "Geometric" not in made else ""
    check(f"{SETTING}d = {made}\nvalue = {value}\n{asked}, {wider}{more}{again}, repr(d.support)", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("pair", [
    "D.Normal(a, b), D.Normal(b, a)",
    "D.Bernoulli(a), D.Bernoulli(b)",
    "D.Bernoulli(torch.tensor([0.0, 1.0, 0.5])), D.Bernoulli(torch.tensor([0.0, 1.0, 1.0]))",
    "D.Categorical(logits=a), D.Categorical(logits=b.expand(2, 2))",
    "D.Categorical(torch.tensor([0.0, 0.5, 0.5])), D.Categorical(torch.tensor([0.5, 0.5, 0.0]))",
    "D.OneHotCategorical(a), D.OneHotCategorical(b)",
    "D.Uniform(a, a + b), D.Uniform(a - 1, a + 4)",
    "D.Uniform(a, a + b), D.Uniform(a - 1, a)",
    "D.Uniform(a, a + b), D.Normal(a, b)",
    "D.Geometric(a), D.Geometric(b)",
    "D.Independent(D.Normal(a, b), 1), D.Independent(D.Normal(b, a), 1)",
    "D.MultivariateNormal(rows[0], matrix), D.MultivariateNormal(rows, precision_matrix=matrix)",
    "D.Normal(0.0, 1.0), D.Bernoulli(0.2)",
])  # fmt: skip
def test_divergence(pair):
    check(f"{SETTING}K({pair})", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("statement", [
    "D.Normal(0.0, -1.0)", "D.Normal(0.0, 1).log_prob(3)", "D.Uniform(0.0, 1).log_prob(torch.tensor(2.0))", "D.Uniform(0.0, 0.0)",
    "D.Bernoulli(0.4).log_prob(torch.tensor(0.5))", "D.Bernoulli(1.4)", "D.Bernoulli()", "D.Bernoulli(a, a)", "D.Categorical(torch.tensor(0.5))",
    "D.Categorical(logits=a).log_prob(torch.tensor(2))", "D.Categorical(logits=torch.tensor([0.5, float('nan')]))", "D.Normal('a', 1.0)",
    "D.Independent(D.Normal(a, b), 2)", "D.MultivariateNormal(a, matrix - 9)", "D.MultivariateNormal(a)", "D.Normal(a, b).log_prob(rows)",
])  # fmt: skip
def test_errors(statement):
    check_message(SETTING + statement)


@pytest.mark.parametrize("expression", [
    "D.Normal(p, q).rsample((3,)).pow(2).sum() + D.Normal(p, q).log_prob(b).sum() + D.Normal(p, q).entropy().sum()",
    "D.Uniform(p, p + q).rsample((3,)).pow(2).sum() + D.Uniform(p, p + q).entropy().sum()",
    "D.Bernoulli(p).log_prob(torch.tensor([0.0, 1.0])).sum() + D.Bernoulli(logits=q).entropy().sum()",
    "D.Categorical(p).log_prob(torch.tensor(1)) + D.Categorical(logits=q).entropy()",
    "(D.OneHotCategoricalStraightThrough(p).rsample((4,)) * q).sum()",
    "D.MultivariateNormal(p, torch.diag(q)).rsample((2,)).pow(2).sum() + D.MultivariateNormal(p, torch.diag(q)).log_prob(b)",
    "K(D.Normal(p, q), D.Normal(q, p)).sum() + K(D.Categorical(p), D.Categorical(logits=q))",
])  # fmt: skip
def test_gradients(expression):
    lines = f"p, q = a.requires_grad_(), b.requires_grad_()\ntorch.autograd.grad({expression}, [p, q], allow_unused=True)"
    check(SETTING + lines, rtol=1e-4, atol=1e-5)


def test_constraints():
    check(
        "c = torch.distributions.constraints\n"
        "v = torch.tensor([[1.0, 0.0, 0.0], [0.3, 0.3, 0.4], [-1, 2, 0]])\n"
        "names = 'boolean one_hot simplex real real_vector positive nonnegative unit_interval lower_cholesky lower_triangular'\n"
        "names += ' nonnegative_integer positive_integer square symmetric positive_definite'\n"
        "made = [c.greater_than(1.0), c.interval(0, 2.0), c.integer_interval(0, 3), c.half_open_interval(0.0, 2.0), c.less_than(2.0)]\n"
        "[(repr(one), one.check(v), one.event_dim, one.is_discrete) for one in [getattr(c, n) for n in names.split()] + made]"
    )
