"""Models of torchvision against the same of mindcv, with the same weights: `python -m tests.models.real_pairs [NAME…]`.

What is known to differ between the two packages must be found and named; the command fails where it is not. It needs torchvision.
"""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compat.models import ModelComparison, compare


@dataclass(frozen=True)
class Pair:
    """A model of both packages. `named` are texts that the comparison must say of a module's class; with none, the two must agree.

    `side` is that of the images; `given` goes to mindcv's function.
    """

    torchvision: str
    file: str
    mindcv: str
    named: tuple[tuple[str, str], ...] = ()
    side: int = 64
    given: dict[str, Any] = field(default_factory=dict)


SAME_POOL = ("MaxPool2d", "padding=1 against pad_mode='same'")
PAIRS = (
    Pair("resnet18", "resnet", "resnet18", (SAME_POOL,)),
    Pair("mobilenet_v3_small", "mobilenetv3", "mobilenet_v3_small_100", (("BatchNorm2d", "eps 0.001 against 1e-05"), ("Conv2d", "pad_mode='same'"))),
    # Of 60 places the first pooling leaves 14, of which the second one makes 6 or, rounded up, 7.
    Pair("squeezenet1_1", "squeezenet", "squeezenet1_1", (("MaxPool2d", "ceil_mode True against False"), ("Conv2d", "padding=0 against pad_mode='pad', padding=1")), 60),
)  # fmt: skip


def compared(pair: Pair) -> ModelComparison:
    """Both models, of ten classes, on two images."""
    import torch
    from torchvision import models

    torch.manual_seed(0)
    ours = getattr(models, pair.torchvision)(weights=None, num_classes=10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = getattr(importlib.import_module(f"mindcv.models.{pair.file}"), pair.mindcv)(num_classes=10, **pair.given)
    return compare(ours, theirs, np.random.default_rng(0).standard_normal((2, 3, pair.side, pair.side)).astype(np.float32))


def missing(pair: Pair, found: ModelComparison) -> list[str]:
    """What of the known differences was not named, or what was found where nothing is known."""
    if not pair.named:
        return [] if found.agrees else ["expected no difference"]
    said = [(found.first.modules[each.first].type, why) for each in found.findings for why in each.why]
    return [f"{kind}: {text}" for kind, text in pair.named if not any(k == kind and text in why for k, why in said)]


def main() -> None:
    from tests.packages.__main__ import name_operators_of_torchvision

    operators = name_operators_of_torchvision()
    failed = False
    for pair in PAIRS:
        if sys.argv[1:] and pair.torchvision not in sys.argv[1:]:
            continue
        start = time.monotonic()
        found = compared(pair)
        print(f"== {pair.torchvision} of torchvision and {pair.mindcv} of mindcv, {time.monotonic() - start:.0f} s\n{found}\n", flush=True)
        for text in missing(pair, found):
            failed = True
            print(f"NOT FOUND: {text}\n", flush=True)
    del operators
    sys.exit(failed)


if __name__ == "__main__":
    main()
