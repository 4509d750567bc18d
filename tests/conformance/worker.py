"""The worker process: `python -m tests.conformance.worker SUITE FRAMEWORK` answers requests of `tests.conformance.run`.

A request is `["samples", NAME]` or `["judge", NAME, VARIANT, INDEX, CHECK]`, as JSON; so is the answer.
Samples that PyTorch itself can't make are answered with its error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from compat.parity.pool import answer
from tests.conformance.framework import Framework
from tests.conformance.mistakes import Mistakes
from tests.conformance.modules import Modules
from tests.conformance.operators import Operators
from tests.conformance.optimizers import Optimizers
from tests.conformance.second_order import ModulesTwice, OperatorsTwice
from tests.conformance.suite import ERROR, WRONG, Sample, Suite, described, judged

SUITES: dict[str, Callable[[], Suite]] = {
    "ops": Operators, "modules": Modules, "optimizers": Optimizers, "errors": Mistakes, "ops_twice": OperatorsTwice,
    "modules_twice": ModulesTwice,
}  # fmt: skip


def start(suite_name: str, framework_name: str) -> Callable[[str], str]:
    torch.set_num_threads(1)
    suite, framework = SUITES[suite_name](), Framework(framework_name)

    def answered(request: str) -> str:
        kind, *arguments = json.loads(request)
        if kind == "samples":
            try:
                return json.dumps([[sample.variant, sample.index] for sample in suite.samples(*arguments)])
            except Exception as error:
                return json.dumps(described(error))
        name, variant, index, check = arguments
        began = time.monotonic()
        result = judged(suite, framework, Sample(name, variant, index), check)
        if result.status in (ERROR, WRONG) and not works(framework):
            os._exit(1)  # a check that leaves nothing working has crashed the process, as far as a program is concerned
        return json.dumps(replace(result, seconds=round(time.monotonic() - began, 3)).as_dict())

    return answered


def works(framework: Framework) -> bool:
    """Whether a sum and its gradient still come out right, after a check that failed."""
    try:
        framework.seed(0)
        given = framework.tensor(torch.ones(2, requires_grad=True))
        total = (given * given).sum()
        total.backward()
        found: Any = framework.plain([total, given.grad])
        return bool(found[0].elements == 2) and found[1].elements.tolist() == [2, 2]
    except Exception:
        return False


if __name__ == "__main__":
    answer(lambda: start(*sys.argv[1:]))
