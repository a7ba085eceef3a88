"""How whole units stand with what they have to learn: every duty of 32,000 cadres in one statement.

A duty is `met` (reached or exempt), `overdue` (its day is over), `ahead` (will be met: what the forecast adds reaches
it, or, where it runs on beyond the year, the part of it that is due by the year's end), else `short`. A person has
attained when every duty that falls due within the year is met; whoever is exempt from all of them is not counted.

The same rules as `Duty.objects.with_standing()`, read the other way round: balances once, instead of for each duty.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from core.amounts import ratio
from trainees.models.duties import DutyQuerySet
from training.services.forecast import AHEAD, YEARS

STANDING = """
WITH chosen (id) AS ({chosen}),
duty AS (
    SELECT d.id, d.cadre_id, d.year, d.code, d.measure, d.amount, d.other_measure, d.other_amount, d.since, d.due,
           d.by_entries, d.exempt, extract(year FROM d.since)::int AS first, extract(year FROM d.due)::int AS last,
           c.unit_id, c.band
    FROM chosen JOIN trainees_duty d ON d.id = chosen.id JOIN trainees_cadre c ON c.id = d.cadre_id
),
balance AS NOT MATERIALIZED (
    SELECT cadre_id AS person, b.* FROM trainees_creditbalance b
    UNION ALL
    SELECT c.canonical_id, b.* FROM trainees_creditbalance b JOIN trainees_cadre c ON c.id = b.cadre_id
    WHERE c.canonical_id IS NOT NULL
),
{ahead},
done AS (
    SELECT d.id,
           sum(CASE d.measure WHEN 'off_job_days' THEN b.off_job_days WHEN 'off_job_hours' THEN b.off_job_hours
               WHEN 'online_hours' THEN b.online_hours WHEN 'required' THEN b.required ELSE b.elective END) AS done,
           sum(CASE d.other_measure WHEN 'off_job_days' THEN b.off_job_days WHEN 'off_job_hours' THEN b.off_job_hours
               WHEN 'online_hours' THEN b.online_hours WHEN 'required' THEN b.required
               WHEN 'elective' THEN b.elective END) AS other_done
    FROM duty d JOIN balance b ON b.person = d.cadre_id AND b.year BETWEEN d.first AND d.last
    WHERE NOT d.by_entries
    GROUP BY d.id
    UNION ALL
    SELECT d.id,
           sum(CASE d.measure WHEN 'off_job_days' THEN e.days * e.off_job WHEN 'off_job_hours' THEN e.hours * e.off_job
               WHEN 'online_hours' THEN e.hours * e.online WHEN 'required' THEN e.credits * e.required
               ELSE e.credits * e.elective END),
           sum(CASE d.other_measure WHEN 'off_job_days' THEN e.days * e.off_job
               WHEN 'off_job_hours' THEN e.hours * e.off_job WHEN 'online_hours' THEN e.hours * e.online
               WHEN 'required' THEN e.credits * e.required WHEN 'elective' THEN e.credits * e.elective END)
    FROM duty d
    JOIN trainees_cadre c ON c.id = d.cadre_id OR c.canonical_id = d.cadre_id
    JOIN (
        SELECT *, (channel = 'off_job')::int AS off_job, (channel = 'online')::int AS online,
               (kind = 'required')::int AS required, (kind = 'elective')::int AS elective
        FROM trainees_creditentry
    ) AS e ON e.cadre_id = c.id AND e."on" BETWEEN d.since AND d.due
    WHERE d.by_entries
    GROUP BY d.id
),
seen AS (
    SELECT d.cadre_id, d.unit_id, d.band, d.code, d.amount, d.other_amount, d.due, d.exempt, make_date(d.year, 12, 31) AS year_end,
           coalesce(s.done, 0) AS done, coalesce(s.other_done, 0) AS other_done,
           coalesce(s.done, 0) + coalesce(CASE d.measure WHEN 'off_job_days' THEN a.days WHEN 'off_job_hours' THEN a.hours
                                          WHEN 'required' THEN a.hours END, 0) AS then_done,
           coalesce(s.other_done, 0) + coalesce(CASE d.other_measure WHEN 'off_job_days' THEN a.days
                                                WHEN 'off_job_hours' THEN a.hours
                                                WHEN 'required' THEN a.hours END, 0) AS then_other,
           (make_date(d.year, 12, 31) - d.since + 1)::float8 / (d.due - d.since + 1) AS by_year_end,
           (%s - d.since + 1)::float8 / (d.due - d.since + 1) AS passed
    FROM duty d LEFT JOIN done s ON s.id = d.id LEFT JOIN ahead a ON a.person = d.cadre_id
),
met AS (
    SELECT *, exempt OR done >= amount OR coalesce(other_done >= other_amount, false) AS met,
           greatest(coalesce(then_done::float8 / nullif(amount, 0)::float8, 1),
                    coalesce(then_other::float8 / nullif(other_amount, 0)::float8, 0)) AS share
    FROM seen
),
standing AS (
    SELECT cadre_id, unit_id, band, code, due, exempt, met, share, passed, year_end,
           CASE WHEN met THEN 'met' WHEN due < %s THEN 'overdue'
                WHEN then_done >= amount OR coalesce(then_other >= other_amount, false) THEN 'ahead'
                WHEN due > year_end AND share >= by_year_end THEN 'ahead'
                ELSE 'short' END AS state
    FROM met
),
hours AS (
    SELECT person, sum(off_job_hours + online_hours + other_hours) AS hours FROM balance WHERE year = %s GROUP BY person
),
person AS (
    SELECT s.cadre_id, s.unit_id, s.band, coalesce(min(h.hours), 0) AS hours, bool_and(s.exempt) AS exempt,
           CASE WHEN bool_or(s.state = 'overdue') THEN 'overdue'
                WHEN bool_and(s.met) FILTER (WHERE s.due <= s.year_end) IS NOT FALSE THEN 'met'
                WHEN bool_or(s.state = 'short') THEN 'short' ELSE 'ahead' END AS state,
           bool_or(s.code LIKE 'promotion%%' AND NOT s.met) AS promoted,
           bool_or(s.state = 'short' AND (%s OR s.passed - s.share > %s)) AS warned,
           min(CASE WHEN s.met THEN 1 ELSE s.share END) AS share
    FROM standing s LEFT JOIN hours h ON h.person = s.cadre_id
    GROUP BY s.cadre_id, s.unit_id, s.band
)
"""

TALLIES = """
SELECT unit_id, band, '' AS code, count(*) FILTER (WHERE NOT exempt), count(*) FILTER (WHERE exempt),
       count(*) FILTER (WHERE NOT exempt AND state = 'met'), count(*) FILTER (WHERE NOT exempt AND state = 'ahead'),
       count(*) FILTER (WHERE NOT exempt AND state = 'short'), count(*) FILTER (WHERE NOT exempt AND state = 'overdue'),
       count(*) FILTER (WHERE warned), count(*) FILTER (WHERE promoted), count(*) FILTER (WHERE hours > 0), sum(hours)
FROM person GROUP BY unit_id, band
UNION ALL
SELECT unit_id, band, code, count(*) FILTER (WHERE NOT exempt), count(*) FILTER (WHERE exempt),
       count(*) FILTER (WHERE NOT exempt AND state = 'met'), count(*) FILTER (WHERE state = 'ahead'),
       count(*) FILTER (WHERE state = 'short'), count(*) FILTER (WHERE state = 'overdue'), 0, 0, 0, 0
FROM standing GROUP BY unit_id, band, code
"""

PEOPLE = """
SELECT p.cadre_id FROM person p JOIN trainees_cadre c ON c.id = p.cadre_id JOIN organization_unit u ON u.id = p.unit_id
WHERE (%s = '' OR (CASE WHEN p.exempt THEN 'exempt' ELSE p.state END) = %s)
  AND (%s = '' OR EXISTS (SELECT FROM standing s WHERE s.cadre_id = p.cadre_id AND s.code = %s))
  AND CASE %s WHEN 'under' THEN NOT p.exempt AND p.state IN ('short', 'overdue')
              WHEN 'promoted' THEN p.promoted
              WHEN 'never' THEN NOT p.exempt AND NOT EXISTS (
                  SELECT FROM trainees_creditbalance b JOIN trainees_cadre d ON d.id = b.cadre_id
                  WHERE p.cadre_id IN (d.id, d.canonical_id) AND b.off_job_hours > 0)
              WHEN 'warned' THEN p.warned
              ELSE true END
ORDER BY """
ORDERS = {
    "": "p.share, c.pinyin, c.id",
    "name": "c.pinyin, c.id",
    "-name": "c.pinyin DESC, c.id",
    "unit": "u.path, c.pinyin, c.id",
    "-unit": "u.path DESC, c.pinyin, c.id",
    "hours": "p.hours, c.pinyin, c.id",
    "-hours": "p.hours DESC, c.pinyin, c.id",
}
"""Who lacks most comes first, or as a column head asks."""


@dataclass(frozen=True, slots=True)
class View:
    """From when a year is looked at, and when an early warning is given: always once `late`, else at a gap (0 to 1)."""

    year: int
    today: date
    late: bool = False
    gap: float = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people are asked (`exempt` apart), how they stand, how many are warned, have a promotion to make up for,
    have trained at all, and their hours of the year."""

    asked: int = 0
    exempt: int = 0
    met: int = 0
    ahead: int = 0
    short: int = 0
    overdue: int = 0
    warned: int = 0
    promoted: int = 0
    trained: int = 0
    hours: Decimal = Decimal(0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def people(self) -> int:
        return self.asked + self.exempt

    @property
    def share(self) -> Decimal | None:
        """Per cent of those asked that have met it; None where nobody is asked."""
        return self._of_asked(self.met)

    @property
    def pace(self) -> Decimal | None:
        """Per cent of those asked that have met it or keep pace with it, for what runs on beyond the year."""
        return self._of_asked(self.met + self.ahead)

    def _of_asked(self, count: int) -> Decimal | None:
        return ratio(100 * count, self.asked)

    @property
    def coverage(self) -> Decimal | None:
        """参训覆盖率: per cent of all people that have learned anything."""
        return ratio(100 * self.trained, self.people)

    @property
    def mean_hours(self) -> Decimal | None:
        return ratio(self.hours, self.people)


@dataclass(frozen=True, slots=True)
class Part:
    """The tally of one unit's own people of one band for one requirement; `code` "" is all requirements together."""

    unit_id: UUID
    band: str
    code: str
    tally: Tally


def tallies(duties: DutyQuerySet, view: View) -> list[Part]:
    """How the people of these duties stand, by unit, band and requirement. One statement."""
    return [Part(unit, band, code, Tally(*numbers)) for unit, band, code, *numbers in _ask(duties, view, TALLIES)]


def people(
    duties: DutyQuerySet, view: View, *, state: str = "", code: str = "", only: str = "", order: str = ""
) -> list[UUID]:
    """Whose duties stand so, those who lack most first or in another of `ORDERS`. One statement.

    `state` is a person's (`exempt` too), `code` one that they must have, `only` one of `under` (short or overdue),
    `promoted` (has not made up what was missing at a promotion), `never` (has no hour off the job), `warned`.
    """
    return [row[0] for row in _ask(duties, view, PEOPLE + ORDERS[order], [state, state, code, code, only])]


def _ask(duties: DutyQuerySet, view: View, question: str, more: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    chosen, parameters = duties.as_sql()
    statement = STANDING.format(chosen=chosen, ahead=AHEAD) + question
    year, today = view.year, view.today
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *[year] * YEARS, today, today, year, view.late, view.gap, *more])
        return cursor.fetchall()
