"""Datasets, samplers and the DataLoader: the same order for the same seed, over several epochs and interleavings."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message, exact

SETUP = """
from types import SimpleNamespace
D = torch.utils.data
torch.manual_seed(0)
ten = D.TensorDataset(torch.arange(10), torch.arange(10.0) * 2)
class Squares(D.Dataset):
    def __len__(self): return 7
    def __getitem__(self, i): return i * i
class Stream(D.IterableDataset):
    def __iter__(self): return iter(range(5))
"""

PROGRAMS = r"""
[list(D.DataLoader(ten, batch_size=4)), len(D.DataLoader(ten, batch_size=4))]
list(D.DataLoader(ten, batch_size=4, drop_last=True))
[list(D.DataLoader(ten, batch_size=4, shuffle=True)) for _ in range(3)]
l = D.DataLoader(ten, batch_size=3, shuffle=True)\n[(list(l), torch.rand(1)) for _ in range(3)]
l = D.DataLoader(ten, batch_size=3, shuffle=True, generator=torch.Generator().manual_seed(3))\n[(list(l), torch.rand(1)) for _ in range(3)]
l = D.DataLoader(ten, shuffle=True)\na, b = iter(l), iter(l)\n[next(a), next(b), next(a), torch.rand(1), next(b)]
list(D.DataLoader(Squares(), batch_size=3))
list(D.DataLoader(Squares(), batch_size=None))
list(D.DataLoader(Squares(), batch_size=3, collate_fn=lambda b: b))
list(D.DataLoader(Squares(), sampler=[3, 1]))
list(D.DataLoader(Squares(), batch_sampler=[[0, 1], [5]]))
list(D.DataLoader(Stream(), batch_size=2))
list(D.DataLoader(Stream(), batch_size=2, drop_last=True))
list(D.DataLoader(Stream(), batch_size=None))
list(D.DataLoader(range(5), batch_size=2, pin_memory=False))
list(D.RandomSampler(range(6)))
list(D.RandomSampler(range(6), num_samples=10))
list(D.RandomSampler(range(6), replacement=True, num_samples=40))
list(D.RandomSampler(range(6), replacement=True, num_samples=32)), torch.rand(1)
list(D.SubsetRandomSampler([4, 5, 6]))
list(D.BatchSampler(D.SequentialSampler(range(5)), 2, False)), len(D.BatchSampler(D.SequentialSampler(range(5)), 2, True))
[[*part] for part in D.random_split(range(10), [7, 3])]
[[*part] for part in D.random_split(range(10), [0.5, 0.3, 0.2])]
[list(part) for part in D.random_split(range(11), [0.5, 0.5], generator=torch.Generator().manual_seed(1))]
list(D.Subset(ten, [3, 1])), len(D.Subset(ten, [3, 1]))
(ten + ten)[13], len(ten + ten), (ten + ten)[-1]
ten[2:4]
D.default_collate([1, 2])
D.default_collate([1.5, 2.0])
D.default_collate([True, False])
D.default_collate(["a", "b"])
D.default_collate([{"a": 1}, {"a": 2}])
D.default_collate([(1, 2.0), (3, 4.0)])
D.default_collate([np.float32(1), np.float32(2)])
D.default_collate([np.zeros(2), np.ones(2)])
D.default_collate([torch.zeros(2), torch.ones(2)])
""".strip().split("\n")

ERRORS = """
D.DataLoader(ten, batch_size=0)
D.DataLoader(ten, shuffle=True, sampler=[1])
D.DataLoader(ten, batch_sampler=[[1]], batch_size=3)
D.DataLoader(ten, num_workers=-1)
D.DataLoader(ten, batch_size=None, drop_last=True)
D.DataLoader(Stream(), shuffle=True)
D.DataLoader([], shuffle=True)
D.TensorDataset(torch.zeros(2), torch.zeros(3))
D.random_split(range(10), [5, 6])
D.default_collate([torch.zeros(2), torch.zeros(3)])
D.RandomSampler(range(3), replacement=1)
D.BatchSampler(range(3), 0, False)
D.Dataset()[0]
list(D.DataLoader([object(), object()]))
""".strip().split("\n")
TYPE_ONLY = ("list(D.DataLoader([object(), object()]))",)


@pytest.mark.parametrize("code", PROGRAMS)
def test_order_and_batches(code):
    exact(SETUP + code.replace("\n", "\n"))


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code):
    (check if code in TYPE_ONLY else check_message)(SETUP + code)


def test_workers_are_refused():
    from compat.errors import UnsupportedArgument
    from compat.torch_on_mindspore.data import DataLoader

    with pytest.raises(UnsupportedArgument, match="num_workers=2"):
        DataLoader([1, 2], num_workers=2)
