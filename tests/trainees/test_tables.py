"""Awards, appointments, exemptions by Excel: all faults by row, the area's people alone, twice is once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.sheets.refusal import FileRefused
from portal.pages.sheets import table_workbook
from tests import factories as make
from trainees.models import Appointment, Award, Duty, Exemption
from trainees.resources import AppointmentResource, AwardResource, ExemptionResource
from trainees.services.duties import assign_duties
from trainees.services.exemptions import ExemptionFacts, grant_exemption
from trainees.services.merging import merge_cadre
from trainees.tables import MOST, columns_of, import_table, rehearse_table

pytestmark = pytest.mark.django_db
AWARDS = ("姓名", "身份证号", "荣誉名称", "授予单位", "授予日期", "说明")
POSTS = ("姓名", "身份证号", "任职单位", "职务", "职务层次", "职级", "主职", "任职时间", "免职时间")
RELIEFS = ("姓名", "身份证号", "年度", "要求", "情形", "减免比例（%）", "理由")
GIVEN = ("学习型好干部", "中共云岭市委组织部", "2026-04-01")
YEAR = timezone.localdate().year


@pytest.fixture
def one(yunling):
    return yunling.cadres[0]


def award(who, *rest, name=""):
    return (name or who.name, who.open_id_number(), *(rest or GIVEN))


def faults(data, kind, actor):
    return [(fault.row, fault.message) for fault in rehearse_table(data, kind, actor=actor).faults]


def awards(*rows):
    return table_workbook("学习荣誉", AWARDS, rows)


def posts(*rows):
    return table_workbook("任职", POSTS, rows)


def reliefs(*rows):
    return table_workbook("减免", RELIEFS, rows)


# ---- who ----


def test_all_faults_by_row_and_nothing_written(yunling, wangjiang, one):
    masked = one.masked_id_number
    data = awards(
        award(one),
        award(one),
        award(one, name="欧阳致远"),
        ("司马清扬", "", *GIVEN),
        ("司马清扬", masked, *GIVEN),
        award(wangjiang.cadres[0]),
        award(one, "学习标兵", "市委组织部", "去年"),
        award(one, "学习标兵", "", "2026-04-01"),
        award(one, "长" * 81, "市委组织部", "2026-04-01"),
        award(one, "学习标兵", "市委组织部", "2999-04-01"),
    )
    found = dict(faults(data, "awards", yunling.staff))
    assert list(found) == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    words = ("与第2行重复", "姓名与该身份证号的干部不一致", "没有填写“身份证号”", "遮盖", "您的范围内没有这个身份证号", "2026-03-02 的样子",
             "没有填写“授予单位”", "超过 80 个字", "不能晚于今天")  # fmt: skip
    for row, said in zip(found, words, strict=True):
        assert said in found[row]
    with pytest.raises(Refused, match="9 处错误，没有导入"):
        import_table(data, "awards", actor=yunling.staff)
    assert not Award.objects.exists()


def test_a_person_who_works_here_and_is_managed_elsewhere_is_theirs(yunling, wangjiang):
    seconded = make.cadre("慕容借调", yunling.bureau, wangjiang.root)
    assert [
        row for row, said in faults(awards(award(seconded)), "awards", yunling.staff) if "管理，请由其办理" in said
    ] == [2]
    assert AwardResource(yunling.staff).get_queryset().filter(cadre=seconded).count() == 0


def test_a_merged_double_leads_to_who_lives_on(yunling, one):
    double = make.cadre("司马清扬", yunling.sibling, yunling.root)
    merge_cadre(double, one, actor=yunling.staff, reason="身份证号录入错误")
    data = awards(award(double), award(one, "学习标兵", "市委组织部", "2026-04-02"))
    assert import_table(data, "awards", actor=yunling.staff).added == 2
    assert set(Award.objects.values_list("cadre", flat=True)) == {one.pk}
    assert rehearse_table(data, "awards", actor=yunling.staff).unchanged == 2


def test_people_are_found_by_one_query_however_many(yunling):
    people = [make.cadre(f"司马{number}", yunling.office, yunling.root) for number in range(8)]
    for who in people:
        Award.objects.create(cadre=who, name=GIVEN[0], giver=GIVEN[1], on=GIVEN[2])

    def asked(some):
        data = awards(*(award(who) for who in some))
        with CaptureQueriesContext(connection) as queries:
            assert rehearse_table(data, "awards", actor=yunling.staff).unchanged == len(some)
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    asked(people[:1])
    assert asked(people[:2]) == asked(people)


# ---- awards ----


def test_awards_twice_is_once_and_a_change_is_shown_and_recorded(yunling, one):
    first = awards(award(one))
    assert import_table(first, "awards", actor=yunling.staff).added == 1
    assert import_table(first, "awards", actor=yunling.staff).unchanged == 1
    other = awards(award(one, GIVEN[0], "云岭市委", GIVEN[2]))
    found = rehearse_table(other, "awards", actor=yunling.staff)
    assert [(row.name, row.new, row.columns) for row in found.differences] == [
        ("司马清扬 学习型好干部", False, {"授予单位": ("中共云岭市委组织部", "云岭市委")})
    ]
    assert Award.objects.get().giver == "中共云岭市委组织部"
    import_table(other, "awards", actor=yunling.staff, seen=found.digest)
    held = Award.objects.get()
    assert (held.giver, held.version, held.actor_id) == ("云岭市委", 2, yunling.staff.pk)
    events = AuditEntry.objects.order_by("pk").values_list("event", flat=True)
    assert [one for one in events if one.startswith(("award", "cadre_table"))] == [
        "award.give", "cadre_table.import", "cadre_table.import", "award.correct", "cadre_table.import",
    ]  # fmt: skip


def test_what_somebody_changed_after_the_rehearsal_is_not_written_over(yunling, one):
    import_table(awards(award(one)), "awards", actor=yunling.staff)
    other = awards(award(one, GIVEN[0], "云岭市委", GIVEN[2]))
    found = rehearse_table(other, "awards", actor=yunling.staff)
    Award.objects.update(giver="市委党校")
    with pytest.raises(Conflict, match="已被他人更改"):
        import_table(other, "awards", actor=yunling.staff, seen=found.digest)
    assert Award.objects.get().giver == "市委党校"


def test_a_file_of_too_many_rows_or_of_other_columns_is_refused(yunling, one):
    with pytest.raises(FileRefused, match="一次最多导入"):
        rehearse_table(awards(*[award(one)] * (MOST + 1)), "awards", actor=yunling.staff)
    with pytest.raises(FileRefused, match="缺少列：身份证号"):
        rehearse_table(table_workbook("表", ("姓名",), [("甲",)]), "awards", actor=yunling.staff)


# ---- appointments ----


def test_a_past_post_and_a_post_beside_the_primary_one_are_added_once(yunling, one):
    number = one.open_id_number()
    data = posts(
        (one.name, number, yunling.sibling.name, "副科长", "乡科级副职", "", "是", "2015-03-01", "2019-12-31"),
        (one.name, number, yunling.office.name, "主任", "", "", "否", "2021-03-01", ""),
    )
    assert import_table(data, "appointments", actor=yunling.staff).added == 2
    again = import_table(data, "appointments", actor=yunling.staff)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    one.refresh_from_db()
    assert one.unit_id == yunling.bureau.pk and Appointment.objects.filter(cadre=one).count() == 3
    ended = posts((one.name, number, yunling.office.name, "主任", "", "", "否", "2021-03-01", "2024-05-31"))
    assert import_table(ended, "appointments", actor=yunling.staff).changed == 1
    assert Appointment.objects.get(cadre=one, primary=False).until == date(2024, 5, 31)


def test_todays_primary_post_is_put_right_but_neither_opened_nor_ended_here(yunling, one):
    number, today = one.open_id_number(), timezone.localdate()
    here = (one.name, number, yunling.bureau.name, "科长", "县处级副职", "", "是", "2020-01-01")
    rows = [
        (one.name, number, yunling.sibling.name, "局长", "", "", "是", "2026-01-01", ""),
        (
            one.name,
            number,
            yunling.sibling.name,
            "处长",
            "",
            "",
            "是",
            "2010-01-01",
            (today + timedelta(1)).isoformat(),
        ),
        (one.name, number, yunling.sibling.name, "科员", "", "", "是", "2019-01-01", "2020-06-30"),
        (one.name, number, yunling.sibling.name, "干事", "", "", "否", "2019-01-01", "2018-06-30"),
        (one.name, number, "没有这个单位", "干事", "", "", "否", "2019-01-01", ""),
        (*here, "2021-01-01"),
    ]
    found = faults(posts(*rows), "appointments", yunling.staff)
    assert [row for row, _ in found] == [2, 3, 4, 5, 6, 7]
    for (_, said), wanted in zip(
        found, ("任职变动", "任职变动", "不能重叠", "不能早于任职时间", "单位库", "任职变动"), strict=True
    ):
        assert wanted in said
    assert import_table(posts((*here, "")), "appointments", actor=yunling.staff).changed == 1
    one.refresh_from_db()
    assert one.band == "county_up"
    assert AuditEntry.objects.filter(event="cadre.correct", reason="由表格更正").count() == 1


def test_a_past_promotion_changes_this_years_duties(yunling, one):
    """An earlier post of a lower level makes the present one a promotion: what follows is asked anew."""
    data = posts(
        (one.name, one.open_id_number(), yunling.sibling.name, "科员", "", "一级科员", "是", "2015-03-01", "2019-12-31")
    )
    import_table(data, "appointments", actor=yunling.staff)
    assert AuditEntry.objects.filter(event="appointment.add").count() == 1
    assert Duty.objects.filter(cadre=one, year=YEAR).exists()


# ---- exemptions ----


def test_exemptions_once_and_duties_follow(yunling, one):
    assign_duties([one.pk], YEAR, actor=yunling.staff)
    duty = Duty.objects.filter(cadre=one, year=YEAR).order_by("pk").first()
    number = one.open_id_number()
    data = reliefs((one.name, number, YEAR, duty.name, "长期病休", 100, "住院治疗半年"))
    shown = rehearse_table(data, "exemptions", actor=yunling.staff).differences[0].columns
    assert (shown["要求"], shown["情形"]) == (("", duty.name), ("", "长期病休"))
    assert import_table(data, "exemptions", actor=yunling.staff).added == 1
    assert import_table(data, "exemptions", actor=yunling.staff).unchanged == 1
    held = Exemption.objects.get()
    assert (held.code, held.kind, held.share, held.year) == (duty.code, "illness", 100, YEAR)
    assert Duty.objects.get(cadre=one, year=YEAR, code=duty.code).exempt


def test_faults_of_exemptions(yunling, one):
    grant_exemption(one, ExemptionFacts(YEAR, "", "illness", 50, "长期病休"), actor=yunling.staff)
    number = one.open_id_number()
    rows = [
        (one.name, number, YEAR, "", "长期病休", 100, "长期病休"),
        (one.name, number, YEAR, "没有这项", "长期病休", 100, "长期病休"),
        (one.name, number, YEAR - 2, "", "长期病休", 100, "长期病休"),
        (one.name, number, YEAR + 1, "", "生病", 100, "长期病休"),
        (one.name, number, YEAR - 1, "", "长期病休", 101, "长期病休"),
    ]
    found = faults(reliefs(*rows), "exemptions", yunling.staff)
    for (row, said), (at, wanted) in zip(
        found, enumerate(("先撤销原来的", "没有“没有这项”", "年度应为", "不是可选值", "1 到 100"), 2), strict=True
    ):
        assert row == at and wanted in said


# ---- out ----


@pytest.mark.parametrize("resource", [AwardResource, AppointmentResource, ExemptionResource])
def test_what_goes_out_is_masked_and_of_the_area(yunling, wangjiang, one, resource):
    for who in (one, wangjiang.cadres[0]):
        Award.objects.create(cadre=who, name=GIVEN[0], giver=GIVEN[1], on=GIVEN[2])
        Exemption.objects.create(cadre=who, year=YEAR, kind="illness", share=50, reason="长期病休")
    out = resource(yunling.staff)
    model = resource._meta.model
    lines = [dict(zip(out.get_export_headers(), line, strict=True)) for line in out.lines(model.objects.all())]
    mine = [line for line in lines if line["姓名"] == one.name]
    assert len(mine) == 1 and not any(line["姓名"] == wangjiang.cadres[0].name for line in lines)
    assert (mine[0]["身份证号"], mine[0]["单位"]) == (one.masked_id_number, one.unit.name)
    assert list(columns_of("awards", yunling.staff)) == list(AWARDS)
