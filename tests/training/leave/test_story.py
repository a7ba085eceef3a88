"""Leave from asking to the end: who decides, what is marked, what is given back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.pictures import Upload
from tests import factories as make
from tests.training.leave.conftest import build_school, lesson
from trainees.services.merging import merge_cadre
from training.models import AttendanceMark, LeaveApprover, LeaveLevel, LeaveRequest, LeaveStep
from training.services.leave import (
    Answer,
    Wish,
    ask_leave,
    cancel_leave,
    decide_leave,
    end_approver,
    name_approver,
    remind_leave,
    return_leave,
    shorten_leave,
    withdraw_leave,
)

State = LeaveRequest.State
YES = Answer(True)


def marks_of(who):
    rows = AttendanceMark.objects.filter(enrolment=who).order_by("session__date", "session__period", "session__number")
    return [(row.session, row.mark, row.source) for row in rows.select_related("session")]


def events(request):
    return list(AuditEntry.objects.filter(object_id=str(request.pk)).order_by("pk").values_list("event", flat=True))


# ---- asking ----


def test_half_a_day_is_the_managers(school):
    request = school.ask(school.sessions[:1])
    assert (request.state, request.hours, request.half_days) == (State.ASKED, 4, 1)
    assert [step.level for step in request.steps.all()] == ["manager"]
    assert not AttendanceMark.objects.exists()
    school.grant(request)
    request.refresh_from_db()
    assert request.state == State.GRANTED
    assert marks_of(school.trainee) == [(school.sessions[0], "personal", "leave")]
    assert events(request) == ["leave.ask", "leave.grant", "leave.agree"]


def test_two_of_seven_sessions_of_a_day(school):
    day = school.sessions[0].date + timedelta(7)
    seven = [
        lesson(school.training_class, day, period, number, "0.5")
        for period, number in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1))
    ]
    request = school.granted([seven[1], seven[2]])
    assert (request.hours, request.half_days) == (Decimal("1.0"), 1)
    assert [session for session, _, _ in marks_of(school.trainee)] == [seven[1], seven[2]]
    assert not request.sessions.filter(whole=True).exists()


def test_a_whole_half_day_is_known_as_one(school):
    second = lesson(school.training_class, school.sessions[0].date, 1, 2, "1")
    request = school.ask([school.sessions[0], second, school.sessions[3]])
    assert request.sessions.filter(whole=True).count() == 3
    part = school.ask([school.sessions[0]], who=school.other)
    assert not part.sessions.get().whole


@pytest.mark.parametrize("reason", ["", " ", "事"])
def test_a_request_says_why(school, reason):
    with pytest.raises(Refused, match="事由"):
        ask_leave(school.trainee, Wish("sick", reason, [school.sessions[0].pk]), actor=school.manager)


def test_sessions_of_another_class_or_none_are_refused(school):
    other = make.training_class(school.root, "另一班", "YL-2", start=date(2027, 4, 5), end=date(2027, 4, 9))
    with pytest.raises(Refused, match="课程表已有变动"):
        school.ask([make.session(other, 0)])
    with pytest.raises(Refused, match="请选择"):
        school.ask([])


def test_a_session_is_asked_for_once(school):
    school.ask(school.sessions[:2])
    with pytest.raises(Refused, match="已在另一份请假中"):
        school.ask(school.sessions[1:3])
    school.ask(school.sessions[1:3], who=school.other)


def test_after_a_refusal_or_a_withdrawal_it_may_be_asked_again(school):
    first = school.ask(school.sessions[:1])
    decide_leave(first, Answer(False, "当日有考试"), actor=school.manager)
    second = school.ask(school.sessions[:1])
    withdraw_leave(second, actor=school.manager)
    assert school.ask(school.sessions[:1]).state == State.ASKED


@pytest.mark.parametrize("state", ["withdrawn", "substituted", "no_show"])
def test_who_left_the_roster_asks_for_nothing(school, state):
    type(school.trainee).objects.filter(pk=school.trainee.pk).update(state=state)
    with pytest.raises(Refused, match="不在本班名册上"):
        school.ask(school.sessions[:1])


def test_a_closed_class_gives_no_leave(school):
    type(school.training_class).objects.filter(pk=school.training_class.pk).update(state="ended")
    type(school.training_class).objects.filter(pk=school.training_class.pk).update(state="closed")
    with pytest.raises(Refused, match="已结班"):
        school.ask(school.sessions[:1])


def test_a_proof_is_kept_sealed(school):
    wish = Wish("sick", "发热就医", [school.sessions[0].pk], Upload(b"%PDF-1.7 x", "病历.pdf"))
    request = ask_leave(school.trainee, wish, actor=school.manager)
    assert (request.proof_name, request.proof.encrypted) == ("病历.pdf", True)
    assert request.asked_by_id == school.manager.pk


# ---- deciding ----


@pytest.mark.parametrize(
    ("count", "parts"),
    [
        (1, ["manager"]),
        (2, ["manager", "office"]),
        (3, ["manager", "office", "president"]),
        (4, ["manager", "office", "president"]),
        (5, ["manager", "office", "president", "staff"]),
    ],
)
def test_each_level_after_the_other(school, count, parts):
    request = school.ask(school.sessions[:count])
    for place, part in enumerate(parts):
        for early in parts[place + 1 :]:
            with pytest.raises(Refused, match="现在由"):
                decide_leave(request, YES, actor=school.accounts[early])
        request = decide_leave(request, Answer(True, "同意", accept_over=True), actor=school.accounts[part])
        assert request.state == (State.GRANTED if part == parts[-1] else State.ASKED)
    assert [step.by.username for step in request.steps.all()] == [f"yl_{part}" for part in parts]
    assert not request.steps.filter(as_deputy=True).exists()


def test_a_refusal_ends_it_with_a_reason(school):
    request = school.ask(school.sessions[:5])
    with pytest.raises(Refused, match="理由"):
        decide_leave(request, Answer(False, " "), actor=school.manager)
    request = decide_leave(request, Answer(False, "培训期间原则上不准事假"), actor=school.manager)
    assert (request.state, request.end_reason) == (State.REFUSED, "培训期间原则上不准事假")
    with pytest.raises(Refused, match="未准假"):
        decide_leave(request, YES, actor=school.office)
    assert not AttendanceMark.objects.exists()


def test_a_deputy_decides_in_the_others_name(school):
    make.approver(school.root, LeaveLevel.OFFICE, school.deputy, deputy=True)
    request = school.ask(school.sessions[:2])
    decide_leave(request, YES, actor=school.manager)
    decide_leave(request, YES, actor=school.deputy)
    step = request.steps.get(level="office")
    assert (step.by, step.as_deputy) == (school.deputy, True)


def test_a_deputy_of_the_class_manager(school):
    make.approver(school.root, LeaveLevel.MANAGER, school.deputy, deputy=True)
    request = decide_leave(school.ask(school.sessions[:1]), YES, actor=school.deputy)
    assert request.state == State.GRANTED
    assert request.steps.get().as_deputy


def test_nobody_decides_about_their_own_request(school):
    for level in (LeaveLevel.OFFICE, LeaveLevel.MANAGER):
        make.approver(school.root, level, school.accounts["trainee"])
    make.class_role(school.accounts["trainee"], school.training_class)
    request = school.ask(school.sessions[:1])
    with pytest.raises(Refused, match="自己的请假"):
        decide_leave(request, YES, actor=school.accounts["trainee"])
    assert request.steps.get().level == "manager"


def test_nor_where_the_seat_is_a_merged_double_s(school):
    """The account has gone over to the row that lives on."""
    trainee, double = school.accounts["trainee"], school.trainee.cadre
    make.class_role(trainee, school.training_class)
    request = school.ask(school.sessions[:1])
    stays = make.cadre(double.name, double.unit, school.root)
    merge_cadre(double, stays, actor=school.staff, reason="身份证号录入错误，经本人核对")
    assert not LeaveStep.objects.filter(request=request).decided_by(trainee).exists()
    with pytest.raises(Refused, match="自己的请假"):
        decide_leave(LeaveRequest.objects.get(pk=request.pk), YES, actor=trainee)


@pytest.mark.parametrize("part", ["office", "stranger", "staff", "president"])
def test_who_is_not_asked_cannot_decide(school, part):
    with pytest.raises(Refused, match="不在这一级"):
        decide_leave(school.ask(school.sessions[:1]), YES, actor=school.accounts[part])


def test_a_level_without_approver_falls_to_the_department(school):
    LeaveApprover.objects.filter(level="office").delete()
    request = school.ask(school.sessions[:2])
    assert [step.level for step in request.steps.all()] == ["manager", "department"]
    decide_leave(request, YES, actor=school.manager)
    assert decide_leave(request, YES, actor=school.staff).state == State.GRANTED


def test_an_approver_who_left_meanwhile_leaves_it_to_the_department(school):
    request = school.ask(school.sessions[:2])
    decide_leave(request, YES, actor=school.manager)
    with pytest.raises(Refused, match="不在这一级"):
        decide_leave(request, YES, actor=school.staff)
    end_approver(LeaveApprover.objects.get(level="office"), timezone.localdate() - timedelta(1), actor=school.staff)
    assert decide_leave(request, YES, actor=school.staff).state == State.GRANTED
    assert request.steps.get(level="office").as_deputy


def test_who_looked_at_an_old_page_is_told(school):
    request = school.ask(school.sessions[:2])
    decide_leave(request, YES, actor=school.manager, seen=1)
    with pytest.raises(Conflict, match="第 1 次修订，现在是第 2 次"):
        decide_leave(request, YES, actor=school.office, seen=1)


def test_who_may_be_named(school):
    make.grant(school.stranger, "audit_admin", school.root)
    with pytest.raises(Refused, match="系统、安全、审计"):
        name_approver(school.root, "office", school.stranger, date(2027, 1, 1), actor=school.staff)
    with pytest.raises(Refused, match="不必另行指定"):
        name_approver(school.root, "department", school.deputy, date(2027, 1, 1), actor=school.staff)
    named = name_approver(school.root, "office", school.deputy, date(2027, 1, 1), actor=school.staff, deputy=True)
    assert events(named) == ["leave_approver.add"]


# ---- the cap ----


def test_exactly_one_seventh_is_granted_without_more(school):
    request = school.grant(school.ask(school.sessions[:2]))
    assert (request.state, request.over_cap) == (State.GRANTED, False)


def test_half_an_hour_more_needs_somebody_who_knows(school):
    school.grant(school.ask(school.sessions[:2]))
    short = make.session(school.training_class, 0, date=school.sessions[0].date + timedelta(8), hours=Decimal("0.5"))
    request = school.ask([short])
    with pytest.raises(Refused, match="超过总学时 56.5 的七分之一"):
        decide_leave(request, YES, actor=school.manager)
    request.refresh_from_db()
    assert request.state == State.ASKED
    assert AttendanceMark.objects.count() == 2
    request = decide_leave(request, Answer(True, accept_over=True), actor=school.manager)
    assert (request.state, request.over_cap) == (State.GRANTED, True)


def test_official_leave_is_never_over(school):
    request = school.grant(school.ask(school.sessions[:6], "official"))
    assert (request.state, request.over_cap) == (State.GRANTED, False)


def test_an_override_of_the_department_lets_it_pass(school):
    type(school.trainee).objects.filter(pk=school.trainee.pk).update(override_reason="因公受伤")
    request = school.grant(school.ask(school.sessions[:3]))
    assert (request.state, request.over_cap) == (State.GRANTED, True)


# ---- marks that are there already ----


def test_marks_by_hand_stay_unless_confirmed(school):
    make.mark(school.trainee, school.sessions[0], "present")
    request = school.granted(school.sessions[:2])
    assert marks_of(school.trainee) == [
        (school.sessions[0], "present", "page"), (school.sessions[1], "personal", "leave")
    ]  # fmt: skip
    cancel_leave(request, actor=school.manager, reason="登记有误")
    assert marks_of(school.trainee) == [(school.sessions[0], "present", "page")]


def test_a_confirmed_replacement_comes_back_when_cancelled(school):
    make.mark(school.trainee, school.sessions[0], "late")
    request = school.granted(school.sessions[:2], replace_marks=True)
    assert [mark for _, mark, _ in marks_of(school.trainee)] == ["personal", "personal"]
    cancel_leave(request, actor=school.manager, reason="登记有误")
    assert marks_of(school.trainee) == [(school.sessions[0], "late", "page")]


def test_marks_corrected_by_hand_after_granting_stay(school):
    request = school.granted(school.sessions[:2])
    AttendanceMark.objects.filter(session=school.sessions[0]).update(mark="present", source="page", leave=None)
    cancel_leave(request, actor=school.manager, reason="提前返校")
    assert marks_of(school.trainee) == [(school.sessions[0], "present", "page")]


def test_the_class_counts_a_revision_and_keeps_attendance(school):
    one = school.training_class
    before = one.revision
    request = school.granted(school.sessions[:1])
    one.refresh_from_db()
    assert (one.revision, one.attendance_kept) == (before + 1, True)
    cancel_leave(request, actor=school.manager, reason="行程取消")
    one.refresh_from_db()
    assert (one.revision, one.attendance_kept) == (before + 2, False)


def test_confirmed_results_are_not_moved_by_leave(school):
    type(school.other).objects.filter(pk=school.other.pk).update(grade="合格")
    with pytest.raises(Refused, match="成绩已确认"):
        school.granted(school.sessions[:1])


# ---- the end of a leave ----


def test_coming_back_early_gives_the_rest_back(school):
    request = school.granted(school.sessions[:4])
    request = return_leave(request, school.sessions[2].pk, actor=school.manager)
    assert (request.state, request.hours, request.half_days) == (State.RETURNED, 8, 2)
    assert [session for session, _, _ in marks_of(school.trainee)] == school.sessions[:2]
    with pytest.raises(Refused, match="已销假"):
        return_leave(request, None, actor=school.manager)


def test_coming_back_as_planned(school):
    request = return_leave(school.granted(school.sessions[:2]), None, actor=school.manager)
    assert request.state == State.RETURNED
    assert len(marks_of(school.trainee)) == 2


def test_shortening_keeps_the_rest(school):
    request = shorten_leave(school.granted(school.sessions[:4]), school.sessions[3].pk, actor=school.manager)
    assert (request.state, request.hours, request.last) == (State.GRANTED, 12, school.sessions[2].date)
    assert school.ask([school.sessions[3]]).state == State.ASKED


def test_from_the_first_session_on_is_no_leave_at_all(school):
    request = school.granted(school.sessions[:2])
    with pytest.raises(Refused, match="取消请假"):
        return_leave(request, school.sessions[0].pk, actor=school.manager)
    with pytest.raises(Refused, match="不在这份请假之内"):
        return_leave(request, school.sessions[9].pk, actor=school.manager)


def test_the_trainee_gives_back_only_what_has_not_begun(db):
    school = build_school(date(2026, 3, 2))
    request = school.granted(school.sessions[:4])
    trainee = school.accounts["trainee"]
    with pytest.raises(Refused, match="已经开始"):
        cancel_leave(request, actor=trainee, reason="不用了")
    with pytest.raises(Refused, match="由班主任更正"):
        return_leave(request, school.sessions[2].pk, actor=trainee)
    assert return_leave(request, None, actor=trainee).state == State.RETURNED


def test_the_trainee_cancels_before_it_begins(school):
    request = school.granted(school.sessions[:2])
    assert cancel_leave(request, actor=school.accounts["trainee"], reason="行程取消").state == State.CANCELLED
    assert marks_of(school.trainee) == []


def test_a_session_across_midnight_has_begun_when_it_began(school, monkeypatch):
    evening = timezone.make_aware(datetime(2027, 3, 3, 23, 0))
    span = DateTimeTZRange(evening, evening + timedelta(hours=2))
    late = lesson(school.training_class, date(2027, 3, 3), 3, 1, "2", span=span)
    request = school.granted([late])
    assert request.half_days == 1
    trainee = school.accounts["trainee"]
    monkeypatch.setattr(timezone, "now", lambda: evening + timedelta(minutes=90))  # half past midnight, the next day
    with pytest.raises(Refused, match="已经开始"):
        cancel_leave(request, actor=trainee, reason="不用了")
    monkeypatch.setattr(timezone, "now", lambda: evening - timedelta(minutes=1))
    assert cancel_leave(request, actor=trainee, reason="不用了").state == State.CANCELLED


# ---- reminding ----


def test_a_step_is_reminded_of_after_a_day_and_once_a_day(school):
    request = school.ask(school.sessions[:2])
    with pytest.raises(Refused, match="不到一天"):
        remind_leave(request, actor=school.manager)
    long_ago = timezone.now() - timedelta(days=2)
    LeaveRequest.objects.filter(pk=request.pk).update(asked=long_ago)
    assert remind_leave(request, actor=school.manager).level == "manager"
    with pytest.raises(Refused, match="不到一天"):
        remind_leave(request, actor=school.manager)
    decide_leave(request, YES, actor=school.manager)
    with pytest.raises(Refused, match="学校办公室"):
        remind_leave(request, actor=school.manager)
    LeaveStep.objects.filter(level="manager").update(at=long_ago)
    assert remind_leave(request, actor=school.manager).level == "office"


# ---- what the database says ----


@pytest.mark.parametrize(
    ("before", "after"),
    [("asked", "cancelled"), ("asked", "returned"), ("refused", "granted"), ("withdrawn", "asked"),
     ("cancelled", "granted"), ("returned", "granted"), ("granted", "asked"), ("granted", "refused")],
)  # fmt: skip
def test_no_other_move_is_possible_even_by_sql(school, before, after):
    request = school.ask(school.sessions[:1])
    path = {"asked": [], "granted": ["granted"], "refused": ["refused"], "withdrawn": ["withdrawn"],
            "cancelled": ["granted", "cancelled"], "returned": ["granted", "returned"]}[before]  # fmt: skip
    with connection.cursor() as cursor:
        for state in path:
            cursor.execute("UPDATE training_leaverequest SET state = %s WHERE id = %s", [state, request.pk])
        with pytest.raises(DatabaseError, match="(?i)transition"), transaction.atomic():
            cursor.execute("UPDATE training_leaverequest SET state = %s WHERE id = %s", [after, request.pk])
