"""The rows of the table against the signatures of the installed frameworks and of every recorded release.

A row is one signature, an API may have several. The row is right for a release if its parameters are those of one overload, or
a merge of some: every name is known to an overload, in an order that contradicts none, all names of one overload are there, and
a default is that of an overload. In a merge a parameter that an overload does without may be keyword-only, as no place suits all
overloads, and None by default, or anything where no overload states a default; one behind it may be None. The order of
keyword-only parameters is free. One that is given by its place may have any name.

What a row need not have: parameters that begin with an underscore, `*args`, `**kwargs`, and `out`, which is one of its forms.
What no source says is not compared: `(*args, **kwargs)` and what may follow the names before it, which default it is that is no
literal, the call of a class whose row records none, and in recorded releases the names of modules that are not recorded. Of a
row that is unsupported only the name is compared.

What differs in a release is not reported where the row says so: `since` of an API or parameter, `older` spellings and
`older_default` values of a parameter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from compat import frameworks
from compat.signatures.record import installed
from compat.signatures.snapshots import TITLES, snapshots, version
from compat.signatures.text import ARGS, KEYWORD, KWARGS, Parameter, Signature, Symbol, literal, says_nothing
from compat.table.load import place
from compat.table.model import Counterpart, Row, Table
from compat.table.parameters import MindSporeParameter, TorchParameter
from compat.table.source import Path, Problem

Section = Mapping[str, TorchParameter | MindSporeParameter]
# What a row says of a parameter or of all of them, and what the release says.
Contradiction = tuple[str, str]
# The methods that carry out the call of a class, and the name that a method's row may give the tensor itself.
CALLED = {"torch": "forward", "mindspore": "construct"}
RECEIVER = ("self", "input")
# In `older_default`: the parameter had none.
REQUIRED = "required"


@dataclass(frozen=True)
class Expected:
    """A parameter as the row would have it in one release: the defaults that will do, today's first, and an earlier name.

    One that is given `by_place` may have another name in the release, and so may a variadic one whose name is that of `*dims`.
    """

    keyword_only: bool
    defaults: tuple[Any, ...]
    older: str
    by_place: bool = False
    variadic: bool = False


@dataclass(frozen=True)
class Release:
    """One release to hold the rows against.

    `described` gives a name with those below it, nothing for a name that the release lacks; `covers` says whether that can be
    told of a name.
    """

    label: str
    release: str
    described: Callable[[str], Mapping[str, Sequence[Signature] | None]]
    covers: Callable[[str], bool] = lambda _: True


def recorded(framework: str) -> list[Release]:
    """The recorded releases of a framework, oldest first. They cover the modules and classes of which any has a name."""
    holders = {name.rpartition(".")[0] for one in snapshots(framework).values() for name in one.names}

    def release(name: str) -> Release:
        found = snapshots(framework)[name]

        def described(api: str) -> Mapping[str, Sequence[Signature] | None]:
            parts = (api, f"{api}.{CALLED[framework]}")
            return {part: found.signatures(part) or None for part in parts if part in found}

        return Release(f"{TITLES[framework]} {name}", name, described, lambda api: api.rpartition(".")[0] in holders)

    return [release(name) for name in snapshots(framework)]


def present(framework: str) -> Release:
    """The installed release, read now: PyTorch from its files, MindSpore after its import."""
    if framework == "torch":
        from compat.signatures.torch_release import Release as Package

        package = Package(installed("torch"))
        return Release("installed", package.release, lambda api: package.described(api) if package.has(api) else {}, package.tells)
    from compat.signatures import mindspore_release

    root = frameworks.load("mindspore")
    return Release("installed", str(root.__version__), mindspore_release.looked_up)


def mismatches(table: Table, framework: str, releases: Sequence[Release]) -> Iterator[Problem]:
    """Yield each row entry that a release contradicts, at its place in the table; releases that say the same in one message."""
    for row in table.rows.values():
        for path, api, entry in _entries(row, framework):
            found: dict[tuple[str, str], list[str]] = defaultdict(list)
            for release in releases:
                for contradiction in _contradictions(api, row.kind, entry, framework, release):
                    found[contradiction].append(release.label)
            for (claim, actual), labels in found.items():
                yield place(table, row.torch, (*path, "parameters"), f"{claim}; {_joined(labels)}: {actual}")


def _entries(row: Row, framework: str) -> Iterator[tuple[Path, str, Row | Counterpart]]:
    if framework == "torch":
        yield (), row.torch, row
    else:
        for index, counterpart in enumerate(row.mindspore):
            yield ("mindspore", index), counterpart.api, counterpart


def _joined(labels: list[str]) -> str:
    """`installed`, and the recorded releases behind one title: `MindSpore 2.8.0, 2.9.0`."""
    rest = [label for label in labels if label != "installed"]
    title = rest[0].partition(" ")[0] if rest else ""
    parts = (["installed"] if len(rest) < len(labels) else []) + (
        [f"{title} {', '.join(r.partition(' ')[2] for r in rest)}"] if rest else []
    )
    return " and ".join(parts)


def _contradictions(api: str, kind: str, entry: Row | Counterpart, framework: str, release: Release) -> Iterator[Contradiction]:
    if not release.covers(api):
        return
    described = release.described(api)
    if not _has(entry.since, release.release):
        if api in described:
            yield f"{api}: since {entry.since} in the row", "has it already"
        return
    if api not in described:
        if not api.rpartition(".")[2].startswith("_"):  # of private names only a few are recorded
            yield f"{api}: a row of the table", "no such name"
        return
    unread = entry.absent and not entry.parameters if isinstance(entry, Counterpart) else entry.unsupported is not None
    if kind in ("property", "value") or unread:
        return
    expected = _of_release(entry.parameters, release.release)
    if kind in ("function", "method"):
        yield from _compared(api, expected, described[api])
        return
    yield from _compared(f"{api}()", expected, described[api])
    method = f"{api}.{CALLED[framework]}"
    if entry.call:
        yield from _compared(method, _of_release(entry.call, release.release), described.get(method))


# --- a row's side as one release should have it ------------------------------------------------------------------------


def _has(since: str | None, release: str) -> bool:
    return since is None or _reached(release, since)


def _reached(release: str, since: str) -> bool:
    """Whether a release is not older than `2.9`, which 2.9.0 is not, or than `2.7.2`."""
    return version(release)[: len(version(since))] >= version(since)


def _of_release(parameters: Section, release: str) -> dict[str, Expected]:
    """The row's parameters that a release has."""
    found: dict[str, Expected] = {}
    for name, parameter in parameters.items():
        if _has(parameter.since, release):
            older_defaults = [UNSET if d == REQUIRED else d for d in _begun(parameter.older_default, release)]
            defaults = [parameter.default, *older_defaults]
            spellings = _begun(getattr(parameter, "older", {}), release)
            older = spellings[-1] if spellings else name
            defaults = [_hashable(d) for d in defaults]
            found[name] = Expected(parameter.keyword_only, tuple(defaults), older, parameter.by_place, parameter.variadic)
    return found


def _begun(earlier: Mapping[str, Any], release: str) -> list[Any]:
    """What the row says that releases had before today's, as far as it had come up by then; the last is the newest."""
    return [earlier[since] for since in sorted(earlier, key=version) if _reached(release, since)]


def _hashable(default: Any) -> Any:
    return tuple(default) if isinstance(default, list) else default


# --- one row against one API -------------------------------------------------------------------------------------------


def _compared(what: str, expected: dict[str, Expected], signatures: Sequence[Signature] | None) -> Iterator[Contradiction]:
    named = {name for n, p in expected.items() for name in (n, p.older)}
    telling = [s for s in signatures or () if not says_nothing(s) or s[0].name in named]
    passes_on = any({ARGS, KWARGS} <= {p.kind for p in s} for s in telling)
    if any(p.by_place or p.variadic for p in expected.values()):
        named |= {p.name for s in telling for p in s if p.kind == ARGS}
    candidates = [_usual(s, named) for s in telling]
    if not candidates:
        return
    attempts = []
    for signature in candidates:
        names = {p.name for p in signature}
        row = {n if n in names or p.older not in names else p.older: p for n, p in expected.items()}
        row = {n: p for n, p in row.items() if n in names} if passes_on else row
        row = _renamed_by_place(_without_receiver(row, names, what), signature)
        differing = set(row) ^ names
        attempts.append((len(differing), list(_against(what, row, signature)), row))
    if any(not found for _, found, _ in attempts):
        return
    if len(candidates) > 1 and _merged(attempts[0][2], candidates):
        return
    yield from min(attempts, key=lambda attempt: (attempt[0], len(attempt[1])))[1]


def _usual(signature: Signature, expected: set[str]) -> Signature:
    """Without what a row may leave out, unless it names it: private and variadic parameters, and `out`."""
    return tuple(p for p in signature if p.name in expected or not (p.variadic or p.name == "out" or p.name.startswith("_")))


def _without_receiver(row: dict[str, Expected], names: set[str], what: str) -> dict[str, Expected]:
    """A method's row may begin with the tensor itself, which its signature does not list."""
    first = next(iter(row), "")
    if ".Tensor." in what and first in RECEIVER and first not in names:
        return {n: p for n, p in row.items() if n != first}
    return row


def _renamed_by_place(row: dict[str, Expected], signature: Signature) -> dict[str, Expected]:
    """With the signature's names for the parameters that are given by their place."""
    places = [p for p in signature if p.kind != KEYWORD]
    theirs = dict(zip((n for n, p in row.items() if not p.keyword_only), places, strict=False))

    def name(own: str, expected: Expected) -> str:
        other = theirs.get(own)
        unnamed = other is not None and (expected.by_place or (expected.variadic and other.kind == ARGS))
        return other.name if unnamed and other is not None and other.name not in row else own

    return {name(n, p): p for n, p in row.items()}


def _against(what: str, row: dict[str, Expected], signature: Signature) -> Iterator[Contradiction]:
    actual = {p.name: p for p in signature}
    variadic = {p.name for p in signature if p.variadic}
    placed = [n for n, p in row.items() if not p.keyword_only and n not in variadic]
    places = [p.name for p in signature if p.kind != KEYWORD and not p.variadic]
    reordered = placed != places and set(placed) == set(places)
    if set(actual) != set(row) or reordered:
        yield f"{what}: parameters {_listed(row)}", _listed(actual)
        return
    for name, parameter in row.items():
        if not _same_default(parameter, actual[name]):
            default = actual[name].default
            yield f"{what}: {name} defaults to {_shown(parameter.defaults[0])}", _shown(UNSET if default is None else literal(default))
        if not actual[name].variadic and parameter.keyword_only != (actual[name].kind == KEYWORD):
            yield f"{what}: {name} is {'' if parameter.keyword_only else 'not '}keyword-only in the row", "the reverse"


def _same_default(expected: Expected, actual: Parameter) -> bool:
    return actual.variadic or any(_equals(wanted, actual.default) for wanted in expected.defaults)


def _equals(wanted: Any, actual: str | None) -> bool:
    if wanted is UNSET or actual is None:
        return wanted is UNSET and actual is None
    default = _hashable(literal(actual))
    return isinstance(default, Symbol) or (bool(wanted == default) and isinstance(wanted, bool) == isinstance(default, bool))


def _merged(row: dict[str, Expected], overloads: Sequence[Signature]) -> bool:
    """Whether the row is a merge of several overloads."""
    holders: dict[str, list[Parameter]] = defaultdict(list)
    for signature in overloads:
        for parameter in signature:
            holders[parameter.name].append(parameter)
    if not set(row) <= set(holders) or not any({p.name for p in signature} <= set(row) for signature in overloads):
        return False
    for signature in overloads:
        order = [p.name for p in signature if p.kind != KEYWORD and p.name in row and not row[p.name].keyword_only]
        if order != [n for n in row if n in order]:
            return False
    optional = False  # whether one before it may be left out
    for name, expected in row.items():
        left_out = len(holders[name]) < len(overloads) or (optional and not expected.keyword_only and None in expected.defaults)
        if not _some_overload(expected, holders[name], left_out):
            return False
        optional = optional or (left_out and UNSET not in expected.defaults)
    return True


def _some_overload(expected: Expected, actual: list[Parameter], left_out: bool) -> bool:
    """One that an overload does without may be None, or have any default that no overload contradicts, and be keyword-only.

    What follows it must have a default too, as Python demands: `arange(start=0, end=None)` for `arange(end)` and `arange(start, end)`.
    """
    optional = left_out and UNSET not in expected.defaults
    kinds = any(p.variadic or expected.keyword_only == (p.kind == KEYWORD) for p in actual) or (optional and expected.keyword_only)
    unsaid = optional and (None in expected.defaults or all(p.default is None for p in actual))
    return kinds and (unsaid or any(_same_default(expected, p) for p in actual))


def _shown(value: Any) -> str:
    return "nothing (required)" if value is UNSET else repr(value)


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(names) or "none"
