"""What pages say: homes by role, the class, results, documents, search, genuineness."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result
from core.jobs import submit
from core.keys import new_key
from core.models import AuditEntry, BatchItem
from portal.pages.result import radar
from reports.models import Document
from tests import factories as make
from trainees.models import Cadre

pytestmark = pytest.mark.django_db


def page(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_desk_says_what_waits(yunling, client_of):
    body = page(client_of(yunling.staff), "home")
    assert "1 个班次的成绩等待确认" in body
    assert "2 个班次已结束、未结班" in body


def test_a_number_of_the_desk_opens_as_many_classes(yunling, client_of):
    client = client_of(yunling.staff)
    body = page(client, "home")
    assert f"{reverse('portal:class_list')}?results=waiting" in body
    listed = client.get(reverse("portal:class_list"), {"results": "waiting"}).context["page_obj"]
    assert [one["name"] for one in listed] == [yunling.open_class.name]
    assert client.get(reverse("portal:class_unclosed")).context["page_obj"].paginator.count == 2


def test_people_of_the_desk_open_the_list_of_cadres(yunling, client_of):
    Cadre.objects.filter(pk=yunling.cadres[0].pk).update(unverified=True)
    client, lists = client_of(yunling.staff), reverse("portal:cadre_list")
    home = client.get(reverse("portal:home"))
    people = next(each for each in home.context["figures"] if each["label"] == "在册干部")
    assert (people["url"], people["value"]) == (lists, client.get(lists).context["page_obj"].paginator.count)
    assert f"{lists}?unverified=1" in home.content.decode() and "1 名干部待核" in home.content.decode()


def test_kinds_of_batches_are_told_in_chinese(yunling, client_of):
    assert set(settings.JOB_NAMES) == set(settings.JOB_HANDLERS)
    papers = [yunling.documents["letter"].pk]
    batch = submit("slips", "印发", papers, actor=None, subject_id=yunling.training_class.pk)
    client = client_of(yunling.staff)
    for url in (reverse("admin:core_batch_changelist"), reverse("admin:core_batch_change", args=[batch.pk])):
        body = client.get(url, follow=True).content.decode()
        assert "登录条" in body and ">slips<" not in body


def test_a_leader_counts_the_classes_that_have_begun(yunling, client_of):
    """One of two begins tomorrow: neither the class nor its people count yet."""
    one, today = yunling.open_class, timezone.localdate()
    one.start, one.end, one.state = today + timedelta(days=1), today + timedelta(days=3), "planned"
    one.save(update_fields=["start", "end", "state"])
    kept = yunling.training_class
    client, query = client_of(yunling.leader), {"year": str(today.year), "begun": "1"}
    figures = {each["label"]: each for each in client.get(reverse("portal:home")).context["figures"]}
    listed = client.get(reverse("portal:class_list"), query).context["page_obj"]
    assert one.name not in [each["name"] for each in listed]
    assert figures["班次"]["value"] == listed.paginator.count == (kept.start.year == today.year)
    assert figures["班次"]["url"].endswith(f"?year={today.year}&begun=1")
    assert figures["参训"]["value"] == (len(yunling.enrolments) if kept.start.year == today.year else 0)


def test_a_failed_document_waits_on_the_desk(yunling, client_of):
    batch = submit(
        "document", "印发", [yunling.documents["letter"].pk], actor=None, subject_id=yunling.training_class.pk
    )
    BatchItem.objects.filter(batch=batch).update(state="failed", attempts=3, error="字库无此字")
    assert "1 份文件生成失败" in page(client_of(yunling.staff), "home")
    files = page(client_of(yunling.staff), "class_files", yunling.training_class.pk)
    assert "字库无此字" in files and f"反馈函 · {yunling.bureau.name}" in files


def test_progress_is_a_count_of_rows(yunling, client_of):
    papers = [paper.pk for paper in yunling.documents.values()]
    batch = submit("document", "印发", papers, actor=None, subject_id=yunling.training_class.pk)
    client = client_of(yunling.manager)
    body = page(client, "batch_progress", batch.pk)
    assert f"0 / {len(papers)} 份" in body and 'hx-trigger="every 2s"' in body
    BatchItem.objects.filter(batch=batch).update(state="done")
    body = page(client, "batch_progress", batch.pk)
    assert f"{len(papers)} / {len(papers)} 份" in body and "hx-trigger" not in body


def test_a_package_is_offered_only_when_nothing_is_missing(yunling, client_of):
    """While the batch runs, and while an issued document has no file, the package would be less than all."""
    one, client = yunling.training_class, client_of(yunling.manager)
    url = reverse("portal:class_zip", args=[one.pk])
    assert url in page(client, "class_files", one.pk)
    papers = [paper.pk for paper in yunling.documents.values()]
    batch = submit("document", "印发", papers, actor=None, subject_id=one.pk)
    assert url not in page(client, "class_files", one.pk)
    refused = client.get(url)
    assert refused.status_code == 410 and "请等全部生成后再下载" in refused.content.decode()
    assert "HX-Refresh" not in client.get(reverse("portal:batch_progress", args=[batch.pk]))
    BatchItem.objects.filter(batch=batch).update(state="done")
    assert client.get(reverse("portal:batch_progress", args=[batch.pk]))["HX-Refresh"] == "true"
    assert client.get(url).status_code == 200
    Document.objects.filter(pk=papers[0]).update(file=None)
    assert url not in page(client, "class_files", one.pk)
    assert client.get(url).status_code == 410


def test_a_trainee_sees_only_what_was_shown(yunling, client_of):
    client = client_of(yunling.trainee)
    assert yunling.open_class.name not in page(client, "home").split("学习经历")[0]
    url = reverse("portal:result_detail", args=[yunling.open_enrolment.pk])
    assert client.get(url).status_code == 404
    yunling.open_class.results.update(state="shown")
    assert client.get(url).status_code == 200


def test_who_withdrew_is_not_in_the_mean_beside_a_trainee(yunling):
    own = yunling.training_class.results.order_by("pk").first()
    before = radar(own, own.explanation)
    who = make.enrolment(yunling.training_class, make.cadre("乌云嘎", yunling.bureau, yunling.root), 9)
    nothing = [block | {"points": "0.00"} for block in own.explanation["blocks"]]
    facts = {"grade": Result.Grade.WITHDRAWN, "explanation": own.explanation | {"blocks": nothing}}
    Result.objects.create(training_class=own.training_class, enrolment=who, scheme=own.scheme, points={}, **facts)
    assert radar(own, own.explanation) == before


def test_every_point_has_its_reason(yunling, client_of):
    """15 less one 迟到; 6 plus an entry of 2."""
    body = page(client_of(yunling.trainee), "result_detail", yunling.enrolments[0].pk)
    name = yunling.enrolments[0].roster_name
    assert "迟到" in body and "14.00" in body
    assert f"{name}主动发言" in body and "8.00" in body
    assert "考核结果单" in body or "成绩单" in body


def test_both_pages_average_those_with_a_rank(yunling, client_of):
    """(90.01 + 80.02) / 2 = 85.015, half up 85.02; who left counts in neither."""
    values = [("90.01", 1, "优秀"), ("80.02", 2, "良好"), ("3.00", None, "退学")]
    for who, (total, rank, grade) in zip(yunling.enrolments, values, strict=True):
        Result.objects.filter(enrolment=who).update(total=total, rank=rank, grade=grade)
    client = client_of(yunling.manager)
    for name in ("class_page", "class_results"):
        assert "85.02" in page(client, name, yunling.training_class.pk)


def test_who_may_not_confirm_is_told_who_can(yunling, client_of):
    bodies = {name: page(client_of(getattr(yunling, name)), "class_page", yunling.open_class.pk)
              for name in ("staff", "assessor", "manager", "leader")}  # fmt: skip
    assert {name for name, body in bodies.items() if "去确认" in body} == {"staff", "assessor"}
    assert all("组织部干部教育科或本班考评工作小组" in bodies[name] for name in ("manager", "leader"))


def test_a_leader_sees_outcomes_without_records(yunling, client_of):
    body = page(client_of(yunling.leader), "class_results", yunling.training_class.pk)
    assert yunling.enrolments[0].roster_name in body and "优秀" in body
    assert "课堂互动" not in body
    assert reverse("portal:result_detail", args=[yunling.enrolments[0].pk]) not in body


def test_a_liaison_sees_letters_of_the_unit_and_below(yunling, client_of):
    body = page(client_of(yunling.liaison), "home")
    letters = {name: reverse("portal:document_download", args=[paper.pk]) for name, paper in yunling.documents.items()}
    assert letters["letter"] in body and letters["office_letter"] in body
    assert letters["sibling_letter"] not in body and letters["sheet_1"] not in body


def test_satisfaction_under_five_answers_is_not_shown(yunling, client_of):
    yunling.training_class.satisfaction.update(count=4)
    body = page(client_of(yunling.manager), "class_satisfaction", yunling.training_class.pk)
    assert "暂不显示满意度" in body and "希望增加现场教学" not in body


@pytest.mark.parametrize("q", ["司马清扬", "清扬", "simaqing", "smqy", "SMQ", "si ma"])
def test_people_are_found_by_name_pinyin_and_initials(yunling, client_of, q):
    assert yunling.cadres[0].name in page(client_of(yunling.staff), "search", q=q)


def test_a_liaison_finds_own_people_without_links(yunling, client_of):
    body = page(client_of(yunling.liaison), "search", q="司马")
    assert yunling.cadres[0].name in body and "/admin/" not in body and 'href=""' not in body
    assert yunling.cadres[1].name not in page(client_of(yunling.liaison), "search", q="欧阳")


def test_filters_sort_and_paging_of_the_class_list(yunling, client_of):
    client = client_of(yunling.staff)
    assert yunling.open_class.name in page(client, "class_list", state="ended")
    assert "没有符合条件的班次" in page(client, "class_list", state="closed")
    body = page(client, "class_list", sort="code", page="99", state="nonsense")
    assert body.index(yunling.training_class.name) < body.index(yunling.open_class.name)


def test_downloads_are_recorded(yunling, client_of):
    client_of(yunling.liaison).get(reverse("portal:document_download", args=[yunling.documents["letter"].pk]))
    entry = AuditEntry.objects.get(event="document.read")
    assert (entry.actor_id, entry.object_id) == (yunling.liaison.pk, str(yunling.documents["letter"].pk))


def test_a_document_that_is_being_made_says_so(yunling, client_of):
    paper = yunling.documents["letter"]
    Document.objects.filter(pk=paper.pk).update(file=None)
    answer = client_of(yunling.manager).get(reverse("portal:document_download", args=[paper.pk]))
    assert answer.status_code == 410
    assert "还在生成" in answer.content.decode()


def test_anybody_may_verify_a_document(client, yunling):
    body = page(client, "verify", yunling.documents["letter"].token)
    assert "真实，现行有效" in body and "培〔2026〕1号" in body
    assert yunling.cadres[0].name not in body
    assert "查无此文件" in page(client, "verify", "no-such-token")


def test_confirming_twice_is_one_act(yunling, client_of):
    """The same op_id gives the first answer; another one is refused in words."""
    client, op_id = client_of(yunling.staff), str(new_key())
    url = reverse("portal:results_confirm", args=[yunling.open_class.pk])
    first, again = (client.post(url, {"op_id": op_id, "seen": 0}) for _ in range(2))
    assert first["Location"] == again["Location"]
    documents = Document.objects.filter(training_class=yunling.open_class)
    assert documents.count() == 3
    refused = client.post(url, {"op_id": str(new_key()), "seen": 0})
    assert refused.status_code == 403 and "已全部印发" in refused.content.decode()


def test_refusals_say_what_why_and_who(yunling, client_of):
    answer = client_of(yunling.manager).post(
        reverse("portal:results_confirm", args=[yunling.open_class.pk]), {"op_id": str(new_key()), "seen": 0}
    )
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "确认成绩并印发文件" in body and "经办人不能自己确认" in body and "考评工作小组" in body


def test_classes_that_wait_to_be_closed_stand_with_their_age_and_what_is_missing(yunling, client_of):
    """The open class has a draft result; the other owes nothing; who is not of the class office is led to its page."""
    body = client_of(yunling.staff).get(reverse("portal:class_unclosed")).content.decode()
    assert "还有 1 名学员的成绩没有确认" in body and "都已办完，可以结班" in body
    assert body.index(yunling.training_class.name) < body.index(yunling.open_class.name)
    assert reverse("portal:class_closing", args=[yunling.open_class.pk]) in body
    own = client_of(yunling.trainee)
    assert yunling.open_class.name not in own.get(reverse("portal:class_unclosed")).content.decode()
    led = client_of(yunling.leader).get(reverse("portal:class_unclosed")).content.decode()
    assert reverse("portal:class_closing", args=[yunling.open_class.pk]) not in led
    assert reverse("portal:class_page", args=[yunling.open_class.pk]) in led
