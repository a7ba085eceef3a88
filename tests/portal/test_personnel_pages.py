"""任免审批表 on pages: several files, one form a cadre, what would change before it does."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.keys import new_key
from tests import factories as make
from tests.trainees.forms import lrmx, picture
from trainees.models import Cadre, PersonnelForm
from trainees.services.personnel_forms import Given, keep_forms

pytestmark = pytest.mark.django_db


def upload(client, *given, **data):
    files = [SimpleUploadedFile(name, body) for name, body in given]
    return client.post(
        reverse("portal:personnel_forms"), {"op_id": str(new_key()), "papers": files} | data, follow=True
    )


def test_several_are_listed_with_their_state_and_the_unreadable_named(yunling, client_of):
    client, known = client_of(yunling.staff), yunling.cadres[0].open_id_number()
    body = upload(
        client,
        ("甲.lrmx", lrmx(ShenFenZheng=known)),
        ("乙.lrmx", lrmx(ShenFenZheng=make.id_number(2))),
        ("丙.lrmx", b"%PDF"),
    ).content.decode()
    for word in ("待核对：已在册", "待核对：新干部", "“丙.lrmx”没有收下", "收下 2 份"):
        assert word in body
    assert known not in body


def test_a_form_shows_old_and_new_and_is_taken_in(yunling, client_of):
    client, known = client_of(yunling.staff), yunling.cadres[0]
    paper = lrmx(XingMing="司马清杨", ShenFenZheng=known.open_id_number(), ZhaoPian=picture())
    body = upload(client, ("甲.lrmx", paper)).content.decode()
    for word in ("司马清扬", "司马清杨", "data:image/jpeg;base64", "更新这名干部"):
        assert word in body
    assert "云岭市史志研究中心工作" not in body  # the résumé
    form = PersonnelForm.objects.get()
    url = reverse("portal:personnel_form", args=[form.pk])
    answer = client.post(url, {"op_id": str(new_key()), "seen": known.version}, follow=True)
    assert "已写入司马清杨" in answer.content.decode()
    assert "已写入。" in client.get(url).content.decode()


def test_what_is_lacking_is_said_at_its_field(yunling, client_of):
    client = client_of(yunling.staff)
    upload(client, ("甲.lrmx", lrmx(ShenFenZheng=make.id_number(2))))
    url = reverse("portal:personnel_form", args=[PersonnelForm.objects.get().pk])
    answer = client.post(url, {"op_id": str(new_key()), "phone": "12"})
    body = answer.content.decode()
    assert answer.status_code == 422
    for word in ("请选择单位", "请填写任现职务的起始日期", "手机号应为 11 位数字"):
        assert word in body


def test_somebody_of_another_area_is_not_shown(yunling, wangjiang, client_of):
    client, theirs = client_of(yunling.staff), wangjiang.cadres[0]
    body = upload(client, ("甲.lrmx", lrmx(XingMing="某", ShenFenZheng=theirs.open_id_number()))).content.decode()
    assert theirs.name not in body and "新干部" in body
    url = reverse("portal:personnel_form", args=[PersonnelForm.objects.get().pk])
    sent = {"op_id": str(new_key()), "unit": yunling.bureau.pk, "since": "2026-03-01"}
    answer = client.post(url, sent)
    assert answer.status_code == 422 and "由其他组织部管理" in answer.content.decode()
    assert Cadre.objects.get(pk=theirs.pk).name == theirs.name


@pytest.mark.parametrize(
    "name, size, words", [("a.xlsx", 10, "不是 .lrmx、.lrm 文件"), ("a.lrmx", 6_000_000, "超过 5 MB")]
)
def test_sec_24_other_files_are_refused(yunling, client_of, name, size, words):
    assert words in upload(client_of(yunling.staff), (name, b"x" * size)).content.decode()


def test_the_number_of_queries_is_fixed(yunling, client_of, query_count):
    client = client_of(yunling.staff)

    def add(count):
        number = yunling.cadres[0].open_id_number()
        given = [Given(f"{one}.lrmx", lrmx(ShenFenZheng=number)) for one in range(count)]
        return keep_forms(given, yunling.root, actor=yunling.staff)[0][0]

    urls = [reverse("portal:personnel_forms"), reverse("portal:personnel_form", args=[add(1).pk])]
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    add(4)
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
