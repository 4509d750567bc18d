"""Classes of modules in which everything is MindSpore's → Cells: the base, the name of `forward`, and what they call of themselves.

Nothing else has to change: where compat.torch is used besides, a Cell is a module of it (`compat/native/cell.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compat.port.decisions.choosing import Chooser
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import Context
from compat.port.model import Change
from compat.port.receivers import key_of, made
from compat.source.sites import Site
from compat.source.text import Edit, Source, Span
from compat.source.walking import walk

CODE, METHOD = "CM110", "CM003"
REASON = "everything in it is MindSpore's"
MODULE = "torch.nn.Module"
FORWARD = re.compile(rb"def\s+(forward)\b")
# Public names that MindSpore's Cells have and PyTorch's modules don't: what a class of its own keeps under one of them would be hidden by it.
TAKEN = frozenset({
    "IGNORE_LIST", "add_flags", "add_flags_recursive", "bprop_debug", "cast_inputs", "cell_init_args", "cells", "cells_and_names", "check_names",
    "check_names_and_refresh_name", "cls_name", "compile_and_run", "compile_cache", "compile_phase", "compiled", "construct", "create_time",
    "enable_backward_hook", "exist_names", "exist_objs", "extend_repr", "generate_scope", "get_flags", "get_func_graph_proto", "get_inputs",
    "get_mixed_precision_type", "get_parameters", "get_scope", "get_sub_cell", "global_cells", "init_parameters_data", "insert_child_to_cell",
    "insert_param_to_cell", "jit_config_dict", "name_cells", "offload", "parallel_parameter_merge_net_dict", "parallel_parameter_name_list",
    "param_prefix", "parameter_layout_dict", "parameters_and_names", "parameters_broadcast_dict", "parameters_dict", "phase", "phase_cache",
    "pipeline_segment", "pipeline_stage", "recompute", "register_backward_pre_hook", "register_parameter_forward_hook",
    "register_saved_tensors_hooks", "remove_redundant_parameters", "run_construct", "set_boost", "set_broadcast_flag", "set_comm_fusion",
    "set_data_parallel", "set_grad", "set_inputs", "set_jit_config", "set_mixed_precision_type", "set_train", "shard", "to_float",
    "total_instance_count", "trainable_params", "untrainable_params", "update_cell_prefix", "update_cell_type", "update_parameters_name",
})  # fmt: skip
# What changes an object as a container of MindSpore's does not follow: its cells run from a list of their own.
BUILDING = frozenset({"add_module", "register_module", "register_parameter"})
NATIVE = ("converted", "adapted")
# What a class derives from → what it does then.
BASES = {MODULE: "nn.Cell", "torch.nn.Sequential": "nn.SequentialCell"}
Decided = tuple[Site, Decision]


@dataclass(frozen=True)
class Cells:
    """The decisions of a file with those that become others in its Cells, and what is said of methods that have another name."""

    decided: tuple[Decided, ...]
    edits: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()


def with_cells(context: Context, decided: Sequence[Decided], chooser: Chooser) -> Cells:
    """The decisions, with the classes that can be Cells as Cells, and with what is called of Cells as their methods."""
    source = context.source
    replaced = _of_made(context, decided, chooser)
    decided = [(site, replaced.get(id(site), decision)) for site, decision in decided]
    edits: list[Edit] = []
    changes: list[Change] = []
    bases = {id(site.node): site for site, _ in decided if site.api in BASES and site.use == "value"}
    inside: dict[str, list[Decided]] = {}
    for each in decided:
        inside.setdefault(each[0].inside.partition(".")[0], []).append(each)
    for node in source.tree.body if bases else ():
        if not isinstance(node, ast.ClassDef) or len(node.bases) != 1 or id(node.bases[0]) not in bases:
            continue
        if (found := _as_cell(context, node, bases[id(node.bases[0])], inside.get(node.name, []), chooser)) is not None:
            replaced |= found
            if bases[id(node.bases[0])].api == MODULE:
                edit, change = _renamed(source, node)
                edits.append(edit)
                changes.append(change)
    return Cells(tuple((site, replaced.get(id(site), decision)) for site, decision in decided), tuple(edits), tuple(changes))


def _of_made(context: Context, decided: Sequence[Decided], chooser: Chooser) -> dict[int, Decision]:
    """What becomes of methods of layers and containers that are made in the same function, and are MindSpore's, by site."""
    native = {id(site.node) for site, decision in decided if decision.became in NATIVE and site.use == "call"}
    waiting = [(site, receiver) for site, decision in decided if decision.became == "kept" and (receiver := _receiver(site)) is not None]
    where = made(context.of_kind[ast.FunctionDef], [receiver for _, receiver in waiting]) if waiting else {}
    found: dict[int, Decision] = {}
    for site, receiver in waiting:
        origin = where.get(id(receiver))
        certain = origin is not None and id(origin) in native and site.api.rpartition(".")[2] not in BUILDING
        if certain and (decision := chooser.of_cell(site, context)) is not None:
            found[id(site)] = decision
    return found


def _receiver(site: Site) -> ast.expr | None:
    """What a method of modules is called of; None for any other use."""
    if site.api.startswith(f"{MODULE}.") and isinstance(site.node, ast.Call) and isinstance(site.node.func, ast.Attribute):
        return site.node.func.value
    return None


def _as_cell(context: Context, owner: ast.ClassDef, base: Site, inside: Sequence[Decided], chooser: Chooser) -> dict[int, Decision] | None:
    """What changes in a class that becomes a Cell, by site; None for one that can't. `inside` are the uses in it."""
    own = {method.name for method in owner.body if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)}
    if owner.keywords or owner.decorator_list or not any(site.use == "call" for site, _ in inside):
        return None
    if not (_has_plain_forward(owner) if base.api == MODULE else own.isdisjoint(("forward", "construct"))):
        return None
    span = context.source.span(base.node)
    replaced = {id(base): Decision("converted", CODE, REASON, (Edit(span, f"{context.root}.{BASES[base.api]}"),))}
    left = []
    for site, decision in inside:
        if decision.became in NATIVE or site is base:
            continue
        name = site.api.rpartition(".")[2]
        of_itself = _is_of_itself(site) and name not in own and (base.api == MODULE or name not in BUILDING)
        found = chooser.of_cell(site, context) if of_itself else None
        if found is not None:
            replaced[id(site)] = found
        elif site.use == "call":
            return None
        else:
            left.append(site)
    if left:
        annotations = {id(part) for annotation in _annotations(owner) for part in walk(annotation)}
        if any(id(site.node) not in annotations for site in left):
            return None
    return replaced if TAKEN.isdisjoint(_names(owner)) else None


def _is_of_itself(site: Site) -> bool:
    """Whether it is a method of modules that is called of self."""
    receiver = _receiver(site)
    return receiver is not None and key_of(receiver) == ("", "self")


def _names(owner: ast.ClassDef) -> Iterator[str]:
    """The names that a class gives to what it has: its methods, what its body and they assign, and what they add by name."""
    for node in owner.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
    for part in walk(owner):
        if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load) and (key := key_of(part)) is not None:
            yield key[1]
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.Call) and part.args and isinstance(part.args[0], ast.Constant) and isinstance(part.args[0].value, str):
            yield part.args[0].value


def _has_plain_forward(owner: ast.ClassDef) -> bool:
    methods = [node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    named: Mapping[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {
        name: [method for method in methods if method.name == name] for name in ("forward", "construct")
    }
    forward = named["forward"]
    return not named["construct"] and len(forward) == 1 and isinstance(forward[0], ast.FunctionDef) and not forward[0].decorator_list


def _annotations(owner: ast.ClassDef) -> Iterator[ast.expr]:
    """What only says of which type something is."""
    for node in walk(owner):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns


def _renamed(source: Source, owner: ast.ClassDef) -> tuple[Edit, Change]:
    """`def forward` → `def construct`."""
    method = next(node for node in owner.body if isinstance(node, ast.FunctionDef) and node.name == "forward")
    start = source.span(method).start
    found = FORWARD.match(source.utf8[start:])
    assert found is not None
    span = Span(start + found.start(1), start + found.end(1))
    line, column = method.lineno, source.place(method)[0][1] + found.start(1)
    change = Change(
        line, column, line, column + len("forward"), f"{MODULE}.forward", "value", "name", "converted", METHOD, REASON, "forward", "construct",
        f"{owner.name}",
    )  # fmt: skip
    return Edit(span, "construct"), change
