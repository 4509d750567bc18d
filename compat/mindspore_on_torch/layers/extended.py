"""mindspore.nn's layers with PyTorch's arguments: those called ...Ext, and Linear."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.layers import mint
from compat.mindspore_on_torch.layers.mint import REQUIRED, Initialised, Looked, ModuleCell

torch: Any = frameworks.load("torch")

__all__ = [
    "AvgPool1dExt", "AvgPool2dExt", "AvgPool3dExt", "Dropout2dExt", "DropoutExt", "EmbeddingExt", "LayerNormExt", "Linear",
    "LogSoftmaxExt", "MaxPool2dExt", "PReLUExt",
]  # fmt: skip


class Extended(ModuleCell):
    """A module of PyTorch whose public name is in mindspore.nn."""

    @property
    def api(self) -> str:
        return f"mindspore.nn.{type(self).__name__}"


class ExtendedAverage(mint.Averaged, Extended):
    """A Cell of nn whose mean over volumes runs in half precision on CPU too."""


class ExtendedTable(Extended, Looked):
    """The same, of rows."""


class ExtendedLinear(Extended, Initialised):
    """The same, with MindSpore's initial values."""

    def extend_repr(self) -> str:
        shown = f"input_features={self.in_features}, output_features={self.out_features}"
        return shown if self._parameters["bias"] is None else f"{shown}, has_bias=True"


class Normalised(Extended):
    """The logarithm of softmax over `dim`, which PyTorch guesses with a warning where it is not given."""

    spellings = ("x",)

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()][:1]
        if self.inner.dim is None and given and isinstance(given[0], torch.Tensor):
            self.inner.dim = 0 if given[0].ndim in (0, 1, 3) else 1
            try:
                return super().construct(*args, **kwargs)
            finally:
                self.inner.dim = None
        return super().construct(*args, **kwargs)


POOL: dict[str, Any] = {"kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False, "count_include_pad": True}

AvgPool1dExt = mint.cell("AvgPool1dExt", "AvgPool1d", Extended, **POOL)
AvgPool2dExt = mint.cell("AvgPool2dExt", "AvgPool2d", Extended, **POOL, divisor_override=None)
AvgPool3dExt = mint.cell("AvgPool3dExt", "AvgPool3d", ExtendedAverage, **POOL, divisor_override=None)
MaxPool2dExt = mint.cell(
    "MaxPool2dExt", "MaxPool2d", Extended, kernel_size=1, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False
)
DropoutExt = mint.cell("DropoutExt", "Dropout", Extended, p=0.5, inplace=False)
Dropout2dExt = mint.cell("Dropout2dExt", "Dropout2d", Extended, p=0.5, inplace=False)
EmbeddingExt = mint.cell("EmbeddingExt", "Embedding", ExtendedTable, num_embeddings=REQUIRED, embedding_dim=REQUIRED, padding_idx=None,
                         max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False,
                         dtype=None)  # fmt: skip
LayerNormExt = mint.cell("LayerNormExt", "LayerNorm", Extended, normalized_shape=REQUIRED, eps=1e-5, elementwise_affine=True, bias=True,
                         dtype=None)  # fmt: skip
Linear = mint.cell("Linear", "Linear", ExtendedLinear, in_features=REQUIRED, out_features=REQUIRED, bias=True, weight_init=None,
                   bias_init=None, dtype=None)  # fmt: skip
LogSoftmaxExt = mint.cell("LogSoftmaxExt", "LogSoftmax", Normalised, dim=None)
PReLUExt = mint.cell("PReLUExt", "PReLU", Extended, num_parameters=1, init=0.25, dtype=None)
