"""The restricted machine that reads the pickles of weights: no code of the file's runs, and a subclass says what it may name."""

from __future__ import annotations

import pickle
import pickletools
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar

from compat.errors import invalid

# the names that Python 2 had, which pickles of protocol 2 still use
RENAMED_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
RENAMED = {("torch.tensor", "_rebuild_from_type_v2"): ("torch._tensor", "_rebuild_from_type_v2")}
MARK: Any = object()

PersistentLoad = Callable[[Any], Any]
CONTAINERS = (OrderedDict, Counter, set)


def encoded(text: str, encoding: str) -> bytes:
    """How pickles of protocol 2 spell bytes."""
    if encoding != "latin1":
        raise invalid(ValueError, f"bytes in a file of weights are spelt in latin1, not {encoding!r}")
    return text.encode(encoding)


def byte_array(content: bytes | str = b"", encoding: str = "latin1") -> bytearray:
    """A bytearray of this content; TypeError for a size, which would let a small file take any amount of memory."""
    if not isinstance(content, (bytes, str)):
        raise invalid(TypeError, f"a bytearray is made of bytes, not of {type(content).__name__}")
    return bytearray(encoded(content, encoding) if isinstance(content, str) else content)


# plain data that a file of weights may call
PLAIN: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "builtins.set": set,
    "builtins.complex": complex,
    "builtins.bytearray": byte_array,
    "_codecs.encode": encoded,
}


class Machine:
    """Runs the opcodes that PyTorch's files of weights have, and calls nothing but what `named` gives and `may_call` allows.

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

    # --- what a file may name, and call ---

    BLOCKED: ClassVar[tuple[str, ...]] = ("sys", "os", "posix", "nt")  # not even on request

    def named(self, path: str) -> Any:
        """What the file means by a dotted name; None for one that it may not mention."""
        raise NotImplementedError

    def may_call(self, function: Any) -> bool:
        """Whether a function that `named` gave may be called."""
        raise NotImplementedError

    def allows(self, _thing: Any) -> bool:
        """Whether the program itself has allowed a class or function: its objects then take items and attributes."""
        return False

    def made(self, kind: Any, arguments: Any) -> Any:
        """A new object of a class; None for a class of which the file may make none."""
        return kind.__new__(kind, *arguments) if isinstance(kind, type) and (kind in CONTAINERS or self.allows(kind)) else None

    def unknown(self, path: str) -> pickle.UnpicklingError:
        """The error for a name that the file may not mention."""
        return pickle.UnpicklingError(f"it names {path.removeprefix('builtins.')}, which is neither a tensor nor plain data")

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
        if type(found) not in kinds and not self.allows(type(found)):
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
        if module in self.BLOCKED:
            raise pickle.UnpicklingError(f"Trying to load unsupported GLOBAL {path} whose module {module} is blocked.")
        found = self.named(path)
        if found is None:
            raise self.unknown(path)
        self.stack.append(found)

    def reduce(self, _argument: None) -> None:
        arguments, function = self.pop(), self.pop()
        if not self.may_call(function):
            raise pickle.UnpicklingError(f"Trying to call reduce for unrecognized function {function!r}")
        self.stack.append(function(*arguments))

    def new_object(self, _argument: None) -> None:
        arguments, kind = self.pop(), self.pop()
        made = self.made(kind, arguments)
        if made is None:
            raise pickle.UnpicklingError(
                f"Can only create new object for nn.Parameter or classes allowlisted via `add_safe_globals` but got {kind!r}"
            )
        self.stack.append(made)

    def build(self, _argument: None) -> None:
        state, made = self.pop(), self.stack[-1]
        if type(made) is OrderedDict:
            made.__dict__.update(state)
        elif self.allows(type(made)):
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


def _constant(make: Callable[[], Any]) -> Callable[[Machine, Any], None]:
    return lambda machine, _argument: machine.stack.append(make())


def _tuple(count: int) -> Callable[[Machine, Any], None]:
    return lambda machine, _argument: machine.tuple_of(count)


# the opcodes that PyTorch's own restricted machine runs
OPCODES: dict[str, Callable[[Machine, Any], None]] = {
    "PROTO": lambda _machine, _argument: None,
    **dict.fromkeys(("BININT", "BININT1", "BININT2", "BINFLOAT", "LONG1", "BINUNICODE"), Machine.push),
    "NONE": _constant(lambda: None),
    "NEWTRUE": _constant(lambda: True),
    "NEWFALSE": _constant(lambda: False),
    "MARK": _constant(lambda: MARK),
    "EMPTY_TUPLE": _constant(tuple),
    "EMPTY_LIST": _constant(list),
    "EMPTY_DICT": _constant(dict),
    "EMPTY_SET": _constant(set),
    **{name: _tuple(count) for name, count in (("TUPLE", 0), ("TUPLE1", 1), ("TUPLE2", 2), ("TUPLE3", 3))},
    "SHORT_BINSTRING": Machine.string,
    **dict.fromkeys(("BINGET", "LONG_BINGET"), Machine.get),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), Machine.put),
    "APPEND": Machine.append,
    "APPENDS": Machine.extend,
    "SETITEM": Machine.set_item,
    "SETITEMS": Machine.set_items,
    "GLOBAL": Machine.find,
    "REDUCE": Machine.reduce,
    "NEWOBJ": Machine.new_object,
    "BUILD": Machine.build,
    "BINPERSID": Machine.persistent,
}
