"""nn.Conv2dBnAct and DenseBnAct: a layer, batch normalisation and an activation in one."""

from __future__ import annotations

from typing import Any

from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.activations import LeakyReLU, get_activation
from compat.mindspore_on_torch.layers.basic import Dense
from compat.mindspore_on_torch.layers.convolution import Conv2d
from compat.mindspore_on_torch.layers.layer import Layer, check_type, refuse
from compat.mindspore_on_torch.layers.normalization import BatchNorm1d, BatchNorm2d

__all__ = ["Conv2dBnAct", "DenseBnAct"]


class Combined(Layer):
    """What both share. `after_fake` marks where quantisation would go, and changes nothing in the result."""

    def finish(self, normalization: Any, activation: Any, alpha: float, after_fake: bool) -> None:
        """Keep what follows the first layer. KeyError for an unknown name of an activation, TypeError for another type."""
        check_type(self, bool, after_fake=after_fake)
        self.has_bn, self.has_act, self.after_fake = normalization is not None, activation is not None, after_fake
        if normalization is not None:
            self.batchnorm = normalization
        if activation is not None and not isinstance(activation, (str, Cell)):
            raise refuse(self, f"the 'activation' must be str or Cell or Primitive, but got {type(activation).__name__}.", TypeError)
        self.activation = LeakyReLU(alpha) if activation == "leakyrelu" else get_activation(activation)

    def finished(self, x: Any) -> Any:
        """`x` normalised and activated."""
        if self.has_bn:
            x = self.batchnorm(x)
        return self.activation(x) if self.has_act else x


class Conv2dBnAct(Combined):
    """nn.Conv2dBnAct: Conv2d, BatchNorm2d if `has_bn`, and an activation."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = "normal", bias_init: Any = "zeros",
        has_bn: bool = False, momentum: float = 0.997, eps: float = 1e-5, activation: Any = None, alpha: float = 0.2,
        after_fake: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, bool, has_bn=has_bn)
        where = stride, pad_mode, padding, dilation, group
        self.conv = Conv2d(in_channels, out_channels, kernel_size, *where, has_bias, weight_init, bias_init)
        self.finish(BatchNorm2d(out_channels, eps, momentum) if has_bn else None, activation, alpha, after_fake)

    def construct(self, x: Any) -> Any:
        return self.finished(self.conv(x))


class DenseBnAct(Combined):
    """nn.DenseBnAct: Dense, BatchNorm1d if `has_bn`, and an activation."""

    def __init__(
        self, in_channels: int, out_channels: int, weight_init: Any = "normal", bias_init: Any = "zeros", has_bias: bool = True,
        has_bn: bool = False, momentum: float = 0.9, eps: float = 1e-5, activation: Any = None, alpha: float = 0.2,
        after_fake: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, bool, has_bn=has_bn)
        self.dense = Dense(in_channels, out_channels, weight_init, bias_init, has_bias)
        self.finish(BatchNorm1d(out_channels, eps, momentum) if has_bn else None, activation, alpha, after_fake)

    def construct(self, x: Any) -> Any:
        return self.finished(self.dense(x))
