"""How MindSpore does it, program by program: conventions.yaml, run on MindSpore and on compat.mindspore, with the same outcome."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compat.table.source import read
from tests.mindspore_on_torch.conftest import assert_same

FILE = Path(__file__).with_name("conventions.yaml")
CONVENTIONS = {each["about"]: each for each in read(FILE.read_text(encoding="utf-8"), FILE.name).value}
# How MindSpore's CPU build says that it lacks a kernel: then there is nothing to compare with, and ours must give a result.
WANTING = ("unregistered", "Create kernelmod", "Unsupported op", "not supported on this device", "Kernel select failed")
TOLERANCE = 1e-4


def outcome(package: str, code: str) -> Any:
    """The value of the last line, free of its framework; or the error."""
    space = namespace(package)
    np.random.seed(0)
    space["ms"].set_seed(0)
    *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    try:
        exec(compile(ast.Module(statements, []), FILE.name, "exec"), space)
        return plain(eval(compile(ast.Expression(last.value), FILE.name, "eval"), space))
    except Exception as error:
        return error


def namespace(package: str) -> dict[str, Any]:
    """What the programs use."""
    ms: Any = importlib.import_module(package)
    torch: Any = importlib.import_module("torch")
    for submodule in ("common.initializer", "experimental.optim", "mint.optim"):
        importlib.import_module(f"{package}.{submodule}")
    return {
        "__name__": "conventions", "ms": ms, "nn": ms.nn, "ops": ms.ops, "mint": ms.mint, "Tensor": ms.Tensor, "Parameter": ms.Parameter,
        "mnp": importlib.import_module(f"{package}.numpy"), "initializer": ms.common.initializer.initializer, "np": np,
        "torch": torch, "tn": torch.nn, "F": torch.nn.functional, "names": names, "P": defaults, "sig": parameters,
    }  # fmt: skip


def names(cell: Any) -> dict[str, tuple[int, ...]]:
    """The parameters of a Cell: name → shape."""
    return {name: tuple(parameter.shape) for name, parameter in cell.parameters_dict().items()}


def parameters(function: Any) -> list[tuple[str, Any]]:
    """Names and defaults."""
    return [(name, text(each.default)) for name, each in inspect.signature(undecorated(function)).parameters.items()]


def defaults(function: Any, *chosen: str) -> dict[str, Any]:
    """The defaults of some parameters; of a class, its constructor's."""
    found = dict(parameters(function.__init__ if inspect.isclass(function) else function))
    return {name: found[name] for name in chosen}


def undecorated(function: Any) -> Any:
    """MindSpore's decorator of optimizers does not say what it wraps; its closure holds it."""
    held = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    inner = [each for each in held if inspect.isfunction(each)]
    return inner[0] if len(inner) == 1 and list(inspect.signature(function).parameters) == ["self", "args", "kwargs"] else function


def text(value: Any) -> Any:
    """A default without its framework: data types by name."""
    return str(value) if type(value).__module__.partition(".")[0] in ("mindspore", "compat") else value


def plain(value: Any) -> Any:
    """A value without its framework: a tensor becomes (dtype, array); a number stays."""
    if hasattr(value, "asnumpy"):
        return str(value.dtype), value.asnumpy()
    if isinstance(value, np.ndarray):
        return str(value.dtype), value
    if isinstance(value, float):
        return "float", np.array(value)
    if isinstance(value, dict):
        return [[name, plain(item)] for name, item in value.items()]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return text(value)


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("about", CONVENTIONS)
def test_the_same_outcome(about: str) -> None:
    code, differs = CONVENTIONS[about]["code"], CONVENTIONS[about].get("differs")
    expected, found = outcome("mindspore", code), outcome("compat.mindspore", code)
    if isinstance(expected, RuntimeError) and any(mark in str(expected) for mark in WANTING):
        assert not isinstance(found, Exception), found
        return
    try:
        if isinstance(expected, Exception):
            assert isinstance(found, type(expected)), (expected, found)
        else:
            assert not isinstance(found, Exception), found
            assert_same(found, expected, float(CONVENTIONS[about].get("draws", TOLERANCE)))
    except AssertionError:
        if differs is None:
            raise
    else:
        assert differs is None, f"no longer true: {differs}"
