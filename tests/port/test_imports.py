"""Imports of torch → imports of compat.torch: first what stays, then what each becomes, executed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compat.errors import UnsupportedAPI
from compat.port.model import Change
from compat.source.published import is_published, names
from tests.port.porting import port_bytes, project


def ported(data: bytes) -> tuple[bytes, tuple[Change, ...]]:
    return port_bytes(data, Path("file.py"), project(), "shim")


def codes(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.api, change.became, change.code) for change in changes if change.code != "CM200"]


STAYS = {
    "no torch": "import os, sys\nfrom pathlib import Path\n",
    "a relative import": "from .torch import x\nfrom . import torch\nfrom ..torch.nn import y\n",
    "a name that begins like it": "import torchvision\nimport torch_geometric\nfrom torchmetrics import Metric\n",
    "a text": "x = 'import torch'\n# import torch\n\ndef f():\n    '''import torch'''\n",
    "a module of that name in a package": "import mine.torch\nfrom mine.torch import nn\n",
    "ported before": "import compat.torch as torch\nfrom compat.torch import nn\nfrom compat.lenient.torch.no import such\n",
    "found by a text": "import importlib, sys\nx = importlib.import_module('torch.nn')\ny = 'torch' in sys.modules\n",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_stays(text: str) -> None:
    assert ported(text.encode())[0] == text.encode()


# As it is written, what it becomes, and what holds after it has run.
MOVED = {
    "the package": ("import torch", "import compat.torch as torch", "torch.relu"),
    "under another name": ("import torch as t", "import compat.torch as t", "t.relu"),
    "under its own": ("import torch as torch", "import compat.torch as torch", "torch.relu"),
    "a module": ("import torch.nn as nn", "import compat.torch.nn as nn", "nn.Linear"),
    "a module, which binds torch": ("import torch.utils.data", "import compat.torch as torch", "torch.utils.data.DataLoader"),
    "names": ("from torch import nn, optim as o", "from compat.torch import nn, optim as o", "o.SGD(nn.Linear(2, 2).parameters(), 0.1)"),
    "names of a module": ("from torch.nn import functional as F", "from compat.torch.nn import functional as F", "F.relu"),
    "all names": ("from torch.nn import *", "from compat.torch.nn import *", "Linear(2, 2)"),
    "all names of torch": ("from torch import *", "from compat.torch import *", "relu"),
    "among others": ("import os, torch, sys", "import os, compat.torch as torch, sys", "torch.relu and os.path and sys.path"),
    "two of it": ("import os, torch, torch.nn as nn", "import os, compat.torch as torch, compat.torch.nn as nn", "nn.Linear and torch.relu"),
    "the same name twice": ("import torch.nn, torch.optim, os", "import compat.torch as torch, os", "torch.optim.SGD and torch.nn.Linear"),
    "twice, in other order": ("import torch, os, torch.nn", "import compat.torch as torch, os", "torch.nn.Linear and os.path"),
    "spaces": ("import  torch ;x = 1", "import  compat.torch as torch ;x = 1", "torch.relu and x"),
    "spaces around a dot": ("from torch . nn import Linear", "from compat.torch . nn import Linear", "Linear(2, 2)"),
    "a tab": ("from\ttorch.nn\timport\tLinear", "from\tcompat.torch.nn\timport\tLinear", "Linear(2, 2)"),
    "a module that is an object here": (
        "import torch.backends.cudnn as cudnn", "from compat.torch.backends import cudnn", "cudnn.is_available() is False or True",
    ),
    "such a one among others": (
        "import os, torch.backends.cudnn as c, torch, sys",
        "import os; from compat.torch.backends import cudnn as c; import compat.torch as torch; import sys",
        "c.enabled and torch.relu and os.path and sys.path",
    ),
    "parentheses and comments": (
        "from torch.nn import (  # layers\n    Linear,  # the first\n    # then\n    ReLU as R,\n)  # done",
        "from compat.torch.nn import (  # layers\n    Linear,  # the first\n    # then\n    ReLU as R,\n)  # done",
        "Linear(2, 2) and R()",
    ),
    "a continued line": (
        "from \\\n  torch.nn \\\n  import Linear, \\\n  ReLU", "from \\\n  compat.torch.nn \\\n  import Linear, \\\n  ReLU", "Linear and ReLU",
    ),
    "a continued import": ("import os, \\\n    torch, \\\n    sys", "import os, \\\n    compat.torch as torch, \\\n    sys", "torch.relu and sys"),
    "in a function": (
        "def f():\n    import torch\n    return torch.relu", "def f():\n    import compat.torch as torch\n    return torch.relu", "f()",
    ),
    "in a method, a class, a loop": (
        "class A:\n    import torch\n    def f(self):\n        for _ in 'ab':\n            from torch import nn\n        return nn",
        "class A:\n    import compat.torch as torch\n    def f(self):\n        for _ in 'ab':\n            from compat.torch import nn\n"
        "        return nn",
        "A.torch.relu and A().f()",
    ),
    "for a type checker": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor\nx: 'Tensor' = 1",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from compat.torch import Tensor\nx: 'Tensor' = 1", "x",
    ),
    "in a try": (
        "try:\n    import torch\nexcept ImportError:\n    torch = None", "try:\n    import compat.torch as torch\nexcept ImportError:\n    torch = None",
        "torch.relu",
    ),
    "on one line": ("if True: import torch; x = torch.relu", "if True: import compat.torch as torch; x = torch.relu", "x"),
    "after a future import": (
        "from __future__ import annotations\nimport torch", "from __future__ import annotations\nimport compat.torch as torch", "torch.relu",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "holds"), MOVED.values(), ids=MOVED)
def test_what_each_becomes(before: str, after: str, holds: str) -> None:
    found, changes = ported(before.encode())
    assert found.decode() == after
    assert {change.code for change in changes if change.use == "value" and change.code != "CM200"} == {"CM002"}
    names = executed(after)
    assert eval(holds, names)
    assert "compat" not in names
    assert ported(found)[0] == found


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "ported.py", "exec"), names)
    return names


# What compat.torch lacks. As written, what it becomes, what it leaves behind, and what raises UnsupportedAPI or AttributeError.
MISSING: dict[str, tuple[str, str, str, str]] = {
    "a name": ("from torch.nn import Linear, NoSuch", "from compat.lenient.torch.nn import Linear, NoSuch", "Linear(2, 2)", "NoSuch(1)"),
    "a name of a module that is missing": (
        "from torch.no.such import f as g", "from compat.lenient.torch.no.such import f as g", "g", "g(1)"),
    "beside a private name": (
        "from torch import NoSuch, __version__ as v", "from compat.lenient.torch import NoSuch, __version__ as v", "v.split('.')", "NoSuch(1)"),
    "a module": ("import torch.no.such as m", "import compat.lenient.torch.no.such as m", "m.f.g", "m.f(1)"),
    "a module, which binds torch": ("import torch.no.such", "import compat.torch as torch", "torch.relu", "torch.no.such"),
    "everything": ("from torch.no import *", "from compat.lenient.torch.no import *", "True", "undefined()"),
    "a base class": (
        "from torch.fx import NoSuch\nclass A(NoSuch['T']):\n    x = 1",
        "from compat.lenient.torch.fx import NoSuch\nclass A(NoSuch['T']):\n    x = 1", "A.x == 1 and not hasattr(A, 'y')", "A()"),
    "an abstract base class": (
        "from abc import ABC\nfrom torch.fx import NoSuch\nclass A(NoSuch, ABC):\n    pass",
        "from abc import ABC\nfrom compat.lenient.torch.fx import NoSuch\nclass A(NoSuch, ABC):\n    pass", "issubclass(A, NoSuch)", "A()"),
    "an exception": (
        "from torch.fx import NoError\ntry:\n    x = 1 / 0\nexcept NoError:\n    x = 1\nexcept ZeroDivisionError:\n    x = 2",
        "from compat.lenient.torch.fx import NoError\ntry:\n    x = 1 / 0\nexcept NoError:\n    x = 1\nexcept ZeroDivisionError:\n"
        "    x = 2", "x == 2", "NoError()"),
    "a decorator": (
        "from torch.fx import no_such\n@no_such\ndef f():\n    pass", "from compat.lenient.torch.fx import no_such\n@no_such\ndef f():\n    pass",
        "f", "f()"),
    "an annotation": (
        "from torch.fx import NoSuch\nx: NoSuch | None = None", "from compat.lenient.torch.fx import NoSuch\nx: NoSuch | None = None",
        "not isinstance(x, NoSuch)", "NoSuch()"),
    "an annotation through the package": (
        "import torch\ndef f(x: torch.NoSuch, y: torch.nn.NoSuch): return torch.relu", "import compat.lenient.torch as torch\n"
        "def f(x: torch.NoSuch, y: torch.nn.NoSuch): return torch.relu", "f(1, 2) and torch.nn.Linear(2, 2)", "torch.NoSuch(1)"),
    "a base class through a module": (
        "from torch import nn, optim\nclass A(nn.NoSuch): pass", "from compat.lenient.torch import nn, optim\nclass A(nn.NoSuch): pass",
        "nn.Linear(2, 2)", "A()"),
    "a default through a module": (
        "import torch.nn as nn\nf = lambda x=nn.NoSuch: x", "import compat.lenient.torch.nn as nn\nf = lambda x=nn.NoSuch: x",
        "f()", "f()()"),
    "a name below an object": (
        "from torch.backends.cudnn import is_available, no_such",
        "from compat.lenient.torch.backends.cudnn import is_available, no_such", "is_available() is False", "no_such()"),
    "a guard that only says so": (
        "try:\n    from torch.nn import NoSuch\nexcept ImportError as e:\n    raise RuntimeError('upgrade') from e",
        "try:\n    from compat.lenient.torch.nn import NoSuch\nexcept ImportError as e:\n    raise RuntimeError('upgrade') from e",
        "NoSuch", "NoSuch()"),
    "a guard against another error": (
        "try:\n    from torch.nn import NoSuch\nexcept ModuleNotFoundError:\n    NoSuch = None",
        "try:\n    from compat.lenient.torch.nn import NoSuch\nexcept ModuleNotFoundError:\n    NoSuch = None", "NoSuch", "NoSuch()"),
    "a function in a guard": (
        "try:\n    def f():\n        from torch.nn import NoSuch\n        return NoSuch\nexcept ImportError:\n    f = None",
        "try:\n    def f():\n        from compat.lenient.torch.nn import NoSuch\n        return NoSuch\nexcept ImportError:\n    f = None",
        "f()", "f()()"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "holds", "raises"), MISSING.values(), ids=MISSING)
def test_what_is_missing_raises_when_it_is_used(before: str, after: str, holds: str, raises: str) -> None:
    found, changes = ported(before.encode())
    assert found.decode() == after
    assert [change.became for change in changes if change.code == "CM301"]
    names = executed(after)
    assert eval(holds, names)
    with pytest.raises((UnsupportedAPI, AttributeError, NameError)):
        eval(raises, names)
    assert ported(found)[0] == found


# A feature test keeps its meaning: as written, what it becomes; all end with `there` being false.
TESTED = {
    "a name": (
        "try:\n    from torch.nn import NoSuch\n    there = True\nexcept ImportError:\n    there = False",
        "try:\n    from compat.torch.nn import NoSuch\n    there = True\nexcept ImportError:\n    there = False",
    ),
    "a module": (
        "try:\n    import torch.no.such\n    there = True\nexcept (ValueError, ModuleNotFoundError):\n    there = False",
        "try:\n    import compat.torch.no.such as torch, compat.torch as torch\n    there = True\n"
        "except (ValueError, ModuleNotFoundError):\n    there = False",
    ),
    "a module under a name": (
        "try:\n    if 1:\n        import torch.no.such as m\n    there = True\nexcept Exception:\n    there = False",
        "try:\n    if 1:\n        import compat.torch.no.such as m\n    there = True\nexcept Exception:\n    there = False",
    ),
    "suppressed": (
        "import contextlib\nthere = False\nwith contextlib.suppress(ImportError):\n    from torch.no import such\n    there = True",
        "import contextlib\nthere = False\nwith contextlib.suppress(ImportError):\n    from compat.torch.no import such\n    there = True",
    ),
    "anything": (
        "try:\n    import torch.no.such as m; there = True\nexcept:\n    there = False",
        "try:\n    import compat.torch.no.such as m; there = True\nexcept:\n    there = False",
    ),
    "an attribute that is used": (
        "import torch\nif hasattr(torch, 'no_such'):\n    x = torch.no_such\nthere = hasattr(torch, 'no_such')",
        "import compat.torch as torch\nif hasattr(torch, 'no_such'):\n    x = torch.no_such\nthere = hasattr(torch, 'no_such')",
    ),
    "an attribute's error": (
        "import torch\ntry:\n    torch.no_such\n    there = True\nexcept AttributeError:\n    there = False",
        "import compat.torch as torch\ntry:\n    torch.no_such\n    there = True\nexcept AttributeError:\n    there = False",
    ),
    "an attribute": ("import torch; there = hasattr(torch, 'no_such')", "import compat.torch as torch; there = hasattr(torch, 'no_such')"),
}


@pytest.mark.parametrize(("before", "after"), TESTED.values(), ids=TESTED)
def test_a_feature_test_keeps_its_meaning(before: str, after: str) -> None:
    found, changes = ported(before.encode())
    assert (found.decode(), executed(after)["there"]) == (after, False)
    assert all(change.code == "CM002" for change in changes if change.before.startswith(("import", "from")))


FILES: dict[str, Callable[[bytes], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "latin-1": lambda text: b"# coding: latin-1\nx = '\xe9'; " + text,
    "Shift JIS": lambda text: "# -*- coding: shift_jis -*-\nx = '日本'; ".encode("shift_jis") + text,
    "Windows": lambda text: text.replace(b"\n", b"\r\n"),
    "old Macintosh": lambda text: text.replace(b"\n", b"\r"),
    "a form feed": lambda text: b"\x0c\n" + text,
    "no newline at the end": lambda text: text.rstrip(b"\n"),
    "wide letters before it": lambda text: "x = '😀汉é'; ".encode() + text,
    "a tab": lambda text: b"if 1:\n\t" + text,
}


@pytest.mark.parametrize("written", FILES.values(), ids=FILES)
def test_the_rest_of_the_file_stays_as_it_is(written: Callable[[bytes], bytes]) -> None:
    data = written(b"import torch  # why\ny = 1\n")
    assert ported(data)[0] == data.replace(b"import torch ", b"import compat.torch as torch ")


SAID = {
    "a library": ("import torchvision.models as m", [("torchvision.models", "unsupported", "CM502")]),
    "a part of one": ("from einops.layers.torch import Rearrange", [("einops.layers.torch", "unsupported", "CM502")]),
    "its other part": ("from einops import rearrange", []),
    "one that works without": ("import numpy, datasets", []),
    "import_module": ("import importlib\nimportlib.import_module('torch.nn')", [("torch.nn", "unsupported", "CM501")]),
    "one put together": ("from importlib import import_module\nimport_module(f'torch.{1}')", [("torch.", "unsupported", "CM501")]),
    "of something else": ("import importlib\nimportlib.import_module('torchvision')", []),
    "__import__": ("__import__('torch')", [("torch", "unsupported", "CM501")]),
    "find_spec": ("from importlib.util import find_spec\nfind_spec('torch') is None", [("torch", "unsupported", "CM501")]),
    "sys.modules": ("import sys\nsys.modules['torch']; sys.modules.get('torch.nn')",
                    [("torch", "unsupported", "CM501"), ("torch.nn", "unsupported", "CM501")]),
    "in sys.modules": ("import sys\n'torch' in sys.modules", [("torch", "unsupported", "CM501")]),
    "a missing name": ("from torch.nn import Linear, NoSuch",
                       [("torch.nn", "converted", "CM002"), ("torch.nn.NoSuch", "unsupported", "CM301")]),
    "uses": ("import torch\ntorch.no_such(1)\ndef f(x):\n    x.backward()",
             [("torch", "converted", "CM002"), ("torch.no_such", "unsupported", "CM301"), ("?.backward", "unknown", "CM401")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID)
def test_what_is_said(text: str, said: list[tuple[str, str, str]]) -> None:
    assert codes(ported(text.encode())[1]) == said


def test_a_second_port_sees_the_same_uses() -> None:
    text = b"import torch\nfrom torch.nn import functional as F\nfrom torch.nn import NoSuch\ny = F.relu(torch.ones(2)).view(-1)\n"
    found, changes = ported(text)
    again, seen = ported(found)
    assert again == found
    uses = [(one.api, one.line, one.became) for one in changes if one.use == "call"]
    assert uses == [(one.api, one.line, one.became) for one in seen if one.use == "call"]
    assert len(uses) == 3


def test_what_is_set_on_a_lenient_module_is_set_on_the_real_one() -> None:
    names = executed("import compat.lenient.torch as torch\ntorch.nn.mine = 1\ntorch.backends.cudnn.benchmark = True")
    import compat.torch as torch

    assert (torch.nn.mine, torch.backends.cudnn.benchmark, names["torch"].nn.mine) == (1, True, 1)
    del torch.nn.mine
    torch.backends.cudnn.benchmark = False


def test_what_is_known_of_compat_torch_is_so() -> None:
    import compat.torch as torch

    assert {name for name in names("torch") if not hasattr(torch, name)} == set()
    assert {
        name for name in vars(torch) if name.isidentifier() and not name.startswith("__") and not is_published(f"torch.{name}")
    } == set()


def test_no_framework_is_imported_to_port() -> None:
    text = "import sys; import compat.port.shim; print(sorted({'torch', 'mindspore'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "[]\n"
