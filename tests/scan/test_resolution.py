"""A small part of `python -m tests.scan.resolution`: one program of the repository's own, held against PyTorch's own report of its calls."""

from __future__ import annotations

import sys

from compat.parity import record
from compat.scan.catalog import TorchCatalog
from compat.scan.verdicts import Judge
from compat.table.load import MAPPINGS, load
from tests.scan.resolution import ROOT, run, tally


def test_every_executed_call_of_a_tensors_method_is_resolved() -> None:
    seen, trace, _ = run(str(ROOT / "tests" / "programs" / "transformer.py"), sys.executable)
    found = tally(seen, trace, Judge(TorchCatalog(load(MAPPINGS)), record.read(MAPPINGS)))
    assert not found.wrong
    assert not found.contradicted
    assert found.executed > 5
    assert (found.traced, dict(found.unresolved)) == (found.executed, {})
