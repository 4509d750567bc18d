"""mindspore.dataset: pipelines of rows from what is in memory or in files, in order or drawn, in batches."""

from compat.mindspore_on_torch.dataset.image_files import (
    Cifar10Dataset,
    Cifar100Dataset,
    FakeImageDataset,
    FashionMnistDataset,
    ImageFolderDataset,
    KMnistDataset,
    MnistDataset,
)
from compat.mindspore_on_torch.dataset.pipeline import Dataset, zipped as zip
from compat.mindspore_on_torch.dataset.samplers import (
    DistributedSampler,
    PKSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    SubsetSampler,
    WeightedRandomSampler,
)
from compat.mindspore_on_torch.dataset.schema import Schema
from compat.mindspore_on_torch.dataset.shuffle_modes import Shuffle
from compat.mindspore_on_torch.dataset.text_files import CSVDataset, TextFileDataset
from compat.mindspore_on_torch.dataset.user_defined import GeneratorDataset, NumpySlicesDataset, PaddedDataset, RandomDataset

__all__ = [
    "CSVDataset", "Cifar100Dataset", "Cifar10Dataset", "Dataset", "DistributedSampler", "FakeImageDataset", "FashionMnistDataset", "GeneratorDataset",
    "ImageFolderDataset", "KMnistDataset", "MnistDataset", "NumpySlicesDataset", "PKSampler", "PaddedDataset", "RandomDataset",
    "RandomSampler", "Sampler", "Schema", "SequentialSampler", "Shuffle", "SubsetRandomSampler", "SubsetSampler", "TextFileDataset",
    "WeightedRandomSampler", "zip",
]  # fmt: skip
