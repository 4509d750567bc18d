"""torch.nn.Parameter and Buffer: tensors that a Module registers when they are assigned, and the ones whose shape is not known yet."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import creation, engine
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.dispatch import DISABLED, PLAIN, DisableTorchFunction
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.recorded import Recorded
from compat.torch_on_mindspore.storage import remember
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, owner


class _ParameterMeta(type(mindspore.Tensor)):  # type: ignore[misc]
    """A tensor of another class is a Parameter when it is marked as one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is not Parameter:
            return bool(super().__instancecheck__(instance))
        return issubclass(type(instance), Parameter) or (isinstance(instance, Tensor) and getattr(instance, "_is_param", False))


class Parameter(Tensor, mindspore.Parameter, metaclass=_ParameterMeta):
    """A tensor to be trained; it shares storage with `data`, and MindSpore's optimizers take it.

    From an instance of a subclass of Tensor comes another of that subclass, which `isinstance` takes for a Parameter.
    """

    __module__ = "torch.nn.parameter"
    __torch_function__ = DISABLED

    def __new__(cls, data: Any = None, requires_grad: bool = True, **_options: Any) -> Any:
        if data is not None and not isinstance(data, mindspore.Tensor):
            raise invalid(TypeError, f"Creating a Parameter from an instance of type {type(data).__name__} requires that it is a Tensor")
        if data is not None and type(data) is not Tensor and isinstance(data, Tensor) and not issubclass(type(data), Parameter):
            made = data.detach().requires_grad_(requires_grad)
            if type(made) is not type(data):
                raise invalid(
                    RuntimeError,
                    f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() returns an instance of "
                    f"the same type, but return type {type(made).__name__} was found instead.",
                )
            made._is_param = True
            return made
        made = mindspore.Tensor.__new__(cls)
        # what mindspore.Parameter.__new__ would have set; it can't be called, since it makes a class of its own
        made.init_mode = None
        made.is_default_input_init = False
        return made

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        with DisableTorchFunction():
            content = creation.empty(0) if data is None else as_tensor(data).detach()
            if requires_grad and not (content.is_floating_point() or content.is_complex()):
                raise invalid(RuntimeError, "Only Tensors of floating point and complex dtype can require gradients")
            mindspore.Tensor.__init__(self, content)
            mindspore.Parameter.__init__(self, content, requires_grad=requires_grad)
            whole = owner(content)
            if tuple(whole.shape) != tuple(content.shape) or not content.is_contiguous():
                self._owner = whole  # NumPy gets a copy of a part: who writes has to go by the whole
                remember(whole, "_aliases", self)
            if requires_grad:
                engine.keep_gradient_apart(self)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    __str__ = __repr__

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) in memo:
            return memo[id(self)]
        made = memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return made

    def clone(self, init: str | None = None, *, memory_format: Any = None) -> Any:
        """A recorded copy; with `init`, as MindSpore's optimizers call it, another MindSpore parameter."""
        if init is None:
            return super().clone(memory_format=memory_format)
        plain = self.detach()
        plain.__class__ = mindspore.Tensor  # from a subclass of it, mindspore.Parameter makes a class that it can't construct
        return mindspore.Parameter.clone(mindspore.Parameter(plain, name=self.name), init)


PLAIN.add(Parameter)

# mindspore.Tensor comes before mindspore.Parameter in the order of the bases; what the latter redefines must win all the same.
for _name, _attribute in vars(mindspore.Parameter).items():
    if not (_name.startswith("__") or _name in vars(Tensor) or _name in vars(Recorded) or _name in vars(Parameter)):
        setattr(Parameter, _name, _attribute)


class _BufferMeta(type(mindspore.Tensor)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is not Buffer:
            return bool(super().__instancecheck__(instance))
        return isinstance(instance, Tensor) and bool(getattr(instance, "_is_buffer", False))


class Buffer(Tensor, metaclass=_BufferMeta):
    """A tensor that a Module registers as a buffer when it is assigned. What the constructor returns is a marked Tensor."""

    __module__ = "torch.nn.parameter"
    __torch_function__ = DISABLED

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        made = creation.empty(0) if data is None else data.detach().requires_grad_(data.requires_grad)
        made.persistent = persistent
        made._is_buffer = True
        return made


class UninitializedTensorMixin:
    """A tensor whose shape is decided by the first call of the lazy module that owns it."""

    cls_to_become: type

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give it storage of this shape, uninitialised, and the class that it stands for."""
        check_device("torch.nn.parameter.UninitializedParameter", device)
        engine.replace_data(self, creation.empty(*shape, dtype=self.dtype if dtype is None else dtype))  # type: ignore[attr-defined]
        self.__class__ = self.cls_to_become

    @property
    def shape(self) -> Any:
        raise invalid(
            RuntimeError,
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when "
            "trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before "
            "accessing their attributes.",
        )

    def share_memory_(self) -> Any:
        raise invalid(
            RuntimeError,
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before "
            "calling `module.share_memory()`.",
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return True


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter without a shape."""

    __module__ = "torch.nn.parameter"
    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return super().__new__(cls)

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        check_device("torch.nn.parameter.UninitializedParameter", device)
        self.__class__ = Parameter
        Parameter.__init__(self, creation.empty(0, dtype=dtype), requires_grad)
        self.__class__ = UninitializedParameter

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo[id(self)] = type(self)(self.requires_grad, dtype=self.dtype)
        return made


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer without a shape."""

    __module__ = "torch.nn.parameter"
    __torch_function__ = DISABLED
    cls_to_become = Tensor

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> Any:
        check_device("torch.nn.parameter.UninitializedBuffer", device)
        made = creation.empty(0, dtype=dtype).requires_grad_(requires_grad)
        made.__class__ = cls
        made.persistent = persistent
        made._is_buffer = True
        return made

    def __init__(self, *_args: Any, **_options: Any) -> None:
        """Everything was done when it was made."""


def is_lazy(value: Any) -> bool:
    """Whether a tensor waits for its shape."""
    return isinstance(value, UninitializedTensorMixin)
