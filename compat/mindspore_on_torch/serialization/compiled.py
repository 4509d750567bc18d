"""What belongs to MindSpore's compiler and its runs on many devices, which PyTorch has nothing like: refused by name."""

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refused

GRAPHS = "a MindIR, AIR or ONNX file holds a graph of MindSpore's compiler, and PyTorch runs none; save_checkpoint keeps the parameters"
SLICES = "parameters are sliced over devices by MindSpore's own parallel strategies, which PyTorch has nothing like"

export = refused("mindspore.export", GRAPHS)
load = refused("mindspore.load", GRAPHS)
export_split_mindir = refused("mindspore.export_split_mindir", GRAPHS)
build_searched_strategy = refused("mindspore.build_searched_strategy", SLICES)
get_ckpt_path_with_strategy = refused("mindspore.get_ckpt_path_with_strategy", SLICES)
load_distributed_checkpoint = refused("mindspore.load_distributed_checkpoint", SLICES)
merge_sliced_parameter = refused("mindspore.merge_sliced_parameter", SLICES)
restore_group_info_list = refused("mindspore.restore_group_info_list", SLICES)
