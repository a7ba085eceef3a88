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
from training.models import Enrolment, TrainingClass

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
    return client.post(url("attendance_correct", who.training_class_id, who.pk, when.pk), facts, follow=True)


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


def test_sec_22_a_corrected_mark_says_when_the_result_no_longer_follows(yunling, one, client_of):
    """迟到 cost one point; 病假 costs half a point: the total would be 0.5 more, and stays as it was confirmed."""
    client, who = client_of(yunling.staff), yunling.enrolments[0]
    close(client, one)
    confirmed = Result.objects.get(enrolment=who)
    body = correct(client, who, who.marks.get().session).content.decode()
    assert "考勤已更正，台账已按差额更正" in body
    assert f"应为 {confirmed.total + Decimal('0.5')} 分" in body and "重新打开班次" in body
    assert Result.objects.get(enrolment=who).total == confirmed.total


def test_sec_22_a_locked_cell_changes_by_a_correction_only(yunling, one, client_of):
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
    sent = client.post(url("attendance_marks", one.pk), direct, content_type="application/json")
    assert sent.status_code == 403
    assert who.marks.get().mark == "late"
    assert TrainingClass.objects.get(pk=one.pk).state == TrainingClass.State.CLOSED


def test_the_drawer_of_a_closed_class_offers_the_correction_to_the_department_only(yunling, one, client_of):
    who = yunling.enrolments[0]
    drawer = url("attendance_history", one.pk, who.pk, who.marks.get().session_id)
    assert "更正考勤" not in client_of(yunling.staff).get(drawer).content.decode()
    close(client_of(yunling.staff), one)
    assert "更正考勤" in client_of(yunling.staff).get(drawer).content.decode()
    assert "更正考勤" not in client_of(yunling.manager).get(drawer).content.decode()
