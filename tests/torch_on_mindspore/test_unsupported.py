"""What the table calls unsupported is missing in compat.torch, or raises when it is called: no row is too modest."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import compat.torch as ours
from compat.table.load import load

REFUSED = {name: row for name, row in load().rows.items() if row.unsupported is not None}


def resolved(name: str) -> Any:
    """What stands under the name in compat.torch; AttributeError if nothing does."""
    found: Any = importlib.import_module("compat.torch")
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_missing_or_raises(name: str) -> None:
    try:
        call = resolved(name)
    except AttributeError:
        return
    needed = [parameter for parameter in REFUSED[name].parameters.values() if parameter.required and not parameter.keyword_only]
    given: list[Any] = [None] * len(needed)
    if name.startswith("torch.Tensor."):
        given[:1] = [ours.ones(2, 2)]
    with pytest.raises(NotImplementedError, match=r"\w"):
        call(*given)
