"""The parameters of PyTorch's builtin functions from `native_functions.yaml`, for the modules that no stub describes.

One entry is `func: linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, *, ScalarType? dtype=None) -> Tensor`. What
Python makes of it: `self` of a tensor is `input`, the overload with `out` is the keyword `out=None` of the one without, and
a function that has `pin_memory` takes `requires_grad`, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from compat.signatures.text import KEYWORD, PLAIN, Parameter, Signature

ENTRY = re.compile(r"^- func: (?P<name>\w+)(?:\.(?P<overload>\w+))?\((?P<arguments>.*)\) -> ")
# A comma between arguments; those inside `int[2]` or `[0, 1]` separate nothing.
COMMA = re.compile(r",\s*(?![^\[\]]*\])")
DEFAULTS = {"Mean": "1", "[]": "None", "true": "True", "false": "False", "contiguous_format": "torch.contiguous_format"}


def by_module(text: str) -> dict[tuple[str, str], list[Signature]]:
    """The signatures of each (Python module, name): ("linalg", "linalg_norm"), ("nn", "avg_pool2d")."""
    plain: dict[tuple[str, str], list[Signature]] = defaultdict(list)
    writing: dict[tuple[str, str], list[Signature]] = defaultdict(list)
    for module, name, arguments in _entries(text):
        taken, written = _arguments(arguments)
        (writing if written else plain)[module, name].append(taken)
    return {key: [_with_out(one, writing.get(key, [])) for one in found] for key, found in plain.items()}


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    for block in f"\n{text}".split("\n- func: ")[1:]:
        match = ENTRY.match("- func: " + block)
        module = re.search(r"^  python_module: (\w+)", block, re.MULTILINE)
        variants = re.search(r"^  variants: (.*)", block, re.MULTILINE)
        if match and (variants is None or "function" in variants[1]):
            yield module[1] if module else "", match["name"], match["arguments"]


def _arguments(text: str) -> tuple[Signature, bool]:
    """The parameters, those to write into left out, and whether there were any."""
    found, written, kind = [], False, PLAIN
    for argument in COMMA.split(text) if text else ():
        if argument == "*":
            kind = KEYWORD
            continue
        typed, _, default = argument.partition("=")
        type_, _, name = typed.rpartition(" ")
        if "!)" in type_ and kind == KEYWORD:
            written = True
            continue
        name = "input" if name == "self" and type_.startswith("Tensor") else name
        found.append(Parameter(name, kind, _default(default) if "=" in argument else None))
    return tuple(found), written


def _default(text: str) -> str:
    if text in DEFAULTS:
        return DEFAULTS[text]
    if text.startswith("["):
        items = text[1:-1].replace(",", ", ").replace("  ", " ")
        return f"({items})" if "," in items else f"({items},)"
    return repr(float(text)) if re.fullmatch(r"-?[0-9.]+e-?[0-9]+", text) else text.replace('"', "'")


def _with_out(signature: Signature, writing: list[Signature]) -> Signature:
    """The signature with `out=None` if an overload that writes takes the same, and with `requires_grad` if it creates a tensor."""
    names = [p.name for p in signature]
    creates = "pin_memory" in names
    keywords = [replace(p, default="False") if p.name == "pin_memory" else p for p in signature if p.kind == KEYWORD]
    factory = ("dtype", "layout", "device", "pin_memory") if creates else ()
    wanted = [n for n in names if n not in factory]
    if any([p.name for p in other if p.name not in factory] == wanted for other in writing):
        position = 0 if creates else len(keywords)
        keywords.insert(position, Parameter("out", KEYWORD, "None"))
    if creates:
        keywords.append(Parameter("requires_grad", KEYWORD, "False"))
    return (*(p for p in signature if p.kind == PLAIN), *keywords)
