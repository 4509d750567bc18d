"""What IPython takes and Python does not (`%magic`, `!command`, `name?`) → names in its place, so that a cell can be parsed.

Only where a statement begins is it looked for: a line that begins with `%` inside of brackets or of a text is Python. What the magics
`%time` and `%timeit` run is Python too and stays; so is the cell below `%%time`, `%%timeit`, `%%capture` and `%%prun`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

REST = r"(?:\\\r?\n|[^\n])*"  # to the end of the line, or of the lines that a backslash continues
MAGIC = re.compile(rf"(?P<indent>[ \t]*)(?P<magic>[%!?,;/]{REST}|[\w.*\[\]'\"]+\?\??[ \t]*(?=\r?\n|\Z))")
ASSIGNED = re.compile(rf"(?P<indent>[ \t]*[\w.,* \t\[\]]+=[ \t]*)(?P<magic>[!%](?!=){REST})")
TIMED = re.compile(r"(?P<prefix>%(?:time|timeit)[ \t]+(?:-[nrtp][ \t]*\d+[ \t]+|-[qoctp]+[ \t]+)*)(?P<statement>[^\n]*)\Z")
CELL = re.compile(r"(?:[ \t]*\r?\n)*%%(?P<name>\w+)[^\n]*")
PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun"})
NOT_PYTHON = frozenset(
    {
        "bash",
        "sh",
        "cmd",
        "script",
        "system",
        "sx",
        "html",
        "HTML",
        "javascript",
        "js",
        "latex",
        "markdown",
        "svg",
        "SVG",
        "ruby",
        "perl",
        "R",
        "sql",
    }
)
WRITTEN = re.compile(r"%%(?:writefile|file)\b(?![^\n]*\.py\b)")  # a file that is no Python
PIECE = re.compile(
    r"""('{3}|"{3})(?:\\.|(?!\1).)*\1 | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | \#[^\n]* | \\\r?\n | [(\[{] | [)\]}] | \n""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Masked:
    """A cell's text with names for what is not Python.

    `originals`: what stands in the text → what it stands for. `shifted`: line → by how many characters it is longer than it was.
    `head`: the line of a cell magic, for which an empty one stands.
    """

    text: str
    originals: dict[str, str] = field(default_factory=dict)
    shifted: dict[int, int] = field(default_factory=dict)
    head: str = ""


def cell_magic(text: str) -> str:
    """The name of the magic that takes the whole cell and does not run it as Python here; empty where there is none."""
    found = CELL.match(text)
    return found["name"] if found and found["name"] not in PYTHON_CELLS else ""


def may_be_python(text: str) -> bool:
    """Whether what the cell magic of this cell takes may be Python, run or kept elsewhere."""
    return cell_magic(text) not in NOT_PYTHON and WRITTEN.match(text.lstrip()) is None


def masked(text: str, name: Callable[[], str]) -> Masked:
    """The text as Python; `name` gives names that stand nowhere else."""
    found, parts, at = Masked(text), [], 0
    if head := CELL.match(text):
        found.head, at = head.group(), head.end()
        parts.append("\n" * found.head.count("\n"))
    while at < len(text):
        magic = MAGIC.match(text, at) or ASSIGNED.match(text, at)
        if magic is None:
            end = _statement_end(text, at)
            parts.append(text[at:end])
        else:
            end = magic.end()
            parts += [magic["indent"], _replaced(magic["magic"], name(), text.count("\n", 0, at) + 1, found)]
        at = end
    found.text = "".join(parts)
    return found


def _replaced(magic: str, name: str, line: int, found: Masked) -> str:
    timed = TIMED.match(magic)
    if timed and _is_statement(timed["statement"]):
        prefix = f"with {name}: "
        found.originals[prefix] = timed["prefix"]
        found.shifted[line] = len(prefix) - len(timed["prefix"])
        return prefix + timed["statement"]
    kept = name + "\n" * magic.count("\n")
    found.originals[kept] = magic
    return kept


def _is_statement(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(ast.parse(f"with name: {text}\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _statement_end(text: str, at: int) -> int:
    """Behind the end of the logical line that begins at `at`."""
    depth = 0
    for piece in PIECE.finditer(text, at):
        found = piece.group()
        if found in "([{":
            depth += 1
        elif found in ")]}":
            depth -= 1
        elif found == "\n" and depth <= 0:
            return piece.end()
    return len(text)
