"""B3: scores, grades and ranks of many classes beside the bare aggregate queries over the same rows.

A trainee has 94 marks, 19 entries and two papers of 40 questions, as in a city's year (ARCHITECTURE.md).
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, connections

from assessments.models import Exam, Question
from assessments.scoring.compute import compute
from benchmarks.databases import own_database
from benchmarks.processes import forget_peak, memory
from benchmarks.table import Row, at_most
from tests.assessments.scoring.rows import ClassRows, make_unit
from training.models import Session

CLASSES, TRAINEES = 20, 50
FLAT = 1.2  # of what the bare queries take
SESSIONS, ENTRIES, QUESTIONS = 94, 19, 40
START = date(2026, 3, 2)

MARKS = """
INSERT INTO training_attendancemark (training_class_id, enrolment_id, session_id, mark, source, version)
SELECT e.training_class_id, e.id, s.id,
       CASE WHEN hashtext(e.id::text || s.id::text) % 20 = 0
            THEN (ARRAY['late','early','personal','sick','official','absent'])[1 + abs(hashtext(s.id::text || e.id::text)) % 6]
            ELSE 'present' END, 'workbook', 1
FROM training_enrolment e JOIN training_session s USING (training_class_id) ORDER BY e.training_class_id, e.id
"""
ENTRY_ROWS = """
INSERT INTO assessments_scoreentry (training_class_id, enrolment_id, item_id, "on", points, rating, reason, recorder, source, at)
SELECT e.training_class_id, e.id, (%(items)s::bigint[])[1 + n %% 9], %(day)s, 1 + n %% 5, '', '有效提问', '周班主任', 'workbook', now()
FROM training_enrolment e CROSS JOIN generate_series(1, %(entries)s) n ORDER BY e.training_class_id, e.id
"""
SHEETS = """
INSERT INTO assessments_answersheet (exam_id, enrolment_id)
SELECT x.id, e.id FROM assessments_exam x JOIN training_enrolment e USING (training_class_id) ORDER BY x.id, e.id
"""
ANSWERS = """
INSERT INTO assessments_answer (sheet_id, question_id, given)
SELECT h.id, q.id, CASE WHEN abs(hashtext(h.id::text || q.id::text)) % 3 > 0 THEN q.key ELSE 'B' END
FROM assessments_answersheet h JOIN assessments_question q ON q.exam_id = h.exam_id ORDER BY h.id, q.id
"""
BARE = [
    """SELECT m.enrolment_id, m.mark, count(*), sum(s.hours) FROM training_attendancemark m
       JOIN training_session s ON s.id = m.session_id GROUP BY m.enrolment_id, m.mark""",
    "SELECT enrolment_id, item_id, sum(points), count(*) FROM assessments_scoreentry GROUP BY enrolment_id, item_id",
    """SELECT h.enrolment_id, h.exam_id, sum(CASE WHEN a.given = q.key THEN q.points ELSE 0 END)
       FROM assessments_answersheet h JOIN assessments_answer a ON a.sheet_id = h.id
       JOIN assessments_question q ON q.id = a.question_id GROUP BY h.enrolment_id, h.exam_id""",
]


def fill(classes: int, trainees: int) -> list[UUID]:
    """Classes with everything a year has; their keys."""
    unit = make_unit()
    made = [_class(ClassRows(unit), trainees) for _ in range(classes)]
    _add_rows(made[0])
    return [rows.training_class.pk for rows in made]


def _class(rows: Any, trainees: int) -> Any:
    Session.objects.bulk_create(
        Session(
            training_class=rows.training_class, date=START + timedelta(days=n // 2), period=1 + n % 2, title="课",
            hours=Decimal(3), recorded=True,
        )
        for n in range(SESSIONS)
    )  # fmt: skip
    rows.enrol(*(f"学员{n}" for n in range(trainees)))
    for kind in ("entry", "final"):
        exam = Exam.objects.create(training_class=rows.training_class, kind=kind)
        Question.objects.bulk_create(Question(exam=exam, number=n, key="A", points=2) for n in range(1, QUESTIONS + 1))
    return rows


def _add_rows(rows: Any) -> None:
    names = (
        "纪律建设",
        "学习作业",
        "班务与支部活动",
        "小组履职",
        "内务与廉洁",
        "课堂互动",
        "研讨交流",
        "调研报告",
        "加分项",
    )
    facts: dict[str, Any] = {"items": [rows.items[name].pk for name in names], "day": START, "entries": ENTRIES}
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        cursor.execute(ENTRY_ROWS, facts)
        cursor.execute(SHEETS)
        cursor.execute(ANSWERS)
    with connections["owner"].cursor() as owner:
        owner.execute("VACUUM ANALYZE")


def bare() -> None:
    with connection.cursor() as cursor:
        for query in BARE:
            cursor.execute(query)
            cursor.fetchall()


def scores(keys: list[UUID]) -> int:
    return sum(len(each.trainees) for each in compute(keys))


def fastest(times: int, *acts: Callable[[], object]) -> list[float]:
    """Seconds of the fastest run of each, run in turn, so that a busy moment of the machine falls on all of them."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(times):
        for act, found in zip(acts, taken, strict=True):
            begin = time.perf_counter()
            act()
            found.append(time.perf_counter() - begin)
    return [min(found) for found in taken]


def peak_of(act: Callable[[], object]) -> float:
    """Highest resident memory while it runs, MB; the kernel forgets what was higher before."""
    forget_peak()
    act()
    return memory("VmHWM")


def rows() -> Iterator[Row]:
    with own_database("scoring"):
        keys = fill(CLASSES, TRAINEES)
        scores(keys[:1])
        start, quarter, whole = map(peak_of, (bare, lambda: scores(keys[: CLASSES // 4]), lambda: scores(keys)))
        plain, taken = fastest(3, bare, lambda: scores(keys))
    what = f"scores, grades and ranks of {CLASSES} classes of {TRAINEES}"
    yield at_most("B3", what, f"{taken:.2f} s", f"bare aggregates {plain:.2f} s", taken / plain, 2)
    memory = f"{whole:.0f} MB, {quarter:.0f} MB for a quarter of the classes"
    yield at_most("B3", "memory of the same", memory, f"bare aggregates {start:.0f} MB", whole / start, FLAT)
