"""What porting can't follow and a reader has to know: libraries that import the real framework, and modules loaded by a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from compat.port.model import Change
from compat.source.sites import Import
from compat.source.text import Source

# By the names under which they are imported. A dotted one is that part of a library which else works without torch.
REAL_TORCH = frozenset({
    "accelerate", "bitsandbytes", "botorch", "captum", "deepspeed", "diffusers", "einops.layers.torch", "fairscale", "fairseq", "functorch",
    "gpytorch", "ignite", "kornia", "lightning", "lightning_fabric", "monai", "open_clip", "peft", "pyro", "pytorch_lightning",
    "safetensors.torch", "segmentation_models_pytorch", "sentence_transformers", "skorch", "stable_baselines3", "tensordict", "timm",
    "torch_cluster", "torch_geometric", "torch_scatter", "torch_sparse", "torchao", "torchaudio", "torchdata", "torchinfo", "torchmetrics",
    "torchrl", "torchsummary", "torchtext", "torchtune", "torchvision", "transformers", "trl", "ultralytics", "vit_pytorch",
    "x_transformers", "xformers",
})  # fmt: skip
REAL_MINDSPORE = frozenset({
    "mindaudio", "mindcv", "mindearth", "mindelec", "mindface", "mindflow", "mindformers", "mindnlp", "mindocr", "mindone", "mindpet",
    "mindquantum", "mindrl", "mindspore_gl", "mindspore_gs", "mindspore_hub", "mindspore_lite", "mindspore_rl", "mindsponge", "mindtorch",
    "mindvideo", "mindvision", "mindyolo", "msadapter", "troubleshooter",
})  # fmt: skip
REAL_ONES = {"torch": REAL_TORCH, "mindspore": REAL_MINDSPORE}
REAL = '{} imports the real {framework}: it gets compat.{framework} under `compat run`, or within compat.installed("{framework}")'
# What finds a module by a text.
FINDERS = frozenset({"import_module", "__import__", "find_spec", "importorskip"})
BY_TEXT = re.compile(rb"import_module|__import__|find_spec|importorskip|sys\s*\.\s*modules")
TEXT = "the module is named by a text, which is not followed: it stays the real {}"


def reported(source: Source, foreign: Iterable[Import], framework: str) -> Iterator[Change]:
    """CM502 for imports of such libraries, CM501 for modules of the framework that are named by a text. Nothing of it is changed."""
    for found in foreign:
        yield from _libraries(source, found, framework)
    if BY_TEXT.search(source.utf8):
        for node in ast.walk(source.tree):
            module = _by_text(node)
            if module.partition(".")[0] == framework and isinstance(node, ast.expr):
                yield _change(source, node, module, "CM501", TEXT.format(framework))


def _libraries(source: Source, found: Import, framework: str) -> Iterator[Change]:
    node, real = found.node, REAL_ONES[framework]
    if isinstance(node, ast.Import):
        for alias in node.names:
            if library := _library(alias.name, real):
                yield _change(source, alias, alias.name, "CM502", REAL.format(library, framework=framework), found.inside)
        return
    module = node.module or ""
    library = _library(module, real) or next(filter(None, (_library(f"{module}.{alias.name}", real) for alias in node.names)), "")
    if library:
        yield _change(source, node, module, "CM502", REAL.format(library, framework=framework), found.inside)


def _library(module: str, real: Collection[str]) -> str:
    """The library that it is of; empty where that is none of those."""
    parts = module.split(".")
    return next((name for end in range(1, len(parts) + 1) if (name := ".".join(parts[:end])) in real), "")


def _by_text(node: ast.AST) -> str:
    """The module that an expression finds by its name; empty for any other expression."""
    if isinstance(node, ast.Call) and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in FINDERS or (name in ("get", "pop") and isinstance(node.func, ast.Attribute) and _is_modules(node.func.value)):
            return _module(node.args[0])
    if isinstance(node, ast.Subscript) and _is_modules(node.value):
        return _module(node.slice)
    if isinstance(node, ast.Compare) and len(node.comparators) == 1 and _is_modules(node.comparators[0]):
        return _module(node.left)
    return ""


def _is_modules(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys"


def _module(node: ast.expr) -> str:
    """A text, or the beginning of one that is put together."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    elif isinstance(node, ast.BinOp):
        node = node.left
    text = node.value if isinstance(node, ast.Constant) else None
    return text if isinstance(text, str) else ""


def _change(source: Source, node: ast.expr | ast.stmt | ast.alias, api: str, code: str, reason: str, inside: str = "") -> Change:
    start, end = source.place(node)
    text = source.text(node)
    return Change(*start, *end, api, "value", "name", "unsupported", code, reason, text, text, inside)
