"""结班 is a gate, and posts: what is missing is told, hours go to the ledger, come back on reopening (DOMAIN.md §3)."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from core.models import AuditEntry
from core.operations import Conflict, Refused
from tests import factories as make
from tests.training.closing_story import a_story, balances, hours
from trainees.models import CreditBalance, CreditEntry
from training.models import AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass
from training.services import posting
from training.services.dossier import dossier, never_came
from training.services.no_shows import strike_no_shows

pytestmark = pytest.mark.django_db
Mark, State = AttendanceMark.Mark, Enrolment.State


@pytest.fixture
def story():
    return a_story()


# ---- the gate ----


@pytest.mark.parametrize(
    ("key", "spoil"),
    [
        ("plan", lambda story: story.set(organizer="")),
        ("plan", lambda story: story.set(class_type=" ")),
        ("roster", lambda story: Enrolment.objects.update(state=State.WITHDRAWN)),
        ("timetable", lambda story: Session.objects.all().delete()),
        ("attendance", lambda story: story.set(attendance_kept=False)),
        ("leave", lambda story: ask_for_leave(story)),
        ("no_shows", lambda story: stay_away(story)),
        ("results", lambda story: Enrolment.objects.filter(pk=story.seats[0].pk).update(grade="")),
    ],
)
def test_each_item_alone_keeps_the_class_open(story, key, spoil):
    spoil(story)
    story.training_class.refresh_from_db()
    missing = [item for item in dossier(story.training_class) if not item.ok]
    assert key in [item.key for item in missing]
    with pytest.raises(Refused) as refused:
        story.close()
    for item in missing:
        assert item.todo in refused.value.message
    assert not CreditEntry.objects.exists()


def ask_for_leave(story):
    who, when = story.seats[0], story.sessions[0]
    LeaveRequest.objects.create(
        training_class=who.training_class, enrolment=who, kind="sick", reason="住院", first=when.date, last=when.date,
        hours=4, half_days=1,
    )  # fmt: skip


def stay_away(story, who=0):
    for when in story.sessions:
        make.mark(story.seats[who], when, Mark.ABSENT)


def test_a_complete_class_is_closed_and_posted(story):
    make.mark(story.seats[0], story.sessions[0], Mark.SICK)
    story.close()
    assert hours(story) == {
        0: (Decimal(12), Decimal("1.5")), 1: (Decimal(16), Decimal(2)), 2: (Decimal(16), Decimal(2))
    }  # fmt: skip
    assert set(Enrolment.objects.values_list("state", flat=True)) == {State.COMPLETED}


def test_a_class_without_timetable_is_closed_by_its_dates_when_somebody_says_so(story):
    Session.objects.all().delete()
    story.set(attendance_kept=False)
    with pytest.raises(Refused, match="还没有课程表"):
        story.close()
    story.close(by_dates=True)
    assert hours(story)[0] == (Decimal(72), Decimal(12))


def test_nobody_s_leave_counts_who_was_struck_off(story):
    ask_for_leave(story)
    Enrolment.objects.filter(pk=story.seats[0].pk).update(state=State.NO_SHOW)
    story.close()
    assert set(hours(story)) == {1, 2}


# ---- who never came ----


def test_who_was_away_from_everything_is_struck_off(story):
    Enrolment.objects.update(grade="")
    stay_away(story)
    make.mark(story.seats[1], story.sessions[0], Mark.SICK)
    assert list(never_came([story.training_class.pk])) == [story.seats[0]]
    assert strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到") == 1
    assert Enrolment.objects.get(pk=story.seats[0].pk).state == State.NO_SHOW
    told = AuditEntry.objects.get(event="enrolment.no_show")
    assert (told.object_id, told.reason) == (str(story.seats[0].pk), "经核实未报到")
    assert not never_came([story.training_class.pk]).exists()


def test_nobody_is_struck_off_a_class_that_has_not_ended(story):
    Enrolment.objects.update(grade="")
    stay_away(story)
    story.set(state=TrainingClass.State.RUNNING)
    with pytest.raises(Refused, match="还没有结束"):
        strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到")


def test_who_was_told_to_come_and_never_seen_is_struck_off(story):
    Enrolment.objects.update(grade="", state=State.INVITED)
    for who in story.seats[1:]:
        make.mark(who, story.sessions[0], Mark.PRESENT)
    assert list(never_came([story.training_class.pk])) == [story.seats[0]]


def test_without_the_one_who_never_came_a_session_may_be_recorded(story):
    """A session is recorded where everybody on the roster has a mark."""
    Enrolment.objects.update(grade="")
    Session.objects.update(recorded=False)
    stay_away(story)
    for who in story.seats[1:]:
        make.mark(who, story.sessions[0], Mark.PRESENT)
    AttendanceMark.objects.filter(enrolment=story.seats[0], session=story.sessions[0]).update(mark=Mark.ABSENT)
    strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到")
    assert Session.objects.get(pk=story.sessions[0].pk).recorded
    assert not Session.objects.get(pk=story.sessions[1].pk).recorded


def test_nobody_is_struck_off_confirmed_results_or_unseen(story):
    with pytest.raises(Refused, match="都到过课"):
        strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到")
    stay_away(story)
    with pytest.raises(Refused, match="成绩已确认"):
        strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到")
    with pytest.raises(Conflict):
        strike_no_shows(story.training_class, actor=story.staff, reason="经核实未报到", seen=99)
    assert not Enrolment.objects.filter(state=State.NO_SHOW).exists()


# ---- again, twice, and not at all ----


def test_closed_reopened_closed_is_the_same_with_three_times_the_lines(story):
    story.close()
    first, lines = balances(), CreditEntry.objects.count()
    story.reopen()
    assert not CreditEntry.objects.live().exists()
    assert {row[2:] for row in balances()} == {(0, 0, 0, 0)}
    story.close()
    assert balances() == first
    assert CreditEntry.objects.count() == 3 * lines == 9


def test_what_was_corrected_in_between_is_posted(story):
    story.close()
    story.reopen()
    make.mark(story.seats[0], story.sessions[0], Mark.ABSENT)
    story.close()
    assert hours(story)[0] == (Decimal(12), Decimal("1.5"))


def test_an_error_after_posting_leaves_nothing(story, monkeypatch):
    real = posting.post

    def post_and_fail(*args, **more):
        real(*args, **more)
        assert CreditEntry.objects.exists()
        raise RuntimeError("out of memory")

    monkeypatch.setattr(posting, "post", post_and_fail)
    with pytest.raises(RuntimeError):
        story.close()
    assert not CreditEntry.objects.exists()
    assert not CreditBalance.objects.exists()
    assert TrainingClass.objects.get().state == TrainingClass.State.ENDED
    assert set(Enrolment.objects.values_list("state", flat=True)) == {State.REPORTED}


def test_a_year_s_closed_classes_are_posted_at_once_and_only_once(story):
    """A class closed before there was a ledger; another that is open gives nothing."""
    story.set(state=TrainingClass.State.CLOSED)
    other = make.training_class(story.training_class.unit, "夏季班", "YL-02")
    make.enrolment(other, make.cadre("学员9", other.unit, other.unit), 1)
    make.session(other, 0)
    told = StringIO()
    for _ in range(2):
        call_command("post_classes", "2026", "2025", stdout=told)
    assert told.getvalue().splitlines() == [
        "2026 年：1 个已结班的班次，新记 3 笔，冲销 0 笔，未变 0 笔",
        "2025 年：0 个已结班的班次，新记 0 笔，冲销 0 笔，未变 0 笔",
        "2026 年：1 个已结班的班次，新记 0 笔，冲销 0 笔，未变 3 笔",
        "2025 年：0 个已结班的班次，新记 0 笔，冲销 0 笔，未变 0 笔",
    ]
    assert len(hours(story)) == CreditEntry.objects.count() == 3
