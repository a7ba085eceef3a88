"""Warnings and notices: what may be wrong but does not stop the import (CLASS_WORKBOOK.md §2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.sheets import entries, satisfaction
from assessments.workbook.reading import MissingCharacters, Reading
from core.amounts import plain
from core.sheets.faults import Place
from core.sheets.table import shown
from core.sheets.text import key
from training.sheets import attendance, roster, timetable
from training.sheets.rows import RosterRow, SessionRow

MOST_HOURS = 4
THEORY = frozenset({"理论教育", "党的理论教育"})
PARTY = "党性教育"
BOTH_SHARE, PARTY_SHARE = 70, 20
_PRINTED = (roster.NAME, timetable.NAME, entries.NAME, satisfaction.NAME)


@dataclass(frozen=True, slots=True)
class CadreFacts:
    """A cadre's master record as far as a roster repeats it; "" where the record has nothing to compare."""

    name: str
    unit: str = ""
    """The unit's key, as UnitRef has it."""
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    post: str = ""
    post_level: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A teacher or a place that another class has at the same time; `column` is 授课人 or 地点."""

    session: SessionRow
    column: str
    text: str


CadreLookup = Callable[[Sequence[str]], Mapping[str, CadreFacts]]
"""Returns the master records by ID number, of those that are known."""
ClashLookup = Callable[[Sequence[SessionRow]], Iterable[Clash]]

_COMPARED = {
    "sex": "性别", "ethnic_group": "民族", "political_status": "政治面貌", "post": "职务", "post_level": "职务层次",
    "rank": "职级",
}  # fmt: skip


def check(
    reading: Reading,
    missing_characters: MissingCharacters,
    cadres: CadreLookup | None,
    clashes: ClashLookup | None,
) -> None:
    """Add every warning and notice that needs more than one row, or somebody else's knowledge."""
    _check_half_days(reading)
    _check_shares(reading)
    _check_attendance(reading)
    _check_characters(reading, missing_characters)
    if clashes is not None and (table := reading.tables.get(timetable.NAME)):
        for clash in clashes(reading.timetable.rows):
            place = table.place(clash.session.row, clash.column)
            reading.faults.warning("clash", place, clash.text, getattr(clash.session, _CLASHING[clash.column]))
    if cadres is not None and (table := reading.tables.get(roster.NAME)):
        _compare_cadres(reading, cadres([row.id_number for row in reading.roster.rows]), table.place)


_CLASHING = {"授课人": "teacher", "地点": "place"}


def _check_half_days(reading: Reading) -> None:
    half_days: dict[object, list[SessionRow]] = defaultdict(list)
    for session in reading.timetable.rows:
        half_days[session.key.date, session.key.period].append(session)
    table = reading.tables.get(timetable.NAME)
    for sessions in half_days.values():
        hours = sum((session.hours for session in sessions), Decimal(0))
        if hours > MOST_HOURS and table:
            text = f"这个时段共 {plain(hours)} 学时，超过 {MOST_HOURS} 学时"
            reading.faults.warning("too_many_hours", table.place(sessions[-1].row, "学时"), text, plain(hours))


def _check_shares(reading: Reading) -> None:
    """70 % and 20 %, only where every session says its category."""
    sessions = reading.timetable.rows
    table = reading.tables.get(timetable.NAME)
    if not table or not sessions or len(sessions) < sum(1 for _ in table.lines()):
        return
    if any(not session.category for session in sessions):
        return
    total = sum(session.hours for session in sessions)
    party = sum(session.hours for session in sessions if key(session.category) == PARTY)
    both = party + sum(session.hours for session in sessions if key(session.category) in THEORY)
    for code, hours, least, name in (
        ("low_theory_share", both, BOTH_SHARE, "理论教育加党性教育"),
        ("low_party_share", party, PARTY_SHARE, "党性教育"),
    ):
        if hours * 100 < least * total:
            share = f"{Decimal(hours) * 100 / total:.1f}%"
            reading.faults.warning(code, table.place(), f"{name}占总学时 {share}，低于 {least}%", share)


def _check_attendance(reading: Reading) -> None:
    read, table = reading.attendance, reading.tables.get(attendance.NAME)
    if read is None or table is None:
        return
    wrong = any(fault.code == "attendance_code" for fault in reading.faults.faults)
    if read.columns and read.first_rows and not (wrong or read.anything_missed):
        reading.faults.warning("nobody_missed", table.place(), "全班没有一次缺勤、迟到或请假，请核对")
    recorded = set(read.columns.values())
    told = {misplaced.fault.place.row for misplaced in reading.timetable.misplaced}
    for session, row in reading.timetable.keys.items():
        if session not in recorded and row.number not in told:
            text = f"{session} 在“考勤”中没有一列，按未登记处理，全班计为出勤"
            reading.faults.warning("unrecorded_session", row.place("时段"), text, str(session))


def _check_characters(reading: Reading, missing_characters: MissingCharacters) -> None:
    """Warn of characters that no font has: one warning for the same text in the same column."""
    seen: dict[tuple[str, str, str], Place] = {}
    for place, text in _printed(reading):
        seen.setdefault((place.sheet, place.column or "", text), place)
    lacking = set(missing_characters("".join({text for _, _, text in seen})))
    for (_, _, text), place in seen.items() if lacking else ():
        absent = [character for character in dict.fromkeys(text) if character in lacking]
        if absent:
            named = "、".join(f"{character}（U+{ord(character):04X}）" for character in absent)
            reading.faults.warning("no_glyph", place, f"字库无此字：{named}", text)


def _printed(reading: Reading) -> Iterator[tuple[Place, str]]:
    for place, cell in reading.facts.values.values():
        if isinstance(cell, str):
            yield place, shown(cell)
    for table in (reading.tables[name] for name in _PRINTED if name in reading.tables):
        for row in table.lines():
            for column in table.columns:
                cell = row.cell(column)
                if isinstance(cell, str):
                    yield row.place(column), shown(cell)


def _compare_cadres(
    reading: Reading, known: Mapping[str, CadreFacts], place: Callable[[int | None, str | None], Place]
) -> None:
    new = [row for row in reading.roster.rows if row.id_number not in known]
    if new:
        names = "、".join(row.label for row in new[:10]) + ("等" if len(new) > 10 else "")
        text = f"{len(new)} 名学员不在干部库中，导入时新建并标为“待核”：{names}"
        reading.faults.notice("cadre_new", place(new[0].row, "姓名"), text, str(len(new)))
    for row in reading.roster.rows:
        if row.id_number in known:
            for column, written in _differences(row, known[row.id_number]):
                # What the master record says is not told: who runs a class need not see the person (DOMAIN.md §1).
                text = "与干部库登记的不同；工作簿不改干部库，如有变动请告知组织部门"
                reading.faults.notice("cadre_differs", place(row.row, column), text, written)


def _differences(row: RosterRow, facts: CadreFacts) -> Iterator[tuple[str, str]]:
    """Yield (column, as written) of everything both have and that is not the same."""
    if facts.name != row.name:
        yield "姓名", row.label
    if facts.unit and facts.unit != row.unit.key:
        yield "单位", row.unit.name
    for attribute, column in _COMPARED.items():
        written, recorded = getattr(row, attribute), getattr(facts, attribute)
        if written and recorded and key(written) != key(recorded):
            yield column, written
