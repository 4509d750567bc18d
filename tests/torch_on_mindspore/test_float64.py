"""Values and gradients in float64 have the digits of float64, though MindSpore takes a Python number for a float32; beside real PyTorch."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check

EXPRESSIONS = """
x**2
x**3
x**2.5
x**-1
2.0**x
x.pow(2)
x.square()
x*0.1
x/0.3
0.3/x
x+0.1
x-0.1
0.1-x
x.mean()
x.sum()
x.mean(0)
x.var()
x.std(1)
x.norm()
x.exp()
x.log()
x.sqrt()
x.rsqrt()
x.sin()
x.tanh()
x.sigmoid()
x.relu()
F.gelu(x)
F.gelu(x,approximate='tanh')
F.softplus(x)
F.silu(x)
F.elu(x)
F.selu(x)
F.mish(x)
F.leaky_relu(x-1,0.1)
x.softmax(1)
x.log_softmax(1)
x.logsumexp(1)
x@x.t()
F.linear(x,x,x[:,0])
F.layer_norm(x,(3,))
F.mse_loss(x,x*0.7)
F.smooth_l1_loss(x,x*0.7)
F.cross_entropy(x,torch.tensor([0,2,1]))
F.binary_cross_entropy_with_logits(x,x.detach().sigmoid())
x.prod()
x.cumsum(0)
x.cumprod(0)
x.clamp(0.3,0.8)
x.lerp(x*2,0.3)
x.addcmul(x,x,value=0.1)
x.addcdiv(x,x,value=0.1)
torch.where(x>0.5,x*0.1,x)
x.erf()
x.lgamma()
x.atan2(x*0.3)
x.reciprocal()
x.log1p()
x.expm1()
x.log2()
x.abs()
x.max(1).values
x.sort(1).values
x.median()
torch.einsum('ij,kj->ik',x,x)
torch.cdist(x,x*0.5)
F.cosine_similarity(x,x*x)
F.normalize(x)
F.conv1d(x[None],x[None]*0.1)
F.avg_pool1d(x[None],2)
F.max_pool1d(x[None],2)
F.interpolate(x[None,None],size=(5,5),mode='bilinear')
F.group_norm(x[None],3)
F.batch_norm(x,None,None,training=True)
torch.linalg.inv(x+torch.eye(3,dtype=torch.float64))
torch.linalg.det(x)
x.trace()
x.var(0,unbiased=False)
x.hypot(x)
x.fmod(0.3)
x.remainder(0.3)
F.huber_loss(x,x*0.5)
F.kl_div(x.log(),x.softmax(1))
F.embedding(torch.tensor([0,1]),x)
x.index_add(0,torch.tensor([0,0]),x[:2])
x.scatter_add(0,torch.tensor([[0,0,1]]),x[:1])
F.pairwise_distance(x,x*0.5)
x.sinc()
x.logit()
x.xlogy(x)
x.logaddexp(x*2)
x.logcumsumexp(0)
x.renorm(2,0,0.5)
x.dist(x*0.5)
torch.linalg.matrix_norm(x)
x.addmm(x,x,beta=0.1,alpha=0.3)
x.baddbmm(x[None],x[None],beta=0.1,alpha=0.3)
F.hardswish(x)
F.softsign(x)
F.tanhshrink(x)
F.logsigmoid(x)
F.prelu(x-1,x[0,:1])
F.glu(x[:,:2])
F.scaled_dot_product_attention(x[None],x[None],x[None])
F.dropout(x,0.0)
x*torch.tensor(0.1)
x*torch.tensor(0.1,dtype=torch.float64)
x.quantile(0.3)
x.nan_to_num()
x.deg2rad()
x.erfinv()
x.i0()
torch.special.ndtr(x)
x.cosh()
x.asinh()
x.atanh()
x.acos()
x.matrix_exp()
x.tan()
x.frac()
x.exp2()
x.log10()
x.norm(3)
x.norm(1.5, dim=1)
x.renorm(3, 0, 0.5)
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_digits(expression: str) -> None:
    check(
        f"""
x = torch.tensor([[0.54, 0.67, 0.58], [0.53, 0.44, 0.62], [0.45, 0.81, 0.87]], dtype=torch.float64, requires_grad=True)
y = {expression}; w = torch.linspace(0.5, 1.5, y.numel(), dtype=torch.float64).reshape(y.shape)
y.backward(w)
y, x.grad
""",
        1e-12,
        1e-13,
    )
