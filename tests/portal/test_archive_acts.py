"""What is done on the archive's pages: works handed in and taken, awards entered, papers asked for, who lists what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import jobs
from core.keys import new_key
from core.models import Batch
from reports.models import ArchivePaper
from tests import factories as make
from tests.access import stage
from tests.reports.archive_story import again, fill
from trainees.models import Award
from training.models import LearningWork

pytestmark = pytest.mark.django_db


def send(client, view, /, *keys, **data):
    return client.post(reverse(f"portal:{view}", args=keys), {"op_id": str(new_key()), **data})


def paper(name="报告.pdf", data=make.PDF):
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("part", ["trainee", "manager"])
def test_a_work_goes_in_and_comes_out(yunling, client_of, part):
    client, seat = client_of(yunling.accounts[part]), yunling.enrolments[0]
    answer = send(client, "work_add", seat.pk, kind="report", title="关于镇村治理的调研", paper=paper())
    assert answer.status_code == 302
    work = LearningWork.objects.get()
    assert "关于镇村治理的调研" in client.get(reverse("portal:work_add", args=[seat.pk])).content.decode()
    taken = client.get(client.get(reverse("portal:work_take", args=[work.pk]))["Location"])
    assert b"".join(taken.streaming_content) == make.PDF
    assert send(client, "work_withdraw", work.pk).status_code == 302
    assert client.get(reverse("portal:work_take", args=[work.pk])).status_code == 404


def test_what_is_no_paper_is_said_in_the_form(yunling, client_of):
    client, seat = client_of(yunling.trainee), yunling.enrolments[0]
    answer = send(client, "work_add", seat.pk, kind="report", title="表", paper=paper("a.docx", b"PK\x03\x04"))
    assert answer.status_code == 200
    assert "只接受 PDF、JPG、PNG 文件" in answer.content.decode()
    assert not LearningWork.objects.exists()


def test_an_award_is_entered_corrected_and_taken_out(yunling, client_of):
    client, cadre = client_of(yunling.staff), yunling.cadres[0]
    facts = {"name": "学习型好干部", "giver": "中共云岭市委组织部", "on": "2026-04-01"}
    assert send(client, "award_add", cadre.pk, **facts).status_code == 302
    twice = send(client, "award_add", cadre.pk, **facts)
    assert "已经登记过" in twice.content.decode()
    award = Award.objects.get()
    assert send(client, "award_edit", award.pk, **facts | {"name": "学习标兵"}, seen=1).status_code == 302
    assert send(client, "award_edit", award.pk, **facts, seen=1).status_code == 409
    assert send(client, "award_remove", award.pk, reason="登记在别人名下", seen=2).status_code == 302
    assert not Award.objects.exists()


def test_a_unit_orders_booklets_of_those_who_serve_there(yunling, client_of):
    make.cadre("退休同事", yunling.bureau, yunling.root, status="retired")
    assert send(client_of(yunling.staff), "unit_booklets", yunling.bureau.pk).status_code == 302
    assert list(ArchivePaper.objects.values_list("cadre__name", flat=True)) == [yunling.cadres[0].name]


def test_one_orders_and_the_other_sees_nothing_of_it(yunling, client_of):
    staff, trainee = client_of(yunling.staff), client_of(yunling.trainee)
    assert send(staff, "cadre_papers", yunling.cadres[0].pk, kind="booklet").status_code == 302
    url = reverse("portal:archive_papers")
    assert "一人一册" in stage.body_of(staff.get(url)).partition("<tbody>")[2]
    assert "<tbody>" not in stage.body_of(trainee.get(url))
    bar = reverse("portal:batch_progress", args=[batch_of(yunling.staff)])
    assert (staff.get(bar).status_code, trainee.get(bar).status_code) == (200, 404)


def batch_of(account):
    return Batch.objects.get(created_by_id=account.pk, kind="archive").pk


def test_what_was_made_is_packed_once_all_of_it_is_there(yunling, client_of):
    people = [make.cadre(f"同事{number}", yunling.bureau, yunling.root) for number in range(2)]
    client, url = client_of(yunling.staff), reverse("portal:archive_zip")
    facts = {"kind": ArchivePaper.Kind.CADRE_STATEMENT, "year": 2025, "asked_by_id": yunling.staff.pk, "facts": {}}
    ArchivePaper.objects.create(cadre=yunling.cadres[1], **facts)
    assert "个人年度学习情况" not in client.get(reverse("portal:archive_papers")).content.decode()
    assert client.get(url).status_code == 404
    send(client, "unit_booklets", yunling.bureau.pk)
    assert client.get(url).status_code == 410
    jobs.drain(batch_of(yunling.staff))
    told = stage.body_of(client.get(url))
    assert all(f"_{one.name}_一人一册_" in told and told.count(one.name) >= 2 for one in people)
    assert client_of(yunling.trainee).get(url).status_code == 404


def test_a_register_form_of_another_persons_class_is_not_found(yunling, client_of):
    other = yunling.enrolments[1]
    answer = send(client_of(yunling.staff), "cadre_papers", yunling.cadres[0].pk, kind="register", enrolment=other.pk)
    assert answer.status_code == 404


def test_home_and_lists_have_a_fixed_number_of_queries(yunling, client_of, query_count):
    cadre, client = fill(yunling), client_of(yunling.trainee)
    seat = yunling.enrolments[0]
    urls = [
        reverse("portal:home"),
        reverse("portal:archive_papers"),
        reverse("portal:work_add", args=[seat.pk]),
    ]
    send(client, "cadre_papers", cadre.pk, kind="booklet")
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    for number in range(1, 5):
        again(yunling, cadre, number)
        send(client, "cadre_papers", cadre.pk, kind="booklet")
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
    assert max(few) <= 45, few
