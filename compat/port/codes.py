"""The codes that a report gives to what is more than another name."""

from __future__ import annotations

from collections.abc import Mapping

# 0: nothing to look at; 1: rewritten, and more than a name changed; 2: stays on the imitation, compat.torch or compat.mindspore; 3: not supported; 4: not known; 5: to be seen to.
CODES: Mapping[str, str] = {
    "CM001": "renamed, or the same in the other framework",
    "CM002": "an import",
    "CM003": "the method that a module computes by has another name",
    "CM101": "a default differs, and is written out",
    "CM102": "an argument has another name",
    "CM103": "an argument is converted",
    "CM104": "an argument of the other framework is set to what this one does",
    "CM105": "a method became a function",
    "CM106": "a device is left out",
    "CM107": "inplace is left out, where nothing reads what it writes into",
    "CM108": "Python's own way of saying it",
    "CM109": "a method became an element of an attribute",
    "CM110": "a module is a Cell: everything in it is MindSpore's",
    "CM111": "one call became two",
    "CM112": "tensors with nan give something else",
    "CM113": "random: of PyTorch's stream under compat.native, of MindSpore's own generators without it",
    "CM114": "a method of modules, which of a Cell of MindSpore without compat.native says something else in some cases",
    "CM115": "a training step by value_and_grad",
    "CM200": "left on the imitation, as the shim style leaves all",
    "CM201": "the other framework has nothing that was executed and means the same",
    "CM202": "with these arguments nothing was executed that means the same",
    "CM203": "the arguments are spread, or otherwise not known from the source",
    "CM204": "not called here: a class or function as a value",
    "CM205": "imitated as a whole: modules, optimizers and data belong together",
    "CM206": "a comment stands between the arguments, which would be lost",
    "CM207": "random: with the same seed the other framework draws other numbers",
    "CM208": "a layer: one of the other framework is not built, trained and initialised as this one",
    "CM209": "a training step that stays: it is not certain that value_and_grad does the same",
    "CM301": "the table has no such API, or refuses this call",
    "CM401": "the receiver is not certain from the source; a trace of a run tells it",
    "CM501": "the name of a module is in a text or computed: it is not followed",
    "CM502": "a library that itself imports the framework",
}
