"""Results → tables: a suite as a whole, each of its names, and what fails most often."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conformance.suite import CRASHED, DECLARED, ERROR, EXCLUDED, HUNG, PASSED, STATUSES, WRONG, Result


def summary(suite: str, framework: str, results: list[Result]) -> dict[str, Any]:
    """Everything that the pages show, as data."""
    counted = [result for result in results if result.status in STATUSES]
    names = sorted({result.name for result in results})
    return {
        "suite": suite,
        "framework": framework,
        "names": len(names),
        "samples": len({(one.name, one.variant, one.index) for one in counted}),
        "checks": {check: _counts(counted, check) for check in _checks(counted)},
        "drawn": sum(result.random for result in counted),
        "excluded": len({(one.name, one.variant, one.index) for one in results if one.status == EXCLUDED}),
        "declared": len({(one.name, one.variant, one.index) for one in results if one.status == DECLARED}),
        "by name": {name: _of_name([result for result in results if result.name == name]) for name in names},
        "reasons": _reasons(result for result in counted if result.status != PASSED),
        "excluded because": _reasons(result for result in results if result.status == EXCLUDED),
    }


def _checks(results: list[Result]) -> list[str]:
    return list(dict.fromkeys(result.check for result in results))


def _counts(results: list[Result], check: str) -> dict[str, Any]:
    chosen = [result for result in results if result.check == check]
    by_status = Counter(result.status for result in chosen)
    of_names = [_share([one for one in chosen if one.name == name]) for name in {result.name for result in chosen}]
    return {
        "count": len(chosen),
        **{status: by_status[status] for status in STATUSES},
        "share": _share(chosen),
        "mean of names": sum(of_names) / len(of_names) if of_names else 0.0,
        "names complete": sum(share == 1 for share in of_names),
        "names": len(of_names),
    }


def _share(results: list[Result]) -> float:
    return sum(result.status == PASSED for result in results) / len(results) if results else 0.0


def _of_name(results: list[Result]) -> dict[str, Any]:
    counted = [result for result in results if result.status in STATUSES]
    return {
        "checks": {
            check: [sum(one.status == PASSED for one in chosen), len(chosen)]
            for check in _checks(counted)
            if (chosen := [one for one in counted if one.check == check])
        },
        "not counted": sum(result.status in (EXCLUDED, DECLARED) for result in results),
        "why": next((f"{one.status}: {one.reason}" for one in counted if one.status != PASSED), ""),
    }


def _reasons(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Reasons with their numbers left out, the most frequent first, each with the names that it stops."""
    found: dict[str, Counter[str]] = {}
    for result in results:
        found.setdefault(general(result), Counter())[result.name] += 1
    ordered = sorted(found.items(), key=lambda one: (-one[1].total(), one[0]))
    return [{"reason": reason, "count": names.total(), "names": [name for name, _ in names.most_common()]} for reason, names in ordered]


def general(result: Result) -> str:
    """The reason without what differs from sample to sample."""
    if result.status in (CRASHED, HUNG):
        return f"{result.status}: {result.reason}"
    if result.reason.startswith("raised: "):
        return f"wrong error: {result.reason.removeprefix('raised: ').partition(';')[0]}"
    if result.status == WRONG and (kind := re.search(r"\b(value|dtype|shape|type|keys): (.*)", result.reason)):
        return f"wrong {kind[1]}" + (f": {kind[2]}" if kind[1] == "dtype" else "") + (f" ({result.check})" if result.check else "")
    return f"{result.status}: " + re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "N", result.reason)[:160]


def write(folder: Path, found: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    page = folder / "summary.md"
    page.write_text(markdown(found), encoding="utf-8")
    return page


def markdown(found: dict[str, Any]) -> str:
    blocks = [
        f"# {found['suite']} of PyTorch's test data on {found['framework']}",
        f"{found['names']} names, {found['samples']} samples; {found['drawn']} checks of drawn numbers; not counted: "
        f"{found['excluded']} samples that PyTorch can't do through this harness, {found['declared']} declared.",
        overview(found),
        "## What fails most often",
        _table(["count", "names", "reason", "for instance"], [
            [str(one["count"]), str(len(one["names"])), one["reason"], ", ".join(one["names"][:6])] for one in found["reasons"]
        ]),
        "## Each name",
        _table(["name", "passed of counted", "not counted", "first failure"], [
            [name, ", ".join(f"{check} {passed}/{count}" for check, (passed, count) in one["checks"].items()), str(one["not counted"]), one["why"]]
            for name, one in found["by name"].items()
        ]),
        "## Not counted, because PyTorch itself does not pass",
        _table(["count", "reason", "names"], [[str(one["count"]), one["reason"], ", ".join(one["names"])] for one in found["excluded because"]]),
    ]  # fmt: skip
    return "\n\n".join(blocks) + "\n"


def overview(found: dict[str, Any]) -> str:
    """One row for each kind of check: shares of the checks, and how many names pass all of theirs."""
    rows = []
    for check, one in found["checks"].items():
        shares = [_percent(one[status], one["count"]) for status in (PASSED, WRONG, ERROR)]
        complete = f"{one['names complete']} of {one['names']}"
        rows.append([check, str(one["count"]), *shares, str(one[CRASHED]), str(one[HUNG]), f"{100 * one['mean of names']:.1f} %", complete])
    return _table(["check", "count", "passed", "wrong", "error", "crashes", "hangs", "passed, mean of names", "names complete"], rows)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _table(heading: list[str], rows: list[list[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)
