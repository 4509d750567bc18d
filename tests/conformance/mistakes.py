"""PyTorch's error inputs, of its operators and its modules: what PyTorch refuses must be refused, by an error of the same type.

An error is the same if an `except` clause for PyTorch's type catches it, at the same stage: the constructor or the call. That this
project does not support something is not PyTorch's error, although its type is a RuntimeError too.
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from tests.conformance import modules, operators, source
from tests.conformance.framework import Framework, Unconvertible
from tests.conformance.suite import Sample, Suite, described

ACCEPTED, REFUSED = "nothing", "CompatError"


class Mistakes(Suite):
    checks = ("error",)
    random_by_value = False

    def names(self) -> list[str]:
        return sorted(
            [name for name, info in operators.infos().items() if info.error_inputs_func]
            + [name for name, info in modules.infos().items() if info.module_error_inputs_func]
        )

    def samples(self, name: str) -> list[Sample]:
        variant = "module" if name in modules.infos() else "operator"
        return [Sample(name, variant, index) for index in range(len(inputs(name)))]

    def run(self, framework: Framework, sample: Sample, _check: str, _clones: bool) -> Any:
        """At which stage an error is raised, the names of its classes, and its text."""
        given = inputs(sample.name)[sample.index]
        stages = _module_stages(framework, sample.name, given) if sample.variant == "module" else _call(framework, sample.name, given)
        stage = next(stages)
        try:
            while stage:
                stage = next(stages, "")
        except Unconvertible:
            raise
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            return {"stage": stage, "kinds": kinds, "text": described(error)}
        return {"stage": "", "kinds": [ACCEPTED], "text": ""}

    def difference(self, _sample: Sample, expected: Any, found: Any, _values: bool) -> str:
        wanted, kinds = expected["kinds"][0], found["kinds"]
        said = f"; PyTorch: {expected['text']}" + (f"; here: {found['text']}" if found["text"] else "")
        if wanted not in kinds or (REFUSED in kinds and REFUSED not in expected["kinds"]):
            return f"raised: {kinds[0]} instead of {wanted}{said}"
        if expected["stage"] != found["stage"]:
            return f"raised: by the {found['stage']} instead of the {expected['stage']}{said}"
        return ""

    def applies(self, expected: Any) -> bool:
        """Some of the inputs are wrong on other devices only."""
        return bool(expected["kinds"] != [ACCEPTED])


def _call(framework: Framework, name: str, given: Any) -> Any:
    """Calls the operator; yields what comes next."""
    yield "conversion"
    sample = given.sample_input
    first, args, kwargs = framework.convert((sample.input, sample.args, sample.kwargs), {})
    function = operators.function(framework, operators.infos()[name], "forward")
    yield "call"
    output = function(first, *args, **kwargs)
    yield "reading of the result"
    framework.plain(output)


def _module_stages(framework: Framework, name: str, given: Any) -> Any:
    """Makes the module and calls it; yields what comes next."""
    yield "conversion"
    made, call = given.module_error_input.constructor_input, given.module_error_input.forward_input
    args, kwargs = framework.convert((made.args, made.kwargs))
    inputs, options = framework.convert((call.args, call.kwargs)) if call else ((), {})
    yield "constructor"
    module = framework.get(name)(*args, **kwargs)
    if given.error_on.name != "FORWARD_ERROR":
        return
    yield "call"
    output = module(*inputs, **options)
    yield "reading of the result"
    framework.plain(output)


@functools.lru_cache(maxsize=4)
def inputs(name: str) -> list[Any]:
    source.seed_all()
    if name in operators.infos():
        return list(operators.infos()[name].error_inputs("cpu"))
    info = modules.infos()[name]
    return list(info.module_error_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=False, training=False))
