"""The named results, which are the classes of `torch.return_types`."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, ours

OPERANDS = "x = torch.tensor([[1.5, -2.0], [0.5, 3.0]])\n"
RESULTS = {
    "max": "x.max(0)", "min": "x.min(0)", "sort": "x.sort()", "topk": "x.topk(1)", "kthvalue": "x.kthvalue(1)", "cummax": "x.cummax(0)", "cummin": "x.cummin(0)",
    "median": "x.median(0)", "nanmedian": "x.nanmedian(0)", "mode": "x.mode(0)", "aminmax": "x.aminmax()", "histogram": "torch.histogram(x, 2)",
    "histogramdd": "torch.histogramdd(x, 2)", "frexp": "torch.frexp(x)",
}  # fmt: skip


@pytest.mark.parametrize(("name", "expression"), list(RESULTS.items()))
def test_results(name, expression):
    check(
        f"{OPERANDS}found = {expression}\nT = torch.return_types.{name}\ntype(found) is T, repr(found), [repr(T(tuple(found)))], list(found), T.__name__, T.__module__"
    )


@pytest.mark.parametrize("name", [one for one in dir(ours.return_types) if one.startswith("linalg_")])
def test_fields_of_linalg(name):
    check(f"torch.return_types.{name}.__match_args__")


def test_wrong_length():
    check("torch.return_types.sort((1, 2, 3))")


def test_gradient_is_a_tuple():
    check(
        f"{OPERANDS}type(torch.gradient(x)).__name__, x.sum_to_size(2, 1), (x > 0).sum_to_size(1, 2), (x > 0).sum_to_size(2, 2), torch.tensor(True).sum_to_size(())"
    )
