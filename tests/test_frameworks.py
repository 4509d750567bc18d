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
        with compat.installed("torch") as torch:
            try:
                import torch.no_such_module
            except ModuleNotFoundError as error:
                print(error.name)
            try:
                from torch import no_such_name
            except ImportError as error:
                print(type(error).__name__)
            try:
                torch.nn.no_such_name
            except AttributeError as error:
                print(error)
            print(hasattr(torch, "no_such_name"))""",
    "probes find it": """
        import importlib.metadata, importlib.util
        before = importlib.metadata.version("torch")
        with compat.installed("torch") as torch:
            print(importlib.util.find_spec("torch.nn").name, importlib.util.find_spec("torch.no_such_module"))
            print(importlib.metadata.version("torch") == torch.__version__, "torch" in importlib.metadata.packages_distributions())
        print(importlib.metadata.version("torch") == before)""",
    "a module that is left alone gets the real one": """
        import sys, types
        with compat.installed("torch", leave=["library"]):
            module = types.ModuleType("library.part")
            exec("import torch, torch.nn as nn\\nfrom torch import Tensor", module.__dict__)
            import torch
            print(module.torch.__name__, module.nn.__name__, module.Tensor is torch.Tensor, torch.__name__)
            print(sys.modules["torch"] is torch)""",
    "the real one goes on importing itself": """
        import torch as real
        with compat.installed("torch"):
            scope = {"__name__": real.nn.__name__, "__package__": "torch"}
            exec("import torch\\nfrom torch import fx\\nfrom . import hub", scope)
            import torch
            print(scope["torch"] is real, scope["fx"].__name__, scope["hub"] is real.hub, torch is real)""",
    "array libraries are not led astray": """
        with compat.installed("torch") as torch:
            import numpy as np, scipy.stats, scipy.special, sklearn.linear_model
            torch.ones(2)
            model = sklearn.linear_model.LogisticRegression().fit(np.array([[0.0], [1.0]]), [0, 1])
            print(model.predict([[2.0]]).tolist(), scipy.special.logsumexp(np.zeros(2)) > 0, scipy.stats.zscore([1, 2, 3])[1])""",
    "a library's settings are a module": """
        with compat.installed("torch"):
            import torch.backends.cudnn as cudnn
            from torch.backends.mkldnn import is_available
            cudnn.benchmark = True
            import torch
            print(torch.backends.cudnn.benchmark, is_available())
        import compat.torch.backends.cudnn as again
        print(again is cudnn)""",
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
    "torch.no_such_module\nImportError\nmodule 'torch.nn' has no attribute 'no_such_name': there is no torch.nn.no_such_name on MindSpore here; "
    "see `compat explain torch.nn.no_such_name`\nFalse",
    "torch.nn None\nTrue True\nTrue",
    "torch torch.nn False compat.torch\nTrue",
    "True torch.fx True False",
    "[1] True 0.0",
    "True False\nTrue",
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
    with pytest.raises(UsageError, match="expected a list of module names"), installed("torch", leave="scipy"):  # type: ignore[arg-type]
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
