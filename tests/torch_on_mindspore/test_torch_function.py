"""What takes over calls of torch's functions: subclasses, other objects with `__torch_function__` and modes, beside real PyTorch."""

from __future__ import annotations

import pytest

from compat.errors import UnsupportedAPI
from tests.torch_on_mindspore.compare import check, check_message, ours, outcome

SETUP = """
import copy, functools, operator, pickle
overrides = torch.overrides
calls = []
def note(func, types, args, kwargs):
    name = overrides.resolve_name(func) or getattr(func, "__name__", None)
    if name != "_set_grad_enabled":
        calls.append((name, [kind.__name__ for kind in types], len(args), None if kwargs is None else sorted(kwargs)))
class Logging(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        note(func, types, args, kwargs)
        return super().__torch_function__(func, types, args, kwargs)
class LoggingMode(overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        note(func, types, args, kwargs)
        return func(*args, **(kwargs or {}))
class Sub(torch.Tensor):
    pass
class Deeper(Sub):
    pass
class Other(torch.Tensor):
    pass
HANDLED = {}
def implements(function):
    def register(made):
        HANDLED[function] = made
        return made
    return register
class Scalar:
    def __init__(self, n, value):
        self.n, self.value = n, value
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func not in HANDLED or not all(issubclass(kind, (torch.Tensor, Scalar)) for kind in types):
            return NotImplemented
        return HANDLED[func](*args, **(kwargs or {}))
@implements(torch.mean)
def mean(input):
    return float(input.value) / input.n
@implements(torch.add)
@implements(torch.Tensor.add)
def add(input, other):
    return "added", input.value if isinstance(input, Scalar) else input, other.value if isinstance(other, Scalar) else other
@implements(torch.stack)
def stacked(tensors, dim=0):
    return "stacked", len(tensors), dim
@implements(F.relu)
def rectified(input, inplace=False):
    return "relu", input.value, inplace
@implements(F.mse_loss)
def squared(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    return "mse", reduction
class Metadata:
    def __init__(self, data, metadata=None, **kwargs):
        self._t = torch.as_tensor(data, **kwargs)
        self._metadata = metadata
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        metadatas = tuple(one._metadata for one in args if hasattr(one, "_metadata"))
        args = [getattr(one, "_t", one) for one in args]
        return Metadata(func(*args, **(kwargs or {})), metadata=metadatas[0])
class Silent:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return NotImplemented
class Tagged(torch.Tensor):
    @staticmethod
    def __new__(cls, x, tag, *args, **kwargs):
        return super().__new__(cls, x, *args, **kwargs)
    def __init__(self, x, tag):
        self.tag = tag
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        found = super().__torch_function__(func, types, args, kwargs)
        if isinstance(found, cls) and not hasattr(found, "tag"):
            found.tag = next((one.tag for one in args if hasattr(one, "tag")), None)
        return found
def classes(found):
    if isinstance(found, (list, tuple)) and type(found).__name__ != "Size":
        return [classes(one) for one in found]
    return type(found).__name__
def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__, str(error).partition("\\n")[0]
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
y = torch.ones(2, 2)
n = torch.tensor([1, 2])
s = torch.tensor(3.0)
def of(kind):
    global x, y, n, s
    x, y, n, s = (one.as_subclass(kind) for one in (x, y, n, s))
"""

# Evaluated with Logging tensors, and with plain ones inside LoggingMode: what is handed over, and the class of the result
EXPRESSIONS = """
x + y
x + 1
1 + x
x - y
1 - x
2 * x
x / y
1 / x
x // y
7 // x
x % y
7 % x
x ** 2
2 ** x
x @ y
n & n
1 | n
n << 1
1 << n
x == y
x != y
1 < x
-x
+x
abs(x)
~n
x[0]
x[n[0] - 1, :1]
x.__setitem__(0, 1.0)
operator.iadd(x, 1)
operator.itruediv(x, 1)
operator.ipow(x, 1)
operator.imod(x, 10)
operator.ior(n, 1)
operator.ilshift(n, 1)
len(x)
list(x)
reversed(x)
bool(s)
float(s)
operator.index(n[0])
repr(x) and 0
str(x) and 0
format(s)[:4] and 0
2.0 in x
x.shape
x.dtype
x.ndim
x.grad
setattr(x, "grad", None)
x.requires_grad
setattr(x, "requires_grad", False)
x.is_leaf
x.data
x.T
x.real
x.nbytes
x.size()
x.size(0)
x.dim()
x.numel()
x.stride()
x.storage_offset()
s.item()
x.tolist()
x.numpy()
x.clone()
x.detach()
x.to(torch.float64)
x.float()
x.cpu()
x.view(-1)
x.max(1)
x.sum(0, keepdim=True)
x.split(1)
x.unflatten(0, (1, 2))
x.norm()
x.new_zeros(2)
x.requires_grad_(False)
x.add_(1)
x.zero_()
x.copy_(y)
x.uniform_()
x.where(x > 0, y)
torch.add(x, y)
torch.add(x, y, alpha=2)
torch.add(x, y, out=torch.empty(2, 2))
torch.stack([x, y])
torch.cat((x, y), dim=1)
torch.split(x, 1)
torch.einsum("ij,jk", x, y)
torch.norm(x)
torch.tensordot(x, y, 1)
torch.unique(x)
torch.meshgrid(n, n, indexing="ij")
torch.cdist(x, y)
torch.where(x > 0, x, y)
torch.is_floating_point(x)
torch.allclose(x, y)
torch.zeros_like(x)
torch.as_tensor(x)
torch.sigmoid(x)
torch.max_pool1d(x, 2)
torch.conv1d(x, torch.ones(2, 2, 1))
torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)
torch.poisson(x)
F.relu(x)
F.relu(x, True)
F.sigmoid(x)
F.softmax(x, dim=-1)
F.linear(x, y)
F.dropout(x, 0.1)
F.gelu(x)
F.hardswish(x)
F.softplus(x)
F.mse_loss(x, y)
F.cross_entropy(x, n - 1)
F.layer_norm(x, (2,))
F.scaled_dot_product_attention(x, y, y)
F.pad(x, (1, 1))
F.one_hot(n)
F.max_pool1d(x, 2)
F.normalize(x)
torch.linalg.det(x)
torch.linalg.norm(x)
torch.linalg.svd(x)
torch.fft.fft(x)
torch.special.erf(x)
nn.init.constant_(x, 1.0)
nn.init.kaiming_uniform_(x)
nn.Tanh()(x)
nn.Softmax(-1)(x)
nn.GELU()(x)
nn.MSELoss()(x, y)
nn.Sequential(nn.ReLU(), nn.Flatten())(x)
nn.Parameter(x)
""".strip().split("\n")

# What only a mode sees: nothing among the arguments could take over
CREATIONS = """
torch.zeros(2)
torch.zeros(2, dtype=torch.float64)
torch.tensor([1.0])
torch.as_tensor([1.0])
torch.arange(3)
torch.rand(2)
torch.is_tensor(x)
torch.get_default_dtype()
""".strip().split("\n")

PROGRAMS = r"""
torch.mean(Scalar(5, 2)), torch.add(Scalar(2, 2), y), torch.add(y, Scalar(2, 2)), y + Scalar(2, 7)
torch.stack([y, Scalar(1, 1)], dim=1), F.relu(Scalar(2, 2)), F.mse_loss(Scalar(1, 1), y), nn.ReLU()(Scalar(1, 3)), nn.MSELoss(reduction="sum")(y, Scalar(1, 1))
attempt(lambda: torch.mul(Scalar(2, 2), y))[0], attempt(lambda: y * Scalar(2, 2)), attempt(lambda: Scalar(2, 2) + y)
data = Metadata([1.0, 2.0], metadata={"owner": "me"})\nfound = torch.add(data, torch.ones(2))\nfound._t, found._metadata, type(found).__name__
data = Metadata([1.0, 2.0], metadata="m")\nfound = F.softmax(torch.nn.functional.relu(torch.exp(data)), 0)\nfound._t, found._metadata
data = Metadata(torch.ones(1, 3), metadata="m")\ntorch.manual_seed(0)\nlayer = nn.Linear(3, 2)\nlayer(data)._t.shape, layer(data)._metadata
attempt(lambda: torch.add(Silent(), 1)), attempt(lambda: F.relu(Silent())), attempt(lambda: x + Silent())
attempt(lambda: torch.sum(Silent()))[0], attempt(lambda: x.add_(Silent()))[0], attempt(lambda: torch.cat([x, Silent()]))[0]
Sub([1.0, 2.0]), classes(Sub([1.0, 2.0])), repr(Sub([1.0, 2.0])), str(Deeper([1])), repr(torch.ones(2).as_subclass(Sub))
classes(Sub([0]) + 1), classes(torch.add(Sub([0]), Sub([1]))), classes(Sub([0]).sum()), classes(torch.max(Sub([[1.0]]), 1)), classes(Sub([0]).shape), classes(Sub([1, 2]).numpy())
classes(Sub([0]) + Deeper([1])), classes(Deeper([1]) + Sub([0])), classes(torch.add(torch.ones(1), Deeper([1]))), attempt(lambda: Sub([0]) + Other([1]))
plain = torch.ones(1)\nfound = plain.add_(Sub([2]))\nclasses(found), classes(plain), found, plain, found.data_ptr() == plain.data_ptr()
one = Sub([1.0, 2.0])\none.tag = "t"\nhasattr(one + 1, "tag"), hasattr(one.detach(), "tag"), one.tag, classes(one.data), classes(one[0]), classes(list(one))
one = Tagged([1.0, 2.0], "t")\none.tag, (one + 1).tag, (2 * one).sum().tag, torch.stack((one, one)).__dict__, F.relu(one).tag, one.reshape(2, 1).t().tag
q = torch.tensor([1.0, 2.0], requires_grad=True)\nz = q.as_subclass(Sub)\n(z * z).sum().backward()\nq.grad, classes(q.grad), z.is_leaf, z.requires_grad, z.data_ptr() == q.data_ptr()
q = Sub([1.0, 2.0]).requires_grad_()\nloss = (q * q).sum()\nloss.backward()\nq.grad, classes(q.grad), classes(loss), q.is_leaf
q = torch.tensor([1.0, 2.0], requires_grad=True)\na = torch.Tensor._make_subclass(Sub, q)\nb = torch.Tensor._make_subclass(Sub, q, True)\nclasses([a, b]), a.requires_grad, b.requires_grad, b.is_leaf, a.data_ptr() == q.data_ptr()
q = Sub([1.0, 2.0])\np = nn.Parameter(q)\nclasses(p), isinstance(p, nn.Parameter), p.requires_grad, p.data_ptr() == q.data_ptr(), classes(p * 2)
class P(nn.Parameter):\n    pass\np = P(torch.ones(2))\nclasses(p), classes(p + 1), classes(p.detach()), classes(Sub([1, 1]) + p), classes(p + Sub([1, 1]))
class Holder(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.weight = nn.Parameter(Sub([1.0, 2.0]))\nheld = Holder()\nclasses(held.weight), [name for name, _ in held.named_parameters()], classes(held.weight * torch.ones(2))
t = torch.Tensor(torch.ones(2, dtype=torch.int64))\nt, classes(torch.Tensor(Sub([1]))), classes(Sub(torch.ones(2))), Sub(2, 3).shape
attempt(lambda: torch.ones(1).as_subclass(int)), attempt(lambda: torch.Tensor._make_subclass(Sub, [1])), attempt(lambda: torch.Tensor._make_subclass(int, x))
one = Sub([1.0])\nclasses(copy.copy(one)), copy.copy(one)
with torch._C.DisableTorchFunctionSubclass():\n    found = classes(Sub([0]) + 1)\nfound, classes(Sub([0]) + 1)
with LoggingMode(), torch._C.DisableTorchFunctionSubclass():\n    torch.add(x, 1)\nwith LoggingMode(), torch._C.DisableTorchFunction():\n    torch.add(x, 1)\ncalls
torch._C._is_torch_function_enabled(), [overrides.has_torch_function((one,)) for one in (x, Sub([1]), Scalar(1, 1), nn.Parameter(x), 1)]
with LoggingMode():\n    found = overrides.has_torch_function((x,)), overrides.has_torch_function_unary(1), overrides.has_torch_function_variadic(1, 2)\nfound
overrides.is_tensor_like(x), overrides.is_tensor_like(Scalar(1, 1)), overrides.is_tensor_like(1), overrides.is_tensor_like(Sub([1]))
overrides.resolve_name(torch.Tensor.shape.__get__), overrides.resolve_name(torch.add), overrides.resolve_name(F.relu), overrides.resolve_name(torch.Tensor.add), overrides.resolve_name(len)
overrides.is_tensor_method_or_property(torch.Tensor.add), overrides.is_tensor_method_or_property(torch.Tensor.shape.__get__), overrides.is_tensor_method_or_property(torch.add)
torch.Tensor.grad.__get__ in overrides.get_default_nowrap_functions(), torch.Tensor.data.__get__ in overrides.get_default_nowrap_functions()
torch.add in overrides.get_overridable_functions()[torch], torch.Tensor.add in overrides.get_overridable_functions()[torch.Tensor], torch.linalg.det in overrides.get_overridable_functions()[torch.linalg]
def own(a, b=1):\n    if overrides.has_torch_function((a,)):\n        return overrides.handle_torch_function(own, (a,), a, b=b)\n    return b\nHANDLED[own] = lambda a, b: ("handled", b)\nown(Scalar(1, 1)), own(x), own(Scalar(1, 1), b=3)
@overrides.wrap_torch_function(lambda a: (a,))\ndef own(a):\n    return "own"\nHANDLED[own] = lambda a: "handled"\nown(Scalar(1, 1)), own(x)
class Disabled(torch.Tensor):\n    __torch_function__ = torch._C._disabled_torch_function_impl\nclasses(Disabled([1]) + 1), classes(Disabled([1]).detach()), overrides.has_torch_function((Disabled([1]),))
class Wrapping:\n    def __init__(self, t):\n        self.t = t\n    def __torch_function__(self, func, types, args=(), kwargs=None):\n        return "method", func is torch.exp\nattempt(lambda: torch.exp(Wrapping(x)))
class Doubling(overrides.TorchFunctionMode):\n    def __torch_function__(self, func, types, args=(), kwargs=None):\n        return 2 * func(*args, **(kwargs or {})) if func in (torch.ones, torch.Tensor.add) else func(*args, **(kwargs or {}))\nwith Doubling():\n    a = torch.ones(2)\n    b = a + 1\n    with Doubling():\n        c = torch.ones(2)\na, b, c, torch.ones(2)
class Doubles(overrides.TorchFunctionMode):\n    def __torch_function__(self, func, types, args=(), kwargs=None):\n        kwargs = dict(kwargs or {})\n        if func in (torch.zeros, torch.rand, torch.empty, torch.tensor) and kwargs.get("dtype") is None:\n            kwargs["dtype"] = torch.float64\n        return func(*args, **kwargs)\nwith Doubles():\n    found = torch.zeros(2).dtype, torch.tensor([1.0]).dtype, torch.zeros(2, dtype=torch.int32).dtype, nn.Linear(2, 2).weight.dtype\nfound, torch.zeros(2).dtype
class Refusing(overrides.TorchFunctionMode):\n    def __torch_function__(self, func, types, args=(), kwargs=None):\n        return NotImplemented\ndef refused(call):\n    with Refusing():\n        return attempt(call)[0]\nrefused(lambda: torch.add(x, 1)), refused(lambda: torch.zeros(2)), refused(lambda: F.relu(x)), torch.add(x, 1)
with LoggingMode() as outer:\n    with LoggingMode() as inner:\n        torch.add(x, 1)\n        found = overrides._len_torch_function_stack(), overrides._get_current_function_mode() is inner, overrides._get_current_function_mode_stack() == [outer, inner]\nfound, [call[:3] for call in calls], overrides._len_torch_function_stack()
with LoggingMode():\n    Logging([1.0]) + 1\n    torch.exp(Scalar(1, 1)) if torch.exp in HANDLED else 0\ncalls
def failing():\n    with LoggingMode():\n        torch.add(x, torch.ones(3))\nattempt(failing)[0], overrides._len_torch_function_stack(), calls
with overrides.BaseTorchFunctionMode():\n    found = torch.add(x, 1)\nfound
class Named(overrides.TorchFunctionMode):\n    def __init__(self, name):\n        self.name = name\n    def __torch_function__(self, func, types, args=(), kwargs=None):\n        calls.append((self.name, func.__name__))\n        return func(*args, **(kwargs or {}))\nwith Named("a"), Named("b"):\n    torch.exp(x)\ncalls
class Square(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, a):\n        ctx.save_for_backward(a)\n        return a * a\n    @staticmethod\n    def backward(ctx, g):\n        return 2 * ctx.saved_tensors[0] * g\nq = torch.ones(2, requires_grad=True)\nwith LoggingMode():\n    out = Square.apply(q)\nout.sum().backward()\ncalls, q.grad
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))\nwith LoggingMode():\n    net(x)\ncalls
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\nfound = net(x.as_subclass(Sub))\nfound.sum().backward()\nclasses(found), classes(net[0].weight.grad), classes(net[0].weight)
v = x.as_subclass(Sub)[0]\nv.mul_(10)\nclasses(v), x
""".strip().split("\n")  # fmt: skip

# error → what follows SETUP
MESSAGES = {
    "no handler": "torch.add(Silent(), 1)",
    "no handler of a function in Python": "F.relu(Silent())",
    "an operator without a handler": "x + Silent()",
    "not a class of tensors": "x.as_subclass(int)",
    "data of no tensor": "torch.Tensor._make_subclass(Sub, [1])",
    "a format of a subclass": "format(s.as_subclass(Sub), '.2f')",
}

REFUSED = (
    "torch.Tensor._make_wrapper_subclass(Sub, (2,))",
    "class Below(torch.Tensor):\n    @classmethod\n    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):\n        return 1\nBelow([1])",
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_subclass_is_told_of_the_call(expression: str) -> None:
    check(f"{SETUP}of(Logging)\ncalls.clear()\nfound = attempt(lambda: {expression})\nclasses(found), calls")


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *CREATIONS])
def test_a_mode_is_told_of_the_call(expression: str) -> None:
    check(f"{SETUP}with LoggingMode():\n    found = attempt(lambda: {expression})\nclasses(found), calls")


@pytest.mark.parametrize("program", PROGRAMS)
def test_as_in_pytorch(program: str) -> None:
    check(SETUP + program.replace("\\n", "\n"))


@pytest.mark.parametrize("code", MESSAGES.values(), ids=MESSAGES)
def test_errors_are_told_in_pytorchs_words(code: str) -> None:
    check_message(SETUP + code)


@pytest.mark.parametrize("code", REFUSED)
def test_what_lives_below_autograd_is_refused(code: str) -> None:
    assert type(outcome(ours, SETUP + code)) is UnsupportedAPI
