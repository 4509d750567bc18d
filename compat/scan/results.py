"""What a call gives where the row can't say it: by the arguments, of decorators, and of MindSpore's names in a ported file."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from msgspec import UNSET

from compat.scan.knowledge import TableCatalog
from compat.source.literals import literal_of
from compat.source.values import INTEGER, UNKNOWN, Api, Instance, Many, Several, Value, merged

TENSOR = Instance("torch.Tensor")
PAIR = Several((TENSOR, TENSOR))
# Reductions that give values and indices when they are told a dimension; the second argument may also be a tensor.
REDUCTIONS = frozenset({"max", "min", "median", "nanmedian"})
# By the argument that asks for a tuple of tensors.
ASKING = {
    "nonzero": ("as_tuple",), "unique": ("return_inverse", "return_counts"), "unique_consecutive": ("return_inverse", "return_counts"),
}  # fmt: skip
POOLING = frozenset(f"{kind}max_pool{n}d" for kind in ("", "adaptive_", "fractional_") for n in (1, 2, 3))
RECURRENT = {"torch.nn.LSTM": Several((TENSOR, PAIR)), "torch.nn.GRU": PAIR, "torch.nn.RNN": PAIR, "torch.nn.LSTMCell": PAIR}
TRANSPARENT = frozenset({
    "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.jit.ignore", "torch.jit.unused",
    "torch.jit.export", "torch.jit.script", "torch.jit.script_if_tracing", "torch.compile", "torch.fx.wrap",
})  # fmt: skip
TAKING_ANYTHING = frozenset({"torch.nn.Identity"})
SIZES = ("in_channels", "out_channels")
# Layers that refuse what is no whole number there. (A norm takes any size of a tensor.)
OF_SIZES: dict[str, tuple[str, ...]] = {
    "torch.nn.Linear": ("in_features", "out_features"),
    "torch.nn.Embedding": ("num_embeddings", "embedding_dim"),
    "torch.nn.MultiheadAttention": ("embed_dim", "num_heads"),
    **{f"torch.nn.Conv{kind}{n}d": SIZES for kind in ("", "Transpose") for n in (1, 2, 3)},
}
CONTAINERS = {"mindspore.nn.SequentialCell": "torch.nn.Sequential", "mindspore.nn.CellList": "torch.nn.ModuleList"}


class Results(TableCatalog):
    """What calls of PyTorch give, beside what the rows say."""

    def called_with(self, api: str, call: ast.Call) -> Value:
        name = api.rpartition(".")[2]
        if name in REDUCTIONS and api.count(".") <= 2:
            return _reduced(call, first=0 if api.startswith("torch.Tensor.") else 1)
        if name in ASKING:
            return _asked(call, ASKING[name], self.called(api) if name == "nonzero" else TENSOR)
        if name in POOLING and api.startswith("torch.nn.functional."):
            return _asked(call, ("return_indices",), TENSOR)
        if api == "torch.where" and len(call.args) + len(call.keywords) == 1:
            return Many(TENSOR)
        if api == "torch.Tensor.size" and call.args:
            return INTEGER
        return self.called(api)

    def required(self, api: str) -> Mapping[str, Value]:
        api = self.canonical(api)
        row = self.rows.get(api)
        if row is None or not row.is_called or (row.kind == "class" and api not in OF_SIZES):
            return {}
        sizes = OF_SIZES.get(api, ())
        parameters = list(row.parameters.items())[api.startswith("torch.Tensor.") :]
        return {
            name: INTEGER if name in sizes else TENSOR if parameter.type == "Tensor" and row.kind == "function" else UNKNOWN
            for name, parameter in parameters
            if not parameter.keyword_only
        }

    def required_when_invoked(self, of: str) -> Mapping[str, Value]:
        row = self.rows.get(of)
        if row is None or row.kind != "class" or of in TAKING_ANYTHING:
            return {}
        return {name: TENSOR if parameter.type == "Tensor" else UNKNOWN for name, parameter in row.call.items()}

    def registered(self, method: str) -> Value:
        return TENSOR if method in ("register_buffer", "register_parameter") else UNKNOWN

    def tested(self, api: str) -> Value:
        return TENSOR if api == "torch.is_tensor" else UNKNOWN

    def in_comments(self, name: str) -> Value:
        return Api("torch.Tensor") if name == "Tensor" else UNKNOWN

    def keeps_result(self, decorator: str) -> bool:
        return decorator in TRANSPARENT

    def native(self, api: str) -> Value:
        return self._natives.get(api, UNKNOWN)

    @cached_property
    def _natives(self) -> dict[str, Value]:
        """By counterpart: what it gives, where all rows that call it agree; a layer is the one of PyTorch whose place it takes."""
        found: dict[str, Value] = {name: Instance(of) for name, of in CONTAINERS.items()}
        for name, row in self.rows.items():
            if name != row.torch:
                continue
            value = self.called(name)
            for counterpart in row.mindspore:
                known = found.get(counterpart.api)
                found[counterpart.api] = value if known is None else merged(known, value)
        return found


def _reduced(call: ast.Call, first: int) -> Value:
    """One tensor without a dimension, values and indices with one; with a second argument that may be either, one of them."""
    if any(keyword.arg in ("other", "input") or keyword.arg is None for keyword in call.keywords) or any(
        isinstance(argument, ast.Starred) for argument in call.args
    ):
        return UNKNOWN
    if any(keyword.arg in ("dim", "axis") for keyword in call.keywords):
        return PAIR
    if len(call.args) <= first:
        return TENSOR
    given = literal_of(call.args[first])
    return merged(TENSOR, PAIR) if given is UNSET else PAIR if isinstance(given, int) else UNKNOWN


def _asked(call: ast.Call, names: tuple[str, ...], otherwise: Value) -> Value:
    """A tuple of tensors, if an argument asks for it; unknown where the text does not tell."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    asked = [given[name] for name in names if name in given]
    if any(isinstance(one, ast.Constant) and one.value is True for one in asked):
        return Many(TENSOR)
    if None in given or len(call.args) > 2 or any(not (isinstance(one, ast.Constant) and one.value is False) for one in asked):
        return UNKNOWN
    return otherwise
