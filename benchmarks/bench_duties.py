"""How 32,000 cadres stand with what they have to learn: for the dashboard, from five years of balances, under a second.

A city of 400 units; each cadre has three duties of this year and about fifteen entries of five years; 300 classes of
this year are not closed and hold 12,000 enrolments, so that the forecast has something to add. Beside it: what assigning
the duties takes, the first time and when nothing changed.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from benchmarks.databases import own_database
from benchmarks.processes import busy
from benchmarks.table import Row
from organization.models import Account, Unit
from organization.roles import Role
from tests import factories as make
from trainees.models import Duty, RuleSet
from trainees.services.duties import assign_duties
from training.services.attainment import View, people, tallies

CADRES, UNITS, CLASSES = 32_000, 400, 300
AIM = 1.0  # seconds
PEOPLE = """
INSERT INTO trainees_cadre (id, name, pinyin, initials, sex, ethnic_group, political_status, id_number_sealed,
    id_number_index, phone_sealed, managing_authority_id, unit_id, status, band, unverified, version)
SELECT gen_random_uuid(), '干部' || n, 'ganbu', 'gb', '', '', '', '', 'bench' || n, '', %s,
       (%s::uuid[])[1 + n %% %s], 'serving', CASE WHEN n %% 8 = 0 THEN 'county_up' ELSE 'township_down' END, false, 1
FROM generate_series(1, %s) AS n
"""
POSTS = """
INSERT INTO trainees_appointment (cadre_id, unit_id, post, post_level, rank, "primary", since)
SELECT id, unit_id, '', CASE band WHEN 'county_up' THEN '县处级正职' ELSE '乡科级正职' END, '', true, '2020-01-01'
FROM trainees_cadre
"""
YEARS = """
INSERT INTO trainees_ledgeryear (authority_id, year, figures)
SELECT %s, y, '{}' FROM generate_series(%s::int - 4, %s) AS y
"""
ENTRIES = """
INSERT INTO trainees_creditentry (cadre_id, "on", year, adjustment, kind, channel, days, hours, sessions, credits, title,
    explanation, source_kind, source_id, part, attempt, rule_set_id, unit_id, authority_id, post_level, rank, reason)
SELECT c.id, make_date(y, 1 + k * 3, 10), y, false, 'required', CASE k WHEN 2 THEN 'online' ELSE 'off_job' END,
       CASE k WHEN 2 THEN 0 ELSE 4 END, 30, 0, 30, '学习', '[]', 'opening', gen_random_uuid(), 0, 1, %s, c.unit_id,
       c.managing_authority_id, '', '', ''
FROM trainees_cadre c, generate_series(%s::int - 4, %s) AS y, generate_series(0, 2) AS k
"""
SEATS = """
INSERT INTO training_enrolment (id, training_class_id, cadre_id, position, serial, roster_name, unit_id, post, post_level,
    rank, "group", committee_post, state, since, until, full_time, override_reason, grade, version)
SELECT gen_random_uuid(), t.id, c.id, c.n, '', c.name, c.unit_id, '', '', '', '', '', 'invited', t.start, t."end", true,
       '', '', 1
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM trainees_cadre) AS c
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM training_trainingclass) AS t ON c.n <= 12000 AND t.n = 1 + c.n %% %s
"""
SESSIONS = """
INSERT INTO training_session (id, training_class_id, date, period, number, title, category_name, form, teacher_name,
    place_name, by_leader, hours, recorded, version)
SELECT gen_random_uuid(), t.id, t.start + d, p, 1, '课', '', '', '', '', false, 4, false, 1
FROM training_trainingclass t, generate_series(0, 4) AS d, generate_series(1, 2) AS p
"""


def fill(year: int) -> Account:
    """The city, by statements; the account of its department."""
    root = make.unit("BJ", "某市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    units = [make.unit(f"BJ{n:04}", f"单位{n}", root) for n in range(UNITS)]
    rules = RuleSet.objects.create(unit=root, name="规则", version=1, since=date(2000, 1, 1), rules={})
    for n in range(CLASSES):
        day = date(year, 12, 1 + n % 20)
        make.training_class(root, f"班{n}", f"B-{n}", state="planned", start=day, end=day.replace(day=day.day + 4))
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [root.pk, [unit.pk for unit in units], UNITS, CADRES])
        cursor.execute(POSTS)
        cursor.execute(YEARS, [root.pk, year, year])
        cursor.execute(ENTRIES, [rules.pk, year, year])
        cursor.execute(SEATS, [CLASSES])
        cursor.execute(SESSIONS)
    staff = make.account("staff", "科长", unit=root)
    make.grant(staff, Role.STAFF, root)
    return staff


def settle() -> None:
    """Statistics as autovacuum leaves them on a database that has stood for a while."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    owner.close()


def timed(act: Callable[[], Any], times: int = 1) -> tuple[float, float, Any]:
    """The median of the seconds that a call took, the mean of those of a processor, and what it returned."""
    taken, before = [], busy()
    for _ in range(times):
        begin = time.perf_counter()
        found = act()
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[len(taken) // 2], (busy() - before) / times, found


def rows() -> Iterator[Row]:
    today = timezone.localdate()
    with own_database("duties"):
        staff, view = fill(today.year), View(today.year, today)
        first, _, written = timed(lambda: assign_duties(None, today.year, actor=None))
        again, _, _ = timed(lambda: assign_duties(None, today.year, actor=None))
        settle()
        duties = Duty.objects.visible_to(staff).filter(year=today.year)
        yield Row(
            "duties", f"{written} duties of {CADRES} cadres, assigned", f"{first:.1f} s; nothing changed: {again:.1f} s"
        )
        board, of_board, parts = timed(lambda: tallies(duties, view), 7)
        asked = sum(part.tally.asked for part in parts if not part.code)
        told = f"{board:.2f} s ({of_board:.2f} s of a processor; {asked} people, {len(parts)} parts)"
        yield judged(f"states of {written} duties by unit, band, requirement", told, board)
        listed, of_list, found = timed(lambda: people(duties, view, only="under"), 7)
        told = f"{listed:.2f} s ({of_list:.2f} s of a processor; {len(found)} people)"
        yield judged("who is under the requirement, worst first", told, listed)


def judged(what: str, told: str, seconds: float) -> Row:
    return Row("duties", what, told, aim=f"< {AIM:g} s", met=seconds < AIM)
