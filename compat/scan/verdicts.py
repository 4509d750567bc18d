"""One use of an API → how well the table supports it, with these arguments, and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from msgspec import UNSET

from compat.parity import status
from compat.parity.record import Record
from compat.scan.catalog import TorchCatalog
from compat.source.sites import Site
from compat.table.differences import differences
from compat.table.model import Row
from compat.table.parameters import NeutralOnly, Parameter, Unsupported

Verdict = Literal["verified", "adapted", "differs", "unsupported", "unknown"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# How a form of a row is called: the tensor whose method it is goes before the arguments.
METHOD = "torch.Tensor."


@dataclass(frozen=True)
class Judgement:
    """What is said of a use: the verdict, a code for programs, and the reason in a sentence."""

    verdict: Verdict
    code: str
    reason: str


UNKNOWN_RECEIVER = Judgement("unknown", "CS201", "the receiver's type is not certain from the source; a trace of a run tells it")
NO_ROW = Judgement("unsupported", "CS301", "the table has no such API")


class Judge:
    """The table and the record of what was executed, by the names that programs use."""

    def __init__(self, catalog: TorchCatalog, record: Record) -> None:
        self.catalog = catalog
        self.record = record
        self.claims: dict[str, Judgement] = {}

    def judge(self, site: Site) -> Judgement | None:
        """The verdict on a use; None for what is no API of its own: a module, a name inside another's, a name that every text and list has."""
        if not site.api:
            return _seen(site) if site.seen else None if self.catalog.is_common(site.method) else UNKNOWN_RECEIVER
        row = self.catalog.rows.get(site.api)
        if row is None:
            return self._without_row(site)
        if site.api not in self.claims:
            self.claims[site.api] = self._claimed(site.api, row)
        claimed = self.claims[site.api]
        if site.use == "call" and claimed.verdict != "unsupported" and isinstance(site.node, ast.Call) and row.kind != "object":
            return _arguments(site.api, row, site.node) or claimed
        return claimed

    def _without_row(self, site: Site) -> Judgement | None:
        if site.api in self.catalog.exports:
            return Judgement("verified", "CS001", "imitated as a whole, by tests of its own")
        if site.api in self.catalog.modules or site.api == "torch":
            return None
        return NO_ROW if site.use == "call" or self.catalog.is_public(site.api) else None

    def _claimed(self, api: str, row: Row) -> Judgement:
        if row.refusal is not None:
            return Judgement("unsupported", "CS302", row.refusal.en)
        claims = {claim.api: claim.status for claim in status.of_torch(row, self.record)}
        found = claims.get(api) or claims[row.torch]
        if found == "declared":
            reasons = [difference.en for difference in row.differences if difference.imitated == "torch"]
            return Judgement("differs", "CS101", "some calls differ: " + "; ".join(dict.fromkeys(reasons)))
        if found in ("verified", "tests"):
            return _correspondence(row)
        return Judgement("unsupported", "CS303", status.EXPLAINED[found].en)


def _seen(site: Site) -> Judgement:
    return Judgement("unknown", "CS202", f"a run called here {' and '.join(site.seen)}, which is no one API of PyTorch")


def _correspondence(row: Row) -> Judgement:
    """Whether MindSpore has it with the same names and defaults, or something stands between."""
    counterpart = next((each for each in row.mindspore if not each.absent and "CPU" in each.devices), None)
    if counterpart is None:
        return Judgement("adapted", "CS012", "computed by other operators: MindSpore has no single counterpart with a kernel on CPU")
    changed = [
        f"{d.torch}: {d.text.en}" for d in differences(row, counterpart) if d.kind not in ("same", "added", "deprecated") and d.torch
    ]
    if changed:
        return Judgement("adapted", "CS011", f"{counterpart.api}, with {'; '.join(changed)}")
    return Judgement("verified", "CS001", f"as {counterpart.api}")


def _arguments(api: str, row: Row, call: ast.Call) -> Judgement | None:
    """What is wrong with the arguments of a call; None where nothing is known to be."""
    parameters = _called(api, row)
    places = [name for name, parameter in parameters.items() if not parameter.keyword_only]
    spread = any(isinstance(argument, ast.Starred) for argument in call.args)
    variadic = any(parameter.variadic for parameter in parameters.values())
    if len(call.args) > len(places) and not spread and not variadic:
        return Judgement("unsupported", "CS312", f"takes {len(places)} arguments by place, not {len(call.args)}")
    given: dict[str, ast.expr] = {} if spread or variadic else dict(zip(places, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            continue
        name = next((ours for ours, other in row.spellings.items() if other == keyword.arg), keyword.arg)
        if name not in parameters and not (name == "out" and "out" in row.forms):
            return Judgement("unsupported", "CS311", f"the table knows no argument {keyword.arg}")
        given[name] = keyword.value
    return next(_refused(parameters, given), None)


def _called(api: str, row: Row) -> dict[str, Parameter]:
    """The parameters of a call by this name: a method's receiver is none of them."""
    parameters = dict(row.parameters)
    if api.startswith(METHOD) and parameters:
        first = next(iter(parameters))
        parameters.pop(first)
    return parameters


def _refused(parameters: dict[str, Parameter], given: dict[str, ast.expr]) -> Iterator[Judgement]:
    for name, value in given.items():
        parameter = parameters.get(name)
        literal = _literal(value)
        if isinstance(parameter, Unsupported) and not _is(literal, parameter.default):
            yield Judgement("unsupported", "CS313", f"{name}: {parameter.reason.en}")
        elif isinstance(parameter, NeutralOnly) and not any(_is(literal, one) for one in parameter.values):
            accepted = ", ".join(map(repr, parameter.values))
            if literal is UNSET:
                yield Judgement("differs", "CS111", f"{name} is accepted only as {accepted}, which the source does not tell")
            else:
                yield Judgement("unsupported", "CS314", f"{name} is accepted only as {accepted}")


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNSET


def _is(literal: Any, value: Any) -> bool:
    return type(literal) is type(value) and literal == value
