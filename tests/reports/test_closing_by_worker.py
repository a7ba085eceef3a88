"""A year closed by a worker: asked for on a page, carried out once, and told in a sentence where it came to nothing."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone

from core.jobs import Unmakeable
from core.keys import new_key
from core.models import AuditEntry, Batch, BatchItem
from core.operations import Refused
from organization.models import Account, Grant
from organization.roles import Role
from reports.models import ArchivePaper
from reports.services import year_end
from reports.services.year_end import ask_to_close, close_as_asked, close_with_statements
from tests import factories as make
from tests.worker import work_off
from trainees.models import CreditEntry, LedgerAct, LedgerYear, Recognition
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 5)
State = LedgerAct.State


@pytest.fixture
def city(yunling):
    """Three learned in 2025; the first one carries 42.5 credits."""
    for who, hours in zip(yunling.cadres, ("92.5", "50", "40"), strict=True):
        post([Learning(who.pk, date(2025, 6, 30), "off_job", Decimal(hours), Decimal(5), "班", "class", new_key())],
             actor=None)  # fmt: skip
    assign_duties(None, 2025, actor=None)
    return yunling


def ask(city, actor: Account | None = None) -> LedgerAct:
    return ask_to_close(city.root, 2025, actor=actor or city.staff, on=JANUARY)


def colleague(city) -> Account:
    who = make.account("colleague", "裴照", unit=city.root)
    make.grant(who, Role.STAFF, city.root)
    return who


def is_closed() -> bool:
    return LedgerYear.objects.get(year=2025).closed_at is not None


def lose_the_right(city) -> None:
    Grant.objects.filter(account=city.staff).update(until=timezone.localdate() - timedelta(days=1))


def lose_the_account(city) -> None:
    Account.objects.filter(pk=city.staff.pk).update(is_active=False)


def vet_one_more(city) -> None:
    who, day = city.cadres[1], date(2025, 5, 2)
    facts = {"title": "外训", "title_key": "外训", "since": day, "until": day, "hours": 4, "state": "vetted"}
    Recognition.objects.create(cadre=who, unit=who.unit, channel="online", **facts)


def test_asking_writes_no_ledger_and_the_worker_closes(city):
    act = ask(city)
    assert (act.state, is_closed()) == (State.WAITING, False)
    work_off("year_close")
    act.refresh_from_db()
    assert (act.state, is_closed()) == (State.DONE, True)
    assert act.outcome == {"people": 3, "carry": {"people": 1, "credits": "42.5"}}
    closed = LedgerYear.objects.get(year=2025)
    assert closed.closed_by_id == city.staff.pk
    assert AuditEntry.objects.get(event="ledger_year.close").actor_id == city.staff.pk
    assert Batch.objects.filter(kind="statements").count() == 1


def test_asked_twice_by_the_same_it_is_one_act(city):
    assert ask(city) == ask(city)
    assert Batch.objects.filter(kind="year_close").count() == 1
    assert AuditEntry.objects.filter(event="ledger_act.ask").count() == 1


def test_while_one_waits_nobody_else_asks(city):
    act = ask(city)
    at = timezone.localtime(act.created)
    with pytest.raises(Refused, match=f"{city.staff.display_name}{at:%H:%M}提交的年度结账正在办理"):
        ask(city, colleague(city))


def test_rung_for_twice_it_is_done_once(city):
    act = ask(city)
    close_as_asked(act.pk)
    close_as_asked(act.pk)
    assert CreditEntry.objects.filter(channel="carry").count() == 1
    assert ArchivePaper.objects.count() == 1


def test_what_forbids_closing_is_said_at_once(city):
    with pytest.raises(Refused, match="2026年1月1日起可以结账"):
        ask_to_close(city.root, 2025, actor=city.staff, on=date(2025, 12, 31))
    with pytest.raises(Refused, match="组织部干部教育科"):
        ask(city, city.liaison)
    close_with_statements(city.root, 2025, actor=city.staff, on=JANUARY)
    with pytest.raises(Refused, match="不能再结"):
        ask(city)
    assert not LedgerAct.objects.exists()


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (lose_the_right, "年度结账由管理这些干部的组织部干部教育科办理"),
        (lose_the_account, "账号已停用"),
        (vet_one_more, "待组织部确认的学分认定"),
    ],
)
def test_what_happened_between_the_press_and_the_worker_is_asked_again(city, meanwhile, words):
    act = ask(city)
    meanwhile(city)
    work_off("year_close")
    act.refresh_from_db()
    assert (act.state, is_closed()) == (State.REFUSED, False)
    assert words in act.reason
    told = AuditEntry.objects.get(event="ledger_act.refuse")
    assert (told.actor_id, told.result) == (city.staff.pk, "refused")
    assert BatchItem.objects.get(kind="year_close").attempts == 1  # the rules' no is not tried again


def test_what_breaks_in_the_middle_leaves_nothing_and_is_begun_again(city, monkeypatch):
    act, real = ask(city), year_end.close_with_statements

    def breaks(*args, **more):
        real(*args, **more)
        raise MemoryError

    monkeypatch.setattr(year_end, "close_with_statements", breaks)
    work_off("year_close")
    assert not is_closed() and not CreditEntry.objects.filter(channel="carry").exists()
    monkeypatch.undo()
    BatchItem.objects.update(not_before=None)
    work_off("year_close")
    act.refresh_from_db()
    assert (act.state, is_closed()) == (State.DONE, True)


def test_after_three_failures_the_page_has_its_sentence_and_the_year_can_be_asked_for_again(city, monkeypatch):
    act = ask(city)

    def breaks(_: UUID) -> None:
        raise MemoryError

    monkeypatch.setattr(year_end, "close_as_asked", breaks)
    for _ in range(3):
        BatchItem.objects.update(not_before=None)
        work_off("year_close")
    act.refresh_from_db()
    assert (act.state, act.reason) == (State.REFUSED, "内部错误（MemoryError），详见运行日志")
    assert ask(city) != act


def test_the_sentence_goes_to_the_job_too(city):
    act = ask(city)
    lose_the_right(city)
    with pytest.raises(Unmakeable, match="组织部干部教育科"):
        close_as_asked(act.pk)
