"""Workers: what a program sees is what real PyTorch's worker processes give, in their own process, for the same seed."""

import json
import subprocess
import sys

import numpy as np
import pytest
from torch.utils.data._utils.worker import _generate_state

from compat.torch_on_mindspore.data.workers import Streams
from tests.torch_on_mindspore.compare import ours

SETUP = """
import random, numpy as np
D = torch.utils.data
torch.manual_seed(0); random.seed(1); np.random.seed(2)
def plain(one):
    if isinstance(one, torch.Tensor): return one.tolist()
    if isinstance(one, (list, tuple)): return [plain(each) for each in one]
    return one
class Noisy(D.Dataset):
    def __len__(self): return 9
    def __getitem__(self, i): return [i, round(random.random(), 9), round(float(np.random.rand()), 9), torch.rand(1).item()]
class Who(D.Dataset):
    extra = 0
    def __len__(self): return 7
    def __getitem__(self, i):
        info = D.get_worker_info()
        return [i, info.id, info.num_workers, info.seed % 1000, self.extra]
class Stream(D.IterableDataset):
    def __init__(self, n): self.start, self.end = 0, n
    def __iter__(self): return iter(range(self.start, self.end))
class Sharded(Stream):
    def __iter__(self):
        info = D.get_worker_info()
        return iter(range(self.start + info.id, self.end, info.num_workers))
class Failing(Noisy):
    def __getitem__(self, i):
        if i == 3: raise KeyError("no such sample")
        return i
class Own(Exception):
    def __init__(self, a, b): super().__init__(a)
class FailingOwn(Noisy):
    def __getitem__(self, i): raise Own(1, 2)
def setter(id): D.get_worker_info().dataset.extra = id + 10
def share(id):
    d = D.get_worker_info().dataset
    size = (d.end - d.start) // 2
    d.start, d.end = d.start + id * size, d.start + (id + 1) * size
def share_inner(id):
    for d in D.get_worker_info().dataset.datasets: d.start += id
class Telling:
    def __iter__(self):
        for i in range(6): yield random.randrange(1000)
    def __len__(self): return 6
def drawn(loader, between=lambda: None):
    found = []
    for batch in loader:
        found.append(plain(batch)); found.append(between())
    return found
def streams(): return [round(random.random(), 9), round(float(np.random.rand()), 9), torch.rand(1).item()]
def raised(loader):
    found, it = [], iter(loader)
    while True:
        try: found.append(plain(next(it)))
        except StopIteration: return found
        except Exception as e: found.append([type(e).__name__, str(e).split("\\n")[0], "Original Traceback" in str(e)])
"""

PROGRAMS = r"""
drawn(D.DataLoader(range(10), batch_size=3, num_workers=2))
drawn(D.DataLoader(range(10), batch_size=3, num_workers=2, shuffle=True), streams)
drawn(D.DataLoader(Noisy(), batch_size=2, num_workers=2, shuffle=True), streams)
drawn(D.DataLoader(Noisy(), batch_size=2, num_workers=3, generator=torch.Generator().manual_seed(5))) + streams()
l = D.DataLoader(Noisy(), num_workers=1)\n[drawn(l), drawn(l), streams()]
l = D.DataLoader(Noisy(), batch_size=4, num_workers=2, persistent_workers=True, shuffle=True)\n[drawn(l), drawn(l), streams()]
drawn(D.DataLoader(Who(), batch_size=2, num_workers=3))
drawn(D.DataLoader(Who(), num_workers=2, worker_init_fn=setter)) + [Who.extra]
drawn(D.DataLoader(Who(), batch_size=None, num_workers=2))
drawn(D.DataLoader(Stream(5), batch_size=2, num_workers=2))
drawn(D.DataLoader(Sharded(11), batch_size=2, num_workers=2))
drawn(D.DataLoader(Sharded(11), batch_size=2, num_workers=3, drop_last=True))
drawn(D.DataLoader(Sharded(7), batch_size=None, num_workers=3))
drawn(D.DataLoader(Stream(12), num_workers=2, worker_init_fn=share))
drawn(D.DataLoader(D.ChainDataset([Stream(4), Stream(3)]), num_workers=2, worker_init_fn=share_inner))
drawn(D.DataLoader(Sharded(11), batch_size=2, num_workers=2, prefetch_factor=3, persistent_workers=True))
drawn(D.DataLoader(range(1000), sampler=Telling(), num_workers=2), streams)
drawn(D.DataLoader(range(1000), sampler=Telling(), num_workers=1, prefetch_factor=4), streams)
raised(D.DataLoader(Failing(), num_workers=2))
raised(D.DataLoader(Failing(), batch_size=2, num_workers=1))
raised(D.DataLoader(FailingOwn(), batch_size=5, num_workers=2))
raised(D.DataLoader(Who(), batch_size=4, num_workers=2, worker_init_fn=lambda id: 1 / id))
drawn(D.DataLoader(D.TensorDataset(torch.arange(6), torch.arange(6.)), batch_size=4, num_workers=2, shuffle=True))
it = iter(D.DataLoader(Noisy(), num_workers=2))\n[plain(next(it)), streams(), plain(next(it)), streams()]
""".strip().split("\n")

REFERENCE = """
import json, sys, torch
torch.set_num_threads(1)
_setup, _programs = json.load(sys.stdin)
_found = []
for _program in _programs:
    *_statements, _last = _program.split("\\n")
    exec(_setup + "\\n".join(_statements), globals())  # PyTorch pickles the classes of errors by their names in __main__
    _found.append(eval(_last, globals()))
print(json.dumps(_found))
"""
LINES = [program.replace("\\n", "\n") for program in PROGRAMS]


@pytest.fixture(scope="module")
def expected():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REFERENCE],
        input=json.dumps([SETUP, LINES]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(zip(LINES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("program", LINES)
def test_as_in_worker_processes(expected, program):
    *statements, last = program.split("\n")
    scope = {"torch": ours, "__name__": "__main__"}
    exec(SETUP + "\n".join(statements), scope)
    assert json.loads(json.dumps(eval(last, scope))) == expected[program]


def test_seeds_of_numpy():
    for base, number in ((0, 0), (2**62 + 12345, 3)):
        expected = np.random.RandomState(_generate_state(base, number)).get_state()[1].tolist()
        assert Streams(base, number).numpy[1].tolist() == expected


def test_a_stream_longer_than_it_says():
    class Short(ours.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(2))

        def __len__(self):
            return 1

    with pytest.warns(UserWarning, match="was reported to be 1"):
        assert len(list(ours.utils.data.DataLoader(Short()))) == 2
