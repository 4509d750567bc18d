"""PyTorch's `optim_db`: every optimizer with each of its options learns a small problem, and refuses what PyTorch's refuses."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import torch

from tests.conformance import source
from tests.conformance.framework import Framework, Unconvertible
from tests.conformance.outcome import Tolerance
from tests.conformance.suite import Sample, Suite

STEPS = 20
SPARSE_ONLY = "takes sparse gradients only, and there are no sparse tensors here"

# They learn in float64: an estimate of the curvature magnifies the rounding of a gradient, and after 20 steps in float32 PyTorch's
# own weights are off those that it finds in float64 by up to 4e-4, which no other order of additions could agree with to 1e-5.
MAGNIFYING = {"LBFGS"}


class Optimizers(Suite):
    checks = ("steps", "error")
    random_by_value = True
    tolerances = Tolerance(1e-5, 1e-6)

    def names(self) -> list[str]:
        return list(infos())

    def samples(self, name: str) -> list[Sample]:
        lists = {"options": options(name), "mistakes": mistakes(name)}
        return [Sample(name, variant, index) for variant, made in lists.items() for index in range(len(made))]

    def run(self, framework: Framework, sample: Sample, check: str, _clones: bool) -> Any:
        if (check == "error") != (sample.variant == "mistakes"):
            return None
        if check == "error":
            return self._refused(framework, sample)
        kwargs = framework.convert(options(sample.name)[sample.index].kwargs)
        parameters, loss = problem(framework, torch.float64 if sample.name in MAGNIFYING else torch.float32)
        optimizer = framework.get(f"optim.{sample.name}")(parameters, **kwargs)

        def closure() -> Any:
            optimizer.zero_grad()
            value = loss()
            value.backward()
            return value

        for _ in range(STEPS):
            if infos()[sample.name].step_requires_closure:
                optimizer.step(closure)
            else:
                closure()
                optimizer.step()
        return framework.plain(parameters)

    def _refused(self, framework: Framework, sample: Sample) -> Any:
        """The types of the error and the warnings, and whether the constructor or a step raises."""
        mistake = mistakes(sample.name)[sample.index]
        given = mistake.optimizer_error_input
        params = framework.convert(given.params if given.params is not None else problem_data()[0])
        kwargs = framework.convert(given.kwargs)
        stage = "construction"
        with warnings.catch_warnings(record=True) as noticed:
            warnings.simplefilter("always")
            try:
                optimizer = framework.get(f"optim.{sample.name}")(params, **kwargs)
                stage = "step"
                if mistake.error_on.name == "STEP_ERROR":
                    optimizer.step()
                stage = "none"
            except Unconvertible:
                raise
            except Exception as error:
                return {"raised at": stage, "error": type(error).__name__}
        warned = sorted({one.category.__name__ for one in noticed} & {mistake.error_type.__name__})
        return {"raised at": stage, "error": None, "warned": warned}

    def declared(self, sample: Sample) -> str:
        return SPARSE_ONLY if infos()[sample.name].only_supports_sparse_grads and sample.variant == "options" else ""


@functools.cache
def infos() -> dict[str, Any]:
    return {info.name: info for info in source.load("common_optimizers").optim_db}


@functools.cache
def options(name: str) -> list[Any]:
    source.seed_all()
    return list(infos()[name].optim_inputs_func(device="cpu"))


@functools.cache
def mistakes(name: str) -> list[Any]:
    source.seed_all()
    make = infos()[name].optim_error_inputs_func
    return list(make(device="cpu", dtype=torch.float32)) if make else []


@functools.cache
def problem_data() -> tuple[list[torch.nn.Parameter], torch.Tensor]:
    source.seed_all()
    return [torch.nn.Parameter(torch.randn(10, 5)), torch.nn.Parameter(torch.randn(10, 1))], torch.randn(5, 1)


def problem(framework: Framework, dtype: torch.dtype) -> tuple[list[Any], Any]:
    """Parameters, and a function that gives the loss: a linear layer that is to give zeros. All are matrices, for Muon."""
    parameters, given = problem_data()
    (weight, bias), data = framework.convert(([torch.nn.Parameter(one.detach().to(dtype)) for one in parameters], given.to(dtype)))
    return [weight, bias], lambda: (weight.mm(data) + bias).pow(2).sum()
