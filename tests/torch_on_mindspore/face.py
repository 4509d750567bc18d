"""The public names that this room offers, as a `torch` namespace for the tests; the generated package exports the same."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

ROOM = "compat.torch_on_mindspore"
# namespace → module of the room → names, as `public` or `public=name in the room`
EXPORTS: dict[str, dict[str, str]] = {
    "torch": {
        "autograd": "no_grad enable_grad set_grad_enabled inference_mode is_grad_enabled",
        "descriptors": "Size device",
        "dtypes": (
            "dtype bool=bool_ uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128 "
            "short=int16 int=int32 long=int64 half=float16 float=float32 double=float64 cfloat=complex64 cdouble=complex128 "
            "get_default_dtype set_default_dtype promote_types result_type can_cast"
        ),
        "tensor": "Tensor",
        "creation": (
            "tensor as_tensor=as_tensor_public from_numpy zeros ones empty full zeros_like ones_like empty_like full_like "
            "arange linspace eye rand randn rand_like randn_like normal randint randperm bernoulli"
        ),
        "random": "Generator default_generator manual_seed seed initial_seed get_rng_state set_rng_state",
        "functions": "equal allclose isclose numel is_floating_point is_complex clone",
        "arithmetic": "is_tensor rsub",
        "indexing": "where",
        "shaping": "cat concat=cat concatenate=cat stack",
        "methods": "*",  # every key of methods.SHARED
    },
    "torch.autograd": {"autograd": "backward grad no_grad enable_grad set_grad_enabled inference_mode"},
    "torch.random": {"random": "default_generator manual_seed seed initial_seed get_rng_state set_rng_state"},
    "torch.nn": {
        "module": "Module",
        "parameter": "Parameter",
        "containers": "Sequential ModuleList ModuleDict",
        "layers": "Identity Linear Flatten Dropout ReLU Sigmoid Tanh GELU Softmax LogSoftmax",
    },
    "torch.nn.functional": {"activations": "linear relu sigmoid tanh softmax log_softmax dropout gelu one_hot"},
    "torch.nn.init": {
        "init": (
            "calculate_gain uniform_ normal_ constant_ zeros_ ones_ eye_ kaiming_uniform_ kaiming_normal_ xavier_uniform_ xavier_normal_"
        )
    },
    "torch.optim": {"optim": "Optimizer SGD Adam AdamW"},
    "torch.utils.data": {
        "data": (
            "Dataset IterableDataset TensorDataset Subset ConcatDataset random_split Sampler SequentialSampler RandomSampler "
            "SubsetRandomSampler BatchSampler DataLoader default_collate default_convert"
        )
    },
    "torch.nn.modules.module": {"module": "Module"},
    "torch.nn.modules.container": {"containers": "Sequential ModuleList ModuleDict"},
    "torch.nn.modules.linear": {"layers": "Identity Linear"},
    "torch.nn.modules.flatten": {"layers": "Flatten"},
    "torch.nn.modules.dropout": {"layers": "Dropout"},
    "torch.nn.modules.activation": {"layers": "ReLU Sigmoid Tanh GELU Softmax LogSoftmax"},
    "torch.nn.parameter": {"parameter": "Parameter"},
    "torch.utils.hooks": {"module": "RemovableHandle"},
    "torch.utils.data.dataset": {"data": "Dataset IterableDataset TensorDataset Subset ConcatDataset random_split"},
    "torch.utils.data.sampler": {"data": "Sampler SequentialSampler RandomSampler SubsetRandomSampler BatchSampler"},
    "torch.utils.data.dataloader": {"data": "DataLoader default_collate"},
}


def exports() -> dict[str, tuple[str, str, Any]]:
    """API → (module of the room, name there, object)."""
    found = {}
    for namespace, modules in EXPORTS.items():
        for module, names in modules.items():
            home = importlib.import_module(f"{ROOM}.{module}")
            if names == "*":
                found.update({f"{namespace}.{name}": ("functions", name, one) for name, one in home.SHARED.items()})
                continue
            for pair in names.split():
                public, _, name = pair.partition("=")
                found[f"{namespace}.{public}"] = (module, name or public, getattr(home, name or public))
    return found


def namespace() -> SimpleNamespace:
    """The exports as nested namespaces."""
    root = SimpleNamespace()
    for api, (_, _, one) in sorted(exports().items()):
        *path, name = api.split(".")[1:]
        at = root
        for step in path:
            if not hasattr(at, step):
                setattr(at, step, SimpleNamespace())
            at = getattr(at, step)
        setattr(at, name, one)
    return root
