"""mindspore.ckpt_to_safetensors and safetensors_to_ckpt: files of one format written again in the other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from compat import errors
from compat.mindspore_on_torch.serialization.loading import load_checkpoint
from compat.mindspore_on_torch.serialization.saving import save_checkpoint


def ckpt_to_safetensors(
    file_path: str, save_path: str | None = None, name_map: dict[str, str] | None = None,
    file_name_regex: str | None = None, processes_num: int = 1,
) -> None:  # fmt: skip
    """mindspore.ckpt_to_safetensors: a file, or those in the folders rank* of a folder; beside them, or below `save_path`.

    `name_map` gives parameters other names. ValueError for paths that don't fit, and for text, which safetensors can't hold.
    """
    convert("ckpt_to_safetensors", "ckpt", "safetensors", file_path, save_path, name_map, file_name_regex, processes_num)


def safetensors_to_ckpt(
    file_path: str, save_path: str | None = None, name_map: dict[str, str] | None = None,
    file_name_regex: str | None = None, processes_num: int = 1,
) -> None:  # fmt: skip
    """mindspore.safetensors_to_ckpt: as ckpt_to_safetensors, the other way."""
    convert("safetensors_to_ckpt", "safetensors", "ckpt", file_path, save_path, name_map, file_name_regex, processes_num)


def convert(api: str, old: str, new: str, file_path: str, save_path: str | None, name_map: Any, pattern: str | None, workers: int) -> None:
    """Convert a file, or the files of a folder in `workers` threads."""
    if not os.path.exists(file_path):
        raise errors.invalid(ValueError, f"For {api}, the input path must be a valid path or file, but got {file_path}")
    if save_path and os.path.splitext(save_path)[1]:
        raise errors.invalid(ValueError, f"For {api}, the save_path must be a directory, but got '{save_path}'")
    if name_map is not None and not isinstance(name_map, dict):
        raise errors.invalid(ValueError, f"For {api}, the type of 'name_map' must be a dict, but got '{type(name_map)}'")
    if os.path.isfile(file_path):
        if not file_path.endswith(f".{old}"):
            raise errors.invalid(ValueError, f"For {api}, the input file must be a .{old} file, but got {file_path}")
        if pattern is not None and not re.search(pattern, file_path):
            raise errors.invalid(ValueError, f"For {api}, the input file does not match the regular expression.")
        convert_file(file_path, save_path or os.path.dirname(file_path), old, new, name_map)
        return
    with ThreadPoolExecutor(workers) as pool:
        tasks = [
            pool.submit(convert_file, source, folder, old, new, name_map)
            for source, folder in files_of_ranks(api, file_path, save_path, old, pattern)
        ]
    for task in tasks:
        task.result()


def files_of_ranks(api: str, root: str, save_path: str | None, old: str, pattern: str | None) -> Iterator[tuple[str, str]]:
    """(file, folder to write to) of what lies in the folders of `root` whose names begin with "rank"."""
    folders = sorted(entry.name for entry in os.scandir(root) if entry.is_dir() and entry.name.startswith("rank"))
    if not folders:
        raise errors.invalid(ValueError, f"For '{api}', no directories starting with 'rank' found in {root}.")
    for folder in folders:
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith(f".{old}") and (pattern is None or re.search(pattern, name)):
                yield os.path.join(root, folder, name), os.path.join(save_path or root, folder)


def convert_file(path: str, folder: str, old: str, new: str, name_map: dict[str, str] | None) -> None:
    """Write the parameters of a file in the other format, under the same name with another ending."""
    found = load_checkpoint(path, format=old)
    renamed = {(name_map or {}).get(name, name): value for name, value in found.items()}
    os.makedirs(folder or ".", exist_ok=True)
    save_checkpoint(renamed, os.path.join(folder, os.path.basename(path).removesuffix(f".{old}") + f".{new}"), format=new)
