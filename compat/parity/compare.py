"""Two outcomes of one case → a verdict: where they agree, where they part, and whether the table declares that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from compat.elementwise import Comparison
from compat.parity.cases import Case
from compat.parity.execute import Outcome

RTOL, ATOL = 1e-4, 1e-6
Status = Literal["agrees", "differs", "declared", "stale", "refused"]
Check = Literal["forward", "gradient", "error", "in-place"]
Ending = Literal["", "crashed", "hung", "late error"]
Side = Literal["", "reference", "subject"]


@dataclass(frozen=True)
class Result:
    """What the comparison of one case found.

    `status`: "agrees"; "declared", it differs as the table says; "stale", the declared difference is gone; "differs"; "refused", the
    reference has no kernel for this dtype, so that there is nothing to compare. `detail` says where the two parted; `deviation` is the
    largest relative error; `parts` are the arrays compared. `ending` is set where a call did not end as a call should, on `side`.
    """

    id: str
    imitated: str
    api: str
    row: str
    fixture: str
    reference: str
    status: Status
    checks: tuple[Check, ...]
    detail: str = ""
    deviation: float = 0.0
    reason: str = ""
    style: str = "keyword"
    dtype: str = ""
    ending: Ending = ""
    side: Side = ""
    seconds: float = 0.0
    parts: tuple[Comparison, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON data."""
        fields = {name: value for name, value in vars(self).items() if value not in ("", 0.0, ())}
        return {**fields, "checks": list(self.checks), "parts": [part.as_dict() for part in self.parts]}


def compare(case: Case, reference: Outcome, subject: Outcome) -> Result:
    """Hold `subject` against `reference`: error type, shapes, dtypes, values and gradients, within rtol 1e-4 and 1e-6 of the largest element."""
    checks: tuple[Check, ...]
    if reference.error or subject.error:
        checks, detail, deviation = ("error",), _errors(case, reference, subject), 0.0
    else:
        checks = ("forward", "gradient") if reference.gradients else ("forward",)
        if case.reference == "torch":  # MindSpore may return more than PyTorch does
            count = min(len(subject.values), len(reference.values))
            subject, reference = (replace(one, values=one.values[:count]) for one in (subject, reference))
        pairs = [(f"result {i}", r, s) for i, (r, s) in enumerate(zip(reference.values, subject.values, strict=False))]
        theirs = list(subject.gradients.values())  # by order: the two may name an argument differently
        pairs += [(f"gradient of {n}", r, s) for (n, r), s in zip(reference.gradients.items(), theirs, strict=False)]
        detail, deviation = _arrays(pairs, _measure(case))
        if not detail and reference.structure != subject.structure and case.reference == "itself":
            detail = f"returns {_short(subject.structure)}, not {_short(reference.structure)}"
        if len(reference.values) != len(subject.values) or len(reference.gradients) != len(theirs):
            detail = (
                f"{len(subject.values)} results and {len(theirs)} gradients, not {len(reference.values)} and {len(reference.gradients)}"
            )
    status, reason = _status(case, detail)
    against = case.imitated if case.reference == "itself" else "torch"
    return Result(case.id, case.imitated, case.api, case.row, case.fixture, against, status, checks, detail, deviation, reason)


def crashed(case: Case, how: str) -> Result:
    """The result of a case whose worker died or did not answer."""
    status, reason = _status(case, how)
    return Result(case.id, case.imitated, case.api, case.row, case.fixture, case.reference, status, ("error",), how, 0.0, reason)


def _status(case: Case, detail: str) -> tuple[Status, str]:
    if case.declared is None:
        return ("differs" if detail else "agrees"), ""
    if not detail and case.declared.kind == "unsupported" and case.fixture != "base":
        return "agrees", ""
    if detail or case.declared.kind == "undefined":  # what is undefined may agree by chance
        return "declared", f"{case.declared.kind}: {case.declared.en}"
    return "stale", f"declared as {case.declared.kind}, but the two agree: remove the declaration"


def _errors(case: Case, reference: Outcome, subject: Outcome) -> str:
    if reference.error and subject.error:
        if case.imitated == "torch" and not case.raises and case.declared is None:
            return f"both raise {reference.error} ({_short(reference.message)}): correct the fixture, or say that it raises"
        if reference.error != subject.error:
            return f"raises {subject.error} ({_short(subject.message)}), not {reference.error} ({_short(reference.message)})"
        name = case.api.rpartition(".")[2]
        return (
            ""
            if name in subject.message or name not in reference.message
            else f"the message does not name {name}: {_short(subject.message)}"
        )
    if reference.error:
        return f"returns {_shown(subject.values)}, does not raise {reference.error} ({_short(reference.message)})"
    return f"raises {subject.error} ({_short(subject.message)}), does not return {_shown(reference.values)}"


Measure = Literal["values", "distribution", "nothing"]


def _measure(case: Case) -> Measure:
    """What of the elements is compared. PyTorch's random stream is imitated to the number, MindSpore's is not."""
    return "values" if case.draws == "distribution" and case.imitated == "torch" else case.draws


def _arrays(pairs: list[tuple[str, NDArray[Any], NDArray[Any]]], measure: Measure) -> tuple[str, float]:
    worst = 0.0
    for name, reference, subject in pairs:
        if reference.shape != subject.shape:
            return f"{name}: shape {list(subject.shape)}, not {list(reference.shape)}", worst
        if reference.dtype != subject.dtype:
            return f"{name}: dtype {subject.dtype}, not {reference.dtype}", worst
        if measure == "distribution" and not _alike(reference, subject):
            return f"{name}: drawn from another distribution: {_shown([subject])}, not {_shown([reference])}", worst
        if measure != "values":
            continue
        worst = max(worst, _deviation(reference, subject))
        if not np.allclose(subject, reference, rtol=RTOL, atol=ATOL * _scale(reference), equal_nan=True):
            return f"{name}: {_shown([subject])}, not {_shown([reference])}", worst
    return "", worst


def _alike(reference: NDArray[Any], subject: NDArray[Any]) -> bool:
    """Whether two samples may be of one distribution: the two-sample Kolmogorov-Smirnov test, which errs once in a million times."""
    pooled = np.sort(np.concatenate([reference.ravel(), subject.ravel()]))
    shares = [np.searchsorted(np.sort(one.ravel()), pooled, side="right") / max(1, one.size) for one in (reference, subject)]
    limit = 2.69 * np.sqrt((reference.size + subject.size) / max(1, reference.size * subject.size))
    return not pooled.size or float(np.max(np.abs(shares[0] - shares[1]))) <= limit


def _scale(reference: NDArray[Any]) -> float:
    """The largest finite element, at least 1: what is left where large terms cancel is only as exact as those terms."""
    if reference.dtype.kind not in "fc" or not reference.size:
        return 1.0
    sizes = np.abs(reference)
    return max(1.0, float(np.max(sizes, where=np.isfinite(sizes), initial=0.0)))


def _deviation(reference: NDArray[Any], subject: NDArray[Any]) -> float:
    """Largest relative deviation over the finite elements; elements below 1e-3 in size count absolutely, times 1000."""
    if reference.dtype.kind not in "fc" or not reference.size:
        return 0.0
    with np.errstate(all="ignore"):
        relative = np.abs(subject - reference) / np.maximum(np.abs(reference), 1e-3)
    finite = relative[np.isfinite(relative)]
    return float(finite.max()) if finite.size else 0.0


def _shown(arrays: list[NDArray[Any]]) -> str:
    return "; ".join(_short(np.array2string(a, precision=6, threshold=6, separator=", ").replace("\n", "")) for a in arrays)


def _short(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= 160 else line[:157] + "..."
