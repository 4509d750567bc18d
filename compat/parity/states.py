"""What the result of a case comes down to, in one word, and which words mean that something is to be mended."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from compat.parity.compare import Result

State = Literal["crashed", "hung", "late error", "differs", "stale", "declared", "agrees", "refused"]
STATES: tuple[State, ...] = get_args(
    State
)  # what counts for a whole API first: one case that agrees says more of it than a dtype that its reference lacks
GOOD: tuple[State, ...] = ("agrees", "declared")
BAD: tuple[State, ...] = ("crashed", "hung", "late error", "differs", "stale")
MEANING: dict[State, str] = {
    "crashed": "the process ended, and nothing declares that",
    "hung": "no answer in time, and nothing declares that",
    "late error": "an error that surfaced in a later call, and nothing declares that",
    "differs": "the two part, and nothing declares that",
    "stale": "a declared difference is gone: its declaration must go too",
    "declared": "the two part as the table declares",
    "refused": "the reference does not take these arguments: nothing to compare",
    "agrees": "values, gradients or error are the same",
}
DIRECTIONS = {"torch": "PyTorch API on MindSpore", "mindspore": "MindSpore API on PyTorch"}

FRAMEWORKS = {"torch": "PyTorch", "mindspore": "MindSpore"}


def state(result: Result) -> State:
    """What a reader has to know first: the status, or how the call ended where no declaration covers that."""
    return result.ending if result.status == "differs" and result.ending else result.status


def states(result: Result) -> tuple[State, ...]:
    """Every word by which a reader may look for it: a declared crash is both."""
    first = state(result)
    return (first, result.ending) if result.ending and result.ending != first else (first,)


def where(result: Result) -> str:
    """Which side a call ended on: "MindSpore", "compat.torch", or nothing if that is not known."""
    sides = {"reference": FRAMEWORKS.get(result.reference, result.reference), "subject": f"compat.{result.imitated}"}
    return sides.get(result.side, "")


@cache
def namespace(api: str) -> str:
    """The module that an API is in; `torch.Tensor` and `mindspore.Tensor` are one each, other classes stand in their module's."""
    parts = api.split(".")[:-1] or [api]
    ends = next((place for place, part in enumerate(parts) if part[:1].isupper() and part != "Tensor"), len(parts))
    return ".".join(parts[:ends]) or api
