"""The columns of a roster, and a row as it is once it has been read. An empty cell leaves what is known as it is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

NAME = "花名册"
REQUIRED = ("姓名", "身份证号", "单位")
BORN = "出生日期"
"""Checked against the ID number where a file has it; not stored."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the attribute of `RosterRow` that it fills, and how wide the template makes it."""

    name: str
    attribute: str
    width: int = 14


COLUMNS = (
    Column("姓名", "name"),
    Column("身份证号", "number", 22),
    Column("性别", "sex", 8),
    Column("民族", "ethnic_group", 10),
    Column("政治面貌", "political_status"),
    Column("单位", "unit", 34),
    Column("职务", "post", 22),
    Column("职务层次", "post_level"),
    Column("职级", "rank"),
    Column("任职时间", "since", 12),
    Column("手机号", "phone"),
    Column("管理权限", "authority", 26),
    Column("状态", "status", 8),
    Column("状态起始", "status_since", 12),
    Column("进入干部队伍", "entered_on"),
    Column("入党时间", "party_since", 12),
    Column("参加工作时间", "work_since"),
)
OPTIONAL = (*(column.name for column in COLUMNS if column.name not in REQUIRED), BORN)
TEXTS = {"post": ("职务", 100), "post_level": ("职务层次", 30), "rank": ("职级", 30)}
DAYS = {
    "status_since": "状态起始", "entered_on": "进入干部队伍", "party_since": "入党时间", "work_since": "参加工作时间",
}  # fmt: skip
HEADINGS = {column.attribute: column.name for column in COLUMNS}


@dataclass(slots=True)
class RosterRow:
    """One person as the file says: "" and None where it says nothing. `index` is the keyed index of `number`."""

    row: int
    name: str
    number: str
    index: str
    unit: UUID
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    post: str = ""
    post_level: str = ""
    rank: str = ""
    since: date | None = None
    phone: str = ""
    authority: UUID | None = None
    status: str = ""
    status_since: date | None = None
    entered_on: date | None = None
    party_since: date | None = None
    work_since: date | None = None
