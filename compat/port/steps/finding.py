"""The statements of a training step, found around each `loss.backward()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compat.port.steps.between import clips
from compat.port.steps.nodes import called, index, last_name, receiver, root_name
from compat.port.steps.optimizers import Made, Makers
from compat.port.steps.parameters import Parameters
from compat.port.steps.places import LOOPS, Block
from compat.port.steps.reach import Reach
from compat.port.steps.region import region
from compat.port.steps.step import Stays, Step
from compat.source.walking import walk

# What works on gradients, or scales and defers them, behind the back of the statements that are read here.
ELSEWHERE = frozenset(
    {"GradScaler", "autocast", "no_sync", "DistributedDataParallel", "FullyShardedDataParallel", "register_hook", "register_backward_hook",
     "register_full_backward_hook", "register_full_backward_pre_hook", "register_post_accumulate_grad_hook", "register_multi_grad_hook",
     "register_comm_hook", "retain_grad", "LBFGS"}
)  # fmt: skip
ZERO = "zero_grad"


@dataclass(frozen=True)
class Backward:
    """A statement `loss.backward(…)`, and where it stands."""

    block: Block
    place: int
    call: ast.Call


class Finder:
    """The training steps of one file."""

    def __init__(self, tree: ast.Module, makers: Makers) -> None:
        self.tree = tree
        self.makers = makers
        self.parameters = Parameters(tree, makers)
        self.reach = Reach(tree)

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
            if isinstance(node, ast.Attribute) and node.attr == "grad" and last_name(node.value) != "autograd":
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
        place, step, condition = self._only(steps)
        body = condition.body if condition is not None else one.block.body
        stands = index(body, place)
        if condition is None:
            between = body[one.place + 1 : stands]
        else:
            between = [*one.block.body[one.place + 1 : index(one.block.body, condition)], *body[:stands]]
        made = self.makers.made(receiver(step), self.makers.scope(step))
        clipped = tuple(clips(between, self.makers.api, lambda given: self.parameters.are_its(given, made, step)))
        earlier = max((each.place + 1 for each in self.backwards if each.block is one.block and each.place < one.place), default=0)
        before, after = self._zeroing(one.block.body[earlier : one.place], step, made), self._zeroing(body[stands + 1 :], step, made)
        begun = () if before else self._begun(one, step, made)
        accumulates = condition is not None and not before
        if not before and not after:
            raise Stays("nothing zeroes the gradients in front of backward() or behind step()")
        if accumulates and not begun:
            raise Stays("the gradients add up, and nothing zeroes them in front of the loop")
        self._refuse_others(one, is_clean=bool(before or begun))
        loss = call.func.value.id
        zeroing = (*before, *after)
        root = root_name(receiver(step))
        found = region(one.block, one.place, loss, root, list(zeroing), self.tree)
        if root in {*found.given, *found.result} and root != "self":
            raise Stays(f"the forward pass binds {root}")
        if found.first < earlier:
            raise Stays("the forward pass begins in front of another backward()")
        return Step(one.block, one.place, call, step, found, zeroing, clipped, accumulates, begun)

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

    def _only(self, steps: list[tuple[ast.stmt, ast.Call, ast.If | None]]) -> tuple[ast.stmt, ast.Call, ast.If | None]:
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
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "step") or call is step or self._is_fed(call):
                continue
            if self.makers.scope(call) is self.makers.scope(step) and not self.makers.is_scheduler(call) and not self._has_own(call):
                raise Stays(f"it is not certain that {ast.unparse(call.func)} is that of a scheduler")
        return place, step, condition

    def _is_fed(self, call: ast.Call) -> bool:
        """Whether a `step` gets something else than a closure: `env.step(action)`, `scheduler.step(loss)`."""
        given = [*call.args, *(one.value for one in call.keywords)]
        closures = [one for one in given if isinstance(one, ast.Lambda | ast.Starred) or last_name(one) in self.reach.functions]
        return bool(given) and not closures

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
        zeroed = receiver(call)
        if ast.dump(zeroed) == ast.dump(receiver(step)):
            return True
        every = ast.Call(ast.Attribute(zeroed, "parameters", ast.Load()), [], [])
        return self.parameters.are_its(every, made, step)

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
            if scope is not its and _name(its) in self.reach.of(scope):
                raise Stays(f"{_name(its)}, which this code may call, has a backward() as well")

    @staticmethod
    def _is_clean(one: Backward) -> bool:
        """Whether a `zero_grad` stands in front of a backward, or of the loop around it."""
        bodies = [one.block.body[: one.place], *(body for body in _in_front(one.block))]
        return any(called(statement, ZERO) is not None for body in bodies for statement in body)


def _in_front(block: Block) -> Iterator[list[ast.stmt]]:
    """What stands in front of each loop around a block, from the innermost on."""
    below = block
    for around in block.around:
        if around is not below and isinstance(below.owner, LOOPS):
            yield around.body[: index(around.body, below.statement)]
        below = around


def _name(scope: ast.AST) -> str:
    return getattr(scope, "name", "")


def _sets_none(call: ast.Call) -> bool:
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "set_to_none")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1:
        return False
    return not given or (isinstance(given[0], ast.Constant) and given[0].value is True)
