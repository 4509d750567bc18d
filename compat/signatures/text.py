"""A signature as one line of text, `input, dim=None, *, keepdim=False`: names, order, kinds and defaults, without types."""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import keyword
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# The kinds of parameters, as `inspect` numbers them.
POSITIONAL: int = inspect.Parameter.POSITIONAL_ONLY
PLAIN: int = inspect.Parameter.POSITIONAL_OR_KEYWORD
ARGS: int = inspect.Parameter.VAR_POSITIONAL
KEYWORD: int = inspect.Parameter.KEYWORD_ONLY
KWARGS: int = inspect.Parameter.VAR_KEYWORD
# A default that no literal and no name says (an object, an expression of the source).
SOME = "..."
# What combines numbers in a default that the source writes as an expression.
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
# What `repr` writes of an object that no expression makes.
ADDRESS = re.compile(r"[<>]| at 0x")


@dataclass(frozen=True)
class Parameter:
    """One parameter; `default` is the source text of its default, None where it is required."""

    name: str
    kind: int = PLAIN
    default: str | None = None

    @property
    def variadic(self) -> bool:
        return self.kind in (ARGS, KWARGS)


Signature = tuple[Parameter, ...]


def written(signature: Signature) -> str:
    """The text between the parentheses."""
    parts = []
    previous = PLAIN
    for parameter in signature:
        if previous == POSITIONAL and parameter.kind != POSITIONAL:
            parts.append("/")
        if parameter.kind == KEYWORD and previous not in (ARGS, KEYWORD):
            parts.append("*")
        stars = {ARGS: "*", KWARGS: "**"}.get(parameter.kind, "")
        parts.append(stars + parameter.name + ("" if parameter.default is None else f"={parameter.default}"))
        previous = parameter.kind
    return ", ".join(parts + (["/"] if previous == POSITIONAL else []))


@functools.cache
def parsed(text: str) -> Signature:
    """The signature that a text says. Raises SyntaxError for one that is none."""
    (function,) = ast.parse(f"def _({text}): ...").body
    assert isinstance(function, ast.FunctionDef)
    return of_arguments(function.args)


def of_arguments(arguments: ast.arguments) -> Signature:
    """The signature of a `def` in source text; a default is written as the source has it."""
    plain = [(a, POSITIONAL) for a in arguments.posonlyargs] + [(a, PLAIN) for a in arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    found = [Parameter(a.arg, kind, _source(default)) for (a, kind), default in zip(plain, defaults, strict=True)]
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, ARGS))
    found += [Parameter(a.arg, KEYWORD, _source(d)) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, KWARGS))
    return tuple(found)


def _source(default: ast.expr | None) -> str | None:
    return None if default is None else ast.unparse(default)


def of_callable(function: Callable[..., Any]) -> Signature:
    """The signature of an object that runs. Raises ValueError or TypeError where `inspect` finds none."""
    return tuple(
        Parameter(p.name, p.kind, None if p.default is p.empty else shown(p.default))
        for p in inspect.signature(function).parameters.values()
    )


def shown(value: Any) -> str:
    """A default as text: a literal as Python writes it, an enumeration or a function by name, any other object as `...`."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if inspect.isclass(value) or inspect.isroutine(value):
        return str(value.__name__) if value.__name__.isidentifier() else SOME
    text = repr(value)
    if ADDRESS.search(text):
        return SOME
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        return SOME


class Symbol(str):
    """The text of a default that is no literal: a name, an object, a call."""


def literal(text: str) -> Any:
    """The value of a default's text where it is a literal, or literals that arithmetic combines (`1.0 / 3`); else a Symbol."""
    if text in ("inf", "nan", "-inf"):
        return float(text)
    try:
        return _evaluated(ast.parse(text, mode="eval").body)
    except (ValueError, SyntaxError, ArithmeticError):
        return Symbol(text)


def _evaluated(node: ast.expr) -> Any:
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        left, right = _evaluated(node.left), _evaluated(node.right)
        if all(isinstance(side, (int, float)) for side in (left, right)):
            return ARITHMETIC[type(node.op)](left, right)
    found = ast.literal_eval(node)
    if found is ...:
        raise ValueError("what `...` stands for is not said")
    return found


def without_first(signature: Signature) -> Signature:
    """A method's signature as its caller sees it."""
    return signature[1:] if signature and not signature[0].variadic else signature


def nameable(signature: Signature) -> bool:
    return not any(keyword.iskeyword(p.name) for p in signature)


def says_nothing(signature: Signature) -> bool:
    """Whether it is `(*args, **kwargs)`, or one of these alone: what passes its arguments on and does not tell which."""
    return bool(signature) and all(p.variadic and p.name in ("args", "kwargs") for p in signature)


def sensible(signatures: Iterable[Signature]) -> list[Signature]:
    """Without repetition, and without `(*args, **kwargs)` where something else says more."""
    distinct = list(dict.fromkeys(signatures))
    return [s for s in distinct if not (says_nothing(s) and len(s) == 2)] or distinct
