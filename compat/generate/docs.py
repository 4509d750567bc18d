"""What a generated docstring says: summary, arguments, result, errors and the differences, from the row alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from compat.table.differences import differences
from compat.table.model import Counterpart, Row
from compat.table.parameters import Deprecated, TorchParameter
from compat.table.routes import mindspore_slots, torch_slots

WIDTH = 112


def torch_docstring(row: Row, route: str) -> str:
    """The docstring of an API of the compat.torch package; `route` says in one sentence what runs it."""
    parts = [row.summary.en, "", *_wrapped(route)]
    parts += _arguments([*row.parameters.items(), *row.call.items()])
    parts += ["", "Returns:", *_wrapped(f"{_capital(row.result.en)}.", "    ")]
    parts += _raises([(check.raises, check.__doc__ or "", check.of) for check in row.checks], "RuntimeError", "PyTorch", "MindSpore")
    for counterpart in row.mindspore:
        parts += _differences(row, counterpart, f"Differences of {counterpart.api}:")
    return "\n".join(parts)


def mindspore_docstring(row: Row, counterpart: Counterpart, route: str) -> str:
    """The docstring of an API of the compat.mindspore package."""
    torch = torch_slots(row)
    slots = sorted(mindspore_slots(row, counterpart), key=lambda found: found[0].section, reverse=True)  # the constructor's first
    received = [(slot.name, torch[target].parameter if target in torch else None) for slot, target in slots]
    parts = [row.summary.en, "", *_wrapped(route), *_arguments(received)]
    parts += ["", "Returns:", *_wrapped(f"{_capital(row.result.en)}.", "    ")]
    checks = [(check.raises, check.__doc__ or "", check.of) for check in counterpart.checks]
    parts += _raises(checks, counterpart.raises, "MindSpore", "PyTorch")
    return "\n".join([*parts, *_differences(row, counterpart, f"Differences from {row.torch}:")])


def _arguments(parameters: Iterable[tuple[str, TorchParameter | None]]) -> list[str]:
    lines = ["", "Args:"]
    for name, parameter in parameters:
        if isinstance(parameter, Deprecated):
            text = f"deprecated, decides {parameter.into}"
        elif parameter is None or parameter.about is None:
            text = parameter.type if parameter else "MindSpore only"
        else:
            text = parameter.about.en
        lines += _wrapped(f"{name}: {text}.", "    ")
    return lines


def _raises(checks: Iterable[tuple[str, str, list[str]]], usual: str, imitated: str, backend: str) -> list[str]:
    lines = ["", "Raises:"]
    for kind, about, names in checks:
        lines += _wrapped(f"{kind}: unless {about.rstrip('.')[0].lower()}{about.rstrip('.')[1:]} ({', '.join(names)}).", "    ")
    return lines + _wrapped(f"{usual}: for what {backend} alone refuses; else the type that {imitated} raises, naming the API.", "    ")


def _differences(row: Row, counterpart: Counterpart, title: str) -> list[str]:
    lines = [
        f"{d.torch or '-'} / {d.mindspore or '-'}: {d.text.en}"
        for d in differences(row, counterpart)
        if d.kind not in ("same", "deprecated")
    ]
    if counterpart.about:
        lines.append(counterpart.about.en)
    lines += [d.en for d in row.differences if not d.apis or counterpart.api in d.apis]
    if not lines:
        return []
    return ["", title, *(part for line in lines for part in _wrapped(f"{line.rstrip('.')}.", "    ", "- "))]


def _wrapped(text: str, margin: str = "", bullet: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=margin + bullet,
        subsequent_indent=margin + " " * (len(bullet) or 4 * bool(margin)),
        break_long_words=False,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")
