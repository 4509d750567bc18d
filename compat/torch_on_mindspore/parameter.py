"""torch.nn.Parameter: a Tensor that a Module registers, and a mindspore.Parameter that MindSpore's optimizers take."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore import creation
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor


class Parameter(Tensor, mindspore.Parameter):
    """A tensor to be trained; it shares storage with `data`."""

    __module__ = "torch.nn.parameter"

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        made = mindspore.Tensor.__new__(cls)
        # what mindspore.Parameter.__new__ would have set; it can't be called, since it makes a class of its own
        made.init_mode = None
        made.is_default_input_init = False
        return made

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        content = creation.empty(0) if data is None else data.detach()
        mindspore.Tensor.__init__(self, content)
        mindspore.Parameter.__init__(self, content, requires_grad=requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        made = Parameter(self.detach().clone(), self.requires_grad)
        memo[id(self)] = made
        return made

    def clone(self, init: str | None = None, *, memory_format: Any = None) -> Any:
        """A recorded copy; with `init`, as MindSpore's optimizers call it, another MindSpore parameter."""
        if init is None:
            return super().clone(memory_format=memory_format)
        plain = self.detach()
        plain.__class__ = mindspore.Tensor  # from a subclass of it, mindspore.Parameter makes a class that it can't construct
        return mindspore.Parameter.clone(mindspore.Parameter(plain, name=self.name), init)


# mindspore.Tensor comes before mindspore.Parameter in the order of the bases; what the latter redefines must win all the same.
for _name, _attribute in vars(mindspore.Parameter).items():
    if not (_name.startswith("__") or _name in vars(Tensor) or _name in vars(Parameter)):
        setattr(Parameter, _name, _attribute)
