"""A checkpoint of any format by its path: which one it is, open, and written whole."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import BinaryIO

from compat.checkpoints import ckpt, safetensors, torch_file
from compat.checkpoints.archive import SIGNATURE
from compat.checkpoints.checkpoint import Checkpoint, Format
from compat.checkpoints.damage import Damaged
from compat.checkpoints.planned import Content, Planned
from compat.errors import CompatError
from compat.replacing import usual_mode, written

ENDINGS: dict[str, Format] = {
    ".pth": "torch", ".pt": "torch", ".bin": "torch", ".ckpt": "mindspore", ".safetensors": "safetensors"
}  # fmt: skip
METADATA = {"torch": "pt", "mindspore": "ms"}
# For what stands between contents: a block of these goes past it.
BUFFER = 64 * 1024


def format_of(path: str) -> Format | None:
    """The format that the ending of a name stands for."""
    return ENDINGS.get(PurePath(path).suffix.lower())


def recognized(path: str) -> Format:
    """The format of a file by its first bytes: PyTorch Lightning's checkpoints end in .ckpt, too."""
    try:
        with open(path, "rb") as file:
            start, size = file.read(9), file.seek(0, os.SEEK_END)
    except OSError as error:
        raise CompatError(f"{path}: {error.strerror}") from error
    if not start:
        raise Damaged(f"{path}: it is empty")
    if start.startswith((SIGNATURE, b"\x80")):
        return "torch"
    if format_of(path) == "safetensors" or (start[8:] == b"{" and int.from_bytes(start[:8], "little") <= size):
        return "safetensors"
    if start[0] != 0x0A and format_of(path) != "mindspore":
        raise Damaged(f"{path}: it is neither a file of torch.save, nor safetensors, nor a checkpoint of MindSpore")
    return "mindspore"


def open_checkpoint(path: str, key: str | None = None) -> Checkpoint:
    """The tensors of a file, whose contents are read one by one later.

    `key` names the part of a file of torch.save that holds the weights, where there are several. CompatError, with the name of the
    file and the place in it, when there is no such file, or it is damaged, foreign, or holds what can't be read without running its code.
    """
    format = recognized(path)
    try:
        if format == "torch":
            return torch_file.open_file(path, key)
        if key is not None:
            raise CompatError("only files of torch.save have parts to choose from with --key")
        return ckpt.open_file(path) if format == "mindspore" else safetensors.open_file(path)
    except (CompatError, OSError) as error:
        kind = Damaged if isinstance(error, Damaged) else CompatError
        raise kind(f"{path}: {error}") from error


def write_checkpoint(path: str, format: Format, tensors: Sequence[Planned], content: Content, side: str) -> None:
    """Write a file that appears under its name when it is complete; `side` is the framework that safetensors are said to be of.

    CompatError, before anything is written, for a type of elements that the format can't hold.
    """

    def fill(temporary: str) -> None:
        # The file is there, and empty. Opened with "wb" it would be truncated, and ext4 then writes all of it to the disk when it is closed.
        with open(temporary, "r+b", buffering=BUFFER) as file:
            write(file)

    def write(file: BinaryIO) -> None:
        if format == "torch":
            torch_file.write(file, tensors, content, PurePath(path).stem)
        elif format == "mindspore":
            ckpt.write(file, tensors, content)
        else:
            safetensors.write(file, tensors, content, {"format": METADATA[side]})

    try:
        written(path, fill, usual_mode())
    except OSError as error:
        raise CompatError(f"{path}: {error.strerror or error}") from error
