"""mindspore.mint.nn: PyTorch's modules as Cells. Their arguments, parameters and formulas are PyTorch's, but for what stands here."""

from __future__ import annotations

import copy
import functools
import inspect
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.initializers import initializer
from compat.mindspore_on_torch.layers.pooling import avg_pool3d
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import as_tensor, run_plain

torch: Any = frameworks.load("torch")


class ModuleCell(Cell):
    """A Cell that computes as a torch.nn module, whose parameters and buffers are Parameters of the Cell.

    `module` names the module's class, `signature` holds MindSpore's parameters, of which dtype=None is float32.
    """

    module = ""
    signature = inspect.Signature()
    spellings: tuple[str, ...] = ("input",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        name = type(self).__name__
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise errors.invalid(TypeError, f"{name}.__init__: {error}") from error
        bound.apply_defaults()
        self.__dict__["inner"] = self.made(dict(bound.arguments))
        for key, value in bound.arguments.items():
            if key not in ("args", "kwargs") and key not in self._parameters:
                self.__dict__[key] = value

    def made(self, arguments: dict[str, Any]) -> Any:
        """The module; what it holds becomes this Cell's. The module keeps looking for it by the same names."""
        if arguments.get("dtype") is not None:
            arguments["dtype"] = dtypes.torch_dtype(arguments["dtype"])
        rest, named = arguments.pop("args", ()), arguments.pop("kwargs", {})
        try:
            with plain_torch():
                inner = getattr(torch.nn, self.module)(*rest, **arguments, **named)
        except Exception as error:
            raise errors.at_boundary(self.api, error, ValueError) from error
        for name, value in (*inner.named_parameters(), *inner.named_buffers()):
            learns = isinstance(value, torch.nn.Parameter) and value.requires_grad
            self._parameters[name] = Parameter(as_tensor(value.detach()), name, learns)
        for name in (*inner._parameters, *inner._buffers):
            self._parameters.setdefault(name, None)  # a bias or statistics that it goes without
        inner._parameters, inner._buffers = self._parameters, {}
        return inner

    @property
    def api(self) -> str:
        """The public name."""
        return f"mindspore.mint.nn.{type(self).__name__}"

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()][:1]
        if not given or not isinstance(given[0], torch.Tensor):
            raise errors.invalid(TypeError, f"{self.api}: the input must be a Tensor, but got {given}")
        for name in self.spellings:
            if name in kwargs:
                args = (kwargs.pop(name), *args)
        self.inner.training = self.training
        try:
            return run_plain(self.inner.forward, *args, **kwargs)
        except Exception as error:
            raise errors.at_boundary(self.api, error, ValueError, input=given[0]) from error

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items() if name != "inner"})
        inner = copy.copy(self.inner)
        inner._parameters = twin._parameters
        twin.__dict__["inner"] = inner
        return twin

    def extend_repr(self) -> str:
        return str(run_plain(self.inner.extra_repr))


REQUIRED = inspect.Parameter.empty


def cell(name: str, module: str = "", base: type[ModuleCell] = ModuleCell, **defaults: Any) -> Any:
    """The class `mindspore.mint.nn.<name>` over torch.nn's of that name, with these parameters and defaults in order."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    given = [inspect.Parameter(key, kind, default=value) for key, value in defaults.items()]
    members = {
        "__doc__": f"mindspore.mint.nn.{name}.", "__module__": __name__, "module": module or name,
        "signature": inspect.Signature(given), "__signature__": inspect.Signature(given),
    }  # fmt: skip
    return type(name, (base,), members)


class NamedX(ModuleCell):
    """A Cell whose argument is called `x`."""

    spellings = ("x",)


class InputOrX(ModuleCell):
    """A Cell whose argument was called `x` in earlier releases."""

    spellings = ("input", "x")


class Grouped(ModuleCell):
    """Group normalisation: weight and bias are there without `affine` too, but don't learn."""

    def made(self, arguments: dict[str, Any]) -> Any:
        affine = arguments["affine"]
        if not isinstance(affine, bool) or not isinstance(arguments["eps"], float):
            raise errors.invalid(TypeError, f"{self.api}: affine must be a bool and eps a float")
        inner = super().made({**arguments, "affine": True})
        for parameter in (self.weight, self.bias):
            parameter.requires_grad = affine
        return inner


class Initialised(NamedX):
    """A linear layer with MindSpore's initial values."""

    def made(self, arguments: dict[str, Any]) -> Any:
        inits = {"weight": arguments.pop("weight_init"), "bias": arguments.pop("bias_init")}
        inner = super().made(arguments)
        for name, init in inits.items():
            if init is not None and self._parameters[name] is not None:
                parameter = self._parameters[name]
                parameter.set_data(initializer(init, parameter.shape, parameter.dtype))
        return inner


class Looked(ModuleCell):
    """A table of rows. The row of padding_idx starts as zeros; sparse gradients don't exist."""

    def made(self, arguments: dict[str, Any]) -> Any:
        if arguments["sparse"]:
            raise errors.invalid(ValueError, f"{self.api}: sparse=True is not supported")
        if isinstance(arguments["_weight"], torch.Tensor):
            with plain_torch():
                arguments = {**arguments, "_weight": arguments["_weight"].detach().as_subclass(torch.Tensor)}
        return super().made(arguments)


class Resized(ModuleCell):
    """An interpolation to `size`, or by `scale_factor`: a tuple or list with a number for each axis."""

    def made(self, arguments: dict[str, Any]) -> Any:
        for name, kind in (("size", int), ("scale_factor", float)):
            value = arguments[name]
            if value is not None and not (isinstance(value, (tuple, list)) and all(isinstance(each, kind) for each in value)):
                raise errors.invalid(TypeError, f"{self.api}: {name} must be a tuple or list of {kind.__name__}, but got {value!r}")
            if value is not None and (len(value) != 2 or min(value) <= 0):
                raise errors.invalid(ValueError, f"{self.api}: {name} must have 2 positive numbers, but got {value}")
        if (arguments["size"] is None) == (arguments["scale_factor"] is None):
            raise errors.invalid(ValueError, f"{self.api}: one of size and scale_factor must be given")
        return super().made({name: None if value is None else tuple(value) for name, value in arguments.items()})


class Averaged(ModuleCell):
    """The mean over windows of volumes, also of half precision on CPU."""

    def made(self, arguments: dict[str, Any]) -> Any:
        inner = super().made(arguments)
        inner.forward = functools.partial(avg_pool3d, **{name: getattr(inner, name) for name in arguments})
        return inner


class Single(ModuleCell):
    """SyncBatchNorm in one process, where it is a BatchNorm. Groups of processes are refused."""

    def made(self, arguments: dict[str, Any]) -> Any:
        group = arguments.pop("process_group")
        if group is not None:
            raise errors.UnsupportedArgument(self.api, "process_group", group, "None")
        inner = super().made(arguments)
        inner._check_input_dim = self.check_input
        return inner

    def check_input(self, x: Any) -> None:
        """ValueError for fewer than two axes or no channels."""
        if x.dim() < 2 or x.shape[1] == 0:
            raise errors.invalid(ValueError, f"{self.api}: expected at least 2D input with channels, but got {list(x.shape)}")


BATCH: dict[str, Any] = {"num_features": REQUIRED, "eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True}

# The layers that say more than their row does. The others are derived from theirs.
Linear = cell(
    "Linear", "", Initialised, in_features=REQUIRED, out_features=REQUIRED, bias=True, weight_init=None, bias_init=None, dtype=None
)
AvgPool3d = cell("AvgPool3d", "", Averaged, kernel_size=REQUIRED, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
                 divisor_override=None)  # fmt: skip
Embedding = cell("Embedding", "", Looked, num_embeddings=REQUIRED, embedding_dim=REQUIRED, padding_idx=None, max_norm=None,
                 norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, dtype=None)  # fmt: skip
SyncBatchNorm = cell("SyncBatchNorm", "BatchNorm2d", Single, **BATCH, process_group=None, dtype=None)
GroupNorm = cell("GroupNorm", "", Grouped, num_groups=REQUIRED, num_channels=REQUIRED, eps=1e-5, affine=True, dtype=None)
UpsamplingBilinear2d = cell("UpsamplingBilinear2d", "", Resized, size=None, scale_factor=None)
UpsamplingNearest2d = cell("UpsamplingNearest2d", "", Resized, size=None, scale_factor=None)
