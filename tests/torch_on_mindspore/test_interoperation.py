"""MindSpore's own tensors go into functions of compat.torch, and tensors of compat.torch into MindSpore's functions."""

from __future__ import annotations

from typing import Any

import mindspore
import numpy as np
import pytest

import compat.torch as torch

F = torch.nn.functional

CALLS = """
torch.relu(n)
torch.sum(n)
torch.sum(n,0)
torch.mean(n,1)
torch.add(n,n)
torch.mul(n,t)
t+n
n+t
torch.matmul(n,t.t())
torch.cat([n,t])
torch.stack([n,n])
torch.reshape(n,(3,2))
torch.transpose(n,0,1)
torch.nn.Linear(3,2)(n)
torch.softmax(n,1)
F.softmax(n,dim=1)
F.cross_entropy(n,torch.tensor([0,1]))
F.mse_loss(t,n)
F.gelu(n)
F.layer_norm(n,(3,))
F.conv2d(n.reshape(1,1,2,3),torch.ones(1,1,2,2))
torch.nn.BatchNorm1d(3)(n)
torch.nn.Embedding(5,2)(mindspore.Tensor([1,2]))
torch.where(n>1,n,t)
torch.argmax(n)
torch.max(n,1)
torch.sort(n)
torch.topk(n,2)
torch.gather(n,1,torch.tensor([[0],[1]]))
torch.einsum('ij,kj->ik',n,t)
torch.clamp(n,0,2)
torch.exp(n)
torch.norm(n)
torch.unsqueeze(n,0)
torch.as_tensor(n)
torch.tensor(n)
torch.zeros_like(n)
torch.flatten(n)
torch.split(n,1)
F.max_pool1d(n,2)
mindspore.ops.relu(t)
mindspore.ops.softmax(t,-1)
mindspore.ops.matmul(t,t.t())
mindspore.nn.Dense(3,2)(t)
mindspore.ops.cat([t,n])
mindspore.ops.mean(t)
mindspore.ops.var(t)
torch.cumsum(n,0)
t[mindspore.Tensor([0,1])]
torch.zeros(2,3).copy_(n)
(torch.relu(t)*n).sum().backward()
torch.nn.LSTM(3, 2)(n)[0]
torch.nn.MultiheadAttention(3, 1)(n, n, n)[0]
""".strip().split("\n")


def scope(n: Any) -> dict[str, Any]:
    t = torch.ones(2, 3, requires_grad=True)
    return {"torch": torch, "F": F, "mindspore": mindspore, "n": n, "t": t}


def elements(value: Any) -> Any:
    return [elements(one) for one in value] if isinstance(value, (tuple, list)) else None if value is None else value.asnumpy()


@pytest.mark.parametrize("call", CALLS)
def test_call(call: str) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    native = mindspore.Tensor(array)
    torch.manual_seed(0)
    found = eval(call, scope(native))
    assert type(native) is mindspore.Tensor  # the caller's object stays what it is
    assert "mindspore" in call or type(found) is not mindspore.Tensor
    if "mindspore.nn" not in call:
        torch.manual_seed(0)
        np.testing.assert_allclose(
            np.concatenate([np.ravel(one) for one in flat(elements(found))]),
            np.concatenate([np.ravel(one) for one in flat(elements(eval(call, scope(torch.tensor(array)))))]),
            rtol=1e-5,
        )


def flat(value: Any) -> list[Any]:
    return [one for each in value for one in flat(each)] if isinstance(value, list) else [np.zeros(0) if value is None else value]


def test_gradients_flow_through_both() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    torch.sum(mindspore.ops.square(x) * 3).backward()
    assert x.grad.tolist() == [6.0, 12.0]
