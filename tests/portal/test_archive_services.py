"""Papers of the archive from the request to the download: through whose eyes, how often, for how long."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.files import load
from core.models import AuditEntry, Batch, BatchItem
from core.operations import Refused
from organization.models import Grant
from reports.archive_data import CLASS, LISTS, RESULT, SCHEMA, VERSION, archive_dict
from reports.gathering.archive import Sight, archive_of, archives_of, sight_of
from reports.models import ArchivePaper
from reports.papers.booklet import render_booklet
from reports.services.archive_orders import MOST, order_booklet, order_booklets, order_register
from tests import factories as make
from tests.access import stage
from tests.core.pdf_reading import text
from tests.reports.archive_story import CANARIES, again, fill, learn_much
from trainees.models import Cadre

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
RECORDS = (*CANARIES[:3], "迟到", "课堂表现", "结业考试", "学员论坛")


def fetched(cadre: Cadre) -> Cadre:
    return Cadre.objects.select_related("unit", "managing_authority").get(pk=cadre.pk)


def drained() -> ArchivePaper:
    jobs.drain(Batch.objects.latest("created", "pk").pk)
    return ArchivePaper.objects.select_related("file").latest("asked", "pk")


# ---- made once, for whom it was asked ----


def test_a_booklet_is_made_by_the_worker_and_goes_after_the_usual_days(yunling, settings):
    cadre = fill(yunling)
    order_booklet(cadre, actor=yunling.staff)
    paper = drained()
    content = text(load(paper.file))
    for said in (
        "司马清扬",
        "班长，第一组",
        "误记的一讲1",
        "该讲本人未到，重复登记",
        "论基层治理的若干思考1",
        "病休三个月的诊断",
    ):
        assert said in content, said
    assert paper.file.delete_after == TODAY + timedelta(days=settings.UPLOAD_KEEP_DAYS)
    assert paper.pages >= 3
    before = (paper.file_id, paper.pages)
    BatchItem.objects.update(state="waiting", not_before=None)
    assert (drained().file_id, paper.pages) == before


def test_a_register_form_bears_the_birth_month_and_no_number(yunling):
    cadre = fill(yunling)
    seat = yunling.enrolments[0]
    seat.refresh_from_db()
    order_register(seat, actor=yunling.trainee)
    content = text(load(drained().file))
    number = cadre.open_id_number()
    assert f"{number[6:10]}年{int(number[10:12])}月" in content
    assert number not in content and number[6:14] not in content and "****" not in content
    assert "论基层治理的若干思考1" in content


def test_no_register_form_before_the_result_is_confirmed(yunling):
    with pytest.raises(Refused, match="还没有确认"):
        order_register(yunling.open_enrolment, actor=yunling.staff)


def test_who_lost_the_right_meanwhile_gets_nothing(yunling):
    order_booklet(fill(yunling), actor=yunling.staff)
    Grant.objects.filter(account=yunling.staff).update(until=TODAY - timedelta(days=1))
    assert drained().file is None
    assert "申请人现在已不能查看" in BatchItem.objects.get().error


def test_an_account_that_was_shut_gets_nothing(yunling):
    order_booklet(fill(yunling), actor=yunling.staff)
    type(yunling.staff).objects.filter(pk=yunling.staff.pk).update(is_active=False)
    assert drained().file is None


def test_a_units_booklets_are_one_row_and_one_item_each(yunling):
    people = [make.cadre(f"同事{number}", yunling.bureau, yunling.root) for number in range(3)]
    batch = order_booklets(yunling.bureau, people, actor=yunling.staff)
    assert batch.items.count() == 3
    jobs.drain(batch.pk)
    names = {paper.cadre.name: text(load(paper.file)) for paper in ArchivePaper.objects.select_related("file", "cadre")}
    assert all(name in content for name, content in names.items())
    assert not [1 for name, content in names.items() for other in names if other != name and other in content]


def test_a_units_booklets_have_bounds(yunling):
    with pytest.raises(Refused, match="没有您范围内的在册干部"):
        order_booklets(yunling.bureau, [], actor=yunling.staff)
    with pytest.raises(Refused, match=f"一次最多生成 {MOST} 本"):
        order_booklets(yunling.bureau, [yunling.cadres[0]] * (MOST + 1), actor=yunling.staff)


def test_what_somebody_had_made_only_they_take(yunling, client_of):
    """The trainee's booklet is not the department's, nor the other way round."""
    order_booklet(fill(yunling), actor=yunling.trainee)
    url = reverse("portal:archive_paper", args=[drained().pk])
    assert client_of(yunling.staff).get(url).status_code == 404
    client = client_of(yunling.trainee)
    file = client.get(client.get(url)["Location"])
    assert "司马清扬" in stage.body_of(file)
    assert AuditEntry.objects.filter(event="archive.take", actor_id=yunling.trainee.pk).count() == 1
    assert [client.get(f"/cadres/{yunling.cadres[0].pk}/").status_code] == [200]


# ---- no records for those who may not see them ----


@pytest.mark.parametrize("part", ["liaison", "leader"])
def test_liaison_and_leader_find_no_records_in_paper_and_data(yunling, part):
    """Even if somebody made one for them: what is gathered for these eyes holds nothing of it."""
    cadre, account = fetched(fill(yunling)), yunling.accounts[part]
    sight = sight_of(account, cadre)
    gathered = archive_of(cadre, sight, TODAY)
    told = text(render_booklet(gathered)) + json.dumps(archive_dict(gathered), ensure_ascii=False)
    assert "司马清扬" in told and "学习任务完成情况" in told
    assert [one for one in (*RECORDS, cadre.masked_id_number, "late", "entry_score") if one in told] == []
    result = next(one["result"] for one in archive_dict(gathered)["classes"] if one["result"])
    assert result["grade"] and not any(result[name] for name in ("total", "base", "bonus", "entry", "final", "blocks"))


@pytest.mark.parametrize("part", ["liaison", "leader"])
def test_liaison_and_leader_take_nothing_away(yunling, client_of, part):
    cadre, client = fill(yunling), client_of(yunling.accounts[part])
    for form in ("json", "xlsx"):
        answer = client.get(reverse("portal:cadre_data", args=[cadre.pk, form]))
        assert answer.status_code == 403
        assert "只交给组织部和本人" in answer.content.decode()


# ---- queries ----


def test_gathering_asks_a_fixed_number_for_one_and_for_many(yunling, query_count):
    first = fetched(fill(yunling))
    sight = Sight(yunling.staff, staff=True)
    archive_of(first, sight, TODAY)  # what a request asks about its account once
    count = query_count(lambda: archive_of(first, sight, TODAY))
    for number in range(1, 5):
        again(yunling, first, number)
    learn_much(first, 480)
    assert query_count(lambda: archive_of(first, sight, TODAY)) == count
    everybody = [fetched(one) for one in yunling.cadres]
    assert query_count(lambda: archives_of(everybody, sight, TODAY)) == count <= 20


# ---- data ----


def test_the_json_is_as_documented(yunling, client_of):
    cadre = fill(yunling)
    answer = client_of(yunling.trainee).get(reverse("portal:cadre_data", args=[cadre.pk, "json"]))
    told = json.loads(stage.body_of(answer))
    assert (told["schema"], told["version"], told["as_of"]) == (SCHEMA, VERSION, TODAY.isoformat())
    assert set(told) == {"schema", "version", "as_of", "person", "classes", *LISTS}
    assert {name for name in told if isinstance(told[name], list) and not told[name]} == set()
    for name, (_, fields) in LISTS.items():
        assert all(set(row) == set(fields.split()) for row in told[name]), name
    of_class = {*CLASS.split(), "result", "attendance", "leaves", "activities"}
    assert all(set(row) == of_class for row in told["classes"])
    assert set(next(row["result"] for row in told["classes"] if row["result"])) == {*RESULT.split(), "blocks"}
    struck = [row for row in told["ledger"] if row["gone"]]
    assert [row["hours"] for row in struck] == ["4.00"]
    assert [row["hours"] for row in told["ledger"] if row["takes_back"] == struck[0]["number"]] == ["-4.00"]
    assert cadre.open_id_number() not in stage.body_of(client_of(yunling.trainee).get(answer.request["PATH_INFO"]))


def test_the_documentation_names_every_field():
    written = Path("docs/archive-data.md").read_text(encoding="utf-8")
    names = [
        *LISTS,
        *CLASS.split(),
        *RESULT.split(),
        *(name for _, fields in LISTS.values() for name in fields.split()),
    ]
    assert [name for name in names if f"`{name}`" not in written] == []
    assert f"`{SCHEMA}`" in written and f"version {VERSION}" in written


def test_the_excel_has_its_five_sheets_and_numbers(yunling, client_of):
    cadre = fill(yunling)
    body = stage.body_of(client_of(yunling.staff).get(reverse("portal:cadre_data", args=[cadre.pk, "xlsx"])))
    for sheet in ("基本情况", "班次", "学时台账", "认定", "述学回访"):
        assert f'name="{sheet}"' in body
    for said in ("司马清扬", "误记的一讲1", "乡村振兴专题1", "结合岗位讲了三点体会。"):
        assert said in body, said
    entry = AuditEntry.objects.get(event="archive.export")
    assert (entry.actor_id, entry.after) == (yunling.staff.pk, {"form": "xlsx"})
