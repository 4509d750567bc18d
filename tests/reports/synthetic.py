"""Results that no framework computed: as many as a full run gives, of every status and ending, with the parts of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from compat.elementwise import Comparison, compared
from compat.parity.compare import Result

FIXTURES = (
    "base",
    "positional",
    "reordered",
    "defaults",
    "dtype-float64",
    "dtype-float16",
    "dtype-bfloat16",
    "dtype-int64",
    "empty",
    "broadcast",
)
TORCH = ("torch", "torch.Tensor", "torch.nn", "torch.nn.functional", "torch.linalg", "torch.fft", "torch.special", "torch.optim")
MINDSPORE = ("mindspore.ops", "mindspore.mint", "mindspore.nn", "mindspore.Tensor", "mindspore.mint.nn.functional")


def result(api: str = "torch.nn.functional.mse_loss", fixture: str = "base", **changes: Any) -> Result:
    """One result that agrees, with changes."""
    imitated = api.partition(".")[0]
    found = Result(f"{imitated}:{api}:{fixture}", imitated, api, api, fixture, imitated, "agrees", ("forward", "gradient"), seconds=0.01)
    return replace(found, **changes)


@cache
def _two_of_six() -> tuple[Comparison, ...]:
    reference = np.linspace(1, 2, 6, dtype=np.float32).reshape(2, 3)
    subject = reference * np.float32(1 + 1e-7)
    subject[0, 1], subject[1, 2] = 7.5, np.nan
    return compared(reference, subject, name="result 0"), compared(reference, reference, name="gradient of input")


def differing(api: str = "torch.nn.functional.mse_loss", fixture: str = "base", **changes: Any) -> Result:
    """One result of which two of six elements differ, one by much, one by a NaN."""
    parts = _two_of_six()
    found = result(api, fixture, status="differs", detail=f"result 0: {parts[0].detail}", parts=parts, deviation=parts[0].max_rel)
    return replace(found, **changes)


ENDED = (
    result("torch.svd", "empty", status="differs", ending="crashed", side="subject", detail="subject crashed: the process died (exit status -11)"),
    result("mindspore.ops.multi_margin_loss", "empty-mean", status="declared", ending="crashed", side="reference",
           detail="reference crashed: the process died (exit status -8)", reason="upstream-crash: An empty batch ends the process.", checks=("error",)),
    result("mindspore.ops.top_k", status="differs", ending="hung", side="reference", detail="reference hung: no answer within 60 s", checks=("error",)),
    result("torch.topk", status="differs", ending="late error", detail="call late error: raised by a later call", checks=("error",)),
)  # fmt: skip
EACH_STATUS = (
    result(parts=(compared(np.ones(3, np.float32), np.ones(3, np.float32) * np.float32(1 + 1e-7), name="result 0"),), deviation=1.2e-7),
    differing("torch.nn.functional.mse_loss", "sum"),
    result(
        "torch.nn.functional.mse_loss", "none", status="declared", reason="numerics: rounds otherwise", detail="result 0: [1.], not [2.]"
    ),
    result(
        "torch.nn.functional.mse_loss", "gone", status="stale", reason="declared as numerics, but the two agree: remove the declaration"
    ),
    result(
        "torch.nn.functional.mse_loss",
        "dtype-float16",
        status="refused",
        dtype="float16",
        checks=("error",),
        detail="RuntimeError: no kernel",
    ),
    result("mindspore.ops.mse_loss", row="torch.nn.functional.mse_loss", deviation=3e-6),
    result("torch.Tensor.add_", style="in_place", checks=("forward", "in-place")),
    *ENDED,
)


@cache
def many(rows: int = 1_200, cases: int = 20_000) -> tuple[Result, ...]:
    """A full run: `cases` results of `rows` rows in both directions, one in 25 declared, one in 400 differing, a few ended."""
    return tuple(_many(rows, cases))


def _many(rows: int, cases: int) -> Iterator[Result]:
    draw = np.random.default_rng(0)
    reference = draw.standard_normal((4, 5)).astype(np.float32)
    near = compared(reference, reference * np.float32(1 + 3e-7), name="result 0")
    gradient = replace(near, name="gradient of input", shape=(16, 3, 224, 224), elements=16 * 3 * 224 * 224)
    for number in range(cases):
        row, turn = number % rows, number // rows
        name = f"{TORCH[row % len(TORCH)]}.operation_{row}"
        api = name if turn % 2 == 0 else f"{MINDSPORE[row % len(MINDSPORE)]}.operation_{row}"
        fixture = FIXTURES[turn // 2 % len(FIXTURES)] + ("" if turn < 2 * len(FIXTURES) else f"-{turn}")
        about: dict[str, Any] = {"row": name, "seconds": round(float(draw.uniform(0.001, 0.05)), 4)}
        if number % 400 == 7:
            yield differing(api, fixture, **about)
        elif number % 25 == 3:
            yield differing(api, fixture, status="declared", reason="numerics: MindSpore's kernel on CPU rounds otherwise.", **about)
        elif number % 2_500 == 11:
            yield result(
                api, fixture, status="differs", ending="crashed", side="subject", detail="subject crashed: exit status -11", **about
            )
        else:
            size = float(10.0 ** draw.uniform(-9, -5))
            parts = tuple(replace(part, max_abs=size, max_rel=size * 3, max_ulp=int(draw.integers(0, 40))) for part in (near, gradient))
            yield result(api, fixture, parts=parts, deviation=size * 3, **about)
