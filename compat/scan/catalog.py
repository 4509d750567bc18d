"""The table as knowledge for reading source: what is a class, what a call gives, which methods there are."""

from __future__ import annotations

from compat.scan.results import RECURRENT, Results
from compat.source.values import INTEGER, NUMBER, OTHER, TEXT, UNKNOWN, Instance, Many, Method, Several, Value
from compat.table.model import Table

TENSOR = Instance("torch.Tensor")
MODULE = Instance("torch.nn.Module")
SIZE, DTYPE, DEVICE = Instance("torch.Size"), Instance("torch.dtype"), Instance("torch.device")
PLAIN = frozenset({SIZE.of, DTYPE.of, DEVICE.of})  # classes whose attributes are Python's own
TENSORS = frozenset(
    {"torch.Tensor", "torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.FloatTensor", "torch.LongTensor", "torch.BoolTensor"}
)
RETURNS: dict[str, Value] = {
    "Tensor": TENSOR, "tuple of Tensor": Many(TENSOR), "list of Tensor": Many(TENSOR),
    "bool": NUMBER, "int": INTEGER, "float": NUMBER, "str": TEXT, "nothing": OTHER,
}  # fmt: skip
# What a row can't say: results that are neither tensors nor numbers.
CALLED: dict[str, Value] = {
    "torch.Tensor.size": SIZE,
    "torch.device": DEVICE,
    "torch.Tensor.stride": Many(INTEGER),
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
    "dtype": DTYPE,
    "device": DEVICE,
    "ndim": INTEGER,
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
ITEMS = {"torch.Size": INTEGER, **dict.fromkeys(("torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict"), MODULE)}
# Methods that give their receiver, changed.
FLUENT = frozenset(
    f"torch.nn.Module.{name}" for name in (
        "to", "cuda", "cpu", "train", "eval", "float", "half", "double", "bfloat16", "requires_grad_", "apply", "type")
)  # fmt: skip


class TorchCatalog(Results):
    """PyTorch's API, as far as the table knows it."""

    framework = "torch"
    bases = tuple(METHODS)
    tensor, tensors, layer = TENSOR, TENSORS, MODULE
    returns, called_otherwise, properties, fluent = RETURNS, CALLED, PROPERTIES, FLUENT
    items = ITEMS

    def __init__(self, table: Table) -> None:
        exports = {api for api in table.exports if api.startswith("torch.")}
        exports |= {f"{of}.{name}" for of, names in METHODS.items() for name in names}
        super().__init__(table.by_name(), exports)

    def is_class(self, api: str) -> bool:
        return api in PLAIN or super().is_class(api)

    def invoked(self, of: str) -> Value:
        if of in RECURRENT:
            return RECURRENT[of]
        row = self.rows.get(of)
        if row is None or row.kind != "class":
            return TENSOR if of == "torch.nn.Sequential" else UNKNOWN
        source = self.rows.get(row.function, row) if row.function else row
        return RETURNS.get(source.returns, UNKNOWN)

    def of_other(self, of: str, name: str) -> Value:
        if of in PLAIN:
            return OTHER
        if of.startswith("torch.nn."):
            if self.has(f"torch.nn.Module.{name}"):
                return Method("torch.nn.Module", name)
            return TENSOR if name in ("weight", "bias") and of != MODULE.of else UNKNOWN
        base = "torch.optim.lr_scheduler.LRScheduler" if ".lr_scheduler." in of else "torch.optim.Optimizer"
        return Method(base, name) if of.startswith("torch.optim.") and name in METHODS[base] else UNKNOWN
