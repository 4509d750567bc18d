"""A line search for the strong Wolfe conditions: the loss has fallen enough, and so has its slope."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

ENOUGH_DECREASE = 1e-4
ENOUGH_FLATTENING = 0.9
SAFE_SHARE = 0.1  # of a bracket: a point nearer to its ends than that is suspect


class Point(NamedTuple):
    """A place on the line, the loss there, its gradient, and its slope along the line."""

    length: float
    loss: float
    gradient: Any
    slope: float


def strong_wolfe(
    evaluate: Callable[[float], tuple[float, Any]], length: float, reach: float, direction: Any, loss: float, gradient: Any,
    slope: float, tolerance: float, allowed: int,
) -> tuple[float, Any, float, int]:  # fmt: skip
    """Loss, gradient and length of the step found, and how often `evaluate` was called.

    `reach` is the largest element of `direction`; `allowed` bounds the iterations.
    """
    start = Point(0, loss, gradient.clone(), slope)

    def point(at: float) -> Point:
        found, there = evaluate(at)
        return Point(at, found, there, there.dot(direction).item())

    def too_high(one: Point) -> bool:
        return one.loss > loss + ENOUGH_DECREASE * one.length * slope

    def flat_enough(one: Point) -> bool:
        return abs(one.slope) <= -ENOUGH_FLATTENING * slope

    previous, now = start, point(length)
    evaluations, iterations, done = 1, 0, False
    bracket: list[Point] = []
    while iterations < allowed:
        if too_high(now) or (iterations > 1 and now.loss >= previous.loss) or (not flat_enough(now) and now.slope >= 0):
            bracket = [previous, now]
            break
        if flat_enough(now):
            bracket, done = [now], True
            break
        bounds = now.length + 0.01 * (now.length - previous.length), now.length * 10
        previous, now = now, point(cubic_minimum(previous, now, bounds))
        evaluations, iterations = evaluations + 1, iterations + 1
    if iterations == allowed:
        bracket = [start, now]
    low, high = (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)
    stuck = False
    while not done and iterations < allowed:
        lengths = [one.length for one in bracket]
        least, most = min(lengths), max(lengths)
        if (most - least) * reach < tolerance:
            break
        at = cubic_minimum(bracket[0], bracket[1], None)
        margin = SAFE_SHARE * (most - least)
        if min(most - at, at - least) < margin:
            if stuck or at >= most or at <= least:
                at = most - margin if abs(at - most) < abs(at - least) else least + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = point(at)
        evaluations, iterations = evaluations + 1, iterations + 1
        if too_high(now) or now.loss >= bracket[low].loss:
            bracket[high] = now
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        if flat_enough(now):
            done = True
        elif now.slope * (bracket[high].length - bracket[low].length) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = now
    best = bracket[low]
    return best.loss, best.gradient, best.length, evaluations


def cubic_minimum(one: Point, other: Point, bounds: tuple[float, float] | None) -> float:
    """Where the cubic through both points, with their slopes, is least; within `bounds`, or between the points."""
    left, right = (one, other) if one.length <= other.length else (other, one)
    least, most = bounds or (left.length, right.length)
    if one.length == other.length:
        return (least + most) / 2.0
    bend = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.length - other.length)
    square = bend**2 - one.slope * other.slope
    if square < 0:
        return (least + most) / 2.0
    width = math.sqrt(square)
    place = right.length - (right.length - left.length) * ((right.slope + width - bend) / (right.slope - left.slope + 2 * width))
    return min(max(place, least), most)
