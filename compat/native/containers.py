"""Containers of layers: MindSpore's names for compat.torch's own, since what they hold are modules of it, which no Cell can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import compat.torch

CONTAINERS: Mapping[str, Any] = {
    "mindspore.nn.SequentialCell": compat.torch.nn.Sequential,
    "mindspore.nn.CellList": compat.torch.nn.ModuleList,
}
