"""A roster beside the people that are there: who is new, what changes, who moves, who must be looked at, who is missing."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.files import load
from core.jobs import Unmakeable
from core.models import AuditEntry, BatchItem, RowChange
from core.operations import Conflict, Refused
from core.sheets.refusal import FileRefused
from organization.models import Grant, Unit
from organization.roles import Role
from tests import factories as make
from tests.trainees.roster.files import imported, number, plan_of, rehearsed, sheet_of
from trainees.models import Appointment, Cadre, Duty, RosterUpload
from trainees.services.rosters import confirm_roster, give_up_roster, rehearse_roster, take_roster, write_roster

pytestmark = pytest.mark.django_db
State = RosterUpload.State


def row_of(name: str, who: str, unit: Unit, **more: object) -> dict[str, object]:
    return {"姓名": name, "身份证号": who, "单位": unit.name, "任职时间": "2024-05-06"} | more


def cadre(who: str) -> Cadre:
    return Cadre.objects.with_id_number(who).get()


def posts(who: str) -> list[tuple]:
    rows = Appointment.objects.filter(cadre=cadre(who)).order_by("since")
    return [(row.unit_id, row.post, row.post_level, row.since, row.until) for row in rows]


@pytest.fixture
def lin(city) -> str:
    """林知远 is there: deputy head of the bureau since 2020."""
    who = number(1)
    facts = {
        "职务": "副主任",
        "职务层次": "乡科级副职",
        "任职时间": "2020-03-01",
        "手机号": "13900001234",
        "民族": "汉族",
    }
    imported([row_of("林知远", who, city.bureau, **facts)], city.root, city.staff)
    return who


def test_who_is_new_is_written_with_post_band_and_duties(city):
    who = number(1)
    facts = {"政治面貌": "中共党员", "职务": "局长", "职务层次": "县处级正职", "职级": "二级调研员", "手机号": "13900001234",
             "入党时间": "2001.07", "参加工作时间": "2000-08-01"}  # fmt: skip
    upload = imported([row_of("单雄", who, city.bureau, **facts)], city.root, city.staff)
    one = cadre(who)
    assert (one.name, one.pinyin, one.initials, one.sex) == ("单雄", "shanxiong", "sx", "1")
    assert (one.open_id_number(), one.open_phone(), one.band) == (who, "13900001234", Cadre.Band.COUNTY_UP)
    assert (one.managing_authority, one.status, one.unverified) == (city.root, Cadre.Status.SERVING, False)
    assert (one.party_since, one.work_since) == (date(2001, 7, 1), date(2000, 8, 1))
    assert posts(who) == [(city.bureau.pk, "局长", "县处级正职", date(2024, 5, 6), None)]
    assert upload.found["written"] == {"added": 1, "changed": 0, "moved": 0}
    assert Duty.objects.filter(cadre=one).exists()


def test_the_same_file_twice_changes_nothing(city, lin):
    facts = {
        "职务": "副主任",
        "职务层次": "乡科级副职",
        "任职时间": "2020-03-01",
        "手机号": "13900001234",
        "民族": "汉族",
    }
    before = (Cadre.objects.values().get(), posts(lin), RowChange.objects.count())
    upload = imported([row_of("林知远", lin, city.bureau, **facts)], city.root, city.staff)
    assert upload.found["counts"]["unchanged"] == 1 and upload.found["written"] == {
        "added": 0,
        "changed": 0,
        "moved": 0,
    }
    assert (Cadre.objects.values().get(), posts(lin), RowChange.objects.count()) == before


def test_an_empty_cell_and_a_missing_column_leave_what_is_known(city, lin):
    rows = [{"姓名": "林知远", "身份证号": lin, "单位": city.bureau.name, "手机号": None, "职务": ""}]
    assert rehearsed(rows, city.root, city.staff).found["counts"]["unchanged"] == 1


def test_differences_are_told_old_and_new_with_numbers_masked(city, lin):
    facts = {"职务": "主任科员", "任职时间": "2020-03-01", "手机号": "13812345678", "民族": "回族"}
    upload = rehearsed([row_of("林知远", lin, city.bureau, **facts)], city.root, city.staff)
    assert upload.found["changes"] == [
        {"row": 2, "name": "林知远", "columns": [
            ["民族", "汉族", "回族"], ["手机号", "139****1234", "138****5678"], ["职务", "副主任", "主任科员"]]}
    ]  # fmt: skip
    imported([row_of("林知远", lin, city.bureau, **facts)], city.root, city.staff)
    assert cadre(lin).open_phone() == "13812345678" and cadre(lin).version == 2
    assert posts(lin) == [(city.bureau.pk, "主任科员", "乡科级副职", date(2020, 3, 1), None)]


def test_a_move_ends_one_appointment_and_opens_the_next(city, lin):
    facts = {"职务": "处长", "职务层次": "乡科级正职", "任职时间": "2026-02-01"}
    upload = imported([row_of("林知远", lin, city.sibling, **facts)], city.root, city.staff)
    assert upload.found["counts"] | {"moved": 1, "changed": 0} == upload.found["counts"]
    assert upload.found["moves"][0]["columns"] == [
        ["单位", city.bureau.name, city.sibling.name], ["职务", "副主任", "处长"], ["职务层次", "乡科级副职", "乡科级正职"],
        ["任职时间", "2020-03-01", "2026-02-01"],
    ]  # fmt: skip
    assert posts(lin) == [
        (city.bureau.pk, "副主任", "乡科级副职", date(2020, 3, 1), date(2026, 1, 31)),
        (city.sibling.pk, "处长", "乡科级正职", date(2026, 2, 1), None),
    ]
    assert cadre(lin).unit == city.sibling


def test_a_promotion_in_the_same_unit_is_the_next_appointment_and_a_new_band(city, lin):
    imported([row_of("林知远", lin, city.bureau, 职务层次="县处级副职", 任职时间="2026-03-01")], city.root, city.staff)
    assert [row[2:] for row in posts(lin)] == [
        ("乡科级副职", date(2020, 3, 1), date(2026, 2, 28)), ("县处级副职", date(2026, 3, 1), None),
    ]  # fmt: skip
    assert cadre(lin).band == Cadre.Band.COUNTY_UP


def test_a_move_without_its_day_is_of_the_day_of_the_upload_and_is_said(city, lin):
    rows = [{"姓名": "林知远", "身份证号": lin, "单位": city.sibling.name}]
    upload = imported(rows, city.root, city.staff)
    today = timezone.localdate()
    assert "没有写任职时间" in upload.found["notices"][0]["message"]
    assert [row[3:] for row in posts(lin)] == [(date(2020, 3, 1), today - timedelta(days=1)), (today, None)]


@pytest.mark.parametrize("since", ["2019-01-01", "2020-02-29"])
def test_a_move_before_the_present_post_began_is_an_error(city, lin, since):
    upload = rehearsed([row_of("林知远", lin, city.sibling, 任职时间=since)], city.root, city.staff)
    assert upload.state == State.REFUSED and upload.found["errors"][0]["code"] == "bad_since"


def test_a_start_put_right_may_not_reach_into_the_post_before(city, lin):
    imported([row_of("林知远", lin, city.sibling, 任职时间="2026-02-01")], city.root, city.staff)
    upload = rehearsed([row_of("林知远", lin, city.sibling, 任职时间="2026-01-31")], city.root, city.staff)
    assert "上一段任职到 2026-01-31 为止" in upload.found["errors"][0]["message"]


def test_who_retires_holds_no_post_from_that_day_and_is_not_missed(city, lin):
    imported(
        [row_of("林知远", lin, city.bureau, 任职时间=None, 状态="退休", 状态起始="2026-03-01")], city.root, city.staff
    )
    assert (cadre(lin).status, cadre(lin).status_since) == (Cadre.Status.RETIRED, date(2026, 3, 1))
    assert posts(lin)[0][3:] == (date(2020, 3, 1), date(2026, 2, 28))
    assert plan_of([row_of("林再来", number(3), city.bureau)], city.root).missing == []
    again = rehearsed(
        [row_of("林知远", lin, city.bureau, 任职时间=None, 状态="退休", 状态起始="2026-03-01")], city.root, city.staff
    )
    assert again.found["counts"]["unchanged"] == 1


def test_a_number_under_another_name_is_written_only_where_somebody_ticked_it(city, lin):
    rows = [row_of("林志远", lin, city.bureau, 任职时间=None)]
    upload = imported(rows, city.root, city.staff)
    assert upload.found["warnings"][0]["code"] == "name_conflict" and upload.found["counts"]["renamed"] == 1
    assert cadre(lin).name == "林知远" and upload.found["written"]["changed"] == 0
    imported(rows, city.root, city.staff, accepted=(2, 77))
    assert (cadre(lin).name, cadre(lin).pinyin) == ("林志远", "linzhiyuan")


def test_the_same_name_with_another_number_is_never_merged_but_said(city, lin):
    same_unit = rehearsed([row_of("林知远", number(3, "19900101"), city.bureau)], city.root, city.staff)
    same_birth = rehearsed([row_of("林知远", number(5), city.sibling)], city.root, city.staff)
    another = rehearsed([row_of("林知远", number(7, "19910101"), city.sibling)], city.root, city.staff)
    assert [[one["code"] for one in found.found["warnings"]] for found in (same_unit, same_birth, another)] == [
        ["suspect"], ["suspect"], [],
    ]  # fmt: skip
    assert same_unit.found["counts"]["added"] == 1 and Cadre.objects.count() == 1


def test_two_new_people_of_one_name_in_one_unit_are_pointed_out(city):
    rows = [row_of("林知远", number(1), city.bureau), row_of("林知远", number(3), city.bureau)]
    assert [one["code"] for one in rehearsed(rows, city.root, city.staff).found["warnings"]] == ["namesake"]


def test_who_is_missing_in_the_file_is_listed_and_not_touched(city, lin):
    before = Cadre.objects.values().get()
    upload = imported([row_of("林再来", number(3), city.bureau)], city.root, city.staff)
    assert upload.found["missing"] == [{"name": "林知远", "unit": city.bureau.name}]
    assert Cadre.objects.values().get(name="林知远") == before


def test_somebody_to_be_verified_is_verified_by_the_roster(city):
    who = make.cadre("待核之人", city.bureau, city.root, unverified=True)
    upload = imported(
        [row_of("待核之人", who.open_id_number(), city.sibling, 任职时间="2018-01-01")], city.root, city.staff
    )
    assert ["信息", "待核", "已核实"] in upload.found["changes"][0]["columns"]
    who.refresh_from_db()
    assert not who.unverified and who.unit == city.sibling
    assert [row[3:] for row in posts(who.open_id_number())] == [(date(2018, 1, 1), None)]


# ---- whose people ----


@pytest.fixture
def county(city):
    """清溪县: its own department below the city's, with staff of its own."""
    place = make.unit("YLQX", "中共清溪县委组织部", city.root, kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    city.accounts["county"] = make.account("qx_staff", "江晚舟", unit=place)
    make.grant(city.county, Role.STAFF, place)
    return place


def test_a_county_cannot_write_the_citys_people(city, county, lin):
    works_there = make.cadre("市管之人", county, city.root)
    rows = [
        row_of("林知远", lin, county),
        row_of("市管之人", works_there.open_id_number(), county),
        row_of("林再来", number(9), city.bureau),
        row_of("县管之人", number(11), county),
    ]
    upload = rehearsed(rows, county, city.county)
    assert [(one["code"], one["row"]) for one in upload.found["errors"]] == [
        ("not_ours", 2), ("not_ours", 3), ("unknown_unit", 4),
    ]  # fmt: skip
    assert "林知远" not in upload.found["errors"][0]["message"] and upload.state == State.REFUSED
    with pytest.raises(Refused):
        confirm_roster(upload, [], actor=city.county)


def test_nobody_is_sent_out_of_the_area_though_somebody_of_it_works_there(city, county):
    stays, goes = make.cadre("在外之人", city.bureau, county), make.cadre("县管之人", county, county)
    make.cadre("部里之人", city.root, county)
    rows = [
        row_of("在外之人", stays.open_id_number(), city.bureau, 任职时间="2026-02-01", 职务="副主任"),
        row_of("县管之人", goes.open_id_number(), city.bureau, 任职时间="2026-02-01"),
    ]
    upload = rehearsed(rows, county, city.county)
    assert [(one["code"], one["row"]) for one in upload.found["errors"]] == [("unknown_unit", 3)]
    upload = imported(rows[:1], county, city.county)
    assert upload.found["written"] == {"added": 0, "changed": 1, "moved": 0}
    assert cadre(stays.open_id_number()).managing_authority == county


def test_the_authority_stands_above_the_unit_and_inside_the_area(city, county):
    rows = [
        row_of("甲", number(1), city.bureau, 管理权限=county.name),
        row_of("乙", number(3), county, 管理权限=city.root.name),
        row_of("丙", number(5), county),
    ]
    upload = rehearsed(rows, city.root, city.staff)
    assert [(one["code"], one["row"]) for one in upload.found["errors"]] == [("bad_authority", 2)]
    upload = imported(rows[1:], city.root, city.staff)
    assert cadre(number(3)).managing_authority == city.root and cadre(number(5)).managing_authority == county


def test_the_authority_follows_a_move_out_of_its_reach(city, county):
    who = number(1)
    imported([row_of("林知远", who, county)], city.root, city.staff)
    imported([row_of("林知远", who, city.bureau, 任职时间="2026-02-01")], city.root, city.staff)
    assert cadre(who).managing_authority == city.root


def test_a_merged_double_is_not_written_to(city, lin):
    double = make.cadre("林知远", city.bureau, city.root, canonical=cadre(lin))
    upload = rehearsed([row_of("林知远", double.open_id_number(), city.bureau)], city.root, city.staff)
    assert "已合并" in upload.found["errors"][0]["message"]


def test_doubles_follow_the_one_that_lives_on(city, lin):
    double = make.cadre("林知远", city.bureau, city.root, canonical=cadre(lin))
    imported([row_of("林知远", lin, city.sibling, 任职时间="2026-02-01")], city.root, city.staff)
    double.refresh_from_db()
    assert double.unit == city.sibling


def test_nobody_is_sent_to_a_closed_unit(city):
    Unit.objects.filter(pk=city.sibling.pk).update(closed_on=date(2025, 1, 1))
    upload = rehearsed([row_of("林知远", number(1), city.sibling)], city.root, city.staff)
    assert upload.found["errors"][0]["code"] == "closed_unit"


# ---- between the rehearsal and the writing ----


def test_confirming_is_refused_when_people_of_the_area_changed(city, lin):
    upload = rehearsed([row_of("林再来", number(3), city.bureau)], city.root, city.staff)
    Appointment.objects.filter(cadre=cadre(lin)).update(post="主任")
    with pytest.raises(Conflict, match="已被他人更改"):
        confirm_roster(upload, [], actor=city.staff)


def test_the_worker_refuses_what_changed_after_the_confirmation_and_says_so(city, lin):
    upload = rehearsed([row_of("林再来", number(3), city.bureau)], city.root, city.staff)
    confirm_roster(upload, [], actor=city.staff)
    Cadre.objects.filter(pk=cadre(lin).pk).update(ethnic_group="苗族")
    with pytest.raises(Unmakeable, match="没有写入任何内容"):
        write_roster(upload.pk)
    give_up_roster(upload.pk, "核对之后")
    upload.refresh_from_db()
    assert upload.state == State.REFUSED and Cadre.objects.count() == 1


def test_a_right_that_was_taken_away_in_between_writes_nothing(city):
    upload = rehearsed([row_of("林再来", number(3), city.bureau)], city.root, city.staff)
    confirm_roster(upload, [], actor=city.staff)
    Grant.objects.filter(account=city.staff).update(until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Unmakeable, match="没有这个范围的权限"):
        write_roster(upload.pk)


def test_of_two_rosters_confirmed_at_once_the_second_is_refused(city):
    first, second = (rehearsed([row_of("林再来", number(n), city.bureau)], city.root, city.staff) for n in (1, 3))
    for upload in (first, second):
        confirm_roster(upload, [], actor=city.staff)
    write_roster(first.pk)
    with pytest.raises(Unmakeable, match="已被他人更改"):
        write_roster(second.pk)
    assert Cadre.objects.count() == 1


def test_confirmed_and_written_twice_it_is_done_once(city):
    upload = rehearsed([row_of("林再来", number(3), city.bureau)], city.root, city.staff)
    for _ in range(2):
        confirm_roster(upload, [], actor=city.staff)
    assert BatchItem.objects.filter(kind="roster_write").count() == 1
    for _ in range(2):
        write_roster(upload.pk)
    confirm_roster(upload, [], actor=city.staff)
    assert Cadre.objects.count() == Appointment.objects.count() == 1
    assert AuditEntry.objects.filter(event="cadre_roster.commit").count() == 1


# ---- the file itself ----


def test_a_file_that_cannot_be_read_is_refused_at_once_or_by_the_worker(city):
    for data in (b"", b"%PDF-1.7", b"PK\x03\x04"):
        try:
            upload = take_roster(data, "a.xlsx", actor=city.staff, unit=city.root)
        except FileRefused:
            continue
        rehearse_roster(upload.pk)
        upload.refresh_from_db()
        assert upload.state == State.REFUSED and upload.found["refused"]
    assert AuditEntry.objects.filter(event="cadre_roster.reject").count() == 1


def test_the_details_are_an_excel_file_with_everything(city, lin):
    import io

    import openpyxl

    rows = [
        row_of("林知远", lin, city.sibling, 任职时间="2026-02-01"),
        row_of("林再来", number(3), city.bureau, 民族="火星"),
    ]
    upload = rehearsed(rows, city.root, city.staff)
    book = openpyxl.load_workbook(io.BytesIO(load(upload.report)), read_only=True)
    assert book.sheetnames == ["错误与提醒", "更改与调动", "新增", "花名册中没有"]
    assert next(book["错误与提醒"].iter_rows(min_row=2, values_only=True))[:4] == ("错误", 3, "民族", "火星")
    assert ("调动", 2, "林知远", "单位", city.bureau.name, city.sibling.name) in list(
        book["更改与调动"].iter_rows(values_only=True)
    )


def test_the_history_names_who_confirmed_and_holds_no_name_and_no_number(city):
    who = number(1)
    imported([row_of("林知远", who, city.bureau)], city.root, city.staff)
    change = RowChange.objects.get(table_name="trainees_cadre")
    assert change.actor_id == city.staff.pk
    assert "林知远" not in str(change.after) and "id_number_index" not in change.after


def test_b03_the_row_after_the_last_that_is_read_refuses_the_file(city):
    data = sheet_of([{"姓名": "x"}] + [{}] * 50_000 + [{"姓名": "y"}])
    upload = take_roster(data, "a.xlsx", actor=city.staff, unit=city.root)
    rehearse_roster(upload.pk)
    upload.refresh_from_db()
    assert "超过上限" in upload.found["refused"]
