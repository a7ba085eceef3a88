"""What trainees learned in classes, as marks and timetable say it: one query for one class or for a city's year.

The rule is that of 实到学时 (CLASS_WORKBOOK.md §3): all sessions but those marked 事, 病, 公, 旷; who has no mark was
there. A half-day gives at most the hours that the rules of the cadre's authority allow and half a day, a day at most
one. Without a timetable every date of the class counts as two half-days of the hours that the rules put for them
(DOMAIN.md §3).
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from organization.models import Unit
from trainees.models import CreditEntry, RuleSet
from trainees.models.ledger import Channel
from trainees.rules.rule_book import RuleBook
from trainees.services.ledger import Learning
from trainees.services.rule_sets import shipped_rules
from training.models import AttendanceMark
from training.models.enrolment import HOLDS_A_SEAT

PUT_OUT = "退学"
"""Who was put out of a class (leave beyond 1/7) has no hours of it (docs/decisions/0024)."""
ONLINE_WORDS = ("网络", "网上", "线上", "在线")
SOURCE = CreditEntry.Source.CLASS

CAPS = """
SELECT DISTINCT c.id, p.managing_authority_id, u.path, c."end",
       EXISTS (SELECT FROM training_session s WHERE s.training_class_id = c.id)
FROM training_enrolment e
JOIN training_trainingclass c ON c.id = e.training_class_id
JOIN trainees_cadre p ON p.id = e.cadre_id
JOIN organization_unit u ON u.id = p.managing_authority_id
WHERE e.training_class_id = ANY(%(classes)s) AND e.state = ANY(%(seats)s)
"""

LEARNED = """
WITH caps AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(caps)s) AS given (class uuid, authority uuid, cap numeric)
), people AS MATERIALIZED (
    SELECT e.id, e.cadre_id, e.training_class_id AS class, caps.cap
    FROM training_enrolment e
    JOIN trainees_cadre p ON p.id = e.cadre_id
    JOIN caps ON caps.class = e.training_class_id AND caps.authority = p.managing_authority_id
    WHERE e.training_class_id = ANY(%(classes)s) AND e.state = ANY(%(seats)s) AND e.grade <> %(put_out)s
), halves AS MATERIALIZED (
    SELECT s.training_class_id AS class, s.date AS day, s.period, sum(s.hours) AS hours
    FROM training_session s JOIN training_trainingclass c ON c.id = s.training_class_id
    WHERE s.training_class_id = ANY(%(classes)s) AND c.attendance_kept
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT c.id, day::date, period, NULL
    FROM training_trainingclass c
    CROSS JOIN generate_series(c.start, c."end", interval '1 day') AS day
    CROSS JOIN generate_series(1, 2) AS period
    WHERE c.id = ANY(%(classes)s)
      AND NOT EXISTS (SELECT FROM training_session s WHERE s.training_class_id = c.id)
), plan AS MATERIALIZED (
    SELECT h.class, c.cap, h.day, extract(year FROM h.day)::int AS part,
           sum(least(h.hours, c.cap)) AS hours, least(count(*) * 0.5, 1) AS days
    FROM halves h JOIN (SELECT DISTINCT class, cap FROM caps) c ON c.class = h.class
    GROUP BY 1, 2, 3
), years AS (
    SELECT class, cap, part, sum(hours) AS hours, sum(days) AS days, max(day) AS last FROM plan GROUP BY 1, 2, 3
), missed AS MATERIALIZED (
    SELECT m.enrolment_id, s.date AS day, s.period, sum(s.hours) AS hours
    FROM training_attendancemark m JOIN training_session s ON s.id = m.session_id
    WHERE m.training_class_id = ANY(%(classes)s) AND m.mark = ANY(%(away)s)
    GROUP BY 1, 2, 3
), touched AS (
    SELECT p.id, p.class, p.cap, d.day,
           sum(least(h.hours - coalesce(m.hours, 0), p.cap)) AS hours,
           least(count(*) FILTER (WHERE h.hours > coalesce(m.hours, 0)) * 0.5, 1) AS days
    FROM (SELECT DISTINCT enrolment_id, day FROM missed) d
    JOIN people p ON p.id = d.enrolment_id
    JOIN halves h ON h.class = p.class AND h.day = d.day
    LEFT JOIN missed m ON m.enrolment_id = d.enrolment_id AND m.day = h.day AND m.period = h.period
    GROUP BY 1, 2, 3, 4
), less AS MATERIALIZED (
    SELECT t.id, plan.part, sum(plan.hours - t.hours) AS hours, sum(plan.days - t.days) AS days,
           array_agg(t.day) FILTER (WHERE t.days = 0) AS gone
    FROM touched t JOIN plan ON plan.class = t.class AND plan.cap = t.cap AND plan.day = t.day
    GROUP BY 1, 2
)
SELECT p.id, p.cadre_id, c.name, c.class_type, y.part,
       y.hours - coalesce(l.hours, 0), y.days - coalesce(l.days, 0),
       CASE WHEN y.last = ANY(l.gone) THEN (
           SELECT max(plan.day) FROM plan
           WHERE plan.class = y.class AND plan.cap = y.cap AND plan.part = y.part AND plan.day <> ALL(l.gone)
       ) ELSE y.last END
FROM people p
JOIN training_trainingclass c ON c.id = p.class
JOIN years y ON y.class = p.class AND y.cap = p.cap
LEFT JOIN less l ON l.id = p.id AND l.part = y.part
WHERE y.days > coalesce(l.days, 0)
ORDER BY c.id, p.id, y.part
"""


def learned_in(class_ids: Collection[UUID]) -> list[Learning]:
    """What everybody on these rosters learned, a row a trainee and year; who attended nothing in a year has none.

    Two queries for any number of classes. A class with a timetable but without attendance gives nothing: its hours are
    unknown. Part is the year, `on` the last day attended in it.
    """
    if not class_ids:
        return []
    facts: dict[str, Any] = {
        "classes": list(class_ids), "seats": HOLDS_A_SEAT, "put_out": PUT_OUT,
        "away": [str(mark) for mark in AttendanceMark.AWAY],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CAPS, facts)
        facts["caps"] = json.dumps(list(_caps(cursor.fetchall())))
        cursor.execute(LEARNED, facts)
        return [_learning(*row) for row in cursor.fetchall()]


def _caps(pairs: Sequence[tuple[UUID, UUID, str, date, bool]]) -> Iterator[dict[str, str]]:
    """Hours of a half-day, for each class and authority of somebody in it, by the rules of the class's end.

    With a timetable they are the most that count, without one they are what counts.
    """
    sets = RuleSet.objects.order_by("-unit__depth", "-since", "-version").select_related("unit")
    books = [(each.unit.path, each.since, RuleBook.read(each.rules)) for each in sets]
    shipped = RuleBook.read(shipped_rules())
    for one, authority, path, end, timetable in pairs:
        above = Unit.upward(path)
        held = (book for where, since, book in books if where in above and since <= end)
        book = next(held, shipped)
        cap = book.half_day_most if timetable else book.half_day_hours
        yield {"class": str(one), "authority": str(authority), "cap": str(cap)}


def _learning(
    source: UUID, cadre: UUID, title: str, class_type: str, part: int, hours: Decimal, days: Decimal, on: date
) -> Learning:
    channel = Channel.ONLINE if any(word in class_type for word in ONLINE_WORDS) else Channel.OFF_JOB
    return Learning(cadre, on, channel, hours, days, title, SOURCE, source, part)
