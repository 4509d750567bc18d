"""JUnit XML, as CI systems read it: suites of cases, each passed, failed, in error or skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

Outcome = Literal["passed", "failure", "error", "skipped"]
# What XML 1.0 can't hold, not even as a reference: control characters, halves of surrogate pairs and two that are no characters.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class TestCase:
    """One case: `message` is its outcome in a line, `text` all of it, `output` what it said, whatever the outcome."""

    __test__ = False  # for pytest, which takes the name for its own

    name: str
    classname: str
    outcome: Outcome = "passed"
    seconds: float = 0.0
    message: str = ""
    kind: str = ""
    text: str = ""
    output: str = ""


@dataclass(frozen=True)
class Suite:
    """The cases of one name, and when they ran (ISO 8601, empty if that is not known)."""

    name: str
    cases: Sequence[TestCase]
    time: str = ""


def document(name: str, suites: Iterable[Suite]) -> bytes:
    """All suites as one XML document in UTF-8. A character that XML can't hold becomes `\\xNN` or `\\uNNNN`."""
    suites = list(suites)
    root = ElementTree.Element("testsuites", {"name": visible(name), **_totals([case for suite in suites for case in suite.cases])})
    for suite in suites:
        when = {"timestamp": suite.time.removesuffix("+00:00")} if suite.time else {}
        totals = {**_totals(suite.cases), "skipped": str(_count(suite.cases, "skipped"))}
        element = ElementTree.SubElement(root, "testsuite", {"name": visible(suite.name), **totals, **when})
        for case in suite.cases:
            _add(element, case)
    ElementTree.indent(root)
    found: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"


def _add(suite: ElementTree.Element, case: TestCase) -> None:
    about = {"classname": visible(case.classname), "name": visible(case.name), "time": _seconds(case.seconds)}
    element = ElementTree.SubElement(suite, "testcase", about)
    if case.outcome != "passed":
        kind = {"type": visible(case.kind)} if case.kind else {}
        ElementTree.SubElement(element, case.outcome, {"message": visible(case.message), **kind}).text = visible(case.text) or None
    if case.output:
        ElementTree.SubElement(element, "system-out").text = visible(case.output)


def _totals(cases: Sequence[TestCase]) -> dict[str, str]:
    counts = {"failures": _count(cases, "failure"), "errors": _count(cases, "error")}
    return {"tests": str(len(cases)), **{key: str(count) for key, count in counts.items()}, "time": _seconds(sum(c.seconds for c in cases))}


def _count(cases: Sequence[TestCase], outcome: Outcome) -> int:
    return sum(case.outcome == outcome for case in cases)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def visible(text: str) -> str:
    """The text with everything that XML can't hold written out."""
    return _FORBIDDEN.sub(lambda match: ascii(match[0])[1:-1], text)
