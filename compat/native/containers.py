"""Containers of layers: compat.torch's own with the methods of Cells, since what they hold are modules of it, which no Cell can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import compat.torch
from compat.native.cell import CellMethods
from compat.native.kinds import standing

CONTAINERS: Mapping[str, Any] = {
    api: standing(base, CellMethods, {"__qualname__": api, "__doc__": base.__doc__})
    for api, base in (("mindspore.nn.SequentialCell", compat.torch.nn.Sequential), ("mindspore.nn.CellList", compat.torch.nn.ModuleList))
}
