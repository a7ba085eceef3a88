"""What trainees learned in classes, as marks and timetable say it: one query for one class or for a city's year.

The rule is that of 实到学时 (CLASS_WORKBOOK.md §3): all sessions but those marked 事, 病, 公, 旷; who has no mark was
there. A half-day gives at most the hours that the rules of the cadre's authority allow and half a day, a day at most
one. Without a timetable every date of the class is a day, of which the ledger makes hours (DOMAIN.md §3).
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from trainees.models import CreditEntry
from trainees.models.ledger import Channel
from trainees.services.ledger import Learning
from trainees.services.rule_sets import Shelf
from training.models import AttendanceMark
from training.models.enrolment import HOLDS_A_SEAT

PUT_OUT = "退学"
"""Who was put out of a class (leave beyond 1/7) has no hours of it (docs/decisions/0024)."""
ONLINE_WORDS = ("网络", "网上", "线上", "在线")
SOURCE = CreditEntry.Source.CLASS

CAPS = """
SELECT DISTINCT ON (c.id, p.managing_authority_id) c.id, p.managing_authority_id, c."end",
       EXISTS (SELECT FROM training_session s WHERE s.training_class_id = c.id), posted.rule_set_id
FROM training_enrolment e
JOIN training_trainingclass c ON c.id = e.training_class_id
JOIN trainees_cadre p ON p.id = e.cadre_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN NOT EXISTS (SELECT FROM trainees_creditentry r WHERE r.reverses_id = o.id) THEN o.rule_set_id END
    FROM trainees_creditentry o
    WHERE o.source_kind = %(source)s AND o.source_id = e.id AND o.reverses_id IS NULL
    ORDER BY o.part DESC, o.attempt DESC LIMIT 1
) AS posted (rule_set_id) ON true
WHERE e.training_class_id = ANY(%(classes)s) AND e.state = ANY(%(seats)s)
ORDER BY c.id, p.managing_authority_id, posted.rule_set_id
"""

LEARNED = """
WITH people AS MATERIALIZED (
    SELECT e.id, e.training_class_id AS class,
           coalesce(%(caps)s::jsonb ->> (e.training_class_id::text || p.managing_authority_id::text),
                    %(caps)s::jsonb ->> e.training_class_id::text)::numeric AS cap
    FROM training_enrolment e JOIN trainees_cadre p ON p.id = e.cadre_id
    WHERE e.training_class_id = ANY(%(classes)s) AND e.state = ANY(%(seats)s) AND e.grade <> %(put_out)s
), lessons AS MATERIALIZED (
    SELECT s.id, s.training_class_id AS class, s.date AS day, s.period, s.hours
    FROM training_session s JOIN training_trainingclass c ON c.id = s.training_class_id
    WHERE s.training_class_id = ANY(%(classes)s) AND c.attendance_kept
), halves AS MATERIALIZED (
    SELECT class, day, period, sum(hours) AS hours FROM lessons GROUP BY 1, 2, 3
    UNION ALL
    SELECT c.id, day::date, period, NULL
    FROM training_trainingclass c
    CROSS JOIN generate_series(c.start, c."end", interval '1 day') AS day
    CROSS JOIN generate_series(1, 2) AS period
    WHERE c.id = ANY(%(classes)s)
      AND NOT EXISTS (SELECT FROM training_session s WHERE s.training_class_id = c.id)
), days AS (
    SELECT h.class, c.cap, h.day, sum(least(h.hours, c.cap)) AS hours, least(count(*) * 0.5, 1) AS days,
           count(h.hours) > 0 AS timetable
    FROM halves h JOIN (SELECT DISTINCT class, cap FROM people) c ON c.class = h.class
    GROUP BY 1, 2, 3
), years AS (
    SELECT class, cap, extract(year FROM day)::int AS part, sum(hours) AS hours, sum(days) AS days, array_agg(day) AS dates,
           bool_and(timetable) AS timetable
    FROM days GROUP BY 1, 2, 3
), missed AS MATERIALIZED (
    SELECT l.class, m.enrolment_id, l.day, l.period, sum(l.hours) AS hours
    FROM training_attendancemark m JOIN lessons l ON l.id = m.session_id
    WHERE m.training_class_id = ANY(%(classes)s) AND m.mark = ANY(%(away)s)
    GROUP BY 1, 2, 3, 4
), split AS (
    SELECT d.enrolment_id, d.day, h.period, h.hours AS planned, 0 AS lost
    FROM (SELECT DISTINCT class, enrolment_id, day FROM missed) d JOIN halves h ON h.class = d.class AND h.day = d.day
    UNION ALL
    SELECT enrolment_id, day, period, 0, hours FROM missed
), touched_halves AS (
    SELECT enrolment_id, day, period, sum(planned) AS planned, sum(planned) - sum(lost) AS attended
    FROM split GROUP BY 1, 2, 3
), touched AS (
    SELECT p.id, t.day, sum(least(t.planned, p.cap) - least(t.attended, p.cap)) AS hours,
           least(count(*) * 0.5, 1) AS whole, least(count(*) FILTER (WHERE t.attended > 0) * 0.5, 1) AS days
    FROM touched_halves t JOIN people p ON p.id = t.enrolment_id
    GROUP BY 1, 2
), parts AS (
    SELECT p.id, y.part, y.hours, y.days, y.dates, y.timetable, NULL::date[] AS gone
    FROM people p JOIN years y ON y.class = p.class AND y.cap = p.cap
    UNION ALL
    SELECT id, extract(year FROM day)::int, -sum(hours), -sum(whole - days), NULL, true, array_agg(day) FILTER (WHERE days = 0)
    FROM touched GROUP BY 1, 2
), totals AS MATERIALIZED (
    SELECT id, part, sum(hours) AS hours, sum(days) AS days, max(dates) AS dates, coalesce(max(gone), '{}') AS gone,
           bool_and(timetable) AS timetable
    FROM parts GROUP BY 1, 2 HAVING sum(days) > 0
)
SELECT DISTINCT ON (c.id, coalesce(p.canonical_id, p.id), t.part)
       e.id, e.cadre_id, c.name, c.class_type, t.part, t.hours, t.days,
       (SELECT max(day) FROM unnest(t.dates) AS day WHERE day <> ALL(t.gone)) AS last, t.timetable
FROM totals t JOIN training_enrolment e ON e.id = t.id JOIN training_trainingclass c ON c.id = e.training_class_id
JOIN trainees_cadre p ON p.id = e.cadre_id
ORDER BY c.id, coalesce(p.canonical_id, p.id), t.part, t.hours DESC, t.days DESC, e.id
"""
"""What a class gives who attended all of it, less what was missed. Sums instead of joins wherever rows are many: nobody
knows beforehand how many the parts hold, and a plan that expects one would go through all of them for each."""

# Where the query finds marks, and what stands in its place where one mark is supposed to be another.
MARKS = "training_attendancemark m"
SUPPOSED = """(
    SELECT training_class_id, enrolment_id, session_id, mark FROM training_attendancemark
    WHERE enrolment_id <> %(who)s OR session_id <> %(when)s
    UNION ALL
    SELECT training_class_id, %(who)s::uuid, id, %(mark)s::varchar FROM training_session WHERE id = %(when)s
) m"""


class Supposed(NamedTuple):
    """A mark as it might be: of an enrolment, in a session; its fields are the query's parameters."""

    who: UUID
    when: UUID
    mark: str


def learned_in(
    class_ids: Collection[UUID], *, in_hours: bool = False, supposing: Supposed | None = None
) -> list[Learning]:
    """What everybody on these rosters learned, a row a person and year; who attended nothing in a year has none.

    Of two seats that merged doubles have in one class the one with more hours counts, and the other gives nothing.
    At most four queries for any number of classes. A class with a timetable but without attendance gives nothing: its hours are
    unknown; one without a timetable gives days, and hours only where they are asked for (`in_hours`): to the ledger it
    gives days alone, which tells in the entry what it made of them. Part is the year, `on` the last day attended in it.
    `supposing` one mark were another: a correction is shown before anybody agrees to it.
    """
    if not class_ids:
        return []
    facts: dict[str, Any] = {
        "classes": list(class_ids), "seats": HOLDS_A_SEAT, "put_out": PUT_OUT,
        "away": [str(mark) for mark in AttendanceMark.AWAY], "source": str(SOURCE),
    }  # fmt: skip
    learned = LEARNED
    if supposing:
        learned, facts = LEARNED.replace(MARKS, SUPPOSED), facts | supposing._asdict()
    with connection.cursor() as cursor:
        cursor.execute(CAPS, facts)
        facts["caps"] = json.dumps(dict(_caps(cursor.fetchall())))
        cursor.execute(learned, facts)
        return [_learning(*row, in_hours=in_hours) for row in cursor.fetchall()]


def _caps(pairs: Sequence[tuple[UUID, UUID, date, bool, UUID | None]]) -> Iterator[tuple[str, str]]:
    """Hours of a half-day, for each class and authority of somebody in it.

    By the rules of the class's end; but what stands in the ledger keeps its rules, so that a correction brings no others
    in. With a timetable they are the most that count, without one half of what a day counts. Under the class alone those
    of one of its authorities, for whom another one takes over between the two questions.
    """
    authorities, held = {pair[1] for pair in pairs}, {pair[-1] for pair in pairs if pair[-1]}
    shelf = Shelf(authorities, held, adopts=False)
    for one, authority, end, timetable, posted in pairs:
        book = shelf.book(posted or shelf.on(authority, end))
        cap = book.half_day_most if timetable else book.day_hours / 2
        yield f"{one}{authority}", str(cap)
        yield str(one), str(cap)


def _learning(
    source: UUID, cadre: UUID, title: str, class_type: str, part: int, hours: Decimal, days: Decimal, on: date,
    timetable: bool, *, in_hours: bool,
) -> Learning:  # fmt: skip
    channel = Channel.ONLINE if any(word in class_type for word in ONLINE_WORDS) else Channel.OFF_JOB
    given = hours if timetable or in_hours or channel != Channel.OFF_JOB else Decimal(0)
    return Learning(cadre, on, channel, given, days, title, SOURCE, source, part)
