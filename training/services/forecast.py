"""What cadres will still get this year from classes that are not closed yet: hours and days off the job.

A class posts at its closing all that was attended, so what counts is the whole timetable of every class that has not
been closed (planned, running, ended, reopened), within somebody's own days in it, a half-day with at most 4 hours. A class
without a timetable counts 6 hours for each working day (DOMAIN.md §3, “What counts”). Absences are not foreseen; on-line
classes, who was put out of one, and the second seat of a merged double are not counted, as in `training.services.learned`.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from training.rules.attainment import Ahead
from training.services.learned import ONLINE_WORDS, PUT_OUT

AHEAD = """
seat AS (
    SELECT DISTINCT ON (coalesce(p.canonical_id, p.id), e.training_class_id)
           coalesce(p.canonical_id, p.id) AS person, e.training_class_id AS class, e.since, e.until
    FROM training_enrolment e
    JOIN training_trainingclass c ON c.id = e.training_class_id
    JOIN trainees_cadre p ON p.id = e.cadre_id
    WHERE c.state IN ('planned', 'running', 'ended', 'reopened') AND e.state IN ('invited', 'reported', 'completed')
      AND c.class_type !~ 'ONLINE' AND e.grade <> 'PUT OUT' AND e.since <= make_date(%s, 12, 31) AND e.until >= make_date(%s, 1, 1)
    ORDER BY coalesce(p.canonical_id, p.id), e.training_class_id, e.until - e.since DESC, e.id
),
span AS (SELECT DISTINCT class, since, until FROM seat),
timetabled AS (
    SELECT class, since, until, sum(hours) AS hours, sum(days) AS days
    FROM (
        SELECT class, since, until, sum(hours) AS hours, least(1, count(*) * 0.5) AS days
        FROM (
            SELECT o.class, o.since, o.until, s.date, least(4, sum(s.hours)) AS hours
            FROM span o JOIN training_session s ON s.training_class_id = o.class AND s.date BETWEEN o.since AND o.until
            WHERE extract(year FROM s.date) = %s
            GROUP BY o.class, o.since, o.until, s.date, s.period
        ) AS half
        GROUP BY class, since, until, date
    ) AS day
    GROUP BY class, since, until
),
planned AS (
    SELECT o.class, o.since, o.until, count(*) * 6 AS hours, count(*) AS days
    FROM span o
    CROSS JOIN LATERAL generate_series(
        greatest(o.since, make_date(%s, 1, 1)), least(o.until, make_date(%s, 12, 31)), interval '1 day'
    ) AS on_day
    LEFT JOIN training_holiday h ON h.date = on_day::date
    WHERE coalesce(h.kind = 'work', extract(isodow FROM on_day) < 6)
      AND NOT EXISTS (SELECT FROM training_session s WHERE s.training_class_id = o.class)
    GROUP BY o.class, o.since, o.until
),
ahead AS (
    SELECT seat.person, sum(t.hours) AS hours, sum(t.days) AS days
    FROM seat JOIN (TABLE timetabled UNION ALL TABLE planned) AS t
      ON (t.class, t.since, t.until) = (seat.class, seat.since, seat.until)
    GROUP BY seat.person
)
""".replace("ONLINE", "|".join(ONLINE_WORDS)).replace("PUT OUT", PUT_OUT)
"""Common table expressions that end in `ahead` (person, hours, days); parameters: the year, five times."""
YEARS = 5
OF_PEOPLE = " ".join(("WITH", AHEAD, "SELECT person, hours, days FROM ahead WHERE person = ANY(%s)"))


def ahead_of(cadres: Collection[UUID], year: int) -> dict[UUID, Ahead]:
    """What each of these people will still get in a year; those who get nothing are not in it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(OF_PEOPLE, [*[year] * YEARS, list(cadres)])
        return {person: Ahead(hours, days) for person, hours, days in cursor.fetchall()}
