"""What a table knows of a framework's API, as knowledge for reading source: the base of the catalogs of PyTorch and of MindSpore."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from compat.source.values import UNKNOWN, Instance, Method, Value
from compat.table.model import Row

COMMON = frozenset(name for kind in (str, bytes, list, dict, set, tuple, int, float) for name in dir(kind))


class TableCatalog:
    """An API, as far as the table knows it: `rows` by the names that programs use, `exports` what is imitated as a whole.

    A subclass says what no row does: `called_otherwise` what calls give that neither tensors nor numbers are, `properties` those of a tensor,
    `fluent` the methods that give their receiver, `items` what instances give that are iterated over.
    """

    framework: str
    call_method = "forward"  # of a layer: what a call of it runs
    tensor: Instance
    tensors: frozenset[str]
    layer: Instance
    returns: Mapping[str, Value]
    called_otherwise: Mapping[str, Value]
    properties: Mapping[str, Value]
    fluent: frozenset[str]
    items: Mapping[str, Value]
    bases: tuple[str, ...] = ()  # other classes whose methods an unknown receiver may have

    def __init__(self, rows: Mapping[str, Row], exports: Iterable[str]) -> None:
        self.rows = rows
        self.exports = frozenset(exports)
        named = [*self.rows, *self.exports]
        self.modules = {name.rpartition(".")[0] for name in named}
        classes = (f"{self.tensor.of}.", f"{self.layer.of}.", *(f"{base}." for base in self.bases))
        self.methods = frozenset(name.rpartition(".")[2] for name in named if name.startswith(classes))
        self.calls: dict[str, Value] = {}
        self.attributes: dict[tuple[str, str], Value] = {}

    def is_root(self, name: str) -> bool:
        return name == self.framework

    def canonical(self, api: str) -> str:
        """The name by which the table has it, where a program may say another."""
        return api

    def has(self, api: str) -> bool:
        return api in self.rows or api in self.exports

    def is_module(self, api: str) -> bool:
        """Whether it is a module of the framework, as far as the table knows."""
        return api in self.modules or api == self.framework

    def is_public(self, api: str) -> bool:
        """Whether it stands directly in a module of the framework, rather than being an attribute of one of its APIs."""
        return api.rpartition(".")[0] in self.modules

    def is_class(self, api: str) -> bool:
        row = self.rows.get(self.canonical(api))
        if row is not None and row.kind in ("class", "optimizer", "scheduler"):
            return True
        return api.rpartition(".")[2][:1].isupper() and (row is None or row.kind == "object")

    def called(self, api: str) -> Value:
        if api not in self.calls:
            self.calls[api] = self._called(self.canonical(api))
        return self.calls[api]

    def _called(self, api: str) -> Value:
        if api in self.called_otherwise:
            return self.called_otherwise[api]
        if self.is_class(api):
            return self.tensor if api in self.tensors else Instance(api)
        row = self.rows.get(api)
        return self.returns.get(row.returns, UNKNOWN) if row is not None and row.is_called else UNKNOWN

    def required(self, _api: str) -> Mapping[str, Value]:
        """What a call's parameters certainly are once it was made. Many functions of MindSpore take anything that can be made a tensor."""
        return {}

    def required_when_invoked(self, _of: str) -> Mapping[str, Value]:
        return {}

    def called_with(self, api: str, _call: ast.Call) -> Value:
        """What this call gives, where that depends on the arguments."""
        return self.called(api)

    def native(self, _api: str) -> Value:
        """What a call of a name of the other framework gives, where an earlier port has put it."""
        return UNKNOWN

    def registered(self, _method: str) -> Value:
        """What an attribute is that a method registers: a buffer, a parameter."""
        return UNKNOWN

    def tested(self, _api: str) -> Value:
        """What an argument is of which this function says yes."""
        return UNKNOWN

    def in_comments(self, _name: str) -> Value:
        """What a name stands for in a comment that is an annotation."""
        return UNKNOWN

    def keeps_result(self, _decorator: str) -> bool:
        """Whether a function with this decorator still gives what it returns."""
        return False

    def invoked(self, of: str) -> Value:
        """What a call of an instance gives: a layer's output."""
        raise NotImplementedError

    def gives_receiver(self, api: str) -> bool:
        """Whether a method gives the object that it is called on."""
        return api in self.fluent

    def operated(self, of: str) -> Value:
        """What an operator gives, one side of which is such an instance."""
        return self.tensor if of in self.tensors else UNKNOWN

    def attribute(self, of: str, name: str) -> Value:
        if (of, name) not in self.attributes:
            self.attributes[of, name] = self._attribute(of, name)
        return self.attributes[of, name]

    def _attribute(self, of: str, name: str) -> Value:
        if of in self.tensors:
            return self._of_tensor(name)
        if self.has(f"{of}.{name}"):
            return Method(of, name)
        return self.of_other(of, name)

    def of_other(self, of: str, name: str) -> Value:
        """An attribute of an instance of a class that the table has no such method of."""
        raise NotImplementedError

    def _of_tensor(self, name: str) -> Value:
        if name in self.properties:
            return self.properties[name]
        row = self.rows.get(f"{self.tensor.of}.{name}")
        if row is None:
            return UNKNOWN
        return self.returns.get(row.returns, UNKNOWN) if row.kind == "property" else Method(self.tensor.of, name)

    def item(self, of: str) -> Value:
        return self.tensor if of in self.tensors else self.items.get(of, UNKNOWN)

    def is_method(self, name: str) -> bool:
        return name in self.methods

    def is_common(self, name: str) -> bool:
        """Whether Python's own types have a method of this name, so that a call of it on an unknown receiver says nothing."""
        return name in COMMON

    def exported(self, module: str) -> Iterable[str]:
        prefix = f"{module}."
        return {name[len(prefix) :].partition(".")[0] for name in (*self.rows, *self.exports) if name.startswith(prefix)}
