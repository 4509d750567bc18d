"""`mindspore.nn.Cell` beside compat.torch: a module of it whose `forward` is called `construct`, with the methods that Cells have.

So a class that is written as a Cell takes part in everything that compat.torch does with modules: it holds and is held by them, has hooks,
a state dict, and parameters for torch.optim. Like every module of PyTorch's, and unlike MindSpore's Cells, it begins in training mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import compat.torch

Module: Any = compat.torch.nn.Module


class CellMethods:
    """The methods that Cells have, for a module of compat.torch; MindSpore's layers and containers are Cells, too."""

    def set_train(self: Any, mode: bool = True) -> Any:
        """`train(mode)`; gives the Cell."""
        return self.train(mode)

    def get_parameters(self: Any, expand: bool = True) -> Iterator[Any]:
        """The parameters; without `expand` those of this Cell alone."""
        return iter(self.parameters(recurse=expand))

    def trainable_params(self: Any, recurse: bool = True) -> list[Any]:
        """The parameters that are trained, as a list."""
        return [parameter for parameter in self.parameters(recurse=recurse) if parameter.requires_grad]

    def parameters_and_names(self: Any, name_prefix: str = "", expand: bool = True) -> Iterator[tuple[str, Any]]:
        """Names and parameters."""
        return iter(self.named_parameters(prefix=name_prefix, recurse=expand))

    def cells(self: Any) -> Any:
        """The children."""
        return list(self.children())

    def cells_and_names(self: Any, cells: Any = None, name_prefix: str = "") -> Iterator[tuple[str, Any]]:
        """Names and Cells, this one first, each once."""
        return iter(self.named_modules(memo=cells, prefix=name_prefix))

    def name_cells(self: Any) -> dict[str, Any]:
        """The children by name."""
        return dict(self.named_children())

    def insert_child_to_cell(self: Any, child_name: str, child_cell: Any) -> None:
        """Hold a child under a name."""
        self.add_module(child_name, child_cell)

    def insert_param_to_cell(self: Any, param_name: str, param: Any, check_name_contain_dot: bool = True) -> None:
        """Hold a parameter under a name, in which a dot is never right here."""
        del check_name_contain_dot
        self.register_parameter(param_name, param)

    def untrainable_params(self: Any, recurse: bool = True) -> list[Any]:
        """The parameters that are not trained, as a list."""
        return [parameter for parameter in self.parameters(recurse=recurse) if not parameter.requires_grad]

    def get_sub_cell(self: Any, target: str) -> Any:
        """The Cell of a dotted path; AttributeError without one."""
        return self.get_submodule(target)


class Cell(CellMethods, Module):
    """Define `construct` instead of `forward`; an object answers to both names."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = vars(cls)
        if "construct" in own and "forward" not in own:
            cls.forward = own["construct"]
        elif "forward" in own and "construct" not in own:
            cls.construct = own["forward"]
