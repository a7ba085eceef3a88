"""What a machine's row means for somebody's attendance: present until the bell, late until half of the session.

How many minutes after the bell are no delay yet says the school's setting `late_minutes`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core import names
from training.models import AttendanceMark, Enrolment, Session
from training.rules.timetable import Times
from training.sheets.clockings import Clocking

EARLY = timedelta(minutes=120)
"""Who stands before the machine this long before the bell comes for that session."""
LEAVING = timedelta(minutes=60)
"""Who stands there this long after a session is leaving it: nothing to mark, and no fault."""
Cell = tuple[UUID, UUID]
LABELS = dict(AttendanceMark.Mark.choices)
SOURCES = dict(AttendanceMark.Source.choices)


class Outcome(StrEnum):
    """What becomes of a row."""

    MARK = "mark"
    SAME = "same"
    KEPT = "kept"
    LEAVE = "leave"
    REPEATED = "repeated"
    TOO_LATE = "too_late"
    OUTSIDE = "outside"
    BAD_TIME = "bad_time"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


FAULTS = (Outcome.UNKNOWN, Outcome.AMBIGUOUS, Outcome.BAD_TIME, Outcome.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what becomes of it, why in a sentence; with the cell and the mark where there are any."""

    row: Clocking
    outcome: Outcome
    text: str
    cell: Cell | None = None
    mark: str = ""


class Roster:
    """Finds a trainee by the name on the roster, the bare name, or the number."""

    def __init__(self, people: Iterable[Enrolment]) -> None:
        self.labels: dict[str, Enrolment] = {}
        self.bare: dict[str, list[Enrolment]] = defaultdict(list)
        self.numbers: dict[str, list[Enrolment]] = defaultdict(list)
        for who in people:
            name = names.parse(who.roster_name)
            self.labels[name.label] = who
            self.bare[name.bare].append(who)
            self.numbers[(who.serial or str(who.position)).lstrip("0")].append(who)

    def find(self, row: Clocking) -> list[Enrolment]:
        """Those who may be meant: one, or several of one name, or nobody."""
        named = [self.labels[row.name]] if row.name in self.labels else self.bare.get(row.name, [])
        numbered = self.numbers.get(row.number.lstrip("0"), []) if row.number else []
        if not row.name:
            return numbered
        both = [who for who in named if who in numbered]
        return both if len(named) > 1 and both else named


@dataclass(frozen=True, slots=True)
class Judge:
    """The class's roster, its sessions' times, the marks that stand, and how many minutes after the bell are no delay."""

    roster: Roster
    spans: Mapping[Session, Times]
    standing: Mapping[Cell, AttendanceMark]
    grace: timedelta

    def judge(self, rows: Collection[Clocking]) -> list[Judged]:
        """Every row in the file's order; of several rows of one person in one session the earliest counts."""
        found = {row.row: self._one(row) for row in rows}
        first: dict[Cell, Judged] = {}
        for one in found.values():
            if one.cell and (one.cell not in first or moment(one) < moment(first[one.cell])):
                first[one.cell] = one
        return [
            one if one.cell is None or first[one.cell] is one
            else Judged(one.row, Outcome.REPEATED, f"本课次已有更早的打卡（第{first[one.cell].row.row}行），以最早为准")
            for one in found.values()
        ]  # fmt: skip

    def _one(self, row: Clocking) -> Judged:
        who = self.roster.find(row)
        if not who:
            return Judged(row, Outcome.UNKNOWN, f"花名册中没有“{row.who}”" if row.who else "没有姓名，也没有号码")
        if len(who) > 1:
            return Judged(row, Outcome.AMBIGUOUS, f"本班有 {len(who)} 名“{row.who}”，请加上身份证号后四位或学号")
        if row.at is None:
            return Judged(row, Outcome.BAD_TIME, "时间无法识别，应如 2026-03-02 08:25")
        return self._timed(row, who[0], row.at)

    def _timed(self, row: Clocking, who: Enrolment, at: datetime) -> Judged:
        when, late = session_of(at, self.spans, self.grace)
        if when is None:
            return Judged(row, Outcome.OUTSIDE, "不在任何课次的打卡时间内（课前两小时至课后一小时）")
        words = f"{when.date.month}月{when.date.day}日{when.get_period_display()}"
        if late is None:
            return Judged(row, Outcome.TOO_LATE, f"{words}课已过半或已下课，不作登记（晚到、早退由班主任认定）")
        mark = AttendanceMark.Mark.LATE if late else AttendanceMark.Mark.PRESENT
        return self._beside(row, (who.pk, when.pk), mark, words)

    def _beside(self, row: Clocking, cell: Cell, mark: str, words: str) -> Judged:
        """Beside what stands: only an empty cell, or a machine's own 迟到, is the machine's."""
        there = self.standing.get(cell)
        if there is None:
            return Judged(row, Outcome.MARK, f"{words}：{LABELS[mark]}", cell, mark)
        stands = LABELS[there.mark]
        if there.source == AttendanceMark.Source.LEAVE:
            return Judged(row, Outcome.LEAVE, f"{words}已准{stands}，保留请假", cell)
        if there.mark == mark:
            return Judged(row, Outcome.SAME, f"{words}已是{stands}", cell)
        if there.source != AttendanceMark.Source.MACHINE or there.mark == AttendanceMark.Mark.PRESENT:
            return Judged(row, Outcome.KEPT, f"{words}已由{SOURCES[there.source]}记为{stands}，保留", cell)
        return Judged(row, Outcome.MARK, f"{words}：{stands}改为{LABELS[mark]}", cell, mark)


def moment(one: Judged) -> datetime:
    """When somebody was there; only rows with a readable time have a cell."""
    assert one.row.at is not None  # noqa: S101 (judged before)
    return one.row.at


def session_of(at: datetime, spans: Mapping[Session, Times], grace: timedelta) -> tuple[Session | None, bool | None]:
    """The session that somebody came for, and whether late; (session, None) where more than half was over, or all.

    Who comes in the second half of one session is early for the next where that begins within two hours.
    """
    over: Session | None = None
    for one, (begin, end) in sorted(spans.items(), key=lambda item: item[1]):
        begin, end = begin.replace(tzinfo=None), end.replace(tzinfo=None)
        if begin - EARLY <= at <= begin + (end - begin) / 2:
            return one, at > begin + grace
        if begin <= at <= end + LEAVING:
            over = one
    return over, None
