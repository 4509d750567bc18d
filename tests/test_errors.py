"""Errors at the boundary: the imitated type, the API's name, the arguments' shapes."""

from __future__ import annotations

import json
import types

import pytest

from compat.errors import UnsupportedAPI, UnsupportedArgument, at_boundary, first_line, invalid

API = "torch.nn.functional.mse_loss"


class Shaped:
    shape, dtype = (2, 3), "torch.float32"


def test_what_the_backend_raised_becomes_the_imitated_type() -> None:
    cause = TypeError("\n-----\n- Kernel select failed:\n-----\nUnsupported op [X] on CPU\nmore")
    error = at_boundary(API, cause, RuntimeError, input=Shaped(), weight=None, reduction="mean")
    assert type(error) is RuntimeError
    assert str(error) == f"{API}(input: float32[2, 3], reduction: 'mean'): Unsupported op [X] on CPU"
    assert error.__cause__ is cause


def test_an_error_of_our_own_keeps_its_type_and_gains_the_name_once() -> None:
    inner = invalid(ValueError, f"{API}: bad reduction")
    assert at_boundary(API, inner, RuntimeError) is inner
    outer = at_boundary("torch.nn.MSELoss", inner, RuntimeError)
    assert type(outer) is ValueError
    assert str(outer) == f"torch.nn.MSELoss: {API}: bad reduction"


def test_unsupported_passes() -> None:
    error = UnsupportedArgument(API, "out", 3, "None")
    assert at_boundary(API, error, RuntimeError) is error
    assert str(error) == f"{API}: out=3 is not supported on this backend; supported: None. See `compat explain {API}`."


def test_a_name_that_the_backend_lacks_disables_one_api() -> None:
    with pytest.raises(AttributeError) as caught:
        json.no_such_function  # noqa: B018  # the attribute error is the subject
    error = at_boundary(API, caught.value, RuntimeError)
    assert isinstance(error, UnsupportedAPI)
    assert str(error) == f"{API}: the installed backend has no json.no_such_function"


def test_an_attribute_error_of_an_object_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError) as caught:
        types.SimpleNamespace().size  # noqa: B018  # the attribute error is the subject
    assert type(at_boundary(API, caught.value, RuntimeError)) is RuntimeError


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("\n--\n", ""), ("a\nb", "a"), ("---\n- b -\n", "b")])
def test_first_line(text: str, expected: str) -> None:
    assert first_line(ValueError(text)) == expected
