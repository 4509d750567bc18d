"""Every exception a user can see that neither framework has a type for, and how an error crosses the boundary.

An imitated API raises the imitated framework's own type (`ValueError`, `RuntimeError`, …), so that the `except` clauses of
existing programs still work. The types below say what only this project can say: not supported, not installed, a bad table.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


class CompatError(Exception):
    """Base of every error type that is this project's own."""


class FrameworkMissing(CompatError, ImportError):
    """A framework that the call needs is not installed, or its release is not one that is known to work."""


class UnsupportedArgument(CompatError, NotImplementedError):
    """An argument that the imitated framework would act on, and that this backend can't."""

    def __init__(self, api: str, argument: str, value: object, supported: str) -> None:
        super().__init__(
            f"{api}: {argument}={value!r} is not supported on this backend; supported: {supported}. See `compat explain {api}`."
        )
        self.api, self.argument, self.value, self.supported = api, argument, value, supported

    def __reduce__(self) -> Any:
        return type(self), (self.api, self.argument, self.value, self.supported), self.__dict__


class UnsupportedAPI(CompatError, NotImplementedError):
    """A name of the imitated framework that has no implementation here yet."""


class TableError(CompatError, ValueError):
    """One or more mistakes in the table; `problems` holds them, each as `file:line:column: what is wrong, what was expected`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UsageError(CompatError):
    """A command line that cannot be carried out; its text is what the user reads."""


def invalid(kind: type[Exception], message: str) -> Exception:
    """An exception of the imitated framework's own type, marked so that the boundary lets it pass unchanged."""
    error = kind(message)
    error.__dict__["raised_by_compat"] = True
    return error


def at_boundary(api: str, error: Exception, kind: type[Exception], **arguments: Any) -> Exception:
    """The error to raise for `api` after its backend raised `error`.

    What `invalid` made keeps its type, and gains the API's name if it lacks it. A name that the backend lacks becomes
    UnsupportedAPI. Anything else becomes one `kind`, the type that the imitated framework raises there, and its message
    gains the API's name and the shapes and dtypes of the arguments.
    """
    if isinstance(error, CompatError):
        return error
    if error.__dict__.get("raised_by_compat"):
        return error if api in str(error) else _caused(invalid(type(error), f"{api}: {error}"), error)
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return _caused(UnsupportedAPI(f"{api}: the installed backend has no {error.obj.__name__}.{error.name}"), error)
    shown = ", ".join(f"{name}: {described(value)}" for name, value in arguments.items() if value is not None)
    reason = first_line(error)
    if type(error) is TypeError and kind is ValueError:
        kind = TypeError  # a wrong type is one on both sides
    return _caused(invalid(kind, f"{api}({shown}): {reason}"), error)


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def first_line(error: Exception) -> str:
    """The first line of an error's message that says something: MindSpore frames its messages with rules of dashes."""
    lines = (line.strip(" -") for line in str(error).splitlines())
    return next((line for line in lines if line and line != "Kernel select failed:"), "")


def described(value: Any) -> str:
    """A short text for an argument: dtype and shape of a tensor, `repr` of anything else."""
    shape = getattr(value, "shape", None)
    if shape is None:
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "..."
    return f"{str(value.dtype).rpartition('.')[2]}{list(shape)}"
