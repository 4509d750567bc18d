"""nn.SequentialCell and nn.CellList, cells in a row, named by their index; nn.CellDict, cells by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compat import errors
from compat.mindspore_on_torch.cell import Cell


def prefix_of(cells: Mapping[str, Any]) -> str:
    """What stands before a member's own name in the names of the parameters of a container's members.

    MindSpore reads it from the first member that has parameters, and so has none for a container whose members have none; where the
    member's name occurs twice in its parameter's, the next such member decides.
    """
    named = ((name, next((each for _, each in cell.parameters_and_names()), None)) for name, cell in cells.items())
    known = [(name, parameter.name.split(".")) for name, parameter in named if parameter is not None]
    if not known:
        return ""
    name, parts = known[0]
    places = [place for place, part in enumerate(parts) if part == name]
    if len(known) > 1:
        other, others = known[1]
        places = [place for place in places if others[place : place + 1] == [other]][:1] or places
    return "".join(f"{part}." for part in parts[: places[-1]]) if places else ""


class Row(Cell):
    """What both containers share: reading, replacing, deleting and appending by index."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._part(list(self._modules.items())[index])
        return list(self._modules.values())[self._position(index)]

    def __setitem__(self, index: int, cell: Any) -> None:
        name = list(self._modules)[self._position(index)]
        self._hold(name, self._checked(cell))

    def __delitem__(self, index: int | slice) -> None:
        names = list(self._modules)
        chosen = names[index] if isinstance(index, slice) else [names[self._position(index)]]
        for name in chosen:
            del self._modules[name]
        if not self._keyed:
            self._refill(list(self._modules.values()))

    def append(self, cell: Any) -> Any:
        """Add a cell at the end."""
        self._hold(str(len(self)), self._checked(cell))
        return self

    @property
    def _keyed(self) -> bool:
        return any(not name.isdigit() for name in self._modules)

    def _part(self, items: list[tuple[str, Any]]) -> Any:
        # A slice shares the cells; only the container that owns them may rename their parameters.
        part = type(self)()
        for position, (name, cell) in enumerate(items):
            part._modules[name if self._keyed else str(position)] = cell
        return part

    def _refill(self, cells: list[Any]) -> None:
        prefix = prefix_of(self._modules)
        self._modules.clear()
        for position, cell in enumerate(cells):
            self._hold(str(position), cell, prefix)

    def _hold(self, name: str, cell: Any, prefix: str | None = None) -> None:
        if isinstance(cell, Cell) and self._auto_prefix:
            cell.update_parameters_name(f"{prefix_of(self._modules) if prefix is None else prefix}{name}.")
        self._modules[name] = cell

    def _position(self, index: Any) -> int:
        if not isinstance(index, int) or isinstance(index, bool):
            raise errors.invalid(TypeError, f"For '{self.cls_name}', the type of 'index' must be int, but got {index!r}.")
        if not -len(self) <= index < len(self):
            reason = f"the value of 'index' must be a number in range [{-len(self)}, {len(self)}), but got {index}."
            raise errors.invalid(IndexError, f"For '{self.cls_name}', {reason}")
        return index % len(self)

    def _checked(self, cell: Any) -> Any:
        if not isinstance(cell, Cell):
            reason = f"each cell must be subclass of Cell, but got {type(cell).__name__}."
            raise errors.invalid(TypeError, f"For '{self.cls_name}', {reason}")
        return cell


class SequentialCell(Row):
    """Cells that run one after the other: SequentialCell(a, b), of a list, or of an OrderedDict of names and cells."""

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, cell in args[0].items():
                self._hold(name, self._checked(cell))
            return
        if len(args) == 1 and not isinstance(args[0], (list, Cell)):
            reason = f"the 'args[0]' must be Cell, list or orderedDict, but got {type(args[0]).__name__}"
            raise errors.invalid(TypeError, f"For '{self.cls_name}', {reason}")
        cells = args[0] if len(args) == 1 and isinstance(args[0], list) else args
        self._refill([self._checked(cell) for cell in cells])

    def construct(self, input_data: Any) -> Any:
        for cell in self:
            input_data = cell(input_data)
        return input_data


class CellList(Row):
    """A list of cells, CellList([a, b]). It can't be called."""

    def __init__(self, *args: Any, auto_prefix: bool = True) -> None:
        super().__init__(auto_prefix)
        cells = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple, CellList)) else args
        self._refill([self._checked(cell) for cell in cells])

    def insert(self, index: int, cell: Any) -> None:
        """Put a cell before position `index`."""
        cells = list(self)
        cells.insert(index, self._checked(cell))
        self._refill(cells)

    def extend(self, cells: Iterable[Any]) -> CellList:
        """Add several cells at the end."""
        if not isinstance(cells, (list, CellList)):
            reason = f"the new cells wanted to append must be instance of list or CellList, but got {type(cells).__name__}."
            raise errors.invalid(TypeError, f"For '{self.cls_name}', {reason}")
        for cell in cells:
            self.append(cell)
        return self

    def construct(self, *inputs: Any) -> Any:
        raise NotImplementedError


class CellDict(Cell):
    """Cells by name: of a mapping, of pairs, or of another CellDict. It can't be called, and holds no other container."""

    def __init__(self, *args: Any, auto_prefix: bool = True) -> None:
        super().__init__(auto_prefix)
        if len(args) == 1:
            self.update(args[0])

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, cell: Any) -> None:
        if not isinstance(key, str):
            raise errors.invalid(TypeError, f"For 'CellDict', the type of key should be string but got {type(key).__name__}.")
        if not key or "." in key or (hasattr(self, key) and key not in self._modules):
            reason = "the key can not be empty, contain a dot or be the same with the attributes of Cell"
            raise errors.invalid(KeyError, f"For 'CellDict', {reason}, but got key {key}.")
        if not isinstance(cell, Cell) or isinstance(cell, (Row, CellDict)):
            reason = "the type of cell should be Cell, but no container"
            raise errors.invalid(TypeError, f"For 'CellDict', {reason}, but got {type(cell).__name__}.")
        if self._auto_prefix:
            cell.update_parameters_name(f"{prefix_of(self._modules)}{key}.")
        self._modules[key] = cell

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def keys(self) -> Any:
        """The names."""
        return self._modules.keys()

    def values(self) -> Any:
        """The cells."""
        return self._modules.values()

    def items(self) -> Any:
        """(name, cell)."""
        return self._modules.items()

    def clear(self) -> None:
        """Remove all."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Remove a cell and return it; KeyError if there is none of that name."""
        return self._modules.pop(key)

    def update(self, cells: Any) -> None:
        """Add the cells of a mapping or of pairs. TypeError for anything else, ValueError for what is no pair."""
        if not isinstance(cells, Iterable):
            reason = "CellDict.update() should be called with an iterable of key-value pairs"
            raise errors.invalid(TypeError, f"{reason}, but got {type(cells).__name__}")
        pairs: Any = cells.items() if isinstance(cells, (Mapping, CellDict)) else cells
        for position, pair in enumerate(pairs):
            if not isinstance(pair, Iterable):
                raise errors.invalid(TypeError, f"CellDict update sequence element #{position} should be Iterable; got {pair!r}")
            members = tuple(pair)
            if len(members) != 2:
                raise errors.invalid(ValueError, f"CellDict update sequence element #{position} should have length 2; got {pair!r}")
            self[members[0]] = members[1]

    def construct(self, *inputs: Any) -> Any:
        raise NotImplementedError
