"""What may be claimed of an API in its direction: from the record of what was executed, and from the row where nothing was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from compat.parity.record import Counts, Record
from compat.table.model import Counterpart, Row
from compat.table.parameters import Text

Status = Literal["verified", "declared", "tests", "unexecuted", "unsupported", "absent", "differs"]
STATUSES: tuple[Status, ...] = get_args(Status)
MEANING: dict[Status, Text] = {
    "verified": Text(en="verified", zh="已验证"),
    "declared": Text(en="differs as declared", zh="存在已声明的差异"),
    "tests": Text(en="tests only", zh="仅由测试验证"),
    "unexecuted": Text(en="not executed", zh="未执行"),
    "unsupported": Text(en="unsupported", zh="不支持"),
    "absent": Text(en="not in compat.mindspore", zh="compat.mindspore 尚无"),
    "differs": Text(en="differs", zh="不一致"),
}
EXPLAINED: dict[Status, Text] = {
    "verified": Text(en="every case of the parity run agrees, values at least", zh="一致性运行的所有用例均一致（至少比较了数值）"),
    "declared": Text(
        en="some cases differ; the page says which and why, and the run checks that it is so",
        zh="部分用例存在差异；页面说明差异及原因，运行时会核对",
    ),
    "tests": Text(en="no single call shows it; the tests that the page names do", zh="单次调用无法体现；由页面所列测试验证"),
    "unexecuted": Text(en="nothing on record shows that it works", zh="尚无执行记录证明其可用"),
    "unsupported": Text(en="every call raises; the page says what to use instead", zh="每次调用都会抛出异常；页面说明替代方案"),
    "absent": Text(
        en="the page says how the two correspond; compat.mindspore lacks the name", zh="页面说明对应关系；compat.mindspore 尚无此名称"
    ),
    "differs": Text(en="some cases differ, and no row says why: a mistake to be mended", zh="部分用例不一致且未声明原因：有待修正的错误"),
}


@dataclass(frozen=True)
class Claim:
    """One public name: its status, and the cases of the record that agree, by check."""

    api: str
    status: Status
    counts: Counts


def of_torch(row: Row, record: Record) -> list[Claim]:
    """The row's own name, then every other name of it that is on record."""
    found = [Claim(name, _status(record.apis.get(name, {}), row), record.apis.get(name, {})) for name in row.names()]
    return [claim for claim in found if claim.api == row.torch or claim.counts]


def of_mindspore(row: Row, record: Record) -> Iterator[Claim]:
    """Each counterpart of the row."""
    for counterpart in row.mindspore:
        counts = record.apis.get(counterpart.api, {})
        yield Claim(counterpart.api, "absent" if lacks(row, counterpart) else _status(counts, None), counts)


def lacks(row: Row, counterpart: Counterpart) -> bool:
    """Whether compat.mindspore has no such name through this row."""
    return counterpart.absent or row.unsupported is not None


def _status(counts: Counts, row: Row | None) -> Status:
    if row is not None and row.unsupported is not None:
        return "unsupported"
    if counts.get("differs"):
        return "differs"
    if counts.get("declared"):
        return "declared"
    if counts.get("forward"):
        return "verified"
    return "tests" if row is not None and row.tests else "unexecuted"
