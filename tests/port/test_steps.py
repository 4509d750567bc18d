"""Training steps that become those of value_and_grad: what stays first, with its reason, then each form as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.port.model import Change
from tests.port.porting import checked, port_bytes, project

HEAD = """import torch
from torch import nn
model, other = nn.Linear(2, 2), nn.Linear(2, 2)
data = [(torch.ones(3, 2), torch.ones(3, 2))]
criterion = nn.MSELoss()
device = "cpu"
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
# here
"""


def ported(text: str) -> tuple[str, list[Change]]:
    """What stands behind the head after porting, and what is said of it."""
    after, changes = port_bytes((HEAD + text).encode(), Path("file.py"), project(), "native")
    behind = HEAD.count("\n")
    return after.decode().partition("# here\n")[2], [change for change in changes if change.line > behind]


def loop(body: str) -> str:
    """A loop over the data with these statements."""
    return "for x, y in data:\n" + "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())


LOSS = "loss = criterion(model(x), y)"
# A loop's body, and why its step stays.
STAYS = {
    "arguments": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward(retain_graph=True)\noptimizer.step()", "has arguments"),
    "no variable": ("optimizer.zero_grad()\ncriterion(model(x), y).backward()\noptimizer.step()", "not that of a variable"),
    "nothing zeroes": (f"{LOSS}\nloss.backward()\noptimizer.step()", "nothing zeroes"),
    "zeros that stay": (f"optimizer.zero_grad(set_to_none=False)\n{LOSS}\nloss.backward()\noptimizer.step()", "leaves zeros"),
    "another module's": (f"other.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()", "nothing zeroes"),
    "a closure": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step(lambda: loss)", "step() has arguments"),
    "a jump": (f"optimizer.zero_grad()\n{LOSS}\nif loss > 9:\n    continue\nloss.backward()\noptimizer.step()", "break or continue"),
    "a jump behind": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nif loss > 9:\n    continue\noptimizer.step()", "may look at gradients"),
    "an unknown function": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nlook(model)\noptimizer.step()", "may look at gradients"),
    "gradients": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()\nprint(model.weight.grad)", ".grad of something"),
    "gradients by name": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()\nprint(getattr(p, 'grad'))", ".grad of something"),
    "a hook": (f"model.weight.register_hook(print)\noptimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()", "register_hook"),
    "autocast": (f"optimizer.zero_grad()\nwith torch.autocast('cpu'):\n    {LOSS}\nloss.backward()\noptimizer.step()", "autocast"),
    "an unknown optimizer": (f"unknown.zero_grad()\n{LOSS}\nloss.backward()\nunknown.step()", "not certain that unknown.step"),
    "an unknown scheduler": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()\nunknown.step()", "that of a scheduler"),
    "two optimizers": (
        f"two = torch.optim.SGD(other.parameters(), 0.1)\noptimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()\ntwo.step()",
        "several optimizers",
    ),
    "two backwards": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nloss.backward()\noptimizer.step()", "nothing zeroes"),
    "a model that is handed on": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nmeter.update(model)\noptimizer.step()", "may look at gradients"),
    "an else": (f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nif x:\n    optimizer.step()\nelse:\n    pass", "has an else"),
    "no loss": ("optimizer.zero_grad()\ncompute()\nloss.backward()\noptimizer.step()", "made elsewhere"),
    "a loss on a condition": (f"optimizer.zero_grad()\nif x:\n    {LOSS}\nloss.backward()\noptimizer.step()", "made elsewhere"),
    "other parameters": (
        f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nnn.utils.clip_grad_norm_(other.parameters(), 1)\noptimizer.step()",
        "not certain that clip_grad_norm_ clips",
    ),
    "the norm": (
        f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nnorm = nn.utils.clip_grad_norm_(model.parameters(), 1)\noptimizer.step()",
        "may look at gradients",
    ),
    "foreach": (
        f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nnn.utils.clip_grad_norm_(model.parameters(), 1, foreach=True)\noptimizer.step()",
        "with these arguments",
    ),
    "a group more": (
        f"optimizer.add_param_group({{'params': other.parameters()}})\noptimizer.zero_grad()\n{LOSS}\nloss.backward()\n"
        "nn.utils.clip_grad_norm_(model.parameters(), 1)\noptimizer.step()",
        "not certain that clip_grad_norm_ clips",
    ),
    "another model by then": (
        f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\nnn.utils.clip_grad_norm_(model.parameters(), 1)\noptimizer.step()\nmodel = other",
        "not certain that clip_grad_norm_ clips",
    ),
    "walrus": ("optimizer.zero_grad()\nloss = criterion(out := model(x), y)\nloss.backward()\noptimizer.step()\nprint(out)", "bound or deleted"),
    "a name deleted": (f"optimizer.zero_grad()\n{LOSS}\ndel x\nloss = loss * 2\nloss.backward()\noptimizer.step()", "bound or deleted"),
    "a look at the scope": ("optimizer.zero_grad()\nloss = criterion(model(**locals()), y)\nloss.backward()\noptimizer.step()", "locals"),
    "a text": (
        'optimizer.zero_grad()\nloss = named("""\na""", model(x))\nloss.backward()\noptimizer.step()', "text over several lines"
    ),
    "a lambda": ("optimizer.zero_grad()\nout = model(x)\nloss = apply(lambda: out)\nloss.backward()\noptimizer.step()", "a function reads out"),
    "one line": (f"optimizer.zero_grad()\n{LOSS}; loss.backward()\noptimizer.step()", "share a line"),
    "a name that may be new": (
        "optimizer.zero_grad()\nout, state = model(x, state)\nloss = criterion(out, y)\nloss.backward()\noptimizer.step()", "may not be bound",
    ),
    "the optimizer in it": (
        "optimizer.zero_grad()\noptimizer, z = prepare()\nz = model(z)\nloss = criterion(z, y)\nloss.backward()\noptimizer.step()",
        "not certain",
    ),
    "sums without a beginning": (f"{LOSS}\nloss.backward()\nif x:\n    optimizer.step()\n    optimizer.zero_grad()", "nothing zeroes them in front"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), STAYS.values(), ids=STAYS)
def test_what_stays(body: str, reason: str) -> None:
    after, changes = ported(loop(body))
    assert "value_and_grad" not in after
    assert "loss.backward(" in after or "backward" not in reason
    said = [change.reason for change in changes if change.code == "CM209"]
    assert said
    assert reason in said[0]


# Whole texts, and why a step in them stays.
FILES = {
    "a forward pass in front of another backward": (
        "optimizer.zero_grad()\nout = model(1)\nloss = model(2).sum()\nloss.backward()\noptimizer.step()\n"
        "optimizer.zero_grad()\nloss = out.sum()\nloss.backward()\noptimizer.step()\n",
        "begins in front of another",
    ),
    "an unknown parameter": (
        "def train(model, step):\n    step.zero_grad()\n    loss = model().sum()\n    loss.backward()\n    step.step()\n", "not certain",
    ),
    "a parameter that is several things": (
        "def train(step):\n    step.zero_grad()\n    loss = model().sum()\n    loss.backward()\n    step.step()\ntrain(optimizer)\ntrain(wrapped(optimizer))\n",
        "not certain",
    ),
    "a function that is handed on": (
        "def train(step):\n    step.zero_grad()\n    loss = model().sum()\n    loss.backward()\n    step.step()\ntrain(optimizer)\nrun(train)\n",
        "not certain",
    ),
    "a global": (
        "def train():\n    global loss\n    optimizer.zero_grad()\n    loss = model(1).sum()\n    loss.backward()\n    optimizer.step()\n",
        "global or nonlocal",
    ),
    "a function that reads a variable": (
        "def show():\n    return loss\noptimizer.zero_grad()\nloss = model(1).sum()\nloss.backward()\noptimizer.step()\n", "a function reads loss",
    ),
    "a generator": (
        "def train():\n    optimizer.zero_grad()\n    loss = model((yield)).sum()\n    loss.backward()\n    optimizer.step()\n", "yield",
    ),
    "another backward that nothing zeroes": (
        "def penalty(z):\n    z.sum().backward()\noptimizer.zero_grad()\nloss = model(1).sum()\nloss.backward()\noptimizer.step()\n",
        "adds to gradients",
    ),
    "zeroed behind, and another backward": (
        "loss = model(1).sum()\nloss.backward()\noptimizer.step()\noptimizer.zero_grad()\nloss = model(2).sum()\nloss.backward()\n",
        "may add to gradients",
    ),
    "a backward in what it calls": (
        "def warm():\n    optimizer.zero_grad()\n    z = model(0).sum()\n    z.backward()\n    optimizer.step()\n"
        "def train():\n    optimizer.zero_grad()\n    warm()\n    loss = model(1).sum()\n    loss.backward()\n    optimizer.step()\n",
        "has a backward()",
    ),
    "a backward that is no statement": (
        "done = model(1).sum().backward()\noptimizer.zero_grad()\nloss = model(1).sum()\nloss.backward()\noptimizer.step()\n",
        "otherwise than as a statement",
    ),
    "a class body": (
        "class Run:\n    optimizer.zero_grad()\n    loss = model(1).sum()\n    loss.backward()\n    optimizer.step()\n", "body of a class",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), FILES.values(), ids=FILES)
def test_what_stays_in_a_file(text: str, reason: str) -> None:
    _, changes = ported(text)
    assert any(reason in change.reason for change in changes if change.code == "CM209")


def test_a_backward_without_an_optimizer_is_no_step() -> None:
    after, changes = ported("loss = model(1).sum()\nloss.backward()\n")
    assert after == "loss = model(1).sum()\nloss.backward()\n"
    assert all(change.code != "CM209" for change in changes)


# Text, and what it becomes.
BECOMES = {
    "the usual form": (
        """for x, y in data:
    optimizer.zero_grad()  # anew
    x = x.to(device)
    # forward
    out = model(x)

    loss = criterion(
        out,  # of this batch
        y,
    )
    loss.backward()  # gradients
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    print(loss.item(), out.shape)
""",
        """for x, y in data:
    # anew
    x = x.to(device)
    # forward
    def forward():
        out = model(x)

        loss = criterion(
            out,  # of this batch
            y,
        )
        return loss, out
    (loss, out), gradients = mindspore.value_and_grad(forward, None, optimizer.parameters, has_aux=True)()  # gradients
    gradients = mindspore.ops.clip_by_norm(gradients, 1.0)
    optimizer(gradients)
    print(loss.item(), out.shape)
""",
    ),
    "zeroed behind backward's line, in tabs": (
        "for x, y in data:\n\tloss = criterion(model(x), y)\n\toptimizer.zero_grad(set_to_none=True)\n\tloss.backward()\n\toptimizer.step()\n",
        "for x, y in data:\n\tdef forward():\n\t\tloss = criterion(model(x), y)\n\t\treturn loss\n"
        "\tloss, gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)()\n\toptimizer(gradients)\n",
    ),
    "zeroed at the end, by the module": (
        "for x, y in data:\n    loss = criterion(model(x), y)\n    loss.backward()\n    optimizer.step()\n    model.zero_grad()\n",
        "for x, y in data:\n    def forward():\n        loss = criterion(model(x), y)\n        return loss\n"
        "    loss, gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)()\n    optimizer(gradients)\n",
    ),
    "names that go in": (
        "state = None\ncount = 0\nfor x, y in data:\n    optimizer.zero_grad()\n    x, state = model(x, state)\n    count += len(x)\n"
        "    loss = criterion(x, y)\n    loss.backward()\n    optimizer.step()\nprint(count)\n",
        "state = None\ncount = 0\nfor x, y in data:\n    def forward(x, state, count):\n        x, state = model(x, state)\n        count += len(x)\n"
        "        loss = criterion(x, y)\n        return loss, state, count\n"
        "    (loss, state, count), gradients = mindspore.value_and_grad(forward, None, optimizer.parameters, has_aux=True)(x, state, count)\n"
        "    optimizer(gradients)\nprint(count)\n",
    ),
    "sums of several passes": (
        "for epoch in range(2):\n    optimizer.zero_grad()\n    for i, (x, y) in enumerate(data):\n        loss = criterion(model(x), y) / 2\n"
        "        loss.backward()\n        if (i + 1) % 2 == 0:\n            nn.utils.clip_grad_value_(model.parameters(), clip_value=0.5)\n"
        "            optimizer.step()\n            optimizer.zero_grad()\n",
        "for epoch in range(2):\n    gradients = None\n    for i, (x, y) in enumerate(data):\n        def forward():\n"
        "            loss = criterion(model(x), y) / 2\n            return loss\n"
        "        loss, more = mindspore.value_and_grad(forward, None, optimizer.parameters)()\n"
        "        gradients = more if gradients is None else tuple(a + b for a, b in zip(gradients, more))\n        if (i + 1) % 2 == 0:\n"
        "            gradients = mindspore.ops.clip_by_value(gradients, -0.5, 0.5)\n            optimizer(gradients)\n            gradients = None\n",
    ),
    "names that are taken": (
        "forward, gradients, more = 1, 2, 3\nfor x, y in data:\n    optimizer.zero_grad()\n    loss = criterion(model(x), y)\n"
        "    loss.backward()\n    optimizer.step()\n",
        "forward, gradients, more = 1, 2, 3\nfor x, y in data:\n    def forward_():\n        loss = criterion(model(x), y)\n        return loss\n"
        "    loss, gradients_ = mindspore.value_and_grad(forward_, None, optimizer.parameters)()\n    optimizer(gradients_)\n",
    ),
    "a comprehension": (
        "for x, y in data:\n    optimizer.zero_grad()\n    outs = [model(z) for z in x]\n    loss = sum(criterion(z, y) for z in outs)\n"
        "    loss.backward()\n    optimizer.step()\n",
        "for x, y in data:\n    def forward():\n        outs = [model(z) for z in x]\n        loss = sum(criterion(z, y) for z in outs)\n"
        "        return loss\n    loss, gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)()\n    optimizer(gradients)\n",
    ),
    "a parameter of a function": (
        "def train(net, step, schedule):\n    for x, y in data:\n        step.zero_grad()\n        loss = criterion(net(x), y)\n        loss.backward()\n"
        "        nn.utils.clip_grad_norm_(net.parameters(), max_norm=2, norm_type=1)\n        step.step()\n    schedule.step()\n"
        "schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)\ntrain(model, optimizer, schedule=schedule)\n",
        "def train(net, step, schedule):\n    for x, y in data:\n        def forward():\n            loss = criterion(net(x), y)\n"
        "            return loss\n        loss, gradients = mindspore.value_and_grad(forward, None, step.parameters)()\n"
        "        gradients = mindspore.ops.clip_by_norm(gradients, max_norm=2, norm_type=1)\n        step(gradients)\n    schedule.step()\n"
        "schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)\ntrain(model, optimizer, schedule=schedule)\n",
    ),
    "an attribute": (
        "class Trainer:\n    def __init__(self, net):\n        self.net = net\n        self.opt = torch.optim.Adam(net.parameters())\n\n"
        "    def train(self, x, y):\n        self.opt.zero_grad()\n        out = self.net(x)\n        loss = criterion(out, y)\n        loss.backward()\n"
        "        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)\n        self.opt.step()\n        return loss.item(), out\n",
        "class Trainer:\n    def __init__(self, net):\n        self.net = net\n        self.opt = torch.optim.Adam(net.parameters())\n\n"
        "    def train(self, x, y):\n        def forward():\n            out = self.net(x)\n            loss = criterion(out, y)\n"
        "            return loss, out\n"
        "        (loss, out), gradients = mindspore.value_and_grad(forward, None, self.opt.parameters, has_aux=True)()\n"
        "        gradients = mindspore.ops.clip_by_norm(gradients, 1.0)\n        self.opt(gradients)\n        return loss.item(), out\n",
    ),
    "one of two optimizers": (
        "if device == 'cpu':\n    chosen = torch.optim.SGD(model.parameters(), 0.1)\nelse:\n    chosen = torch.optim.Adam(model.parameters())\n"
        "chosen.zero_grad()\nloss = model(torch.ones((1, 2))).mean()\nloss.backward()\nchosen.step()\n",
        "if device == 'cpu':\n    chosen = torch.optim.SGD(model.parameters(), 0.1)\nelse:\n    chosen = torch.optim.Adam(model.parameters())\n"
        "def forward():\n    loss = model(mindspore.mint.ones((1, 2))).mean()\n    return loss\n"
        "loss, gradients = mindspore.value_and_grad(forward, None, chosen.parameters)()\nchosen(gradients)\n",
    ),
    "a bar and a print between": (
        "for x, y in data:\n    optimizer.zero_grad()\n    loss = criterion(model(x), y)\n    loss.backward()\n    total = loss.item()\n    print(total)\n"
        "    optimizer.step()\n",
        "for x, y in data:\n    def forward():\n        loss = criterion(model(x), y)\n        return loss\n"
        "    loss, gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)()\n    total = loss.item()\n    print(total)\n"
        "    optimizer(gradients)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BECOMES.values(), ids=BECOMES)
def test_what_a_step_becomes(text: str, expected: str) -> None:
    after, changes = ported(text)
    assert after == expected
    assert "CM115" in [change.code for change in changes]
    for newline in ("\n", "\r\n"):
        found = checked((HEAD + text).replace("\n", newline).encode(), Path("file.py"), project(), "native")
        assert found.problems == ()


def test_what_is_said_of_a_step() -> None:
    text = loop(f"optimizer.zero_grad()\n{LOSS}\nloss.backward()\noptimizer.step()")
    _, changes = ported(text)
    said = {change.api.rpartition(".")[2]: change for change in changes}
    assert (said["zero_grad"].became, said["zero_grad"].code, said["zero_grad"].after) == ("adapted", "CM115", "")
    assert (said["backward"].became, said["backward"].code) == ("adapted", "CM115")
    assert said["backward"].before == f"    {LOSS}\n    loss.backward()"
    assert said["backward"].after.startswith("    def forward():\n        loss =")
    assert (said["step"].became, said["step"].code, said["step"].after) == ("kept", "CM205", "optimizer(gradients)")
