"""Two outcomes of one case → a verdict: where they agree, where they part, and whether the table declares that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from compat import elementwise
from compat.elementwise import Comparison, Tolerance, compared, shortened, tolerance_of
from compat.parity.case import Case
from compat.parity.execute import Arrays, Ending as Ending, Outcome

Status = Literal["agrees", "differs", "declared", "stale", "refused"]
Check = Literal["forward", "gradient", "error", "in-place"]
Side = Literal["", "reference", "subject"]


@dataclass(frozen=True)
class Result:
    """What the comparison of one case found.

    `status`: "agrees"; "declared", it differs as the table says; "stale", the declared difference is gone; "differs"; "refused", the
    reference does not take these arguments (a dtype without a kernel, mostly), or a drawn call asks for what ours refuses by name, so that
    there is nothing to compare. `detail` says where the two parted; `deviation` is the largest relative error; `parts` are the arrays
    compared. `ending` is set where a call did not end as a call should, on `side`; that is empty where the worker was lost before either
    side began.
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
        """JSON data, see `compat.parity.results`."""
        fields = {name: value for name, value in vars(self).items() if value not in ("", 0.0, ())}
        return {**fields, "checks": list(self.checks), "parts": [part.as_dict() for part in self.parts]}


def compare(case: Case, reference: Outcome, subject: Outcome) -> Result:
    """Hold `subject` against `reference`: error type, shapes, dtypes, values, gradients, and what the call wrote into its arguments.

    The tolerance is that of the dtype, see `compat.elementwise`.
    """
    if reference.error and (case.may_refuse or _is_kernel_missing(case, reference)):
        return _result(case, "refused", ("error",), f"{reference.error}: {shortened(reference.message)}")
    if case.origin != "table" and subject.error in UNSUPPORTED:
        return _result(case, "refused", ("error",), f"{subject.error}: {shortened(subject.message)}")
    if reference.error or subject.error:
        return _judged(case, ("error",), _errors(case, reference, subject))
    checks: tuple[Check, ...] = ("forward", "gradient") if reference.gradients else ("forward",)
    if reference.written or case.style == "in_place":
        checks = (*checks, "in-place")
    if case.reference == "torch":  # MindSpore may return more than PyTorch does
        count = min(len(subject.values), len(reference.values))
        subject, reference = (replace(one, values=one.values[:count]) for one in (subject, reference))
    parts = tuple(_parts(case, reference, subject))
    detail = next((f"{part.name}: {part.detail}" for part in parts if part.detail), "")
    return _judged(case, checks, detail or _structures(case, reference, subject), parts)


def _parts(case: Case, reference: Outcome, subject: Outcome) -> list[Comparison]:
    measure = _measure(case)
    pairs = [(f"result {i}", r, s) for i, (r, s) in enumerate(zip(reference.values, subject.values, strict=False))]
    # By order: the two may name an argument differently.
    for about, theirs, ours in (
        ("gradient of", reference.gradients, subject.gradients),
        ("written to", reference.written, subject.written),
    ):
        pairs += [(f"{about} {name}", r, s) for (name, r), s in zip(theirs.items(), ours.values(), strict=False)]
    return [_part(name, r, s, measure, case.origin != "table") for name, r, s in pairs]


DRAWN = Tolerance(1e-3, 1e-5)  # large terms cancel in calls that nobody has chosen: a gradient of softmax over one element is 0


def _part(name: str, reference: NDArray[Any], subject: NDArray[Any], measure: Measure, drawn: bool) -> Comparison:
    usual = tolerance_of(elementwise.dtype_of(reference))
    found = compared(reference, subject, Tolerance(*map(max, usual, DRAWN)) if drawn else usual, name)
    same_kind = (reference.shape, elementwise.dtype_of(reference)) == (subject.shape, elementwise.dtype_of(subject))
    if measure == "values" or not same_kind:
        return found
    unlike = measure == "distribution" and not _alike(reference, subject)
    return Comparison(name, f"drawn from another distribution: {found.detail}" if unlike else "", found.shape, found.dtype, found.elements)


def _structures(case: Case, reference: Outcome, subject: Outcome) -> str:
    """What differs besides the elements: how many arrays there are, and what holds them."""
    counts = [(len(one.values), len(one.gradients), sorted(one.written)) for one in (reference, subject)]
    if counts[0][:2] != counts[1][:2]:
        return f"{counts[1][0]} results and {counts[1][1]} gradients, not {counts[0][0]} and {counts[0][1]}"
    if len(counts[0][2]) != len(counts[1][2]):
        return f"writes into {_listed(counts[1][2])}, not into {_listed(counts[0][2])}"
    if reference.structure != subject.structure and case.reference == "itself":
        return f"returns {shortened(subject.structure)}, not {shortened(reference.structure)}"
    return ""


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "no argument"


def ended(case: Case, ending: Ending, side: Side, how: str) -> Result:
    """The result of a case in which a side crashed, hung, or left an error behind.

    Of the subject only a declared crash on MindSpore is as declared: no other declaration may hide one of ours.
    """
    ours = side == "subject" and not (case.declared and case.declared.kind == "upstream-crash" and case.imitated == "torch")
    known = replace(case, declared=None) if ours else case
    return replace(_judged(known, ("error",), f"{side or 'call'} {ending}: {how}"), ending=ending, side=side)


def _judged(case: Case, checks: tuple[Check, ...], detail: str, parts: tuple[Comparison, ...] = ()) -> Result:
    status, reason = _status(case, detail)
    return replace(
        _result(case, status, checks, detail), reason=reason, parts=parts, deviation=max((p.max_rel for p in parts), default=0.0)
    )


def _result(case: Case, status: Status, checks: tuple[Check, ...], detail: str) -> Result:
    against = case.imitated if case.reference == "itself" else "torch"
    return Result(
        case.id, case.imitated, case.api, case.row, case.fixture, against, status, checks, detail, style=case.style, dtype=case.by_dtype
    )


def _status(case: Case, detail: str) -> tuple[Status, str]:
    if case.declared is None:
        return ("differs" if detail else "agrees"), ""
    if not detail and case.declared.kind == "unsupported" and case.fixture != "base":
        return "agrees", ""
    if detail or case.declared.kind == "undefined":  # what is undefined may agree by chance
        return "declared", f"{case.declared.kind}: {case.declared.en}"
    return "stale", f"declared as {case.declared.kind}, but the two agree: remove the declaration"


UNSUPPORTED = ("UnsupportedArgument",)  # ours, by which it says what it does not do
WITHOUT_KERNEL = ("not implemented for", "Kernel select failed", "Select CPU operator", "not supported on CPU")


def _is_kernel_missing(case: Case, reference: Outcome) -> bool:
    """Whether the reference has no kernel for what was drawn; in a case of the table that would be a mistake of the row."""
    return case.origin != "table" and any(text in reference.message for text in WITHOUT_KERNEL)


def _errors(case: Case, reference: Outcome, subject: Outcome) -> str:
    if reference.error and subject.error and case.origin != "table":
        return "" if reference.error == subject.error or case.imitated == "mindspore" else _raised(reference, subject)
    if reference.error and subject.error:
        if case.imitated == "torch" and not case.raises and case.declared is None:
            return f"both raise {reference.error} ({shortened(reference.message)}): correct the fixture, or say that it raises"
        if reference.error != subject.error:
            return _raised(reference, subject)
        name = case.api.rpartition(".")[2]
        named = name in subject.message or name not in reference.message
        return "" if named else f"the message does not name {name}: {shortened(subject.message)}"
    if reference.error:
        return f"returns {_shown(subject.values)}, does not raise {reference.error} ({shortened(reference.message)})"
    return f"raises {subject.error} ({shortened(subject.message)}), does not return {_shown(reference.values)}"


def _raised(reference: Outcome, subject: Outcome) -> str:
    return f"raises {subject.error} ({shortened(subject.message)}), not {reference.error} ({shortened(reference.message)})"


Measure = Literal["values", "distribution", "nothing"]


def _measure(case: Case) -> Measure:
    """What of the elements is compared. PyTorch's random stream (on CPU) is imitated to the number, MindSpore's is not."""
    imitated = case.imitated == "torch" and not case.own_stream
    return "values" if case.draws == "distribution" and imitated else case.draws


def _alike(reference: NDArray[Any], subject: NDArray[Any]) -> bool:
    """Whether two samples may be of one distribution: the two-sample Kolmogorov-Smirnov test, which errs once in a million times."""
    pooled = np.sort(np.concatenate([reference.ravel(), subject.ravel()]))
    shares = [np.searchsorted(np.sort(one.ravel()), pooled, side="right") / max(1, one.size) for one in (reference, subject)]
    limit = 2.69 * np.sqrt((reference.size + subject.size) / max(1, reference.size * subject.size))
    return not pooled.size or float(np.max(np.abs(shares[0] - shares[1]))) <= limit


def _shown(arrays: Arrays) -> str:
    return "; ".join(map(elementwise.shown, arrays))
