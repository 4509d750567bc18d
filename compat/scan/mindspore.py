"""MindSpore's API as knowledge for reading source: rows by the names of their counterparts, primitives, and what is imitated as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from compat.scan.knowledge import TableCatalog
from compat.signatures.snapshots import snapshots
from compat.source.published import is_module, is_published, like_of, names
from compat.source.values import INTEGER, NUMBER, OTHER, TEXT, UNKNOWN, Instance, Many, Method, Several, Value
from compat.table.model import Counterpart, Table

TENSOR = Instance("mindspore.Tensor")
CELL = Instance("mindspore.nn.Cell")
TENSORS = frozenset({"mindspore.Tensor", "mindspore.Parameter"})
RETURNS: dict[str, Value] = {
    "Tensor": TENSOR, "tuple of Tensor": Many(TENSOR), "list of Tensor": Many(TENSOR),
    "bool": NUMBER, "int": INTEGER, "float": NUMBER, "str": TEXT, "nothing": OTHER,
}  # fmt: skip
# What no row says: what gives a tensor, and results that are neither tensors nor numbers.
CALLED: dict[str, Value] = {
    **dict.fromkeys(("mindspore.tensor", "mindspore.from_numpy", "mindspore.common.initializer.initializer"), TENSOR),
    **{
        f"mindspore.Tensor.{name}": TENSOR
        for name in ("astype", "copy", "expand_dims", "permute", "reshape", "transpose", "view", "squeeze")
    },
    **{f"mindspore.ops.{name}": TENSOR for name in ("cast", "expand_dims", "transpose", "gather_nd", "reverse", "select", "stop_gradient")},
    **{f"mindspore.ops.{name}": TENSOR for name in ("tensor_scatter_update", "scatter_nd", "one_hot", "zeros", "ones", "arange")},
    "mindspore.Tensor.asnumpy": OTHER,
    "mindspore.Tensor.numpy": OTHER,
    "mindspore.Tensor.tolist": OTHER,
    "mindspore.Tensor.item": NUMBER,
    "mindspore.nn.Cell.trainable_params": Many(TENSOR),
    "mindspore.nn.Cell.untrainable_params": Many(TENSOR),
    "mindspore.nn.Cell.get_parameters": Many(TENSOR),
    "mindspore.nn.Cell.parameters_and_names": Many(Several((TEXT, TENSOR))),
    "mindspore.nn.Cell.parameters_dict": OTHER,
    "mindspore.nn.Cell.cells": Many(CELL),
    "mindspore.nn.Cell.cells_and_names": Many(Several((TEXT, CELL))),
    "mindspore.nn.Cell.name_cells": OTHER,
}
PROPERTIES: dict[str, Value] = {
    "shape": Many(INTEGER), "dtype": OTHER, "ndim": INTEGER, "size": INTEGER, "itemsize": INTEGER, "nbytes": INTEGER, "T": TENSOR, "name": TEXT,
    "requires_grad": NUMBER, "grad": TENSOR, "data": TENSOR,
}  # fmt: skip
FLUENT = frozenset(f"mindspore.nn.Cell.{name}" for name in ("set_train", "set_grad", "to_float", "add_flags", "add_flags_recursive"))
CONTAINERS = ("mindspore.nn.SequentialCell", "mindspore.nn.CellList")
LEARNED = frozenset({"weight", "bias", "gamma", "beta", "moving_mean", "moving_variance", "embedding_table"})


class MindSporeCatalog(TableCatalog):
    """MindSpore's API, as far as compat.mindspore has it. `counterparts` are the rows' parts that speak of a name."""

    framework = "mindspore"
    call_method = "construct"
    tensor, tensors, layer = TENSOR, TENSORS, CELL
    returns, called_otherwise, properties, fluent = RETURNS, CALLED, PROPERTIES, FLUENT
    items = dict.fromkeys(CONTAINERS, CELL)

    def __init__(self, table: Table) -> None:
        self.table = table
        definers = {api: table.rows[row] for api, row in table.definers().items()}
        self.counterparts = {api: _of_name(api, row.mindspore) for api, row in definers.items()}
        known = snapshots("mindspore")
        newest = next(reversed(known.values())).names if known else ()
        methods = {name for name in newest if name.startswith(("mindspore.Tensor.", "mindspore.nn.Cell."))}
        super().__init__(definers, {*methods, *(api for api in table.exports if api.startswith("mindspore.") and not api.endswith("*"))})
        self.names = _first_names(table)
        self.known: dict[str, str] = {}

    def canonical(self, api: str) -> str:
        """The name that the table has for it: `mindspore.ops.functional.relu` is `mindspore.ops.relu`."""
        if api not in self.known:
            self.known[api] = self._canonical(api)
        return self.known[api]

    def _canonical(self, api: str) -> str:
        module, _, name = api.rpartition(".")
        while like := like_of(module):
            module = like
        found = f"{module}.{name}"
        return found if found in self.rows else self.names.get(found, found)

    def has(self, api: str) -> bool:
        return super().has(api) or api in self.table.primitives or (is_published(api) and not is_module(api))

    def is_module(self, api: str) -> bool:
        return is_module(api)

    def is_public(self, api: str) -> bool:
        return is_module(api.rpartition(".")[0])

    def _called(self, api: str) -> Value:
        counterpart = self.counterparts.get(api)
        return Many(TENSOR) if counterpart is not None and counterpart.result == "first" else super()._called(api)

    def invoked(self, of: str) -> Value:
        if of in CONTAINERS:
            return TENSOR
        if (primitive := self.table.primitives.get(of)) is not None:
            return self.called(primitive.function)
        row = self.rows.get(of)
        if row is None or row.kind != "class":
            return UNKNOWN
        source = self.table.rows.get(row.function, row) if row.function else row
        return RETURNS.get(source.returns, UNKNOWN) if self.counterparts[of].result == "tensor" else Many(TENSOR)

    def of_other(self, of: str, name: str) -> Value:
        if not of.startswith("mindspore.nn."):
            return UNKNOWN
        if super().has(f"mindspore.nn.Cell.{name}"):
            return Method("mindspore.nn.Cell", name)
        return TENSOR if name in LEARNED else UNKNOWN

    def _of_tensor(self, name: str) -> Value:
        found = super()._of_tensor(name)
        return Method(TENSOR.of, name) if found is UNKNOWN and f"{TENSOR.of}.{name}" in self.exports else found

    def exported(self, module: str) -> Iterable[str]:
        return {name for name in names(module) if not name.startswith("_")}


def _of_name(api: str, counterparts: Iterable[Counterpart]) -> Counterpart:
    return next(each for each in counterparts if each.api == api)


def _first_names(table: Table) -> dict[str, str]:
    """Each public name that is another one of what the table has a name for → that name; the shortest where no row has one."""
    places: dict[str, str] = {}
    for row in table.rows.values():
        for each in row.mindspore:
            if each.on_torch is not None and each.on_torch.public and not each.absent and not each.is_method:
                places.setdefault(each.on_torch.name, each.api)
    exported = [one for one in table.exports.values() if one.api.startswith("mindspore.") and not one.api.endswith("*")]
    for one in sorted(exported, key=lambda one: (one.api.count("."), len(one.api))):
        if one.name is not None:
            places.setdefault(one.name, one.api)
    found = {one.api: one.like or places[str(one.name)] for one in exported}
    return {api: found.get(name, name) for api, name in found.items() if name != api}
