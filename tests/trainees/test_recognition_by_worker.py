"""A platform's records confirmed by a worker: asked for once, rights asked twice, whole or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.keys import new_key
from core.models import AuditEntry, BatchItem
from core.operations import Refused
from organization.models import Grant
from organization.roles import Role
from portal.pages.ledger_acts import note
from tests import factories as make
from tests.trainees import recognition_rows as rows
from tests.worker import work_off
from trainees.models import CreditEntry, FrozenYear, LedgerAct, Platform, PlatformUpload, Recognition
from trainees.services.ledger import Learning, post
from trainees.services.recognition import UNDECIDED, ask_to_confirm, confirm_as_asked, import_export

pytestmark = pytest.mark.django_db

State = LedgerAct.State


def imported(city, *lines: str, by: str = "liaison") -> PlatformUpload:
    Platform.objects.filter(pk=rows.platform(city).pk).update(columns=rows.MAPPED)
    upload = rows.uploaded(city, *(lines or [rows.line(city)]), by=by)
    import_export(upload, actor=city.accounts[by])
    return upload


def carried_out(act: LedgerAct) -> LedgerAct:
    work_off("recognition_confirm")
    act.refresh_from_db()
    return act


def test_the_worker_confirms_what_the_page_asked_for(yunling):
    upload = imported(yunling, rows.line(yunling), rows.line(yunling, title="另一门课", number="A2"))
    act = ask_to_confirm(upload, actor=yunling.staff)
    assert not CreditEntry.objects.exists()
    assert carried_out(act).outcome == {"confirmed": 2, "left": 0, "why": ""}
    assert set(Recognition.objects.values_list("state", "confirmed_by_id")) == {("confirmed", yunling.staff.pk)}
    assert sorted(CreditEntry.objects.values_list("credits", "actor_id")) == [(10, yunling.staff.pk)] * 2
    confirm_as_asked(act.pk)
    assert CreditEntry.objects.count() == 2
    assert AuditEntry.objects.get(event="recognition.confirm").actor_id == yunling.staff.pk


def test_a_second_press_is_the_same_act_and_another_person_is_told(yunling):
    upload = imported(yunling)
    assert ask_to_confirm(upload, actor=yunling.staff) == ask_to_confirm(upload, actor=yunling.staff)
    other = make.account("other", "裴照", unit=yunling.root)
    make.grant(other, Role.STAFF, yunling.root)
    with pytest.raises(Refused, match="提交的确认平台记录正在办理"):
        ask_to_confirm(upload, actor=other)


def test_what_is_not_the_departments_or_nothing_at_all_is_said_at_once(yunling):
    upload = imported(yunling)
    with pytest.raises(Refused, match="组织部干部教育科"):
        ask_to_confirm(upload, actor=yunling.liaison)
    carried_out(ask_to_confirm(upload, actor=yunling.staff))
    with pytest.raises(Refused, match="没有等待确认的记录"):
        ask_to_confirm(upload, actor=yunling.staff)


def test_who_brought_the_records_does_not_confirm_them(yunling):
    upload = imported(yunling, by="staff")
    with pytest.raises(Refused, match="审核和确认不能是同一个人"):
        ask_to_confirm(upload, actor=yunling.staff)


def test_a_right_that_was_lost_meanwhile_confirms_nothing(yunling):
    act = ask_to_confirm(imported(yunling), actor=yunling.staff)
    Grant.objects.filter(account=yunling.staff).update(until=timezone.localdate() - timedelta(days=1))
    assert carried_out(act).state == State.REFUSED
    assert act.reason == "平台记录由组织部干部教育科确认"
    assert not CreditEntry.objects.exists()
    assert set(Recognition.objects.values_list("state", flat=True)) == {"vetted"}


def test_doubles_are_left_and_said(yunling):
    """The same course under another number: somebody has to decide first."""
    upload = imported(yunling, rows.line(yunling), rows.line(yunling, number="A2"))
    told = carried_out(ask_to_confirm(upload, actor=yunling.staff)).outcome
    assert told == {"confirmed": 1, "left": 1, "why": "疑似重复，请先判断是否重复"}


def test_doubles_that_only_the_worker_found_wait_for_somebody_to_decide(yunling):
    """A class of that name was posted after the import: nothing is confirmed, but the record is marked now."""
    upload, who = imported(yunling), yunling.cadres[0]
    facts = {"title": "乡村振兴专题", "source_kind": "class", "source_id": new_key()}
    post([Learning(who.pk, timezone.localdate(), "off_job", Decimal(4), Decimal(1), **facts)], actor=None)
    act = carried_out(ask_to_confirm(upload, actor=yunling.staff))
    assert Recognition.objects.filter(UNDECIDED).count() == 1
    told = note(act)
    assert told["tone"] == "warn" and "没有一条认定；1 条没有确认：疑似重复，请先判断是否重复" in told["text"]


def test_whose_year_is_frozen_is_counted_not_named_in_what_is_kept(yunling):
    """The names stand in the list of frozen years; acts, jobs and the log keep none (SEC-34)."""
    who = yunling.cadres[0]
    FrozenYear.objects.create(cadre=who, year=timezone.localdate().year, words="余额与记录合计不符", run=new_key())
    act = carried_out(ask_to_confirm(imported(yunling), actor=yunling.staff))
    assert act.state == State.REFUSED and act.reason.startswith("有 1 人的台账核对有差异，已冻结，本次没有入账")
    kept = [act.reason, BatchItem.objects.get().error, AuditEntry.objects.get(event="ledger_act.refuse").reason]
    assert not any(who.name in words for words in kept)
