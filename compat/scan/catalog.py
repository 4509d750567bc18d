"""The table as knowledge for reading source: what is a class, what a call gives, which methods there are."""

from __future__ import annotations

from collections.abc import Iterable

from compat.scan.results import RECURRENT, Results
from compat.source.values import NUMBER, OTHER, TEXT, UNKNOWN, Instance, Many, Method, Several, Value
from compat.table.model import Table

TENSOR = Instance("torch.Tensor")
MODULE = Instance("torch.nn.Module")
SIZE = Instance("torch.Size")
TENSORS = frozenset(
    {"torch.Tensor", "torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.FloatTensor", "torch.LongTensor", "torch.BoolTensor"}
)
RETURNS: dict[str, Value] = {
    "Tensor": TENSOR, "tuple of Tensor": Many(TENSOR), "list of Tensor": Many(TENSOR),
    "bool": NUMBER, "int": NUMBER, "float": NUMBER, "str": TEXT, "nothing": OTHER,
}  # fmt: skip
# What a row can't say: results that are neither tensors nor numbers.
CALLED: dict[str, Value] = {
    "torch.Tensor.size": SIZE,
    "torch.Tensor.stride": Many(NUMBER),
    "torch.Tensor.tolist": OTHER,
    "torch.Tensor.numpy": OTHER,
    "torch.nn.Module.parameters": Many(TENSOR),
    "torch.nn.Module.buffers": Many(TENSOR),
    "torch.nn.Module.named_parameters": Many(Several((TEXT, TENSOR))),
    "torch.nn.Module.named_buffers": Many(Several((TEXT, TENSOR))),
    "torch.nn.Module.modules": Many(MODULE),
    "torch.nn.Module.children": Many(MODULE),
    "torch.nn.Module.named_modules": Many(Several((TEXT, MODULE))),
    "torch.nn.Module.named_children": Many(Several((TEXT, MODULE))),
    "torch.nn.Module.state_dict": OTHER,
}
PROPERTIES: dict[str, Value] = {
    "shape": SIZE,
    "data": TENSOR,
    "grad": TENSOR,
    "dtype": OTHER,
    "device": OTHER,
    "ndim": NUMBER,
    "is_cuda": NUMBER,
    "requires_grad": NUMBER,
}
# What instances of these classes can do: they are imitated as a whole, so that no row lists it.
METHODS = {
    "torch.optim.Optimizer": frozenset(
        {"step", "zero_grad", "state_dict", "load_state_dict", "add_param_group", "register_step_pre_hook", "register_step_post_hook"}
    ),
    "torch.optim.lr_scheduler.LRScheduler": frozenset({"step", "get_last_lr", "state_dict", "load_state_dict"}),
}
# Methods that give their receiver, changed.
FLUENT = frozenset(
    f"torch.nn.Module.{name}" for name in (
        "to", "cuda", "cpu", "train", "eval", "float", "half", "double", "bfloat16", "requires_grad_", "apply", "type")
)  # fmt: skip
METHODS_OF = ("torch.Tensor.", "torch.nn.Module.", *(f"{of}." for of in METHODS))
COMMON = frozenset(name for kind in (str, bytes, list, dict, set, tuple, int, float) for name in dir(kind))


class TorchCatalog(Results):
    """PyTorch's API, as far as the table knows it."""

    def __init__(self, table: Table) -> None:
        self.rows = table.by_name()
        self.exports = {api for api in table.exports if api.startswith("torch.")}
        self.exports |= {f"{of}.{name}" for of, names in METHODS.items() for name in names}
        named = [*self.rows, *self.exports]
        self.modules = {name.rpartition(".")[0] for name in named}
        self.methods = frozenset(name.rpartition(".")[2] for name in named if name.startswith(METHODS_OF))
        self.calls: dict[str, Value] = {}
        self.attributes: dict[tuple[str, str], Value] = {}

    def is_root(self, name: str) -> bool:
        return name == "torch"

    def is_public(self, api: str) -> bool:
        """Whether it stands directly in a module of the framework, rather than being an attribute of one of its APIs."""
        return api.rpartition(".")[0] in self.modules

    def is_class(self, api: str) -> bool:
        row = self.rows.get(api)
        if row is not None and row.kind in ("class", "optimizer", "scheduler"):
            return True
        return api.rpartition(".")[2][:1].isupper() and (row is None or row.kind == "object")

    def called(self, api: str) -> Value:
        if api not in self.calls:
            self.calls[api] = self._called(api)
        return self.calls[api]

    def _called(self, api: str) -> Value:
        if api in CALLED:
            return CALLED[api]
        if self.is_class(api):
            return Instance("torch.Tensor" if api in TENSORS else api)
        row = self.rows.get(api)
        return RETURNS.get(row.returns, UNKNOWN) if row is not None and row.is_called else UNKNOWN

    def gives_receiver(self, api: str) -> bool:
        """Whether a method gives the object that it is called on."""
        return api in FLUENT

    def operated(self, of: str) -> Value:
        """What an operator gives, one side of which is such an instance."""
        return TENSOR if of in TENSORS else UNKNOWN

    def invoked(self, of: str) -> Value:
        if of in RECURRENT:
            return RECURRENT[of]
        row = self.rows.get(of)
        if row is None or row.kind != "class":
            return TENSOR if of == "torch.nn.Sequential" else UNKNOWN
        source = self.rows.get(row.function, row) if row.function else row
        return RETURNS.get(source.returns, UNKNOWN)

    def attribute(self, of: str, name: str) -> Value:
        if (of, name) not in self.attributes:
            self.attributes[of, name] = self._attribute(of, name)
        return self.attributes[of, name]

    def _attribute(self, of: str, name: str) -> Value:
        if of in TENSORS:
            return self._of_tensor(name)
        if of == "torch.Size":
            return OTHER
        if f"{of}.{name}" in self.rows or f"{of}.{name}" in self.exports:
            return Method(of, name)
        if of.startswith("torch.nn."):
            if f"torch.nn.Module.{name}" in self.rows or f"torch.nn.Module.{name}" in self.exports:
                return Method("torch.nn.Module", name)
            return TENSOR if name in ("weight", "bias") and of != "torch.nn.Module" else UNKNOWN
        base = "torch.optim.lr_scheduler.LRScheduler" if ".lr_scheduler." in of else "torch.optim.Optimizer"
        if of.startswith("torch.optim.") and name in METHODS[base]:
            return Method(base, name)
        return UNKNOWN

    def _of_tensor(self, name: str) -> Value:
        if name in PROPERTIES:
            return PROPERTIES[name]
        row = self.rows.get(f"torch.Tensor.{name}")
        if row is None:
            return UNKNOWN
        return RETURNS.get(row.returns, UNKNOWN) if row.kind == "property" else Method("torch.Tensor", name)

    def item(self, of: str) -> Value:
        if of in TENSORS:
            return TENSOR
        return (
            NUMBER
            if of == "torch.Size"
            else MODULE
            if of in ("torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict")
            else UNKNOWN
        )

    def is_method(self, name: str) -> bool:
        return name in self.methods

    def is_common(self, name: str) -> bool:
        """Whether Python's own types have a method of this name, so that a call of it on an unknown receiver says nothing."""
        return name in COMMON

    def exported(self, module: str) -> Iterable[str]:
        prefix = f"{module}."
        return {name[len(prefix) :].partition(".")[0] for name in (*self.rows, *self.exports) if name.startswith(prefix)}
