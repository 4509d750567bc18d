"""One model under the framework that is called `mindspore` here → its parameters, its output, and its losses while it is trained."""

from __future__ import annotations

import importlib
import zlib
from typing import Any

import numpy as np

from tests.mindcv.cases import BATCH, CLASSES, Case


def observed(case: Case) -> dict[str, Any]:
    """`parameters`: a digest of names, shapes and requires_grad; `output`: of a batch in eval mode; `losses`: of two steps and after."""
    import mindspore as ms

    build = getattr(importlib.import_module(f"mindcv.models.{case.file}"), case.model)
    net = build(**{case.classes: CLASSES}, **case.given)
    parameters = list(net.get_parameters())
    for position, parameter in enumerate(parameters):
        parameter.set_data(ms.Tensor(weight(position, parameter.name, tuple(parameter.shape))))
    named = [f"{p.name} {tuple(p.shape)} {p.requires_grad}" for p in parameters]
    rng = np.random.default_rng(0)
    images = ms.Tensor(rng.standard_normal((BATCH, 3, case.side, case.side)).astype(np.float32))
    net.set_train(False)
    found = {"parameters": zlib.crc32("\n".join(named).encode()), "output": first(net(images)).asnumpy().ravel().tolist()}
    if case.trained:
        found["losses"] = trained(net, images)
    return found


def weight(position: int, name: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The same numbers for the same parameter everywhere, of a size at which signals keep theirs."""
    rng = np.random.default_rng([position, zlib.crc32(str(shape).encode())])
    noise = rng.standard_normal(shape)
    leaf = name.rpartition(".")[2]
    if leaf == "moving_variance":
        return (0.75 + 0.5 * rng.random(shape)).astype(np.float32)
    if leaf in ("gamma", "weight") and len(shape) == 1:
        return (1 + 0.1 * noise).astype(np.float32)
    if len(shape) <= 1:
        return (0.1 * noise).astype(np.float32)
    return (noise / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def first(result: Any) -> Any:
    """The main output of a model that has several."""
    return result[0] if isinstance(result, (tuple, list)) else result


def trained(net: Any, images: Any) -> list[float]:
    """The losses of two steps of training, and the one that they lead to."""
    import mindspore as ms
    from mindspore import nn, ops

    labels = ms.Tensor(np.arange(BATCH) % CLASSES, ms.int32)
    net.set_train(True)
    optimizer = nn.Momentum(net.trainable_params(), 0.01, 0.9)

    def loss(images: Any, labels: Any) -> Any:
        return ops.cross_entropy(first(net(images)), labels)

    step = ms.value_and_grad(loss, None, optimizer.parameters)
    losses = []
    for _ in range(2):
        value, gradients = step(images, labels)
        optimizer(gradients)
        losses.append(float(value.asnumpy()))
    return [*losses, float(loss(images, labels).asnumpy())]
