"""PyTorch's `op_db`: every operator on a spread of its samples, as a function, its gradient, and as a method."""

from __future__ import annotations

from typing import Any

import torch

from compat.parity.op_db import WANTED, infos as infos, inputs as inputs
from tests.conformance import source
from tests.conformance.framework import Framework, Original
from tests.conformance.modules import copied
from tests.conformance.outcome import Tolerance
from tests.conformance.suite import Sample, Suite

DTYPES = {"float32": WANTED, "int64": 1, "bool": 1, "complex64": 0}  # how many samples of each
# Decompositions whose factors have a free sign: they are compared as PyTorch's own tests compare them, processed.
FREE_SIGN = ("svd", "linalg.svd", "linalg.eig", "linalg.eigh", "linalg.qr", "qr", "svd_lowrank", "pca_lowrank")


class Operators(Suite):
    checks = ("forward", "gradient", "method")
    random_by_value = False

    def names(self) -> list[str]:
        return sorted(infos())

    def samples(self, name: str) -> list[Sample]:
        info = infos()[name]
        wanted = {dtype: count for dtype, count in DTYPES.items() if count and getattr(torch, dtype) in info.dtypes}
        if "float32" not in wanted:
            first = next((dtype for dtype in DTYPES if getattr(torch, dtype) in info.dtypes), None)
            wanted.update({first: WANTED} if first else {})
        return [Sample(name, dtype, index) for dtype, count in wanted.items() for index in source.spread(len(inputs(name, dtype)), count)]

    def run(self, framework: Framework, sample: Sample, check: str, clones: bool) -> Any:
        info, given = infos()[sample.name], inputs(sample.name, sample.variant)[sample.index]
        if check == "gradient" and sample.variant not in ("float32", "complex64"):
            return None
        if check == "method" and info.method_variant is None:
            return None
        memo: dict[int, Any] = {}
        originals = (given.input, given.args, given.kwargs)
        first, args, kwargs = framework.convert(originals, memo)
        leaves = [memo[id(one)] for one in Original().tensors(list(originals)) if one.requires_grad]
        if check == "gradient" and not leaves:
            return None
        if clones:
            first, args, kwargs = copied(framework, (first, args, kwargs))
        output = function(framework, info, check)(first, *args, **kwargs)
        processed = framework.function(given.output_process_fn_grad)
        if check != "gradient":
            output = processed(output) if info.name in FREE_SIGN else output
            return {"output": framework.plain(output), "input": framework.plain((first, *args))}
        found = framework.tensors(processed(output))
        outputs = [one for one in found if framework.is_differentiable(one)]
        if isinstance(framework, Original) and not outputs:
            return None
        if outputs:
            grad = framework.get("autograd.grad")
            gradients = grad(outputs, leaves, grad_outputs=framework.weights(outputs), allow_unused=True)
        return {
            "differentiable": [framework.is_differentiable(one) for one in found],
            "gradients": framework.plain(list(gradients)) if outputs else None,
        }

    def tolerance(self, name: str) -> Tolerance:
        return declared_tolerance(infos()[name])

    def undefined(self, name: str) -> bool:
        return "empty" in name or name.startswith("resize_")


def function(framework: Framework, info: Any, check: str) -> Any:
    """The operator under test, or its method."""
    if check == "method":
        return framework.function(info.method_variant)
    if not isinstance(framework, Original) and _same(info):
        return framework.get(info.name.removeprefix("torch."))
    return framework.function(info.op)


def _same(info: Any) -> bool:
    """Whether the operator under test is the public function of its name."""
    try:
        return Framework("torch").get(info.name.removeprefix("torch.")) is info.op
    except AttributeError:
        return False


def declared_tolerance(info: Any) -> Tolerance:
    """The usual tolerance, or what PyTorch's own tests of this operator on CPU allow in float32, if that is more."""
    common = source.load("common_device_type")
    found = Tolerance()
    for entry in info.decorators:
        if getattr(entry, "device_type", None) not in (None, "cpu") or "Inductor" in (getattr(entry, "cls_name", None) or ""):
            continue
        for decorator in getattr(entry, "decorators", [entry]):
            if isinstance(decorator, common.toleranceOverride) and torch.float32 in decorator.d:
                allowed = decorator.d[torch.float32]
                found = found.looser(allowed.rtol, allowed.atol)
            if isinstance(decorator, common.precisionOverride) and torch.float32 in decorator.d:
                found = found.looser(0, decorator.d[torch.float32])
    return found
