"""A traced run: which receivers it makes known, what it must not claim, and what is done about what is no trace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from compat.cli import main
from compat.errors import CompatError
from compat.scan import trace
from compat.scan.scan import scan
from compat.table.load import MAPPINGS

PROGRAM = """\
import torch
import torch.nn.functional as F

class Other:
    def view(self, *shape): return self

def f(x):
    return F.relu(x.view(2, -1)).split(1)[0].sum().item()

def g(x):
    return x.view(-1)

def both(x):
    return x.view(-1)

def never(x):
    return x.view(-1)

layer = torch.nn.Linear(3, 3)
é = 'é'; print(f(layer(torch.ones(2, 3))), g(Other()), both(Other()), both(torch.ones(2)))
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("traced") / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def seen(program: Path) -> trace.Trace:
    found, status = trace.traced([sys.executable, str(program)])
    assert status == 0
    return found


def test_what_a_run_makes_known(program: Path, seen: trace.Trace) -> None:
    uses = [(use.line, use.api) for use in scan([program], MAPPINGS, trace=seen).uses if use.use == "call"]
    assert sorted(api for line, api in uses if line == 8) == [
        "torch.Tensor.item", "torch.Tensor.split", "torch.Tensor.sum", "torch.Tensor.view", "torch.nn.functional.relu",
    ]  # fmt: skip
    assert [api for line, api in uses if line == 11] == [], "another class's method"
    assert [api for line, api in uses if line in (14, 17)] == ["?.view", "?.view"], "what is both, and what did not run"
    assert "torch.nn.functional.linear" not in {api for places in seen.files.values() for place in places.values() for api in place}


def test_the_command(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "trace.json"
    assert main(["scan", str(program), "--trace", "--save-trace", str(kept), "--", sys.executable, str(program)]) == 0
    assert main(["scan", str(program), "--use-trace", str(kept)]) == 0
    traced, used = capsys.readouterr().out.split("1 files, ")[1:]
    assert traced == used
    assert main(["scan", "--trace", "--", sys.executable, "-c", "raise SystemExit(3)"]) == 1


# A program whose `view` (or another method named first) is called in one place of its own, and what the scan says of it with the trace.
PLACES = {
    "a tensor and another class in one place": ("for x in (torch.ones(2), Other()): x.view(2)", "?.view"),
    "a tensor and an array": ("import numpy\nfor x in (torch.ones(2), numpy.ones(2)): x.view(torch.float32 if torch.is_tensor(x) else 'f8')", "?.view"),
    "a tensor and a class that others decorate": (
        "def around(f):\n    return lambda *a: f(*a)\nclass A:\n    view = around(lambda *a: a)\nfor x in (torch.ones(2), A()): x.view(2)",
        "?.view",
    ),
    "a subclass that overrides it": (
        "class T(torch.Tensor):\n    def view(self, *s): return self\nfor x in (torch.ones(2), torch.ones(2).as_subclass(T)): x.view(2)",
        "?.view",
    ),
    "only another class": ("x = [Other()][0]\nx.view(2)", None),
    "what the text has wrong": ("def f() -> torch.Tensor: return Other()\nf().view(2)", "?.view"),
    "an operator beside it": ("x = [Other()][0]\n-x.view(2)", None),
    "what a function calls": ("list(map(torch.Tensor.sum, [torch.ones(2)]))\nx = [torch.ones(2)][0]\nx.view(2)", "torch.Tensor.view"),
    "what a function written in C calls": ("list(map(lambda x: x.view(2), [torch.ones(2)]))", "torch.Tensor.view"),
    "the key of a sort": ("sorted([torch.ones(1), torch.ones(1)], key=lambda x: x.view(1).item())", "torch.Tensor.view"),
    "reduce": ("import functools\nfunctools.reduce(lambda a, b: a + b.view(2), [torch.ones(2), torch.ones(2)])", "torch.Tensor.view"),
    "several on a line": ("def f(x): return x.mul(2).add(1).view(2)\nf(torch.ones(2))", "torch.Tensor.view"),
    "a chain over several lines": ("def f(x): return (x.mul(2)\n    .view(\n        2)\n    .sum())\nf(torch.ones(2))", "torch.Tensor.view"),
    "behind a text with other characters": ("def f(x): return 'é', x.view(2)\nf(torch.ones(2))", "torch.Tensor.view"),
    "a comprehension": ("def f(*xs): return {i: x.view(2) for i, x in enumerate(xs)}\nf(torch.ones(2))", "torch.Tensor.view"),
    "a generator": ("def f(*xs):\n    for x in xs: yield x.view(2)\nnext(f(torch.ones(2)))", "torch.Tensor.view"),
    "a decorated function": ("@torch.no_grad()\ndef f(x): return x.view(2)\nf(torch.ones(2))", "torch.Tensor.view"),
    "a property": ("class A:\n    x = torch.ones(2)\n    @property\n    def p(self): return self.y.view(2)\na = A()\na.y = a.x\na.p", "torch.Tensor.view"),
    "spread arguments": ("def f(x, *s, **k): return x.view(*s, **k)\nf(torch.ones(2), 2)", "torch.Tensor.view"),
    "a parameter": ("def f(x): return x.view(2)\nf(torch.nn.Parameter(torch.ones(2)))", "torch.Tensor.view"),
    "a subclass": ("class T(torch.Tensor): pass\ndef f(x): return x.view(2)\nf(torch.ones(2).as_subclass(T))", "torch.Tensor.view"),
    "in place": ("def view(x): return x.add_(1)\nview(torch.ones(2))", "torch.Tensor.add_"),
    "written in Python": ("def f(x): return x.backward()\nf(torch.ones(1, requires_grad=True))", "torch.Tensor.backward"),
    "a name that lists have, too": ("def f(x): return x.split(1)\nf(torch.ones(2))", "torch.Tensor.split"),
    "a module": ("def f(m): return m.eval()\nf(torch.nn.Linear(2, 2))", "torch.nn.Module.eval"),
    "a module that overrides it": (
        "class M(torch.nn.Module):\n    def train(self, mode=True): return self\ndef f(m): return m.train()\nf(M())",
        "torch.nn.Module.train",
    ),
    "an optimizer": ("def f(o): return o.step()\nf(torch.optim.SGD([torch.ones(1, requires_grad=True)]))", "torch.optim.Optimizer.step"),
    "a schedule's optimizer": (
        "o = torch.optim.SGD([torch.ones(1, requires_grad=True)])\ntorch.optim.lr_scheduler.StepLR(o, 1)\ndef f(o): return o.step()\nf(o)",
        "torch.optim.Optimizer.step",
    ),
    "a thread": ("import threading\ndef f(x): x.view(2)\nt = threading.Thread(target=f, args=(torch.ones(2),))\nt.start(); t.join()", "torch.Tensor.view"),
    "a worker of a DataLoader": (
        "class D(torch.utils.data.Dataset):\n    def __len__(self): return 2\n    def __getitem__(self, i): return self.x.view(2)\n"
        "d = D()\nd.x = torch.ones(2)\nfor _ in torch.utils.data.DataLoader(d, num_workers=1): pass",
        "torch.Tensor.view",
    ),
    "a child that ends without a word": ("import os\ndef f(x):\n    x.view(2)\n    os._exit(0)\nif not os.fork(): f(torch.ones(2))\nos.wait()", "torch.Tensor.view"),
    "after the program has gone elsewhere": ("import os\nos.chdir('/')\ndef f(x): return x.view(2)\nf(torch.ones(2))", "torch.Tensor.view"),
    "an exception": ("def f(x):\n    try: x.view(3)\n    except RuntimeError: pass\nf(torch.ones(2))", "torch.Tensor.view"),
    "source that is put together": ("exec('def f(x): return x.view(2)')\nf(torch.ones(2))", None),
}  # fmt: skip
OTHER = "import torch\nclass Other:\n    def view(self, *shape): return self\n    def __neg__(self): return self\n"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, trace.Trace]:
    """A folder with the programs, and the trace of all, each run as a program of its own in a child of one process."""
    folder = tmp_path_factory.mktemp("places")
    for number, (code, _) in enumerate(PLACES.values()):
        (folder / f"p{number}.py").write_text(OTHER + code + "\n", encoding="utf-8")
    runner = folder / "run.py"
    runner.write_text(RUNNER, encoding="utf-8")
    found, status = trace.traced([sys.executable, str(runner), *(str(folder / f"p{number}.py") for number in range(len(PLACES)))])
    assert status == 0
    return folder, found


RUNNER = """\
import os, runpy, sys, torch
torch.set_num_threads(1)
for program in sys.argv[1:]:
    child = os.fork()
    if not child:
        runpy.run_path(program, run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, program
"""


@pytest.mark.parametrize("name", PLACES)
def test_a_place_of_a_program(name: str, places: tuple[Path, trace.Trace]) -> None:
    folder, seen = places
    file = folder / f"p{list(PLACES).index(name)}.py"
    expected = PLACES[name][1]
    method = expected.rpartition(".")[2] if expected else "view"
    found = [use.api for use in scan([file], MAPPINGS, trace=seen).uses if use.use == "call" and use.api.endswith(f".{method}")]
    assert found == ([expected] if expected else [])


WRONG = {
    "a trace without a program": ["scan", ".", "--trace"],
    "a program without a trace": ["scan", ".", "--", "python"],
    "nothing to scan": ["scan"],
    "a program that is not there": ["scan", "--trace", "--", "/no/such/program"],
    "no such trace": ["scan", ".", "--use-trace", "/no/such/trace"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_a_wrong_call(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "compat trace 1", "files": {}}', '{"format": "compat trace 2"}'])
def test_what_is_no_trace(text: str, tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_text(text)
    with pytest.raises(CompatError, match="no trace"):
        trace.read(file)
