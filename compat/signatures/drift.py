"""What a program meets that moves from one release of a framework to another: names gone and new, parameters changed.

A change is breaking if a call that was right is refused, or means something else, or if a default is another; it is
compatible if every call stays as it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compat.signatures.snapshots import TITLES, Snapshot
from compat.signatures.text import ARGS, KEYWORD, KWARGS, PLAIN, POSITIONAL, SOME, Parameter, Signature, says_nothing, written
from compat.table.model import Table

# In the order of the report.
GONE, BREAKING, COMPATIBLE, NEW = "gone", "breaking", "compatible", "new"
HEADINGS = {
    GONE: "Names that are gone (breaking)",
    BREAKING: "Changed, and breaking",
    COMPATIBLE: "Changed, every earlier call stays right",
    NEW: "New names",
}


@dataclass(frozen=True)
class Change:
    """One name, and what became of it."""

    kind: str
    name: str
    text: str = ""


def report(old: Snapshot, new: Snapshot, table: Table) -> list[str]:
    """The lines to print: the changes by kind, each with the rows that name the API, and a summary at the end."""
    found = list(changes(old, new))
    rows = _rows(table, old.framework)
    lines = []
    for kind, heading in HEADINGS.items():
        chosen = [change for change in found if change.kind == kind]
        lines += [f"{heading}:", *(f"  {_shown(change, rows)}" for change in chosen), ""] if chosen else []
    return [*lines, _summary(old, new, found, rows)]


def changes(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Every change, sorted by name within its kind; what lies below a class that is gone or new is not listed again."""
    for name in sorted(set(old.names) - set(new.names)):
        if name.rpartition(".")[0] not in old or name.rpartition(".")[0] in new:
            yield Change(GONE, name)
    for name in sorted(set(new.names) - set(old.names)):
        if name.rpartition(".")[0] not in new or name.rpartition(".")[0] in old:
            yield Change(NEW, name, "" if not new.names[name] else " | ".join(f"({text})" for text in new.names[name]))
    for name in sorted(set(old.names) & set(new.names)):
        if set(old.names[name]) != set(new.names[name]):
            yield from _changed(name, old, new)


def _changed(name: str, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    if bool(old.names[name]) != bool(new.names[name]):
        yield Change(BREAKING, name, "was called, now read as a value" if old.names[name] else "was a value, now called")
        return
    before, after = old.signatures(name), new.signatures(name)
    # What can't be known in one of them can't be compared.
    if not before or not after or any(map(says_nothing, (*before, *after))):
        return
    breaking, compatible = [], []
    for signature in before:
        if signature not in after:
            # Where several are as near, the one that is new took its place.
            other = min(after, key=lambda candidate: _distance(signature, candidate, before))
            broken, kept = differences(signature, other)
            breaking += broken
            compatible += kept
    if breaking:
        yield Change(BREAKING, name, _because(breaking, before, after))
    elif compatible:
        yield Change(COMPATIBLE, name, _because(compatible, before, after))
    else:
        added = [s for s in after if s not in before]
        yield Change(
            COMPATIBLE, name, "also takes " + ", ".join(f"({written(s)})" for s in added) if added else "one overload serves for two"
        )


def _distance(old: Signature, new: Signature, before: list[Signature]) -> tuple[int, bool, int]:
    broken, kept = differences(old, new)
    return len(broken), new in before, len(kept)


def differences(old: Signature, new: Signature) -> tuple[list[str], list[str]]:
    """What of a signature became breaking, and what compatible."""
    breaking: list[str] = []
    compatible: list[str] = []
    before, after = ({p.name: p for p in s} for s in (old, new))
    renamed = _renamed(old, new)
    for name, parameter in before.items():
        other = after.get(renamed.get(name, name))
        if other is None:
            absorbed = any(p.kind == KWARGS for p in new)
            (compatible if absorbed else breaking).append(f"{name} {'is taken by **' if absorbed else 'removed'}")
            continue
        if name in renamed:
            # By position it stays what it was; only a call by keyword is refused, and there is none of a positional one.
            (compatible if parameter.kind in (POSITIONAL, ARGS, KWARGS) else breaking).append(f"{name} renamed to {other.name}")
        for text, harmful in _kinds(parameter, other):
            (breaking if harmful else compatible).append(text)
    for name, parameter in after.items():
        if name not in before and name not in renamed.values():
            needed = parameter.default is None and not parameter.variadic
            (breaking if needed else compatible).append(f"{name} added{', required' if needed else ''}")
    if _reordered(old, new, renamed):
        breaking.append("order of parameters changed")
    return breaking, compatible


def _renamed(old: Signature, new: Signature) -> dict[str, str]:
    """Old name → new name, where a parameter stands at the place of one that is gone, and is as required as that."""
    before, after = {p.name for p in old}, {p.name for p in new}
    plain = [[p for p in s if p.kind in (POSITIONAL, PLAIN)] for s in (old, new)]
    pairs = zip(*plain, strict=False)
    return {
        was.name: now.name
        for was, now in pairs
        if was.name not in after and now.name not in before and (was.default is None) == (now.default is None)
    }


def _kinds(old: Parameter, new: Parameter) -> Iterator[tuple[str, bool]]:
    """What else of one parameter changed, and whether that breaks a call."""
    if old.kind in (POSITIONAL, PLAIN) and new.kind == KEYWORD:
        yield f"{new.name} became keyword-only", True
    elif old.kind == KEYWORD and new.kind == PLAIN:
        yield f"{new.name} may be passed by position", False
    elif old.kind == PLAIN and new.kind == POSITIONAL:
        yield f"{new.name} became positional-only", True
    elif old.variadic != new.variadic:
        yield f"{new.name} became {'one parameter' if old.variadic else 'variadic'}", True
    if old.default == new.default or SOME in (old.default, new.default) or old.variadic or new.variadic:
        return
    if old.default is None:
        yield f"{new.name} has the default {new.default}", False
    elif new.default is None:
        yield f"{new.name} became required", True
    else:
        yield f"default of {new.name} changed from {old.default} to {new.default}", True


def _reordered(old: Signature, new: Signature, renamed: Mapping[str, str]) -> bool:
    """Whether a call by position reaches another parameter than before."""
    before = [renamed.get(p.name, p.name) for p in old if p.kind in (POSITIONAL, PLAIN)]
    after = [p.name for p in new if p.kind in (POSITIONAL, PLAIN)]
    # What is removed or keyword-only now has been said; what follows it in the old order moves up.
    if [n for n in before if n in after] != [n for n in after if n in before]:
        return True
    return any(after.index(n) != before.index(n) for n in before if n in after)


def _because(reasons: list[str], before: list[Signature], after: list[Signature]) -> str:
    text = "; ".join(dict.fromkeys(reasons))
    if len(before) == len(after) == 1:
        return f"{text}: ({written(before[0])}) → ({written(after[0])})"
    return text


# --- the table's side --------------------------------------------------------------------------------------------------


def _rows(table: Table, framework: str) -> dict[str, list[str]]:
    """Each API with the rows that it belongs to: their own name, or a counterpart's."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in table.rows.values():
        for api in (row.torch,) if framework == "torch" else (c.api for c in row.mindspore):
            found[api].append(row.torch)
    return found


def _covering(change: Change, rows: Mapping[str, list[str]]) -> list[str]:
    """The rows that cover a name, or the class whose constructor or method it is."""
    return rows.get(change.name) or rows.get(change.name.rpartition(".")[0]) or []


def _shown(change: Change, rows: Mapping[str, list[str]]) -> str:
    covering = _covering(change, rows)
    text = f": {change.text}" if change.text and change.kind != NEW else change.text.partition(" | ")[0]
    return f"{change.name}{text}  [{'row ' + ', '.join(covering) if covering else 'no row'}]"


def _summary(old: Snapshot, new: Snapshot, found: list[Change], rows: Mapping[str, list[str]]) -> str:
    count = Counter(change.kind for change in found)
    breaking = [change for change in found if change.kind in (GONE, BREAKING)]
    covered = sum(bool(_covering(change, rows)) for change in breaking)
    return (
        f"{TITLES[old.framework]} {old.release} → {new.release}: {len(old.names)} names, then {len(new.names)}; "
        f"{len(breaking)} breaking ({count[GONE]} gone, {count[BREAKING]} changed), {count[COMPATIBLE]} compatible, {count[NEW]} new; "
        f"{covered} of the breaking in rows of the table"
    )
