"""台账年度 and 年度学习情况 on their pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.files import keep
from core.keys import new_key
from reports.models import ArchivePaper
from reports.services.year_end import ask_to_close, close_with_statements, write_statements
from tests import factories as make
from tests.access.stage import op_id
from tests.trainees import recognition_rows as rows
from tests.worker import work_off
from trainees.models import LedgerYear
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post
from trainees.services.years import close_year

pytestmark = pytest.mark.django_db


def learn(who, hours, on=date(2025, 6, 30), title="第一期研修班"):
    post([Learning(who.pk, on, "off_job", Decimal(hours), Decimal(5), title, "class", new_key())], actor=None)


@pytest.fixture
def city(yunling):
    for who, hours in zip(yunling.cadres, ("92.5", "50", "40"), strict=True):
        learn(who, hours)
    assign_duties(None, 2025, actor=None)
    return yunling


def address(name, city, year=2025):
    return reverse(f"portal:{name}", args=[city.root.pk, year])


def close(city):
    close_with_statements(city.root, 2025, actor=city.staff, on=timezone.localdate())
    write_statements(ArchivePaper.objects.get(unit=city.root, year=2025).pk)


def test_before_closing_the_page_says_what_it_will_do(city, client_of):
    body = client_of(city.staff).get(address("ledger_year", city)).content.decode()
    assert "将锁定 3 人、3 条记录的2025年台账；将结转 1 人 42.5 学分到2026年选修" in body
    assert "请输入“2025年结账”" in body


@pytest.mark.parametrize("typed", ["", "2025", "2024年结账"])
def test_without_the_sentence_nothing_is_closed(city, client_of, typed):
    answer = client_of(city.staff).post(address("ledger_close", city), {"op_id": op_id(), "typed": typed})
    assert "2025年结账" in answer.content.decode()
    assert not LedgerYear.objects.get(year=2025).closed_at


def test_closing_and_what_comes_late(city, client_of):
    client = client_of(city.staff)
    sent = {"op_id": op_id(), "typed": "2025年结账"}
    assert client.post(address("ledger_close", city), sent).status_code == 302
    assert client.post(address("ledger_close", city), sent).status_code == 302  # the same answer again
    body = client.get(address("ledger_year", city)).content.decode()
    assert "正在结账" in body and f"由{city.staff.display_name}提交" in body and "请输入" not in body
    assert "办理中" in client.get(reverse("portal:ledger_years")).content.decode()
    work_off("year_close")
    learn(city.cadres[1], "8", title="补记的培训")
    body = client.get(address("ledger_year", city)).content.decode()
    assert "结转 1 人 42.5 学分到2026年选修" in body
    assert "结账后入账 1 条，涉及 1 人，合计 8 学时、8 学分" in body
    assert "补记的培训" in body
    assert "已结账" in client.get(reverse("portal:ledger_years")).content.decode()


def test_the_bar_asks_until_it_is_done_and_then_brings_the_page_up_to_date(city, client_of):
    act = ask_to_close(city.root, 2025, actor=city.staff, on=timezone.localdate())
    client, bar = client_of(city.staff), reverse("portal:ledger_act", args=[act.pk])
    answer = client.get(bar)
    assert "正在结账" in answer.content.decode() and "HX-Refresh" not in answer
    work_off("year_close")
    assert client.get(bar)["HX-Refresh"] == "true"


def test_what_the_worker_refused_is_told_beside_the_form(city, client_of):
    ask_to_close(city.root, 2025, actor=city.staff, on=timezone.localdate())
    learn(city.cadres[0], "1", on=date(2024, 5, 5))
    work_off("year_close")
    body = client_of(city.staff).get(address("ledger_year", city)).content.decode()
    assert "没有办成，没有写入任何内容" in body and "请先结2024年的账" in body


def test_a_year_that_was_closed_without_statements_says_so(city, client_of):
    close_year(city.root, 2025, actor=city.staff, on=timezone.localdate())
    body = client_of(city.staff).get(address("ledger_year", city)).content.decode()
    assert "这一年没有制作年度学习情况" in body and "正在制作" not in body


def test_what_stands_in_the_way_is_shown_instead_of_the_form(city, client_of):
    year = timezone.localdate().year
    body = client_of(city.staff).get(address("ledger_year", city, year)).content.decode()
    assert f"{year + 1}年1月1日起可以结账" in body
    assert "上面的事办完以后才能结账" in body


def test_what_closing_waits_for_opens_as_exactly_that(city, client_of):
    """Two classes end in 2026; a class of another year and a filing that is vetted already stay away."""
    client = client_of(city.staff)
    days = {"start": date(2025, 9, 1), "end": date(2025, 9, 5)}
    make.enrolment(make.training_class(city.root, "上一年的班次", "YL-1", **days), city.cadres[0], 1)
    filing, other = rows.filing(city), rows.filing(city, "另一次学习")
    rows.vetted(city, other)

    def urls(year):
        checks = client.get(address("ledger_year", city, year)).context["checks"]
        return {each["label"]: each["url"] for each in checks}

    classes = urls(2026)["本级及下级已结束的班次都已结班"]
    assert {one["name"] for one in client.get(classes).context["page_obj"]} == {
        city.training_class.name,
        city.open_class.name,
    }
    filed = urls(filing.until.year)["待单位审核的学分认定"]
    assert [one["title"] for one in client.get(filed).context["page_obj"]] == [filing.title]
    assert client_of(city.manager).get(classes).status_code == client_of(city.liaison).get(filed).status_code == 404


def test_as_known_on_a_day(city, client_of):
    yesterday, today = timezone.localdate() - timedelta(days=1), timezone.localdate()
    client = client_of(city.staff)
    body = client.get(address("ledger_year", city), {"known": today}).content.decode()
    assert "182.5" in body
    assert "那一天还没有入账" in client.get(address("ledger_year", city), {"known": yesterday}).content.decode()
    for text in ("今天", "2026-02-30", "0001-01-01", "9999-12-31"):
        assert client.get(address("ledger_year", city), {"known": text}).status_code == 200


def test_each_finds_the_statements_of_their_units(city, client_of):
    close(city)
    ArchivePaper.objects.filter(year=2025).update(file=keep(make.PDF))

    def units(part):
        body = client_of(city.accounts[part]).get(reverse("portal:statements")).content.decode()
        return [unit for unit in (city.root, city.bureau, city.office, city.sibling) if f">{unit.name}<" in body]

    assert units("staff") == units("leader") == [city.root, city.bureau, city.office, city.sibling]
    assert units("liaison") == [city.bureau, city.office]
    assert units("sibling_liaison") == [city.sibling]


def test_the_number_of_queries_is_fixed(city, client_of, query_count):
    close(city)
    client = client_of(city.staff)
    learn(city.cadres[1], "8")
    urls = [reverse("portal:ledger_years"), address("ledger_year", city), reverse("portal:statements")]
    urls += [address("ledger_year", city, 2026), address("ledger_people_export", city)]
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    for number in range(4):
        who = make.cadre(f"后来者{number}", make.unit(f"N{number}", f"新单位{number}", city.root), city.root)
        learn(who, "8")
        learn(who, "8", on=date(2026, 1, 9))
        ArchivePaper.objects.create(
            kind="unit_year",
            unit=who.unit,
            year=2025,
            facts={"people": 1, "rate": "1", "not_met": 0, "rank": 1, "siblings": 2},
        )
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
