"""A small package with PyTorch's ways of defining things, read from a folder and from a wheel without being imported."""

import zipfile
from pathlib import Path

import pytest

from compat.signatures.torch_release import Release
from compat.signatures.torch_schemas import by_module

FILES = {
    "torch/version.py": "__version__ = '9.1.0+cpu'\n",
    "torch/__init__.py": "import typing\nfrom torch._tensor import Tensor\nfrom torch.functional import *\n__all__ = ['Tensor', 'typename']\ndef typename(obj): ...\nraise SystemExit('nobody imports this')\n",
    "torch/_tensor.py": "import torch._C as _C\nclass Tensor(_C.TensorBase):\n    def backward(self, gradient=None): ...\n    @property\n    def grad(self): ...\n    detach = _C._add_docstr(_C.TensorBase.detach, 'text')\n",
    "torch/functional.py": "__all__ = ['split', 'norm']\nimport typing\ndef split(tensor, size, dim=0): ...\nif typing.TYPE_CHECKING:\n    def norm(checked): ...\nelse:\n    def norm(input, p='fro'): ...\ndef private(): ...\n",
    "torch/_C/__init__.pyi": "class TensorBase:\n    shape: int\n    def detach(self) -> int: ...\n    def abs(self) -> int: ...\nclass Graph: ...\ndef get_num_threads() -> int: ...\nfloat32: int = ...\nCONSTANT: int = ...\n",
    "torch/_C/_VariableFunctions.pyi": "from typing import overload\n@overload\ndef max(input): ...\n@overload\ndef max(input, dim, keepdim=False, *, out=None): ...\ndef unique_dim(input): ...\ndef full(size, *, layout=strided): ...\n",
    "torch/linalg/__init__.py": "from torch._C import _add_docstr, _linalg\ncross = _add_docstr(_linalg.linalg_cross, 'text')\n",
    "torch/nn/__init__.py": "from torch.nn.modules import *\nfrom torch.nn import functional as functional\n",
    "torch/nn/modules/__init__.py": "from .linear import Linear, LSTM, Lazy\n__all__ = ['Linear', 'LSTM', 'Lazy']\n",
    "torch/nn/modules/linear.py": "from typing import overload\nclass Module:\n    def __init__(self, *args): ...\n    forward = None\nclass Linear(Module):\n    def __init__(self, in_features, bias=True): ...\n    def forward(self, input): ...\nclass LSTM(Module):\n    @overload\n    def __init__(self, input_size, layers=1): ...\n    @overload\n    def __init__(self, *args, **kwargs): ...\n    def __init__(self, *args, **kwargs): ...\nclass Mixin(Module): ...\nclass Lazy(Mixin, Linear): ...\n",
    "torch/nn/functional.py": "import torch\nfrom typing import Callable\nconv = torch._C._add_docstr(torch._C._nn.avg_pool, 'text')\ndef _pool(input, size=None): ...\npool = boolean_dispatch(arg_name='x', if_true=conv, if_false=_pool)\n",
    "torchgen/packaged/ATen/native/native_functions.yaml": "- func: linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor\n  python_module: linalg\n\n- func: linalg_cross.out(Tensor self, Tensor other, *, int dim=-1, Tensor(a!) out) -> Tensor(a!)\n  python_module: linalg\n\n- func: avg_pool(Tensor self, int[2] size, int[2] stride=[]) -> Tensor\n  python_module: nn\n",
}  # fmt: skip
EXPECTED = {
    "torch.Tensor": ("",), "torch.Tensor.abs": ("",), "torch.Tensor.backward": ("gradient=None",), "torch.Tensor.detach": ("",),
    "torch.Tensor.grad": (), "torch.Tensor.shape": (), "torch.float32": (), "torch.full": ("size, *, layout=None",), "torch.get_num_threads": ("",),
    "torch.linalg.cross": ("input, other, *, dim=-1, out=None",), "torch.max": ("input", "input, dim, keepdim=False, *, out=None"),
    "torch.nn.LSTM": ("input_size, layers=1",), "torch.nn.Lazy": ("in_features, bias=True",), "torch.nn.Lazy.forward": ("input",),
    "torch.nn.Linear": ("in_features, bias=True",), "torch.nn.Linear.forward": ("input",), "torch.nn.functional.conv": ("input, size, stride=None",),
    "torch.nn.functional.pool": ("input, size=None",), "torch.norm": ("input, p='fro'",), "torch.split": ("tensor, size, dim=0",),
    "torch.typename": ("obj",), "torch.nn": (), "torch.nn.functional": (), "torch.version": (),
}  # fmt: skip


def folder(path: Path) -> Path:
    for name, text in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return path


def wheel(path: Path) -> Path:
    with zipfile.ZipFile(path / "torch.whl", "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return path / "torch.whl"


@pytest.mark.parametrize("package", [folder, wheel])
def test_what_is_public_and_what_it_takes(package, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = Release(package(tmp_path)).snapshot()
    assert found.release == "9.1.0"
    assert dict(found.names) == EXPECTED


SCHEMAS = {
    "the overload with out is a keyword": (
        "- func: linalg_inv(Tensor A) -> Tensor\n  python_module: linalg\n\n- func: linalg_inv.out(Tensor A, *, Tensor(a!) out) -> Tensor(a!)\n  python_module: linalg\n",
        "A, *, out=None",
    ),
    "a creating function takes requires_grad": (
        "- func: fft_fftfreq(int n, float d=1.0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor\n  python_module: fft\n",
        "n, d=1.0, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False",
    ),
    "a list is a tuple, text keeps its quotes": (
        '- func: fft_fft2(Tensor self, int[1] dim=[-2,-1], str? norm="ortho", float rtol=1e-05) -> Tensor\n  python_module: fft\n',
        "input, dim=(-2, -1), norm='ortho', rtol=1e-05",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_as_python_has_it(text: str, expected: str) -> None:
    from compat.signatures.text import written

    ((signature,),) = by_module(text).values()
    assert written(signature) == expected
