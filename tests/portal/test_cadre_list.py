"""The list of people: each role its own columns, searched and filtered in scope, taken out exactly as it is shown."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from core.models import AuditEntry
from organization.models import Unit
from organization.roles import Role
from portal.pages.cadres import door_of
from tests import factories as make
from trainees.models import CreditEntry, Duty, LedgerYear, RuleSet
from trainees.services.duties import assign_duties

pytestmark = pytest.mark.django_db
LIST, EXPORT = reverse("portal:cadre_list"), reverse("portal:cadre_list_export")


def shown(client, **query) -> str:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def table(client, **query) -> list[tuple]:
    answer = client.get(EXPORT, query)
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def names(client, **query) -> list[str]:
    lines = table(client, **query)
    assert lines[0][0] == "姓名"
    return [line[0] for line in lines[1:]]


def learned(cadre, hours: str) -> None:
    year = timezone.localdate().year
    LedgerYear.objects.create(authority=cadre.managing_authority, year=year)
    rules = RuleSet.objects.create(name="试算", unit=cadre.managing_authority, version=1, since="2020-01-01", rules={})
    CreditEntry.objects.create(
        cadre=cadre, on=timezone.localdate(), year=year, title="培训", source_kind="opening", source_id=new_key(),
        kind="required", channel="off_job", days=0, hours=Decimal(hours), credits=0, rule_set=rules,
        unit=cadre.unit, authority=cadre.managing_authority,
    )  # fmt: skip


def test_the_department_sees_posts_and_authorities_a_liaison_names_and_hours(yunling, client_of):
    staff = shown(client_of(yunling.staff))
    assert "司马清扬" in staff and "乡科级正职" in staff and "干部管理权限" in staff
    liaison = shown(client_of(yunling.liaison))
    assert "司马清扬" in liaison and "沈若溪" in liaison and "本年学时" in liaison
    assert "欧阳致远" not in liaison and "乡科级正职" not in liaison and "状态" not in liaison
    leader = shown(client_of(yunling.leader))
    assert "层次归类" in leader and "干部管理权限" not in leader.split("<tbody>")[0].split("<thead>")[1]


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("司马", ["司马清扬"]), ("清扬", ["司马清扬"]), ("sima", ["司马清扬"]), ("SMQY", ["司马清扬"]), ("沈 若溪", ["沈若溪"]),
        ("园林管理处", ["欧阳致远"]), ("编研科", ["沈若溪"]), ("慕容望舒", []), ("望江", []), ("%", []), ("_", []),
    ],
)  # fmt: skip
def test_search_by_name_pinyin_initials_and_unit_in_scope_only(yunling, client_of, q, wanted):
    assert names(client_of(yunling.staff), q=q) == wanted


def test_a_unit_means_all_below_it_and_a_strange_one_filters_nothing(yunling, wangjiang, client_of):
    client = client_of(yunling.staff)
    assert names(client, unit=yunling.bureau.pk) == ["沈若溪", "司马清扬"]
    assert names(client, unit=yunling.office.pk) == ["沈若溪"]
    every = ["欧阳致远", "沈若溪", "司马清扬"]
    for unit in (wangjiang.bureau.pk, "1;--", "", yunling.cadres[0].pk):
        assert names(client, unit=unit) == every
    assert f'value="{yunling.office.pk}"' not in shown(client)
    assert f'value="{yunling.office.pk}"' in shown(client, unit=yunling.bureau.pk)


def test_chips_filter_and_the_file_holds_exactly_what_the_filter_shows(yunling, client_of):
    client, (one, two, three) = client_of(yunling.staff), yunling.cadres
    type(one).objects.filter(pk=one.pk).update(status="retired", band="county_up")
    type(two).objects.filter(pk=two.pk).update(unverified=True, band="township_down")
    assert names(client, status="retired") == [one.name]
    assert names(client, unverified="1") == [two.name]
    assert names(client, band="township_down", status="serving") == [two.name]
    assert names(client, status="nonsense", sort="-name", band="'") == [one.name, three.name, two.name]
    assert "没有符合条件的干部" in shown(client, status="died")


def test_nobody_sorts_by_a_column_that_they_do_not_see(yunling, client_of):
    one = yunling.cadres[0]
    type(one).objects.filter(pk=one.pk).update(status="retired")
    assert names(client_of(yunling.staff), unit=yunling.bureau.pk, sort="status") == ["司马清扬", "沈若溪"]
    for key in ("status", "-status", "authority"):
        assert names(client_of(yunling.liaison), sort=key) == ["沈若溪", "司马清扬"]


def test_an_exported_number_is_masked_and_the_export_is_in_the_log(yunling, client_of):
    lines = table(client_of(yunling.staff), q="司马清扬")
    line = dict(zip(lines[0], lines[1], strict=True))
    number = yunling.cadres[0].open_id_number()
    assert line["身份证号"] == number[0] + "*" * 16 + number[-1]
    assert (line["单位"], line["职务"], line["任职时间"]) == (yunling.bureau.name, "科长", "2020-01-01")
    entry = AuditEntry.objects.get(event="cadre_list.export")
    assert entry.after == {"rows": 1, "filter": {"q": "司马清扬"}}
    assert table(client_of(yunling.liaison))[0] == ("姓名", "单位", "本年学时", "学习任务")


def test_a_number_that_was_searched_for_is_masked_in_the_log(yunling, client_of):
    number = yunling.cadres[0].open_id_number()
    table(client_of(yunling.staff), q=number)
    assert AuditEntry.objects.get(event="cadre_list.export").after["filter"] == {"q": number[0] + "*" * 16 + number[-1]}


def test_hours_of_the_year_are_the_ledgers(yunling, client_of):
    learned(yunling.cadres[0], "88.5")
    assert "88.5" in shown(client_of(yunling.liaison))


def test_who_stands_how_with_the_years_duties_is_shown_and_filtered(yunling, client_of):
    client, (one, two, three) = client_of(yunling.staff), yunling.cadres
    year = timezone.localdate().year
    assign_duties([one.pk, two.pk], year, actor=yunling.staff)
    Duty.objects.filter(cadre=one).update(exempt=True)
    assert names(client, duty="exempt") == [one.name]
    undone = {*names(client, duty="short"), *names(client, duty="overdue"), *names(client, duty="ahead")}
    assert undone == {two.name} and names(client, duty="met") == []
    assert "免除" in shown(client, duty="exempt").split("<tbody>")[1]
    assert len(names(client, duty="nonsense")) == 3 and three.name in names(client)
    assert f"{year}年学习任务" in shown(client_of(yunling.liaison))


def test_a_merged_double_is_not_listed(yunling, client_of):
    one, two, _ = yunling.cadres
    type(one).objects.filter(pk=two.pk).update(canonical=one)
    assert two.name not in names(client_of(yunling.staff))


def test_whoever_holds_two_roles_reads_by_the_one_that_shows_less_where_it_reaches_further(yunling):
    staff = yunling.staff
    assert door_of(staff) == Role.STAFF
    county = make.unit("YLQX", "清溪县", Unit.objects.get(pk=yunling.root.pk))
    other = make.account("yl_two", "两任之人", unit=county)
    make.grant(other, Role.STAFF, county)
    make.grant(other, Role.LEADER, yunling.root)
    assert door_of(other) == Role.LEADER


@pytest.mark.parametrize("part", ["staff", "leader", "liaison"])
def test_the_list_and_its_file_have_a_fixed_number_of_queries(yunling, client_of, query_count, part):
    client = client_of(yunling.accounts[part])
    urls = [LIST, f"{LIST}?q=sima&unit={yunling.bureau.pk}", EXPORT]
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    for number in range(6):
        make.cadre(f"司马{number}", yunling.office, yunling.root)
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
