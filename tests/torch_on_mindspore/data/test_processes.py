"""Worker processes give what workers in turn give, at the same time, and end with their loader. Each start takes seconds."""

import gc
import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from compat.errors import UnsupportedArgument
from tests.torch_on_mindspore.compare import ours
from tests.torch_on_mindspore.data.samples import Faults, Shards

DataLoader = ours.utils.data.DataLoader


def lives(pid):
    return Path(f"/proc/{pid}").exists()


def test_a_program_with_workers_in_parallel():
    program = Path(__file__).with_name("worker_program.py")
    done = subprocess.run([sys.executable, "-m", "compat", "run", str(program)], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["same"]
    assert found["framework"].startswith("compat.")
    assert found["fast"] < 0.75 * found["slow"]  # two workers: half
    assert not any(map(lives, found["pids"]))


def test_parts_of_a_stream_in_the_order_in_which_they_come():
    loader = DataLoader(Shards(), 2, num_workers=2, multiprocessing_context="forkserver", persistent_workers=True, in_order=False)
    next(iter(loader))  # the rest of this epoch is thrown away
    for _ in range(2):
        assert sorted(batch.tolist() for batch in loader) == [[0, 2], [1, 3], [4, 6], [5, 7], [8, 10], [9]]
    pids = [worker.process.pid for worker in loader._iterator.workers]
    assert all(map(lives, pids))
    del loader
    gc.collect()
    assert not any(map(lives, pids))


def test_errors_in_a_worker():
    loader = DataLoader(Faults(), None, num_workers=1, multiprocessing_context=multiprocessing.get_context("spawn"), timeout=0.5)
    batches, found, late = iter(loader), [], []
    while len(found) < 9:
        try:
            found.append(next(batches).tolist())
        except Exception as error:
            (late if "timed out" in str(error) else found).append(error)
    assert {str(one) for one in late} == {"DataLoader timed out after 0.5 seconds"}
    assert (found[0], found[6]) == ([0, 1, 2, 3], [0, 1, 2, 3])
    for error, kind, text in zip(
        found[1:6],
        (KeyError, RuntimeError, UnsupportedArgument, (AttributeError, TypeError), RuntimeError),
        ("no such sample", "Caught Own", "some.api: argument=3", "lambda", "Cowardly refusing to serialize non-leaf tensor"),
        strict=True,
    ):
        assert isinstance(error, kind)
        assert text in str(error)
        if kind is not UnsupportedArgument:
            assert "in DataLoader worker process 0.\nOriginal Traceback" in str(error)
    for error in found[7:]:
        assert type(error) is RuntimeError
        assert str(error).startswith("DataLoader worker (pid(s) ")
        assert str(error).endswith(") exited unexpectedly")


def test_what_can_not_start():
    local = DataLoader(range(4), num_workers=1, multiprocessing_context="spawn", collate_fn=lambda batch: batch)
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        iter(local)
    for context in ("fork", multiprocessing.get_context("fork")):
        with pytest.raises(UnsupportedArgument, match="spawn"):
            DataLoader(range(4), num_workers=1, multiprocessing_context=context)
