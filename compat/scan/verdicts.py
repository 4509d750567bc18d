"""One use of an API → how well the table supports it, with these arguments, and why."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from msgspec import UNSET

from compat.parity import status
from compat.parity.record import Record
from compat.scan.knowledge import TableCatalog
from compat.source.literals import literal_of
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
WHOLE = Judgement("verified", "CS001", "imitated as a whole, by tests of its own")
NO_ROW = Judgement("unsupported", "CS301", "the table has no such API")


class Judge:
    """The table and the record of what was executed, by the names that programs use. This one judges uses of PyTorch."""

    def __init__(self, catalog: TableCatalog, record: Record) -> None:
        self.catalog = catalog
        self.record = record
        self.claims: dict[str, Judgement] = {}

    def judge(self, site: Site) -> Judgement | None:
        """The verdict on a use; None for what is no API of its own: a module, a name inside another's, a name that every text and list has."""
        if not site.api:
            return _seen(site) if site.seen else None if self.catalog.is_common(site.method) else UNKNOWN_RECEIVER
        api = self.catalog.canonical(site.api)
        row = self.catalog.rows.get(api)
        if row is None:
            return self._without_row(site, api)
        if api not in self.claims:
            self.claims[api] = self.claimed(api, row)
        claimed = self.claims[api]
        unbound = site.how == "name" and api.startswith(f"{self.catalog.tensor.of}.")  # `torch.Tensor.add(x, y)`
        if (
            site.use == "call"
            and claimed.verdict != "unsupported"
            and isinstance(site.node, ast.Call)
            and row.kind != "object"
            and not unbound
        ):
            return self.refused(api, site.node) or claimed
        return claimed

    def _without_row(self, site: Site, api: str) -> Judgement | None:
        if self.catalog.has(api):
            return WHOLE
        if self.catalog.is_module(api):
            return None
        return NO_ROW if site.use == "call" or self.catalog.is_public(api) else None

    def refused(self, api: str, call: ast.Call) -> Judgement | None:
        """What is wrong with the arguments of a call; None where nothing is known to be."""
        row = self.catalog.rows[api]
        others = {other: name for name, other in row.spellings.items()}
        if "out" in row.forms and "out" not in row.parameters:
            others["out"] = ""
        return refused(_called(api, row), others, call)

    def claimed(self, api: str, row: Row) -> Judgement:
        """What is said of an API, whatever its arguments."""
        if row.refusal is not None:
            return Judgement("unsupported", "CS302", row.refusal.en)
        claims = {claim.api: claim.status for claim in status.of_torch(row, self.record)}
        found = claims.get(api) or claims[row.torch]
        if found == "declared":
            return differing(difference.en for difference in row.differences if difference.imitated == "torch")
        if found in ("verified", "tests"):
            return _correspondence(row)
        return Judgement("unsupported", "CS303", status.EXPLAINED[found].en)


def _seen(site: Site) -> Judgement:
    return Judgement("unknown", "CS202", f"a run called here {' and '.join(site.seen)}, which is no one API of PyTorch")


def differing(reasons: Iterable[str]) -> Judgement:
    """Some calls of the API differ, for declared reasons."""
    return Judgement("differs", "CS101", "some calls differ: " + "; ".join(dict.fromkeys(reasons)))


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


def refused(parameters: Mapping[str, Accepted], others: Mapping[str, str], call: ast.Call) -> Judgement | None:
    """What is wrong with the arguments of a call of these parameters; `others` are other spellings, an empty text for one to be passed over."""
    places = [name for name, parameter in parameters.items() if not parameter.keyword_only]
    spread = any(isinstance(argument, ast.Starred) for argument in call.args)
    variadic = any(parameter.variadic for parameter in parameters.values())
    if len(call.args) > len(places) and not spread and not variadic:
        return Judgement("unsupported", "CS312", f"takes {len(places)} arguments by place, not {len(call.args)}")
    given: dict[str, ast.expr] = {} if spread or variadic else dict(zip(places, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            continue
        name = others.get(keyword.arg, keyword.arg)
        if name and name not in parameters:
            return Judgement("unsupported", "CS311", f"the table knows no argument {keyword.arg}")
        given[name] = keyword.value
    return next(_refused(parameters, given), None)


@dataclass(frozen=True)
class Accepted:
    """A parameter of a call: how it may be given, and if it takes few values only, which, and why it takes no other."""

    keyword_only: bool
    variadic: bool
    only: tuple[Any, ...] = ()
    why: str = ""


def _called(api: str, row: Row) -> dict[str, Accepted]:
    """The parameters of a call by this name: a method's receiver is none of them."""
    parameters = {name: _accepted(parameter) for name, parameter in row.parameters.items()}
    if api.startswith(METHOD) and parameters:
        parameters.pop(next(iter(parameters)))
    return parameters


def _accepted(parameter: Parameter) -> Accepted:
    if isinstance(parameter, Unsupported):
        return Accepted(parameter.keyword_only, parameter.variadic, (parameter.default,), parameter.reason.en)
    only = tuple(parameter.values) if isinstance(parameter, NeutralOnly) else ()
    return Accepted(parameter.keyword_only, parameter.variadic, only)


def _refused(parameters: Mapping[str, Accepted], given: dict[str, ast.expr]) -> Iterator[Judgement]:
    for name, value in given.items():
        parameter = parameters.get(name)
        literal = literal_of(value)
        if parameter is None or not parameter.only or any(_is(literal, one) for one in parameter.only):
            continue
        accepted = ", ".join(map(repr, parameter.only))
        if parameter.why:
            yield Judgement("unsupported", "CS313", f"{name}: {parameter.why}")
        elif literal is UNSET:
            yield Judgement("differs", "CS111", f"{name} is accepted only as {accepted}, which the source does not tell")
        else:
            yield Judgement("unsupported", "CS314", f"{name} is accepted only as {accepted}")


def _is(literal: Any, value: Any) -> bool:
    return type(literal) is type(value) and literal == value
