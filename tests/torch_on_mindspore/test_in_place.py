"""In-place writes and views, recorded and not, beside real PyTorch: values, gradients, and the errors of PyTorch's version checks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.torch_on_mindspore.compare import check, ours, real

SETUP = "l = torch.arange(1.0, 7.0, requires_grad=True)\n"

# each line is a program whose last part is compared; ; separates statements
PROGRAMS = """
x=torch.arange(6.).reshape(2,3); v=x[1]; v.add_(10); [x,v]
x=torch.arange(6.).reshape(2,3); v=x.t(); v[0]=torch.tensor([7.,8.]); [x,v]
x=torch.arange(6.).reshape(2,3); v=x.view(6); x.mul_(2); [x,v]
x=torch.arange(6.).reshape(2,3); v=x[:,1:]; v.fill_(9); x[0,0]=5; [x,v]
x=torch.arange(6.).reshape(2,3); v=x.detach(); v[0]=1; x
x=torch.arange(6.).reshape(2,3); v=x.numpy(); x[0]=9; v[1]=3; [x,v]
l=torch.arange(6.,requires_grad=True); z=(l*2).view(2,3); z[0].mul_(3); z.sum().backward(); [z,l.grad]
l=torch.arange(6.,requires_grad=True); z=l*2; v=z.view(2,3); v[0].mul_(3); z.sum().backward(); [z,l.grad,v]
l=torch.arange(6.,requires_grad=True); z=l*2; v=z[2:4]; z.mul_(3); (v*v).sum().backward(); [z,l.grad,v]
l=torch.arange(6.,requires_grad=True); z=l*2; z[1]=5.; z.sum().backward(); [z,l.grad]
l=torch.arange(6.,requires_grad=True); z=l*2; z[1:3]=l[3:5]*7; (z*z).sum().backward(); [z,l.grad]
l=torch.arange(6.,requires_grad=True); b=torch.zeros(2,6); b[0]=l*2; b[1]=l*3; (b**2).sum().backward(); [b,l.grad]
l=torch.arange(6.,requires_grad=True); b=torch.zeros(6); v=b[2:4]; v.copy_(l[:2]*3); b.sum().backward(); [b,v,l.grad,v.requires_grad,b.requires_grad]
l=torch.arange(6.,requires_grad=True); b=torch.zeros(6); v=b[2:4]; b.copy_(l*3); v.sum().backward(); [b,v,l.grad,v.requires_grad,b.requires_grad]
z=l*1; z.exp_(); z.sum().backward(); [z,l.grad]
z=l*1; z.square_(); z.sum().backward(); [z,l.grad]
z=l*1; z.mul_(l); z.add_(1).sqrt_(); z.sum().backward(); [z,l.grad]
z=l*1; q=z.square(); z.add_(1); q.sum().backward(); l.grad
z=l*1; q=z.exp(); q.add_(1); q.sum().backward(); l.grad
z=l*1; q=z+1; q.mul_(2); z.mul_(3); (q+z).sum().backward(); l.grad
l.add_(1); 1
l[0]=1; 1
l.view(2,3).add_(1); 1
z=l*1; a,b=z.chunk(2); a.mul_(2); 1
z=l*1; a=z.unbind()[0]; a.mul_(2); 1
z=l*1; a=z.split(2)[1]; a.mul_(2); z.sum().backward(); l.grad
z=torch.arange(6.); a,b=z.chunk(2); a.mul_(2); z
z=torch.arange(6.).reshape(2,3); [r.mul_(2) for r in z]; z
z=l*1; [None for r in z]; z.sum().backward(); l.grad
z=l*1; z.relu_(); z.sum().backward(); [l.grad, z]
z=l*1; y=F.relu(z,inplace=True); y.sum().backward(); [l.grad, z, y is z]
z=l*1; d=z.detach(); d.zero_(); (z*1).sum().backward(); [l.grad, z]
z=l*1; q=z*z; d=z.detach(); d.zero_(); q.sum().backward(); [l.grad, z]
z=l*1; q=z.sin(); z.data.zero_(); q.sum().backward(); [l.grad, z]
l.data.mul_(2); (l*l).sum().backward(); [l, l.grad]
z=l*2; z.masked_fill_(z>6,0.); z.sum().backward(); [z,l.grad]
z=l*2; z[z>6]=0.; z.sum().backward(); [z,l.grad]
z=l*2; z[torch.tensor([0,2])]=l[:2]; z.sum().backward(); [z,l.grad]
z=l*2; z+=1; z-=l; z*=2; z/=4; z.sum().backward(); [z,l.grad]
z=l*2; w=z; z+=1; [w is z, w]
z=l*2; z.zero_(); z.sum().backward(); [z,l.grad]
z=l*2; z.fill_(3.); z.requires_grad
z=(l*2).view(2,3); z.t().add_(1); z.transpose(0,1)[0].mul_(5); z.sum().backward(); [z,l.grad]
z=(l*2).view(2,3); z.t()[0]=torch.zeros(2); z.unsqueeze(0).squeeze(0).mul_(2); z.sum().backward(); [z,l.grad]
z=l*2; z.expand(2,6).add_(1); 1
x=torch.zeros(3); x.expand(2,3)[0]=1; x
x=torch.zeros(2,3); x[:]=torch.tensor([1.,2.,3.]); x[...,0]=7; x[None]=x+1; x
x=torch.zeros(2,3,dtype=torch.int64); x[0]=torch.tensor([1.7,2.2,3.9]); x+=1; x
x=torch.zeros(2,3); x[0]=torch.zeros(2); 1
x=torch.zeros(2,3); x[0]="a"; 1
x=torch.zeros(2,3); x[0]=[1,2,3]; 1
x=torch.zeros(2,3); x[:]=np.ones(3); 1
x=torch.zeros(2,3); x[[0,1],[1,1]]=torch.ones(3); 1
x=torch.zeros(2,3); x[[0,1],[1,2]]=torch.ones(2); x
x=torch.zeros(2,3); x[x==0]=torch.arange(6.); x
x=torch.zeros(2,3); x.copy_(5); 1
x=torch.zeros(2,3); x.fill_([1]); 1
x=torch.zeros(2,3); x.fill_(torch.ones(2)); 1
x=torch.zeros(2,3); x.fill_(torch.tensor(4)); x
x=torch.zeros(2,3); x.copy_(torch.zeros(4)); 1
x=torch.zeros(2,3); x.add_(torch.zeros(4,2,3)); 1
x=torch.zeros(3,dtype=torch.int64); x.add_(1.5); 1
x=torch.zeros(3,dtype=torch.bool); x[1]=True; x|=torch.tensor([True,False,False]); x
l=torch.ones(3,requires_grad=True); z=l*2; z.detach_(); [z.requires_grad, z.is_leaf]
l=torch.ones(3,requires_grad=True); z=l*2; z[0:1].detach_(); 1
w=torch.ones(3,requires_grad=True); x=torch.ones(3); y=x*w; x.add_(1); y.sum().backward(); w.grad
w=torch.ones(3,requires_grad=True); x=torch.ones(3); y=x*w; x.data.add_(1); y.sum().backward(); w.grad
w=torch.ones(2,2,requires_grad=True); x=w*3; y=x.clone(); x.add_(y); x.sum().backward(); [x,w.grad]
x=torch.ones(3); x.requires_grad_(); y=x*2; y.retain_grad(); z=y*y; z.sum().backward(); [y.grad,x.grad]
x=torch.ones(3,requires_grad=True); y=x*2; y.add_(1).retain_grad(); (y*y).sum().backward(); [y.grad,x.grad]
x=torch.ones(3); y=x; x.add_(1); x=x+1; [x,y]
x=torch.ones(2,3); x.T.copy_(torch.arange(6.).reshape(3,2)); x
x=torch.ones(2,3); x.unsqueeze_(0); x.shape
x=torch.ones(2,3); x.squeeze_(); x.t_(); x.transpose_(0,1); x.shape
x=torch.ones(4,dtype=torch.uint8); x.fill_(7); x.sub_(8); x
x=torch.arange(4.); x.pow_(2).clamp_(max=5); x.floor_divide_(2); x
x=torch.tensor(3.); x.add_(1); x[()]=9; x
x=torch.tensor(3.,requires_grad=True); y=x*1; y[...]=y*2; y.backward(); [y,x.grad]
x=torch.ones(3,dtype=torch.bfloat16); x.add_(1); x[0]=5; x
c=l[:2]; l.detach().mul_(0); (c*c.detach().cos()).sum().backward(); l.grad
z=l*1; e=z.view(2,3); n=z.detach(); n.add_(0); (e*2).sum().backward(); l.grad
z=l*1; z.clamp_(min=2); d=z.detach(); f=d.unflatten(0,(2,3)); f.fill_(3); [z,d,f]
z=l*1; z.retain_grad(); z.square_(); z.sum().backward(); [z.grad,l.grad]
z=l*1; e=z.unfold(0,2,2); e.mul_(2); z[0]=9; z.sum().backward(); [z,e,l.grad]
z=l*1; e=z.as_strided((2,2),(2,1),1); e.zero_(); z.sum().backward(); [z,e,l.grad]
z=(l*1).view(2,3); e=z.diagonal(); e[::2]*=3; z.sum().backward(); [z,e,l.grad]
x=torch.ones(2,2); x.squeeze_(); x[x>0]*=3; x
x=torch.ones(1,2); v=x[0]; v.unsqueeze_(1); v+=1; [x,v]
x=torch.ones(4); v=x.t(); x.add_(1); [v is x, v]
x=torch.ones(2,2); y=x[True]; y.add_(1); [x, y, x[False], x[0, False].shape]
x=torch.arange(3.); x[torch.tensor([1,0,1],dtype=torch.uint8)]
x=torch.zeros(1,2); f=x.narrow(0,0,1); f.requires_grad_(); [x.requires_grad, f is x]
x=torch.arange(4.).reshape(2,2).requires_grad_(); x.mT.T.add_(2)
l=torch.ones(3,requires_grad=True); z=l*1; n=z.detach().numpy(); z.add_(1); n.tolist()
""".strip().split("\n")

BLOCKS = (
    """x = torch.ones(2, 3)
w = torch.ones(4, 3, requires_grad=True)
y = F.linear(x, w)
y.detach().mul_(2)
y.sum().backward()
[y, w.grad]""",
    """x = torch.ones(2, 3)
w = torch.ones(4, 3, requires_grad=True)
y = F.linear(x.unsqueeze(0), w)
with torch.no_grad():
    v = w[0]
    y.mul_(2)
[v.requires_grad, y.sum().backward(), y, w.grad]""",
    """w = torch.ones(1, 1, 2, 2, requires_grad=True)
y = F.conv2d(torch.ones(1, 1, 3, 3), w)
y.detach()[0] = 7
y.sum().backward()
[y, w.grad]""",
    """l=torch.ones(3,requires_grad=True)
with torch.no_grad():
    l.mul_(5)
    l[0]=2
    l.view(3)[1]=9
(l*l).sum().backward()
[l,l.grad]""",
    """l=torch.ones(3,requires_grad=True)
z=l*2
with torch.no_grad():
    v=z[0:1]
v.mul_(2)
1""",
    """l=torch.ones(3,requires_grad=True)
z=l*2
with torch.no_grad():
    z.mul_(5)
z.sum().backward()
[z,l.grad]""",
    """l=torch.ones(3,requires_grad=True)
z=l*2
q=z*z
with torch.no_grad():
    z.mul_(5)
q.sum().backward()
[z,l.grad]""",
    """w=torch.ones(3,requires_grad=True)
h=torch.zeros(4,3)
o=[]
for i in range(3):
    h[i+1]=(h[i].clone()+w)*2
h.sum().backward()
[h,w.grad]""",
    """w=torch.ones(3,requires_grad=True)
o=torch.empty(2,3)
for i in range(2):
    o[i]=w*i
o.sum().backward()
[o,w.grad]""",
)

# what autograd kept is written to
WRITTEN_LATER = (
    "y.sigmoid_(); y[1:].sigmoid_()",
    "y.sigmoid_(); y.copy_(w)",
    "y.tanh_(); y.sqrt_(); y.zero_()",
    "y.sqrt_(); y[1:].mul_(2.0); y.div_(w)",
    "y.sigmoid_(); k = torch.relu(y); y[0] = 5.0",
    "y.div_(w); y[0] = 5.0",
    "y.add_(1.0); k = y * w; y.add_(1.0)",
    "y.add_(1.0); k = y * y; y.add_(1.0); y.add_(1.0)",
    "y.exp_(); y.neg_(); y.zero_()",
)


@pytest.mark.parametrize("line", PROGRAMS)
def test_line(line: str) -> None:
    statements, _, last = line.rpartition("; ")
    check(f"{SETUP}{statements}\n{last}")


@pytest.mark.parametrize("block", BLOCKS)
def test_block(block: str) -> None:
    check(block)


def total(x: Any, statements: str, torch: Any) -> Any:
    scope = {"torch": torch, "x": x, "w": torch.tensor([1.5, 2.0, 2.5]), "y": x * 2, "k": x}
    exec(statements, scope)
    return scope["y"].sum() + scope["k"].sum()


def gradient(statements: str, torch: Any) -> list[float] | None:
    """The gradient of `total`; None where its elements were needed and have changed."""
    x = torch.tensor([0.3, 0.6, 0.9], requires_grad=True)
    result = total(x, statements, torch)
    try:
        found: list[float] = torch.autograd.grad(result, [x])[0].tolist()
    except RuntimeError as error:
        if "modified by an inplace operation" not in str(error):
            raise
        return None
    return found


@pytest.mark.parametrize("statements", WRITTEN_LATER)
def test_written_later(statements: str) -> None:
    """The gradient is right; where PyTorch's raises it may raise too."""
    found = gradient(statements, ours)
    if found is None:
        assert gradient(statements, real) is None
        return
    x = real.tensor([0.3, 0.6, 0.9], dtype=real.float64)
    steps = 1e-3 * real.eye(3, dtype=real.float64)
    slopes = [(total(x + step, statements, real) - total(x - step, statements, real)) / 2e-3 for step in steps]
    assert found == pytest.approx([slope.item() for slope in slopes], rel=1e-3, abs=1e-4)


MADE_BY = (
    "F.linear(x, torch.ones(5, 4))", "F.conv2d(x, torch.ones(2, 3, 3, 3))", "F.avg_pool2d(x, 2)", "F.max_pool2d(x, 2)", "F.interpolate(x, scale_factor=2)",
    "F.glu(x)", "F.silu(x)", "F.gelu(x)", "F.relu6(x)", "F.normalize(x, dim=-1)", "x / x.abs()", "x ** 2", "x.relu()", "x.exp()", "x.tanh()",
)  # fmt: skip


@pytest.mark.parametrize("made", MADE_BY)
@pytest.mark.parametrize("write", ["y.add_(1.0)", "y += torch.ones(())", "y.view(-1).mul_(2.0)", "y[:, 0] = 3.0"])
def test_write_to_a_result(made: str, write: str) -> None:
    """A write to what an operation returned leaves the gradient right, and is an error where PyTorch needs the result as it was."""
    check(
        f"""
torch.manual_seed(0)
x = torch.randn(2, 3, 4, 4).requires_grad_()
y = {made}
{write}
y.sum().backward()
[y.detach(), x.grad]
""",
        1e-4,
        1e-5,
    )


DIAGONALS = """
torch.zeros(3, 3).fill_diagonal_(5)
torch.zeros(4, 2).fill_diagonal_(5)
torch.zeros(7, 3).fill_diagonal_(5, wrap=True)
torch.zeros(8, 2).fill_diagonal_(1, True)
torch.zeros(3, 7).fill_diagonal_(5, wrap=True)
torch.zeros(4, 6)[1:, ::2].fill_diagonal_(2)
torch.zeros(3, 3).t().fill_diagonal_(2)
torch.zeros(2, 2, 2).fill_diagonal_(2)
torch.zeros(2, 3, 2).fill_diagonal_(2)
torch.zeros(3).fill_diagonal_(2)
torch.zeros(3, 3, dtype=torch.int64).fill_diagonal_(-1)
torch.zeros(0, 3).fill_diagonal_(1)
""".strip().split("\n")


@pytest.mark.parametrize("expression", DIAGONALS)
def test_fill_diagonal(expression: str) -> None:
    check(expression)


def test_fill_diagonal_of_a_base_and_in_the_graph() -> None:
    check("b = torch.zeros(4, 4); b[1:, 1:].fill_diagonal_(3)\nb")
    check("x = torch.ones(3, 3, requires_grad=True); y = x * 2; y.fill_diagonal_(7); (y * y).sum().backward()\ny, x.grad")
    check("torch.ones(2, 2, requires_grad=True).fill_diagonal_(1)")


FUNCTIONS = """
torch.abs_(x), x
torch.clamp_(x, 0, 1), x
torch.sqrt_(x.abs_()), x
torch.neg_(x.view(-1)), x
torch.fill_(x, 3.0), x
torch.round_(x, decimals=1), x
torch.exp_(w)
torch.zero_(x), x
x.renorm_(2, 0, 1.0), x
x.swapaxes_(0, 1), x.shape, x.swapdims_(0, 1).shape
""".strip().split("\n")


@pytest.mark.parametrize("call", FUNCTIONS)
def test_functions_that_write(call: str) -> None:
    check(f"x = torch.tensor([[-1.26, 2.0, 0.5], [4.0, -0.25, 1.5]]); w = torch.ones(2, requires_grad=True)\n{call}")
