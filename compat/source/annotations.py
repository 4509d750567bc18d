"""Annotations → what they say that a value is."""

from __future__ import annotations

import ast
from collections.abc import Callable

from compat.source.values import (
    INTEGER,
    NONE,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
    Dictionary,
    Gives,
    Instance,
    Many,
    Object,
    ProjectClass,
    Several,
    Value,
    merged,
)

Lookup = Callable[[str], Value]
SEQUENCES = frozenset(
    {"List", "list", "Sequence", "Iterable", "Iterator", "Set", "set", "Collection", "MutableSequence", "FrozenSet", "frozenset"}
)
WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired"})
DICTIONARIES = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"})
PLAIN = {
    "str": TEXT, "bytes": OTHER, "int": INTEGER, **dict.fromkeys(("float", "bool", "complex"), NUMBER), **dict.fromkeys(DICTIONARIES, OTHER),
}  # fmt: skip


def annotated(node: ast.expr, lookup: Lookup, is_class: Callable[[str], bool]) -> Value:
    """What a value with this annotation is, UNKNOWN where that isn't certain; a tuple of classes, as isinstance takes it, is any of them."""
    kind = type(node)
    if kind is ast.Constant:
        return _constant(node, lookup, is_class)  # type: ignore[arg-type]
    if kind is ast.Name or kind is ast.Attribute:
        return _named(dotted_name(node), lookup, is_class)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return merged(annotated(node.left, lookup, is_class), annotated(node.right, lookup, is_class))
    if isinstance(node, ast.Subscript):
        return _generic(node, lookup, is_class)
    if isinstance(node, ast.Tuple) and node.elts:
        return _any(node.elts, lookup, is_class)
    return UNKNOWN


def _constant(node: ast.Constant, lookup: Lookup, is_class: Callable[[str], bool]) -> Value:
    if node.value is None:
        return NONE
    if not isinstance(node.value, str):
        return UNKNOWN
    try:
        return annotated(ast.parse(node.value.strip(), mode="eval").body, lookup, is_class)
    except (SyntaxError, ValueError):
        return UNKNOWN


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` as a text; empty for what is no name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def _named(dotted: str, lookup: Lookup, is_class: Callable[[str], bool]) -> Value:
    if not dotted:
        return UNKNOWN
    found = lookup(dotted)
    if isinstance(found, Api):
        return Instance(found.name) if is_class(found.name) else UNKNOWN
    if isinstance(found, ProjectClass):
        return Object(found)
    return PLAIN.get(dotted, UNKNOWN)


def _generic(node: ast.Subscript, lookup: Lookup, is_class: Callable[[str], bool]) -> Value:
    name = dotted_name(node.value).rpartition(".")[2]
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in WRAPPERS:
        return annotated(arguments[0], lookup, is_class)
    if name == "Union":
        return _any(arguments, lookup, is_class)
    if name in SEQUENCES:
        return Many(annotated(arguments[0], lookup, is_class))
    if name in ("Tuple", "tuple"):
        if len(arguments) == 2 and isinstance(arguments[1], ast.Constant) and arguments[1].value is Ellipsis:
            return Many(annotated(arguments[0], lookup, is_class))
        return Several(tuple(annotated(one, lookup, is_class) for one in arguments))
    if name in DICTIONARIES and len(arguments) == 2:
        return Dictionary(annotated(arguments[1], lookup, is_class))
    if (name == "Callable" and len(arguments) == 2) or name in ("Type", "type"):
        return Gives(annotated(arguments[-1], lookup, is_class))
    return UNKNOWN


def commented(comment: str, lookup: Lookup, is_class: Callable[[str], bool]) -> tuple[list[Value], Value]:
    """What a comment in the place of annotations says, `# type: (Tensor, int) -> Tensor`: of the arguments, and of the result."""
    try:
        node = ast.parse(comment, mode="func_type")
    except SyntaxError:
        return [], UNKNOWN
    return [annotated(one, lookup, is_class) for one in node.argtypes], annotated(node.returns, lookup, is_class)


def _any(nodes: list[ast.expr], lookup: Lookup, is_class: Callable[[str], bool]) -> Value:
    found = annotated(nodes[0], lookup, is_class)
    for other in nodes[1:]:
        found = merged(found, annotated(other, lookup, is_class))
    return found
