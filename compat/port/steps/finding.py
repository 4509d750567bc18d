"""The statements of a training step, found around each `loss.backward()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compat.port.steps.optimizers import Made, Makers
from compat.port.steps.places import LOOPS, Block
from compat.port.steps.region import region
from compat.port.steps.step import Stays, Step
from compat.source.walking import walk

# What works on gradients, or scales and defers them, behind the back of the statements that are read here.
ELSEWHERE = frozenset(
    {"GradScaler", "autocast", "no_sync", "DistributedDataParallel", "FullyShardedDataParallel", "register_hook", "register_backward_hook",
     "register_full_backward_hook", "register_full_backward_pre_hook", "register_post_accumulate_grad_hook", "register_multi_grad_hook",
     "register_comm_hook", "retain_grad", "LBFGS"}
)  # fmt: skip
CLIPS = {"torch.nn.utils.clip_grad_norm_": "clip_by_norm", "torch.nn.utils.clip_grad_value_": "clip_by_value"}
# Calls that may stand between `backward` and `step`: none looks at gradients.
HARMLESS = frozenset(
    {"print", "float", "int", "len", "max", "min", "round", "str", "format", "range", "abs", "sum", "item", "detach", "append", "update",
     "numpy", "cpu", "size", "argmax", "eq", "mean", "add", "write", "tolist", "extend", "flush", "set_postfix", "set_description",
     "numel", "info", "debug", "time", "perf_counter", "add_scalar", "clone"}
)  # fmt: skip
ZERO = "zero_grad"


@dataclass(frozen=True)
class Backward:
    """A statement `loss.backward(…)`, and where it stands."""

    block: Block
    place: int
    call: ast.Call

    @property
    def statement(self) -> ast.stmt:
        return self.block.body[self.place]


class Finder:
    """The training steps of one file."""

    def __init__(self, tree: ast.Module, makers: Makers) -> None:
        self.tree = tree
        self.makers = makers

    @cached_property
    def backwards(self) -> list[Backward]:
        found = []
        for block in self.makers.places.blocks:
            for place, statement in enumerate(block.body):
                call = called(statement, "backward")
                if call is not None:
                    found.append(Backward(block, place, call))
        return found

    @cached_property
    def why_none(self) -> str:
        """Why no training step of the file may be written anew; empty if they may."""
        for node in walk(self.tree):
            for field in ("id", "attr", "name"):
                name = getattr(node, field, None)
                if name in ELSEWHERE:
                    return f"{name} in this file has to do with gradients"
            if isinstance(node, ast.Attribute) and node.attr == "grad" and _last(node.value) != "autograd":
                return "the .grad of something is used in this file"
            if isinstance(node, ast.Constant) and node.value == "grad":
                return "the .grad of something is used in this file"
        every = sum(isinstance(node, ast.Attribute) and node.attr == "backward" for node in walk(self.tree))
        return "" if every == len(self.backwards) else "backward() is called in this file otherwise than as a statement"

    def step(self, one: Backward) -> Step | None:
        """The training step that a `backward` is of; None where no optimizer steps beside it. Stays where it can't be written anew."""
        steps = [*self._steps(one)]
        if not steps:
            return None
        call = one.call
        if call.args or call.keywords:
            raise Stays("backward() has arguments")
        if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
            raise Stays("backward() is not that of a variable")
        if self.why_none:
            raise Stays(self.why_none)
        if isinstance(one.block.scope, ast.ClassDef):
            raise Stays("it stands in the body of a class")
        place, step, condition = self._only(one, steps)
        body = condition.body if condition is not None else one.block.body
        stands = next(number for number, statement in enumerate(body) if statement is place)
        between = [] if condition is None else one.block.body[one.place + 1 : self._index(one.block, condition)]
        between += body[one.place + 1 if condition is None else 0 : stands]
        made = self.makers.made(_receiver(step), self.makers.scope(step))
        clips = tuple(self._clips(between, made, step))
        earlier = max((each.place + 1 for each in self.backwards if each.block is one.block and each.place < one.place), default=0)
        before, after = self._zeroing(one.block.body[earlier : one.place], step, made), self._zeroing(body[stands + 1 :], step, made)
        begun = self._begun(one, step, made)
        if condition is None and not before and not after:
            raise Stays("nothing zeroes the gradients in front of backward() or behind step()")
        if condition is not None and (before or not after or not begun):
            raise Stays("the gradients add up, and are not zeroed in front of the loop and behind step()")
        self._refuse_others(one, is_clean=bool(before or begun))
        loss = call.func.value.id
        zeroing = (*before, *after)
        root = _root(_receiver(step))
        found = region(one.block, one.place, loss, root, list(zeroing), self.tree)
        if root in {*found.given, *found.result} and root != "self":
            raise Stays(f"the forward pass binds {root}")
        if found.first < earlier:
            raise Stays("the forward pass begins in front of another backward()")
        return Step(one.block, one.place, call, step, found, zeroing, clips, condition is not None, () if before else begun)

    # --- the optimizer ---

    def _steps(self, one: Backward) -> Iterator[tuple[ast.stmt, ast.Call, ast.If | None]]:
        """The calls of `step()` behind a backward, in its block or on a condition, up to the next backward that stands there."""
        for statement in one.block.body[one.place + 1 :]:
            if called(statement, "backward") is not None:
                return
            found = called(statement, "step")
            if found is not None:
                yield statement, found, None
            elif isinstance(statement, ast.If):
                for inner in statement.body:
                    found = called(inner, "step")
                    if found is not None:
                        yield inner, found, statement

    def _only(self, one: Backward, steps: list[tuple[ast.stmt, ast.Call, ast.If | None]]) -> tuple[ast.stmt, ast.Call, ast.If | None]:
        certain = [each for each in steps if self.makers.is_optimizer(each[1])]
        if not certain:
            raise Stays(f"it is not certain that {ast.unparse(steps[0][1].func)} is that of an optimizer of PyTorch's")
        if len(certain) > 1:
            raise Stays("several optimizers step, or one does so several times")
        place, step, condition = certain[0]
        if step.args or step.keywords:
            raise Stays("step() has arguments")
        if condition is not None and condition.orelse:
            raise Stays("the condition of step() has an else")
        for call in self.makers.calls:
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "step") or call is step:
                continue
            if self.makers.scope(call) is self.makers.scope(step) and not self.makers.is_scheduler(call) and not self._has_own(call):
                raise Stays(f"it is not certain that {ast.unparse(call.func)} is that of a scheduler")
        return place, step, condition

    def _has_own(self, call: ast.Call) -> bool:
        """Whether an optimizer steps behind a backward of its own in its own block."""
        if not self.makers.is_optimizer(call):
            return False
        return any(id(call) == id(step) for one in self.backwards for _, step, _ in self._steps(one))

    # --- zero_grad ---

    def _zeroing(self, body: list[ast.stmt], step: ast.Call, made: list[Made]) -> list[ast.Expr]:
        found = []
        for statement in body:
            call = called(statement, ZERO)
            if call is not None and isinstance(statement, ast.Expr) and self._is_of(call, step, made):
                if not _sets_none(call):
                    raise Stays("zero_grad() leaves zeros where PyTorch would otherwise have no gradient")
                found.append(statement)
        return found

    def _is_of(self, call: ast.Call, step: ast.Call, made: list[Made]) -> bool:
        """Whether a `zero_grad` is that of the optimizer that steps, or of the module whose parameters it was made with."""
        receiver = _receiver(call)
        if ast.dump(receiver) == ast.dump(_receiver(step)):
            return True
        every = ast.Call(ast.Attribute(receiver, "parameters", ast.Load()), [], [])
        return self.are_its(every, made, step)

    def _begun(self, one: Backward, step: ast.Call, made: list[Made]) -> tuple[ast.Expr, ...]:
        """Where the gradients are zeroed in front of the loop."""
        for body in _in_front(one.block):
            if found := self._zeroing(body, step, made):
                return tuple(found)
        return ()

    def _refuse_others(self, one: Backward, *, is_clean: bool) -> None:
        """Stays where another `backward` adds to gradients of this step, or this one to those of another step."""
        for other in self.backwards:
            if other is one:
                continue
            if not is_clean:
                raise Stays("another backward() in this file may add to gradients that are zeroed behind the step alone")
            if not self._is_clean(other):
                raise Stays("another backward() in this file adds to gradients that nothing has zeroed before it")
            scope, its = one.block.scope, other.block.scope
            if scope is not its and _name(its) in self.reached(scope):
                raise Stays(f"{_name(its)}, which this code may call, has a backward() as well")

    @staticmethod
    def _is_clean(one: Backward) -> bool:
        """Whether a `zero_grad` stands in front of a backward, or of the loop around it."""
        bodies = [one.block.body[: one.place], *(body for body in _in_front(one.block))]
        return any(called(statement, ZERO) is not None for body in bodies for statement in body)

    def reached(self, scope: ast.AST) -> set[str]:
        """The names of what a function may call, itself or through other functions of the file."""
        found: set[str] = set()
        waiting = [scope]
        while waiting:
            for node in walk(waiting.pop()):
                name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
                if name and name not in found:
                    found.add(name)
                    waiting += self.functions.get(name, ())
        return found

    @cached_property
    def functions(self) -> dict[str, list[ast.AST]]:
        found: dict[str, list[ast.AST]] = {}
        for node in walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    # --- clipping ---

    def _clips(self, between: list[ast.stmt], made: list[Made], step: ast.Call) -> Iterator[ast.Call]:
        for statement in between:
            call = statement.value if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
            if call is not None and self.makers.api(call) in CLIPS:
                self._check(call, made, step)
                yield call
            elif not _is_harmless(statement):
                raise Stays(f"between backward() and step() stands what may look at gradients, in line {statement.lineno}")

    def _check(self, call: ast.Call, made: list[Made], step: ast.Call) -> None:
        name = self.makers.api(call).rpartition(".")[2]
        taken = {"max_norm", "norm_type", "error_if_nonfinite"} if CLIPS[self.makers.api(call)] == "clip_by_norm" else {"clip_value"}
        if not call.args or any(isinstance(one, ast.Starred) for one in call.args) or not {one.arg for one in call.keywords} <= taken:
            raise Stays(f"{name} with these arguments")
        if len(call.args) + len(call.keywords) < 2 or len(call.args) > 1 + len(taken):
            raise Stays(f"{name} with these arguments")
        if not self.are_its(call.args[0], made, step):
            raise Stays(f"it is not certain that {name} clips the gradients of the optimizer's parameters, and no others")

    def are_its(self, given: ast.expr, made: list[Made], step: ast.Call) -> bool:
        """Whether an expression gives the parameters that the optimizer was made with, in every case."""
        if not made or any(isinstance(node, ast.Attribute) and node.attr == "add_param_group" for node in walk(self.tree)):
            return False
        return all(self._is_same(given, one, self.makers.scope(step)) for one in made)

    def _is_same(self, given: ast.expr, made: Made, scope: ast.AST) -> bool:
        call = made.call
        own = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "params"), None)
        if own is None:
            return False
        makes = self.makers.scope(call)
        root, wanted = _root(own), ast.dump(own)
        if not root or self._bound_behind(own, makes, call):
            return False
        renamed = dict(made.renamed)
        if scope is not makes and not renamed and _root(given) != "self":
            return False  # the names of another function
        for name, value in renamed.items():
            if name == _root(given):
                return ast.dump(_replaced(given, name, value)) == wanted and not self._bound_in(name, scope)
        if ast.dump(given) == wanted:
            return root != "self" or self._assigned_once(own, makes)
        return any(ast.dump(_replaced_attribute(given, attribute, value)) == wanted for attribute, value in self._attributes(makes))

    def _attributes(self, function: ast.AST) -> Iterator[tuple[str, ast.Name]]:
        """`self.NAME = name` in a method, where the class assigns that attribute nowhere else."""
        owner = self.makers.places.classes.get(id(function))
        for node in walk(function) if owner is not None else ():
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name):
                target = node.targets[0]
                if isinstance(target, ast.Attribute) and _root(target) == "self" and self._stores(owner, target.attr) == 1:
                    yield target.attr, node.value

    @staticmethod
    def _stores(owner: ast.AST | None, attribute: str) -> int:
        assert owner is not None
        return sum(
            isinstance(node, ast.Attribute) and node.attr == attribute and not isinstance(node.ctx, ast.Load) for node in walk(owner)
        )

    def _assigned_once(self, own: ast.expr, function: ast.AST) -> bool:
        owner = self.makers.places.classes.get(id(function))
        first = next((node.attr for node in walk(own) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)), "")
        return owner is not None and self._stores(owner, first) == 1

    def _bound_in(self, name: str, scope: ast.AST) -> bool:
        return any(bound == name for bound, _ in self.makers.bindings.get(id(scope), ()))

    def _bound_behind(self, own: ast.expr, scope: ast.AST, call: ast.Call) -> bool:
        """Whether the scope binds a name that the parameters are reached by once more, behind the call that makes the optimizer."""
        names = {node.id for node in walk(own) if isinstance(node, ast.Name)}
        return any(
            isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in names and node.lineno > call.lineno
            and self.makers.scope(node) is scope
            for node in walk(scope)
        )  # fmt: skip

    @staticmethod
    def _index(block: Block, statement: ast.stmt | None) -> int:
        return next(number for number, one in enumerate(block.body) if one is statement)


def called(statement: ast.stmt, method: str) -> ast.Call | None:
    """The call of a statement `receiver.METHOD(…)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method:
        return call
    return None


def _in_front(block: Block) -> Iterator[list[ast.stmt]]:
    """What stands in front of each loop around a block, from the innermost on."""
    below = block
    for around in block.around:
        if around is not below and isinstance(below.owner, LOOPS):
            yield around.body[: next(number for number, one in enumerate(around.body) if one is below.statement)]
        below = around


def _name(scope: ast.AST) -> str:
    return getattr(scope, "name", "")


def _receiver(call: ast.Call) -> ast.expr:
    assert isinstance(call.func, ast.Attribute)
    return call.func.value


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _sets_none(call: ast.Call) -> bool:
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "set_to_none")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1:
        return False
    return not given or (isinstance(given[0], ast.Constant) and given[0].value is True)


def _is_harmless(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        return False
    for node in walk(statement):
        if isinstance(node, ast.Call) and _last(node.func) not in HARMLESS:
            return False
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr):
            return False
    return True


def _replaced(node: ast.expr, name: str, value: ast.expr) -> ast.expr:
    """An expression with another one for a name."""
    if isinstance(node, ast.Name):
        return value if node.id == name else node
    if isinstance(node, ast.Attribute):
        return ast.Attribute(_replaced(node.value, name, value), node.attr, node.ctx)
    if isinstance(node, ast.Call):
        return ast.Call(_replaced(node.func, name, value), node.args, node.keywords)
    return node


def _replaced_attribute(node: ast.expr, attribute: str, value: ast.Name) -> ast.expr:
    """An expression with a name for `self.ATTRIBUTE`."""
    if isinstance(node, ast.Attribute):
        if node.attr == attribute and isinstance(node.value, ast.Name) and node.value.id == "self":
            return value
        return ast.Attribute(_replaced_attribute(node.value, attribute, value), node.attr, node.ctx)
    if isinstance(node, ast.Call):
        return ast.Call(_replaced_attribute(node.func, attribute, value), node.args, node.keywords)
    return node
