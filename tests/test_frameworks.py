"""Imports: what loads what, what works without the other framework, and the stand-in that goes as it came."""

from __future__ import annotations

import pytest

from compat import installed
from compat.errors import FrameworkMissing, UsageError
from compat.frameworks import available, load
from tests.helpers import python, without

LOADED = "\nprint(sorted({name.partition('.')[0] for name in sys.modules} & {'torch', 'mindspore', 'numpy', 'yaml', 'msgspec', 'jinja2'}))"


def test_importing_the_package_loads_neither_framework() -> None:
    assert python("-c", "import sys, compat, compat.cli, compat.frameworks, compat.errors" + LOADED).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("present", "absent", "code"),
    [
        (
            "mindspore",
            "torch",
            "import compat.torch as torch\nprint(torch.nn.functional.mse_loss(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 1.0])))",
        ),
        ("torch", "mindspore", "import compat.mindspore as ms\nprint(ms.ops.mse_loss(ms.Tensor([1.0, 3.0]), ms.Tensor([1.0, 1.0])))"),
    ],
)
def test_each_direction_works_without_the_framework_it_imitates(present: str, absent: str, code: str) -> None:
    done = python("-c", without(absent, code + LOADED))
    lines = done.stdout.strip().splitlines()
    assert lines[0] in ("tensor(2.)", "2.0"), done.stderr
    assert present in lines[1]
    assert absent not in lines[1]
    assert not any(word in lines[1] for word in ("yaml", "msgspec"))


@pytest.mark.parametrize(("direction", "needed"), [("torch", "mindspore"), ("mindspore", "torch")])
def test_a_missing_framework_is_named_with_the_command_that_installs_it(direction: str, needed: str) -> None:
    done = python("-c", without(needed, f"import compat.{direction}"))
    assert f"FrameworkMissing: {needed} is needed here" in done.stderr
    assert f"pip install 'compat[{needed}]'" in done.stderr


INSTALLED = {
    "submodules and from-imports are ours": """
        with compat.installed("torch") as torch:
            import torch.nn.functional as F
            from torch import nn
            import torch.nn as again
            print(torch.__name__, F.__name__, nn is again, nn is torch.nn)""",
    "the real modules are back afterwards": """
        import torch as before
        with compat.installed("torch"):
            import torch
            print(torch is before)
        import torch, torch.nn
        print(torch is before, torch.nn.__name__)""",
    "an exception inside is no obstacle": """
        import torch as before
        try:
            with compat.installed("torch"):
                raise KeyError
        except KeyError:
            import torch
            print(torch is before)""",
    "a library that probes for torch finds ours": """
        import importlib.util
        with compat.installed("torch"):
            print(importlib.util.find_spec("torch") is not None, __import__("torch").__name__)""",
    "what is not there yet says so": """
        with compat.installed("torch"):
            try:
                import torch.distributed
            except ModuleNotFoundError as error:
                print(error.name, "compat.torch has no such module yet" in str(error))""",
    "the module keeps its own spec": """
        import compat.torch.nn
        spec = compat.torch.nn.__spec__.name
        with compat.installed("torch"):
            import torch.nn
        print(compat.torch.nn.__spec__.name == spec == "compat.torch.nn")""",
}
EXPECTED = [
    "compat.torch compat.torch.nn.functional True True",
    "False\nTrue torch.nn",
    "True",
    "True compat.torch",
    "torch.distributed True",
    "True",
]


@pytest.mark.parametrize(("code", "expected"), list(zip(INSTALLED.values(), EXPECTED, strict=True)), ids=INSTALLED)
def test_installed(code: str, expected: str) -> None:
    lines = ["import compat", *(line.removeprefix("        ") for line in code.splitlines())]
    done = python("-c", "\n".join(lines))
    assert done.stdout.strip() == expected, done.stderr


def test_installed_refuses_what_it_cannot_do() -> None:
    with pytest.raises(UsageError, match="expected one of torch, mindspore"), installed("jax"):
        pass
    with installed("mindspore"), pytest.raises(UsageError, match="leave its block first"), installed("torch"):
        pass


def test_the_real_framework_stays_within_reach_of_our_own_code() -> None:
    with installed("mindspore"):
        assert not load("mindspore").__name__.startswith("compat")
        assert __import__("mindspore").__name__ == "compat.mindspore"


def test_available_does_not_import() -> None:
    assert available("torch")
    assert available("no-such-framework") is None


def test_an_error_inside_a_framework_is_not_taken_for_its_absence() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module") as caught:
        load("mindspore.no_such_module")
    assert not isinstance(caught.value, FrameworkMissing)
