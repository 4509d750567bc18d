"""Cells: names, order, containers, text, modes, layers."""

from __future__ import annotations

from typing import Any

import pytest

SETUP = """
import collections, copy
import numpy as np
Tensor, Parameter, ops, nn, initializers = ms.Tensor, ms.Parameter, ms.ops, ms.nn, ms.initializers

class A(nn.Cell):
    def __init__(self):
        super().__init__()
        self.fc = nn.Dense(2, 3, "ones")
        self.seq = nn.SequentialCell(nn.Dense(3, 1, "ones"), nn.ReLU())
        self.w = Parameter(Tensor([2.0]))
        self.l = nn.CellList([nn.Dense(1, 1)])
    def construct(self, x, scale=1.0):
        return self.seq(self.fc(x)) * scale * self.w

class B(nn.Cell):
    def __init__(self):
        super().__init__()
        self.a, self.v = A(), Parameter(Tensor([1.0]), name="named")

class Shared(nn.Cell):
    def __init__(self):
        super().__init__()
        self.a = nn.Dense(2, 3)
        self.b = self.a

names = lambda cell: [p.name for p in cell.get_parameters()]
a, b, x = A(), B(), Tensor(np.ones((4, 2), np.float32))
row = nn.SequentialCell([nn.Dense(1, 2), nn.Dense(2, 3)])
"""

SAME = [
    "names(a), names(b), names(Shared())",
    "[n for n, _ in b.parameters_and_names()], [n for n, _ in b.parameters_and_names(name_prefix='z')]",
    "[p.name for p in b.get_parameters(expand=False)], list(b.parameters_dict()), len(b.trainable_params())",
    "[n for n, _ in b.cells_and_names()], list(b.name_cells()), len(b.cells()), list(a.name_cells())",
    "repr(a), repr(nn.Dense(2, 3, activation='relu')), repr(nn.Dropout(p=0.3)), repr(nn.Dropout(0.9))",
    "repr(nn.SequentialCell(nn.ReLU())), repr(nn.CellList([nn.GELU()])), repr(nn.Cell()), repr(row[0:1])",
    "a.training, a.set_train().training, a.fc.training, a.phase, a.set_train(False).seq.training, a.phase, a.cls_name",
    "a.insert_child_to_cell('q', nn.Dense(1, 1)), a.insert_param_to_cell('p', Parameter(Tensor([1.0]))), names(a)",
    "setattr(a, 'w', Tensor([3.0])), type(a.w).__name__, a.w.name, a.w",
    "setattr(a, 'w', Parameter(Tensor([5.0]), name='r')), names(a), delattr(a, 'w'), names(a)",
    "a.update_parameters_name('pre.'), names(a)",
    "row.append(nn.Dense(3, 4)), names(row), len(row)",
    "row.__setitem__(0, nn.Dense(7, 2)), names(row), row.__delitem__(0), names(row)",
    "names(nn.SequentialCell(collections.OrderedDict(c=nn.Dense(1, 1), d=nn.Dense(1, 1))))",
    "(l := nn.CellList([nn.Dense(1, 1)])).insert(0, nn.Dense(2, 2)), l.extend([nn.Dense(3, 3)]), names(l), repr(l)",
    "(c := copy.deepcopy(a)), c.w.name, names(c) == names(a), c.w is a.w",
    "nn.Dense(2, 3, 'ones', 0.5)(x), nn.Dense(2, 1, 'ones', has_bias=False)(x[0])",
    "nn.Dense(2, 3, 'ones', 'zeros', activation='tanh')(x), repr(nn.SGD([a.w]))",
    "nn.Dense(2, 3, dtype=ms.float16).weight.dtype == ms.float16, nn.Dense(2, 3).weight, nn.Dense(2, 3).bias.shape",
    "[f()(x - 1.5) for f in (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.GELU, nn.Softmax, nn.LogSoftmax)], nn.GELU(False)(x)",
    "nn.Flatten()(Tensor(np.ones((2, 3, 4)))).shape, nn.Flatten(0)(Tensor(np.ones((2, 3, 4)))).shape",
    "nn.Dropout(p=0.5)(x), nn.Dropout(p=0)(x), nn.Dropout(1.0).set_train()(x)",
    "np.unique(nn.Dropout(p=0.5).set_train()(Tensor(np.ones(100, np.float32))).asnumpy()).tolist()",
    "initializers.initializer('ones', [2]).init_data(), initializers.initializer(3, (1, 2), ms.int32).init_data()",
    "(p := Parameter(Tensor([1.0, 2.0]), 'p')).set_data(Tensor([3, 4])), p.value(), p.clone('ones').name, p + 1",
    "(p := Parameter(Tensor([1.0, 2.0]), 'p')).set_data(Tensor([3.0, 4.0, 5.0])), p.asnumpy().tolist()",
    "ms.ParameterTuple([a.w]).clone('acc', 'zeros')[0].name, ops.assign(a.w, Tensor([9.0])).asnumpy().tolist(), a.w",
]
SKIPPED_VALUES = ("nn.Dense(2, 3).weight,", "(c := copy")

RAISED = [
    "a()",
    "a(x, foo=1)",
    "nn.Cell()(x)",
    "a.foo",
    "nn.CellList()(1)",
    "nn.SequentialCell(3)",
    "nn.CellList([3])",
    "row[9]",
    "a.insert_child_to_cell('fc.x', nn.ReLU())",
    "a.insert_param_to_cell('p.q', a.w)",
    "nn.Dense(0, 3)",
    "nn.Dense(2.0, 3)",
    "nn.Dense(2, 3, weight_init=Tensor(np.ones((2, 3))))",
    "nn.Dense(2, 3, bias_init=Tensor([1.0]))",
    "nn.Dense(2, 3, has_bias=1)",
    "nn.Dense(2, 3, activation='foo')",
    "nn.Dense(2, 3, activation=3)",
    "nn.Dense(2, 3, weight_init='foo')",
    "nn.Dense(2, 3)(np.ones((4, 2)))",
    "nn.Dense(2, 3)(Tensor(np.ones((4, 3), np.float32)))",
    "nn.Dense(2, 3)(Tensor(np.ones((4, 2))))",
    "nn.Dropout(0)",
    "nn.Dropout(p=1.0)",
    "nn.Dropout(1.5)",
    "nn.Softmax(axis=5)(x)",
    "nn.ReLU()(3)",
    "nn.Flatten()(Tensor([1.0]))",
    "Tensor('x')",
    "Tensor()",
    "Tensor({1: 2})",
    "Tensor([[1, 2], [3]])",
    "Tensor([1], 'float32')",
    "Tensor([1], np.float32)",
    "Tensor([1], shape=(1,))",
    "Parameter('x')",
    "Parameter(Tensor([1.0]), 3)",
    "a.w.set_data([1.0])",
    "ms.ParameterTuple([Tensor([1.0])])",
    "ops.assign(a.w, Tensor([1.0, 2.0]))",
    "initializers.initializer('foo', (2,))",
    "initializers.initializer('ones', (2, -1))",
    "initializers.initializer(np.zeros(2), (2,))",
    "initializers.initializer(Tensor([1.0]), (3,))",
    "float(x)",
    "bool(x)",
    "x.item()",
    "len(Tensor(1))",
    "x + 'a'",
    "x + np.ones(2)",
    "x + Tensor([1.0, 2.0, 3.0])",
    "x.reshape(3, 7)",
    "ops.matmul(x, x)",
    "ops.matmul(x, Tensor(np.ones((2, 2))))",
    "ops.reshape(x, -1)",
    "ops.relu(3)",
    "ops.softmax(Tensor([1, 2]))",
    "ops.gather(x, Tensor([7]), 0)",
    "ops.dropout(x, p=2.0)",
    "ops.equal(1, x)",
    "x[10]",
    "ms.set_context(mode=5)",
    "ms.set_context(foo=1)",
    "ms.set_device('foo')",
    "ms.set_seed(-1)",
    "ms.set_seed(1.5)",
]


def evaluated(text: str) -> Any:
    def case(ms: Any) -> Any:
        names: dict[str, Any] = {"ms": ms, "__name__": __name__}
        exec(SETUP, names)
        result = eval(text, names)
        # Random weights and copied models are compared by their text.
        return [repr(item) for item in result] if text.startswith(SKIPPED_VALUES) or "nn.Dense(2, 3).weight" in text else result

    return case


@pytest.mark.parametrize("text", SAME)
def test_same(text: str, compare: Any) -> None:
    def case(ms: Any) -> Any:
        # Functions that return the framework's own objects (a Cell from append) are compared by what follows them.
        result = evaluated(text)(ms)
        return [item for item in result if isinstance(item, (str, list, int, tuple)) or hasattr(item, "asnumpy")]

    compare(case)


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(evaluated(text))


def test_set_seed_repeats_the_weights(ours: Any) -> None:
    weights = []
    for _ in range(2):
        ours.set_seed(1)
        weights.append(ours.nn.Dense(3, 3).weight.asnumpy().tolist())
    assert weights[0] == weights[1]


RANGES = [("HeUniform(5**0.5)", 0.05), ("XavierUniform()", (6 / 900) ** 0.5), ("Uniform()", 0.07)]
SIGMAS = [
    ("Normal()", 0.01),
    ("TruncatedNormal()", 0.01),
    ("HeNormal()", (2 / 400) ** 0.5),
    ("XavierNormal()", (2 / 900) ** 0.5),
]


@pytest.mark.parametrize(("text", "bound"), RANGES)
def test_uniform_range(text: str, bound: float, ours: Any) -> None:
    drawn = ours.initializers.initializer(eval(text, {}, vars_of(ours)), (500, 400)).asnumpy()
    assert abs(drawn).max() == pytest.approx(bound, rel=1e-3)
    assert drawn.std() == pytest.approx(bound / 3**0.5, rel=1e-2)


@pytest.mark.parametrize(("text", "sigma"), SIGMAS)
def test_normal_sigma(text: str, sigma: float, ours: Any) -> None:
    drawn = ours.initializers.initializer(eval(text, {}, vars_of(ours)), (500, 400)).asnumpy()
    assert drawn.std() == pytest.approx(sigma, rel=1e-2)


def vars_of(ours: Any) -> dict[str, Any]:
    return vars(ours.initializers.modules[0])
