"""Outside learning from the filing to the ledger: who may, what is refused, what goes back, what is counted once."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction

from core.keys import new_key
from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.pictures import Upload
from organization.models import Grant
from organization.roles import Role
from tests import factories as make
from tests.trainees import recognition_rows as rows
from trainees.models import CreditBalance, CreditEntry, Recognition
from trainees.services.ledger import Learning, post
from trainees.services.merging import merge_cadre
from trainees.services.recognition import (
    UNDECIDED,
    Claim,
    PlatformFacts,
    add_platform,
    confirm_recognitions,
    effects_after,
    effects_before,
    file_again,
    file_recognition,
    keep_other,
    keep_this,
    return_recognitions,
    revoke_recognition,
    take_records,
    tell_apart,
    vet_recognitions,
    withdraw_recognition,
)
from trainees.services.recognition.calls import records_of

D = Decimal
PROOF = (Upload(make.PDF, "结业证书.pdf"),)
MARCH = {"since": date(2026, 3, 2), "until": date(2026, 3, 6)}


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def second_staff(yunling):
    who = make.account("yl_staff2", "陆知微", unit=yunling.root)
    make.grant(who, Role.STAFF, yunling.root)
    return who


def claim(channel="off_job", title="全省党性教育专题班", **facts):
    return Claim(**({"channel": channel, "title": title, "hours": D(20), "proofs": PROOF} | MARCH | facts))


def online(title="乡村振兴网络专题", minutes=450, share="100", **facts):
    return claim("online", title, hours=D(0), minutes=minutes, share=D(share), **facts)


def filed(city, what=None, who=0, by="trainee"):
    return file_recognition(city.cadres[who], what or claim(), actor=city.accounts[by])


def seen(*rows):
    return {row.pk: Recognition.objects.get(pk=row.pk).version for row in rows}


def vet(*rows, by):
    return vet_recognitions([row.pk for row in rows], actor=by, seen=seen(*rows))


def confirm(*rows, by):
    return confirm_recognitions([row.pk for row in rows], actor=by, seen=seen(*rows))


def confirmed(city, row):
    vet(row, by=city.liaison)
    confirm(row, by=city.staff).demand_all()
    row.refresh_from_db()
    return row


def reason_of(decided):
    assert decided.done == []
    return decided.left[0][1]


# ---- the whole way ----


def test_filed_vetted_confirmed_and_in_the_ledger(yunling):
    row = filed(yunling)
    assert (row.state, row.unit, row.filed_by_id) == ("filed", yunling.bureau, yunling.trainee.pk)
    assert [proof.name for proof in row.proofs.all()] == ["结业证书.pdf"]
    assert vet(row, by=yunling.liaison).demand_all() == row
    assert not CreditEntry.objects.exists()
    assert confirm(row, by=yunling.staff).demand_all() == row
    row.refresh_from_db()
    assert (row.state, row.vetted_by_id, row.confirmed_by_id) == ("confirmed", yunling.liaison.pk, yunling.staff.pk)
    entry = CreditEntry.objects.get()
    assert (entry.cadre, entry.on, entry.hours, entry.days, entry.credits) == (
        yunling.cadres[0], date(2026, 3, 6), 20, 3, 20,
    )  # 20 hours are three days of six and two over: no half day of three  # fmt: skip
    assert (entry.source_kind, entry.source_id, entry.kind) == ("recognition", row.pk, "required")
    balance = CreditBalance.objects.get(cadre=yunling.cadres[0])
    assert (balance.off_job_hours, balance.off_job_days, balance.required) == (20, 3, 20)
    events = ["recognition.file", "recognition.vet", "recognition.confirm"]
    assert list(AuditEntry.objects.filter(event__in=events).order_by("pk").values_list("event", flat=True)) == events


def test_what_the_liaison_files_for_others_is_vetted_by_that(yunling):
    row = filed(yunling, by="liaison")
    assert (row.state, row.vetted_by_id) == ("vetted", yunling.liaison.pk)


@pytest.mark.parametrize("by", ["sibling_liaison", "staff", "leader", "manager", "other_trainee"])
def test_nobody_else_files(yunling, by):
    with pytest.raises(Refused, match="本人申报，或由所在单位的联络员"):
        filed(yunling, by=by)


def test_a_confirmed_one_is_locked_by_the_database(yunling):
    row = confirmed(yunling, filed(yunling))
    for change in ({"hours": D(40)}, {"title": "另一门课"}, {"state": "filed"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Recognition.objects.filter(pk=row.pk).update(**change)


# ---- what a filing must say ----


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"proofs": ()}, "请附上证明材料"),
        ({"title": "《》"}, "请写明学习内容"),
        ({"until": date(2026, 3, 1)}, "结束日期不能早于开始日期"),
        ({"until": date(2026, 11, 23)}, "学习还没有结束"),
        ({"since": date(2020, 12, 31)}, "只受理近 5 年的学习"),
        ({"hours": D("20.25")}, "0.5 的倍数"),
        ({"hours": D(61)}, "一天最多 12 学时"),
        ({"days": D("5.5")}, "起止之间只有 5 天"),
        ({"hours": D(0)}, "请写明学时（脱产培训也可以只写天数）"),
        ({"channel": "study_group"}, "请写明次数"),
        ({"channel": "self_study", "since": date(2025, 12, 30)}, "请按年度分别申报"),
        ({"channel": "online", "hours": D(0)}, "请写明学习时长"),
        ({"channel": "online", "minutes": 450}, "请写明完成比例"),
        ({"channel": "online", "minutes": 450, "share": D(101)}, "请写明完成比例，0 到 100"),
    ],
)
def test_what_a_filing_lacks_is_said(yunling, what, words):
    with pytest.raises(Refused) as refused:
        filed(yunling, claim(**what))
    assert words in refused.value.message
    assert not Recognition.objects.exists()


def test_online_hours_are_made_of_minutes(yunling):
    assert filed(yunling, online(minutes=100)).hours == D("2.22")


# ---- who decides ----


def test_nobody_vets_their_own_learning(yunling):
    make.grant(yunling.trainee, Role.LIAISON, yunling.bureau)
    row = filed(yunling)
    assert row.state == "filed"
    assert "您本人的学习" in reason_of(vet(row, by=yunling.trainee))
    assert "您本人的学习" in reason_of(
        return_recognitions([row.pk], actor=yunling.trainee, reason="自己退回自己", seen={})
    )


def test_the_department_vets_only_where_the_unit_has_no_liaison(yunling):
    row = filed(yunling)
    assert "该单位有联络员" in reason_of(vet(row, by=yunling.staff))
    Grant.objects.filter(role=Role.LIAISON, unit=yunling.bureau).delete()
    vet(row, by=yunling.staff).demand_all()


def test_who_vetted_does_not_confirm(yunling, second_staff):
    Grant.objects.filter(role=Role.LIAISON, unit=yunling.bureau).delete()
    row = filed(yunling)
    vet(row, by=yunling.staff).demand_all()
    assert "不能是同一个人" in reason_of(confirm(row, by=yunling.staff))
    confirm(row, by=second_staff).demand_all()


def test_the_departments_own_learning_is_confirmed_by_a_colleague(yunling, second_staff):
    row = filed(yunling)
    vet(row, by=yunling.liaison)
    make.grant(yunling.trainee, Role.STAFF, yunling.root)
    assert "您本人的学习" in reason_of(confirm(row, by=yunling.trainee))
    confirm(row, by=second_staff).demand_all()


def test_what_was_filed_for_a_merged_double_is_ones_own(yunling, second_staff):
    """The account has gone over to the row that lives on; the filing stays with the double."""
    row = filed(yunling)
    vet(row, by=yunling.liaison)
    stays = make.cadre(yunling.cadres[0].name, yunling.bureau, yunling.root)
    merge_cadre(yunling.cadres[0], stays, actor=yunling.staff, reason="身份证号录入错误，经本人核对")
    make.grant(yunling.trainee, Role.STAFF, yunling.root)
    assert "您本人的学习" in reason_of(confirm(row, by=yunling.trainee))
    confirm(row, by=second_staff).demand_all()


@pytest.mark.parametrize("by", ["liaison", "sibling_liaison", "leader", "trainee"])
def test_only_the_department_confirms(yunling, by):
    row = filed(yunling)
    vet(row, by=yunling.liaison)
    assert reason_of(confirm(row, by=yunling.accounts[by])) == "由组织部干部教育科确认"


def test_the_other_citys_department_has_no_word(cast):
    row = filed(cast.yunling)
    assert "由所在单位的联络员审核" in reason_of(vet(row, by=cast.wangjiang.staff))
    vet(row, by=cast.yunling.liaison)
    assert "由组织部干部教育科确认" in reason_of(confirm(row, by=cast.wangjiang.staff))
    assert "退回" in reason_of(return_recognitions([row.pk], actor=cast.wangjiang.staff, reason="不是本市的", seen={}))


def test_many_at_once_and_what_is_left_is_said(yunling):
    good, other = filed(yunling), filed(yunling, claim(title="另一个班"))
    vet(good, other, by=yunling.liaison)
    third = filed(yunling, claim(title="还没有审核的班"))
    decided = confirm(good, other, third, by=yunling.staff)
    assert {row.pk for row in decided.done} == {good.pk, other.pk}
    assert decided.left == [(third, "现在的状态是“待单位审核”，可能刚由他人办理")]
    assert CreditBalance.objects.get(cadre=yunling.cadres[0]).required == 40


def test_what_changed_since_the_page_was_opened_is_left(yunling):
    row = filed(yunling)
    vet(row, by=yunling.liaison)
    old = seen(row)
    return_recognitions([row.pk], actor=yunling.staff, reason="证明看不清楚", seen=old)
    file_again(Recognition.objects.get(pk=row.pk), claim(hours=D(40)), actor=yunling.trainee)
    vet(row, by=yunling.liaison)
    assert "内容已被更改" in reason_of(confirm_recognitions([row.pk], actor=yunling.staff, seen=old))
    assert not CreditEntry.objects.exists()


# ---- back and again ----


def test_returned_with_a_reason_and_filed_again(yunling):
    row = filed(yunling)
    with pytest.raises(Refused, match="至少 5 个字"):
        return_recognitions([row.pk], actor=yunling.liaison, reason="不行", seen={})
    return_recognitions([row.pk], actor=yunling.liaison, reason="证明材料看不清", seen=seen(row))
    row.refresh_from_db()
    assert (row.state, row.state_reason) == ("returned", "证明材料看不清")
    again = file_again(row, claim(hours=D(16)), actor=yunling.trainee, seen=row.version)
    assert (again.state, again.hours, again.state_reason, again.proofs.count()) == ("filed", 16, "", 2)
    with pytest.raises(Conflict):
        withdraw_recognition(again, actor=yunling.trainee, seen=1)


def test_a_platforms_record_keeps_its_number_when_it_is_filed_again(yunling):
    where = rows.platform(yunling)
    (told,) = take_records(where, records_of(json.dumps({"records": [rows.record(yunling)]}).encode()))
    row = Recognition.objects.get()
    return_recognitions([row.pk], actor=yunling.liaison, reason="课程名称不完整", seen={})
    facts = {"channel": "online", "hours": D(0), "minutes": 450, "share": D(100), "platform": where}
    file_again(row, rows.claim("乡村振兴专题（上）", **facts), actor=yunling.trainee)
    (again,) = take_records(where, records_of(json.dumps({"records": [rows.record(yunling)]}).encode()))
    assert Recognition.objects.count() == 1 and told["result"] == "accepted" and again["result"] == "refused"


def test_the_department_returns_what_the_unit_vetted_the_liaison_no_more(yunling):
    row = filed(yunling)
    vet(row, by=yunling.liaison)
    assert "单位已审核" in reason_of(return_recognitions([row.pk], actor=yunling.liaison, reason="想要收回来", seen={}))
    return_recognitions([row.pk], actor=yunling.staff, reason="学时与证明不符", seen={})
    assert file_again(row, claim(), actor=yunling.liaison).state == "vetted"


def test_taken_back_before_it_is_vetted(yunling):
    row = filed(yunling)
    with pytest.raises(Refused, match="只有本人或申报的联络员"):
        withdraw_recognition(row, actor=yunling.liaison)
    assert withdraw_recognition(row, actor=yunling.trainee).state == "withdrawn"
    other = filed(yunling)
    vet(other, by=yunling.liaison)
    with pytest.raises(Refused, match="不能撤回"):
        withdraw_recognition(other, actor=yunling.trainee)


def test_revoked_with_a_reason_the_ledger_reverses(yunling):
    row = confirmed(yunling, filed(yunling))
    with pytest.raises(Refused, match="只能由组织部"):
        revoke_recognition(row, actor=yunling.liaison, reason="证书系伪造")
    revoke_recognition(row, actor=yunling.staff, reason="证书系伪造", seen=row.version)
    assert (row.state, Recognition.objects.get(pk=row.pk).state) == ("confirmed", "revoked")
    first, second = CreditEntry.objects.order_by("pk")
    assert (second.reverses, second.credits, second.reason) == (first, -20, "证书系伪造")
    balance = CreditBalance.objects.get(cadre=yunling.cadres[0])
    assert (balance.required, balance.off_job_hours, balance.entries) == (0, 0, 2)


# ---- what the ledger makes of it ----


def test_in_house_training_counts_eighteen_a_class(yunling):
    row = filed(yunling, claim("in_house", "业务内训", hours=D(24)))
    vet(row, by=yunling.liaison)
    row.refresh_from_db()
    (told,) = effects_before([row])[row.pk]
    assert (told.year, told.kind, told.hours, told.credits) == (2026, "required", 24, 18)
    assert "每次最多计 18 学分" in told.steps
    assert not CreditEntry.objects.exists()
    confirm(row, by=yunling.staff).demand_all()
    assert effects_after([row])[row.pk] == [told]


def test_online_by_the_ledgers_minutes(yunling):
    row = confirmed(yunling, filed(yunling, online(minutes=100, share="90")))
    entry = CreditEntry.objects.get(source_id=row.pk)
    assert (entry.hours, entry.credits) == (2, 2)  # 100 minutes are 2.22 hours: 2 in steps of half an hour


def test_a_platform_with_longer_hours(yunling):
    where = add_platform(PlatformFacts(yunling.root, "云岭干部网络学院", 60), actor=yunling.staff)
    row = confirmed(yunling, filed(yunling, online(minutes=120, platform=where)))
    assert CreditEntry.objects.get(source_id=row.pk).hours == 2


def test_under_ninety_per_cent_is_not_confirmed(yunling):
    row = filed(yunling, online(share="89.5"))
    vet(row, by=yunling.liaison)
    assert reason_of(confirm(row, by=yunling.staff)) == "课程只完成了 89.5%，网络课程完成 90% 以上才能认定"


def test_a_study_group_session_is_three_credits(yunling):
    row = confirmed(yunling, filed(yunling, claim("study_group", "理论学习中心组", hours=D(0), sessions=2)))
    assert CreditEntry.objects.get(source_id=row.pk).credits == 6


def test_days_alone_make_hours(yunling):
    row = confirmed(yunling, filed(yunling, claim(hours=D(0), days=D("2.5"))))
    entry = CreditEntry.objects.get(source_id=row.pk)
    assert (entry.hours, entry.days) == (15, D("2.5"))  # 6 hours a day, 3 half a day


def test_over_new_year_two_years_have_their_part(yunling):
    days = {"since": date(2025, 12, 28), "until": date(2026, 1, 6)}
    row = confirmed(yunling, filed(yunling, claim(hours=D(40), days=D(10), **days)))
    entries = CreditEntry.objects.filter(source_id=row.pk).order_by("year")
    assert list(entries.values_list("year", "part", "hours", "days")) == [(2025, 2025, 16, 4), (2026, 2026, 24, 6)]
    revoke_recognition(row, actor=yunling.staff, reason="不属于认定范围")
    assert {one.required for one in CreditBalance.objects.filter(cadre=yunling.cadres[0])} == {0}


# ---- the same course twice ----


def a_class(city, title="全省党性教育专题班", on=date(2026, 5, 8)):
    one = Learning(city.cadres[0].pk, on, "off_job", D(20), D(3), title, "class", new_key())
    post([one], actor=None)


def waiting():
    return set(Recognition.objects.filter(UNDECIDED).values_list("pk", flat=True))


def test_the_same_course_twice_must_be_decided(yunling):
    first = filed(yunling, online("《乡村振兴》网络专题", since=date(2026, 1, 5)))
    second = filed(yunling, online("乡村振兴 网络专题"))
    assert (first.twin, second.twin) == (None, first) and waiting() == {second.pk}
    vet(first, second, by=yunling.liaison)
    decided = confirm(first, second, by=yunling.staff)
    assert [row.pk for row in decided.done] == [first.pk] and "疑似重复" in decided.left[0][1]


def test_told_apart_with_a_reason(yunling):
    filed(yunling, online())
    second = filed(yunling, online())
    with pytest.raises(Refused, match="至少 5 个字"):
        tell_apart(second, actor=yunling.liaison, reason="不是")
    with pytest.raises(Refused, match="本人的申报"):
        tell_apart(second, actor=yunling.trainee, reason="上下两期，内容不同")
    tell_apart(second, actor=yunling.liaison, reason="上下两期，内容不同", seen=second.version)
    assert waiting() == set()
    vet(second, by=yunling.liaison)
    confirm(second, by=yunling.staff).demand_all()
    first = Recognition.objects.exclude(pk=second.pk).get()
    vet(first, by=yunling.liaison)
    confirm(first, by=yunling.staff).demand_all()


def test_the_other_is_kept_this_goes_back(yunling):
    filed(yunling, online())
    second = filed(yunling, online())
    keep_other(second, actor=yunling.liaison)
    second.refresh_from_db()
    assert (second.state, second.state_reason) == ("returned", "与“乡村振兴网络专题”重复")


def test_this_is_kept_the_other_goes_back(yunling):
    first, second = filed(yunling, online()), filed(yunling, online())
    keep_this(second, actor=yunling.liaison)
    first.refresh_from_db()
    assert first.state == "returned" and waiting() == set()
    vet(second, by=yunling.liaison)
    confirm(second, by=yunling.staff).demand_all()


def test_a_confirmed_other_cannot_go_back(yunling):
    confirmed(yunling, filed(yunling, online()))
    second = filed(yunling, online())
    with pytest.raises(Refused, match="先由组织部撤销另一条"):
        keep_this(second, actor=yunling.staff)


def test_a_class_of_that_name_is_found(yunling):
    a_class(yunling)
    row = filed(yunling, claim(title="全省党性教育 专题班"))
    assert row.twin_entry == CreditEntry.objects.get() and waiting() == {row.pk}


def test_a_class_that_closes_later_is_found_before_anybody_confirms(yunling):
    row = filed(yunling)
    a_class(yunling)
    vet(row, by=yunling.liaison)
    assert waiting() == set()
    assert "疑似重复" in reason_of(confirm(row, by=yunling.staff))
    assert waiting() == {row.pk}


def test_another_year_another_person_another_course_are_no_doubles(yunling):
    filed(yunling, online(since=date(2025, 3, 1), until=date(2025, 3, 2)))
    filed(yunling, online(), who=1, by="other_trainee")
    filed(yunling, online("乡村治理"))
    assert filed(yunling, online()).twin is None


def test_what_was_taken_back_is_no_double(yunling):
    first = filed(yunling, online())
    second = filed(yunling, online())
    withdraw_recognition(first, actor=yunling.trainee)
    assert waiting() == set()
    vet(second, by=yunling.liaison)
    confirm(second, by=yunling.staff).demand_all()
