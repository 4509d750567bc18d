"""A PyTorch program whose DataLoader has worker processes; run by test_processes, under `compat run`."""

import json
import random
import time

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info


class Slow(Dataset):
    """Each item takes 20 ms, and tells what a worker has drawn."""

    def __init__(self):
        self.offset = torch.tensor([10.0, 20.0])

    def __len__(self):
        return 42

    def __getitem__(self, index):
        time.sleep(0.02)
        drawn = torch.rand(2), random.random(), np.random.rand(3)
        return index, self.offset[1:] + index, drawn, get_worker_info().id, torch.zeros(0), {"flag": torch.tensor(True)}


def mark(number):
    dataset = get_worker_info().dataset
    dataset.offset = dataset.offset + 100 * number


def epochs(loader):
    """All that two epochs give, and the seconds of the second."""
    first, start = [plain(batch) for batch in loader], time.perf_counter()
    second = [plain(batch) for batch in loader]
    return [first, second], time.perf_counter() - start


def plain(value):
    if isinstance(value, torch.Tensor):
        return [str(value.dtype), value.tolist()]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def main():
    options = {"batch_size": 3, "shuffle": True, "num_workers": 2, "worker_init_fn": mark, "persistent_workers": True}
    torch.manual_seed(0)
    in_turn, slow = epochs(DataLoader(Slow(), **options))
    torch.manual_seed(0)
    loader = DataLoader(Slow(), multiprocessing_context="spawn", **options)
    spawned, fast = epochs(loader)
    left = iter(loader)  # and still under way when the program ends
    next(left)
    pids = [worker.process.pid for worker in left.workers]
    print(
        json.dumps({"same": in_turn == spawned, "slow": slow, "fast": fast, "pids": pids, "framework": torch.Tensor.__mro__[1].__module__})
    )


if __name__ == "__main__":
    main()
