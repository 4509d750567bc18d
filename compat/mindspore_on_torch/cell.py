"""mindspore.nn.Cell on torch.nn.Module: `construct` runs, parameters carry their names, a new Cell is in eval mode."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cells.held import Kind, as_cell
from compat.mindspore_on_torch.cells.hooks import Hooked
from compat.mindspore_on_torch.cells.running import Running
from compat.mindspore_on_torch.cells.settings import Settings
from compat.mindspore_on_torch.cells.state import Holding
from compat.mindspore_on_torch.parameter import Parameter, ParameterTuple
from compat.mindspore_on_torch.tensor import Tensor

torch: Any = frameworks.load("torch")


class Cell(Running, Hooked, Holding, Settings, torch.nn.Module, metaclass=Kind):
    """A layer or a model. Subclasses define `construct`.

    A Parameter gets the name of the attribute it is assigned to, and a prefix from every Cell that comes to hold it. A layer of torch.nn
    becomes a Cell when a Cell comes to hold it.
    """

    def __init__(self, auto_prefix: bool = True, flags: dict[str, Any] | None = None) -> None:
        super().__init__()
        # Programs print them, and MindSpore's are ordered dictionaries.
        self.__dict__.update(_parameters=OrderedDict(), _modules=OrderedDict(), training=False)
        self.requires_grad = False
        self._auto_prefix = auto_prefix
        self._phase = "train"
        self._flags = {}
        if flags:
            self.add_flags(**flags)

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        """What a call computes."""
        raise errors.invalid(AttributeError, f"For '{type(self).__name__}', the method 'construct' is not defined.")

    def __setattr__(self, name: str, value: Any) -> None:
        value = as_cell(value)
        if isinstance(value, Cell) and self.__dict__.get("_auto_prefix"):
            value.update_parameters_name(f"{name}.")
        elif isinstance(value, Parameter) and value.unnamed:
            value.name = name
        elif isinstance(value, Tensor) and name in self.__dict__.get("_parameters", {}) and not isinstance(value, Parameter):
            self._parameters[name].set_data(value)
            return
        elif value is not None and name in self.__dict__.get("_buffers", {}):
            reason = f"Buffer '{name}' already exists in network, can not assign this type: '{type(value)}' as a buffer."
            raise errors.invalid(TypeError, reason)
        elif isinstance(value, ParameterTuple):
            self._hold_all(value)
        super().__setattr__(name, value)

    def _hold_all(self, parameters: ParameterTuple) -> None:
        # The parameters of a tuple are the Cell's, under their own names.
        for parameter in parameters:
            held = self._parameters.get(parameter.name, parameter)
            if held is not parameter:
                reason = f"The value {parameter}, its name '{parameter.name}' already exists."
                raise errors.invalid(ValueError, f"{reason} Please set a unique name for the parameter.")
            self._parameters[parameter.name] = parameter

    def set_train(self, mode: bool = True) -> Cell:
        """Training mode (dropout, batch statistics) on or off, here and below."""
        self.train(bool(mode))
        for _, cell in self.named_modules():
            if isinstance(cell, Cell):
                cell._phase = "train" if mode else "predict"
        return self

    def set_grad(self, requires_grad: bool = True) -> Cell:
        """Mark the Cell as differentiated. Nothing depends on it: grad and value_and_grad take what they need."""
        self.requires_grad = requires_grad
        return self

    @property
    def cls_name(self) -> str:
        """The name of the class."""
        return type(self).__name__

    @property
    def phase(self) -> str:
        """ "train", or "predict" after set_train(False); or what it was set to."""
        return self._phase

    @phase.setter
    def phase(self, value: str) -> None:
        self._phase = value

    def get_parameters(self, expand: bool = True) -> Iterator[Any]:
        """The parameters, each once: its own first, then those of the cells in it if `expand`."""
        yield from (parameter for _, parameter in self.named_parameters(recurse=expand))

    def parameters_and_names(self, name_prefix: str = "", expand: bool = True) -> Iterator[tuple[str, Any]]:
        """(path, parameter), each parameter once. The path is where it is; `parameter.name` may say otherwise."""
        yield from self.named_parameters(prefix=name_prefix, recurse=expand)

    def trainable_params(self, recurse: bool = True) -> list[Any]:
        """The parameters with requires_grad."""
        return [parameter for parameter in self.get_parameters(recurse) if parameter.requires_grad]

    def untrainable_params(self, recurse: bool = True) -> list[Any]:
        """The parameters without requires_grad."""
        return [parameter for parameter in self.get_parameters(recurse) if not parameter.requires_grad]

    def parameters_dict(self, recurse: bool = True) -> OrderedDict[str, Any]:
        """The parameters by name."""
        return OrderedDict((parameter.name, parameter) for parameter in self.get_parameters(recurse))

    def update_parameters_name(self, prefix: str = "", recurse: bool = True) -> None:
        """Name every parameter by its path, behind `prefix`."""
        for path, parameter in self.parameters_and_names(expand=recurse):
            if prefix and isinstance(parameter, Parameter):
                parameter.name = prefix + path

    def cells(self) -> Any:
        """The cells directly in this one."""
        return self.name_cells().values()

    def name_cells(self) -> OrderedDict[str, Any]:
        """The cells directly in this one, by name, each once."""
        return OrderedDict(self.named_children())

    def cells_and_names(self, cells: Any = None, name_prefix: str = "") -> Iterator[tuple[str, Any]]:
        """(path, cell) of this cell, whose path is empty, and of all below it, each once."""
        yield from self.named_modules(memo=None if cells is None else set(cells), prefix=name_prefix)

    def insert_child_to_cell(self, child_name: str, child_cell: Any) -> None:
        """Hold a cell. KeyError for a name that is taken or has a dot, TypeError for no Cell."""
        if not child_name or "." in child_name:
            reason = "the parameter 'child_name' can not be None and can not contain '.' "
            raise errors.invalid(KeyError, f"For 'insert_child_to_cell', {reason}")
        if hasattr(self, child_name) and child_name not in self._modules:
            raise errors.invalid(KeyError, f"For 'insert_child_to_cell', the {child_name} already exists in this Cell.")
        if not isinstance(child_cell, torch.nn.Module) and child_cell is not None:
            reason = f"the argument 'child_cell' must be type Cell, but got {type(child_cell).__name__}."
            raise errors.invalid(TypeError, f"For 'insert_child_to_cell', {reason}")
        self.add_module(child_name, as_cell(child_cell))

    def insert_param_to_cell(self, param_name: str, param: Any, check_name_contain_dot: bool = True) -> None:
        """Hold a Parameter. KeyError for a name that is taken or has a dot, TypeError for no Parameter."""
        if not param_name or (check_name_contain_dot and "." in param_name):
            raise errors.invalid(KeyError, "For 'insert_param_to_cell', the argument 'param_name' should not contain'.' ")
        if hasattr(self, param_name) and param_name not in self._parameters:
            raise errors.invalid(KeyError, f"For 'insert_param_to_cell', the {param_name} already exists in this Cell.")
        if not isinstance(param, Parameter) and param is not None:
            reason = f"the argument 'param' must be type of Parameter, but got {type(param)}."
            raise errors.invalid(TypeError, f"For 'insert_param_to_cell', {reason}")
        if param is not None and param.unnamed:
            param.name = param_name
        self._parameters[param_name] = param

    def check_names(self) -> None:
        """ValueError if two parameters have one name."""
        seen: set[str] = set()
        for parameter in self.get_parameters():
            if parameter.name in seen:
                raise errors.invalid(ValueError, f"The value of {parameter} is duplicate name of another parameter.")
            seen.add(parameter.name)

    def check_names_and_refresh_name(self) -> None:
        """Name the parameters by their paths if two have one name; ValueError if that does not help."""
        names = [parameter.name for parameter in self.get_parameters()]
        if len(set(names)) < len(names):
            for path, parameter in self.parameters_and_names():
                parameter.name = path
            self.check_names()

    def extend_repr(self) -> str:
        """What stands between the brackets of `repr`."""
        return ""

    def extra_repr(self) -> str:
        """PyTorch's name for extend_repr."""
        return self.extend_repr()
