"""The page shell of every report: one HTML file with its styles, scripts and data in it, which fetches nothing.

    from markupsafe import Markup
    from compat.reports.page import Page, Section, write
    from compat.reports.tables import Column, Table

    modules = Table(
        columns=(
            Column("path", "Module", "link", searched=True),
            Column("status", "Status", "status", filter="Status"),
            Column("deviation", "Deviation", "deviation"),
        ),
        lines=[("layer1.0.bn1", ("differs",), 3e-2)], caption="Modules", opens=("module", "path"),
    )
    page = Page(
        title="resnet18 on both", headline="They part at layer1.0.bn1", tone="bad", facts={"torch": "2.13.0"},
        sections=(Section("loss", "Loss", Markup(svg)), Section("modules", "Modules", modules)),
        tones={"agrees": "good", "differs": "bad"}, data={"modules": …}, scripts=(own_script,),
    )
    write(page, Path("report.html"))

A page of one thing (here of a module, at `#module=layer1.0.bn1`) is drawn by a script of the report when it is opened:

    Report.view("module", name => ({title: name, nodes: [Report.element("p", {}, Report.data.modules[name].type)]}));

Such a script finds `data` in `Report.data`; `Report.element`, `.badge`, `.number`, `.deviation`, `.grid` and `.bars` (`assets/elements.js`)
make nodes, whose texts are never markup. Curves are drawn here, by `charts.line_chart`. A content security policy lets nothing run but
these very scripts, and loads nothing; so a template must hold no `style` attribute and no handler.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from compat.errors import CompatError
from compat.reports.data import encoded
from compat.reports.tables import Table, packed

Tone = Literal["good", "known", "bad", "worst", "odd", "plain"]

ASSETS = Path(__file__).parent / "assets"
STYLES = ("page.css", "table.css")
SCRIPTS = ("elements.js", "table.js", "views.js")


@dataclass(frozen=True)
class Section:
    """A part of the page: `name` is its id, and `body` what a template made (escaped, hence Markup) or a table."""

    name: str
    title: str
    body: Markup | Table


@dataclass(frozen=True)
class Page:
    """A report. `headline` is what it comes to, in one line, `facts` what was compared; `tones` gives each status its colour.

    `data` is anything JSON holds, for the report's own `scripts`, which run once the shell's are loaded. `styles` follow the shell's.
    """

    title: str
    headline: str
    sections: tuple[Section, ...]
    tone: Tone = "plain"
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    tones: Mapping[str, Tone] = field(default_factory=dict)
    data: Any = None
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


def render(page: Page) -> str:
    """The page as HTML. CompatError for a style or script that would end the element that holds it."""
    styles = "\n".join([*map(_asset, STYLES), *page.styles])
    early, late = _asset("theme.js"), "\n".join([*map(_asset, SCRIPTS), *page.scripts, "Report.start();\n"])
    for text in (styles, early, late):
        if "</" in text or "<!--" in text:
            raise CompatError('a style or script of a page must not hold "</" or "<!--"')
    tables = {section.name: packed(section.body) for section in page.sections if isinstance(section.body, Table)}
    data = encoded({"tables": tables, "tones": dict(page.tones), "own": page.data})
    policy = f"default-src 'none'; img-src data:; style-src {_digest(styles)}; script-src {_digest(early)} {_digest(late)}"
    template = environment("compat.reports").get_template("page.html.j2")
    return template.render(
        page=page, policy=policy, styles=Markup(styles), early=Markup(early), late=Markup(late), data=Markup(data),
        tables={section.name: section.body for section in page.sections if isinstance(section.body, Table)},
    )  # fmt: skip


def write(page: Page, file: Path) -> None:
    """Write the page to `file`, all at once; half a surrogate pair, which no file can hold, stands there as its number."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(render(page), encoding="utf-8", errors="backslashreplace")
    temporary.replace(file)


@cache
def environment(package: str) -> Environment:
    """Where the `templates` of a package are read: everything is escaped that is no Markup, and an unknown name is an error."""
    loader = PackageLoader(package, "templates")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
