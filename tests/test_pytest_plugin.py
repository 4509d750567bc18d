"""The pytest plugin, by sessions of its own: what must fail fails in words that help, what agrees passes, and unused it does nothing."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.pytester import SysModulesSnapshot

from compat import frameworks
from compat.errors import FrameworkMissing
from compat.testing.sides import APIS, sides
from tests.helpers import ROOT, python

pytest_plugins = ["pytester"]


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Sessions in this process, with the plugin as pip would install it; what they import of the frameworks stays imported."""
    for api in APIS:
        for side in sides(api):
            _ = side.module
    about = pytester.mkdir("installed") / "compat-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: compat\nVersion: 0\n")
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
    (about / "entry_points.txt").write_text("[pytest11]\n" + "".join(f"{name} = {value}\n" for name, value in points.items()))
    monkeypatch.syspath_prepend(about.parent)

    def snapshot(pytester: pytest.Pytester) -> SysModulesSnapshot:
        return SysModulesSnapshot(preserve=lambda name: not _is_below(sys.modules.get(name), pytester.path))

    # A framework that is taken out of sys.modules and imported again ends the process.
    monkeypatch.setattr(pytest.Pytester, "_Pytester__take_sys_modules_snapshot", snapshot)
    monkeypatch.setattr(pytester, "_sys_modules_snapshot", snapshot(pytester))
    return pytester


def _is_below(module: ModuleType | None, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(folder)


TOP = """
import dataclasses
import functools
import warnings
from typing import NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

OURS = "compat" in torch.__name__


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return F.gelu(self.layer(x))


def loss_of(net, x):
    return net(x).square().mean()
"""

AGREES = (
    TOP
    + """
from helping import made


class Both(NamedTuple):
    loss: object
    net: object


@dataclasses.dataclass
class Found:
    both: Both
    more: dict


@pytest.mark.parity
def test_everything_that_a_body_can_return():
    net, x = Net(), torch.randn(4, 3)
    largest = torch.max(x, 1)
    return Found(Both(loss_of(net, x), net), {"top": largest, "n": 3, "a": np.ones(2), "t": x.dtype, "s": x.shape, "none": None, "d": x.device})


@pytest.mark.parity(gradients=True)
def test_gradients():
    net, x = Net(), torch.randn(4, 3, requires_grad=True)
    return net, x, net(x)


@pytest.mark.parity
def test_a_helper_in_another_module():
    return made(3)


@pytest.mark.parity
def test_an_import_in_the_body():
    import torch.nn as layers
    from torch import linspace

    return layers.ReLU()(linspace(-1, 1, 5)), np.random.rand(2)


@pytest.mark.parity
def test_as_an_argument(torch):
    return torch.arange(3) + 1


@pytest.mark.parity(api="mindspore")
def test_mindspore_as_an_argument(mindspore):
    return mindspore.ops.exp(mindspore.Tensor([1.0, 2.0]))


@pytest.mark.parity
def test_from_the_fixture(parity):
    return parity.torch.arange(3) + 1


@pytest.mark.parity(rtol=0.1)
def test_a_tolerance():
    return torch.ones(2) * (1.01 if OURS else 1)


@pytest.mark.parity(seeds=(3, 4))
def test_seeds():
    return torch.randn(2), torch.initial_seed()


@pytest.mark.parity(raises=(RuntimeError, ValueError))
def test_both_raise():
    torch.ones(2) @ torch.ones(3)


@pytest.mark.parity
@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.int64])
@pytest.mark.parametrize("x", [torch.ones(2)])
def test_parameters(n, dtype, x, tmp_path):
    assert tmp_path.is_dir()
    x += 1
    return torch.ones(n, dtype=dtype), x


@pytest.fixture
def data():
    return {"x": [np.ones(2, "float32")], "build": lambda n: nn.Linear(n, 2), "scale": functools.partial(torch.mul, other=2)}


class Drawn(NamedTuple):
    array: object
    tensor: object


@pytest.fixture
def drawn():
    return Drawn(np.ones(2, "float32"), torch.ones(2, requires_grad=True))


@pytest.mark.parity
def test_no_run_sees_what_the_other_changed(data, drawn, capsys):
    data["x"][0] *= 2
    drawn.array[...] = drawn.array * 3
    assert isinstance(drawn, Drawn) and isinstance(drawn.tensor, torch.Tensor)
    print("seen")
    assert capsys.readouterr().out == "seen\\n"
    return torch.tensor(data["x"][0]), data["build"](3), torch.tensor(drawn.array), drawn.tensor * 2


class TestMethods:
    scale = 2

    def setup_method(self):
        self.values = np.ones(3, "float32")

    def made(self):
        self.values *= 2
        return torch.tensor(self.values) * self.scale

    @pytest.mark.parity
    def test_method(self):
        return self.made()

    @staticmethod
    @pytest.mark.parity
    def test_static():
        return torch.ones(2)


@pytest.mark.parity
def test_a_skip_is_a_skip():
    pytest.skip("not today")


@pytest.mark.xfail(strict=True)
@pytest.mark.parity
def test_a_difference_may_be_expected():
    return OURS


def softmax(x):
    return torch.softmax(x, -1)


def test_functions(parity):
    x = np.random.default_rng(0).standard_normal((2, 3)).astype("float32")
    k = torch.float64

    def recursive(x, n=2):
        return recursive(F.relu(x), n - 1) if n else x.to(k)

    assert isinstance(parity(softmax, x), torch.Tensor)
    assert isinstance(parity(torch.nn.functional.softmax, x, dim=0), torch.Tensor)
    for function in (recursive, lambda x: loss_of(Net(), x), functools.partial(softmax), "torch.softmax" and softmax):
        parity(function, x)
        parity.using(gradients=True)(function, x)
    parity.using(gradients=True, seeds=(1, 2))("torch.cat", [x, x], dim=1)
    parity.using(gradients=True)("mindspore.ops.concat", [x, x], axis=1)
    parity.using(gradients=True)("mindspore.ops.softmax", x, axis=0)
    parity.using(raises=RuntimeError)("torch.mm", x, x)


def test_values_that_are_there(parity):
    import mindspore
    import compat.mindspore
    import compat.torch

    one = np.ones(2, "float32")
    values = [torch.ones(2), compat.torch.ones(2), mindspore.Tensor(one), compat.mindspore.Tensor(one)]
    for value in values:
        parity.compare({"a": values[0]}, {"a": value})
    with pytest.raises(AssertionError, match=r"the two differ at one place\\n  result\\[0\\]: float32\\[2\\], 2 of 2 elements differ"):
        parity.compare([values[0]], [values[2] * 2])
    parity.using(rtol=2).compare(values[0], values[2] * 2)


def test_models(compare_models):
    import compat.torch

    assert compare_models(torch.nn.Linear(3, 2), compat.torch.nn.Linear(3, 2), np.ones((1, 3), "float32")).agrees


def test_all_is_as_before():
    assert not OURS and torch is __import__("torch")
    assert isinstance(made(2), torch.Tensor)
"""
)
HELPING = """
import torch


def made(n):
    return torch.nn.Linear(n, 2).weight
"""


def test_what_agrees_passes(session: pytest.Pytester) -> None:
    session.makepyfile(helping=HELPING)
    session.makepyfile(test_agrees=AGREES)
    session.syspathinsert()
    found = session.runpytest_inprocess("-q", "-W", "error", "--strict-markers")
    found.assert_outcomes(passed=21, skipped=1, xfailed=1)


# Of each failing test: its name, and what its report must show, line by line.
FAILS = (
    TOP
    + """
@pytest.mark.parity
def test_values():
    return {"fine": torch.zeros(2), "loss": [torch.arange(6.0).reshape(2, 3) * (1.01 if OURS else 1)]}


@pytest.mark.parity
def test_structure():
    return [torch.ones(2), "x"] if OURS else [torch.ones(3), "x", 1]


@pytest.mark.parity(seeds=(0, 7))
def test_one_seed():
    return torch.initial_seed() if OURS else 0


@pytest.mark.parity(gradients=True)
def test_gradient():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    return x, y.detach() + (y - y.detach()) * (3 if OURS else 1)


@pytest.mark.parity(gradients=True)
def test_no_gradient():
    return torch.ones(2)


@pytest.mark.parity
def test_only_ours_raises():
    if OURS:
        raise KeyError("who")
    return 1


@pytest.mark.parity
def test_only_theirs_raises():
    if not OURS:
        raise KeyError("who")
    return 1


@pytest.mark.parity(raises=Exception)
def test_they_raise_differently():
    raise KeyError("a") if OURS else IndexError("b")


@pytest.mark.parity
def test_both_raise_by_mistake():
    return torch.ones(2) @ torch.ones(3)


@pytest.mark.parity(raises=TypeError)
def test_both_raise_another():
    return torch.ones(2) @ torch.ones(3)


@pytest.mark.parity(raises=ValueError)
def test_neither_raises():
    return 1


@pytest.mark.parity
def test_an_assertion_of_its_own():
    assert torch.ones(2).sum() == (3 if OURS else 2)
    return True


@pytest.mark.parity
def test_returns_nothing():
    torch.ones(2)


@pytest.mark.parity
def test_returns_an_object():
    return [object()]


@pytest.mark.parity
async def test_coroutine():
    return 1


@pytest.mark.parity(seed=3)
def test_no_such_option():
    return 1


@pytest.mark.parity(rtol="small")
def test_no_such_value():
    return 1


@pytest.mark.parity("mindspore")
def test_an_option_by_place():
    return 1


@pytest.mark.parity
def test_the_other_argument(mindspore):
    return 1


def test_the_argument_without_the_mark(torch):
    torch.ones(2)


@pytest.fixture
def net():
    return nn.Linear(2, 2)


@pytest.mark.parity
def test_a_module_from_a_fixture(net):
    return net.weight


@pytest.fixture
def own():
    return Net()


@pytest.mark.parity
def test_a_module_of_its_own_from_a_fixture(own):
    return own


@pytest.fixture
def ones(torch):
    return torch.ones(2)


@pytest.mark.parity
def test_a_fixture_that_needs_the_framework(ones):
    return ones


def test_a_function(parity):
    parity(lambda x: x * (2 if OURS else 3), np.ones(2, "float32"))


def test_no_such_api(parity):
    parity("torch.no_such_function", np.ones(2))


def test_the_module_outside_of_a_run(parity):
    parity.torch.ones(2)


def test_one_inside_of_another(parity):
    parity(lambda: parity("torch.ones", 2))
"""
)
REPORTS: dict[str, list[str]] = {
    "values": [
        "compat.torch differs from PyTorch at one place",
        "result['loss'][0]: float32[2, 3], 5 of 6 elements differ",
        "largest error 5.00e-02, relative 1.00e-02, * ULP; allowed are 0.0001 of the element and 1e-06 of the largest",
        "[0, 1]: 1.01, not 1.0",
    ],
    "structure": ["compat.torch differs from PyTorch at 2 places", "result[2]: is missing", "result[0]: shape [2], not [3]"],
    "one_seed": ["compat.torch differs from PyTorch at one place (seed 7)", "value: 7, not 0"],
    "gradient": ["compat.torch differs from PyTorch at one place", "gradient of result[0]: float32[2], 2 of 2 elements differ"],
    "no_gradient": ["parity: gradients=True, and nothing that is returned has a gradient: *"],
    "only_ours_raises": ["def test_only_ours_raises():", "KeyError: 'who'", "compat.torch raises this. PyTorch raises nothing."],
    "only_theirs_raises": ["KeyError: 'who'", "PyTorch raises this. compat.torch raises nothing."],
    "they_raise_differently": ["compat.torch raises this. PyTorch raises IndexError: b"],
    "both_raise_by_mistake": ["compat.torch raises this. PyTorch raises RuntimeError, too: say raises=RuntimeError if that is right."],
    "both_raise_another": ["compat.torch raises this. PyTorch raises it, too; expected was TypeError."],
    "neither_raises": ["neither PyTorch nor compat.torch raises ValueError"],
    "an_assertion_of_its_own": ["assert torch.ones(2).sum() == (3 if OURS else 2)", "This was under compat.torch."],
    "returns_nothing": ["parity: the test returns nothing, so that nothing would be compared: return what has to be equal"],
    "returns_an_object": ["result[0] is an object, which can't be compared: return tensors, *"],
    "coroutine": ["parity: the body is a coroutine or a generator; it has to be a plain function"],
    "no_such_option": ["parity: no such option: seed; there are api, rtol, atol, gradients, seeds, raises"],
    "no_such_value": ["parity: rtol='small': expected a number, at least 0"],
    "an_option_by_place": ["parity: options go by keyword, as in @pytest.mark.parity(rtol=1e-3); got ('mindspore',)"],
    "the_other_argument": ["parity: the test takes `mindspore`, and runs with api='torch'"],
    "the_argument_without_the_mark": ["*torch.ones: the `torch` fixture is for tests marked with @pytest.mark.parity(api='torch'), *"],
    "a_module_from_a_fixture": ["parity: an object of torch.nn.modules.linear.Linear was made before the run, *: make it inside of what is run"],
    "a_module_of_its_own_from_a_fixture": ["parity: an object of test_fails.Net was made before the run, *: make it inside of what is run"],
    "a_fixture_that_needs_the_framework": ["*torch.ones: the `torch` fixture is for tests marked *"],
    "a_function": [
        "parity(lambda x: x * (2 if OURS else 3), np.ones(2, \"float32\"))",
        "*: compat.torch differs from PyTorch at one place",
        "result: float32[2], 2 of 2 elements differ",
    ],
    "no_such_api": ["*UsageError: parity: PyTorch has no torch.no_such_function: *"],
    "the_module_outside_of_a_run": ["*UsageError: parity.torch is for code that runs on both sides with api='torch'; here nothing runs"],
    "one_inside_of_another": ["*UsageError: parity: one comparison inside of another"],
}  # fmt: skip


def test_what_must_fail_fails_and_says_why(session: pytest.Pytester) -> None:
    session.makepyfile(test_fails=FAILS)
    output = session.runpytest_inprocess("--no-header", "-rN", "-p", "no:warnings").outlines
    assert [name for name in re.findall(r"def (test_\w+)", FAILS) if name.removeprefix("test_") not in REPORTS] == []
    missing = {name: lines for name, lines in REPORTS.items() if not _shows(_report(output, f"test_{name}"), lines)}
    assert missing == {}


def _report(output: list[str], test: str) -> list[str]:
    """The part of a session's output about one test."""
    heads = [place for place, line in enumerate(output) if re.fullmatch(r"_{3,} .* _{3,}|=+ .* =+", line)]
    begin = next((place for place in heads if output[place].strip("_ ").removeprefix("ERROR at setup of ") == test), None)
    return [] if begin is None else output[begin : next(place for place in heads if place > begin)]


def _shows(report: list[str], lines: list[str]) -> bool:
    """Whether lines are there in this order; `*` is any text, and how far a line is indented, and marked by pytest, is no matter."""
    patterns = [re.escape(line).replace(r"\*", ".*") for line in lines]
    plain = [re.sub("^[E>]? *", "", line) for line in report]
    places = [next((place for place, line in enumerate(plain) if re.fullmatch(pattern, line)), -1) for pattern in patterns]
    return -1 not in places and places == sorted(places)


MINDSPORE = """
import numpy as np
import pytest
import mindspore
from mindspore import Tensor, nn, ops

pytestmark = pytest.mark.parity(api="mindspore")


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.layer = nn.Dense(3, 2, weight_init="ones", bias_init="zeros")

    def construct(self, x):
        return ops.relu(self.layer(x))


def test_cell():
    net, x = Net(), Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
    return net, net(x), mindspore.grad(lambda x: net(x).sum())(x), x.dtype


def test_bfloat16():
    return Tensor([1.0, 2.0], mindspore.bfloat16) * 2


@pytest.mark.parity(raises=TypeError)
def test_refused():
    ops.relu("text")


def test_differs():
    return ops.ones((2,)) * (2 if "compat" in mindspore.__name__ else 1)


@pytest.mark.parity(gradients=True)
def test_gradients():
    return ops.ones((2,))
"""


def test_the_api_of_mindspore(session: pytest.Pytester) -> None:
    session.makepyfile(test_mindspore=MINDSPORE)
    found = session.runpytest_inprocess("--no-header", "-p", "no:warnings")
    found.assert_outcomes(passed=3, failed=2)
    found.stdout.fnmatch_lines(["compat.mindspore differs from MindSpore at one place", "      [[]0[]]: 2.0, not 1.0", "parity: MindSpore's tensors hold no gradients: *"])  # fmt: skip


ELSEWHERE = """
import unittest
import pytest


class Test(unittest.TestCase):
    @pytest.mark.parity
    def test_unittest(self):
        pass


@pytest.mark.parity
def test_marked(torch):
    return torch.ones(2)


def test_fixture(parity):
    pass


def test_other():
    pass
"""


def test_a_missing_framework_skips_and_a_mark_that_nothing_heeds_is_an_error(
    session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise FrameworkMissing(f"{name} is needed here, and it is not installed: pip install 'compat[{name}]'")

    monkeypatch.setattr(frameworks, "load", absent)
    session.makepyfile(ELSEWHERE)
    found = session.runpytest_inprocess("-rsE", "--no-header")
    found.assert_outcomes(passed=1, skipped=2, errors=1)
    found.stdout.fnmatch_lines(
        [
            "*SKIPPED*torch is needed here, and it is not installed: pip install *",
            "ERROR *Test::test_unittest*",
        ]
    )


def test_it_can_be_turned_off(session: pytest.Pytester) -> None:
    session.makepyfile("def test_it(parity): pass")
    session.runpytest_inprocess("-p", "no:compat").stdout.fnmatch_lines(["*fixture 'parity' not found*"])
    session.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.parity(api=*"])


def test_unused_it_imports_nothing() -> None:
    program = "import compat.pytest_plugin, sys; print([name for name in ('torch', 'mindspore', 'numpy', 'compat.testing', 'yaml') if name in sys.modules])"
    assert python("-c", program).stdout.strip() == "[]"


def test_the_guide_shows_what_happens(session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    # pytest shortens its lines only where it doesn't take itself to be in CI.
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    guide = (ROOT / "docs" / "en" / "testing.md").read_text(encoding="utf-8")
    program, shown = re.findall(r"```(?:python)?\n(.*?)```", guide, re.DOTALL)
    session.makepyfile(test_layers=program)
    command, *lines = shown.splitlines()
    found = session.runpytest_inprocess(*command.split()[2:])
    found.assert_outcomes(passed=3, failed=1)
    assert [line for line in lines if line not in found.outlines] == []
