"""Nested containers as lists of leaves and back; torch.utils._pytree."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from compat.errors import invalid

Flatten = Callable[[Any], tuple[list[Any], Any]]
Unflatten = Callable[[list[Any], Any], Any]


@dataclass
class TreeSpec:
    """The containers around the leaves."""

    type: Any
    context: Any
    children_specs: list[TreeSpec] = field(default_factory=list)

    @property
    def num_leaves(self) -> int:
        return 1 if self.type is None else sum(child.num_leaves for child in self.children_specs)

    @property
    def num_children(self) -> int:
        return len(self.children_specs)

    def is_leaf(self) -> bool:
        return self.type is None

    def unflatten(self, leaves: Any) -> Any:
        return tree_unflatten(leaves, self)


class LeafSpec(TreeSpec):
    """A leaf."""

    def __init__(self) -> None:
        super().__init__(None, None, [])


def _named(leaves: list[Any], context: Any) -> Any:
    return context(*leaves)


_nodes: dict[Any, tuple[Flatten, Unflatten]] = {
    list: (lambda value: (list(value), None), lambda leaves, _: leaves),
    tuple: (lambda value: (list(value), None), lambda leaves, _: tuple(leaves)),
    dict: (lambda value: (list(value.values()), list(value)), lambda leaves, keys: dict(zip(keys, leaves, strict=True))),
    OrderedDict: (lambda value: (list(value.values()), list(value)), lambda leaves, keys: OrderedDict(zip(keys, leaves, strict=True))),
    defaultdict: (
        lambda value: (list(value.values()), (value.default_factory, list(value))),
        lambda leaves, known: defaultdict(known[0], zip(known[1], leaves, strict=True)),
    ),
    deque: (lambda value: (list(value), value.maxlen), lambda leaves, size: deque(leaves, size)),
    namedtuple: (lambda value: (list(value), type(value)), _named),
}  # fmt: skip


def register_pytree_node(cls: Any, flatten_fn: Flatten, unflatten_fn: Unflatten, **_names: Any) -> None:
    """Have instances of `cls` taken for containers."""
    if cls in _nodes:
        raise invalid(ValueError, f"{cls} is already registered as pytree node.")
    _nodes[cls] = flatten_fn, unflatten_fn


def _kind(tree: Any) -> Any:
    if isinstance(tree, tuple) and hasattr(type(tree), "_fields"):
        return namedtuple
    return type(tree) if type(tree) in _nodes else None


def tree_flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves in order, and the containers around them."""
    kind = None if is_leaf is not None and is_leaf(tree) else _kind(tree)
    if kind is None:
        return [tree], LeafSpec()
    children, context = _nodes[kind][0](tree)
    leaves: list[Any] = []
    specs = []
    for child in children:
        found, spec = tree_flatten(child, is_leaf)
        leaves += found
        specs.append(spec)
    return leaves, TreeSpec(kind, context, specs)


def tree_unflatten(leaves: Any, treespec: TreeSpec) -> Any:
    """The containers with these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise invalid(
            TypeError,
            f"tree_unflatten(leaves, treespec): Expected `treespec` to be instance of TreeSpec but got item of type {type(treespec)}.",
        )
    listed = list(leaves)
    if len(listed) != treespec.num_leaves:
        raise invalid(
            ValueError,
            f"tree_unflatten(leaves, treespec): `leaves` has length {len(listed)} but the spec refers to a pytree that holds "
            f"{treespec.num_leaves} items ({treespec}).",
        )
    return _built(iter(listed), treespec)


def _built(leaves: Any, spec: TreeSpec) -> Any:
    if spec.type is None:
        return next(leaves)
    return _nodes[spec.type][1]([_built(leaves, child) for child in spec.children_specs], spec.context)


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    return tree_flatten(tree, is_leaf)[1]


def tree_iter(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    return iter(tree_leaves(tree, is_leaf))


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """The same containers around `func` of each leaf, and of those of the other trees at its place."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(rest, is_leaf) for rest in rests]
    return tree_unflatten([func(*group) for group in zip(leaves, *others, strict=True)], spec)


def tree_map_(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """Call `func` for each leaf; returns `tree`."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(type_or_types_or_pred: Any, func: Callable[..., Any], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """`tree_map` for the leaves of a type, or those for which a predicate holds; the others stay."""
    wanted = type_or_types_or_pred
    plain = isinstance(wanted, (type, tuple))
    return tree_map(lambda one: func(one) if (isinstance(one, wanted) if plain else wanted(one)) else one, tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    return any(map(pred, tree_leaves(tree, is_leaf)))
