"""SEC-22: a mark of a closed class changes by a request that a second person approves; the ledger follows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Conflict, Refused
from organization.models import Account
from organization.roles import Role
from tests import factories as make
from tests.training.closing_story import a_story, hours
from trainees.models import Cadre, CreditEntry, RuleSet
from trainees.services.rule_sets import shipped_rules
from training.models import AttendanceMark, CorrectionRequest, Enrolment, Session
from training.services.attendance import UnknownCell
from training.services.correction_preview import differences
from training.services.corrections import (
    approve_correction,
    ask_correction,
    decided_by,
    return_correction,
    withdraw_correction,
)
from training.services.merging import merge_person

pytestmark = pytest.mark.django_db
Mark, State = AttendanceMark.Mark, CorrectionRequest.State


@pytest.fixture
def story():
    """Its manager asks, the department's only member decides."""
    one = a_story()
    one.manager = make.account("yl_manager", "韩朝雪", unit=one.training_class.unit)
    make.class_role(one.manager, one.training_class)
    return one


def close(story):
    """Today: its manager reads on for fifteen days."""
    story.close()
    story.set(closed_on=timezone.localdate())


def another_of(story, name="yl_staff_2"):
    """Another of the same department."""
    who = make.account(name, "江晚晴", unit=story.training_class.unit)
    make.grant(who, Role.STAFF, story.training_class.unit)
    return who


def ask(story, who=0, when=0, mark=Mark.SICK, *, actor=None, reason="病假条补交", seen=0):
    cell = story.seats[who].pk, story.sessions[when].pk
    return ask_correction(story.training_class, *cell, mark, actor=actor or story.manager, reason=reason, seen=seen)


def correct(story, who=0, when=0, mark=Mark.SICK, **more):
    return approve_correction(ask(story, who, when, mark, **more), actor=story.staff)


# ---- asked and agreed to ----


def test_asking_changes_nothing_and_agreeing_posts_the_difference(story):
    """Four half-days of four hours; one of them was not attended after all."""
    close(story)
    asked = ask(story)
    assert (asked.state, asked.before, asked.after, asked.seen) == (State.ASKED, "", "sick", 0)
    assert not AttendanceMark.objects.exists() and hours(story)[0] == (Decimal(16), Decimal(2))
    done = approve_correction(asked, actor=story.staff, seen=1)
    assert (done.awarded, done.reversed, done.unchanged) == (1, 1, 0)
    assert hours(story)[0] == (Decimal(12), Decimal("1.5"))
    assert (story.seats[0].marks.get().mark, story.seats[0].marks.get().by_id) == ("sick", story.manager.pk)
    assert set(CreditEntry.objects.filter(source_id=story.seats[0].pk).values_list("reason", flat=True)) == {
        "结班", f"更正考勤：{asked.lesson}",
    }  # fmt: skip


def test_both_are_logged(story):
    close(story)
    asked = ask(story)
    approve_correction(asked, actor=story.staff)
    told = AuditEntry.objects.get(event="correction.ask")
    assert (told.actor_id, told.object_id, told.reason) == (story.manager.pk, str(asked.pk), "病假条补交")
    told = AuditEntry.objects.get(event="correction.approve")
    assert (told.actor_id, told.object_id) == (story.staff.pk, str(asked.pk))
    told = AuditEntry.objects.get(event="attendance.correct")
    assert (told.before, told.after["mark"], told.reason) == ({"mark": ""}, "sick", "病假条补交")
    asked.refresh_from_db()
    assert (asked.state, asked.asked_by_id, asked.decided_by_id) == (State.APPROVED, story.manager.pk, story.staff.pk)


def test_what_is_shown_before_is_what_is_posted(story):
    """16 hours and credits of two days become 12 of one and a half."""
    make.mark(story.seats[0], story.sessions[1], Mark.LATE)
    close(story)
    asked = ask(story)
    entries = CreditEntry.objects.count()
    [shown] = differences(asked)
    assert CreditEntry.objects.count() == entries
    assert (shown.year, shown.others) == (2026, 0)
    assert (shown.before.hours, shown.before.days, shown.before.credits) == (16, 2, 16)
    assert (shown.after.hours, shown.after.days, shown.after.credits) == (12, Decimal("1.5"), 12)
    approve_correction(asked, actor=story.staff)
    entry = CreditEntry.objects.live().get(source_id=story.seats[0].pk)
    assert (entry.hours, entry.days, entry.credits) == (shown.after.hours, shown.after.days, shown.after.credits)


def test_of_two_seats_of_one_person_the_better_one_is_shown_and_posted(story):
    """One seat of merged doubles missed two half-days of four; the other misses one after the other."""
    for when in story.sessions[:2]:
        make.mark(story.seats[0], when, Mark.SICK)
    pair = [Cadre.objects.get(pk=story.seats[who].cadre_id) for who in (0, 1)]
    merge_person(*pair, actor=story.staff, reason="身份证号录入错误，经本人核对")
    close(story)
    for when, (before, after) in enumerate([(16, 12), (12, 8), (8, 8)]):
        asked = ask(story, who=1, when=when)
        [shown] = differences(asked)
        assert (shown.before.hours, shown.after.hours) == (before, after)
        approve_correction(asked, actor=story.staff)
        [(posted, _)] = [hours(story)[who] for who in (0, 1) if who in hours(story)]
        assert posted == after


def test_nothing_left_and_nothing_changed_are_shown_too(story):
    for when in story.sessions[1:]:
        make.mark(story.seats[0], when, Mark.SICK)
    close(story)
    [shown] = differences(ask(story))
    assert (shown.before.hours, shown.after.hours, shown.changes) == (4, 0, True)
    [shown] = differences(ask(story, who=1, mark=Mark.LATE))
    assert (shown.before, shown.changes) == (shown.after, False)


def test_a_correction_brings_no_new_rules_in_but_closing_again_does(story):
    """A half-day gives three hours at most from January on, adopted after the class was closed with four."""
    close(story)
    RuleSet.objects.create(
        unit=story.training_class.unit, name="换算规则", version=9, since=date(2026, 1, 1),
        rules=shipped_rules() | {"half_day_most": 3},
    )  # fmt: skip
    asked = ask(story)
    assert differences(asked)[0].after.hours == 12
    done = approve_correction(asked, actor=story.staff)
    assert (done.awarded, done.reversed, done.unchanged) == (1, 1, 0)
    assert hours(story)[0] == (Decimal(12), Decimal("1.5"))
    story.reopen()
    story.close()
    assert [hours(story)[place][0] for place in range(3)] == [9, 12, 12]


def test_a_correction_of_lateness_changes_no_hours(story):
    close(story)
    assert correct(story, mark=Mark.LATE).unchanged == 1


def test_who_now_attended_nothing_has_nothing_in_the_ledger(story):
    for when in story.sessions[1:]:
        make.mark(story.seats[0], when, Mark.SICK)
    close(story)
    assert correct(story).reversed == 1
    assert set(hours(story)) == {1, 2}


# ---- two people ----


def test_nobody_approves_what_they_asked_for(story):
    close(story)
    asked = ask(story, actor=story.staff)
    for act in (approve_correction, lambda row, actor: return_correction(row, actor=actor, reason="不同意更正")):
        with pytest.raises(Refused, match="不能审批自己提出的更正申请"):
            act(asked, actor=story.staff)
    with pytest.raises(Refused, match="由主办班次的组织部门审批"):
        approve_correction(asked, actor=story.manager)
    approve_correction(asked, actor=another_of(story))


def test_the_database_wants_two_people_too(story):
    close(story)
    asked = ask(story)
    for facts in ({"decided_by_id": story.manager.pk}, {"decided_by_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CorrectionRequest.objects.filter(pk=asked.pk).update(state=State.APPROVED, **facts)


def test_who_kept_the_marks_or_learns_there_does_not_decide(story):
    own = make.mark(story.seats[1], story.sessions[0], Mark.PRESENT)
    AttendanceMark.objects.filter(pk=own.pk).update(by_id=story.staff.pk)
    close(story)
    with pytest.raises(Refused, match="由您登记"):
        approve_correction(ask(story, who=1, seen=1), actor=story.staff)
    asked, trainee = ask(story), another_of(story)
    story.seats[0].cadre.account = trainee
    story.seats[0].cadre.save()
    with pytest.raises(Refused, match="自己的考勤"):
        approve_correction(asked, actor=trainee)
    make.grant(story.manager, Role.STAFF, story.training_class.unit)
    asked = ask(story, who=2, actor=story.staff)
    with pytest.raises(Refused, match="由您班管理"):
        approve_correction(asked, actor=Account.objects.get(pk=story.manager.pk))
    assert not AttendanceMark.objects.filter(mark=Mark.SICK).exists()


def merge_into_a_new_row(story, who, account=None):
    """The seat is a double's from now on; the account, if there is one, stands on the row that lives on."""
    double, office = Cadre.objects.get(pk=story.seats[who].cadre_id), story.training_class.unit
    stays = make.cadre(double.name, office, office, account=account)
    merge_person(double, stays, actor=story.staff, reason="身份证号录入错误，经本人核对")


def test_a_trainee_whose_seat_is_a_merged_double_s_does_not_decide_either(story):
    trainee = another_of(story)
    merge_into_a_new_row(story, 0, trainee)
    close(story)
    asked = ask(story)
    with pytest.raises(Refused, match="自己的考勤"):
        approve_correction(asked, actor=trainee)
    assert not CorrectionRequest.objects.filter(decided_by(trainee)).exists()


def test_whoever_sees_the_attendance_asks_and_nobody_else(story):
    with pytest.raises(Refused, match="没有结班"):
        ask(story)
    close(story)
    stranger = make.account("wj_staff", "望云舟")
    make.grant(stranger, Role.STAFF, make.unit("WJ", "望江市委组织部"))
    with pytest.raises(Refused, match="由本班班主任或主办班次的组织部门申请"):
        ask(story, actor=stranger)
    assessor = make.account("yl_assessor", "平正言")
    make.class_role(assessor, story.training_class, "assessor")
    with pytest.raises(Refused, match="由本班班主任或主办班次的组织部门申请"):
        ask(story, actor=assessor)
    assert not CorrectionRequest.objects.exists()


def test_the_manager_asks_for_as_long_as_they_read(story):
    """Fifteen days after closing (SEC-21); then the department asks."""
    close(story)
    story.set(closed_on=timezone.localdate() - timedelta(days=16))
    with pytest.raises(Refused, match="由本班班主任或主办班次的组织部门申请"):
        ask(story)
    ask(story, actor=story.staff)


def test_a_cell_is_corrected_again_by_the_same_two(story):
    close(story)
    correct(story)
    correct(story, mark=Mark.PRESENT, seen=story.seats[0].marks.get().version)
    assert hours(story)[0] == (Decimal(16), Decimal(2))


def test_the_inbox_holds_what_one_may_decide(story):
    close(story)
    asked, mine = ask(story), ask(story, who=1, actor=story.staff)
    other = another_of(story)

    def waiting(account):
        return set(CorrectionRequest.objects.visible_to(account).filter(decided_by(account)))

    marked = make.mark(story.seats[2], story.sessions[0], Mark.PRESENT)
    AttendanceMark.objects.filter(pk=marked.pk).update(by_id=story.staff.pk)
    kept = ask(story, who=2, seen=1)
    assert waiting(story.staff) == {asked}
    assert waiting(other) == {asked, mine, kept}
    assert waiting(story.manager) == set()


# ---- the cell ----


def test_a_request_has_a_reason_a_mark_and_what_was_seen(story):
    close(story)
    for facts, error in (
        ({"reason": " 补 假 "}, Refused), ({"mark": "unknown"}, Refused), ({"seen": 3}, Conflict),
    ):  # fmt: skip
        with pytest.raises(error):
            ask(story, **facts)
    elsewhere = make.session(make.training_class(story.training_class.unit, "夏季班", "YL-02"), 0)
    with pytest.raises(UnknownCell):
        ask_correction(
            story.training_class,
            story.seats[0].pk,
            elsewhere.pk,
            "sick",
            actor=story.manager,
            reason="病假条补交",
            seen=0,
        )
    correct(story)
    with pytest.raises(Refused, match="没有要更正的"):
        ask(story, seen=story.seats[0].marks.get().version)
    assert CorrectionRequest.objects.count() == AuditEntry.objects.filter(event="attendance.correct").count() == 1


def test_a_cell_has_one_open_request(story):
    close(story)
    asked = ask(story)
    with pytest.raises(Refused, match="已有一份更正申请等待审批"):
        ask(story, mark=Mark.LATE, actor=story.staff)
    return_correction(asked, actor=story.staff, reason="请附请假条原件")
    again = ask(story, mark=Mark.LATE)
    withdraw_correction(again, actor=story.manager)
    ask(story)


def test_a_cell_that_changed_meanwhile_is_not_corrected_and_both_values_are_told(story):
    make.mark(story.seats[0], story.sessions[0], Mark.PRESENT)
    close(story)
    asked = ask(story, seen=1)
    story.reopen()
    AttendanceMark.objects.filter(enrolment=story.seats[0]).update(mark=Mark.ABSENT, version=2)
    with pytest.raises(Refused, match="没有结班"):
        approve_correction(asked, actor=story.staff)
    story.close()
    with pytest.raises(Conflict, match="申请时这一格是“出勤”.*现在是“旷课”") as conflict:
        approve_correction(asked, actor=story.staff)
    assert (conflict.value.yours, conflict.value.current) == (1, 2)
    asked.refresh_from_db()
    assert (asked.state, story.seats[0].marks.get().mark) == (State.ASKED, "absent")
    return_correction(asked, actor=story.staff, reason="考勤已经变动")


def test_a_session_or_a_trainee_that_is_gone_is_told(story):
    close(story)
    asked, other = ask(story), ask(story, who=1)
    Enrolment.objects.filter(pk=story.seats[1].pk).update(state=Enrolment.State.WITHDRAWN)
    with pytest.raises(Conflict, match="已不在本班名册上"):
        approve_correction(other, actor=story.staff)
    Session.objects.get(pk=story.sessions[0].pk).delete()
    asked.refresh_from_db()
    assert differences(asked) == [] and "上午" in asked.lesson
    with pytest.raises(Conflict, match="已不在课程表里"):
        approve_correction(asked, actor=story.staff)


# ---- and no more ----


def test_what_is_decided_is_decided(story):
    close(story)
    asked = ask(story)
    with pytest.raises(Refused, match="至少 5 个字"):
        return_correction(asked, actor=story.staff, reason=" 不 行 ")
    with pytest.raises(Refused, match="由申请人撤回"):
        withdraw_correction(asked, actor=story.staff)
    with pytest.raises(Conflict):
        approve_correction(asked, actor=story.staff, seen=7)
    return_correction(asked, actor=story.staff, reason="请附请假条原件")
    for act in (approve_correction, withdraw_correction):
        with pytest.raises(Refused, match="已退回"):
            act(asked, actor=story.staff)
    asked.refresh_from_db()
    assert (asked.comment, asked.decided_by_id, asked.version) == ("请附请假条原件", story.staff.pk, 2)
