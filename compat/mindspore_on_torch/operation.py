"""What every hand-written function of mindspore.ops shares: it runs as PyTorch's own code, and errors are MindSpore's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from compat import errors
from compat.mindspore_on_torch.meanings import plain_torch

Function = TypeVar("Function", bound=Callable[..., Any])


def operation(function: Function) -> Function:
    """The function of mindspore.ops: tensors have PyTorch's meanings inside, results become MindSpore's.

    An error of PyTorch becomes a ValueError or, for an argument that is no tensor, a TypeError, and names the function.
    """

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with plain_torch():
                result = function(*args, **kwargs)
            return tensor.as_tensor(result)
        except Exception as error:
            kind = TypeError if isinstance(error, AttributeError) else ValueError
            raise errors.at_boundary(f"mindspore.ops.{function.__name__}", error, kind) from error.__cause__

    return cast(Function, run)


# At the end, and as a module: the methods of Tensor are such functions, so that tensor needs this module in its turn.
import compat.mindspore_on_torch.tensor as tensor  # noqa: E402
