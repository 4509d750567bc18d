"""mindspore.dataset.Shuffle: what the order of rows is drawn over."""

from __future__ import annotations

import enum


class Shuffle(enum.StrEnum):
    """How a dataset of files is shuffled."""

    FALSE = "false"
    ADAPTIVE = "adaptive"
    GLOBAL = "global"
    PARTIAL = "partial"
    FILES = "files"
    INFILE = "infile"
