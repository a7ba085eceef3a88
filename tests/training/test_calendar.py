"""A class begins and ends with its days, whoever looks or does not look."""

from datetime import date

import pytest

from core.models import AuditEntry
from tests import factories
from training.models import TrainingClass
from training.services import write_class
from training.services.moves import follow_calendar
from training.sheets.rows import ClassFacts

pytestmark = pytest.mark.django_db
State = TrainingClass.State

START, END = date(2026, 3, 2), date(2026, 3, 13)


@pytest.fixture
def office():
    return factories.unit("YL", "云岭市")


def a_class(office, state, code="YL2026-001"):
    return factories.training_class(office, "春季班", code, state=state, start=START, end=END)


@pytest.mark.parametrize(
    ("state", "today", "then"),
    [
        (State.PLANNED, date(2026, 3, 1), State.PLANNED),
        (State.PLANNED, START, State.RUNNING),
        (State.PLANNED, date(2026, 3, 14), State.ENDED),
        (State.RUNNING, END, State.RUNNING),
        (State.RUNNING, date(2026, 3, 14), State.ENDED),
        (State.CANCELLED, date(2026, 3, 14), State.CANCELLED),
        (State.CLOSED, START, State.CLOSED),
    ],
)
def test_a_class_moves_on_its_days(office, state, today, then):
    one = a_class(office, state)
    moved = follow_calendar(today)
    one.refresh_from_db()
    assert (one.state, moved) == (then, int(state != then))


def test_each_move_is_told_once_and_leaves_the_workbook_s_revision(office):
    first, second = (a_class(office, State.PLANNED, code) for code in ("A", "B"))
    assert [follow_calendar(START), follow_calendar(START)] == [2, 0]
    told = AuditEntry.objects.filter(event="class.running")
    assert {row.object_id for row in told} == {str(first.pk), str(second.pk)}
    assert {(row.before["state"], row.after["state"], row.actor_id) for row in told} == {("planned", "running", None)}
    revision, version = first.revision, first.version
    first.refresh_from_db()
    assert (first.revision, first.version) == (revision, version + 1)


@pytest.mark.parametrize(("state", "then"), [(State.RUNNING, State.PLANNED), (State.REOPENED, State.REOPENED)])
def test_a_workbook_with_other_days_moves_a_class_that_follows_its_days(office, state, then):
    """What somebody has closed and opened again stays as it was put."""
    one = a_class(office, state)
    facts = ClassFacts(
        name=one.name, start=date(2026, 4, 1), end=date(2026, 4, 10), organizer=one.organizer, class_type="主体班",
        code=one.code,
    )  # fmt: skip
    write_class(one, facts, office, actor=factories.account("ban", "班主任"), today=START)
    one.refresh_from_db()
    assert (one.state, one.start) == (then, date(2026, 4, 1))
