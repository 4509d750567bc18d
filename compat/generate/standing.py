"""Rows → which of MindSpore's layers a layer of torch.nn is, for `isinstance` of one that a Cell may hold."""

from __future__ import annotations

from pathlib import PurePosixPath

from compat.generate.packages import GENERATED
from compat.table.model import Table
from compat.table.routes import is_stateless

PATH = PurePosixPath("compat/mindspore_on_torch/cells/standing.py")
HOMES = ("mindspore.nn", "mindspore.mint.nn")


def standing(table: Table) -> dict[PurePosixPath, str]:
    """The path of the one file, and its unformatted source."""
    entries: dict[str, list[str]] = {}
    for row in table.rows.values():
        if is_stateless(row):
            names = {one.api.rpartition(".")[2] for one in row.mindspore if one.api.rpartition(".")[0] in HOMES}
            if names:
                entries.setdefault(row.torch.rpartition(".")[2], []).extend(sorted(names))
    lines = [f"    {name!r}: frozenset({names!r})," for name, names in sorted(entries.items())]
    head = [
        f'"""The layers of torch.nn without weights, and the names of MindSpore\'s that they are. {GENERATED}"""',
        "from __future__ import annotations",
        "STANDS_FOR: dict[str, frozenset[str]] = {",
    ]
    return {PATH: "\n".join([*head, *lines, "}", ""])}
