"""torch.nn.DataParallel, as it is in PyTorch without a GPU: the module, called in place."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors


class DataParallel(Module):
    """Calls `module`; without a GPU PyTorch's spreads nothing either. Names in the state dict begin with `module.`."""

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        for one in device_ids or ():
            check_device("torch.nn.DataParallel", f"cuda:{one}" if isinstance(one, int) else one)
        self.module = module
        self.dim, self.output_device = dim, output_device
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Any, inputs: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0, module_kwargs: Any = None
) -> Any:
    """RuntimeError, as in PyTorch without a GPU, which has no device to spread `inputs` over."""
    raise invalid(RuntimeError, "device type could not be determined")


name_constructors(globals())
