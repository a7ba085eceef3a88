"""结班 through the pages: hours of a class, who never came, a mark of a closed class (SEC-22)."""

import io
from decimal import Decimal
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from assessments.models import Result
from core.models import AuditEntry
from tests.access import stage
from trainees.models import CreditEntry
from training.models import CorrectionRequest, Enrolment, TrainingClass
from training.services.corrections import ask_correction

pytestmark = pytest.mark.django_db
REASON = "病假条结班后补交"


@pytest.fixture
def one(yunling):
    return yunling.training_class


def url(name, *args):
    return reverse(f"portal:{name}", args=args)


def close(client, one):
    one.refresh_from_db()
    return client.post(url("class_close", one.pk), {"op_id": uuid4(), "seen": one.version}, follow=True)


def correct(client, who, when, mark="sick", seen=1):
    facts = {"op_id": uuid4(), "mark": mark, "reason": REASON, "seen": seen}
    return client.post(url("correction_ask", who.training_class_id, who.pk, when.pk), facts, follow=True)


def test_hours_stand_before_and_after_closing(yunling, one, client_of):
    """Four half-days of four hours each; three trainees."""
    client = client_of(yunling.staff)
    before = client.get(url("class_closing", one.pk)).content.decode()
    assert "结班时将记入的学时" in before and "必修学分" not in before
    after = close(client, one).content.decode()
    assert "已结班，学时已记入每名学员的台账" in after and "已入账学时" in after
    assert f"{url('cadre', yunling.cadres[0].pk)}#ledger" in after
    assert CreditEntry.objects.live().filter(source_kind="class").count() == 3


def test_a_manager_sees_hours_and_no_way_to_people_s_own_pages(yunling, one, client_of):
    close(client_of(yunling.staff), one)
    body = client_of(yunling.manager).get(url("class_closing", one.pk)).content.decode()
    assert yunling.enrolments[0].roster_name in body and "已入账学时" in body
    assert "/cadres/" not in body


def test_who_owes_something_has_no_button_and_is_told_who_confirms(yunling, client_of):
    """Pressed all the same, on a page from before: back on the class's page with the sentence, and nothing is barred."""
    one = yunling.open_class
    client = client_of(yunling.manager)
    body = client.get(url("class_closing", one.pk)).content.decode()
    assert "还不能结班：还有 1 名学员的成绩没有确认" in body and 'data-opens="ask-close"' not in body
    assert "本班考评工作小组确认" in body and "去确认" not in body
    answer = close(client, one)
    assert answer.redirect_chain == [(url("class_closing", one.pk), 302)]
    assert "还不能结班：还有 1 名学员的成绩没有确认（到“成绩”确认）" in answer.content.decode()
    assert not AuditEntry.objects.filter(event="access.refused").exists()


def test_the_export_has_a_line_a_trainee_and_year(yunling, one, client_of):
    client = client_of(yunling.staff)
    close(client, one)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url("class_hours_export", one.pk)))), read_only=True)
    rows = list(sheet.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("序号", "姓名", "单位") and len(rows) == 4
    assert rows[1][5:10] == (2026, 16, 2, 16, 0)


def test_who_never_came_is_struck_off_and_results_follow(yunling, client_of):
    one = yunling.open_class
    stage.stayed_away(yunling)
    client = client_of(yunling.manager)
    page = client.get(url("class_closing", one.pk)).content.decode()
    assert "一次课也没有到的学员" in page and yunling.open_enrolment.roster_name in page
    facts = {"op_id": uuid4(), "reason": "经派出单位核实", "seen": one.revision}
    body = client.post(url("class_no_shows", one.pk), facts, follow=True).content.decode()
    assert "已从名册划去 1 人，记为未报到" in body
    assert Enrolment.objects.get(pk=yunling.open_enrolment.pk).state == Enrolment.State.NO_SHOW
    assert not Result.objects.filter(enrolment=yunling.open_enrolment).exists()


def test_a_list_that_moved_on_strikes_nobody_off(yunling, client_of):
    stage.stayed_away(yunling)
    facts = {"op_id": uuid4(), "reason": "经派出单位核实", "seen": 99}
    assert client_of(yunling.manager).post(url("class_no_shows", yunling.open_class.pk), facts).status_code == 409
    assert Enrolment.objects.get(pk=yunling.open_enrolment.pk).state != Enrolment.State.NO_SHOW


def decide(client, row, verb="approve", **more):
    facts = {"op_id": uuid4(), "seen": row.version, **more}
    return client.post(url(f"correction_{verb}", row.pk), facts, follow=True)


def test_sec_22_a_corrected_mark_says_when_the_result_no_longer_follows(yunling, one, client_of):
    """迟到 cost one point; 病假 costs half a point: the total would be 0.5 more, and stays as it was confirmed."""
    client, who = client_of(yunling.staff), yunling.enrolments[0]
    close(client, one)
    confirmed = Result.objects.get(enrolment=who)
    page = correct(client_of(yunling.manager), who, who.marks.get().session).content.decode()
    assert "更正申请已提交" in page and "迟到 → 病假" in page
    row = CorrectionRequest.objects.get()
    page = client.get(url("correction_page", row.pk)).content.decode()
    assert "16 学时、2 天、16 学分 → 12 学时、1.5 天、12 学分" in page
    body = decide(client, row).content.decode()
    assert "考勤已更正，台账已按差额更正" in body
    assert f"应为 {confirmed.total + Decimal('0.5')} 分" in body and "重新打开班次" in body
    assert Result.objects.get(enrolment=who).total == confirmed.total


def test_sec_22_a_locked_cell_changes_by_a_correction_only(yunling, one, client_of):
    """Sent to directly, it is 409, whatever page sends it; nothing changes."""
    client, who = client_of(yunling.staff), yunling.enrolments[0]
    when = who.marks.get().session
    assert correct(client, who, when).status_code == 403  # not closed yet
    close(client, one)
    assert correct(client, who, when, seen=7).status_code == 409
    stranger = yunling.open_class.sessions.get()
    assert correct(client, who, stranger).status_code == 404
    direct = {"op_id": str(uuid4()), "cells": [
        {"enrolment": str(who.pk), "session": str(when.pk), "mark": "sick", "version": 1},
    ]}  # fmt: skip
    for part in (client, client_of(yunling.manager)):
        sent = part.post(url("attendance_marks", one.pk), direct, content_type="application/json")
        assert (sent.status_code, sent.json()["over"]) == (409, True)
    assert who.marks.get().mark == "late"
    assert TrainingClass.objects.get(pk=one.pk).state == TrainingClass.State.CLOSED


def test_sec_22_who_asks_does_not_approve(yunling, one, client_of):
    client, who = client_of(yunling.staff), yunling.enrolments[0]
    close(client, one)
    page = correct(client, who, who.marks.get().session).content.decode()
    assert "不能审批自己提出的更正申请" in page and "同意更正" not in page
    row = CorrectionRequest.objects.get()
    for verb in ("approve", "return"):
        assert decide(client, row, verb, reason="请附请假条原件").status_code == 403
    row.refresh_from_db()
    assert (row.state, who.marks.get().mark) == ("asked", "late")
    assert "已撤回更正申请" in decide(client, row, "withdraw").content.decode()


def test_a_returned_request_says_why_and_the_drawer_tells_of_both(yunling, one, client_of):
    staff, manager, who = client_of(yunling.staff), client_of(yunling.manager), yunling.enrolments[0]
    drawer = url("attendance_history", one.pk, who.pk, who.marks.get().session_id)
    assert "提交申请" not in staff.get(drawer).content.decode()
    close(staff, one)
    for client in (staff, manager):
        assert "提交申请" in client.get(drawer).content.decode()
    correct(manager, who, who.marks.get().session)
    told = manager.get(drawer).content.decode()
    assert "迟到 → 病假" in told and "提交申请" not in told  # one request a cell
    assert "本班有 1 份更正申请待审批" in staff.get(url("class_attendance", one.pk)).content.decode()
    assert "1 份考勤更正申请等您审批" in staff.get(url("home")).content.decode()
    row = CorrectionRequest.objects.get()
    assert "已退回更正申请" in decide(staff, row, "return", reason="请附请假条原件").content.decode()
    assert "请附请假条原件" in manager.get(url("correction_page", row.pk)).content.decode()
    assert "提交申请" in manager.get(drawer).content.decode()


def test_lists_of_requests_have_a_fixed_number_of_queries(yunling, one, client_of, query_count):
    staff, manager = client_of(yunling.staff), client_of(yunling.manager)
    close(staff, one)
    places = [(staff, ""), (staff, "?show=all"), (manager, "")]

    def counts():
        return [query_count(lambda c=c, q=q: c.get(url("correction_list") + q)) for c, q in places]

    cells = [(who.pk, when.pk) for who in yunling.enrolments for when in one.sessions.order_by("date", "period")[1:3]]
    ask_correction(one, *cells[0], "sick", actor=yunling.manager, reason=REASON, seen=0)
    few = counts()
    for cell in cells[1:]:
        ask_correction(one, *cell, "sick", actor=yunling.manager, reason=REASON, seen=0)
    assert counts() == few
    body = manager.get(url("correction_list")).content.decode()
    assert body.count("出勤 → 病假") == 0 and body.count("未登记 → 病假") == 6
