"""Checkpoints: what mindspore.train.serialization has, on PyTorch's tensors and MindSpore's files."""

from compat.mindspore_on_torch.serialization.compiled import (
    build_searched_strategy,
    export,
    export_split_mindir,
    get_ckpt_path_with_strategy,
    load,
    load_distributed_checkpoint,
    merge_sliced_parameter,
    restore_group_info_list,
)
from compat.mindspore_on_torch.serialization.conversion import ckpt_to_safetensors, safetensors_to_ckpt
from compat.mindspore_on_torch.serialization.into_net import load_param_into_net
from compat.mindspore_on_torch.serialization.loading import load_checkpoint, load_checkpoint_async
from compat.mindspore_on_torch.serialization.saving import async_ckpt_thread_status, save_checkpoint

__all__ = [
    "async_ckpt_thread_status", "build_searched_strategy", "ckpt_to_safetensors", "export", "export_split_mindir",
    "get_ckpt_path_with_strategy", "load", "load_checkpoint", "load_checkpoint_async", "load_distributed_checkpoint",
    "load_param_into_net", "merge_sliced_parameter", "restore_group_info_list", "safetensors_to_ckpt", "save_checkpoint",
]  # fmt: skip
