"""grad and value_and_grad: the same gradients in the same nesting, the same errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SETUP = """
import numpy as np
Tensor, Parameter, ops, nn = ms.Tensor, ms.Parameter, ms.ops, ms.nn
x, y, v = Tensor(2.0), Tensor(3.0), Tensor([3.0, 1.0])
w, unused, frozen = (Parameter(Tensor([2.0]), name, name != "frozen") for name in ("w", "unused", "frozen"))
product = lambda x, y: (x * x * y).sum()
weighted = lambda x: (x * w).sum()
both = lambda x: x * w * unused
pick = lambda table, index: ops.gather(table, index, 0) * 3
factors = Tensor([10.0, 20.0])

class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.w = Parameter(Tensor([2.0, 3.0]), "w")
    def construct(self, x, y):
        return x * y * self.w

class Cube(ms.common._Function):
    @staticmethod
    def forward(ctx, x, scale, kept=None):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x * x * x * scale
    @staticmethod
    def backward(ctx, dout):
        x, = ctx.saved_tensors
        needed.append(ctx.needs_input_grad[:1])
        return dout * x * x * 4 * ctx.scale, None, None

class Two(ms.common._Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y, x + y
    @staticmethod
    def backward(ctx, first, second):
        return first * 2, second * 5

needed = []
seen = []
def watched(x, y):
    z = ops.HookBackward(lambda grad: seen.append(grad))(x * y)
    return z * y
def hooked(x):
    y = x * 3
    y.register_hook(lambda g: g * 2)
    h = y.register_hook(lambda g: g * 100)
    h.remove()
    return y.sum()
def packed(x, y):
    with ms.saved_tensors_hooks(lambda t: t + 1, lambda t: t * 2):
        return (x * y).sum()
def unrecorded(x):
    with ms._no_grad():
        y = x * 2
    return x * y
square = ops.MultitypeFuncGraph("square")
square.register("Tensor")(lambda t: t * t)
square.register("Number")(lambda n: n + 0.5)
square.register("Tensor", "Number")(lambda t, n: t * n)
several = lambda x: (x.sum(), x * 2)
nested = lambda x: (x.sum(), x * 2, [x, (x, 3)])
dense = nn.Dense(2, 3, weight_init=Tensor(np.arange(6).reshape(3, 2).astype("f")), bias_init="ones")
"""

SAME = [
    "ms.grad(product)(x, y)",
    "ms.grad(product, 1)(x, y)",
    "ms.grad(product, (0,))(x, y)",
    "ms.grad(product, (0, 1))(x, y)",
    "ms.value_and_grad(product, (0, 1))(x, y)",
    "ms.grad(weighted, None, w)(v)",
    "ms.grad(weighted, None, [w])(v)",
    "ms.grad(weighted, None, ms.ParameterTuple([w]))(v)",
    "ms.grad(weighted, 0, w)(v)",
    "ms.grad(weighted, (0,), [w])(v)",
    "ms.value_and_grad(weighted, None, w)(v)",
    "ms.value_and_grad(weighted, 0, [w])(v)",
    "ms.grad(weighted, None, [w, unused, frozen])(v)",
    "ms.grad(several)(v)",
    "ms.value_and_grad(several)(v)",
    "ms.grad(several, has_aux=True)(v)",
    "ms.value_and_grad(several, has_aux=True)(v)",
    "ms.value_and_grad(several, None, [w], has_aux=True)(v)",
    "ms.value_and_grad(nested, has_aux=True)(v)",
    "ms.grad(nested, 0, None, True)(v)",
    "ms.grad(lambda x: x * 2)(v)",
    "ms.grad(lambda x: 3.0)(v)",
    "ms.grad(lambda x: Tensor([2.0]))(v)",
    "ms.grad(lambda x: x > 1)(v)",
    "ms.grad(lambda x: ops.stop_gradient(x) * x)(v)",
    "ms.grad(lambda x, k=2.0: x * k)(v, k=5.0)",
    "ms.grad(lambda x, y: x * y, (0, 1))(v, 2.0)",
    "ms.grad(lambda x, y: x * y, 1)(v, 2.0)",
    "ms.grad(lambda x, y: x * 2, (0, 1))(v, Tensor([1.0, 2.0]))",
    "ms.grad(lambda x, y: x[0] * y)((v, v), v)",
    "ms.grad(lambda x: ms.grad(lambda y: y**3)(x))(Tensor([2.0]))",
    "ms.grad(lambda x: x.max())(Tensor([1.0, 1.0]))",
    "ms.grad(lambda x: x.sum())(Tensor([1.0], ms.float16))",
    "ms.value_and_grad(lambda x: [x, x])(v)",
    # ids, factors, keywords
    "ms.grad(product, return_ids=True)(x, y), ms.grad(product, (0, 1), return_ids=True)(x, y)",
    "ms.grad(both, 0, [w, unused], return_ids=True)(v), ms.grad(both, None, w, return_ids=True)(v)",
    "(g := ms.grad(both, 0, [w, unused], return_ids=True)(v)), ops.get_grad(g, unused), ops.get_grad(g, 0)",
    "ms.grad(lambda x, y: x * x * y, sens_param=True)(v, v + 1, factors)",
    "ms.value_and_grad(lambda x, y: x * x * y, (0, 1), sens_param=True)(v, v + 1, factors)",
    "ms.grad(lambda x: (x, x * 2), sens_param=True)(v, (factors, factors))",
    "ms.grad(lambda x, y=2.0: x * y, 1)(v, y=v + 1), ms.grad(lambda x, *y: x * y[0], (0, 1))(v, v + 1)",
    "ms.grad(lambda x: x['k'] * 2)({'k': v}), ms.grad(lambda x: x * v)(3.0), ms.grad(lambda x: None)(v), ms.grad(lambda x: (x, 3))(v)",
    "ms.value_and_grad(lambda x: {'k': x * 2})(v)[1], ms.grad(lambda x: x.argmax())(v), ms.grad(product, True)(x, y)",
    "ms.grad(pick, (0, 1))(v, Tensor([1, 0, 1])), ops.GradOperation(get_all=True)(pick)(v, Tensor([1, 1]))",
    # GradOperation
    "ops.GradOperation()(product)(x, y), ops.GradOperation(get_all=True)(product)(x, y)",
    "ops.GradOperation(get_by_list=True)(both, [w, unused])(v), ops.GradOperation(get_by_list=True)(both, w)(v)",
    "ops.GradOperation(get_all=True, get_by_list=True)(both, ms.ParameterTuple([w, unused]))(v)",
    "ops.GradOperation(get_all=True, sens_param=True)(lambda x, y: x * x * y)(v, v + 1, factors)",
    "ops.GradOperation(get_by_list=True)(Net())(v, v + 1), ops.GradOperation(get_all=True)(Net())(v, y=v + 1)",
    "ops.GradOperation(get_all=True)(lambda x, y: x * y)(v, 2), ops.GradOperation(sens_param=True)(lambda x: (x, x * 2))(v, (v, factors))",
    # vjp
    "(r := ms.vjp(lambda x, y: x * x * y, v, v + 1))[0], r[1](factors)",
    "(r := ms.vjp(lambda x: (x * 2, x * 3), v))[0], r[1](v, factors)",
    "(r := ms.vjp(both, v, weights=[w, unused]))[0], r[1](factors), ms.vjp(both, v, weights=w)[1](factors)",
    "(r := ms.vjp(lambda x: (x * 2, x * 3), v, has_aux=True))[0], r[2], r[1](factors)",
    # gradients of one's own, hooks
    "ms.grad(lambda x: Cube.apply(x, 2.0))(v), needed, Cube.apply(v, 2.0), ms.grad(lambda x, y: Two.apply(x, y), (0, 1))(v, v + 1)",
    "ms.grad(lambda x, y: Two.apply(x, y)[0], (0, 1))(v, v + 1)",
    "ms.grad(watched, (0, 1))(x, y), seen",
    "ms.grad(hooked)(v), ms.grad(unrecorded)(v)",
    "ms.grad(packed, (0, 1))(v, v + 1)",
    "[w.register_hook(lambda g: g * 5), ms.grad(weighted, None, w)(v)][1]",
    "[n := nn.Dense(2, 2, 'ones', 'ones'), ms.grad(lambda x: ms.recompute(n, x).sum())(v.reshape(1, 2))][1]",
    "ops.stop_gradient((v, 3)), ops.stop_gradient({'a': v})['a'], ops.stop_gradient(3)",
    # maps over sequences
    "ops.HyperMap()(square, ((v, 2), (v, v))), ops.HyperMap(square)((v, 3.5)), ops.Map(square)((v, v)), ops.Map()(square, (1, 2))",
    "ops.HyperMap()(square, (v, v), (2, 3)), square(v), square(3), square(v, 4)",
    "ops.HyperMap()(ops.partial(lambda a, b: a * b, 2), (v, v)), ops.Partial()(lambda a, b: (a, b), 1)(2)",
    "ms.value_and_grad(dense, None, dense.trainable_params())(Tensor([[1.0, 2.0]]))",
]

RAISED = [
    "ms.grad(weighted, None, None)",
    "ms.value_and_grad(weighted, has_aux=True)(v)",
    "ms.grad(weighted, 1)(v)",
    "ms.grad(weighted, 'a')",
    "ms.grad(weighted, (0, 'a'))",
    "ms.grad(weighted, ())(v)",
    "ms.grad(weighted, 0, None, False, 0)",
    "ms.grad(product, -1)(x, y)",
    "ms.grad(product, [0])(x, y)",
    "ms.grad(product, (0, 0))(x, y)",
    "ms.grad(product, 0, None, 3)(x, y)",
    "ops.get_grad(ms.grad(product, 0, return_ids=True)(x, y), 1)",
    "ops.GradOperation(get_all=3)",
    "ms.vjp(product, 3, x)",
    "ms.vjp(weighted, v)[1](3)",
    "ms.jvp(product, (x, y), (x,))",
    "ms.jvp(weighted, v, 3)",
    "ms.jacrev(product, 0, 3)",
    "ops.HookBackward(3)",
    "ms.recompute(lambda x: x, v)",
    "square('a')",
]

# MindSpore compiles these, from the source of functions in a file.
FUNCTIONS = """
def product(x, y): return x * x * y
def twice(x): return x * 2
def pair(x): return x * 2, x * x
def mixed(x, y): return x * 2 * y, x.sum()
def several(x): return x.sum(), x * 2
def first_two(x): return x[0] + x[1]
def add(x, y): return x + y
def squares(x): return (x * x).sum()
def mul(x, y): return x * y
def same(x): return x
def three(x): return 3.0
"""
COMPILED = [
    "ms.jvp(product, (x, y), (x, y)), ms.jvp(pair, x, y, has_aux=True)",
    "ms.jacfwd(mixed, (0, 1))(x, y), ms.jacfwd(twice)(m)",
    "ms.jacrev(product)(x, y), ms.jacrev(mixed, (0, 1))(x, y), ms.jacrev(mixed, (0,), has_aux=True)(x, y)",
    "ms.vmap(mul, (0, None), 1)(m, x), ms.vmap(several, out_axes=(0, 1))(m), ms.vmap(first_two, ((0, 1),))((m, m))",
    "ms.vmap(ms.vmap(add, (None, 0)), (0, None))(x, y), ms.vmap(twice, -1)(m), ms.vmap(three)(m)",
    "ms.vmap(ms.grad(squares))(m), ops.jet(mul, (x, y), (m, m))",
]
COMPILED_RAISED = [
    "ms.jacrev(product, 3)(x, y)",
    "ms.jacrev(product, (0, 0))(x, y)",
    "ms.vmap(mul, (None, None))(m, m)",
    "ms.vmap(same, 's')(m)",
    "ms.vmap(same, 5)(m)",
    "ms.vmap(same, out_axes=None)(m)",
    "ms.vmap(mul, (0,))(m, m)",
    "ms.vmap(mul)(m, Tensor([[1.0, 2.0]]))",
    "ms.vmap(mul)(m, 2.0)",
]


def evaluated(text: str) -> Any:
    def case(ms: Any) -> Any:
        names: dict[str, Any] = {"ms": ms, "__name__": __name__}
        exec(SETUP, names)
        return eval(text, names)

    return case


@pytest.fixture(scope="module")
def functions(tmp_path_factory: Any) -> Any:
    """Run a text with the functions of a file."""
    path = tmp_path_factory.mktemp("compiled") / "functions.py"
    path.write_text(FUNCTIONS, encoding="utf-8")
    code = compile(FUNCTIONS, str(path), "exec")

    def evaluated_in_file(text: str) -> Any:
        def case(ms: Any) -> Any:
            names: dict[str, Any] = {"ms": ms, "ops": ms.ops, "Tensor": ms.Tensor, "__name__": __name__}
            exec(code, names)
            names.update(x=ms.Tensor([1.0, 2.0]), y=ms.Tensor([3.0, 4.0]), m=ms.Tensor([[1.0, 2.0], [3.0, 4.0]]))
            return eval(text, names)

        return case

    return evaluated_in_file


@pytest.mark.parametrize("text", COMPILED)
def test_compiled(text: str, functions: Any, compare: Any) -> None:
    compare(functions(text))


@pytest.mark.parametrize("text", COMPILED_RAISED)
def test_compiled_errors(text: str, functions: Any, compare_errors: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)  # MindSpore writes down why it could not compile
    compare_errors(functions(text))


@pytest.mark.parametrize("text", SAME)
def test_gradients(text: str, compare: Any) -> None:
    compare(evaluated(text))


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(evaluated(text))


def test_results_carry_no_graph(ours: Any) -> None:
    value, gradient = evaluated("ms.value_and_grad(weighted, 0, [w])(v)")(ours)
    assert not value.requires_grad
    assert not gradient[0].requires_grad


def test_insert_gradient_of(ours: Any) -> None:
    # MindSpore compiles the function it is given, from a file.
    def changed(x: Any) -> Any:
        return ours.ops.InsertGradientOf(lambda gradient: gradient * 7)(x * 2).sum()

    assert ours.grad(changed)(ours.Tensor([1.0, 2.0])).asnumpy().tolist() == [14.0, 14.0]


def test_per_sample_gradients_of_a_cell_list(ours: Any) -> None:
    # MindSpore gives each Cell its slice of the Parameters; here each runs on its slice of the inputs.
    cells = ours.nn.CellList([ours.nn.Dense(2, 1, weight, "zeros") for weight in ("ones", "zeros")])
    x = ours.Tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    assert ours.vmap(cells, in_axes=0)(x).asnumpy().tolist() == [[[3.0]], [[0.0]]]
    assert ours.vmap(cells, in_axes=None)(x[0]).asnumpy().tolist() == [[[3.0]], [[0.0]]]


def test_an_outer_gradient_passes_through(ours: Any) -> None:
    # The second derivative of x³ is 6x, by whichever function the first one is taken.
    x = ours.Tensor([2.0])
    inner = [
        ours.grad(lambda t: t**3),
        lambda t: ours.jvp(lambda s: s**3, t, ours.Tensor([1.0]))[1],
        lambda t: ours.vjp(lambda s: s**3, t)[1](ours.Tensor([1.0]))[0],
        lambda t: ours.jacrev(lambda s: s**3)(t),
        lambda t: ours.derivative(lambda s: s**3, t, 1)[1],
    ]
    assert [ours.grad(function)(x).asnumpy().tolist() for function in inner] == [[12.0]] * 5


def test_integers_are_refused_not_given_zeros(ours: Any) -> None:
    with pytest.raises(NotImplementedError, match="Int64"):
        ours.grad(lambda x: x * 2)(ours.Tensor([1, 2]))
