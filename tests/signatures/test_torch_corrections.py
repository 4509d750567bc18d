"""What is said against PyTorch's stubs, against the installed PyTorch: each builtin refuses an argument as its correction has it."""

import re

import pytest

from compat.signatures.text import KEYWORD, Signature
from compat.signatures.torch_corrections import CORRECTED, corrected

torch = pytest.importorskip("torch")


def builtin(dotted: str):  # type: ignore[no-untyped-def]
    found = torch.ones(2) if dotted.startswith("torch.Tensor.") else torch
    for part in dotted.removeprefix("torch.Tensor.").removeprefix("torch.").split("."):
        found = getattr(found, part)
    return found


def refusal(function, signature: Signature) -> str:  # type: ignore[no-untyped-def]
    """What the function says of None for every parameter; nothing where it takes it."""
    try:
        function(**{p.name: None for p in signature})
    except (TypeError, RuntimeError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("dotted", CORRECTED)
def test_the_builtin_knows_every_name_of_a_correction(dotted: str) -> None:
    for signature in corrected(dotted):
        assert not re.search("unexpected keyword|keywords were incorrect|missing", refusal(builtin(dotted), signature))


@pytest.mark.parametrize("dotted", CORRECTED)
def test_the_builtin_takes_no_more_by_place_than_a_correction_says(dotted: str) -> None:
    most = max(sum(p.kind != KEYWORD for p in signature) for signature in corrected(dotted))
    with pytest.raises(TypeError):
        builtin(dotted)(*[None] * (most + 1))
