"""`x.astype(ms.float32)` and `ops.cast(x, ms.float32)` → `x.to(torch.float32)`, which compat.mindspore's tensors have from PyTorch's.

`astype` gives a new tensor in any case, so that `copy=True` stands beside its data type.
"""

from __future__ import annotations

import ast

from compat.port.calls.edits import extents, first_of
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import Context
from compat.source.sites import Site
from compat.source.text import Edit, Source, Span

CODE, REASON = "CM103", "the data type is PyTorch's"
METHOD, FUNCTION = "mindspore.Tensor.astype", "mindspore.ops.cast"
PRIMARY = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
IN_PARENTHESES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp)


def cast(site: Site, api: str, source: Source, context: Context) -> Decision | None:
    """The decision for a cast to a data type that is named there; None for every other use."""
    call = site.node
    count = {METHOD: 1, FUNCTION: 2}.get(api, 0)
    if site.use != "call" or not isinstance(call, ast.Call) or len(call.args) != count or call.keywords or not count:
        return None
    name = context.objects.dtypes.get(id(call.args[-1]))
    if name is None or (api == METHOD and site.how == "name"):
        return None
    dtype = source.span(call.args[-1])
    written = Edit(dtype, f"{context.root}.{name}" + (", copy=True" if api == METHOD else ""))
    if api == METHOD:
        end = source.span(call.func).end
        return Decision("adapted", CODE, REASON, (Edit(Span(end - len("astype"), end), "to"), written))
    value, opening = call.args[0], first_of(source, call, b"(")
    if opening is None or not isinstance(value, PRIMARY + IN_PARENTHESES):
        return None
    whole, extent = source.span(call), extents(source, call, opening)[id(value)]
    bare = isinstance(value, IN_PARENTHESES) and extent == source.span(value)
    if b"#" in source.utf8[whole.start : extent.start] + source.utf8[extent.end : dtype.start]:
        return None
    head = Edit(Span(whole.start, extent.start), "(" if bare else "")
    return Decision("adapted", CODE, REASON, (head, Edit(Span(extent.end, dtype.start), ").to(" if bare else ".to("), written))
