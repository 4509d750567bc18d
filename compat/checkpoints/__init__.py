"""Checkpoint files, read and written as streams of bytes: PyTorch's, MindSpore's and safetensors. No framework."""

from compat.checkpoints.checkpoint import Checkpoint, Format, Stored
from compat.checkpoints.damage import Damaged
from compat.checkpoints.opening import format_of, open_checkpoint, write_checkpoint
from compat.checkpoints.planned import Planned

__all__ = ["Checkpoint", "Damaged", "Format", "Planned", "Stored", "format_of", "open_checkpoint", "write_checkpoint"]
