"""Datasets, samplers, collating and the DataLoader: the same order for the same seed, over epochs and interleavings."""

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
import collections
P = collections.namedtuple("P", "a b")
class L(list): pass
class M(dict): pass
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
D.default_collate([torch.arange(6.).reshape(2, 3).T, torch.ones(3, 2)])
D.default_collate([torch.arange(6.)[2:4], torch.arange(6.)[:2]])
D.default_collate([torch.tensor(1), torch.tensor(2)])
D.default_collate([torch.zeros(0), torch.zeros(0)])
D.default_collate([torch.zeros(2), torch.zeros(2).double()])
D.default_collate([torch.ones(2).to(torch.bfloat16), torch.zeros(2).to(torch.bfloat16)])
D.default_collate([torch.tensor([True]), torch.tensor([False])])
x = torch.ones(2, requires_grad=True)\nD.default_collate([x, x * 2]).sum().backward()\nx.grad
D.default_collate([torch.nn.Parameter(torch.ones(2))])
D.default_collate([1, 2.5]), D.default_collate([2.5, 1]), D.default_collate([True, 2])
D.default_collate([np.array(1.0), np.array(2.0)]), D.default_collate([np.float16(1)]), D.default_collate([np.bool_(1)])
D.default_collate([np.zeros((0, 2)), np.zeros((0, 2))]), D.default_collate([np.arange(6).reshape(2, 3).T])
D.default_collate([b"x", b"y"]), D.default_collate([()]), D.default_collate([range(3), range(3)]), D.default_collate(["a", 1])
D.default_collate([P(1, 2.0), P(3, 4.0)])._asdict(), type(D.default_collate([L([1, 2]), L([3, 4])])).__name__
type(D.default_collate([M(a=1), M(a=2)])).__name__, D.default_collate([collections.OrderedDict(a=1)] * 2)
D.default_collate([{"a": [1, (2.0, "x")]}, {"a": [3, (4.0, "y")]}])
D.default_convert({"a": np.arange(2), "b": [np.float32(1), "x"], "c": (1, np.arange(2))})
D.default_convert(np.array([None, 1])) is not None, D.default_convert(np.array([{}])).dtype.kind
D.default_collate([torch.arange(6)[2:4], torch.arange(2)]), D.default_collate([torch.ones(2), torch.ones(2, dtype=torch.int64)])
D.default_convert(P(np.arange(2), 1)).a, D.default_convert(torch.ones(1)), D.default_convert("x")
torch.utils.data._utils.collate.collate([1, 2], collate_fn_map={int: lambda batch, *, collate_fn_map: sum(batch)})
list(D.WeightedRandomSampler([0.1, 0.9, 0.4], 5)), torch.rand(1)
list(D.WeightedRandomSampler([0.1, 0.9, 0.4, 3.0], 4, False)), torch.rand(1)
list(D.WeightedRandomSampler([float(i + 1) for i in range(300)], 200, False)), torch.rand(1)
list(D.WeightedRandomSampler(torch.tensor([0.1, 0.9, 0.4]), 50, generator=torch.Generator().manual_seed(1)))
list(D.DistributedSampler(range(10), 3, 0)), len(D.DistributedSampler(range(10), 3, 0))
s = D.DistributedSampler(range(10), 3, 1, seed=7)\ns.set_epoch(2)\nlist(s)
list(D.DistributedSampler(range(10), 3, 2, shuffle=False)), list(D.DistributedSampler(range(10), 3, 1, drop_last=True))
list(D.DistributedSampler(range(10), 20, 15))
D.StackDataset(range(3), [4, 5, 6])[1], D.StackDataset(a=range(3), b=[4, 5, 6])[2], len(D.StackDataset(range(3)))
D.StackDataset(range(3), [4, 5, 6]).__getitems__([0, 2]), list(D.DataLoader(D.StackDataset(ten, range(10)), batch_size=4))
list(D.ChainDataset([Stream(), Stream()])), list(Stream() + Stream()), type(Stream() + Stream()).__name__
D.Subset(range(5), [1, 2]).__getitems__([0, 1]), list(D.DataLoader(D.Subset(ten, [1, 5, 9]), batch_size=2))
[p.indices for p in D.random_split(range(3), [0.1, 0.9])]
list(D.DataLoader(D.TensorDataset(torch.ones(3, 2, requires_grad=True)), batch_size=2))
list(D.DataLoader(D.TensorDataset(torch.arange(12.).reshape(3, 4).T), batch_size=3)), list(D.DataLoader(D.TensorDataset(torch.arange(9.)[3:7])))
list(D.DataLoader(D.TensorDataset(torch.arange(4).to(torch.bfloat16)), batch_size=3))
x = torch.arange(4.)\nb = next(iter(D.DataLoader(D.TensorDataset(x), batch_size=2)))[0]\nb.add_(5)\nx, b
list(D.DataLoader(ten, batch_size=2, sampler=[-1, 3]))
list(D.DataLoader(ten, batch_size=2, collate_fn=lambda rows: [r[0] + 1 for r in rows]))
len(D.DataLoader(Squares(), batch_size=3)), len(iter(D.DataLoader(Squares(), batch_size=3)))
list(D.DataLoader(Squares(), batch_size=None, shuffle=True))
l = D.DataLoader(ten, batch_size=4, num_workers=2)\nl.prefetch_factor, l.num_workers, l.batch_size, l.drop_last, l.timeout, l.multiprocessing_context
D.get_worker_info()
""".strip().split("\n")

ERRORS = """
D.DataLoader(ten, batch_size=0)
D.DataLoader(ten, shuffle=True, sampler=[1])
D.DataLoader(ten, batch_sampler=[[1]], batch_size=3)
D.DataLoader(ten, num_workers=-1)
D.DataLoader(ten, batch_size=None, drop_last=True)
D.DataLoader(Stream(), shuffle=True)
D.DataLoader([], shuffle=True)
D.DataLoader(Stream(), sampler=[1])
D.DataLoader(Stream(), batch_sampler=[[1]])
D.DataLoader(ten, timeout=-1)
D.DataLoader(ten, prefetch_factor=2)
D.DataLoader(ten, num_workers=1, prefetch_factor=-1)
D.DataLoader(ten, persistent_workers=True)
D.DataLoader(ten, multiprocessing_context="spawn")
D.DataLoader(ten, num_workers=1, multiprocessing_context="thread")
D.DataLoader(ten, num_workers=1, multiprocessing_context=3)
D.DataLoader(ten).batch_size = 3
len(D.DataLoader(Stream()))
list(D.DataLoader(ten, sampler=[10]))
list(D.WeightedRandomSampler([], 3))
list(D.WeightedRandomSampler([1.0], 5, False))
D.WeightedRandomSampler([1.0], 0)
D.WeightedRandomSampler([1.0], True)
D.WeightedRandomSampler([[1.0]], 1)
D.WeightedRandomSampler([1.0], 1, 3)
D.DistributedSampler(range(10))
D.DistributedSampler(range(10), 3, 3)
D.StackDataset()
D.StackDataset([1], a=[1])
D.StackDataset([1], [1, 2])
D.ConcatDataset([Stream()])
D.ConcatDataset([])
list(D.ChainDataset([[1]]))
(ten + ten)[-21]
D.default_collate([np.zeros(2), np.zeros(3)])
D.default_collate([np.array(["a"])])
D.default_collate([None])
D.default_collate([1j])
D.default_collate([{"a": 1}, {"b": 2}])
D.default_collate([[1], [1, 2]])
D.default_collate([])
D.default_collate([torch.zeros(2), np.zeros(2)])
D.default_collate([torch.zeros(2), 1])
D.default_collate([2**63])
D.default_collate([1, "a"])
D.TensorDataset(torch.zeros(2), torch.zeros(3))
D.random_split(range(10), [5, 6])
D.default_collate([torch.zeros(2), torch.zeros(3)])
D.RandomSampler(range(3), replacement=1)
D.BatchSampler(range(3), 0, False)
D.Dataset()[0]
list(D.DataLoader([object(), object()]))
""".strip().split("\n")
TYPE_ONLY = ("list(D.DataLoader([object(), object()]))", "list(D.DataLoader(ten, sampler=[10]))", 'D.default_collate([1, "a"])')


@pytest.mark.parametrize("code", PROGRAMS)
def test_order_and_batches(code):
    exact(SETUP + code.replace("\n", "\n"))


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code):
    (check if code in TYPE_ONLY else check_message)(SETUP + code)
