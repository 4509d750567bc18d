"""The objects behind `torch.float32` and its like: MindSpore dtypes with PyTorch's names, and type promotion.

Each is an instance of a subclass of MindSpore's own dtype class, equal to MindSpore's object and with the same hash.
MindSpore's Python and C++ functions therefore take it for their own, and a Tensor can have it as its `dtype`.
"""

from __future__ import annotations

from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore

BOOL, INTEGER, FLOAT, COMPLEX = range(4)
# name, MindSpore's name, PyTorch's other names, arguments of MindSpore's dtype class, category, PyTorch's tensor type
KINDS = (
    ("bool", "bool_", (), (), BOOL, "Bool"),
    ("uint8", "uint8", (), (8,), INTEGER, "Byte"),
    ("int8", "int8", (), (8,), INTEGER, "Char"),
    ("int16", "int16", ("short",), (16,), INTEGER, "Short"),
    ("int32", "int32", ("int",), (32,), INTEGER, "Int"),
    ("int64", "int64", ("long",), (64,), INTEGER, "Long"),
    ("float16", "float16", ("half",), (16,), FLOAT, "Half"),
    ("bfloat16", "bfloat16", (), (16,), FLOAT, "BFloat16"),
    ("float32", "float32", ("float",), (32,), FLOAT, "Float"),
    ("float64", "float64", ("double",), (64,), FLOAT, "Double"),
    ("complex64", "complex64", ("cfloat",), (64,), COMPLEX, "ComplexFloat"),
    ("complex128", "complex128", ("cdouble",), (128,), COMPLEX, "ComplexDouble"),
)


class dtype:
    """A data type; `torch.dtype`."""

    name: str
    category: int
    tensor_type: str
    itemsize: int
    narrow: bool  # one of 16 bits, which PyTorch computes with a number in float32

    @property
    def is_floating_point(self) -> bool:
        return self.category == FLOAT

    @property
    def is_complex(self) -> bool:
        return self.category == COMPLEX

    @property
    def is_signed(self) -> bool:
        return self.name != "bool" and not self.name.startswith("uint")

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    __str__ = __repr__

    def __reduce__(self) -> str:
        return f"{self.name}_" if self.name == "bool" else self.name


def _made(name: str, native: Any, arguments: tuple[int, ...], category: int, tensor_type: str) -> Any:
    itemsize = 1 if name == "bool" else int("".join(filter(str.isdigit, name))) // 8
    made = type("dtype", (dtype, type(native)), {"__module__": __name__, "itemsize": itemsize})(*arguments)
    made.name, made.category, made.tensor_type = name, category, tensor_type
    made.narrow = name in ("float16", "bfloat16")
    return made


BY_NAME: dict[str, Any] = {}  # with PyTorch's other names
OF: dict[Any, Any] = {}  # MindSpore's dtype, or ours: the dictionary can't tell them apart → ours
BY_IDENTITY: dict[int, Any] = {}  # the same by `id`, which is found ten times faster than by MindSpore's hash
BFLOAT16_MET: list[bool] = []  # not empty once a tensor of bfloat16 has been met on CPU, where it needs help: see the module `bfloat16`
for _name, _native, _others, _arguments, _category, _tensor_type in KINDS:
    _kind = _made(_name, getattr(mindspore, _native), _arguments, _category, _tensor_type)
    OF[getattr(mindspore, _native)] = _kind
    BY_IDENTITY.update({id(one): _kind for one in (getattr(mindspore, _native), _kind) if _name != "bfloat16"})  # which `met` adds
    BY_NAME.update(dict.fromkeys((_name, *_others), _kind))


class Foreign(dtype):
    """A data type that no tensor here can have; programs name it to compare with."""

    narrow = True

    def __init__(self, name: str, category: int, itemsize: int) -> None:
        self.name, self.category, self.itemsize = name, category, itemsize


float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu = (
    Foreign(f"float8_{kind}", FLOAT, 1) for kind in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")
)
uint16, uint32, uint64 = (Foreign(f"uint{8 * size}", INTEGER, size) for size in (2, 4, 8))

bool_: Any = BY_NAME["bool"]
uint8: Any = BY_NAME["uint8"]
int8: Any = BY_NAME["int8"]
int16: Any = BY_NAME["int16"]
int32: Any = BY_NAME["int32"]
int64: Any = BY_NAME["int64"]
float16: Any = BY_NAME["float16"]
bfloat16: Any = BY_NAME["bfloat16"]
float32: Any = BY_NAME["float32"]
float64: Any = BY_NAME["float64"]
complex64: Any = BY_NAME["complex64"]
complex128: Any = BY_NAME["complex128"]

_default = [float32]


def get_default_dtype() -> Any:
    """The dtype of a new floating-point tensor when none is given."""
    return _default[0]


def set_default_dtype(d: Any, /) -> None:
    """Set what `get_default_dtype` returns; TypeError unless it is a floating-point dtype."""
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise invalid(TypeError, "only floating-point types are supported as the default type")
    if isinstance(d, Foreign):
        raise UnsupportedArgument("torch.set_default_dtype", "d", d, "float16, bfloat16, float32, float64")
    _default[0] = d


def of_scalar(value: bool | int | float | complex) -> Any:
    """The dtype of a Python number."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    if isinstance(value, complex):
        return complex128 if _default[0] == float64 else complex64
    return _default[0]


def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest dtype that holds both, by PyTorch's rules; `torch.promote_types`."""
    low, high = sorted((OF[type1], OF[type2]), key=lambda kind: (kind.category, kind.itemsize))
    if low == high or low.category == BOOL:
        return high
    if high.category == COMPLEX:
        return complex128 if low == float64 else high
    if low.category == high.category == FLOAT and low.itemsize == high.itemsize:
        return float32  # float16 with bfloat16
    if low.category == high.category == INTEGER and uint8 in (low, high) and high.itemsize == 1:
        return int16  # uint8 with int8
    return high


def kind_of(dtype: Any) -> Any:
    """The torch.dtype that `dtype` is; TypeError for anything else. Python's types are none but float, int, bool and complex."""
    try:
        return OF[PYTHON_TYPES.get(dtype, dtype)]
    except (KeyError, TypeError):
        if isinstance(dtype, Foreign):
            raise UnsupportedArgument("torch", "dtype", dtype, "the dtypes of MindSpore's tensors") from None
        raise invalid(TypeError, f"argument 'dtype' must be torch.dtype, not {type(dtype).__name__}") from None


PYTHON_TYPES = {float: float64, int: int64, bool: bool_, complex: complex128}


def combined(first: Any, second: Any) -> Any:
    """`first` unless `second` is of a higher category: how a number or a 0-d tensor counts beside a tensor with dimensions."""
    if first is None or second is None:
        return second if first is None else first
    if first.category == COMPLEX or (first.category == FLOAT and second.category != COMPLEX):
        return first
    if first.category == FLOAT:
        return complex128 if first == float64 else complex64
    if first.category == BOOL or second.category >= FLOAT:
        return promote_types(first, second)
    return first


def result_type(*operands: Any) -> Any:
    """The dtype of an operation on these tensors and numbers; `torch.result_type`."""
    if len(operands) == 2 and isinstance(operands[0], engine.TensorBase):
        # What most operations meet: two tensors of one dtype, or a tensor and a number that its dtype holds.
        first, second = operands
        kind = of(first)
        if of(second) is kind if isinstance(second, engine.TensorBase) else kind.category >= NUMBERS.get(type(second), COMPLEX):
            return kind
    return promoted(operands)


NUMBERS = {bool: BOOL, int: INTEGER, float: FLOAT}


def of(tensor: Any) -> Any:
    """The dtype of a tensor, of MindSpore's class too."""
    native = engine.dtype_of(tensor)
    found = BY_IDENTITY.get(id(native))
    return met(native) if found is None else found


def met(native: Any) -> Any:
    """The dtype `native` of a tensor as PyTorch's; of the first one in bfloat16, a note that there is one."""
    found = OF[native]
    if found is bfloat16:
        BY_IDENTITY[id(native)] = found
        if engine.ON_CPU and not BFLOAT16_MET:
            BFLOAT16_MET.append(True)
    return found


def promoted(operands: Any) -> Any:
    """`result_type`, by PyTorch's rules for tensors with dimensions, 0-d tensors and numbers."""
    ranked: list[Any] = [None, None, None]  # tensors with dimensions, 0-d tensors, Python numbers
    for operand in operands:
        is_tensor = isinstance(operand, engine.TensorBase)
        rank = (0 if operand.ndim else 1) if is_tensor else 2
        kind = OF[operand.dtype] if is_tensor else of_scalar(operand)
        ranked[rank] = kind if ranked[rank] is None else promote_types(ranked[rank], kind)
    return combined(combined(ranked[0], ranked[1]), ranked[2])


def can_cast(from_: Any, to: Any) -> bool:
    """Whether PyTorch would store a `from_` result in a `to` tensor; `torch.can_cast`."""
    return bool(OF[from_].category <= OF[to].category)


C_NAMES = {
    "Float": "float", "Double": "double", "Long": "long int", "Int": "int", "Short": "short int", "Char": "signed char",
    "Byte": "unsigned char", "Bool": "bool", "Half": "c10::Half", "BFloat16": "c10::BFloat16",
}  # fmt: skip


def c_name(tensor: Any) -> str:
    """The dtype as PyTorch's C++ errors name it."""
    kind = str(tensor.dtype.tensor_type)
    return C_NAMES.get(kind, kind)
