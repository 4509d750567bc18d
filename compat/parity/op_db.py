"""PyTorch's own test data, from the installed torch: the inputs on which its operators are tested, as data that names each of them.

Importing it changes flags of torch, so that only a process does it that needs it.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
import random
import sys
import types
import unittest
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat import frameworks
from compat.elementwise import bfloat16
from compat.errors import UsageError
from compat.parity.pool import answer

SEED = 1234
MOST, WANTED = 200, 5  # samples of an operator that are made, and those that are used
Argument = Any  # JSON data


class Unsaid(Exception):
    """An argument of a sample that JSON data can't name: a complex number, a sparse tensor, a function."""


def load(module: str) -> Any:
    """The module `module` of torch.testing._internal; UsageError where it is not installed.

    It imports expecttest for one base class only, so the class of unittest serves where expecttest is not installed. It also
    reads the command line, so it gets to see an empty one.
    """
    frameworks.load("torch")
    if "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None:
        sys.modules["expecttest"] = types.ModuleType("expecttest")
        sys.modules["expecttest"].TestCase = unittest.TestCase  # type: ignore[attr-defined]
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return __import__(f"torch.testing._internal.{module}", fromlist=["*"])
    except ModuleNotFoundError as error:
        raise UsageError(f"PyTorch's samples need torch with its testing package: {error}") from error
    finally:
        sys.argv = arguments


def seed_all() -> None:
    """The same samples each time they are made."""
    frameworks.load("torch").manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)


def spread(count: int, wanted: int) -> list[int]:
    """Up to `wanted` of the numbers 0 … count-1, evenly spread from the first to the last."""
    if count <= wanted:
        return list(range(count))
    return [round(place * (count - 1) / max(1, wanted - 1)) for place in range(wanted)]


@functools.cache
def infos() -> dict[str, Any]:
    """The OpInfos by name, with the name of the variant in brackets where there is one."""
    named = {}
    for info in load("common_methods_invocations").op_db:
        named[f"{info.name}[{info.variant_test_name}]" if info.variant_test_name else info.name] = info
    return named


@functools.lru_cache(maxsize=8)
def inputs(name: str, dtype: str) -> list[Any]:
    """The first samples of an operator; one whose samples PyTorch itself can't make has none."""
    seed_all()
    info, kind = infos()[name], getattr(frameworks.load("torch"), dtype)
    requires_grad = info.supports_autograd and kind in info.supported_backward_dtypes("cpu")
    return list(itertools.islice(info.sample_inputs("cpu", kind, requires_grad=requires_grad), MOST))


# --- as data -------------------------------------------------------------------------------------------------------------


def public_names(info: Any) -> Iterable[str]:
    """The public names whose call a sample of the operator is: the function itself, else the method that a test wraps in one."""
    path = info.name.removeprefix("torch.")
    try:
        found = functools.reduce(getattr, path.split("."), frameworks.load("torch"))
    except AttributeError:
        found = None
    if found is info.op:
        yield f"torch.{path}"
    elif found is None and info.method_variant is not None:
        yield f"torch.Tensor.{path}"


def listed() -> dict[str, list[str]]:
    """Public name → the operators of `op_db` that are tested as calls of it, and have samples in float32."""
    found: dict[str, list[str]] = {}
    for name, info in infos().items():
        for public in public_names(info) if frameworks.load("torch").float32 in info.dtypes else ():
            found.setdefault(public, []).append(name)
    return found


def samples(name: str) -> list[dict[str, Any]]:
    """A spread of an operator's samples in float32: `args` in order and `kwargs`, tensors named by their place; `unsaid` for one that
    JSON data can't name."""
    made = inputs(name, "float32")
    return [_said(name, index, made[index]) for index in spread(len(made), WANTED)]


def _said(name: str, index: int, sample: Any) -> dict[str, Any]:
    try:
        args = [said(value, [name, index, place]) for place, value in enumerate((sample.input, *sample.args))]
        return {"args": args, "kwargs": {key: said(value, [name, index, key]) for key, value in sample.kwargs.items()}}
    except Unsaid as why:
        return {"unsaid": str(why)}


def said(value: Any, place: list[Any]) -> Argument:
    """One argument as data: a tensor as `{sample: [operator, index, place]}`, where a place is a number or a keyword, and then numbers."""
    torch = frameworks.load("torch")
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_quantized or value.is_nested or value.device.type != "cpu":
            raise Unsaid(f"a tensor of layout {value.layout} on {value.device}")
        return {"sample": place}
    if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
        return {"name": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [said(item, [*place, index]) for index, item in enumerate(value)]
    raise Unsaid(f"a {type(value).__name__}")


def tensor(place: list[Any]) -> NDArray[Any]:
    """The array that `said` has named."""
    torch = frameworks.load("torch")
    name, index, first, *rest = place
    sample = inputs(name, "float32")[index]
    found = sample.kwargs[first] if isinstance(first, str) else (sample.input, *sample.args)[first]
    for step in rest:
        found = found[step]
    plain = found.detach().resolve_conj().resolve_neg()
    return bfloat16(plain.float().numpy()) if plain.dtype == torch.bfloat16 else np.array(plain.numpy(), order="C")


def _listing(request: str) -> str:
    return json.dumps(samples(request) if request else listed())


if __name__ == "__main__":
    answer(lambda: _listing)  # of an operator's name its samples, of an empty line the public names
