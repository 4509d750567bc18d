"""torch.autograd.Function, beside real PyTorch."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check

PROGRAMS = {
    "saved tensors and a number": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x,y,k=2):
        assert not torch.is_grad_enabled()
        ctx.save_for_backward(x,y); ctx.k=k
        return x*y*k
    @staticmethod
    def backward(ctx,g):
        x,y=ctx.saved_tensors
        assert isinstance(g,torch.Tensor)
        return g*y*ctx.k, g*x*ctx.k, None
x=torch.tensor([1.,2.],requires_grad=True); y=torch.tensor([3.,4.],requires_grad=True)
o=M.apply(x,y,5); o.sum().backward()
[o,x.grad,y.grad]""",
    "several outputs, one no tensor": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.mark_non_differentiable
        return x*2,'hello',x.sum()
    @staticmethod
    def backward(ctx,g,_,h):
        return g*2+h
x=torch.tensor([1.,2.],requires_grad=True)
a,b,c=M.apply(x); (a.sum()+c).backward()
[a,b,c,x.grad]""",
    "a non-differentiable output": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        i=x.argmax(); ctx.mark_non_differentiable(i)
        return x*2,i
    @staticmethod
    def backward(ctx,g,gi):
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a,b=M.apply(x); a.sum().backward()
[a,b,x.grad,b.requires_grad]""",
    "setup_context": """class M(torch.autograd.Function):
    @staticmethod
    def forward(x,y):
        return x*y
    @staticmethod
    def setup_context(ctx,inputs,output):
        ctx.save_for_backward(*inputs)
    @staticmethod
    def backward(ctx,g):
        x,y=ctx.saved_tensors
        return g*y,g*x
x=torch.tensor([1.,2.],requires_grad=True); y=torch.tensor([3.,4.])
o=M.apply(x,y); o.sum().backward()
[o,x.grad,y.grad]""",
    "needs_input_grad": """seen=[]
class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x,y,s):
        return x*y
    @staticmethod
    def backward(ctx,g):
        seen.append(ctx.needs_input_grad)
        return g,g,None
x=torch.tensor([1.,2.],requires_grad=True); y=torch.tensor([3.,4.])
o=M.apply(x,y,'s'); o.sum().backward()
[seen,x.grad,y.grad]""",
    "an argument written in place": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        x.mul_(2); ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx,g):
        return g*2
x=torch.tensor([1.,2.],requires_grad=True); z=x*1
o=M.apply(z); o.sum().backward()
[o,o is z,x.grad]""",
    "a view of the argument": """class GR(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x.view_as(x)
    @staticmethod
    def backward(ctx,g):
        return -g
x=torch.tensor([1.,2.],requires_grad=True)
o=GR.apply(x*3); o.sum().backward()
[o,x.grad]""",
    "the argument itself": """class GR(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x
    @staticmethod
    def backward(ctx,g):
        return -g
x=torch.tensor([1.,2.],requires_grad=True)
z=x*3; o=GR.apply(z); o.sum().backward()
[o,x.grad,o is z]""",
    "gradients not materialized": """seen=[]
class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.set_materialize_grads(False)
        return x*2,x*3
    @staticmethod
    def backward(ctx,g,h):
        seen.append(h is None)
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a,b=M.apply(x); a.sum().backward()
[seen,x.grad]""",
    "gradients materialized": """seen=[]
class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2,x*3
    @staticmethod
    def backward(ctx,g,h):
        seen.append(h)
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a,b=M.apply(x); a.sum().backward()
[seen,x.grad]""",
    "too few gradients": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x,y):
        return x*2
    @staticmethod
    def backward(ctx,g):
        return g
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x,2); a.sum().backward()
1""",
    "backward raises": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2
    @staticmethod
    def backward(ctx,g):
        raise KeyError('a')
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x); a.sum().backward()
1""",
    "no argument requires grad": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2
    @staticmethod
    def backward(ctx,g):
        return g
x=torch.tensor([1.,2.])
a=M.apply(x)
[a,a.requires_grad]""",
    "under no_grad": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2
    @staticmethod
    def backward(ctx,g):
        return g
x=torch.tensor([1.,2.],requires_grad=True)
with torch.no_grad():
    a=M.apply(x)
[a,a.requires_grad]""",
    "a second backward": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.save_for_backward(x)
        return x*2
    @staticmethod
    def backward(ctx,g):
        x,=ctx.saved_tensors
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x).sum(); a.backward(); a.backward()
x.grad""",
    "retain_graph": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.save_for_backward(x)
        return x*2
    @staticmethod
    def backward(ctx,g):
        x,=ctx.saved_tensors
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x).sum(); a.backward(retain_graph=True); a.backward()
x.grad""",
    "a saved tensor modified": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.save_for_backward(x)
        return x*2
    @staticmethod
    def backward(ctx,g):
        x,=ctx.saved_tensors
        return g*x
x=torch.tensor([1.,2.],requires_grad=True); z=x*1
a=M.apply(z).sum(); z.mul_(2); a.backward()
x.grad""",
    "once_differentiable": """from torch.autograd.function import once_differentiable
class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2
    @staticmethod
    @once_differentiable
    def backward(ctx,g):
        return g*2
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x).sum(); a.backward()
x.grad""",
    "a list among the arguments": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x,ys):
        return x*2+ys[0]
    @staticmethod
    def backward(ctx,g):
        return g*2,None
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x,[torch.ones(2)]); a.sum().backward()
x.grad""",
    "recording inside backward": """class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x,f):
        ctx.save_for_backward(x); ctx.f=f
        return f(x)
    @staticmethod
    def backward(ctx,g):
        x,=ctx.saved_tensors
        with torch.enable_grad():
            y=x.detach().requires_grad_(); o=ctx.f(y)
            torch.autograd.backward(o,g)
        return y.grad,None
x=torch.tensor([1.,2.],requires_grad=True)
a=M.apply(x*2,lambda t:(t**3).sin()); a.sum().backward()
x.grad""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_function(name: str) -> None:
    check(PROGRAMS[name])
