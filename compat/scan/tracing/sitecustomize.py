"""Records what every place of a program calls, while the program runs on PyTorch: which method of which class.

Python imports a module of this name at its start. It stands in a folder of its own, which `compat scan --trace` puts on the path of the
program, and needs nothing but the standard library and the program's own torch. Python's profiling hook tells of every call. What is new at
a place is written at once, as a line of JSON, to the file COMPAT_TRACE: all processes of a program append to it, and one that ends without a
word has said what it knew. A line is [file, place, names]: the place as `ast` counts, "line:column:end line:end column", the names of what was
called there, several with a space between where it goes by several names.
"""

from __future__ import annotations

import atexit
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import sysconfig
import threading
from collections.abc import Iterator
from opcode import opmap
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

TRACE = os.environ.get("COMPAT_TRACE", "")
HERE = os.getcwd()  # what a relative file name is relative to, wherever the program goes
CALLS = frozenset(opmap[name] for name in ("CALL", "CALL_FUNCTION_EX", "CALL_KW", "PRECALL") if name in opmap)
# Called at a place that belongs to what opens the `with`.
CLOSING = frozenset({"__exit__", "__aexit__"})
SEVERAL = 4  # inspect.CO_VARARGS, whose module costs more than this one


class Place:
    """The calls of one code object: where they stand, and what was already seen of each."""

    __slots__ = ("code", "file", "operations", "positions", "seen")

    def __init__(self, code: CodeType, file: str) -> None:
        self.code = code
        self.file = file
        self.operations = code.co_code
        self.positions: list[Any] = []
        self.seen: set[Any] = set()

    def text(self, at: int) -> str:
        """Line, column, end line and end column of an instruction; empty where Python does not say, or where it is no call."""
        while not self.operations[at]:  # an instruction of no effect, which Python keeps room for behind a call
            at -= 2
        if self.operations[at] not in CALLS:
            return ""
        if not self.positions:
            self.positions = list(self.code.co_positions())
        line, end_line, column, end_column = self.positions[at // 2]
        return "" if None in (line, end_line, column, end_column) else f"{line}:{column}:{end_line}:{end_column}"


class Trace:
    """What is called, by the names that PyTorch documents; `bases` are the classes whose methods are of interest."""

    def __init__(self, torch: Any, file: int) -> None:
        self.file = file
        self.own = os.path.join(os.path.dirname(torch.__file__), "")
        paths = sysconfig.get_paths()
        self.library = tuple(os.path.join(paths[each], "") for each in ("stdlib", "platstdlib"))
        self.installed = tuple(os.path.join(paths[each], "") for each in ("purelib", "platlib"))
        self.places: dict[int, Place | None] = {}
        self.kept: list[CodeType] = []  # so that no other gets the identity of one of them
        self.hook: Any = None
        self.tensor = torch.Tensor
        self.bases = {
            "torch.Tensor": torch.Tensor,
            "torch.nn.Module": torch.nn.Module,
            "torch.optim.Optimizer": torch.optim.Optimizer,
            "torch.optim.lr_scheduler.LRScheduler": torch.optim.lr_scheduler.LRScheduler,
        }
        self.schedulers = torch.optim.lr_scheduler.__file__
        self.methods = {name for base in self.bases.values() for name in dir(base) if not name.startswith("_")}

    def start(self) -> None:
        """In this thread, and in each that begins from now on."""
        threading.setprofile(self._first)
        self.hook = self._hook()
        sys.setprofile(self.hook)
        atexit.register(self._end)

    def _end(self) -> None:
        if sys.getprofile() is not self.hook and threading.current_thread() is threading.main_thread():
            print("compat: the program set a profiling function of its own; what it called after that is not traced", file=sys.stderr)

    def _first(self, frame: FrameType, event: str, argument: Any) -> None:
        hook = self._hook()
        sys.setprofile(hook)
        hook(frame, event, argument)

    def _hook(self) -> Any:
        """The function that Python calls for every call and return in one thread."""
        running: list[FrameType] = []  # those that wait for a function written in C: what it calls is not called by their text
        places, place_of, called, called_python = self.places, self._place, self._called, self._called_python

        def hook(frame: FrameType, event: str, argument: Any) -> None:
            if event == "c_call":
                running.append(frame)
                code = frame.f_code
                place = places[id(code)] if id(code) in places else place_of(code)
                if place is not None:
                    at, receiver = frame.f_lasti, argument.__self__
                    key = at, type(receiver), argument.__name__
                    if key not in place.seen:
                        place.seen.add(key)
                        called(place, at, receiver, argument)
            elif event == "call":
                caller = frame.f_back
                if caller is None or (running and running[-1] is caller):
                    return
                code = caller.f_code
                place = places[id(code)] if id(code) in places else place_of(code)
                if place is not None and (caller.f_lasti, id(frame.f_code)) not in place.seen:
                    called_python(place, caller.f_lasti, frame)
            elif event != "return":
                while running and running.pop() is not frame:
                    pass

        return hook

    def _place(self, code: CodeType) -> Place | None:
        """A new code object; None for those of PyTorch, of the standard library, of no file, and those without a name of a method."""
        if code.co_filename[:1] == "<":  # a program may make such without end
            return None
        file = os.path.join(HERE, code.co_filename)
        mine = (file.startswith(self.installed) or not file.startswith(self.library)) and not file.startswith(self.own) and file != __file__
        wanted = mine and not self.methods.isdisjoint(code.co_names)
        place = Place(code, os.path.realpath(file)) if wanted and os.path.isfile(file) else None
        self.kept.append(code)
        self.places[id(code)] = place
        return place

    def _called(self, place: Place, at: int, receiver: Any, function: Any) -> None:
        """A function written in C."""
        if function.__name__ in CLOSING:
            return
        kind = type(receiver)
        if issubclass(kind, self.tensor):
            name = f"torch.Tensor.{function.__name__}"
        elif receiver is None or isinstance(receiver, type(os)) or issubclass(kind, type):
            name = f"{function.__module__ or getattr(receiver, '__name__', '')}.{function.__qualname__}"
        else:
            name = f"{kind.__module__}.{kind.__qualname__}.{function.__name__}"
        self._write(place, at, name)

    def _called_python(self, place: Place, at: int, frame: FrameType) -> None:
        """A function written in Python."""
        code = frame.f_code
        shared = code.co_flags & SEVERAL and not code.co_argcount  # of a decorator: it stands for many a method
        receiver = self._receiver(frame, code)
        names = " ".join(sorted(self._names(receiver, code))) or f"{frame.f_globals.get('__name__', '')}.{code.co_qualname}"
        if not shared and code.co_filename[:1] != "<":
            self.kept.append(code)
            place.seen.add((at, id(code)))
        if (at, names) not in place.seen and code.co_name not in CLOSING:
            place.seen.add((at, names))
            self._write(place, at, names)

    @staticmethod
    def _receiver(frame: FrameType, code: CodeType) -> Any:
        """What a method is called on: the first argument, also of `(*arguments)`."""
        if code.co_argcount:
            return frame.f_locals.get(code.co_varnames[0])
        if code.co_flags & SEVERAL:
            given = frame.f_locals.get(code.co_varnames[code.co_kwonlyargcount])
            return given[0] if given else None
        return None

    def _names(self, receiver: Any, code: CodeType) -> Iterator[str]:
        """The methods that a function is of an object; a method that another of the project's classes overrides is still the base's."""
        kind = type(receiver)
        if code.co_name == "wrapper" and code.co_filename == self.schedulers:
            yield "torch.optim.Optimizer.step"  # a scheduler has put it in the place of its optimizer's method, without the receiver
        base = next((name for name, each in self.bases.items() if issubclass(kind, each)), None)
        if base is None:
            return
        own = getattr(receiver, "__dict__", {}) if base != "torch.Tensor" else {}
        overridden = base == "torch.Tensor" and not os.path.join(HERE, code.co_filename).startswith(self.own)
        for name in {name for each in (own, *map(vars, kind.__mro__)) for name, value in each.items() if _is(value, code)}:
            if not overridden and hasattr(self.bases[base], name):
                yield f"{base}.{name}"
            else:
                yield f"{kind.__module__}.{kind.__qualname__}.{name}"

    def _write(self, place: Place, at: int, names: str) -> None:
        text = place.text(at)
        if not text:
            return
        try:
            os.write(self.file, (json.dumps([place.file, text, names]) + "\n").encode())
        except OSError as error:  # the program has closed what it did not open
            sys.setprofile(None)
            threading.setprofile(None)
            print(f"compat: the trace ends here: {error}", file=sys.stderr)


def _is(value: Any, code: CodeType) -> bool:
    """Whether a value is a function of this code, or a method that binds one."""
    function = value.__func__ if isinstance(value, MethodType | classmethod | staticmethod) else value
    return isinstance(function, FunctionType) and function.__code__ is code


class _Finder(importlib.abc.MetaPathFinder):
    """Starts the trace when the program has imported torch."""

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> Any:
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                Trace(module, os.open(TRACE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)).start()

            vars(spec.loader)["exec_module"] = exec_module
        return spec


def _next_of_this_name() -> None:
    """Import the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


if TRACE:
    sys.meta_path.insert(0, _Finder())
_next_of_this_name()
