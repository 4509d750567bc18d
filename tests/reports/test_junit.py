"""JUnit XML: that it parses whatever the texts hold, and keeps to what CI systems read."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from compat.reports.junit import Suite, TestCase, document, visible

# Element → the attributes that it must have, those that it may have, and its children, in Jenkins' reading, which others follow.
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"time", "disabled"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"time", "timestamp", "skipped", "hostname", "id", "package"}, {"testcase", "properties"}),
    "testcase": ({"name", "classname"}, {"time", "status", "assertions"}, {"skipped", "failure", "error", "system-out", "system-err"}),
    "failure": ({"message"}, {"type"}, set()),
    "error": ({"message"}, {"type"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}  # fmt: skip


def check(element: ElementTree.Element) -> None:
    """Fail for an attribute or child that CI systems do not know, one that they need and miss, and for sums that are wrong."""
    needed, possible, children = ALLOWED[element.tag]
    assert needed <= set(element.attrib) <= needed | possible
    for child in element:
        assert child.tag in children
        check(child)
    if element.tag.startswith("testsuite"):
        cases = list(element.iter("testcase"))
        sums = {"tests": len(cases), "failures": len(list(element.iter("failure"))), "errors": len(list(element.iter("error")))}
        assert {name: int(element.get(name, "")) for name in sums} == sums


CASE = TestCase("base", "torch.abs", seconds=0.5)
SUITES = [
    Suite(
        "torch", [CASE, replace(CASE, outcome="failure", message="a & b", kind="differs", text="<all>\nof it")], "2026-01-02T03:04:05+00:00"
    ),
    Suite("mindspore", [replace(CASE, outcome="error", message="died"), replace(CASE, outcome="skipped"), replace(CASE, output="said")]),
    Suite("none", []),
]


@pytest.mark.parametrize("suites", [[], SUITES[:1], SUITES])
def test_it_keeps_to_what_ci_systems_read(suites: list[Suite]) -> None:
    check(ElementTree.fromstring(document("parity", suites)))


def test_it_says_what_the_cases_say() -> None:
    root = ElementTree.fromstring(document("parity", SUITES))
    first, second, third = root
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("time")) == ("5", "1", "1", "2.500")
    assert (first.get("timestamp"), second.get("timestamp"), second.get("skipped")) == ("2026-01-02T03:04:05", None, "1")
    failure = first.find("testcase/failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type"), failure.text) == ("a & b", "differs", "<all>\nof it")
    assert second.findtext("testcase/system-out") == "said"
    assert len(third) == 0


VISIBLE = {
    "plain": "plain", "tab\tline\n": "tab\tline\n", "\x00\x1b[31m": "\\x00\\x1b[31m", "\ud800": "\\ud800", "\uffff": "\\uffff",
    "é 中 🙂": "é 中 🙂", "]]>&<>\"'": "]]>&<>\"'",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VISIBLE.items())
def test_what_xml_cannot_hold_is_written_out(text: str, expected: str) -> None:
    assert visible(text) == expected
    case = TestCase(text, text, "failure", message=text, kind=text, text=text, output=text)
    root = ElementTree.fromstring(document(text, [Suite(text, [case])]))
    assert root.findtext("testsuite/testcase/failure") == expected
