"""The checks that a row may declare: conditions on the arguments, tested before a backend sees them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from compat.table.parameters import Identifier, Raised, Record


class Check(Record, frozen=True, kw_only=True):
    """A condition on the arguments, tested before the backend sees them."""

    of: Annotated[list[Identifier], Meta(description="The parameters that it reads, in order", min_length=1)]
    raises: Annotated[Raised, Meta(description="The type that the imitated framework raises")]
    at: Annotated[
        Literal["call"] | None, Meta(description="`call`: a constructor argument that the framework checks only when the module is called")
    ] = None


class IsTensor(Check, frozen=True, kw_only=True, tag_field="kind", tag="tensor"):
    """Each is a tensor; None passes where the parameter's default is None."""


class IsString(Check, frozen=True, kw_only=True, tag_field="kind", tag="string"):
    """Each is a string."""


class IsNumber(Check, frozen=True, kw_only=True, tag_field="kind", tag="number"):
    """Each is of one of these Python types; a bool is an int only where bool is listed."""

    types: Annotated[list[Literal["int", "float", "bool"]], Meta(description="Python types", min_length=1)] = field(
        default_factory=lambda: ["int", "float"]
    )


class InRange(Check, frozen=True, kw_only=True, tag_field="kind", tag="range"):
    """Each lies within the bounds."""

    gt: Annotated[float | None, Meta(description="Exclusive lower bound")] = None
    ge: Annotated[float | None, Meta(description="Inclusive lower bound")] = None
    le: Annotated[float | None, Meta(description="Inclusive upper bound")] = None


class IsChoice(Check, frozen=True, kw_only=True, tag_field="kind", tag="choice"):
    """Each is one of these values."""

    among: Annotated[list[Any], Meta(description="The values", min_length=1)]


class IsCallable(Check, frozen=True, kw_only=True, tag_field="kind", tag="callable"):
    """Each can be called."""


class BroadcastsTo(Check, frozen=True, kw_only=True, tag_field="kind", tag="broadcasts_to"):
    """The first broadcasts to the shape of the second, without enlarging it."""


class SameShape(Check, frozen=True, kw_only=True, tag_field="kind", tag="same_shape"):
    """All have the shape of the first."""


class Broadcastable(Check, frozen=True, kw_only=True, tag_field="kind", tag="broadcastable"):
    """All shapes broadcast together."""


class SameDtype(Check, frozen=True, kw_only=True, tag_field="kind", tag="same_dtype"):
    """All have the dtype of the first."""


class HasDtype(Check, frozen=True, kw_only=True, tag_field="kind", tag="dtype"):
    """Each has one of these dtypes."""

    among: Annotated[list[Identifier], Meta(description="dtype names", min_length=1)]


class HasRank(Check, frozen=True, kw_only=True, tag_field="kind", tag="rank"):
    """Each has one of these numbers of dimensions."""

    among: Annotated[list[int], Meta(description="Numbers of dimensions", min_length=1)]


AnyCheck = (
    IsTensor
    | IsString
    | IsNumber
    | InRange
    | IsChoice
    | IsCallable
    | SameShape
    | Broadcastable
    | BroadcastsTo
    | SameDtype
    | HasDtype
    | HasRank
)
