"""Products of matrices and vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import complexes, dtypes, engine
from compat.torch_on_mindspore.arithmetic import add, mul, sub
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.pointwise import conj
from compat.torch_on_mindspore.reductions import sum, sum_to
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.shaping import permute, reshape, select, stack, transpose, unsqueeze
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, normal_dim

ops = mindspore.ops


def matmul(input: Any, other: Any) -> Tensor:
    """The matrix product; 1-D operands are vectors. RuntimeError when dtypes or inner sizes differ."""
    if input.dtype != other.dtype:
        raise invalid(
            RuntimeError,
            f"expected m1 and m2 to have the same dtype, but got: {c_name(input)} != {c_name(other)}",
        )
    if not (input.ndim and other.ndim):
        raise invalid(RuntimeError, "both arguments to matmul need to be at least 1D, but they are "
                      f"{input.ndim}D and {other.ndim}D")  # fmt: skip
    if input.dtype == dtypes.bool_:
        raise invalid(NotImplementedError, "\"addmm_impl_cpu_\" not implemented for 'Bool'")
    inner = other.shape[max(other.ndim - 2, 0)]
    if input.shape[-1] != inner:
        raise invalid(RuntimeError, mismatch(input, other))
    if 0 in input.shape or 0 in other.shape:
        return empty_product(input, other)
    if inner == 1 and min(input.ndim, other.ndim) > 1 and max(input.ndim, other.ndim) > 2:
        return mul(input, other)  # MindSpore's gradient of a batch of one such product fails
    product = complexes.matmul if input.dtype.category == dtypes.COMPLEX and min(input.ndim, other.ndim) > 1 else ops.matmul
    found: Tensor = derived(as_tensor(product(input, other)), product_gradient, input, other)
    return found


def product_gradient(gradient: Any, input: Any, other: Any) -> tuple[Any, Any]:
    """The gradients of a matrix product with respect to both operands."""
    left = unsqueeze(input, 0) if input.ndim == 1 else input
    right = unsqueeze(other, 1) if other.ndim == 1 else other
    if input.ndim == 1:
        gradient = unsqueeze(gradient, -1 if other.ndim == 1 else -2)
    if other.ndim == 1:
        gradient = unsqueeze(gradient, -1)
    of_left = sum_to(matmul(gradient, transpose(right, -2, -1)), tuple(left.shape)) if engine.requires_grad(input) else None
    of_right = sum_to(matmul(transpose(left, -2, -1), gradient), tuple(right.shape)) if engine.requires_grad(other) else None
    return (
        None if of_left is None else reshape(of_left, tuple(input.shape)),
        None if of_right is None else reshape(of_right, tuple(other.shape)),
    )


def mismatch(input: Any, other: Any) -> str:
    if input.ndim == 2 and other.ndim == 1:
        rows, columns = input.shape
        return f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({other.shape[0]})"
    if input.ndim == 2 and other.ndim == 2:
        sizes = ("x".join(map(str, one.shape)) for one in (input, other))
        return "mat1 and mat2 shapes cannot be multiplied ({} and {})".format(*sizes)
    return f"size mismatch, got input ({input.shape[-1]}), other {list(other.shape)}"


def empty_product(input: Any, other: Any) -> Tensor:
    """Zeros: MindSpore leaves the product over an empty dimension uninitialised, and has no gradient of one without elements."""
    batch = np.broadcast_shapes(input.shape[:-2], other.shape[:-2])
    shape = (*batch, *input.shape[-2:-1], *(other.shape[-1:] if other.ndim > 1 else ()))
    found: Tensor = nothing(shape, input, other)
    return found


def mm(input: Any, mat2: Any, out_dtype: Any = None) -> Tensor:
    """The product of two matrices; RuntimeError unless both are 2-D. `out_dtype` is for CUDA, in PyTorch too."""
    if out_dtype is not None:
        raise UnsupportedArgument("torch.mm", "out_dtype", out_dtype, "None")
    for name, one in (("self", input), ("mat2", mat2)):
        if one.ndim != 2:
            raise invalid(RuntimeError, f"{name} must be a matrix")
    return matmul(input, mat2)


def refuse_dtype(name: str, out_dtype: Any) -> None:
    """PyTorch accumulates in another dtype than that of the matrices on CUDA alone, and raises NotImplementedError here too."""
    if out_dtype is not None:
        raise UnsupportedArgument(f"torch.{name}", "out_dtype", out_dtype, "None")


def bmm(input: Any, mat2: Any, out_dtype: Any = None) -> Tensor:
    refuse_dtype("bmm", out_dtype)
    if input.ndim != 3 or mat2.ndim != 3:
        raise invalid(RuntimeError, "batch1 and batch2 must be 3D tensors")
    return matmul(input, mat2)


def dot(input: Any, tensor: Any) -> Tensor:
    if input.ndim != 1 or tensor.ndim != 1:
        raise invalid(RuntimeError, f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    if input.dtype != tensor.dtype:
        raise invalid(RuntimeError, f"dot : expected both vectors to have same dtype, but found {input.dtype} and {tensor.dtype}")
    return matmul(input, tensor)


def mv(input: Any, vec: Any) -> Tensor:
    if input.ndim != 2 or vec.ndim != 1:
        raise invalid(RuntimeError, f"vector + matrix @ vector expected, got {vec.ndim}, {input.ndim}, {vec.ndim}")
    return matmul(input, vec)


def vdot(input: Any, other: Any) -> Tensor:
    """`dot`, with the first vector conjugated."""
    return dot(conj(input), other)


def inner(input: Any, other: Any) -> Tensor:
    """The sums of products over the last dimension of both; with a 0-d operand, the product."""
    if not (input.ndim and other.ndim):
        return mul(input, other)
    if input.shape[-1] != other.shape[-1]:
        raise invalid(
            RuntimeError,
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} and {list(other.shape)}",
        )
    return tensordot(input, other, ([-1], [-1]))


def outer(input: Any, vec2: Any) -> Tensor:
    """The products of each element of one vector with each of another."""
    for place, one in enumerate((input, vec2)):
        if one.ndim != 1:
            raise invalid(RuntimeError, f"outer: Expected 1-D argument {'self' if not place else 'vec2'}, but got {one.ndim}-D")
    return mul(unsqueeze(input, 1), vec2)


def scaled_sum(input: Any, product: Any, beta: Any, alpha: Any) -> Tensor:
    """beta · input + alpha · product; with beta 0, `input` counts for nothing, not even NaN."""
    if product.dtype.category < dtypes.FLOAT:
        beta, alpha = (bool(one) if product.dtype == dtypes.bool_ else int(one) for one in (beta, alpha))
    scaled: Tensor = product if alpha == 1 else mul(product, alpha)
    if beta == 0:
        return scaled
    return add(input if beta == 1 else mul(input, beta), scaled)


def check_addend(name: str, input: Any, shape: tuple[int, ...]) -> None:
    """RuntimeError unless `input` broadcasts to the shape of the product."""
    sizes = tuple(input.shape)
    if len(sizes) > len(shape) or any(size not in (1, wanted) for size, wanted in zip(sizes[::-1], shape[::-1], strict=False)):
        raise invalid(
            RuntimeError, f"{name}: the input of shape {list(sizes)} can't be broadcast to {list(shape)}, the shape of the product"
        )


def addmm(input: Any, mat1: Any, mat2: Any, out_dtype: Any = None, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · mat1 @ mat2."""
    refuse_dtype("addmm", out_dtype)
    product = mm(mat1, mat2)
    check_addend("addmm", input, tuple(product.shape))
    return scaled_sum(same(input, product), product, beta, alpha)


def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · mat @ vec."""
    product = mv(mat, vec)
    check_addend("addmv", input, tuple(product.shape))
    return scaled_sum(same(input, product), product, beta, alpha)


def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · outer(vec1, vec2)."""
    product = outer(vec1, vec2)
    check_addend("addr", input, tuple(product.shape))
    return scaled_sum(input, product, beta, alpha)


def baddbmm(input: Any, batch1: Any, batch2: Any, out_dtype: Any = None, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · batch1 @ batch2."""
    refuse_dtype("baddbmm", out_dtype)
    product = bmm(batch1, batch2)
    check_addend("baddbmm", input, tuple(product.shape))
    return scaled_sum(same(input, product), product, beta, alpha)


def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · the sum of the products batch1 @ batch2."""
    product = bmm(batch1, batch2).sum(0)
    check_addend("addbmm", input, tuple(product.shape))
    return scaled_sum(same(input, product), product, beta, alpha)


def same(input: Any, product: Any) -> Any:
    """`input`; RuntimeError when its dtype is not that of the product."""
    if input.dtype != product.dtype:
        raise invalid(
            RuntimeError, f"self and mat2 must have the same dtype, but got {input.dtype.tensor_type} and {product.dtype.tensor_type}"
        )
    return input


def tensordot(a: Any, b: Any, dims: Any = 2) -> Tensor:
    """The sums of products over the last `dims` dimensions of a and the first of b, or over these two lists of dimensions."""
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.ndim, b.ndim):
            raise invalid(RuntimeError, f"tensordot expects dims >= 0 and no more than the operands have, but got dims={dims}")
        left, right = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        lists = dims.tolist() if isinstance(dims, mindspore.Tensor) else dims
        left, right = ([normal_dim(one, int(at)) for at in ((each,) if isinstance(each, int) else each)]
                       for one, each in zip((a, b), lists, strict=True))  # fmt: skip
    if len(left) != len(right):
        raise invalid(RuntimeError, "both dimension lists should have same length")
    for first, second in zip(left, right, strict=True):
        # A dimension of size 1 is broadcast.
        if a.shape[first] == 1 != b.shape[second]:
            b = sum(b, second, True, dtype=b.dtype)
        elif b.shape[second] == 1 != a.shape[first]:
            a = sum(a, first, True, dtype=a.dtype)
        elif a.shape[first] != b.shape[second]:
            raise invalid(
                RuntimeError,
                f"contracted dimensions need to match, but first has size {a.shape[first]} in dim {first} and second has size "
                f"{b.shape[second]} in dim {second}",
            )
    rows = [at for at in range(a.ndim) if at not in left]
    columns = [at for at in range(b.ndim) if at not in right]
    count = math.prod(a.shape[at] for at in left)
    matrix = reshape(permute(a, (*rows, *left)), math.prod(a.shape[at] for at in rows), count)
    other = reshape(permute(b, (*right, *columns)), count, math.prod(b.shape[at] for at in columns))
    found: Tensor = reshape(matmul(matrix, other), (*(a.shape[at] for at in rows), *(b.shape[at] for at in columns)))
    return found


def kron(input: Any, other: Any) -> Tensor:
    """Kronecker's product: `other` times each element of `input`, in blocks."""
    rank = max(input.ndim, other.ndim)
    first, second = ((1,) * (rank - one.ndim) + tuple(one.shape) for one in (input, other))
    blocks = mul(
        reshape(input, tuple(size for one in first for size in (one, 1))),
        reshape(other, tuple(size for one in second for size in (1, one))),
    )
    found: Tensor = reshape(blocks, tuple(size * step for size, step in zip(first, second, strict=True)))
    return found


def cross(input: Any, other: Any, dim: int | None = None) -> Tensor:
    """The vector product along a dimension of size 3, the first such one unless told."""
    shape = np.broadcast_shapes(tuple(input.shape), tuple(other.shape))
    if dim is None:
        dim = next((at for at, size in enumerate(shape) if size == 3), None)
        if dim is None:
            raise invalid(RuntimeError, "no dimension of size 3 in input")
    return vector_product(input, other, dim)


def vector_product(input: Any, other: Any, dim: int) -> Tensor:
    if input.ndim != other.ndim:
        raise invalid(RuntimeError, "linalg.cross: inputs must have the same number of dimensions.")
    dim = normal_dim(input, dim)
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise invalid(
            RuntimeError,
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[dim]} and {other.shape[dim]}",
        )
    a, b = ([select(one, dim, at) for at in range(3)] for one in (input, other))
    return stack([sub(mul(a[i], b[j]), mul(a[j], b[i])) for i, j in ((1, 2), (2, 0), (0, 1))], dim)


def chain_matmul(*matrices: Any) -> Tensor:
    """The product of all matrices, in the order of the fewest operations."""
    return multi_dot(list(matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)) else matrices))


def multi_dot(tensors: Sequence[Any]) -> Tensor:
    """The product of all matrices, in the order of the fewest operations; the first and the last may be vectors."""
    parts = list(tensors)
    if len(parts) < 2:
        raise invalid(RuntimeError, "multi_dot(): expected at least 2 tensors but got " + str(len(parts)))
    row, column = parts[0].ndim == 1, parts[-1].ndim == 1
    parts[0] = unsqueeze(parts[0], 0) if row else parts[0]
    parts[-1] = unsqueeze(parts[-1], 1) if column else parts[-1]
    for place, one in enumerate(parts):
        if one.ndim != 2:
            raise invalid(RuntimeError, f"multi_dot(): tensor {place} must be 2D but got {one.ndim}D")
    found = in_order(parts, cheapest([*(one.shape[0] for one in parts), parts[-1].shape[1]]), 0, len(parts) - 1)
    found = select(found, 1, 0) if column else found
    product: Tensor = select(found, 0, 0) if row else found
    return product


def cheapest(sizes: Sequence[int]) -> dict[tuple[int, int], int]:
    """For each run of matrices, where to divide it."""
    count = len(sizes) - 1
    cost = {(at, at): 0 for at in range(count)}
    cut: dict[tuple[int, int], int] = {}
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            end = start + length - 1
            costs = {at: cost[start, at] + cost[at + 1, end] + sizes[start] * sizes[at + 1] * sizes[end + 1] for at in range(start, end)}
            cut[start, end] = min(costs, key=lambda at: costs[at])
            cost[start, end] = costs[cut[start, end]]
    return cut


def in_order(parts: Sequence[Any], cut: dict[tuple[int, int], int], start: int, end: int) -> Any:
    if start == end:
        return parts[start]
    at = cut[start, end]
    return matmul(in_order(parts, cut, start, at), in_order(parts, cut, at + 1, end))
