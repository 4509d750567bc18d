"""Charts as SVG, drawn here so that a page shows them without a script: a trend over runs, a loss over steps, shares of a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from compat.reports.page import Tone, environment

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 10, 32


@dataclass(frozen=True)
class Series:
    """One line: a value for every place of the horizontal axis, None where there is none."""

    name: str
    tone: Tone
    values: Sequence[float | None]


def line_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """The series over `labels` (their first and last are shown), from 0 or the smallest value below it. A value not finite is left out.

    Raises ValueError where a series has another length than the labels.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError(f"{title}: {len(labels)} labels, and series of {sorted({len(one.values) for one in series})} values")
    known = [value for one in series for value in one.values if value is not None and math.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    high = high if high > low else low + 1
    lines = [(one, _dots(one.values, low, high)) for one in series]
    return Markup(
        environment("compat.reports").get_template("chart.svg.j2").render(
            title=title, labels=labels, lines=lines, low=f"{low:,.4g}", high=f"{high:,.4g}",
            width=WIDTH, height=HEIGHT, left=LEFT, right=WIDTH - RIGHT, top=TOP, bottom=HEIGHT - BOTTOM,
        )
    )  # fmt: skip


def share_bar(title: str, counts: Mapping[str, int], tones: Mapping[str, Tone]) -> Markup:
    """A bar of parts as long as their counts, in this order. A part of a tone that the one before it has is drawn paler."""
    total, x, parts = sum(counts.values()), 0.0, []
    tone, opacity = None, 1.0
    for name, count in counts.items():
        opacity = 0.55 if tones[name] == tone and opacity == 1.0 else 1.0
        tone, width = tones[name], round(WIDTH * count / total, 2) if total else 0.0
        share = 100 * count / total if total else 0.0
        parts.append({"name": name, "count": count, "tone": tone, "opacity": opacity, "x": round(x, 2), "width": width, "share": share})
        x += width
    return Markup(environment("compat.reports").get_template("shares.svg.j2").render(title=title, parts=parts, width=WIDTH))


def _dots(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float]]:
    across = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    down = (HEIGHT - TOP - BOTTOM) / (high - low)
    placed = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    return [(round(LEFT + place * across, 1), round(HEIGHT - BOTTOM - (value - low) * down, 1)) for place, value in placed]
