"""Programs run before and after porting: how they fail, and what is said of them."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from compat.errors import UsageError
from compat.port.verifying.printed import Tolerance
from compat.port.verifying.verify import Verification, as_text, roots, verified

COMMAND = f"{shlex.quote(sys.executable)} -S program.py 3"


def both(folder: Path, before: str, after: str, timeout: float = 60.0) -> Verification:
    for name, text in (("src", before), ("dst", after)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "program.py").write_text(text)
    return verified(COMMAND, folder / "src", folder / "dst", timeout=timeout)


FAIL = "import sys; print(1.0); sys.stderr.write('first\\nlast\\n'); sys.exit(3)"
FAILURES = {
    "before porting": (FAIL, "print(1.0)", "the program fails before porting: exit status 3"),
    "after porting": ("print(1.0)", FAIL, "the program fails after porting: exit status 3"),
    "no numbers": ("print('done')", "print('done')", "the program printed no numbers, so nothing was compared"),
    "nothing": ("", "", "the program printed no numbers, so nothing was compared"),
    "other numbers": ("print(1.25)", "print(1.5)", "the outputs differ"),
    "other text": ("print('done')", "print('over')", "the outputs differ"),
    "other numbers each time": ("import time; print(time.time_ns())", "print(5)",
                                "the program prints something else each time, even before porting: it must set its seeds"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "problem"), FAILURES.values(), ids=FAILURES)
def test_what_is_not_verified_says_why(before: str, after: str, problem: str, tmp_path: Path) -> None:
    found = both(tmp_path, before, after)
    assert (found.problem, found.agrees) == (problem, False)
    assert as_text(found).startswith(f"verify: {problem}")
    assert ("first\n  last" in as_text(found)) == ("exit status" in problem)


def test_a_program_that_runs_too_long_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    slow = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(1); open(\"late\", \"w\")']); import time; time.sleep(60)"
    )
    start = time.monotonic()
    found = both(tmp_path, slow, slow, timeout=0.5)
    assert (found.before.status, found.problem) == (None, "the program fails before porting: it ran too long")
    assert time.monotonic() - start < 30
    time.sleep(1.5)
    assert not (tmp_path / "src" / "late").exists()


PROGRAM = """\
import os, sys
print('in', os.getcwd(), 'with', sys.argv[1], 'and hash seed', os.environ['PYTHONHASHSEED'], 'in', 12.5, 's')
print('loss', {loss})
"""


def test_what_agrees_is_counted(tmp_path: Path) -> None:
    found = both(tmp_path, PROGRAM.format(loss="0.50001"), PROGRAM.format(loss="0.50004"))
    assert found.agrees
    assert found.comparison is not None
    assert (found.comparison.lines, found.comparison.numbers) == (2, 3)
    assert as_text(found).startswith("verify: OK; 3 numbers in 2 lines agree, within 3.0e-05 (relative 6.0e-05)")
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["dst", "program.py", "program.py", "src"]


def test_the_second_run_imports_what_was_ported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("src", 1.5), ("dst", 2.5)):
        (tmp_path / name / "lib").mkdir(parents=True)
        (tmp_path / name / "lib" / "helper.py").write_text(f"value = {value}\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(tmp_path / "src" / "lib")]))
    program = "import helper; print(helper.value)"
    found = both(tmp_path, program, program).comparison
    assert found is not None
    assert found.first is not None
    assert found.first.reason == "1.5 became 2.5"


def test_the_first_difference_is_shown_with_both_lines(tmp_path: Path) -> None:
    text = as_text(both(tmp_path, "print('a 1')\nprint('b 2.5')", "print('a 1')\nprint('b 3.5')"))
    assert text.splitlines()[1:] == ["  before line 2: b 2.5", "  after  line 2: b 3.5", "  2.5 became 3.5"]


CALLS = {"nothing": "", "a quote": "python 'x", "no such program": "no-such-program x"}


@pytest.mark.parametrize("command", CALLS.values(), ids=CALLS)
def test_a_command_that_cannot_be_started(command: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--verify"):
        verified(command, tmp_path, tmp_path, tolerance=Tolerance())


def test_the_folders_to_run_in(tmp_path: Path) -> None:
    (tmp_path / "src" / "other").mkdir(parents=True)
    src, dst = tmp_path / "src", tmp_path / "dst"
    assert roots([src], [dst]) == (src, dst)
    assert roots([src / "a.py"], [dst / "a.py"]) == (src, dst)
    assert roots([src / "a.py", src / "other"], [dst / "a.py", dst / "other"]) == (src, dst)
    with pytest.raises(UsageError, match="one folder"):
        roots([src / "a.py", src / "other" / "b.py"], [dst / "a.py", dst / "b.py"])
