"""SEC-35: the audit administrator's pages: found by who, what, when; in words; masked; every look is in the log."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.audit import record
from core.audit.sealing import seal_waiting
from core.models import AuditEntry, RowChange
from organization.roles import Role
from tests import factories as make

LIST = "admin:core_auditentry_changelist"


@pytest.fixture
def auditor(yunling):
    client = Client()
    client.force_login(yunling.audit_admin)
    return client


def found(client, **asked):
    """Keys of the entries that the list shows."""
    return {entry.pk for entry in client.get(reverse(LIST), asked).context["cl"].result_list}


@pytest.fixture
def three(yunling):
    """One entry by the staff, one about the liaison's account, one refused."""
    return (
        record(
            "results.amend", actor=yunling.staff.pk, obj=yunling.training_class, reason="身份证号110101199003071233有误"
        ),
        record("account.change", actor=yunling.system_admin.pk, obj=yunling.liaison, before={"is_active": True}),
        record("access.refused", actor=yunling.trainee.pk, result="refused"),
    )


def test_sec_35_found_by_who_what_and_result(auditor, yunling, three):
    amended, changed, refused = (entry.pk for entry in three)
    assert {amended} <= found(auditor, who="顾云舟") and changed not in found(auditor, who="顾云舟")
    assert changed in found(auditor, who=yunling.liaison.username)  # about the account, not by it
    assert found(auditor, event="results.amend") == {amended}
    assert found(auditor, result="refused") == {refused}
    assert amended in found(auditor, object_type="training.TrainingClass")
    assert changed in found(auditor, key=str(yunling.liaison.pk))
    assert found(auditor, who="没有这个人") == set()


def test_sec_35_found_by_day(auditor, three):
    today = timezone.localdate()
    assert {entry.pk for entry in three} <= found(auditor, since=today, until=today)
    assert found(auditor, until=today - timedelta(days=1)) == set()
    answer = auditor.get(reverse(LIST), {"since": "2026-03-02", "until": "2026-03-01"})
    assert "起始日期不能晚于截止日期" in answer.content.decode()


def test_sec_35_entries_read_in_words(auditor, three):
    body = auditor.get(reverse(LIST)).content.decode()
    assert "更正成绩" in body and "顾云舟（yl_staff）" in body and "被拒绝" in body
    assert "110101199003071233" not in body and "1****************3" in body


def test_sec_35_looks_are_in_the_log(auditor, yunling, three):
    auditor.get(reverse(LIST), {"who": "顾云舟"})
    auditor.get(reverse("admin:core_auditentry_change", args=[three[0].pk]))
    looks = AuditEntry.objects.filter(event="audit.read", actor_id=yunling.audit_admin.pk).order_by("pk")
    assert [look.after for look in looks] == [
        {"list": "core.AuditEntry", "who": "顾云舟"},
        {"list": "core.AuditEntry", "key": str(three[0].pk)},
    ]
    assert {look.role for look in looks} == {Role.AUDIT_ADMIN}


def test_sec_35_the_sheet_holds_what_the_list_shows(auditor, yunling, three):
    answer = auditor.get(reverse("admin:core_auditentry_export"), {"event": "results.amend"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active.values)
    assert len(rows) == 2 and rows[0][:4] == ("记录号", "时间", "操作", "操作人")
    assert rows[1][2:5] == ("更正成绩", "顾云舟", "yl_staff")
    assert rows[1][10] == "身份证号1****************3有误"
    entry = AuditEntry.objects.get(event="audit.export")
    assert (entry.after["rows"], entry.after["conditions"]) == (1, {"event": "results.amend"})
    assert len(entry.after["sha256"]) == 64


def test_sec_35_an_export_has_its_bound(auditor, three, monkeypatch):
    monkeypatch.setattr("portal.pages.audit.MOST", 2)
    answer = auditor.get(reverse("admin:core_auditentry_export"), follow=True)
    assert "一次最多导出 2 条" in answer.content.decode()
    assert not AuditEntry.objects.filter(event="audit.export").exists()


def test_sec_35_nothing_can_be_written_there(auditor, three):
    for model in ("auditentry", "auditseal", "auditarchive", "rowchange"):
        assert auditor.get(reverse(f"admin:core_{model}_add")).status_code == 403
    url = reverse("admin:core_auditentry_change", args=[three[0].pk])
    assert auditor.post(url, {"reason": "x"}).status_code == 403
    assert auditor.post(reverse("admin:core_auditentry_delete", args=[three[0].pk]), {"post": "yes"}).status_code == 403


def test_sec_35_the_history_of_a_row_is_found_by_its_key(auditor, yunling):
    given = yunling.liaison.grants.get()
    yunling.liaison.grants.update(until=date(2026, 12, 31))
    page = auditor.get(reverse("admin:core_rowchange_changelist"), {"q": str(given.pk)})
    shown = {(one.table_name, one.verb) for one in page.context["cl"].result_list}
    assert ("organization_grant", RowChange.Verb.UPDATE) in shown
    assert "授权" in page.content.decode()


def test_sec_35_pages_cost_the_same_with_many_entries(auditor, yunling, three, query_count):
    urls = [reverse(LIST), reverse("admin:core_rowchange_changelist")]
    few = [query_count(lambda url=url: auditor.get(url)) for url in urls]
    for number in range(30):
        record("unit.change", actor=yunling.staff.pk, unit_id=yunling.root.pk, after={"n": number})
    assert [query_count(lambda url=url: auditor.get(url)) for url in urls] == few


def test_sec_36_a_seals_page_verifies_its_entries(own_database, fast_passwords):
    unit = make.unit("YL", "云岭市委组织部")
    who = make.account("yl_audit", "纪明察", unit=unit)
    make.grant(who, Role.AUDIT_ADMIN, unit)
    for _ in range(3):
        record("unit.change", actor=None)
        seal_waiting()
    client = Client()
    client.force_login(who)
    assert client.get(reverse("admin:core_auditseal_changelist")).content.decode().count("完整") == 3
    page = client.get(reverse("admin:core_auditseal_change", args=[2])).content.decode()
    assert "完整：封存和它的每一条记录都没有被改动" in page
    assert "第 1 号封存" in client.get(reverse("admin:core_auditentry_change", args=[1])).content.decode()
