"""Batch normalisation in eval mode, folded into the layer before it; torch.nn.utils.fusion."""

from __future__ import annotations

import copy
from typing import Any

from compat.torch_on_mindspore.creation import ones_like, zeros_like
from compat.torch_on_mindspore.parameter import Parameter


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A copy of `conv` that computes what `bn(conv(x))` does; both must be in eval mode."""
    return _fused(conv, bn, fuse_conv_bn_weights, transpose)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of `linear` that computes what `bn(linear(x))` does; both must be in eval mode."""
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1")
    return _fused(linear, bn, fuse_linear_bn_weights)


def _fused(layer: Any, bn: Any, weights: Any, *options: Any) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    made = copy.deepcopy(layer)
    made.weight, made.bias = weights(made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, *options)
    return made


def fuse_conv_bn_weights(
    conv_w: Any, conv_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any, transpose: bool = False
) -> tuple[Any, Any]:
    """Weight and bias of the folded convolution."""
    shape = [1, -1] if transpose else [-1, 1]
    return _weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape + [1] * (conv_w.ndim - 2))


def fuse_linear_bn_weights(linear_w: Any, linear_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any) -> tuple[Any, Any]:
    """Weight and bias of the folded linear layer."""
    return _weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _weights(weight: Any, bias: Any, mean: Any, var: Any, eps: float, gamma: Any, beta: Any, shape: list[int]) -> tuple[Any, Any]:
    offset = zeros_like(mean) if bias is None else bias
    scale = (ones_like(mean) if gamma is None else gamma) * (var + eps).rsqrt()
    shift = zeros_like(mean) if beta is None else beta
    folded_weight = (weight * scale.reshape(shape)).to(weight.dtype)
    folded_bias = ((offset - mean) * scale + shift).to(weight.dtype)
    recorded = weight.requires_grad
    return Parameter(folded_weight.detach(), recorded), Parameter(folded_bias.detach(), recorded if bias is None else bias.requires_grad)
