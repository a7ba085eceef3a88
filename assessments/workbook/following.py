"""What only follows from another fault is told under it and is no error of its own (CLASS_WORKBOOK.md §2)."""

import datetime
from collections.abc import Iterable

from assessments.workbook.reading import Reading
from core.names import parse
from core.sheets.faults import Fault, Place
from training.sheets import attendance
from training.sheets.attendance import Orphan
from training.sheets.people import Mentions
from training.sheets.slots import Heading
from training.sheets.timetable import Misplaced

Span = tuple[datetime.date, datetime.date]

MOST_HINTS = 50
"""Comparing every stranger with every trainee takes long where nobody is known."""


class _Followers:
    """Gathers followers with their causes, to be told all at once."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Fault, Fault]] = []

    def add(self, cause: Fault, fault: Fault) -> None:
        self.pairs.append((cause, fault))


def settle(reading: Reading) -> None:
    """Say every name that was not matched, one fault a person, and put what follows from a fault under it."""
    followers = _Followers()
    _settle_columns(reading, followers)
    doubled = dict(reading.roster.doubled)
    _settle_ambiguous(reading, doubled, followers)
    _settle_strangers(reading, followers)
    _settle_doubled(reading, doubled, followers)
    reading.faults.tell_under(followers.pairs)


def _settle_columns(reading: Reading, followers: _Followers) -> None:
    orphans = list(reading.attendance.orphans) if reading.attendance else []
    if reading.no_timetable is not None:
        for orphan in orphans:
            followers.add(reading.no_timetable, orphan.fault)
        return
    start, end = reading.facts.start, reading.facts.end
    span = (start, end) if start and end else None
    for session in reading.timetable.misplaced:
        mine = [orphan for orphan in orphans if _may_belong(orphan, session, span)]
        if mine:
            # A column inside the class's dates is the likelier one; of several each session takes one.
            taken = min(mine, key=lambda orphan: (not _same_day(orphan, session.date), not _is_within(orphan, span)))
            orphans.remove(taken)
            followers.add(session.fault, taken.fault)


def _may_belong(orphan: Orphan, session: Misplaced, span: Span | None) -> bool:
    """Tell whether a column that fits no session can be the column of a session whose time is at fault."""
    if orphan.heading is None:
        return False
    match session.fault.code:
        case "duplicate_session":
            return _is_of_doubled(orphan.heading, session, span)
        case "session_outside_class" | "bad_date":
            same_number = session.number in (None, orphan.heading.number)
            return session.period in (None, orphan.heading.period) and same_number
        case _:
            day_fits = session.date is None or _same_day(orphan, session.date)
            return day_fits and session.period in (None, orphan.heading.period)


def _is_of_doubled(heading: Heading, session: Misplaced, span: Span | None) -> bool:
    """Either only the number is missing, or it is a first session whose day or period is another session's."""
    same_period = heading.period == session.period
    same_day = session.date is not None and heading.within(session.date, session.date)
    if same_period and same_day:
        return True
    in_class = span is None or heading.within(*span)
    return heading.number == 1 and in_class and (same_period or same_day)


def _same_day(orphan: Orphan, day: datetime.date | None) -> bool:
    return day is not None and orphan.heading is not None and orphan.heading.within(day, day)


def _is_within(orphan: Orphan, span: Span | None) -> bool:
    return span is not None and orphan.heading is not None and orphan.heading.within(*span)


def _further(mentions: Mentions) -> str:
    more = len(mentions.places) - 1
    return f"（另有 {more} 处）" if more else ""


def _settle_strangers(reading: Reading, followers: _Followers) -> None:
    nameless = list(reading.roster.nameless)
    for count, mentions in enumerate(reading.people.strangers.values()):
        fault = _stranger(reading, mentions, hint_wanted=count < MOST_HINTS)
        if reading.no_roster is not None:
            followers.add(reading.no_roster, fault)
        elif reading.roster.nameless and _has_row(mentions.places):
            cause = nameless.pop(0) if nameless else reading.roster.nameless[-1]
            followers.add(cause, fault)


def _stranger(reading: Reading, mentions: Mentions, *, hint_wanted: bool) -> Fault:
    near = reading.people.nearest(mentions.written) if hint_wanted else None
    hint = f"，是否为“{near}”？" if near else ""
    text = f"“{mentions.written}”不在花名册中{_further(mentions)}{hint}"
    return reading.faults.error("unknown_trainee", mentions.places[0], text, mentions.written)


def _has_row(places: Iterable[Place]) -> bool:
    return any(place.sheet == attendance.NAME for place in places)


def _settle_ambiguous(reading: Reading, doubled: dict[str, Fault], followers: _Followers) -> None:
    """Bare names of several trainees: under the roster's fault if it has one, else an error of their own."""
    on_roster = {parse(label).bare: fault for label, fault in doubled.items() if fault.code == "ambiguous_name"}
    for mentions in reading.people.ambiguous.values():
        text = f"“{mentions.written}”有几人同名，请写成“姓名(身份证号后四位)”{_further(mentions)}"
        fault = reading.faults.error("ambiguous_name", mentions.places[0], text, mentions.written)
        cause = on_roster.get(mentions.written)
        if cause is not None:
            followers.add(cause, fault)
        for label in reading.people.labels if _has_row(mentions.places) else ():
            if parse(label).bare == mentions.written:
                doubled.setdefault(label, cause or fault)


def _settle_doubled(reading: Reading, doubled: dict[str, Fault], followers: _Followers) -> None:
    """A trainee twice, or not at all, where the name itself does not say who is meant."""
    blurred = {label for label in doubled if reading.people.is_blurred(label)}
    unclear = blurred | {label for label, fault in doubled.items() if fault.code == "ambiguous_name"}
    repeated = list(reading.attendance.repeated) if reading.attendance else []
    for label, fault in (*repeated, *(one for read in reading.papers.values() for one in read.repeated)):
        if label in blurred:
            followers.add(doubled[label], fault)
    for label, fault in reading.attendance.missing if reading.attendance else ():
        if label in unclear:
            followers.add(doubled[label], fault)
