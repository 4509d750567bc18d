"""`mindspore.nn.Cell` beside compat.torch: a module of it whose `forward` is called `construct`, with the methods that Cells have.

So a class that is written as a Cell takes part in everything that compat.torch does with modules: it holds and is held by them, has hooks,
a state dict, and parameters for torch.optim. Like every module of PyTorch's, and unlike MindSpore's Cells, it begins in training mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import compat.torch

Module: Any = compat.torch.nn.Module


class Cell(Module):
    """Define `construct` instead of `forward`; an object answers to both names."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = vars(cls)
        if "construct" in own and "forward" not in own:
            cls.forward = own["construct"]
        elif "forward" in own and "construct" not in own:
            cls.construct = own["forward"]

    def set_train(self, mode: bool = True) -> Any:
        """`train(mode)`; gives the Cell."""
        return self.train(mode)

    def get_parameters(self, expand: bool = True) -> Iterator[Any]:
        """The parameters; without `expand` those of this Cell alone."""
        return iter(self.parameters(recurse=expand))

    def trainable_params(self, recurse: bool = True) -> list[Any]:
        """The parameters that are trained, as a list."""
        return [parameter for parameter in self.parameters(recurse=recurse) if parameter.requires_grad]

    def parameters_and_names(self, name_prefix: str = "", expand: bool = True) -> Iterator[tuple[str, Any]]:
        """Names and parameters."""
        return iter(self.named_parameters(prefix=name_prefix, recurse=expand))

    def cells(self) -> Any:
        """The children."""
        return list(self.children())

    def cells_and_names(self, cells: Any = None, name_prefix: str = "") -> Iterator[tuple[str, Any]]:
        """Names and Cells, this one first, each once."""
        return iter(self.named_modules(memo=cells, prefix=name_prefix))

    def name_cells(self) -> dict[str, Any]:
        """The children by name."""
        return dict(self.named_children())

    def insert_child_to_cell(self, child_name: str, child_cell: Any) -> None:
        """Hold a child under a name."""
        self.add_module(child_name, child_cell)

    def insert_param_to_cell(self, param_name: str, param: Any) -> None:
        """Hold a parameter under a name."""
        self.register_parameter(param_name, param)
