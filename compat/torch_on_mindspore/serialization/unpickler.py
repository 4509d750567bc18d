"""Unpickling: the restricted machine for weights, and Python's own for files that the caller trusts."""

from __future__ import annotations

import pickle
import pickletools
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.serialization import safety
from compat.torch_on_mindspore.serialization.kinds import BY_CLASS_NAME, StorageKind
from compat.torch_on_mindspore.serialization.names import imported, is_of_torch

# the names that Python 2 had, which pickles of protocol 2 still use
RENAMED_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
RENAMED = {("torch.tensor", "_rebuild_from_type_v2"): ("torch._tensor", "_rebuild_from_type_v2")}
MARK: Any = object()

PersistentLoad = Callable[[Any], Any]


class WeightsUnpickler:
    """Runs the opcodes that PyTorch's files of weights have, and calls nothing that `safety` does not list.

    Anything else is an UnpicklingError: other opcodes, other names, and attributes for objects that take none.
    """

    def __init__(self, file: Any, persistent_load: PersistentLoad, encoding: str = "utf-8") -> None:
        self.file, self.persistent_load, self.encoding = file, persistent_load, encoding
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.within_caller = False  # what the caller's function raises is no fault of the file

    def load(self) -> Any:
        try:
            for opcode, argument, _ in pickletools.genops(self.file):
                if opcode.name == "STOP":
                    return self.pop()
                handler = OPCODES.get(opcode.name)
                if handler is None:
                    raise pickle.UnpicklingError(f"Unsupported operand {ord(opcode.code)} ({opcode.name})")
                handler(self, argument)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            if self.within_caller:
                raise
            raise pickle.UnpicklingError(f"the file is damaged, or was made to do harm: {error}") from error
        raise AssertionError("genops ends at STOP or raises")

    # --- the stack ---

    def pop(self) -> Any:
        found = self.stack.pop()
        if found is MARK:
            raise IndexError("a mark where a value is expected")
        return found

    def pop_to_mark(self) -> list[Any]:
        at = len(self.stack) - 1
        while self.stack[at] is not MARK:
            at -= 1
            if at < 0:
                raise IndexError("no mark")
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def target(self, kinds: tuple[type, ...], opcode: str) -> Any:
        """The container that a value is to be put in; of these very types, or of one that the program allows."""
        found = self.stack[-1]
        if type(found) not in kinds and not safety.is_allowed_by_program(type(found)):
            raise pickle.UnpicklingError(f"Can't run {opcode} on {type(found)}")
        return found

    # --- opcodes ---

    def push(self, argument: Any) -> None:
        self.stack.append(argument)

    def tuple_of(self, count: int) -> None:
        if count:
            items = [self.pop() for _ in range(count)]
            self.stack.append(tuple(reversed(items)))
        else:
            self.stack.append(tuple(self.pop_to_mark()))

    def string(self, argument: str) -> None:
        # genops decodes what may be bytes of Python 2 as latin1
        content = argument.encode("latin-1")
        self.stack.append(content if self.encoding == "bytes" else content.decode(self.encoding))

    def get(self, argument: int) -> None:
        self.stack.append(self.memo[argument])

    def put(self, argument: int) -> None:
        self.memo[argument] = self.stack[-1]

    def append(self, _argument: None) -> None:
        item = self.pop()
        self.target((list,), "APPEND").append(item)

    def extend(self, _argument: None) -> None:
        items = self.pop_to_mark()
        self.target((list,), "APPENDS").extend(items)

    def set_item(self, _argument: None) -> None:
        value, key = self.pop(), self.pop()
        self.target((dict, OrderedDict, Counter), "SETITEM")[key] = value

    def set_items(self, _argument: None) -> None:
        items = self.pop_to_mark()
        target = self.target((dict, OrderedDict, Counter), "SETITEMS")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key] = value

    def find(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        module = RENAMED_MODULES.get(module, module)
        path = ".".join(RENAMED.get((module, name), (module, name)))
        if module in safety.BLOCKED_MODULES:
            raise pickle.UnpicklingError(f"Trying to load unsupported GLOBAL {path} whose module {module} is blocked.")
        found = safety.CALLABLE.get(path) or safety.MENTIONED.get(path) or safety.allowed_by_program(path)
        if found is None:
            shown = path.removeprefix("builtins.")
            raise pickle.UnpicklingError(
                f"Unsupported global: GLOBAL {shown} was not an allowed global by default. Please use "
                f"`torch.serialization.add_safe_globals([{shown}])` or the `torch.serialization.safe_globals([{shown}])` context "
                "manager to allowlist this global if you trust this class/function."
            )
        self.stack.append(found)

    def reduce(self, _argument: None) -> None:
        arguments, function = self.pop(), self.pop()
        if not (id(function) in safety.callables() or safety.is_allowed_by_program(function)):
            raise pickle.UnpicklingError(f"Trying to call reduce for unrecognized function {function!r}")
        self.stack.append(function(*arguments))

    def new_object(self, _argument: None) -> None:
        arguments, kind = self.pop(), self.pop()
        if kind is Parameter:
            self.stack.append(Parameter(*arguments))
        elif isinstance(kind, type) and (kind in (OrderedDict, Counter, set) or safety.is_allowed_by_program(kind)):
            self.stack.append(kind.__new__(kind, *arguments))
        else:
            raise pickle.UnpicklingError(
                f"Can only create new object for nn.Parameter or classes allowlisted via `add_safe_globals` but got {kind!r}"
            )

    def build(self, _argument: None) -> None:
        state, made = self.pop(), self.stack[-1]
        if type(made) is OrderedDict:
            made.__dict__.update(state)
        elif safety.is_allowed_by_program(type(made)):
            set_state(made, state)
        else:
            raise pickle.UnpicklingError(f"Can only build OrderedDict or types allowlisted via `add_safe_globals`, but got {type(made)}")

    def persistent(self, _argument: None) -> None:
        identity = self.pop()
        if type(identity) is not tuple or not identity or identity[0] not in ("storage", b"storage"):
            raise pickle.UnpicklingError("Only persistent_load of storage is allowed")
        self.within_caller = True
        self.stack.append(self.persistent_load(identity))
        self.within_caller = False


def set_state(made: Any, state: Any) -> None:
    """What Python's own BUILD does."""
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes:
        made.__dict__.update(attributes)
    for name, value in (slots or {}).items():
        setattr(made, name, value)


def _constant(make: Callable[[], Any]) -> Callable[[WeightsUnpickler, Any], None]:
    return lambda machine, _argument: machine.stack.append(make())


def _tuple(count: int) -> Callable[[WeightsUnpickler, Any], None]:
    return lambda machine, _argument: machine.tuple_of(count)


# the opcodes that PyTorch's own restricted machine runs
OPCODES: dict[str, Callable[[WeightsUnpickler, Any], None]] = {
    "PROTO": lambda _machine, _argument: None,
    **dict.fromkeys(("BININT", "BININT1", "BININT2", "BINFLOAT", "LONG1", "BINUNICODE"), WeightsUnpickler.push),
    "NONE": _constant(lambda: None),
    "NEWTRUE": _constant(lambda: True),
    "NEWFALSE": _constant(lambda: False),
    "MARK": _constant(lambda: MARK),
    "EMPTY_TUPLE": _constant(tuple),
    "EMPTY_LIST": _constant(list),
    "EMPTY_DICT": _constant(dict),
    "EMPTY_SET": _constant(set),
    **{name: _tuple(count) for name, count in (("TUPLE", 0), ("TUPLE1", 1), ("TUPLE2", 2), ("TUPLE3", 3))},
    "SHORT_BINSTRING": WeightsUnpickler.string,
    **dict.fromkeys(("BINGET", "LONG_BINGET"), WeightsUnpickler.get),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), WeightsUnpickler.put),
    "APPEND": WeightsUnpickler.append,
    "APPENDS": WeightsUnpickler.extend,
    "SETITEM": WeightsUnpickler.set_item,
    "SETITEMS": WeightsUnpickler.set_items,
    "GLOBAL": WeightsUnpickler.find,
    "REDUCE": WeightsUnpickler.reduce,
    "NEWOBJ": WeightsUnpickler.new_object,
    "BUILD": WeightsUnpickler.build,
    "BINPERSID": WeightsUnpickler.persistent,
}


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
