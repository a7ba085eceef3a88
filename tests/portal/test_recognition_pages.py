"""Recognition through its pages: filed with proofs, ticked and decided, previewed, exports mapped; queries that do not grow."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core import scanning
from core.keys import new_key
from core.operations import Refused
from organization.models import Account, Grant
from organization.roles import Role
from portal import leave_forms, rules
from portal.rules_recognition import may_keep_platform, todo
from tests import factories as make
from tests.trainees import recognition_rows as rows
from tests.worker import work_off
from trainees.models import CreditEntry, Platform, PlatformUpload, Recognition
from trainees.services.ledger import Learning, post
from trainees.services.merging import merge_cadre
from trainees.services.recognition import UNDECIDED, confirm_recognitions, import_export
from training.models import Enrolment

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"portal:{name}", args=args)


def fields(**more):
    day = timezone.localdate() - timedelta(days=21)
    return {
        "op_id": str(new_key()), "channel": "off_job", "title": "全省党性教育专题班", "since": day, "until": day, "hours": "8",
        "proofs": [SimpleUploadedFile("证书.pdf", make.PDF), SimpleUploadedFile("成绩单.pdf", make.PDF)],
    } | more  # fmt: skip


def ticks(*found, **more):
    values = [f"{row.pk}.{Recognition.objects.get(pk=row.pk).version}" for row in found]
    return {"op_id": str(new_key()), "row": values} | more


def text(answer):
    return answer.content.decode()


# ---- filing ----


def test_filed_on_the_own_page_with_its_proofs(yunling, client_of):
    client = client_of(yunling.trainee)
    answer = client.post(url("recognition_new"), fields(), follow=True)
    row = Recognition.objects.get()
    assert [proof.name for proof in row.proofs.order_by("pk")] == ["证书.pdf", "成绩单.pdf"]
    assert "已申报，等待单位审核" in text(answer) and "确认后台账将记" in text(answer)
    assert "全省党性教育专题班" in text(client.get(url("my_recognitions")))


def test_what_was_filed_for_a_merged_double_is_on_the_own_page(yunling, client_of):
    row, client = rows.filing(yunling), client_of(yunling.trainee)
    stays = make.cadre(yunling.cadres[0].name, yunling.bureau, yunling.root)
    merge_cadre(yunling.cadres[0], stays, actor=yunling.staff, reason="身份证号录入错误，经本人核对")
    assert row.title in text(client.get(url("my_recognitions")))
    assert "本人申报" in text(client.get(url("recognition_page", row.pk)))
    make.grant(yunling.trainee, Role.LIAISON, yunling.bureau)
    assert not Recognition.objects.filter(todo(Account.objects.get(pk=yunling.trainee.pk))).exists()


def test_what_is_wrong_is_said_on_the_form_and_nothing_is_kept(yunling, client_of):
    client = client_of(yunling.trainee)
    assert "请附上证明材料" in text(client.post(url("recognition_new"), fields(proofs=[])))
    assert "只接受 PDF" in text(
        client.post(url("recognition_new"), fields(proofs=[SimpleUploadedFile("x.pdf", b"GIF89a")]))
    )
    six = [SimpleUploadedFile(f"{n}.pdf", make.PDF) for n in range(6)]
    assert "最多 5 份" in text(client.post(url("recognition_new"), fields(proofs=six)))
    assert "0.5 的倍数" in text(client.post(url("recognition_new"), fields(hours="7.3")))
    assert not Recognition.objects.exists()


def test_what_another_channel_asks_for_is_not_written(yunling, client_of):
    sent = fields(channel="self_study", minutes="999", share="10", days="9", sessions="3")
    client_of(yunling.trainee).post(url("recognition_new"), sent)
    row = Recognition.objects.get()
    assert (row.minutes, row.share, row.days, row.sessions, row.hours) == (None, None, 0, 0, 8)


def test_the_liaison_files_for_people_of_the_unit_only(yunling, client_of):
    client = client_of(yunling.liaison)
    page = text(client.get(url("recognition_file")))
    assert yunling.cadres[0].name in page and yunling.cadres[2].name in page and yunling.cadres[1].name not in page
    client.post(url("recognition_file"), fields(cadre=yunling.cadres[2].pk))
    row = Recognition.objects.get()
    assert (row.cadre, row.state) == (yunling.cadres[2], "vetted")
    client.post(url("recognition_file"), fields(cadre=yunling.cadres[1].pk))
    assert Recognition.objects.count() == 1


def test_returned_and_filed_again_on_the_page(yunling, client_of):
    row = rows.filing(yunling)
    liaison, trainee = client_of(yunling.liaison), client_of(yunling.trainee)
    liaison.post(url("recognition_return"), ticks(row, reason="证明材料看不清"))
    page = text(trainee.get(url("recognition_page", row.pk)))
    assert "已退回：证明材料看不清" in page and url("recognition_again", row.pk) in page
    row.refresh_from_db()
    trainee.post(url("recognition_again", row.pk), fields(seen=row.version, hours="6"))
    row.refresh_from_db()
    assert (row.state, row.hours, row.proofs.count()) == ("filed", 6, 3)
    assert trainee.post(url("recognition_withdraw", row.pk), {"op_id": str(new_key()), "seen": 1}).status_code == 409


def in_class(city, **facts):
    """The trainee's seat lies over the filing's day."""
    day = fields()["since"]
    Enrolment.objects.filter(pk=city.enrolments[0].pk).update(
        **{"since": day - timedelta(days=2), "until": day, "full_time": True, "state": "completed"} | facts
    )
    return city.training_class.name


def test_a_full_time_class_in_the_very_days_warns_and_does_not_stop(yunling, client_of):
    name, trainee = in_class(yunling), client_of(yunling.trainee)
    assert f"同期在班：{name}（" in text(trainee.post(url("recognition_new"), fields(proofs=[])))
    assert f"同期在班：{name}（" in text(trainee.post(url("recognition_new"), fields(), follow=True))
    row = Recognition.objects.get()
    for client in (client_of(yunling.liaison), client_of(yunling.staff)):
        assert f"同期在班：{name}（" in text(client.get(url("recognition_page", row.pk)))
        listed = text(client.get(url("recognition_list") + "?state=all"))
        assert "同期在班</span>" in listed and f"{name}（" in listed
    assert rows.confirmed(yunling, row).state == "confirmed"


@pytest.mark.parametrize(
    "facts, channel",
    [({"full_time": False}, "off_job"), ({"state": "withdrawn"}, "off_job"), ({}, "self_study"), ("before", "off_job")],
)
def test_no_warning_for_part_time_struck_off_other_kinds_and_other_days(yunling, client_of, facts, channel):
    in_class(yunling, **({"until": fields()["since"] - timedelta(days=1)} if facts == "before" else facts))
    answer = client_of(yunling.trainee).post(url("recognition_new"), fields(channel=channel), follow=True)
    assert Recognition.objects.exists() and "同期在班" not in text(answer)


# ---- ticked, previewed, decided ----


def test_ticked_vetted_previewed_and_confirmed(yunling, client_of):
    first = rows.filing(yunling, "业务内训", channel="in_house", hours=Decimal(24))
    second = rows.filing(yunling, "中心组学习", channel="study_group", hours=Decimal(0), sessions=1)
    liaison, staff = client_of(yunling.liaison), client_of(yunling.staff)
    page = text(liaison.get(url("recognition_list")))
    assert page.count('name="row"') == 2
    answer = liaison.post(url("recognition_vet"), ticks(first, second), follow=True)
    assert "已审核通过 2 条" in text(answer) and "没有申报" in text(answer)
    answer = staff.post(url("recognition_confirm"), ticks(first, second))
    assert "每次最多计 18 学分" in text(answer) and "确认 2 条，共 21 学分" in text(answer)
    assert not CreditEntry.objects.exists()
    answer = staff.post(url("recognition_confirm"), ticks(first, second, sure="on"), follow=True)
    assert "已认定，学分已记入台账 2 条" in text(answer)
    assert sorted(CreditEntry.objects.values_list("credits", flat=True)) == [3, 18]
    page = text(staff.get(url("recognition_page", first.pk)))
    assert "计 18 必修学分" in page and "撤销认定" in page
    ledger = f"{url('cadre', first.cadre_id)}#ledger"
    for client in (staff, liaison, client_of(yunling.trainee)):
        assert ledger in text(client.get(url("recognition_page", first.pk)))
    assert 'id="ledger"' in text(liaison.get(ledger))


def test_one_that_is_not_confirmed_says_why_the_others_go_on(yunling, client_of):
    good = rows.filing(yunling, by="liaison")
    little = rows.filing(
        yunling, "没有学完的课", by="liaison", channel="online", hours=Decimal(0), minutes=450, share=Decimal(80)
    )
    staff = client_of(yunling.staff)
    page = text(staff.post(url("recognition_confirm"), ticks(good, little)))
    assert "课程只完成了 80%" in page and "确认 1 条，共 20 学分" in page
    answer = staff.post(url("recognition_confirm"), ticks(good, little, sure="on"), follow=True)
    assert "记入台账 1 条；另有 1 条没有办理：“没有学完的课”课程只完成了 80%" in text(answer)
    answer = staff.post(url("recognition_confirm"), ticks(little, sure="on"))
    assert answer.status_code == 403 and "90% 以上才能认定" in text(answer)


def test_a_double_found_when_confirming_stays_marked(yunling, client_of):
    """A class of that name was posted after the unit's word."""
    row = rows.filing(yunling, "乡村振兴专题", by="liaison")
    facts = {"title": row.title, "source_kind": "class", "source_id": new_key()}
    post([Learning(row.cadre_id, row.until, "off_job", row.hours, Decimal(1), **facts)], actor=None)
    answer = client_of(yunling.staff).post(url("recognition_confirm"), ticks(row, sure="on", back="one"), follow=True)
    assert "没有办理：“乡村振兴专题”疑似重复，请先判断是否重复" in text(answer)
    assert Recognition.objects.get(UNDECIDED) == row and "疑似重复，须先判断" in text(answer)


def test_a_double_is_shown_beside_the_other_and_decided(yunling, client_of):
    rows.filing(yunling, "《乡村振兴》专题")
    second = rows.filing(yunling, "乡村振兴专题")
    client = client_of(yunling.liaison)
    assert text(client.get(url("recognition_list") + "?double=yes")).count('name="row"') == 1
    page = text(client.get(url("recognition_page", second.pk)))
    assert "疑似重复，须先判断" in page and "《乡村振兴》专题" in page
    assert "《乡村振兴》专题" in text(client_of(yunling.trainee).get(url("recognition_page", second.pk)))
    sent = {"op_id": str(new_key()), "seen": 1, "say": "apart", "reason": "上下两期，内容不同"}
    answer = client.post(url("recognition_double", second.pk), sent, follow=True)
    assert "已判断不是重复：上下两期，内容不同" in text(answer)


@pytest.mark.parametrize("row", ["", "x", "1.1", "{pk}", "{pk}.x", "{pk}.-1", "{pk}.1e3", "{pk}.٣"])
def test_b32_ticks_that_are_none(yunling, client_of, row):
    one = rows.filing(yunling)
    sent = {"op_id": str(new_key()), "row": [row.format(pk=one.pk)] if row else []}
    assert client_of(yunling.liaison).post(url("recognition_vet"), sent).status_code == 400


def test_b33_the_same_op_id_again_and_with_another_payload(yunling, client_of):
    first, second = rows.filing(yunling), rows.filing(yunling, "另一个班")
    client, sent = client_of(yunling.liaison), ticks(first)
    assert client.post(url("recognition_vet"), sent).status_code == 302
    assert client.post(url("recognition_vet"), sent).status_code == 302
    assert client.post(url("recognition_vet"), ticks(second) | {"op_id": sent["op_id"]}).status_code == 409
    assert client.post(url("recognition_vet"), {**ticks(second), "op_id": "x"}).status_code == 400
    assert Recognition.objects.get(pk=second.pk).state == "filed"


def test_the_departments_list_holds_units_without_a_liaison(yunling, client_of):
    staff = client_of(yunling.staff)
    rows.filing(yunling)
    assert 'name="row"' not in text(staff.get(url("recognition_list")))
    Grant.objects.filter(role=Role.LIAISON, unit=yunling.bureau).delete()
    assert 'name="row"' in text(staff.get(url("recognition_list")))


def test_taken_out_exactly_as_it_is_shown(yunling, client_of):
    rows.filing(yunling, "=1+1 专题")
    rows.filing(yunling, "自学", channel="self_study")
    answer = client_of(yunling.staff).get(url("recognition_export") + "?state=all&channel=off_job")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    found = list(sheet.iter_rows(min_row=2))
    assert [row[2].value for row in found] == ["=1+1 专题"] and found[0][2].data_type == "s"


def test_more_rows_than_a_file_takes_are_refused_with_a_way_out(yunling, client_of, monkeypatch):
    monkeypatch.setattr("portal.rules.ROSTER", replace(rules.ROSTER, rows=0))
    rows.filing(yunling)
    answer = client_of(yunling.staff).get(url("recognition_export") + "?state=all")
    assert answer.status_code == 403 and "请先筛选" in answer.content.decode()


def test_the_desk_says_what_waits(yunling, client_of):
    rows.filing(yunling, by="liaison")
    rows.filing(yunling, "另一个班")
    assert "1 条学时申报等您办理" in text(client_of(yunling.staff).get("/"))
    page = text(client_of(yunling.liaison).get("/"))
    assert "待审核学时申报" in page


# ---- platforms ----


def test_the_key_is_shown_once(yunling, client_of):
    platform, client = rows.platform(yunling), client_of(yunling.staff)
    sent = {"op_id": str(new_key())}
    page = text(client.post(url("platform_key", platform.pk), sent))
    key = page.partition('<code class="secret">')[2].partition("<")[0].strip()
    assert len(key) == 43 and "只在这里显示一次" in page
    again = client.post(url("platform_key", platform.pk), sent, follow=True)
    assert key not in text(again) and "密钥只显示一次" in text(again)
    platform.refresh_from_db()
    assert key not in str(vars(platform))


def test_a_platform_is_registered_changed_and_retired(yunling, client_of):
    client = client_of(yunling.staff)
    sent = {"op_id": str(new_key()), "unit": yunling.root.pk, "name": "干部网络学院", "minutes_per_hour": "50"}
    client.post(url("platform_add"), sent)
    platform = Platform.objects.get()
    assert (platform.unit, platform.minutes_per_hour) == (yunling.root, 50)
    again = client.post(url("platform_add"), sent | {"op_id": str(new_key())})
    assert "已有同名平台" in text(again)
    day = timezone.localdate()
    change = sent | {"op_id": str(new_key()), "seen": 1, "retired": day, "unit": yunling.root.pk}
    client.post(url("platform_edit", platform.pk), change)
    platform.refresh_from_db()
    assert (platform.retired, platform.unit, platform.version) == (day, yunling.root, 2)
    stale = client.post(url("platform_edit", platform.pk), change | {"op_id": str(new_key()), "seen": 1})
    assert stale.status_code == 409
    assert "停用" in text(client.get(url("platform_list")))


def test_a_platform_is_not_retired_ahead_of_its_day(yunling, client_of):
    platform, client = rows.platform(yunling), client_of(yunling.staff)
    sent = {"op_id": str(new_key()), "seen": platform.version, "name": platform.name, "minutes_per_hour": "45"}
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "不能晚于今天" in text(client.post(url("platform_edit", platform.pk), sent | {"retired": tomorrow}))
    platform.refresh_from_db()
    assert platform.retired is None


def test_a_county_uses_the_citys_platform_and_does_not_keep_it(yunling):
    platform = rows.platform(yunling)
    county = make.account("county", "段县长", unit=yunling.sibling)
    make.grant(county, Role.STAFF, yunling.sibling)
    assert may_keep_platform(county, platform) is not None
    assert may_keep_platform(yunling.staff, platform) is None


def upload(client, platform, city, data, name="学习记录.csv"):
    sent = {"op_id": str(new_key()), "unit": city.bureau.pk, "records": SimpleUploadedFile(name, data)}
    return client.post(url("platform_upload", platform.pk), sent, follow=True)


def test_an_export_from_the_file_to_the_ledger(yunling, client_of):
    client, platform = client_of(yunling.liaison), rows.platform(yunling)
    data = rows.export([rows.line(yunling), rows.line(yunling, number="A2", title="另一门课", share="50")])
    page = text(upload(client, platform, yunling, data))
    assert "文件的前几行" in page and yunling.cadres[0].open_id_number() not in page
    made = PlatformUpload.objects.get()
    sent = rows.MAPPED | {"op_id": str(new_key())}
    page = text(client.post(url("platform_columns", made.pk), sent, follow=True))
    assert "可以导入 1 条" in page and "课程只完成了 50%" in page
    answer = client.get(url("platform_faults", made.pk))
    assert "90%" in str(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["E2"].value)
    page = text(client.post(url("platform_import", made.pk), {"op_id": str(new_key())}, follow=True))
    assert "已导入 1 条" in page
    staff = client_of(yunling.staff)
    page = text(staff.get(url("platform_confirm", made.pk)))
    assert "计 10 必修学分" in page and "全部确认" in page
    page = text(staff.post(url("platform_confirm", made.pk), {"op_id": str(new_key())}, follow=True))
    assert "正在确认" in page and "条学分…" not in page
    assert "正在确认" not in text(client.get(url("platform_rehearsal", made.pk)))  # the unit's page is the unit's
    work_off("recognition_confirm")
    assert CreditEntry.objects.get().credits == 10
    assert "已认定 1 条，学分已记入台账" in text(staff.get(url("platform_rehearsal", made.pk)))
    again = text(upload(client, platform, yunling, data, "再次.csv"))
    assert "没有新的记录" in again


def test_who_imported_is_told_that_somebody_else_confirms(yunling, client_of):
    made = rows.uploaded(yunling, rows.line(yunling), by="staff")
    import_export(made, actor=yunling.staff)
    page = text(client_of(yunling.staff).get(url("platform_confirm", made.pk)))
    assert "请由组织部另一位同志确认" in page and "全部确认" not in page


def test_a_file_that_cannot_be_read_is_said_on_the_form(yunling, client_of):
    client, platform = client_of(yunling.liaison), rows.platform(yunling)
    answer = upload(client, platform, yunling, b"PK\x03\x04", "学习记录.xlsx")
    assert answer.status_code == 422 and not PlatformUpload.objects.exists()
    answer = upload(client, platform, yunling, "只有一列\n1\n".encode())
    assert "没有找到表头" in text(answer)


def test_a_mapping_that_says_too_little_is_said_on_the_page(yunling, client_of):
    client = client_of(yunling.liaison)
    upload(client, rows.platform(yunling), yunling, rows.export([rows.line(yunling)]))
    made = PlatformUpload.objects.get()
    page = text(client.post(url("platform_columns", made.pk), rows.MAPPED | {"title": "", "op_id": str(new_key())}))
    assert "请指明姓名、课程名称" in page
    assert not rows.platform(yunling).columns


def test_an_infected_proof_is_no_proof(yunling, client_of, monkeypatch):
    def found(data):
        raise scanning.Infected("Eicar")

    monkeypatch.setattr(leave_forms, "demand_clean", found)
    assert "Eicar" in text(client_of(yunling.trainee).post(url("recognition_new"), fields()))
    assert not Recognition.objects.exists()


# ---- queries do not grow ----


def fill(city, numbers):
    for number in numbers:
        person = make.cadre(f"学员{number}", city.bureau, city.root)
        city.cadres.append(person)
        for title in ("甲班", "甲 班", "乙班"):
            rows.filing(city, f"{title}{number}", who=-1, by="liaison")
    upload = rows.uploaded(city, *(rows.line(city, -1, f"网课{n}", f"K{n}") for n in numbers))
    import_export(upload, actor=city.liaison)


def test_lists_and_pages_ask_in_a_fixed_number(yunling, client_of, query_count):
    staff, liaison, trainee = (client_of(yunling.accounts[part]) for part in ("staff", "liaison", "trainee"))
    own = rows.filing(yunling)
    fill(yunling, [1])
    upload = PlatformUpload.objects.get()
    pages = [
        (staff, url("recognition_list") + "?state=all"), (staff, url("recognition_list")),
        (liaison, url("recognition_list") + "?state=vetted"), (trainee, url("my_recognitions")),
        (staff, url("recognition_export") + "?state=all"), (staff, url("platform_list")),
        (liaison, url("platform_rehearsal", upload.pk)), (staff, url("platform_confirm", upload.pk)),
        (liaison, url("recognition_page", own.pk)), (liaison, url("recognition_file")),
    ]  # fmt: skip
    few = [query_count(lambda one=one: one[0].get(one[1])) for one in pages]
    fill(yunling, [2, 3, 4])
    assert [query_count(lambda one=one: one[0].get(one[1])) for one in pages] == few
    assert max(few) <= 30, few


def test_many_are_previewed_and_confirmed_in_a_fixed_number(yunling, client_of, query_count):
    client = client_of(yunling.staff)
    found = [rows.filing(yunling, f"第{n}期", by="liaison") for n in range(12)]
    confirm_recognitions([rows.filing(yunling, "已认定的", by="liaison").pk], actor=yunling.staff, seen={})

    def ask(*ticked, **more):
        return query_count(lambda: client.post(url("recognition_confirm"), ticks(*ticked, **more)))

    few = ask(found[0]) - 1
    assert ask(*found[:6]) - 6 == few
    one = ask(found[0], sure="on")
    assert ask(*found[1:11], sure="on") - one == 9  # the ticks of this test are read one by one


def test_nothing_of_a_refused_row_goes_through(yunling):
    row = rows.filing(yunling)
    with pytest.raises(Refused):
        confirm_recognitions([row.pk], actor=yunling.staff, seen={}).demand_all()
