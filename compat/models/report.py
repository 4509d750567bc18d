"""A comparison → a folder: report.html for people, results.json for programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from markupsafe import Markup

from compat.models.comparison import Explained, ModelComparison
from compat.models.records import shown
from compat.models.tree import MEANING, Node, tree, without_partner
from compat.reports.charts import Series, line_chart
from compat.reports.data import finite
from compat.reports.page import Page, Section, Tone, environment, write
from compat.reports.tables import Column, Table

ASSETS = Path(__file__).parent / "assets"
TONES: dict[str, Tone] = {"differs": "bad", "inside": "known", "agrees": "good", "alone": "plain", "unused": "plain"}
SMALLEST = 1e-9
NOTE = (
    "“In step” is what a module makes of the first model's input to it, so that no module answers for another; “alone” is the second "
    "model run by itself, where differences grow from module to module. Both in terms of the largest element of the first model's tensor."
)


def write_report(comparison: ModelComparison, folder: Path) -> Path:
    """Write the report into `folder`, which is made if needed; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    results = json.dumps(finite(as_data(comparison)), indent=1, allow_nan=False)
    (folder / "results.json").write_text(results + "\n", encoding="utf-8")
    target = folder / "report.html"
    write(page(comparison), target)
    return target


# --- for programs ---


def as_data(comparison: ModelComparison) -> dict[str, Any]:
    """The comparison as JSON data. Deviations are in terms of the largest element; one that is not finite becomes a text."""
    weights = comparison.weights
    return {
        "agrees": comparison.agrees,
        "verdict": comparison.verdict(),
        "first": comparison.first.label,
        "second": comparison.second.label,
        "training": comparison.train,
        "findings": [_finding(explained) for explained in comparison.findings],
        "modules": [_module(node) for node in tree(comparison).walk()],
        "modules_of_second_without_partner": without_partner(comparison),
        "calls": [
            {
                "module": each.call.path,
                "call": each.call.occurrence,
                "alone": each.alone,
                "in_step": each.in_step,
                "gradient": each.gradient,
            }
            for each in comparison.growth
        ],
        "losses": {"first": list(comparison.losses[0]), "second": list(comparison.losses[1])},
        "weights": {
            "matched": [[weight.first, weight.second] for weight in weights.weights],
            "guessed": [[weight.first, weight.second] for weight in weights.guessed],
            "unmatched_first": list(weights.unmatched_first),
            "unmatched_second": list(weights.unmatched_second),
        },
        "notes": list(comparison.notes),
    }


def _finding(explained: Explained) -> dict[str, Any]:
    return {
        "first": explained.first,
        "second": explained.second,
        "differences": [
            {"kind": each.kind, "text": each.text} | ({"comparison": each.comparison.as_dict()} if each.comparison else {})
            for each in explained.differences
        ],
        "why": list(explained.why),
        "sources": [asdict(snippet) if snippet else None for snippet in explained.snippets],
    }


def _module(node: Node) -> dict[str, Any]:
    return {
        "first": node.path, "type": node.type, "second": node.partner, "second_type": node.partner_type, "state": node.state,
        "calls": node.calls, "alone": node.alone, "in_step": node.in_step, "gradient": node.gradient,
        "settings": [each.text for each in node.settings],
    }  # fmt: skip


# --- for people ---


def page(comparison: ModelComparison) -> Page:
    """The page, with all modules of the first model in its tree."""
    first = comparison.first_difference
    headline = (
        comparison.verdict() if first is None else f"{comparison.verdict()}; the first is {comparison.named(first.first, first.second)}"
    )
    facts = {"first": comparison.first.label, "second": comparison.second.label, "mode": "training" if comparison.train else "inference"}
    facts |= {name: metadata.version(name).partition("+")[0] for name in ("torch", "mindspore")}
    return Page(
        title=f"{comparison.first.modules[''].type} on {comparison.first.label} and {comparison.second.label}",
        headline=headline, tone="good" if comparison.agrees else "bad", facts=facts, note=NOTE,
        sections=tuple(_sections(comparison)), tones=TONES, styles=(_asset("tree.css"),), scripts=(_asset("tree.js"),),
    )  # fmt: skip


def _sections(comparison: ModelComparison) -> list[Section]:
    template = environment("compat.models").get_template
    root = tree(comparison)
    sections = []
    if comparison.findings:
        findings = template("findings.html.j2").render(comparison=comparison, shown=shown)
        sections.append(Section("findings", "What differs, in the order of the run", Markup(findings)))
    if comparison.losses[0]:
        sections.append(Section("losses", "Loss", _losses(comparison)))
    sections.append(Section("growth", "Deviation from call to call", _growth(comparison)))
    besides = {"without": without_partner(comparison), "lines": comparison.asides()}
    tree_ = template("tree.html.j2").render(root=root, meaning=MEANING, tones=TONES, shown=shown, deviation=_deviation, **besides)
    sections.append(Section("tree", "The modules as a tree", Markup(tree_)))
    sections.append(Section("modules", "The modules as a table", _table(root)))
    return sections


def _losses(comparison: ModelComparison) -> Markup:
    sides = (comparison.first.label, "good"), (comparison.second.label, "bad")
    series = [Series(label, tone, losses) for (label, tone), losses in zip(sides, comparison.losses, strict=True)]  # type: ignore[arg-type]
    return line_chart("Loss by step of training", [f"step {step}" for step in range(len(comparison.losses[0]))], series)


def _growth(comparison: ModelComparison) -> Markup:
    """Logarithms: rounding is at -7, and what is as large as the result at 0."""
    labels = [shown(each.call.path) for each in comparison.growth]
    series = [
        Series("alone", "known", [_logarithm(each.alone) for each in comparison.growth]),
        Series("in step", "good", [_logarithm(each.in_step) for each in comparison.growth]),
        Series("gradient, alone", "odd", [_logarithm(each.gradient) for each in comparison.growth]),
    ]
    return line_chart("Power of ten of the largest deviation, call by call", labels, series)


def _logarithm(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(math.log10(max(value, SMALLEST)), 2)


def _table(root: Node) -> Table:
    columns = (
        Column("path", "Module", searched=True),
        Column("type", "Class", filter="Class"),
        Column("partner", "Partner", searched=True),
        Column("state", "State", "status", filter="State", names={str(state): text for state, text in MEANING.items()}),
        Column("in_step", "In step", "deviation"),
        Column("alone", "Alone", "deviation"),
        Column("gradient", "Gradient, alone", "deviation"),
        Column("calls", "Calls", "number"),
    )
    lines = [
        (shown(n.path), n.type, "" if n.partner is None else shown(n.partner), (n.state,), n.in_step, n.alone, n.gradient, n.calls)
        for n in root.walk()
    ]
    return Table(columns, lines, "Modules")


def _deviation(value: float | None) -> str:
    return "–" if value is None else "another shape" if math.isinf(value) else "0" if value == 0 else f"{value:.1e}"


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
