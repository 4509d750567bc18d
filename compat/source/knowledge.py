"""What reading source needs to know from elsewhere: the framework's API, and the project's other files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Protocol

from compat.source.values import ProjectModule, Value


class Catalog(Protocol):
    """What is known of a framework's API."""

    def is_root(self, name: str) -> bool:
        """Whether it is the framework's top package."""

    @property
    def call_method(self) -> str:
        """The method of a layer that a call of it runs: `forward`, `construct`."""

    def is_class(self, api: str) -> bool: ...

    def called(self, api: str) -> Value:
        """What a call of a function or class gives."""

    def called_with(self, api: str, call: ast.Call) -> Value:
        """What this call gives, where that depends on the arguments."""

    def native(self, api: str) -> Value:
        """What a call of a name of the other framework gives, where an earlier port has put it."""

    def registered(self, method: str) -> Value:
        """What an attribute is that a method registers: a buffer, a parameter."""

    def tested(self, api: str) -> Value:
        """What an argument is of which this function says yes: `torch.is_tensor`."""

    def in_comments(self, name: str) -> Value:
        """What a name stands for in a comment that is an annotation, and that the framework's compiler reads."""

    def keeps_result(self, decorator: str) -> bool:
        """Whether a function with this decorator still gives what it returns."""

    def required(self, api: str) -> Mapping[str, Value]:
        """The parameters of a function or class, in order, and what an argument certainly is once it was taken: UNKNOWN for any."""

    def required_when_invoked(self, of: str) -> Mapping[str, Value]:
        """The same of a call of an instance."""

    def invoked(self, of: str) -> Value:
        """What a call of an instance gives: a layer's output."""

    def gives_receiver(self, api: str) -> bool:
        """Whether a method gives the object that it is called on."""

    def operated(self, of: str) -> Value:
        """What an operator gives, one side of which is such an instance."""

    def attribute(self, of: str, name: str) -> Value:
        """What an attribute of an instance is: a value, or a Method."""

    def item(self, of: str) -> Value:
        """What an instance gives when it is indexed or iterated over."""

    def is_method(self, name: str) -> bool:
        """Whether some class of the framework has a method of this name, so that a call of it on an unknown receiver may be its."""

    def exported(self, module: str) -> Iterable[str]:
        """The names that `from MODULE import *` binds."""


class Project(Protocol):
    """The other files of the project."""

    def module(self, name: str) -> ProjectModule | None:
        """The module of that absolute name, if it is one of the project."""

    def exported(self, module: str, name: str) -> Value:
        """What a name of a module of the project stands for."""

    def exported_names(self, module: str) -> Iterable[str]: ...
