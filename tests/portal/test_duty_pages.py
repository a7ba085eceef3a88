"""学习任务 on screen: units with shares and ranks, people with states, the lists of who was missed, the files."""

import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from organization.models import Unit
from organization.services import set_preference
from portal import rules
from tests import factories as make
from tests.trainees.ledger_rows import entry
from trainees.models import Cadre, CreditEntry, Duty, LedgerYear
from trainees.services.duties import assign_duties

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year
ONLINE = {"channel": CreditEntry.Channel.ONLINE}


def page(client, name: str, **query) -> str:
    answer = client.get(reverse(f"portal:{name}"), query)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def sheet(client, name: str, **query) -> list[tuple]:
    data = b"".join(client.get(reverse(f"portal:{name}"), query).streaming_content)
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.values)


def attain(who: Cadre) -> None:
    """90 hours and 90 credits off the job, 50 on line."""
    entry(who, date(YEAR, 1, 10), "90", "15")
    entry(who, date(YEAR, 1, 11), "50", **ONLINE)


@pytest.fixture
def city(yunling):
    """史志研究中心 has two people (one below it) of whom one has attained; 园林管理处 has one, who has not."""
    for seat in yunling.enrolments:
        seat.cadre.enrolments.update(state="withdrawn")
    assign_duties(None, YEAR, actor=None)
    attain(yunling.cadres[0])
    return yunling


def test_units_are_ranked_by_share(city, client_of):
    body = page(client_of(city.staff), "duties")
    for said in ("云岭市史志研究中心", "云岭市园林管理处", "50.0%", "0.0%", "1 / 2", "0 / 1", "年度脱产培训", "33.3%"):
        assert said in body, said
    assert "望江" not in body


def test_the_rank_stands_in_the_file_too(city, client_of):
    head, *lines = sheet(client_of(city.staff), "duties_export")
    found = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    bureau, sibling, total = (found[name] for name in ("云岭市史志研究中心", "云岭市园林管理处", "合计"))
    assert (bureau["干部"], bureau["达标"], bureau["达标率（%）"], bureau["名次"], bureau["人均学时"]) == (
        2,
        1,
        50,
        1,
        70,
    )
    assert (sibling["名次"], sibling["达标率（%）"]) == (2, 0)
    assert (total["应达标"], total["达标"], total["名次"]) == (3, 1, None)


def test_the_form_for_the_appraisal(city, client_of):
    head, *lines = sheet(client_of(city.leader), "duties_appraisal")
    assert head[:4] == ("序号", "单位", "干部人数", "免除人数")
    assert [(line[0], line[1], line[6], line[7]) for line in lines] == [
        (1, "云岭市史志研究中心", 50, 1), (2, "云岭市园林管理处", 0, 2), (None, "合计", 33.3, None),
    ]  # fmt: skip


def test_one_way_down_into_a_unit(city, client_of):
    body = page(client_of(city.staff), "duties", unit=city.bureau.pk)
    assert "本级（不含下属单位）" in body and "编研科" in body and "园林管理处" not in body
    lines = sheet(client_of(city.staff), "duties_export", unit=city.bureau.pk)[1:]
    assert {line[0]: line[4] for line in lines} == {
        "本级（不含下属单位）": 100,
        "云岭市史志研究中心编研科": 0,
        "合计": 50,
    }


def test_a_requirement_chosen_is_what_is_ranked(city, client_of):
    entry(city.cadres[1], date(YEAR, 1, 10), "90")
    lines = sheet(client_of(city.staff), "duties_export", code="off_job")[1:]
    assert {line[0]: line[4] for line in lines} == {"云岭市史志研究中心": 50, "云岭市园林管理处": 100, "合计": 66.7}


def test_people_with_their_states(city, client_of):
    body = page(client_of(city.staff), "duty_people")
    for said in (
        "司马清扬",
        "90 / 90 学时",
        "或 15 / 12 天",
        "50 / 50 学时",
        "140 / 50 学分",
        "已达标",
        "未达标",
        "140",
    ):
        assert said in body, said
    assert body.index("欧阳致远") < body.index("司马清扬")
    assert "诸葛望北" not in body


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"state": "met"}, {"司马清扬"}),
        ({"only": "under"}, {"欧阳致远", "沈若溪"}),
        ({"only": "never"}, {"欧阳致远", "沈若溪"}),
        ({"only": "promoted"}, set()),
        ({"state": "exempt"}, set()),
        ({"code": "five_years"}, {"司马清扬", "欧阳致远", "沈若溪"}),  # nobody has it: no such chip
        ({"band": "county_up"}, set()),
    ],
)
def test_lists_of_who_was_missed(city, client_of, query, names):
    lines = sheet(client_of(city.staff), "duty_people_export", **query)[1:]
    assert {line[0] for line in lines} == names


def test_the_file_of_people_holds_amounts_as_numbers(city, client_of):
    head, *lines = sheet(client_of(city.staff), "duty_people_export", state="met")
    found = dict(zip(head, lines[0], strict=True))
    assert found["姓名"] == "司马清扬" and found["总体状态"] == "已达标"
    assert (found["年度脱产培训（完成）"], found["年度脱产培训（应达）"]) == (90, 90)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "oyzy"}, ["欧阳致远"]),
        ({"q": "若溪"}, ["沈若溪"]),
        ({"sort": "name"}, ["欧阳致远", "沈若溪", "司马清扬"]),
        ({"sort": "-hours"}, ["司马清扬", "欧阳致远", "沈若溪"]),
        ({"sort": "unit"}, ["司马清扬", "沈若溪", "欧阳致远"]),
        ({"sort": "x"}, ["欧阳致远", "沈若溪", "司马清扬"]),
    ],
)
def test_people_are_found_by_name_and_sorted(city, client_of, query, names):
    assert [line[0] for line in sheet(client_of(city.staff), "duty_people_export", **query)[1:]] == names


def test_a_units_own_people_without_those_below(city, client_of):
    body = page(client_of(city.staff), "duty_people", unit=city.bureau.pk, own="1")
    assert "司马清扬" in body and "沈若溪" not in body


def test_a_liaison_sees_the_unit_and_what_is_below(city, client_of):
    body = page(client_of(city.liaison), "duty_people")
    assert "司马清扬" in body and "沈若溪" in body and "欧阳致远" not in body
    assert "园林" not in page(client_of(city.liaison), "duties")


def test_another_units_page_is_not_found(city, client_of):
    client = client_of(city.liaison)
    for name in ("duties", "duty_people", "duties_export"):
        assert client.get(reverse(f"portal:{name}"), {"unit": city.sibling.pk}).status_code == 404
    assert client.get(reverse("portal:duties"), {"unit": "x"}).status_code == 200


def test_a_leader_sees_the_area_without_numbers(city, client_of):
    body = page(client_of(city.leader), "duty_people")
    assert "欧阳致远" in body and "9****" not in body and "999" not in body


def test_a_year_without_duties_says_what_to_do(yunling, client_of):
    assert "这里还没有学习任务" in page(client_of(yunling.staff), "duties")


def test_last_year_is_overdue_and_nobody_is_warned(city, client_of):
    assign_duties(None, YEAR - 1, actor=None)
    body = page(client_of(city.staff), "duty_people", year=YEAR - 1)
    assert "逾期未达标" in body
    assert len(sheet(client_of(city.staff), "duty_people_export", year=YEAR - 1, only="warned")) == 1


@pytest.fixture
def five_years(city):
    """550 hours in five years of which four are over at the year's end, so a little over 440: one of three keeps pace."""
    window = {"since": date(YEAR - 3, 1, 1), "due": date(YEAR + 1, 12, 31), "measure": "off_job_hours", "amount": 550}
    for who in city.cadres[:3]:
        Duty.objects.create(cadre=who, year=YEAR, code="five_years", name="五年脱产培训", **window)
    entry(city.cadres[1], date(YEAR, 2, 1), "445", "55")
    return city


def test_what_is_not_due_within_the_year_is_never_called_missed(five_years, client_of):
    head, *lines = sheet(client_of(five_years.staff), "duty_people_export")
    found = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert {name: line["五年脱产培训（状态）"] for name, line in found.items()} == {
        five_years.cadres[0].name: "进度落后",
        five_years.cadres[1].name: "进行中",
        five_years.cadres[2].name: "进度落后",
    }
    assert found[five_years.cadres[0].name]["总体状态"] == "已达标"
    assert "进度落后" in page(client_of(five_years.staff), "duty_people", state="met")


def test_units_show_who_keeps_pace_with_what_runs_on(five_years, client_of):
    assert "五年脱产培训进度达标" in page(client_of(five_years.staff), "duties")
    head, *lines = sheet(client_of(five_years.staff), "duties_export")
    total = dict(zip(head, lines[-1], strict=True))
    assert total["五年脱产培训进度达标（%）"] == 33.3
    assert total["年度网络学习（%）"] == 33.3


def test_a_closed_year_says_that_its_statements_stand(city, client_of):
    assign_duties(None, YEAR - 1, actor=None)
    closed_at = timezone.make_aware(datetime(YEAR, 1, 9, 12))
    LedgerYear.objects.create(authority=city.root, year=YEAR - 1, closed_at=closed_at)
    said = f"{YEAR - 1}年已结账（{city.root.name} {YEAR}年1月9日）"
    for part in (city.staff, city.liaison):
        body = page(client_of(part), "duties", year=YEAR - 1)
        assert said in body and f"{reverse('portal:statements')}?year={YEAR - 1}" in body
    assert "已结账" not in page(client_of(city.staff), "duties")
    for name in ("duties_export", "duties_appraisal"):
        assert said in sheet(client_of(city.staff), name, year=YEAR - 1)[-1][0]


def test_the_pages_ask_in_a_fixed_number(city, client_of, query_count):
    client = client_of(city.staff)
    urls = [
        reverse(f"portal:{name}")
        for name in ("duties", "duties_export", "duties_appraisal", "duty_people", "duty_people_export")
    ]
    few = [query_count(lambda url=url: client.get(url).getvalue()) for url in urls]
    for number in range(40):
        where = make.unit(f"YL9{number}", f"新设单位{number}", Unit.objects.get(pk=city.root.pk))
        make.cadre(f"新人{number}", where, city.root)
    assign_duties(None, YEAR, actor=None)
    assert [query_count(lambda url=url: client.get(url).getvalue()) for url in urls] == few
    assert max(few) <= 30, few


# ---- the first pages ----


def test_the_desk_says_who_falls_behind(city, client_of):
    body = page(client_of(city.staff), "home")
    for said in (f"{YEAR}年学习达标率", "33.3%", "1 / 3 人"):
        assert said in body, said


def test_the_desk_leads_to_the_lists(city, client_of):
    set_preference(city.root, "warning_month", 1, date(2020, 1, 1), actor=None)
    body = page(client_of(city.staff), "home")
    assert "2 个单位有干部可能完不成年度学习任务" in body and "2 名干部学习预警" in body
    assert f"{reverse('portal:duty_people')}?year={YEAR}&amp;unit={city.root.pk}&amp;only=warned" in body
    assert "未补训" not in body


def test_a_leaders_home_shows_coverage_by_level_and_units_by_attainment(city, client_of):
    Cadre.objects.filter(pk=city.cadres[0].pk).update(band="county_up")
    body = page(client_of(city.leader), "home")
    for said in (
        "参训覆盖率",
        "1 / 3 人有学时",
        "各层次参训覆盖率和达标率",
        "县处级（四级调研员）以上",
        "各单位达标率（由低到高）",
    ):
        assert said in body, said


def test_the_homes_ask_in_a_fixed_number(city, client_of, query_count):
    clients = [client_of(city.staff), client_of(city.leader)]
    few = [query_count(lambda one=one: one.get(reverse("portal:home"))) for one in clients]
    for number in range(20):
        where = make.unit(f"YL8{number}", f"另设单位{number}", Unit.objects.get(pk=city.root.pk))
        make.cadre(f"来人{number}", where, city.root)
    assign_duties(None, YEAR, actor=None)
    assert [query_count(lambda one=one: one.get(reverse("portal:home"))) for one in clients] == few


@pytest.mark.parametrize("name", ["duty_people_export", "cadre_list_export"])
def test_more_people_than_a_file_takes_are_refused_with_a_way_out(city, client_of, monkeypatch, name):
    monkeypatch.setattr("portal.rules.ROSTER", replace(rules.ROSTER, rows=2))
    answer = client_of(city.staff).get(reverse(f"portal:{name}"))
    assert answer.status_code == 403
    assert "共 3 人，一次最多导出 2 人，请先按单位筛选" in answer.content.decode()
