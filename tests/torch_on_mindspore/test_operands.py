"""What functions refuse before they compute: numbers for tensors, an `out` of the wrong dtype or memory, windows, weights, ranges."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, ours

OPERANDS = """
f = torch.tensor([1.5, 2.5, 3.5])
t = torch.tensor([1, 2, 3])
m = torch.ones(2, 3)
"""


@pytest.mark.parametrize("name", [
    "maximum", "fmin", "atan2", "arctan2", "hypot", "nextafter", "gcd", "lcm", "ldexp", "heaviside", "logaddexp", "igamma", "polar", "complex",
    "logical_and", "eq", "lt", "greater", "fmod", "copysign", "rsub", "remainder", "pow", "bitwise_and", "bitwise_left_shift", "float_power",
    "xlogy", "special.xlog1py", "isclose", "equal", "add", "div", "max", "clamp",
])  # fmt: skip
@pytest.mark.parametrize("operands", ["2, 3", "2, t"])
def test_numbers_for_tensors(name, operands):
    check(f"{OPERANDS}torch.{name}({operands})")


@pytest.mark.parametrize("expression", [
    "t.gcd(2)", "f.maximum(2)", "f.atan2_(2)", "t.logical_and_(2)", "f.eq(2), f.fmod(2), torch.eq(f, 2), torch.pow(2, f), torch.isin(2.5, f)",
    "torch.max(f, 0), torch.max(f, f), f.max()", "torch.cat(f)", "torch.stack(f)", "torch.stack(tensors=f)", "torch.vstack(f)", "torch.cat(2)",
    "torch.cat([f, 2])", "torch.cat(tensors=[f, f]), torch.cat((f, f))", "torch.cat([m, f])", "torch.hstack([f, torch.ones(2, 2, 2)])",
    "torch.Tensor.__radd__(2, f)", "torch.Tensor.__rmul__(2, 3)", "torch.Tensor.__rdiv__(2, f)", "torch.Tensor.__rpow__(2, f), 2 + f, 2 / f",
])  # fmt: skip
def test_tensors_are_asked_for(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.gcd(input='a', other=t)", "torch.isclose(rtol=1e-3, input=f, other=f), torch.isclose(input=f, other=f + 1)", "torch.is_nonzero('a')",
    "torch.is_nonzero(t)", "torch.special.softmax(f, 0, out=f)", "torch.log_softmax(f, 0, out=torch.empty(0))", "torch.linspace('a', 1, 3)",
    "torch.normal(0.0, 1.0)", "torch.normal('a', 1.0)", "torch.normal(f, 'a')", "torch.normal(0.0, 1.0, size=(2,)).shape, torch.normal(f, 2).shape",
    "torch.hsplit(t, indices=[1]), torch.hsplit(t, sections=3), t.hsplit([1, 2])", "torch.full((2,), 3, no=1)", "torch.log_softmax(f, 0, no=1)",
    "f.float_power_(2)", "torch.gather(t, 0, t * 0, sparse_grad=True)", "torch.poisson('a')",
    "torch.native_layer_norm('a', [2], None, None, 1e-5)", "torch.frombuffer(b'12345678', dtype=torch.int32, count=1, offset=4)",
])  # fmt: skip
def test_arguments_by_name(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.gather(f, 0, t * 0, out=f)", "torch.cat([f, f], out=f)", "torch.cat([f[:0], f], out=f)", "torch.take(f, t * 0, out=f)",
    "torch.kthvalue(f, 1, out=(f, t[0]))", "torch.masked_select(f, f > 2, out=f)", "torch.cat([f, f], out=torch.ones(6))", "torch.abs(f, out=f)",
    "torch.take(f, t * 0, out=torch.empty(3).double())", "torch.abs(f, out=f.double())", "torch.exp(f, out=f.double())",
    "torch.sort(f, out=(f.double(), t))", "torch.argmax(f, out=f[0])", "torch.isposinf(f, out=f)", "torch.where(f > 2, f, f, out=f.double())",
    "torch.arange(3, out=torch.empty(3)), torch.arange(3, out=torch.empty(3, dtype=torch.int32)), torch.zeros(3, out=torch.empty(3, dtype=torch.int64))",
    "torch.arange(3, out=torch.empty(3), dtype=torch.int64)", "torch.arange(0, 3, 0.5, out=torch.empty(0, dtype=torch.int64))",
    "torch.linspace(0, 1, 3, out=torch.empty(3).double()), torch.eye(2, out=torch.ones(2, 2).double())", "torch.sum(f, 0, out=f.double()[0])",
    "torch.aminmax(f, out=(f.double()[0], f.double()[0]))", "torch.complex(f, f, out=torch.empty(3, dtype=torch.complex128))",
])  # fmt: skip
def test_out(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "f.masked_fill(f > 2, f)", "f.masked_fill(f > 2, 1e50)", "f.masked_fill_(f > 2, 1e50)", "f.masked_fill(f > 2, 1j)", "f.half().masked_fill(f > 2, 1e6)",
    "f.half().masked_fill(f > 2, float('-inf')), t.byte().masked_fill(t > 2, -3), t.masked_fill(t > 2, 1.5)", "t.byte().masked_fill(t > 2, -300)",
    "t.masked_fill(t > 2, float('inf'))", "t.masked_fill(t > 2, torch.tensor(1j))", "f.bfloat16().masked_fill(f > 2, 1e39)",
    "torch.narrow(f, 0, torch.tensor(1.0), 1)", "torch.narrow(f, 0, torch.tensor([1]), 1)", "torch.narrow(f, 0, 1.0, 1)", "torch.narrow(f.sum(), 0, 0, 1)",
    "torch.narrow(f, 0, torch.tensor(1), 1)", "torch.narrow_copy(f, 3, 0, 1)", "torch.narrow(f, 3, 0, 1)", "torch.roll(f.sum(), 1, 0)", "torch.roll(f.sum(), 1)",
    "torch.movedim(m, (0, 0), (0, 1))", "torch.movedim(m, (0, 1), (1, -1))", "torch.movedim(m, (0, 1), (1,))", "torch.movedim(m, (0, 1), 1)",
    "torch.hsplit(f, 'a')", "torch.vsplit(m, torch.tensor([1]))", "torch.hsplit(f, torch.tensor(3))", "torch.gradient(m, dim=(1, 1))",
    "torch.linspace(0, 1, 2.0)", "torch.logspace(0, 1, 2.0)", "torch.arange(0, 3, 0.5, dtype=torch.int64)", "f.uniform_(3, -1)",
    "torch.cov(f, fweights=f)", "torch.cov(f, aweights=t)", "torch.cov(f, fweights=-t)", "torch.cov(f, aweights=-f)", "torch.cov(f, fweights=t, aweights=f)",
    "torch.fft.rfftn(f.sum(), dim=(0,))", "torch.fft.fft2(f.sum())", "torch.fft.rfftn(f.sum())", "torch.fft.rfftn(f, dim=())", "torch.fft.fftn(f.sum()), torch.fft.fftn(f, dim=()), torch.fft.ifftn(torch.complex(f[0], f[1]))",
    "F.adaptive_avg_pool2d(m, 2)", "F.adaptive_avg_pool2d(m, (None, 2))", "F.adaptive_max_pool3d(m, (1, 1, 1))", "F.avg_pool3d(m, 2)", "F.avg_pool2d(f, 2)",
    "nn.HuberLoss(delta=1j)", "nn.HuberLoss(delta=True).delta, nn.HuberLoss(delta=2).delta", "F.fractional_max_pool2d(m[None], 1, 1, _random_samples=torch.ones(3, 1, 2) / 2)",
    "F.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 2, 2))", "F.conv1d(torch.ones(1, 4, 4), torch.ones(1, 2))",
])  # fmt: skip
def test_values_in_range(expression):
    check(OPERANDS + expression)


CALLS = """
torch.arange(5), torch.arange(end=5), torch.arange(1, end=5), torch.arange(1, 7, 2), torch.arange(start=1, end=7, step=2), torch.arange(1, 7, step=2)
torch.arange(), torch.arange(0)
torch.arange(start=5)
torch.arange(5, step=2)
torch.arange(1, start=4)
torch.arange(None, 5)
torch.arange(0, 5, 2, 3)
torch.empty(2.5)
torch.zeros("2")
torch.ones()
torch.zeros((2,), 3)
torch.zeros(2, no_such=1)
torch.eye(2.5)
torch.as_tensor([1], torch.float32)
torch.broadcast_tensors([f, f])
torch.broadcast_shapes([(2,), (1,)])
torch.block_diag([m, m])
torch.cartesian_prod([f, f])
torch.dsplit(torch.ones(2, 2, 4), sections=2), torch.dsplit(torch.ones(2, 2, 4), indices=[1]), torch.dsplit(torch.ones(2, 2, 4), [1])
torch.dsplit(torch.ones(2, 2, 4))
torch.clamp(f, 0, torch.ones(3))
torch.clamp(f, "a")
torch.bucketize("a", f)
torch.dot(f, t)
torch.empty_like(f, no_such=1)
torch.diagonal_copy(m, no_such=1)
torch.bitwise_left_shift(t, 1, no_such=1)
torch.add(input="a", other=f)
torch.device("cuda", 1), torch.device(type="cpu", index=0), torch.device(torch.device("meta")), torch.device("mps"), str(torch.device("cuda", 2))
torch.device(None)
torch.device(1.5)
torch._shape_as_tensor(m), torch._shape_as_tensor(f.sum())
torch.conj_physical_(f), torch.ones(2).conj_physical_()
""".strip().split("\n")


@pytest.mark.parametrize("call", CALLS)
def test_forms_of_a_call(call):
    check(OPERANDS + call)


@pytest.mark.parametrize(
    "call", ["torch.bmm(a, a, out_dtype=a.dtype)", "torch.baddbmm(a, a, a, a.dtype)", "torch.addmm(a[0], a[0], a[0], out_dtype=a.dtype)"]
)
def test_no_other_dtype_to_accumulate_in(call):
    with pytest.raises(NotImplementedError):
        eval(call, {"torch": ours, "a": ours.ones(1, 2, 2)})


def test_no_gradient_of_clamp_through_nan():
    check("x = torch.tensor([float('nan'), -2.0, 0.5], requires_grad=True)\ny = x.clamp(-1, 1)\ny.sum().backward()\ny, x.grad")
