"""PyTorch's `module_db`: every module, on each of its inputs, in both modes.

The module is made with the same constructor arguments, takes over the reference's state by `load_state_dict`, and is called under
the same seed: its random numbers must be PyTorch's.
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from tests.conformance import source
from tests.conformance.framework import Framework, Original
from tests.conformance.suite import Sample, Suite

MODES = {"train": True, "eval": False}


class Modules(Suite):
    checks = ("forward", "gradient")
    random_by_value = True

    def names(self) -> list[str]:
        return sorted(infos())

    def samples(self, name: str) -> list[Sample]:
        modes = MODES if infos()[name].train_and_eval_differ else ("train",)
        return [Sample(name, mode, index) for mode in modes for index in range(len(inputs(name, mode)))]

    def run(self, framework: Framework, sample: Sample, check: str, clones: bool) -> Any:
        given = inputs(sample.name, sample.variant)[sample.index]
        made = self._made(framework, sample)
        keys = [(key, tuple(one.shape)) for key, one in made.state_dict().items()]
        if not isinstance(framework, Original):
            made.load_state_dict(framework.convert(state(sample)))
        memo: dict[int, Any] = {}
        args, kwargs = framework.convert((given.forward_input.args, given.forward_input.kwargs), memo)
        originals = (given.forward_input.args, given.forward_input.kwargs)
        leaves = [memo[id(one)] for one in Original().tensors(originals) if one.requires_grad]
        if clones:
            args, kwargs = copied(framework, (args, kwargs))
        framework.seed(1)
        output = made(*args, **kwargs)
        if check == "forward":
            buffers = {name: framework.plain(one) for name, one in made.named_buffers()}
            return {"state": keys, "output": framework.plain(output), "input": framework.plain(args), "buffers": buffers}
        outputs = [one for one in framework.tensors(output) if framework.is_differentiable(one)]
        if isinstance(framework, Original) and not outputs:
            return None
        framework.get("autograd.backward")(outputs, framework.weights(outputs))
        return {
            "inputs": [framework.plain(leaf.grad) for leaf in leaves],
            "parameters": {name: framework.plain(one.grad) for name, one in made.named_parameters()},
        }

    def _made(self, framework: Framework, sample: Sample) -> Any:
        given = inputs(sample.name, sample.variant)[sample.index]
        framework.seed(0)
        args, kwargs = framework.convert((given.constructor_input.args, given.constructor_input.kwargs))
        made = framework.get(sample.name)(*args, **kwargs)
        made.to(framework.get("float32")).train(MODES[sample.variant])
        if infos()[sample.name].is_lazy:
            made(*framework.convert(given.forward_input.args), **framework.convert(given.forward_input.kwargs))
        return made


@functools.cache
def infos() -> dict[str, Any]:
    """The ModuleInfos by name, as in "nn.Linear"."""
    return {info.name: info for info in source.load("common_modules").module_db}


@functools.lru_cache(maxsize=4)
def inputs(name: str, mode: str) -> list[Any]:
    source.seed_all()
    info = infos()[name]
    made = info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=True, training=MODES[mode])
    return [one for one in made if one.forward_input is not None]


@functools.lru_cache(maxsize=1)
def state(sample: Sample) -> Any:
    """The state of the reference before the call."""
    return Modules()._made(Original(), sample).state_dict()


def copied(framework: Framework, value: Any) -> Any:
    """The same arguments with copies of the tensors, which a module that works in place may write into."""
    if isinstance(value, framework.torch.Tensor):
        return value.clone()
    if isinstance(value, dict):
        return {key: copied(framework, one) for key, one in value.items()}
    return type(value)(copied(framework, one) for one in value) if type(value) in (list, tuple) else value
