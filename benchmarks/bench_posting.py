"""B7, from the marks on: a city's year of classes gathered and posted, beside one INSERT … SELECT that does it bare.

263 classes, 32,000 enrolments, 94 half-days each: three million marks, one in twenty away. The bare statement counts
with the very query of the portal and writes the same rows, with all triggers, keys and indexes, as the app role; it
knows no rules, closed years, earlier entries or people's posts of the day, and tells no reasons.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction

from benchmarks.bench_ledger import AIM, CLASSES, ENROLMENTS, timed
from benchmarks.cities import fill_city
from benchmarks.databases import a_clone
from benchmarks.table import Row, at_most
from core.database import using_database
from core.keys import new_key
from organization.models import Unit
from trainees.models import RuleSet
from trainees.services.rule_sets import adopt_shipped
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT
from training.services.learned import LEARNED, PUT_OUT, learned_in
from training.services.posting import post_classes

HALF_DAYS = 94
FIRST = date(2026, 1, 5)
HISTORY = ("training_enrolment", "training_session", "training_attendancemark")

MARKS = """
INSERT INTO training_attendancemark (training_class_id, enrolment_id, session_id, mark, source, version)
SELECT e.training_class_id, e.id, s.id,
       CASE WHEN h % 20 = 0 THEN (ARRAY['personal', 'sick', 'official', 'absent'])[1 + abs(h / 20) % 4] ELSE 'present' END,
       'workbook', 1
FROM training_enrolment e JOIN training_session s USING (training_class_id)
CROSS JOIN LATERAL (SELECT hashtext(e.id::text || s.id::text) AS h) AS dice
ORDER BY e.training_class_id, e.id
"""
BARE = f"""
INSERT INTO trainees_creditentry (cadre_id, "on", year, adjustment, kind, channel, days, hours, sessions, credits, title,
    explanation, source_kind, source_id, part, attempt, rule_set_id, unit_id, authority_id, post_level, rank, reason)
SELECT l.cadre_id, l.last, l.part, false, 'required', 'off_job', l.days, l.hours, 0, l.hours, l.title,
       '[]', 'class', l.id, l.part, 1, %(rules)s, c.unit_id, c.managing_authority_id, '', '', ''
FROM ({LEARNED}) AS l (id, cadre_id, title, class_type, part, hours, days, last, timetable)
JOIN trainees_cadre c ON c.id = l.cadre_id
"""
YEARS = """
INSERT INTO trainees_ledgeryear (authority_id, year, figures)
SELECT DISTINCT managing_authority_id, year, '{}'::jsonb FROM trainees_cadre CROSS JOIN (VALUES (2026), (2027)) AS v (year)
"""


def fill(town: Unit, cadres: list[UUID]) -> list[UUID]:
    """The year's classes, each of 47 days, everybody in one; their keys."""
    classes = [_class(town, number) for number in range(CLASSES)]
    TrainingClass.objects.bulk_create(classes)
    of = {place: classes[place * CLASSES // len(cadres)] for place in range(len(cadres))}
    seats = (
        Enrolment(
            training_class=of[place], cadre_id=cadre, position=place, roster_name=f"干部{place}", unit=town, state="completed",
            since=of[place].start, until=of[place].end, grade="合格",
        )
        for place, cadre in enumerate(cadres)
    )  # fmt: skip
    Enrolment.objects.bulk_create(seats, batch_size=5000)
    Session.objects.bulk_create((row for one in classes for row in _sessions(one)), batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
    return [one.pk for one in classes]


def _class(town: Unit, number: int) -> TrainingClass:
    start = FIRST + timedelta(days=number)
    return TrainingClass(
        id=new_key(), unit=town, origin="page", name=f"第{number}期研修班", class_type="主体班", organizer=town.name,
        start=start, end=start + timedelta(days=HALF_DAYS // 2 - 1), state="closed", attendance_kept=True,
    )  # fmt: skip


def _sessions(one: TrainingClass) -> Iterator[Session]:
    for n in range(HALF_DAYS):
        day, hours = one.start + timedelta(days=n // 2), Decimal(3 + n % 2)
        yield Session(training_class=one, date=day, period=1 + n % 2, title="课", hours=hours, recorded=True)


def quietly(act: Any) -> Any:
    """Run it without the history of rows: three million of them are not what is measured."""
    for word in ("DISABLE", "ENABLE"):
        with connections["owner"].cursor() as owner:
            for table in HISTORY:
                owner.execute(f"ALTER TABLE {table} {word} TRIGGER USER")
        if word == "DISABLE":
            made = act()
    return made


def insert_bare(classes: list[UUID], town: Unit) -> None:
    caps = {f"{key}{town.pk}": "4" for key in classes}
    facts: dict[str, Any] = {
        "classes": classes, "seats": HOLDS_A_SEAT, "put_out": PUT_OUT, "caps": json.dumps(caps),
        "away": [str(mark) for mark in AttendanceMark.AWAY], "rules": RuleSet.objects.get().pk,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE, facts)


def post_each(classes: list[UUID]) -> None:
    for one in classes:
        post_classes([one], actor=None)


def rows() -> Iterator[Row]:
    with a_clone("posting_city") as city:
        with using_database(city):
            town, cadres = fill_city(ENROLMENTS)
            adopt_shipped(town)
            classes = quietly(lambda: fill(town, cadres))
            with connections["owner"].cursor() as owner:
                owner.execute("VACUUM ANALYZE")
            gathered = min(timed(lambda: learned_in(classes)) for _ in range(3))
        with a_clone("posting_bare", city) as clone, using_database(clone):
            with connections["owner"].cursor() as owner:
                owner.execute(YEARS)
            learned_in(classes)  # the marks are in memory for both
            bare = timed(lambda: insert_bare(classes, town))
        with a_clone("posting_once", city) as clone, using_database(clone):
            learned_in(classes)
            once = timed(lambda: post_classes(classes, actor=None))
            again = timed(lambda: post_classes(classes, actor=None))
        with a_clone("posting_each", city) as clone, using_database(clone):
            learned_in(classes)
            each = timed(lambda: post_each(classes))
    beside = f"one INSERT … SELECT that counts and writes the same: {bare:.2f} s"
    for what, seconds in (
        (f"{CLASSES} classes, {ENROLMENTS} enrolments, 3 million marks: gathered and posted", once),
        ("the same, one class after the other", each),
        ("the same once more: nothing to write", again),
        ("gathering alone", gathered),
    ):
        yield at_most("B7", what, f"{seconds:.2f} s", beside, seconds / bare, AIM)
