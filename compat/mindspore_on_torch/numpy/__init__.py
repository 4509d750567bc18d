"""mindspore.numpy: NumPy's functions on tensors, with MindSpore's types and refusals; grouped by subject."""

from __future__ import annotations

from compat.mindspore_on_torch.numpy import (
    calculus,
    creation,
    elementwise,
    joining,
    logic,
    matrices,
    padding,
    polynomials,
    products,
    ranges,
    reductions,
    selection,
    shaping,
    statistics,
    types,
)
from compat.mindspore_on_torch.numpy.calculus import *  # noqa: F403
from compat.mindspore_on_torch.numpy.creation import *  # noqa: F403
from compat.mindspore_on_torch.numpy.elementwise import *  # noqa: F403
from compat.mindspore_on_torch.numpy.joining import *  # noqa: F403
from compat.mindspore_on_torch.numpy.logic import *  # noqa: F403
from compat.mindspore_on_torch.numpy.matrices import *  # noqa: F403
from compat.mindspore_on_torch.numpy.padding import *  # noqa: F403
from compat.mindspore_on_torch.numpy.polynomials import *  # noqa: F403
from compat.mindspore_on_torch.numpy.products import *  # noqa: F403
from compat.mindspore_on_torch.numpy.ranges import *  # noqa: F403
from compat.mindspore_on_torch.numpy.reductions import *  # noqa: F403
from compat.mindspore_on_torch.numpy.selection import *  # noqa: F403
from compat.mindspore_on_torch.numpy.shaping import *  # noqa: F403
from compat.mindspore_on_torch.numpy.statistics import *  # noqa: F403
from compat.mindspore_on_torch.numpy.types import *  # noqa: F403

__all__ = [
    *calculus.__all__, *creation.__all__, *elementwise.__all__, *joining.__all__, *logic.__all__, *matrices.__all__, *padding.__all__,
    *polynomials.__all__, *products.__all__, *ranges.__all__, *reductions.__all__, *selection.__all__, *shaping.__all__,
    *statistics.__all__, *types.__all__,
]  # fmt: skip
