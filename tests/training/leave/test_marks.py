"""Leave and the grid on one class: who wrote a mark last keeps it, and a leave takes back only its own."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Result
from assessments.services import score_class
from core.operations import Refused
from tests import factories as make
from tests.training.leave.conftest import School, build_school, lesson
from training.models import AttendanceMark, LeaveRequest, LeaveSession
from training.services.attendance import Edit, save_marks
from training.services.leave import (
    Answer,
    cancel_leave,
    decide_leave,
    follow_timetable,
    return_leave,
    withdraw_leave,
)
from training.services.schedule import move_session, remove_session

State = LeaveRequest.State


def cell(who, session):
    return AttendanceMark.objects.filter(enrolment=who, session=session).first()


def edit(who, session, mark, over_leave=False):
    there = cell(who, session)
    return Edit(who.pk, session.pk, mark, there.version if there else 0, over_leave)


def test_all_present_leaves_the_leave(school):
    school.granted(school.sessions[:2])
    everybody = [edit(who, one, "present") for who in (school.trainee, school.other) for one in school.sessions[:3]]
    save_marks(school.training_class, everybody, actor=school.manager)
    found = [cell(school.trainee, one).mark for one in school.sessions[:3]]
    assert found == ["personal", "personal", "present"]
    assert {cell(school.other, one).mark for one in school.sessions[:3]} == {"present"}


def test_cancelled_after_a_mark_was_corrected_by_hand(school):
    request = school.granted(school.sessions[:3])
    save_marks(school.training_class, [edit(school.trainee, school.sessions[1], "late", True)], actor=school.manager)
    cancel_leave(request, actor=school.manager, reason="提前返校")
    assert [getattr(cell(school.trainee, one), "mark", None) for one in school.sessions[:3]] == [None, "late", None]
    school.sessions[0].refresh_from_db()
    assert not school.sessions[0].recorded


@pytest.mark.parametrize("kind", ["personal", "sick", "official"])
def test_leave_scores_as_the_workbooks_marks_do(school, kind):
    """The same sessions, once by leave, once by a workbook: the same points, hours and grade."""
    one = school.training_class
    make.exams(one, [school.trainee, school.other], ["90", "90"])
    make.assessment(one)
    for session in school.sessions[:3]:
        mark = make.mark(school.other, session, kind)
        AttendanceMark.objects.filter(pk=mark.pk).update(source="workbook")
    school.granted(school.sessions[:3], kind)
    score_class(one, actor=school.staff)
    by_leave, by_workbook = Result.objects.filter(training_class=one).order_by("enrolment__position")
    same = ("points", "base", "total", "grade", "leave_hours", "attended_hours")
    assert [getattr(by_leave, name) for name in same] == [getattr(by_workbook, name) for name in same]
    assert by_leave.grade == ("退学" if kind != "official" else by_workbook.grade)
    assert by_leave.leave_hours == (0 if kind == "official" else 12)


# ---- the timetable moves ----


def slots(request):
    return [(row.session_id, row.live) for row in request.sessions.order_by("pk")]


def test_a_session_added_to_a_covered_half_day_is_covered(school):
    request = school.granted(school.sessions[:1])
    added = lesson(school.training_class, school.sessions[0].date, 1, 2, "1")
    school.training_class.refresh_from_db()
    assert follow_timetable(school.training_class, actor=school.manager) == 1
    request.refresh_from_db()
    assert request.hours == 5
    assert cell(school.trainee, added).source == "leave"
    assert follow_timetable(school.training_class, actor=school.manager) == 0


def test_a_session_moved_out_of_a_covered_half_day_is_given_back(school):
    request = school.granted(school.sessions[:2])
    move_session(school.sessions[1], school.sessions[0].date + timedelta(9), 1, actor=school.manager)
    request.refresh_from_db()
    assert (request.hours, request.half_days) == (4, 1)
    assert cell(school.trainee, school.sessions[1]) is None


def test_a_session_asked_for_by_itself_is_followed(school):
    lesson(school.training_class, school.sessions[0].date, 1, 2, "0.5")
    request = school.granted([school.sessions[0]])
    day = school.sessions[0].date + timedelta(9)
    move_session(school.sessions[0], day, 2, actor=school.manager)
    request.refresh_from_db()
    assert (request.first, request.last, request.hours) == (day, day, 4)
    assert cell(school.trainee, school.sessions[0]).source == "leave"


def test_a_covered_session_is_not_removed_an_ended_leave_lets_it_go(school):
    request = school.ask(school.sessions[:1])
    with pytest.raises(Refused, match="请假之内"):
        remove_session(school.sessions[0], actor=school.manager)
    withdraw_leave(request, actor=school.manager)
    remove_session(school.sessions[0], actor=school.manager)
    assert not LeaveSession.objects.filter(request=request).exists()


# ---- two at once ----


def test_two_approvers_at_once_make_one_decision(own_database, files_in_memory):
    """Real connections: the class's lock decides, the other is told."""
    school = build_school()
    school.accounts["deputy"].refresh_from_db()
    make.class_role(school.deputy, school.training_class)
    request = school.ask(school.sessions[:1])
    answers, gate = [], threading.Barrier(2)

    def decide(granted, who):
        gate.wait()
        try:
            answers.append(decide_leave(request, Answer(granted, "研究过了"), actor=who).state)
        except Refused:
            answers.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=row) for row in ((True, school.manager), (False, school.deputy))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    request.refresh_from_db()
    assert sorted(answers) == sorted(["told", request.state])
    assert AttendanceMark.objects.count() == (1 if request.state == State.GRANTED else 0)
    assert request.steps.exclude(by=None).count() == 1


# ---- any sequence ----


@dataclass
class World:
    """What should stand in the cells of one trainee: by hand, and by hand under a leave that replaced it."""

    school: School
    requests: list[LeaveRequest] = field(default_factory=list)
    by_hand: dict[UUID, str] = field(default_factory=dict)
    under: dict[UUID, str] = field(default_factory=dict)

    def ask(self, places):
        self.requests.append(self.school.ask([self.school.sessions[place] for place in sorted(places)]))

    def act(self, verb, place):
        if self.requests:
            request = self.requests[place % len(self.requests)]
            request.refresh_from_db()
            getattr(self, verb)(request)

    def grant(self, request):
        self.school.grant(request, accept_over=True)

    def grant_over_marks(self, request):
        self.school.grant(request, accept_over=True, replace_marks=True)
        for session in live_of(request):
            if session in self.by_hand:
                self.under[session] = self.by_hand.pop(session)

    def refuse(self, request):
        decide_leave(request, Answer(False, "不准"), actor=self.school.manager)

    def cancel(self, request):
        rows = live_of(request)
        cancel_leave(request, actor=self.school.manager, reason="情况有变")
        self.uncover(rows)

    def come_back(self, request):
        rows = live_of(request)
        return_leave(request, rows[1] if len(rows) > 1 else None, actor=self.school.manager)
        self.uncover(rows[1:])

    def uncover(self, rows):
        self.by_hand |= {session: self.under.pop(session) for session in rows if session in self.under}

    def correct(self, place, mark):
        session = self.school.sessions[place]
        save_marks(
            self.school.training_class, [edit(self.school.trainee, session, mark, True)], actor=self.school.manager
        )
        self.under.pop(session.pk, None)
        self.by_hand[session.pk] = mark

    def check(self):
        """Source LEAVE = live sessions of granted and returned leaves less those by hand; by hand nothing is lost."""
        marks = AttendanceMark.objects.filter(enrolment=self.school.trainee)
        by_leave = set(marks.filter(source="leave").values_list("session_id", flat=True))
        live = LeaveSession.objects.filter(live=True, request__state__in=[State.GRANTED, State.RETURNED])
        assert by_leave == set(live.values_list("session_id", flat=True)) - set(self.by_hand)
        assert dict(marks.exclude(source="leave").values_list("session_id", "mark")) == self.by_hand


def live_of(request):
    rows = LeaveSession.objects.filter(request=request, live=True)
    return list(rows.order_by("session__date", "session__period").values_list("session_id", flat=True))


VERBS = ["grant", "grant", "grant_over_marks", "refuse", "cancel", "come_back"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sets(st.integers(0, 4), min_size=1, max_size=3)),
        st.tuples(st.sampled_from(VERBS), st.integers(0, 5)),
        st.tuples(st.just("correct"), st.tuples(st.integers(0, 4), st.sampled_from(["present", "late", "absent"]))),
    ),
    max_size=9,
)


def carry_out(world, verb, what):
    """One act; what the rules refuse changes nothing."""
    try:
        with transaction.atomic():
            if verb == "ask":
                world.ask(what)
            elif verb == "correct":
                world.correct(*what)
            else:
                world.act(verb, what)
    except Refused:
        pass


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_of_leave_are_the_live_sessions_less_those_by_hand(school, steps):
    """Whatever was asked, granted, refused, cancelled, returned, corrected; and cancelling all restores what was."""
    with transaction.atomic():
        world = World(school)
        for verb, what in steps:
            carry_out(world, verb, what)
            world.check()
        for place in range(len(world.requests)):
            carry_out(world, "cancel", place)
        world.check()
        assert not LeaveRequest.objects.filter(state=State.GRANTED).exists()
        transaction.set_rollback(True)
