"""Marks by hand: versions, leave, the rest of a session, what is recorded, what the log keeps (REL-04, B26)."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.scoring.compute import compute
from core.models import AuditEntry, RowChange
from core.operations import Refused
from tests import factories as make
from training.models import AttendanceMark, Enrolment, LeaveRequest, LeaveSession, Session, TrainingClass
from training.services.attendance import Edit, UnknownCell, save_marks

pytestmark = pytest.mark.django_db
Mark = AttendanceMark.Mark


@pytest.fixture
def office():
    return make.unit("YL", "云岭市委组织部")


@pytest.fixture
def actor(office):
    return make.account("yl_manager", "韩朝雪", unit=office)


def a_class(office, actor, people=3, sessions=2):
    """A class that runs, with its people and sessions, nothing marked."""
    where = make.training_class(office, "春季班", "YL-01", state=TrainingClass.State.RUNNING, attendance_kept=False)
    seats = [
        make.enrolment(where, make.cadre(f"学员{n}", office, office), n + 1, state=Enrolment.State.REPORTED)
        for n in range(people)
    ]
    lessons = [make.session(where, n, recorded=False) for n in range(sessions)]
    return where, seats, lessons


@pytest.fixture
def story(office, actor):
    return a_class(office, actor)


def marks(where):
    rows = AttendanceMark.objects.filter(training_class=where)
    return {(row.enrolment_id, row.session_id): row.mark for row in rows}


def grant(who, when, kind=Mark.SICK):
    """A leave that was granted, and the mark it wrote."""
    leave = LeaveRequest.objects.create(
        training_class=who.training_class, enrolment=who, kind=kind, reason="住院", first=when.date, last=when.date,
        hours=when.hours, half_days=1, state=LeaveRequest.State.GRANTED,
    )  # fmt: skip
    LeaveSession.objects.create(request=leave, session=when, date=when.date, period=when.period)
    AttendanceMark.objects.create(
        training_class=who.training_class, enrolment=who, session=when, mark=kind, source="leave", leave=leave
    )
    return leave


def test_a_mark_is_written_with_its_source_and_its_writer(story, actor):
    where, (who, *_), (when, _) = story
    saving = save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor)
    row = AttendanceMark.objects.get()
    assert (row.mark, row.source, row.by_id, row.leave) == ("late", "page", actor.pk, None)
    assert row.at is not None
    assert [one.version for one in saving.saved] == [row.version]
    where.refresh_from_db()
    assert (where.revision, where.attendance_kept) == (1, True)
    entry = AuditEntry.objects.get(event="attendance.save")
    assert entry.after["added"] == 1
    assert RowChange.objects.get(table_name="training_attendancemark").actor_id == actor.pk


def test_a_stale_save_changes_nothing_and_tells_both_values(story, actor, office):
    where, (who, *_), (when, _) = story
    other = make.account("yl_other", "周知行", unit=office)
    save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=other)
    saving = save_marks(where, [Edit(who.pk, when.pk, Mark.ABSENT, version=0)], actor=actor)
    (told,) = saving.refused
    assert (told.why, told.wanted, told.current.mark, told.current.by_id) == ("stale", "absent", "late", other.pk)
    assert marks(where) == {(who.pk, when.pk): "late"}
    again = save_marks(where, [Edit(who.pk, when.pk, Mark.ABSENT, version=told.current.version)], actor=actor)
    assert again.refused == []
    assert marks(where) == {(who.pk, when.pk): "absent"}


def test_a_version_that_was_seen_never_comes_back(story, actor):
    """Set, cleared and set again by others: who looked at the first mark is stale."""
    where, (who, *_), (when, _) = story
    seen = save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor).saved[0].version
    save_marks(where, [Edit(who.pk, when.pk, None, version=seen)], actor=actor)
    save_marks(where, [Edit(who.pk, when.pk, Mark.EARLY)], actor=actor)
    saving = save_marks(where, [Edit(who.pk, when.pk, Mark.ABSENT, version=seen)], actor=actor)
    assert [one.why for one in saving.refused] == ["stale"]
    assert marks(where) == {(who.pk, when.pk): "early"}


def test_some_cells_are_saved_while_others_are_stale(story, actor):
    where, (first, second, _), (when, _) = story
    save_marks(where, [Edit(first.pk, when.pk, Mark.LATE)], actor=actor)
    edits = [Edit(first.pk, when.pk, Mark.PRESENT), Edit(second.pk, when.pk, Mark.PRESENT)]
    saving = save_marks(where, edits, actor=actor)
    assert (len(saving.saved), len(saving.refused), saving.written) == (1, 1, 1)
    assert marks(where) == {(first.pk, when.pk): "late", (second.pk, when.pk): "present"}


def test_what_stands_already_is_no_change(story, actor):
    where, (who, *_), (when, _) = story
    version = save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor).saved[0].version
    saving = save_marks(where, [Edit(who.pk, when.pk, Mark.LATE, version=0)], actor=actor)
    assert (saving.written, saving.refused, saving.saved[0].version) == (0, [], version)
    where.refresh_from_db()
    assert where.revision == 1
    assert AuditEntry.objects.filter(event="attendance.save").count() == 1


def test_leave_granted_then_all_present_leaves_the_leave(story, actor):
    where, seats, (when, _) = story
    leave = grant(seats[0], when)
    edits = [Edit(who.pk, when.pk, Mark.PRESENT, version=1 if who == seats[0] else 0) for who in seats]
    saving = save_marks(where, edits, actor=actor)
    assert [(told.why, told.current.mark) for told in saving.refused] == [("leave", "sick")]
    assert AttendanceMark.objects.get(enrolment=seats[0]).leave == leave
    assert sorted(marks(where).values()) == ["present", "present", "sick"]


def test_leave_is_overwritten_by_an_explicit_act_and_comes_back_by_undo(story, actor):
    where, (who, *_), (when, _) = story
    leave = grant(who, when)
    save_marks(where, [Edit(who.pk, when.pk, Mark.PRESENT, version=1, over_leave=True)], actor=actor)
    row = AttendanceMark.objects.get()
    assert (row.mark, row.source, row.leave, row.version) == ("present", "page", None, 2)
    save_marks(where, [Edit(who.pk, when.pk, Mark.SICK, version=2)], actor=actor)
    row.refresh_from_db()
    assert (row.mark, row.source, row.leave) == ("sick", "leave", leave)


def test_a_session_is_recorded_once_everybody_has_a_mark(story, actor):
    where, seats, (when, _) = story
    save_marks(where, [Edit(who.pk, when.pk, Mark.PRESENT) for who in seats[:2]], actor=actor)
    assert not Session.objects.filter(recorded=True).exists()
    version = save_marks(where, [Edit(seats[2].pk, when.pk, Mark.ABSENT)], actor=actor).saved[0].version
    assert list(Session.objects.filter(recorded=True)) == [when]
    save_marks(where, [Edit(seats[2].pk, when.pk, None, version=version)], actor=actor)
    assert not Session.objects.filter(recorded=True).exists()


def test_the_last_mark_cleared_leaves_no_attendance(story, actor):
    where, (who, *_), (when, _) = story
    version = save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor).saved[0].version
    save_marks(where, [Edit(who.pk, when.pk, None, version=version)], actor=actor)
    where.refresh_from_db()
    assert (where.attendance_kept, where.revision) == (False, 2)
    assert [row.verb for row in RowChange.objects.filter(table_name="training_attendancemark").order_by("id")] == [
        "insert", "delete",
    ]  # fmt: skip


def test_what_the_grid_writes_scores_as_the_rules_say(story, actor):
    """15 less 1 for 迟 and 0.5 for 病; 4 hours of leave, 4 of 8 attended. Nobody else was marked: full points."""
    where, (who, other, _), (first, second) = story
    make.assessment(where)
    edits = [Edit(who.pk, first.pk, Mark.LATE), Edit(who.pk, second.pk, Mark.SICK)]
    save_marks(where, edits, actor=actor)
    (scores,) = compute([where.pk])
    found = {one.enrolment_id: one for one in scores.trainees}
    assert found[who.pk].points["出勤情况"] == Decimal("13.50")
    assert (found[who.pk].leave_hours, found[who.pk].attended_hours) == (Decimal(4), Decimal(4))
    assert found[other.pk].points["出勤情况"] == Decimal("15.00")


def test_a_foreign_cell_and_nothing_is_saved(story, office, actor):
    where, (who, *_), (when, _) = story
    elsewhere = make.training_class(office, "专题班", "YL-02", start="2026-06-01", end="2026-06-05")
    elsewhere.refresh_from_db()
    foreign = make.enrolment(elsewhere, make.cadre("外班学员", office, office), 1)
    lesson = make.session(elsewhere, 0)
    for cell in ((foreign.pk, when.pk), (who.pk, lesson.pk), (uuid4(), when.pk), (who.pk, uuid4())):
        with pytest.raises(UnknownCell):
            save_marks(where, [Edit(who.pk, when.pk, Mark.LATE), Edit(*cell, Mark.LATE)], actor=actor)
    assert not AttendanceMark.objects.exists()


def test_who_left_the_roster_is_not_marked(story, actor):
    where, (who, *_), (when, _) = story
    Enrolment.objects.filter(pk=who.pk).update(state=Enrolment.State.WITHDRAWN)
    with pytest.raises(UnknownCell):
        save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor)


@pytest.mark.parametrize("state", [TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED])
def test_a_closed_class_is_read_only(office, actor, state):
    where = make.training_class(office, "旧班", "YL-09", state=state)
    who = make.enrolment(where, make.cadre("学员", office, office), 1)
    with pytest.raises(Refused, match="考勤只能查看"):
        save_marks(where, [Edit(who.pk, make.session(where, 0).pk, Mark.LATE)], actor=actor)


def test_confirmed_results_are_only_amended(story, actor):
    where, (who, *_), (when, _) = story
    Enrolment.objects.filter(pk=who.pk).update(grade="良好")
    with pytest.raises(Refused, match="成绩已确认"):
        save_marks(where, [Edit(who.pk, when.pk, Mark.LATE)], actor=actor)


def rest(where, seats, lessons):
    return [Edit(who.pk, when.pk, Mark.PRESENT) for who in seats for when in lessons]


def test_queries_do_not_grow(office, actor, query_count):
    """10 or 200 trainees, 2 or 20 sessions: the same number, to add, to change and to clear."""
    few, many = a_class(office, actor, people=10), a_class_beside(office, people=200, sessions=20)
    counts = []
    for where, seats, lessons in (few, many):
        edits = rest(where, seats, lessons)
        added = query_count(lambda where=where, edits=edits: save_marks(where, edits, actor=actor))
        changing = [Edit(*edit.cell, mark=Mark.SICK, version=1) for edit in edits]
        changed = query_count(lambda where=where, edits=changing: save_marks(where, edits, actor=actor))
        clearing = [Edit(*edit.cell, mark=None, version=2) for edit in edits]
        cleared = query_count(lambda where=where, edits=clearing: save_marks(where, edits, actor=actor))
        assert not AttendanceMark.objects.filter(training_class=where).exists()
        counts.append((added, changed, cleared))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14


def a_class_beside(office, people, sessions):
    where = make.training_class(office, "大班", "YL-08", start="2026-06-01", end="2026-06-12", state="running")
    where.refresh_from_db()
    seats = [
        make.enrolment(where, make.cadre(f"众人{n}", office, office), n + 1, state=Enrolment.State.REPORTED)
        for n in range(people)
    ]
    return where, seats, [make.session(where, n, recorded=False) for n in range(sessions)]


CHANGE = st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from([None, *Mark.values]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(CHANGE, max_size=6), changes=st.lists(CHANGE, max_size=12))
def test_random_edits_and_undo_restore(story, actor, before, changes):
    """Undo as the page does it: each step backwards, to the mark before, with the version the page knows."""
    where, seats, lessons = story
    versions = dict.fromkeys(((who.pk, when.pk) for who in seats for when in lessons), 0)
    versions |= {(row.enrolment_id, row.session_id): row.version for row in AttendanceMark.objects.all()}

    def write(cell, mark):
        (saved,) = save_marks(where, [Edit(*cell, mark=mark, version=versions[cell])], actor=actor).saved
        versions[cell] = saved.version

    for person, lesson, mark in before:
        write((seats[person].pk, lessons[lesson].pk), mark)
    start, steps = marks(where), []
    for person, lesson, mark in changes:
        cell = (seats[person].pk, lessons[lesson].pk)
        steps.append((cell, marks(where).get(cell)))
        write(cell, mark)
    for cell, mark in reversed(steps):
        write(cell, mark)
    assert marks(where) == start
