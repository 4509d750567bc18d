"""Datasets that worker processes can import."""

import os
import signal
import time

import compat.torch as torch
from compat.errors import UnsupportedArgument

D = torch.utils.data


class Shards(D.IterableDataset):
    def __iter__(self):
        info = D.get_worker_info()
        return iter(range(info.id, 11, info.num_workers))


class Own(Exception):
    def __init__(self, first, second):
        super().__init__(first, second)


class Faults(D.Dataset):
    """Each item fails in another way; the last one ends the process."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        match index:
            case 1:
                raise KeyError("no such sample")
            case 2:
                raise Own("one", "two")
            case 3:
                raise UnsupportedArgument("some.api", "argument", 3, "4")
            case 4:
                return lambda: index
            case 5:
                return torch.ones(2, requires_grad=True) * 2
            case 7:
                time.sleep(0.4)  # the batch before is still on its way, by a thread that this ends too
                os.kill(os.getpid(), signal.SIGKILL)
        return torch.arange(4.0)[index % 3 :]
