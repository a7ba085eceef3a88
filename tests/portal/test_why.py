"""为什么能看到: the way in words, “no” with what would help, nothing beyond the asker's own scope."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from organization.models import Grant
from tests import factories as make
from training.models import TrainingClass

pytestmark = pytest.mark.django_db


def ask(client, kind, thing, **more):
    answer = client.get(reverse("portal:why"), {"kind": kind, "thing": thing, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_manager_reads_by_which_role_and_until_when(yunling, client_of):
    text = ask(client_of(yunling.manager), "class", yunling.training_class.code)
    assert "您能看到" in text
    assert "班次这道门" in text and "账号被指定为本班班主任" in text
    assert "2020年1月1日起，长期有效" in text
    assert "本班名册、考勤、请假、量化记录、测试、成绩、文件" in text
    assert "可以查看学员名册" in text and "不能确认成绩并印发文件" in text


def test_after_closing_it_says_until_when(yunling, client_of):
    closed = timezone.localdate() - timedelta(days=3)
    TrainingClass.objects.filter(pk=yunling.training_class.pk).update(state="closed", closed_on=closed)
    last = closed + timedelta(days=15)
    text = ask(client_of(yunling.manager), "class", yunling.training_class.code)
    assert f"班次已结班，可读至{last.year}年{last.month}月{last.day}日" in text


def test_staff_read_both_relations_of_a_person(yunling, client_of):
    text = ask(client_of(yunling.staff), "cadre", "司马清扬")
    assert f"该干部由“{yunling.root.name}”管理" in text
    assert f"该干部现在“{yunling.bureau.name}”工作" in text
    assert f"组织部干部教育科，单位“{yunling.root.name}”及其下级" in text


def test_a_liaison_sees_by_the_unit_only_and_no_marks(yunling, client_of):
    text = ask(client_of(yunling.liaison), "trainee", "司马清扬", training_class=yunling.training_class.code)
    assert "没有找到，或不在您的范围内" not in text
    assert "人员这道门" in text and "班次这道门" not in text
    assert "不含考勤、量化记录、答卷" in text


def test_out_of_scope_reads_like_what_does_not_exist(yunling, wangjiang, client_of):
    client = client_of(yunling.staff)
    there = ask(client, "class", wangjiang.training_class.code)
    nowhere = ask(client, "class", "云岭-9999-99")
    assert "没有找到，或不在您的范围内" in there
    assert there.replace(wangjiang.training_class.code, "").count("li>") == nowhere.count("li>")
    assert "被指定为这个班次的班主任" in there and "安全管理员" in there


def test_a_refused_page_leads_to_the_explanation(yunling, client_of):
    client = client_of(yunling.leader)
    refused = client.get(reverse("portal:class_roster", args=[yunling.training_class.pk]))
    assert refused.status_code == 403
    link = refused.context["why_url"]
    assert link in refused.content.decode().replace("&amp;", "&")
    text = client.get(link).content.decode()
    assert "您能看到" in text and "不能查看学员名册" in text and "名册供班主任和组织部使用" in text


def test_the_trainee_of_a_class(yunling, client_of):
    text = ask(client_of(yunling.trainee), "address", f"https://x/classes/{yunling.training_class.pk}/")
    assert "账号本人是本班学员" in text and "不含他人的成绩和记录" in text


def test_a_document_by_its_number(yunling, client_of):
    paper = yunling.documents["letter"]
    text = ask(client_of(yunling.liaison), "document", f"{paper.series.word}[2026]{paper.number}")
    assert f"这份函主送“{yunling.bureau.name}”" in text
    other = yunling.documents["sibling_letter"]
    text = ask(client_of(yunling.liaison), "document", other.number_text)
    assert "没有找到，或不在您的范围内" in text


def test_staff_ask_about_an_account_of_their_area_and_it_is_kept(yunling, client_of):
    thing = yunling.training_class
    text = ask(client_of(yunling.staff), "class", thing.code, account=yunling.liaison.username)
    assert "方立言不能看到" in text
    assert f"在“{yunling.root.name}”或其上级单位担任组织部干部教育科、领导" in text
    entry = AuditEntry.objects.get(event="access.explain")
    assert (entry.actor_id, entry.object_id) == (yunling.staff.pk, str(yunling.liaison.pk))
    assert entry.after == {"kind": "class", "of": [f"training.TrainingClass:{thing.pk}"]}


def test_staff_do_not_ask_about_accounts_or_things_elsewhere(yunling, wangjiang, client_of):
    client = client_of(yunling.staff)
    assert "没有这个账号" in ask(client, "class", "x", account=wangjiang.liaison.username)
    text = ask(client, "cadre", wangjiang.cadres[0].name, account=yunling.liaison.username)
    assert "没有找到" in text and wangjiang.bureau.name not in text


def test_others_ask_for_themselves_only(yunling, client_of):
    text = ask(client_of(yunling.liaison), "class", yunling.training_class.code, account=yunling.staff.username)
    assert "没有找到，或不在您的范围内" in text
    assert not AuditEntry.objects.filter(event="access.explain").exists()


def test_the_security_administrator_reads_grants_and_units_and_no_business_data(yunling, client_of):
    client, person = client_of(yunling.security_admin), yunling.cadres[0]
    assert "没有找到" in ask(client, "cadre", person.name[:2], account=yunling.liaison.username)
    text = ask(client, "cadre", person.name, account=yunling.liaison.username)
    assert f"{yunling.liaison.display_name}能看到" in text
    assert f"该干部现在“{yunling.bureau.name}”工作" in text
    text = ask(client, "address", reverse("portal:class_page", args=[yunling.training_class.pk]), account="方立言")
    assert "方立言不能看到" in text and "地址所指的这一条数据" in text
    assert yunling.training_class.name not in text and yunling.training_class.code not in text


def test_the_security_administrator_asks_nothing_unseen(yunling, client_of):
    """Asking for oneself would tell whether somebody is there, and where they work: it stands in the log as well."""
    ask(client_of(yunling.security_admin), "cadre", yunling.cadres[0].name)
    entry = AuditEntry.objects.get(event="access.explain")
    assert (entry.actor_id, entry.object_id) == (yunling.security_admin.pk, str(yunling.security_admin.pk))
    assert entry.after == {"kind": "cadre", "of": [f"trainees.Cadre:{yunling.cadres[0].pk}"]}


def test_sec_32_an_id_number_is_neither_looked_for_nor_shown_again(yunling, client_of):
    number = yunling.cadres[0].open_id_number()
    text = ask(client_of(yunling.staff), "cadre", number)
    assert "这里不按身份证号查找" in text and number not in text


def test_a_grant_that_ended_is_named(yunling, client_of):
    yesterday = timezone.localdate() - timedelta(days=1)
    yunling.leader.grants.update(until=yesterday, granted_by_id=yunling.security_admin.pk)
    text = ask(client_of(yunling.staff), "class", yunling.training_class.code, account=yunling.leader.username)
    assert "不能看到" in text and "今天不在有效期内" in text
    assert f"至{yesterday.year}年{yesterday.month}月{yesterday.day}日" in text and "安守正 授予" in text


def test_a_disabled_account_sees_nothing(yunling, client_of):
    text = ask(client_of(yunling.security_admin), "class", yunling.training_class.code, account="旧时月")
    assert "旧时月不能看到" in text and "已停用" in text


def test_several_of_one_name_are_offered(yunling, client_of):
    twin = make.cadre("司马清扬", yunling.sibling, yunling.root)
    client = client_of(yunling.staff)
    text = ask(client, "cadre", "司马清扬")
    assert "符合的不止一个" in text
    assert f"该干部现在“{yunling.sibling.name}”工作" in ask(client, "cadre", "司马清扬", row=twin.pk)


def test_the_number_of_queries_does_not_grow_with_grants(yunling, client_of, query_count):
    client, staff = client_of(yunling.staff), yunling.staff
    few = query_count(lambda: ask(client, "cadre", "司马清扬"))
    for place in range(30):
        since = make.LONG_AGO + timedelta(days=place + 1)
        Grant.objects.create(account=staff, role="staff", unit=yunling.root, since=since)
    assert query_count(lambda: ask(client, "cadre", "司马清扬")) == few


@pytest.mark.parametrize(
    "thing", ["x" * 501, "//evil/", "http://[", "/admin/organization/unit/x/", "1;--", "〔2026〕1"]
)
def test_b31_odd_things_are_not_found(yunling, client_of, thing):
    for kind in ("class", "cadre", "trainee", "document", "address", "nonsense"):
        ask(client_of(yunling.staff), kind, thing, training_class="%")


def test_the_grants_lead_here(yunling, client_of):
    text = client_of(yunling.security_admin).get(reverse("admin:organization_grant_changelist")).content.decode()
    assert f"{reverse('portal:why')}?account={yunling.liaison.username}" in text
