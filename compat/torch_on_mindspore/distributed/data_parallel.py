"""torch.nn.parallel.DistributedDataParallel in a group of one process: the module itself, under PyTorch's names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore.distributed.groups import chosen_group
from compat.torch_on_mindspore.module import Module


class DistributedDataParallel(Module):
    """Calls `module`, whose gradients need no averaging. Names in the state dict begin with `module.`.

    ValueError without a process group, RuntimeError for a module in which nothing requires a gradient. The options say how gradients
    travel; none changes a value. PyTorch raises in the next forward if a parameter got no gradient and `find_unused_parameters` is
    False; here it may.
    """

    def __init__(
        self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0, broadcast_buffers: bool | None = None,
        init_sync: bool = True, process_group: Any = None, bucket_cap_mb: Any = None, find_unused_parameters: bool = False,
        check_reduction: bool = False, gradient_as_bucket_view: bool = False, static_graph: bool = False,
        delay_all_reduce_named_params: Any = None, param_to_hook_all_reduce: Any = None, mixed_precision: Any = None,
        device_mesh: Any = None, skip_all_reduce_unused_params: bool = False,
        bucket_cap_mb_list: list[int] | None = None, batched_grad_copy: bool = False, forward_sync_buffers: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.process_group = chosen_group(process_group)
        if not any(one.requires_grad for one in module.parameters()):
            raise invalid(
                RuntimeError, "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient."
            )
        if device_ids or output_device is not None:
            raise invalid(
                ValueError, f"DistributedDataParallel: device_ids={device_ids}, output_device={output_device}: the module is on CPU"
            )
        if mixed_precision is not None:
            raise UnsupportedArgument("torch.nn.parallel.DistributedDataParallel", "mixed_precision", mixed_precision, "None")
        self.module = module
        self.device_ids, self.output_device, self.dim = device_ids, output_device, dim
        self.broadcast_buffers, self.find_unused_parameters, self.static_graph = broadcast_buffers, find_unused_parameters, static_graph
        self.require_backward_grad_sync = True

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """A block in which gradients stay with the process; they do anyway."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before
