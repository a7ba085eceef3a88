"""Typed rows of a class as its workbook holds them; source row numbers do not count when two are compared."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum

from core import names
from organization.directory import UnitRef


class Period(IntEnum):
    """A part of the day (时段); the numbers are those of the timetable's model."""

    MORNING = 1
    AFTERNOON = 2
    EVENING = 3

    @property
    def label(self) -> str:
        """上午, 下午 or 晚上."""
        return ("上午", "下午", "晚上")[self - 1]


class Mark(StrEnum):
    """How somebody attended a session (考勤); the values are those of the attendance model."""

    PRESENT = "present"
    LATE = "late"
    EARLY = "early"
    PERSONAL = "personal"
    SICK = "sick"
    OFFICIAL = "official"
    ABSENT = "absent"

    @property
    def sign(self) -> str:
        """The sign that is written into a cell."""
        return _SIGNS[self]


_SIGNS = {
    Mark.PRESENT: "√", Mark.LATE: "迟", Mark.EARLY: "早", Mark.PERSONAL: "事",
    Mark.SICK: "病", Mark.OFFICIAL: "公", Mark.ABSENT: "旷",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """班次信息. `code`, `host`, `place`, `manager` are "" where not given, `planned` is a head count."""

    name: str
    start: datetime.date
    end: datetime.date
    organizer: str
    class_type: str
    code: str = ""
    host: str = ""
    place: str = ""
    manager: str = ""
    planned: int | None = None
    scheme: str = "4+1"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A trainee on the roster (花名册). `name` is bare, `label` is what the class's other sheets write.

    `id_number` is 18 half-width characters and valid; `sex` is 男, 女 or "" where the roster does not say.
    """

    name: str
    id_number: str
    unit: UnitRef
    suffix: str = ""
    serial: str = ""
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    post: str = ""
    post_level: str = ""
    rank: str = ""
    phone: str = ""
    group: str = ""
    committee_post: str = ""
    unit_as_written: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)

    @property
    def label(self) -> str:
        """The name as on the roster, unique in the class: 王伟 or 王伟(002X)."""
        return names.PersonName(self.name, self.suffix).label


@dataclass(frozen=True, slots=True, order=True)
class SessionKey:
    """What a session is known by inside a class; `number` counts the sessions of one half-day from 1."""

    date: datetime.date
    period: Period
    number: int = 1

    def __str__(self) -> str:
        return f"{self.date.month}月{self.date.day}日{self.period.label}{circled(self.number)}"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of the timetable (课程表); hours are a multiple of 0.5."""

    key: SessionKey
    title: str
    hours: Decimal
    category: str = ""
    form: str = ""
    teacher: str = ""
    place: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark other than present (考勤); `person` is the label on the roster."""

    person: str
    session: SessionKey
    mark: Mark


@dataclass(frozen=True, slots=True)
class Attendance:
    """The attendance sheet: which sessions were recorded, in time order, and every mark that is not present.

    Marks come in roster order, then in time order. A session that is not recorded counts everybody as present.
    """

    sessions: tuple[SessionKey, ...]
    marks: tuple[MarkRow, ...]
    blank: frozenset[tuple[str, SessionKey]] = field(default=frozenset(), compare=False)
    """For writing: cells that nobody has marked yet, of sessions that are not recorded; they stay empty."""
    ticks: Mapping[SessionKey, int] = field(default_factory=dict, compare=False)
    """From reading: how many cells of a column say 出勤 in so many words. For counting points empty says it too."""


def circled(number: int) -> str:
    """Return ② … for the second and later sessions of a half-day, nothing for the first."""
    if number == 1:
        return ""
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"
