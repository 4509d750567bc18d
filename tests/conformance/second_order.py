"""Gradients of gradients of `op_db` and `module_db`: the gradients are differentiated again, by leaves, parameters and incoming gradients.

A gradient that isn't there and one of zeros are the same here: PyTorch itself gives now the one, now the other.
"""

from __future__ import annotations

from typing import Any

from tests.conformance import source
from tests.conformance.framework import Framework, Original
from tests.conformance.modules import Modules, copied, infos as modules, inputs as module_inputs, state
from tests.conformance.operators import Operators, function, infos, inputs
from tests.conformance.suite import Sample

FIRST = {"float32": 4, "float64": 2}  # how many samples of each dtype


def twice(framework: Framework, outputs: list[Any], leaves: list[Any]) -> Any:
    """The gradients of the weighted sum of `outputs`, and those of the weighted sum of these; None without anything to differentiate."""
    outputs = [one for one in outputs if framework.is_differentiable(one)]
    if isinstance(framework, Original) and not (outputs and leaves):
        return None
    incoming = [one.requires_grad_() for one in framework.weights(outputs)]
    grad = framework.get("autograd.grad")
    options = {"allow_unused": True, "materialize_grads": True}
    first = grad(outputs, leaves, grad_outputs=incoming, create_graph=True, **options)
    recorded = [one for one in first if framework.is_differentiable(one)]
    if not recorded:
        return {"first": framework.plain(list(first)), "second": [framework.plain(one.detach() * 0) for one in (*leaves, *incoming)]}
    second = grad(recorded, [*leaves, *incoming], grad_outputs=framework.weights(recorded), **options)
    return {"first": [framework.plain(one.detach()) for one in first], "second": framework.plain(list(second))}


class OperatorsTwice(Operators):
    checks = ("twice",)

    def names(self) -> list[str]:
        return sorted(name for name, info in infos().items() if info.supports_gradgrad)

    def samples(self, name: str) -> list[Sample]:
        wanted = {dtype: count for dtype, count in FIRST.items() if dtype in {str(one)[6:] for one in infos()[name].dtypes}}
        return [Sample(name, dtype, index) for dtype, count in wanted.items() for index in source.spread(len(inputs(name, dtype)), count)]

    def run(self, framework: Framework, sample: Sample, check: str, clones: bool) -> Any:
        info, given = infos()[sample.name], inputs(sample.name, sample.variant)[sample.index]
        memo: dict[int, Any] = {}
        originals = (given.input, given.args, given.kwargs)
        first, args, kwargs = framework.convert(originals, memo)
        leaves = [memo[id(one)] for one in Original().tensors(list(originals)) if one.requires_grad]
        if clones:
            first, args, kwargs = copied(framework, (first, args, kwargs))
        output = function(framework, info, check)(first, *args, **kwargs)
        return twice(framework, framework.tensors(framework.function(given.output_process_fn_grad)(output)), leaves)


class ModulesTwice(Modules):
    checks = ("twice",)

    def names(self) -> list[str]:
        return sorted(name for name, info in modules().items() if info.supports_gradgrad)

    def run(self, framework: Framework, sample: Sample, _check: str, clones: bool) -> Any:
        given = module_inputs(sample.name, sample.variant)[sample.index]
        made = self._made(framework, sample)
        if not isinstance(framework, Original):
            made.load_state_dict(framework.convert(state(sample)))
        memo: dict[int, Any] = {}
        args, kwargs = framework.convert((given.forward_input.args, given.forward_input.kwargs), memo)
        originals = (given.forward_input.args, given.forward_input.kwargs)
        leaves = [memo[id(one)] for one in Original().tensors(originals) if one.requires_grad] + list(made.parameters())
        if clones:
            args, kwargs = copied(framework, (args, kwargs))
        framework.seed(1)
        return twice(framework, framework.tensors(made(*args, **kwargs)), leaves)
