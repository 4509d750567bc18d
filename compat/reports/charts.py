"""Line charts as SVG, drawn here so that a page shows them without a script: a trend over runs, a loss over steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def _dots(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float]]:
    across = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    down = (HEIGHT - TOP - BOTTOM) / (high - low)
    placed = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    return [(round(LEFT + place * across, 1), round(HEIGHT - BOTTOM - (value - low) * down, 1)) for place, value in placed]
