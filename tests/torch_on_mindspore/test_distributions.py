"""Probability distributions: samples of equal seeds, densities, moments, shapes, gradients and errors, beside real PyTorch."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message, real


@pytest.fixture(autouse=True)
def _arguments_are_checked() -> None:
    """What other tests import of PyTorch's own test code switches its checks off, for the whole process."""
    real.distributions.Distribution.set_default_validate_args(True)


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
    "D.Gamma(a, b)": "rows[:, :2]",
    "D.Gamma(torch.tensor([0.3, 5.0, 30.0]), 2.0)": "rows|",
    "D.Chi2(a)": "rows[:, :2]",
    "D.Exponential(a)": "rows[:, :2]|",
    "D.Exponential(2)": "a",
    "D.Dirichlet(rows)": "torch.tensor([0.2, 0.3, 0.5])",
    "D.Dirichlet(rows[0].double())": "torch.tensor([0.2, 0.3, 0.5]).double()",
    "D.Beta(a, b * 4)": "rows[:1, :2] / 2",
    "D.Beta(2.0, 3.0)": "a",
    "D.Laplace(a, b)": "rows[:, :2]|",
    "D.Cauchy(a, b)": "rows[:, :2]|",
    "D.StudentT(b * 5, a, b)": "rows[:, :2]",
    "D.StudentT(3.0)": "a",
    "D.Poisson(torch.tensor([0.5, 4.0, 35.0]))": "torch.tensor([0.0, 3.0, 30.0])",
    "D.Binomial(20, torch.tensor([0.1, 0.6]))": "torch.tensor([[0.0, 3.0], [20.0, 20.0]])",
    "D.Binomial(torch.tensor([50.0, 90.0]), torch.tensor([0.3, 0.9]))": "torch.tensor([10.0, 80.0])",
    "D.Binomial(3, logits=a)": "torch.tensor([1.0, 3.0])",
    "D.NegativeBinomial(torch.tensor([5.0, 2.5]), b)": "torch.tensor([0.0, 3.0])",
    "D.NegativeBinomial(5, logits=-a)": "torch.tensor([0.0, 3.0])",
    "D.Multinomial(4, rows)": "torch.tensor([[1.0, 0.0, 3.0], [2.0, 2.0, 0.0]])",
    "D.Multinomial(2, logits=a)": "torch.tensor([[1.0, 1.0]])",
    "D.RelaxedBernoulli(torch.tensor(0.7), a)": "b / 2",
    "D.RelaxedBernoulli(torch.tensor(2.0), logits=rows)": "rows / 4",
    "D.RelaxedOneHotCategorical(torch.tensor(0.7), rows)": "torch.tensor([0.2, 0.3, 0.5])",
    "D.RelaxedOneHotCategorical(torch.tensor(2.2), logits=a)": "torch.tensor([0.2, 0.8])",
    "D.LogNormal(a, b)": "rows[:, :2]|",
    "D.HalfNormal(b)": "rows[:, :2]|",
    "D.HalfNormal(2.0)": "rows[:, :2]|",
    "D.HalfCauchy(b)": "rows[:, :2]|",
    "D.Gumbel(a, b)": "rows[:, :2]|",
    "D.Gumbel(0.0, 2.0)": "rows[:, :2]|",
    "D.TransformedDistribution(D.Normal(a, b), [D.AffineTransform(1.0, -2.0), D.SigmoidTransform()])": "torch.tensor([0.2, 0.9])|",
    "D.TransformedDistribution(D.Normal(a, b), [D.TanhTransform(cache_size=1)])": "torch.tensor([0.2, 0.9])|",
    "D.TransformedDistribution(D.Independent(D.Normal(a, b), 1), [D.AffineTransform(a, b, event_dim=1), D.ExpTransform()])": "torch.tensor([0.2, 0.9])",
    "D.TransformedDistribution(D.Normal(a, b), D.ComposeTransform([D.ExpTransform(), D.PowerTransform(2.0), D.SoftplusTransform()]))": "torch.tensor([1.2, 0.9])",
    "D.TransformedDistribution(D.Normal(rows, 1.0), [D.ReshapeTransform((3,), (3, 1)), D.IndependentTransform(D.ExpTransform(), 1)])": "rows.unsqueeze(-1)",
    "D.MixtureSameFamily(D.Categorical(rows), D.Normal(rows, 1.0))": "torch.tensor([0.2, 0.9])",
    "D.MixtureSameFamily(D.Categorical(a), D.Independent(D.Normal(rows, 1.0), 1))": "torch.tensor([0.2, 0.9, 0.1])",
}  # fmt: skip


ASKED = (
    "d.sample()", "d.sample((3,))", "d.sample((5, 4))", "d.log_prob(value)", "d.entropy()", "d.mean", "d.mode", "d.variance", "d.stddev", "repr(d)",
    "d.batch_shape", "d.event_shape", "d.expand((3, *d.batch_shape)).sample()", "d.expand((3, *d.batch_shape)).log_prob(value)", "repr(d.support)",
    "d.has_rsample", "d.has_enumerate_support", "d.rsample((2,))", "d.enumerate_support()", "d.enumerate_support(False)", "d.perplexity()",
)  # fmt: skip
ATTEMPT = """
def attempt(asked):
    try:
        return asked()
    except Exception as error:
        return type(error).__name__
"""
QUANTILES = ("d.cdf(value)", "d.icdf(d.cdf(value).clamp(0.01, 0.99))")


@pytest.mark.parametrize(("made", "values"), ELEMENTWISE.items())
def test_families(made, values):
    value, cumulative, _ = values.partition("|")
    asked = ", ".join(f"lambda: {one}" for one in ASKED + (QUANTILES if cumulative else ()))
    check(f"{SETTING}{ATTEMPT}d = {made}\nvalue = {value}\n[attempt(one) for one in ({asked})]", rtol=1e-4, atol=1e-5)


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
    "D.Gamma(a, b), D.Gamma(b, a)", "D.Exponential(a), D.Exponential(b)", "D.Exponential(a), D.Gamma(b, a)", "D.Beta(a, b), D.Beta(b, a)",
    "D.Dirichlet(rows), D.Dirichlet(rows[0])", "D.Laplace(a, b), D.Laplace(b, a)", "D.Laplace(a, b), D.Normal(b, a)", "D.Normal(a, b), D.Laplace(b, a)",
    "D.Poisson(a), D.Poisson(b)", "D.Binomial(3, a), D.Binomial(3, b)", "D.Binomial(4, a), D.Binomial(3, b)", "D.Binomial(2, a), D.Binomial(3, b)",
    "D.Cauchy(a, b), D.Cauchy(b, a)", "D.HalfNormal(a), D.HalfNormal(b)", "D.LogNormal(a, b), D.LogNormal(b, a)",
])  # fmt: skip
def test_divergence(pair):
    check(f"{SETTING}K({pair})", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("statement", [
    "D.Normal(0.0, -1.0)", "D.Normal(0.0, 1).log_prob(3)", "D.Uniform(0.0, 1).log_prob(torch.tensor(2.0))", "D.Uniform(0.0, 0.0)",
    "D.Bernoulli(0.4).log_prob(torch.tensor(0.5))", "D.Bernoulli(1.4)", "D.Bernoulli()", "D.Bernoulli(a, a)", "D.Categorical(torch.tensor(0.5))",
    "D.Categorical(logits=a).log_prob(torch.tensor(2))", "D.Categorical(logits=torch.tensor([0.5, float('nan')]))", "D.Normal('a', 1.0)",
    "D.Gamma(a, -b)", "D.Beta(a, b).log_prob(rows)", "D.Beta(a, b).log_prob(b * 2)", "D.Dirichlet(a.sum())", "D.Binomial(2, a).log_prob(b + 5)",
    "D.Poisson(a).log_prob(b)", "D.Multinomial(3, rows).log_prob(rows)", "D.TransformedDistribution(D.Normal(a, b), 3)",
    "D.MixtureSameFamily(D.Normal(a, b), D.Normal(a, b))", "D.MixtureSameFamily(D.Categorical(rows), D.Normal(a, b))", "D.Exponential(a).log_prob(-b)",
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


@pytest.mark.parametrize("expression", [
    "D.Gamma(p * 5, q).rsample((6,)).pow(2).sum() + D.Gamma(p, q).log_prob(b).sum() + D.Gamma(p, q).entropy().sum()",
    "(D.Dirichlet(p * 4).rsample((6,)) * q).sum() + D.Dirichlet(p).log_prob(torch.tensor([0.3, 0.7]))",
    "D.Beta(p, q * 3).rsample((6,)).pow(2).sum() + D.Beta(p, q).log_prob(a.detach()).sum()",
    "D.StudentT(p * 8, p, q).rsample((4,)).sum() + D.StudentT(p, q).log_prob(b).sum()",
    "D.Exponential(p * q).rsample((4,)).sum() + D.Laplace(p, q).rsample((4,)).sum() + D.Cauchy(p, q).rsample((2,)).sum()",
    "D.Poisson(p).log_prob(torch.tensor(2.0)).sum() + D.Binomial(3, p).log_prob(torch.tensor(2.0)).sum() + D.NegativeBinomial(q, p).log_prob(torch.tensor(2.0)).sum()",
    "D.LogNormal(p, q).rsample((2,)).sum() + D.Gumbel(p, q).rsample((3,)).sum() + D.HalfNormal(q).log_prob(b).sum()",
    "D.TransformedDistribution(D.Normal(p, q), [D.TanhTransform(), D.AffineTransform(p, q)]).log_prob(a.detach() + 0.1).sum()",
    "(D.RelaxedOneHotCategorical(torch.tensor(0.7), p).rsample((3,)) * q).sum() + D.RelaxedBernoulli(torch.tensor(0.7), p).rsample().sum()",
    "D.MixtureSameFamily(D.Categorical(p), D.Normal(q, 1.0)).log_prob(torch.tensor([0.3, 1.0])).sum()",
])  # fmt: skip
def test_gradients_of_rejection_samplers_and_transforms(expression):
    # PyTorch approximates the slope of a gamma number to three digits
    lines = f"p, q = a.requires_grad_(), b.requires_grad_()\ntorch.autograd.grad({expression}, [p, q], allow_unused=True)"
    check(SETTING + lines, rtol=2e-3, atol=1e-4)


def test_counts():
    check(
        "torch.manual_seed(5)\n"
        "rates = torch.tensor([0.0, 0.3, 9.9, 10.0, 60.0, 1000.0], dtype=torch.float64).repeat(8)\n"
        "chances = torch.tensor([0.0, 0.05, 0.4, 0.5, 0.77, 1.0]).repeat(8)\n"
        "torch.poisson(rates), torch.binomial(torch.full_like(chances, 80.0), chances), torch._standard_gamma(rates / 9)",
    )


def test_transforms():
    check(
        "D = torch.distributions\nx = torch.tensor([0.3, 0.8])\n"
        "made = [D.AffineTransform(1.0, -2.0), D.ExpTransform(), D.SigmoidTransform(), D.TanhTransform(), D.SoftplusTransform(), D.PowerTransform(3.0)]\n"
        "made += [D.ComposeTransform(made[:3]), D.IndependentTransform(made[1], 1), made[1].inv, D.ReshapeTransform((2,), (2, 1))]\n"
        "[(t(x), t.inv(t(x)), t.log_abs_det_jacobian(x, t(x)), t.bijective, t.domain.event_dim, repr(t.codomain), t.inv.inv is t, t == t) for t in made]",
        rtol=1e-4,
        atol=1e-5,
    )


def test_constraints():
    check(
        "c = torch.distributions.constraints\n"
        "v = torch.tensor([[1.0, 0.0, 0.0], [0.3, 0.3, 0.4], [-1, 2, 0]])\n"
        "names = 'boolean one_hot simplex real real_vector positive nonnegative unit_interval lower_cholesky lower_triangular'\n"
        "names += ' nonnegative_integer positive_integer square symmetric positive_definite'\n"
        "made = [c.greater_than(1.0), c.interval(0, 2.0), c.integer_interval(0, 3), c.half_open_interval(0.0, 2.0), c.less_than(2.0)]\n"
        "[(repr(one), one.check(v), one.event_dim, one.is_discrete) for one in [getattr(c, n) for n in names.split()] + made]"
    )
