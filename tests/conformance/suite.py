"""What the suites have in common, and how one check of one sample is judged."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

from tests.conformance.framework import Framework, Original, Unconvertible
from tests.conformance.outcome import Tolerance, difference

PASSED, WRONG, ERROR, CRASHED, HUNG = STATUSES = ("passed", "wrong", "error", "crashed", "hung")
# Not counted: what real PyTorch can't do through the same harness, what is declared, and checks that do not apply.
EXCLUDED, DECLARED, ABSENT = "excluded", "declared", "absent"
FIRST_SEED, OTHER_SEED = 7, 8
FRAMING = ("Kernel select failed:", "C++ Call Stack:")  # what MindSpore puts around its messages
LEAF_WRITTEN = "leaf Variable that requires grad"


@dataclass(frozen=True)
class Sample:
    """One input of the test data: its place in PyTorch's own list, and of which variant (dtype, mode) that list is."""

    name: str
    variant: str
    index: int

    def __str__(self) -> str:
        return f"{self.name}/{self.variant}/{self.index}"


@dataclass(frozen=True)
class Result:
    """What one check of one sample came to. `random`: the numbers are drawn, so that only kind, dtype and shape may count."""

    name: str
    variant: str
    index: int
    check: str
    status: str
    reason: str = ""
    random: bool = False
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Suite(ABC):
    """One of PyTorch's lists of test data."""

    checks: tuple[str, ...]
    random_by_value: bool  # whether drawn numbers must be PyTorch's own, since the seeds are equal
    tolerances = Tolerance()

    @abstractmethod
    def names(self) -> list[str]:
        """The operators, modules or optimizers."""

    @abstractmethod
    def samples(self, name: str) -> list[Sample]:
        """The inputs on which one of them is tried."""

    @abstractmethod
    def run(self, framework: Framework, sample: Sample, check: str, clones: bool) -> Any:
        """The outcome in comparable form; None when the check does not apply. `clones`: hand over copies of leaves."""

    def tolerance(self, _name: str) -> Tolerance:
        return self.tolerances

    def difference(self, sample: Sample, expected: Any, found: Any, values: bool) -> str:
        """Where an outcome differs from the expected one, empty if nowhere; without `values` only kinds, dtypes and shapes count."""
        return difference(expected, found, self.tolerance(sample.name), values=values)

    def applies(self, expected: Any) -> bool:
        """Whether there is anything to hold a framework against."""
        return expected is not None

    def declared(self, _sample: Sample) -> str:
        """Why the sample is not to be tried here; empty for all others."""
        return ""

    def undefined(self, _name: str) -> bool:
        """Whether the elements of the result are what memory happened to hold."""
        return False


def judged(suite: Suite, subject: Framework, sample: Sample, check: str) -> Result:
    """Hold the framework against PyTorch on one check of one sample."""
    reason = suite.declared(sample)
    if reason:
        return _result(sample, check, DECLARED, reason)
    original, clones = Original(), False
    try:
        try:
            expected = _run(suite, original, sample, check, FIRST_SEED, clones)
        except RuntimeError as error:
            if LEAF_WRITTEN not in str(error):
                raise
            clones = True
            expected = _run(suite, original, sample, check, FIRST_SEED, clones)
        again = _run(suite, original, sample, check, OTHER_SEED, clones)
    except Exception as error:
        return _result(sample, check, EXCLUDED, f"PyTorch: {described(error)}")
    if not suite.applies(expected):
        return _result(sample, check, ABSENT)
    random = suite.undefined(sample.name) or bool(suite.difference(sample, expected, again, True))
    values = not random or (suite.random_by_value and not suite.undefined(sample.name))
    if subject.name != "torch":
        try:
            carried = _run(suite, Framework("torch"), sample, check, FIRST_SEED, clones)
            reason = suite.difference(sample, expected, carried, values)
        except Exception as error:
            reason = described(error)
        if reason:
            return _result(sample, check, EXCLUDED, f"PyTorch, through NumPy: {reason}")
    try:
        found = _run(suite, subject, sample, check, FIRST_SEED, clones)
    except Unconvertible as error:
        return _result(sample, check, EXCLUDED, described(error))
    except Exception as error:
        return _result(sample, check, ERROR, described(error), random)
    reason = suite.difference(sample, expected, found, values)
    return _result(sample, check, WRONG if reason else PASSED, reason, random)


def _result(sample: Sample, check: str, status: str, reason: str = "", random: bool = False) -> Result:
    return Result(sample.name, sample.variant, sample.index, check, status, reason, random)


def _run(suite: Suite, framework: Framework, sample: Sample, check: str, seed: int, clones: bool) -> Any:
    framework.seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return suite.run(framework, sample, check, clones)


def described(error: BaseException) -> str:
    """The type of an error and the first line of its message that says something, with the next one where that is a heading."""
    lines = [line for one in str(error).splitlines() if (line := one.strip(" -\t")) and not line.startswith(FRAMING)]
    count = 2 if lines and lines[0].endswith(":") else 1
    return f"{type(error).__name__}: {' '.join(lines[:count])[:300]}"
