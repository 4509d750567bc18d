"""The rows against the signatures of an installed framework: the names, order, kinds and defaults of the parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from compat import frameworks
from compat.table.load import place
from compat.table.model import MindSporeParameter, Table, TorchParameter
from compat.table.source import Problem

ABSENT = object()


def mismatches(table: Table, framework: str) -> Iterator[Problem]:
    """Yield each row entry that an installed framework ("torch" or "mindspore") contradicts, at its place in the table."""
    root = frameworks.load(framework)
    for row in table.rows.values():
        if framework == "torch":
            for message in _against(root, row.torch, row.kind, row.parameters, row.call, "forward"):
                yield place(table, row.torch, ("parameters",), message)
            continue
        for index, counterpart in enumerate(row.mindspore):
            for message in _against(root, counterpart.api, row.kind, counterpart.parameters, counterpart.call, "construct"):
                yield place(table, row.torch, ("mindspore", index, "parameters"), message)


def _against(root: Any, api: str, kind: str, parameters: dict[str, Any], call: dict[str, Any], method: str) -> Iterator[str]:
    try:
        target = functools.reduce(getattr, api.split(".")[1:], root)
    except AttributeError:
        yield f"{api}: the installed {root.__name__} {root.__version__} has no such name"
        return
    if kind == "function":
        yield from _compared(api, parameters, target)
        return
    yield from _compared(f"{api}()", parameters, target.__init__)
    yield from _compared(f"{api}.{method}", call, getattr(target, method))


def _compared(what: str, expected: dict[str, TorchParameter | MindSporeParameter], function: Any) -> Iterator[str]:
    installed = list(inspect.signature(inspect.unwrap(function)).parameters.values())
    actual = {p.name: p for p in installed if p.name != "self"}
    if list(actual) != list(expected):
        yield f"{what}: parameters {', '.join(expected)}; installed: {', '.join(actual)}"
        return
    for name, parameter in expected.items():
        default = UNSET if actual[name].default is inspect.Parameter.empty else actual[name].default
        wanted = tuple(parameter.default) if isinstance(parameter.default, list) else parameter.default
        if wanted is not default and (wanted != default or isinstance(wanted, bool) != isinstance(default, bool)):
            yield f"{what}: {name} defaults to {_shown(wanted)}; installed: {_shown(default)}"
        if parameter.keyword_only != (actual[name].kind is inspect.Parameter.KEYWORD_ONLY):
            yield f"{what}: {name} is {'' if parameter.keyword_only else 'not '}keyword-only in the row; installed: the reverse"


def _shown(value: Any) -> str:
    return "nothing (required)" if value is UNSET else repr(value)
