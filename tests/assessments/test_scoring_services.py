"""Score, show, confirm, amend: what is written, what is refused, what the audit log says."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from assessments.models import ClassAssessment, Result
from assessments.scoring.explain import explain
from assessments.services import (
    amend_results,
    confirm_results,
    decide_candidate,
    override_leave_cap,
    score_class,
    show_results,
)
from core.models import AuditEntry
from core.operations import Refused
from organization.models import Grant
from tests.assessments.scoring.rows import ClassRows, make_account, make_unit
from tests.assessments.scoring.samples import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db):
    return make_account()


@pytest.fixture
def rows(db):
    """Three trainees: 86 + 1, 86 and 71 points, 14 hours."""
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3", "2", "4", "1")
    ann, ben, _ = rows.enrol("安宁", "本立", "程远")
    rows.score("final", 安宁="100", 本立="100", 程远="100")
    for person in (ann, ben):
        rows.enter(person, "研讨交流", "15")
    rows.enter(ann, "加分项", "1")
    return rows


def results(rows):
    return list(Result.objects.of_class(rows.training_class))


def events(name):
    return AuditEntry.objects.filter(event=name).order_by("pk")


def test_scoring_writes_a_draft_for_everybody(rows, clerk):
    assert score_class(rows.training_class, actor=clerk) == 3
    first, second, third = results(rows)
    assert (first.total, first.base, first.bonus) == (Decimal("87.00"), Decimal("86.00"), Decimal("1.00"))
    assert [row.grade for row in results(rows)] == ["良好", "良好", "合格"]
    assert [row.rank for row in results(rows)] == [1, 2, 3]
    assert (first.state, first.version, first.points["研讨交流"]) == ("draft", 1, "15.00")
    assert (second.final_score, second.entry_score) == (Decimal("100.00"), None)
    assert third.explanation == explain([third.enrolment])[third.enrolment_id]
    assert events("results.score").get().after == {"changed": 3}


def test_scoring_again_changes_nothing_and_a_new_entry_changes_its_trainee(rows, clerk):
    score_class(rows.training_class, actor=clerk)
    assert score_class(rows.training_class, actor=clerk) == 0
    rows.enter(rows.enrolments[0], "加分项", "2")
    assert score_class(rows.training_class, actor=clerk) == 1
    assert [(str(row.total), row.version) for row in results(rows)] == [("89.00", 2), ("86.00", 1), ("71.00", 1)]


def test_who_left_the_roster_loses_the_draft(rows, clerk):
    score_class(rows.training_class, actor=clerk)
    gone = rows.enrolments[2]
    gone.state = "substituted"
    gone.save()
    score_class(rows.training_class, actor=clerk)
    assert [row.enrolment.roster_name for row in results(rows)] == ["安宁", "本立"]


def test_a_sample_confirmed_equals_what_is_expected(clerk):
    sample = load("clean")
    confirm_results(sample.rows.training_class, actor=clerk)
    for row, expected in zip(results(sample.rows), sample.expected["results"], strict=True):
        assert (row.enrolment.roster_name, str(row.total), row.grade) == (
            expected["name"], expected["total"], expected["grade"],
        )  # fmt: skip
        assert {name: row.points[name] for name in expected["items"]} == expected["items"]
        assert row.candidate == ("是" if expected["candidate"] else "")


def test_showing_moves_drafts_only_once(rows, clerk):
    score_class(rows.training_class, actor=clerk)
    assert show_results(rows.training_class, actor=clerk) == 3
    assert {row.state for row in results(rows)} == {"shown"}
    with pytest.raises(Refused, match="没有待公示的成绩"):
        show_results(rows.training_class, actor=clerk)


def test_what_changes_while_it_is_shown_is_shown_anew(rows, clerk):
    """Two days to object begin with the figures that somebody objects to; who keeps every figure keeps their days."""
    score_class(rows.training_class, actor=clerk)
    show_results(rows.training_class, actor=clerk)
    before = {row.enrolment_id: (row.total, row.rank, row.candidate) for row in results(rows)}
    rows.enter(rows.enrolments[0], "加分项", "2")
    score_class(rows.training_class, actor=clerk)
    found = {row.enrolment_id: row for row in results(rows)}
    assert found[rows.enrolments[0].pk].state == "draft"
    for key, row in found.items():
        if (row.total, row.rank, row.candidate) == before[key] and row.enrolment_id != rows.enrolments[0].pk:
            assert row.state == "shown"
    assert show_results(rows.training_class, actor=clerk) >= 1


def test_confirming_recomputes_and_writes_the_outcome_on_the_enrolments(rows, clerk):
    score_class(rows.training_class, actor=clerk)
    rows.enter(rows.enrolments[0], "加分项", "2")
    assert confirm_results(rows.training_class, actor=clerk) == 3
    assert [(str(row.total), row.state) for row in results(rows)] == [
        ("89.00", "confirmed"), ("86.00", "confirmed"), ("71.00", "confirmed"),
    ]  # fmt: skip
    written = [(str(row.enrolment.total), row.enrolment.grade) for row in results(rows)]
    assert written == [("89.00", "良好"), ("86.00", "良好"), ("71.00", "合格")]
    assessment = ClassAssessment.objects.get(pk=rows.training_class.pk)
    assert assessment.confirmed_by_id == clerk.pk
    assert assessment.confirmed_at is not None
    assert events("results.confirm").get().object_id == str(rows.training_class.pk)


def test_sec_22_confirmed_results_are_not_rewritten(rows, clerk):
    confirm_results(rows.training_class, actor=clerk)
    with pytest.raises(Refused, match="已经确认，不能直接重算"):
        score_class(rows.training_class, actor=clerk)
    with pytest.raises(Refused, match="不必重复确认"):
        confirm_results(rows.training_class, actor=clerk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.filter(training_class=rows.training_class).update(state="draft")


def test_an_empty_roster_and_a_class_without_scheme_are_refused(clerk):
    rows = ClassRows(make_unit())
    with pytest.raises(Refused, match="没有学员"):
        confirm_results(rows.training_class, actor=clerk)
    ClassAssessment.objects.all().delete()
    with pytest.raises(Refused, match="还没有选定量化方案"):
        score_class(rows.training_class, actor=clerk)


def test_sec_22_an_amendment_touches_only_what_changed_and_keeps_before_and_after(rows, clerk):
    confirm_results(rows.training_class, actor=clerk)
    rows.enter(rows.enrolments[2], "加分项", "2")
    changed = amend_results(rows.training_class, actor=clerk, reason="漏登一次加分")
    assert changed == [rows.enrolments[2].pk]
    rewritten = [(row.state, str(row.total), row.version) for row in results(rows)]
    assert rewritten == [("confirmed", "87.00", 1), ("confirmed", "86.00", 1), ("amended", "73.00", 2)]
    last = results(rows)[2]
    assert (last.explanation or {})["bonus"] == "2.00"
    assert last.enrolment.total == Decimal("73.00")
    audit = events("results.amend").get()
    assert (audit.before["total"], audit.after["total"]) == ("71.00", "73.00")
    assert (audit.before["state"], audit.after["state"], audit.reason) == ("confirmed", "amended", "漏登一次加分")
    assert amend_results(rows.training_class, actor=clerk, reason="再核对一次") == []


def test_a_changed_reason_alone_is_an_amendment(rows, clerk):
    (entry,) = rows.enter(rows.enrolments[0], "加分项", "2", reason="调研成果一等奖")
    confirm_results(rows.training_class, actor=clerk)
    rows.reverse(entry)
    rows.enter(rows.enrolments[0], "加分项", "2", reason="调研成果二等奖")
    assert amend_results(rows.training_class, actor=clerk, reason="奖项更正") == [rows.enrolments[0].pk]
    assert str(results(rows)[0].total) == "89.00"


def test_who_leaves_after_confirmation_is_among_those_touched(rows, clerk):
    confirm_results(rows.training_class, actor=clerk)
    gone = rows.enrolments[2]
    gone.state = "withdrawn"
    gone.save()
    changed = amend_results(rows.training_class, actor=clerk, reason="退出班次")
    assert gone.pk in changed
    gone.refresh_from_db()
    assert (gone.total, gone.grade, Result.objects.filter(enrolment=gone).count()) == (None, "", 0)


def test_sec_22_an_amendment_needs_a_confirmation_and_a_reason(rows, clerk):
    with pytest.raises(Refused, match="尚未确认"):
        amend_results(rows.training_class, actor=clerk, reason="更正")
    confirm_results(rows.training_class, actor=clerk)
    with pytest.raises(Refused, match="须说明原因"):
        amend_results(rows.training_class, actor=clerk, reason=" ")


@pytest.fixture
def tie(db):
    """Two equals at 96 points and one place."""
    rows = ClassRows(make_unit())
    rows.add_sessions("4")
    people = rows.enrol("安宁", "本立", "程远")
    rows.score("final", 安宁="100", 本立="100", 程远="100")
    for person in people[:2]:
        rows.enter(person, "研讨交流", "15")
        rows.enter(person, "调研报告", "10")
    return rows


def test_a_tie_is_decided_with_a_minute_and_the_decision_stays(tie, clerk):
    score_class(tie.training_class, actor=clerk)
    ann, ben, che = results(tie)
    assert [row.candidate for row in (ann, ben, che)] == ["待定", "待定", ""]
    with pytest.raises(Refused, match="会议纪要"):
        decide_candidate(ann, True, actor=clerk, minute="")
    with pytest.raises(Refused, match="不在待定之列"):
        decide_candidate(che, True, actor=clerk, minute="纪要1号")
    chosen = decide_candidate(ann, True, actor=clerk, minute="考评组纪要〔2026〕3号")
    assert chosen.candidate == "是"
    assert (chosen.explanation or {})["candidate"][
        "sentence"
    ] == "考评工作小组研究决定列入优秀学员人选（考评组纪要〔2026〕3号）"
    with pytest.raises(Refused, match="名额 1 个已满"):
        decide_candidate(ben, True, actor=clerk, minute="考评组纪要〔2026〕3号")
    decide_candidate(ben, False, actor=clerk, minute="考评组纪要〔2026〕3号")
    assert score_class(tie.training_class, actor=clerk) == 0
    confirm_results(tie.training_class, actor=clerk)
    assert [row.candidate for row in results(tie)] == ["是", "", ""]
    assert [entry.reason for entry in events("candidate.decide")] == ["考评组纪要〔2026〕3号"] * 2


def test_a_decision_falls_when_others_are_tied(tie, clerk):
    score_class(tie.training_class, actor=clerk)
    decide_candidate(results(tie)[0], True, actor=clerk, minute="纪要1号")
    third = tie.enrolments[2]
    tie.enter(third, "研讨交流", "15")
    tie.enter(third, "调研报告", "10")
    score_class(tie.training_class, actor=clerk)
    assert [row.candidate for row in results(tie)] == ["待定"] * 3


def test_a_decision_after_confirmation_is_an_amendment(tie, clerk):
    confirm_results(tie.training_class, actor=clerk)
    assert [row.candidate for row in results(tie)] == ["待定", "待定", ""]
    decided = decide_candidate(results(tie)[1], True, actor=clerk, minute="纪要1号")
    assert (decided.state, decided.version, decided.candidate) == ("amended", 2, "是")
    assert amend_results(tie.training_class, actor=clerk, reason="核对") == []


def staff_of(unit):
    account = make_account()
    Grant.objects.create(account=account, role=Grant.Role.STAFF, unit=unit, since="2020-01-01")
    return account


def test_the_organization_department_overrides_the_leave_cap_with_a_reason(rows, clerk):
    person = rows.enrolments[1]
    rows.mark(person, "personal", first=1)  # 3 of 14 hours
    score_class(rows.training_class, actor=clerk)
    assert results(rows)[1].grade == "退学"
    with pytest.raises(Refused, match="组织部门作出"):
        override_leave_cap(person, actor=clerk, reason="援藏任务")
    staff = staff_of(rows.training_class.unit)
    with pytest.raises(Refused, match="特批理由"):
        override_leave_cap(person, actor=staff, reason="")
    override_leave_cap(person, actor=staff, reason="援藏任务")
    found = results(rows)[1]
    assert (found.grade, (found.explanation or {})["leave"]["override"]) == ("良好", "援藏任务")
    audit = events("leave.override").get()
    assert (audit.before, audit.after) == ({"override_reason": ""}, {"override_reason": "援藏任务"})


def test_a_sibling_units_staff_may_not_override(rows):
    stranger = staff_of(make_unit("望江市财政局"))
    with pytest.raises(Refused, match="没有这项权限"):
        override_leave_cap(rows.enrolments[1], actor=stranger, reason="援藏任务")


def test_the_audit_log_names_nobody(rows, clerk):
    confirm_results(rows.training_class, actor=clerk)
    rows.enter(rows.enrolments[0], "加分项", "2")
    amend_results(rows.training_class, actor=clerk, reason="漏登")
    for entry in AuditEntry.objects.all():
        assert "安宁" not in f"{entry.before}{entry.after}{entry.object_id}{entry.reason}"


def test_the_number_of_queries_does_not_grow_with_the_class(clerk, query_count):
    counts = []
    for size in (5, 50):
        rows = ClassRows(make_unit())
        rows.add_sessions("4")
        for person in rows.enrol(*(f"学员{i}" for i in range(size))):
            rows.mark(person, "late")
        counts.append(query_count(lambda rows=rows: confirm_results(rows.training_class, actor=clerk)))
    assert counts[0] == counts[1]
