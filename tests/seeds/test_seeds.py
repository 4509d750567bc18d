"""The five documents that this project was asked for: each one's example gives its printed number, in both directions.

The numbers are those that the documents print. Each program runs on its own framework and, unchanged, through this project on
the other one. float32 sums differ in their last digit between kernels, hence a tolerance of 1e-6, one part in 300,000 at least.
"""

from __future__ import annotations

import re
import warnings

import pytest

from compat import frameworks
from compat.generate.run_examples import printed

TORCH_LOGITS = """
import numpy as np
import torch
logits = torch.tensor(np.array([[-0.8, 1.2, 0.7], [-0.1, -0.4, 0.7]]))
label = torch.tensor(np.array([[0.3, 0.8, 1.2], [-0.6, 0.1, 2.2]]))
"""
MINDSPORE_LOGITS = """
import numpy as np
import mindspore
from mindspore import Tensor, nn, ops
logits = Tensor(np.array([[-0.8, 1.2, 0.7], [-0.1, -0.4, 0.7]]), mindspore.float32)
label = Tensor(np.array([[0.3, 0.8, 1.2], [-0.6, 0.1, 2.2]]), mindspore.float32)
ones = Tensor(np.array([1.0, 1.0, 1.0]), mindspore.float32)
"""
RANDOM = "np.random.seed(1)\nfirst = Tensor(np.random.rand(1, 2, 3).astype(np.float32))\nsecond = Tensor(np.random.randint(2, size=(1, 2, 3)).astype(np.float32))\n"
SCORES = """
scores = np.array([[1.624, -0.611, -0.528, -1.072, 0.865], [-2.301, 1.744, -0.761, 0.319, -0.249], [1.462, -2.060, -0.322, -0.384, 1.133]])
classes = np.array([1, 0, 4])
"""

# seed: (API of the program, its text, the number that the document prints, the type that must be printed with it)
PROGRAMS = {
    "bce_with_logits-torch": (
        "torch", TORCH_LOGITS + "print(torch.nn.functional.binary_cross_entropy_with_logits(logits, label))", 0.3464, "dtype=torch.float64"),
    "bce_with_logits-mindspore": (
        "mindspore", MINDSPORE_LOGITS + "print(ops.binary_cross_entropy_with_logits(logits, label, ones, ones))", 0.34636116, ""),
    "BCEWithLogitsLoss-torch": (
        "torch", "import numpy as np\nimport torch\nfrom torch import Tensor\n" + RANDOM + "print(torch.nn.BCEWithLogitsLoss()(first, second).numpy())", 0.7142954, ""),
    "BCEWithLogitsLoss-mindspore": (
        "mindspore", "import numpy as np\nimport mindspore\nfrom mindspore import Tensor\n" + RANDOM + "print(mindspore.nn.BCEWithLogitsLoss()(first, second).asnumpy())", 0.7142954, ""),
    "binary_cross_entropy-torch": (
        "torch", """
import torch.nn.functional as F
from torch import tensor
loss = F.binary_cross_entropy(tensor([0.1, 0.2, 0.3], requires_grad=True), tensor([1., 1., 1.]))
print(loss.detach().numpy())""", 1.7053319, ""),
    "binary_cross_entropy-mindspore": (
        "mindspore", """
import mindspore
import numpy as np
from mindspore import Tensor, ops
logits = Tensor(np.array([0.1, 0.2, 0.3]), mindspore.float32)
labels = Tensor(np.array([1., 1., 1.]), mindspore.float32)
print(ops.binary_cross_entropy(logits, labels))""", 1.7053319, ""),
    "BCEWithLogitsLoss-reference-torch": (
        "torch", TORCH_LOGITS + "print(torch.nn.BCEWithLogitsLoss()(logits.float(), label.float()).numpy())", 0.3463612, ""),
    "BCEWithLogitsLoss-reference-mindspore": (
        "mindspore", MINDSPORE_LOGITS + "print(nn.BCEWithLogitsLoss()(logits, label))", 0.3463612, ""),
    "CrossEntropyLoss-torch": (
        "torch", "import numpy as np\nimport torch\n" + SCORES + """
loss = torch.nn.CrossEntropyLoss()
output = loss(torch.tensor(scores, requires_grad=True), torch.tensor(classes, dtype=torch.long))
print(round(float(output.detach().numpy()), 3))""", 2.764, ""),
    "CrossEntropyLoss-mindspore": (
        "mindspore", "import numpy as np\nimport mindspore\n" + SCORES + """
loss = mindspore.nn.CrossEntropyLoss()
output = loss(mindspore.Tensor(scores, mindspore.float32), mindspore.Tensor(classes, mindspore.int32))
print(round(float(output), 3))""", 2.764, ""),
}  # fmt: skip

# The spellings of 2.0 and 2.3, which today's MindSpore no longer takes and this project does.
OLDER = {
    "bce_with_logits, 2.0": MINDSPORE_LOGITS
    + "print(ops.binary_cross_entropy_with_logits(logits=logits, label=label, weight=ones, pos_weight=ones, reduction='mean'))",
    "BCEWithLogitsLoss, 2.3": MINDSPORE_LOGITS + "print(nn.BCEWithLogitsLoss()(logits=logits, labels=label))",
}


def number(text: str) -> float:
    match = re.search(r"-?\d+\.\d+", text)
    assert match, text
    return float(match[0])


@pytest.fixture(autouse=True)
def real_frameworks_first() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frameworks.load("torch")
        frameworks.load("mindspore")


@pytest.mark.parametrize(("framework", "program", "expected", "beside"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_number_of_the_document(framework: str, program: str, expected: float, beside: str) -> None:
    itself = printed(program)
    with frameworks.installed(framework):
        through = printed(program)
    for text in (itself, through):
        assert number(text) == pytest.approx(expected, abs=1e-6)
        assert beside in text


@pytest.mark.parametrize("program", OLDER.values(), ids=OLDER)
def test_older_spellings(program: str) -> None:
    assert printed(program).startswith("TypeError")
    with frameworks.installed("mindspore"):
        assert number(printed(program)) == pytest.approx(0.34636116, abs=1e-6)
