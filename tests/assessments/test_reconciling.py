"""Confirmed results and their records, hours of classes and their attendance (REL-02): what differs is named, 0 otherwise."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Result
from assessments.services import amend_results, confirm_results, reconciling
from assessments.services.reconciling import reconcile_results
from core.models import AuditEntry
from tests import factories as make
from tests.assessments.scoring.rows import ClassRows, make_account, make_unit
from tests.training.closing_story import a_story
from training.models import AttendanceMark, Enrolment, TrainingClass
from training.services.reconciling import Difference

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_account()


@pytest.fixture
def rows(clerk):
    """Two trainees: 86 and 71 points, 14 hours; confirmed."""
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3", "2", "4", "1")
    ann, _ = rows.enrol("安宁", "本立")
    rows.score("final", 安宁="100", 本立="100")
    rows.enter(ann, "研讨交流", "15")
    confirm_results(rows.training_class, actor=clerk)
    return rows


def found():
    return [(one.question, one.enrolment_id, one.words) for one in reconcile_results().findings]


def test_rel_02_what_was_confirmed_is_what_the_records_give(rows):
    assert found() == []
    entry = AuditEntry.objects.get(event="results.reconcile")
    assert (entry.result, entry.after) == ("ok", {"classes": 1, "differences": 0, "named": []})


def test_rel_02_a_wrong_total_is_named_in_one_run(rows):
    ann, _ = rows.enrolments
    Result.objects.filter(enrolment=ann).update(total="90.00")
    told = StringIO()
    with pytest.raises(CommandError, match="有 2 处不符"):
        call_command("reconcile_results", stdout=told)
    assert f"{ann.pk}：按现有记录重新计算不符：总分 90.00 → 86.00" in told.getvalue()
    assert f"{ann.pk}：名册记 86.00 良好，成绩为 90.00 良好" in told.getvalue()
    entry = AuditEntry.objects.get(event="results.reconcile")
    assert entry.result == "failed"
    named = [{"enrolment": str(ann.pk), "question": question} for question in ("result", "outcome")]
    assert entry.after == {"classes": 1, "differences": 2, "named": named}


def test_rel_02_of_classes_that_ended_since_a_day(rows):
    Result.objects.update(total="90.00")
    end = rows.training_class.end
    assert {one.question for one in reconcile_results(since=end).findings} == {"result", "outcome"}
    later = reconcile_results(since=end + timedelta(days=1))
    assert (later.classes, {one.question for one in later.findings}) == (0, {"outcome"})


def test_rel_02_a_record_that_came_later_is_named_until_it_is_amended(rows, clerk):
    _, ben = rows.enrolments
    rows.enter(ben, "研讨交流", "5")
    assert found() == [("result", ben.pk, "按现有记录重新计算不符：总分 71.00 → 76.00")]
    amend_results(rows.training_class, actor=clerk, reason="补记研讨交流")
    assert found() == []


def test_rel_02_drafts_are_nobody_s_figures_yet(clerk):
    rows = ClassRows(make_unit())
    rows.add_sessions("4")
    rows.enrol("安宁")
    assert found() == []


def test_rel_02_a_total_that_left_the_roster_is_named(rows):
    ann, _ = rows.enrolments
    Enrolment.objects.filter(pk=ann.pk).update(total="87.00")
    assert found() == [("outcome", ann.pk, "名册记 87.00 良好，成绩为 86.00 良好")]


def test_rel_02_hours_in_the_ledger_are_those_of_attendance():
    story = a_story()
    story.close()
    assert [one for one in found() if one[0] == "hours"] == []
    make.mark(story.seats[0], story.sessions[0], AttendanceMark.Mark.SICK)
    assert ("hours", story.seats[0].pk, "台账记 16 学时 2 天，考勤得 12 学时 1.5 天") in found()


def test_rel_02_what_a_second_look_does_not_find_is_no_fault(rows, monkeypatch):
    """A class that is being closed: its hours were seen, its state not yet."""
    ann, _ = rows.enrolments
    looks = [[Difference("hours", ann.pk, "台账记 16 学时 2 天，考勤得 0 学时 0 天")], []]
    monkeypatch.setattr(reconciling, "hours_differ", lambda since: looks.pop(0))
    assert (found(), looks) == ([], [])
    assert AuditEntry.objects.get(event="results.reconcile").result == "ok"


def test_rel_02_a_class_that_is_open_has_nothing_in_the_ledger():
    story = a_story()
    story.close()
    TrainingClass.objects.update(state="reopened")
    hours = {one[1:] for one in found() if one[0] == "hours"}
    assert hours == {(seat.pk, "台账记 16 学时 2 天，考勤得 0 学时 0 天") for seat in story.seats}
