"""Einstein's summation: sums of products of the elements that equal letters name."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.arithmetic import mul
from compat.torch_on_mindspore.diagonals import diagonal
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.products import matmul
from compat.torch_on_mindspore.reductions import sum
from compat.torch_on_mindspore.shaping import movedim, permute, permuted, reshape
from compat.torch_on_mindspore.tensor import as_tensor

native = mindspore.Tensor

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ELLIPSIS = "..."


def einsum(*args: Any) -> Any:
    """`einsum(equation, operands…)` or `einsum(operand, letters, …, result letters)`, contracted from left to right."""
    if isinstance(args[0], str):
        equation, operands = args[0], args[1] if len(args) == 2 and isinstance(args[1], (list, tuple)) else args[1:]
    else:
        equation, operands = equation_of(args)
    if not operands:
        raise invalid(RuntimeError, "einsum(): must provide at least one operand")
    plan, target = planned(equation, tuple(one.ndim for one in operands))
    parts = [simple(one, letters) for one, letters in zip(operands, plan, strict=True)]
    check_sizes(parts)
    while len(parts) > 1:
        (first, first_letters), (second, second_letters), *rest = parts
        needed = set(target).union(*(letters for _, letters in rest))
        parts = [contracted(first, first_letters, second, second_letters, needed), *rest]
    ((found, letters),) = parts
    found, letters = summed(found, letters, set(target))
    return permute(found, tuple(letters.index(one) for one in target)) if letters != target else found


def equation_of(args: Sequence[Any]) -> tuple[str, list[Any]]:
    """The equation and the operands of the form that names dimensions by numbers."""
    operands, lists = list(args[: len(args) // 2 * 2 : 2]), list(args[1::2])
    result = args[-1] if len(args) % 2 else None

    def text(names: Any) -> str:
        letters = []
        for one in names:
            if one is not Ellipsis and not 0 <= one < len(LETTERS):
                raise invalid(RuntimeError, f"einsum(): expected subscripts to be within range [0, {len(LETTERS)}), but got {one}")
            letters.append(ELLIPSIS if one is Ellipsis else LETTERS[one])
        return "".join(letters)

    equation = ",".join(map(text, lists))
    return equation if result is None else f"{equation}->{text(result)}", operands


@functools.lru_cache(1024)
def planned(equation: str, ranks: tuple[int, ...]) -> tuple[tuple[tuple[Any, ...], ...], tuple[Any, ...]]:
    """The letters of each operand and of the result; the dimensions under an ellipsis are counted from the last, -1, -2, …"""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) < len(ranks):
        raise invalid(RuntimeError, "einsum(): more operands were provided than specified in the equation")
    if len(terms) > len(ranks):
        raise invalid(RuntimeError, "einsum(): fewer operands were provided than specified in the equation")
    plan, covered = [], 0
    for place, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        letters = lettered(term, place)
        hidden = rank - len(letters) + (ELLIPSIS in letters)
        if hidden < 0 or (hidden and ELLIPSIS not in letters):
            raise invalid(
                RuntimeError,
                f"einsum(): the number of subscripts in the equation ({len(letters)}) does not match the number of dimensions ({rank}) "
                f"for operand {place} and no ellipsis was given"
                if ELLIPSIS not in letters
                else f"einsum(): the number of subscripts in the equation ({len(letters) - 1}) is more than the number of dimensions "
                f"({rank}) for operand {place}",
            )
        plan.append(spread(letters, hidden))
        covered = max(covered, hidden if ELLIPSIS in letters else 0)
    if arrow:
        target = spread(lettered(right, len(ranks)), covered)
        known = set().union(*plan)
        for one in target:
            if target.count(one) > 1:
                raise invalid(RuntimeError, f"einsum(): output subscript {one} appears more than once in the output")
            if one not in known:
                raise invalid(RuntimeError, f"einsum(): output subscript {one} does not appear in the equation for any input operand")
    else:
        given = [one for letters in plan for one in letters if isinstance(one, str)]
        target = (*range(-covered, 0), *sorted(one for one in set(given) if given.count(one) == 1))
    return tuple(plan), target


def lettered(term: str, place: int) -> list[str]:
    """The letters of one term, an ellipsis as one of them."""
    before, dots, after = term.partition(ELLIPSIS)
    for one in before + after:
        if one not in LETTERS:
            raise invalid(
                RuntimeError,
                "einsum(): found '.' for operand " + str(place) + " that is not part of any ellipsis"
                if one == "."
                else f"einsum(): invalid subscript given at index {place} in the equation string, subscripts must be in [a-zA-Z]",
            )
    return [*before, *([ELLIPSIS] if dots else []), *after]


def spread(letters: Sequence[str], hidden: int) -> tuple[Any, ...]:
    return tuple(one for letter in letters for one in (range(-hidden, 0) if letter == ELLIPSIS else (letter,)))


def simple(operand: Any, letters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The operand with each letter once: a repeated one means the diagonal."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            if operand.shape[first] != operand.shape[second]:
                raise invalid(
                    RuntimeError,
                    f"einsum(): subscript {letter} is repeated for operand 0 but the sizes don't match, {operand.shape[second]} != "
                    f"{operand.shape[first]}",
                )
            operand = movedim(diagonal(operand, 0, first, second), -1, first)
            letters = letters[:second] + letters[second + 1 :]
    return operand, letters


def check_sizes(parts: Sequence[tuple[Any, tuple[Any, ...]]]) -> None:
    """RuntimeError where one letter names dimensions of different sizes, neither of them 1."""
    sizes: dict[Any, int] = {}
    for place, (operand, letters) in enumerate(parts):
        for letter, size in zip(letters, operand.shape, strict=True):
            known = sizes.setdefault(letter, size)
            if size != known and 1 not in (size, known):
                raise invalid(
                    RuntimeError,
                    f"einsum(): subscript {letter} has size {size} for operand {place} which does not broadcast with previously seen size {known}",
                )
            sizes[letter] = size if known == 1 else known


def summed(operand: Any, letters: tuple[Any, ...], needed: set[Any]) -> tuple[Any, tuple[Any, ...]]:
    """The operand summed over the letters that nothing else needs."""
    gone = tuple(at for at, one in enumerate(letters) if one not in needed)
    if not gone:
        return operand, letters
    return sum(operand, gone, dtype=operand.dtype), tuple(one for one in letters if one in needed)


def contracted(
    first: Any, first_letters: tuple[Any, ...], second: Any, second_letters: tuple[Any, ...], needed: set[Any]
) -> tuple[Any, tuple[Any, ...]]:
    """The product of two operands, summed over the letters that are not needed, by one matrix product."""
    first, first_letters = summed(first, first_letters, needed | set(second_letters))
    second, second_letters = summed(second, second_letters, needed | set(first_letters))
    size = dict(zip(second_letters, second.shape, strict=True))
    for letter, own in zip(first_letters, first.shape, strict=True):
        # A letter of size 1 on one side only: broadcast, which is no contraction.
        if letter in size and size[letter] != own:
            return broadcast_product(first, first_letters, second, second_letters, needed)
        size[letter] = own
    shared = [one for one in first_letters if one in second_letters]
    batch = [one for one in shared if one in needed]
    inner = [one for one in shared if one not in needed]
    rows = [one for one in first_letters if one not in second_letters]
    columns = [one for one in second_letters if one not in first_letters]
    if not inner:
        return broadcast_product(first, first_letters, second, second_letters, needed)

    groups = [batch] if batch else []
    left = arranged(first, first_letters, [*groups, rows, inner], size)
    right = arranged(second, second_letters, [*groups, inner, columns], size)
    product = matmul(left, right)
    letters = (*batch, *rows, *columns)
    shape = tuple(size[one] for one in letters)
    return (product if tuple(product.shape) == shape else reshape(product, shape)), letters


def arranged(operand: Any, letters: tuple[Any, ...], groups: Sequence[list[Any]], size: dict[Any, int]) -> Any:
    """The operand with its letters in this order, and each group as one dimension; nothing else sees this tensor."""
    order = tuple(letters.index(one) for group in groups for one in group)
    moved = operand if order == tuple(range(len(order))) else permuted(operand, order)
    if all(len(group) == 1 for group in groups):
        return as_tensor(moved)
    return as_tensor(native.reshape(moved, tuple(math.prod(size[one] for one in group) for group in groups)))


def broadcast_product(
    first: Any, first_letters: tuple[Any, ...], second: Any, second_letters: tuple[Any, ...], needed: set[Any]
) -> tuple[Any, tuple[Any, ...]]:
    """The element-wise product over all letters of both, then the sum over those that are not needed."""
    letters = (*first_letters, *(one for one in second_letters if one not in first_letters))

    def placed(operand: Any, own: tuple[Any, ...]) -> Any:
        order = tuple(own.index(one) for one in letters if one in own)
        moved = operand if order == tuple(range(len(order))) else permute(operand, order)
        known = iter(moved.shape)
        return reshape(moved, tuple(next(known) if one in own else 1 for one in letters))

    return summed(mul(placed(first, first_letters), placed(second, second_letters)), letters, needed)
