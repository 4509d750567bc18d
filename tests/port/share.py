"""How many of the call sites of a package `port` rewrites to MindSpore, and why the others stay: `python -m tests.port.share FOLDER…`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from compat.parity import record
from compat.port.decisions.choosing import Chooser
from compat.port.decisions.idioms import Context
from compat.port.evidence.record import permitting
from compat.port.rewrite import decided, root_for
from compat.scan.catalog import TorchCatalog
from compat.scan.verdicts import Judge
from compat.source.project import ProjectFiles, python_files, resolved, root_of
from compat.source.text import SourceError, read as read_source
from compat.table.load import MAPPINGS, load

NATIVE = ("converted", "adapted")


def main(folders: list[str]) -> None:
    judge = Judge(TorchCatalog(load(MAPPINGS)), record.read(MAPPINGS))
    chooser = Chooser(judge, permitting(MAPPINGS))
    files = list(python_files([Path(folder) for folder in folders]))
    project = ProjectFiles([root_of(file) for file in files], judge.catalog)
    became: Counter[str] = Counter()
    kept: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        try:
            source = read_source(file)
        except SourceError as error:
            print(error)
            continue
        found = resolved(source, judge.catalog, project)
        for site, decision in decided(found.sites, chooser, Context(source, found, root_for(source))).decided:
            if site.use != "call":
                continue
            became[decision.became] += 1
            if decision.became not in NATIVE:
                kept[decision.code, site.api or f"?.{site.method}", decision.reason] += 1
    native = sum(became[one] for one in NATIVE)
    known = sum(became.values()) - became["unknown"]
    whole = sum(count for (code, *_), count in kept.items() if code == "CM205")
    print(f"{native} of {known} known call sites are native, {100 * native / max(1, known):.1f} %: {dict(became)}")
    print(f"without what is imitated as a whole: {100 * native / max(1, known - whole):.1f} %")
    for (code, api, reason), count in sorted(kept.items(), key=lambda one: -one[1]):
        print(f"{count:4} {code} {api}: {reason[:150]}")


if __name__ == "__main__":
    main(sys.argv[1:])
