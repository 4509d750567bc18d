"""Unpickling: what a file of weights may name here, and Python's own machine for files that the caller trusts."""

from __future__ import annotations

import pickle
import pickletools
from typing import Any

from compat.checkpoints.unpickling import RENAMED, RENAMED_MODULES, Machine, PersistentLoad
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.serialization import safety
from compat.torch_on_mindspore.serialization.kinds import BY_CLASS_NAME, StorageKind
from compat.torch_on_mindspore.serialization.names import imported, is_of_torch


class WeightsUnpickler(Machine):
    """Calls nothing that `safety` does not list."""

    def named(self, path: str) -> Any:
        return safety.CALLABLE.get(path) or safety.MENTIONED.get(path) or safety.allowed_by_program(path)

    def may_call(self, function: Any) -> bool:
        return id(function) in safety.callables() or safety.is_allowed_by_program(function)

    def allows(self, thing: Any) -> bool:
        return safety.is_allowed_by_program(thing)

    def made(self, kind: Any, arguments: Any) -> Any:
        return Parameter(*arguments) if kind is Parameter else super().made(kind, arguments)

    def unknown(self, path: str) -> pickle.UnpicklingError:
        shown = path.removeprefix("builtins.")
        return pickle.UnpicklingError(
            f"Unsupported global: GLOBAL {shown} was not an allowed global by default. Please use "
            f"`torch.serialization.add_safe_globals([{shown}])` or the `torch.serialization.safe_globals([{shown}])` context "
            "manager to allowlist this global if you trust this class/function."
        )


def full_unpickler(pickle_module: Any, file: Any, persistent_load: PersistentLoad, **options: Any) -> Any:
    """An unpickler of `pickle_module` that runs whatever the file says, and finds PyTorch's names in compat.torch."""

    class Unpickler(pickle_module.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            module, name = RENAMED.get((module, name), (module, name))
            if is_of_torch(module):
                known = module in ("torch", "torch.storage") and (name in BY_CLASS_NAME or name == "UntypedStorage")
                return StorageKind(name) if known else imported(module, name)
            return super().find_class(module, name)

    made = Unpickler(file, **options)
    made.persistent_load = persistent_load
    return made


def names_in(file: Any) -> set[str]:
    """Every name that the pickle mentions, which is not loaded."""
    found = set()
    for opcode, argument, _ in pickletools.genops(file):
        if opcode.name == "GLOBAL":
            module, _, name = str(argument).partition(" ")
            found.add(f"{RENAMED_MODULES.get(module, module)}.{name}")
    return found
