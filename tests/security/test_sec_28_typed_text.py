"""SEC-28, B17–B20, B29, B30: what is typed into forms, what files are called, what a body can be made of."""

import html
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.models import Result, WorkbookImport
from assessments.services import export_class
from core.keys import new_key
from core.models import AuditEntry, StoredFile
from organization.models import Unit
from portal.downloads import PDF, download
from tests.access.clients import HANDLER
from tests.access.stage import late_entry
from tests.portal.test_admin_writes import NO_INLINES, post
from trainees.models import Cadre
from training.models import Enrolment, TrainingClass

LONE_SURROGATE = b"%ED%A0%80"  # U+D800 as a browser cannot send it


@pytest.fixture
def staff(yunling):
    client = Client()
    client.handler = HANDLER
    client.force_login(yunling.staff)
    return client


def amend(client, one, reason):
    values = {"op_id": str(new_key()), "seen": one.revision, "reason": reason}
    return client.post(reverse("portal:results_amend", args=[one.pk]), values)


# ---- what is typed ----

UNSEEN = ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x0b", "\x1b", "\ufffd", "\u2029"]


@pytest.mark.parametrize("bad", UNSEEN[:-1], ids=lambda one: f"U+{ord(one):04X}")
def test_b18_a_reason_holds_nothing_unseen(yunling, staff, bad):
    late_entry(yunling)
    answer = amend(staff, yunling.training_class, f"补记一次{bad}缺勤")
    assert answer.status_code == 400
    assert "字符" in html.unescape(answer.content.decode())
    assert not Result.objects.filter(state=Result.State.AMENDED).exists()


@pytest.mark.parametrize("bad", ["\u202e", "\u200b", "\ufeff", "\x0b", "\ufffd"], ids=lambda one: f"U+{ord(one):04X}")
def test_b18_a_unit_is_called_by_nothing_unseen(yunling, staff, bad):
    facts = {"name": f"云岭市{bad}史志馆", "kind": "agency", "level": "city", "renamed_on": "2026-07-01", **NO_INLINES}
    answer = post(staff, "organization_unit_change", yunling.bureau.pk, **facts)
    assert answer.status_code == 200
    assert f"U+{ord(bad):04X}" in answer.content.decode()
    assert Unit.objects.get(pk=yunling.bureau.pk).name == "云岭市史志研究中心"


@pytest.mark.parametrize("good", ["䶮龘", "𠮷𫠠", "\ue0a1", "两行\r\n第二行", "阿卜杜拉·买买提", "＝1+1"])
def test_sec_28_what_people_write_is_kept_byte_for_byte(yunling, staff, good):
    late_entry(yunling)
    assert amend(staff, yunling.training_class, f"更正姓名用字：{good}。").status_code == 302
    kept = AuditEntry.objects.filter(event="results.amend").latest("pk").reason
    assert kept == f"更正姓名用字：{good}。"


def test_b19_a_lone_surrogate_is_no_text(yunling, staff):
    """400 and not a failure when the database is to hold what is no UTF-8; the same in addresses and JSON."""
    late_entry(yunling)
    one = yunling.training_class
    url = reverse("portal:results_amend", args=[one.pk])
    body = f"op_id={new_key()}&seen={one.revision}&reason=".encode() + "补记一次缺勤".encode() + LONE_SURROGATE
    form = "application/x-www-form-urlencoded"
    assert staff.post(url, body, content_type=form).status_code == 400
    assert staff.post(url, '{"reason": "\\ud800"}', content_type="application/json").status_code == 400
    assert staff.get(reverse("portal:search") + "?q=" + LONE_SURROGATE.decode()).status_code == 200
    assert staff.get(f"/classes/{LONE_SURROGATE.decode()}/").status_code == 404
    assert not AuditEntry.objects.filter(event="results.amend").exists()


PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}{% debug %}", "${7*7}", "javascript:alert(1)",
    '"><svg onload=alert(1)>', "'; DROP TABLE trainees_cadre; --",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_b20_names_are_text_wherever_they_stand(yunling, staff, payload):
    """In pages, titles, messages, lists of the admin, and the names of files."""
    one, first = yunling.training_class, yunling.enrolments[0]
    TrainingClass.objects.filter(pk=one.pk).update(name=f"{payload}班")
    Cadre.objects.filter(pk=first.cadre_id).update(name=payload)
    Enrolment.objects.filter(pk=first.pk).update(roster_name=payload)
    Unit.objects.filter(pk=yunling.bureau.pk).update(name=payload)
    pages = [("class_page", one.pk), ("class_roster", one.pk), ("class_results", one.pk), ("result_detail", first.pk)]
    urls = [reverse(f"portal:{page}", args=[pk]) for page, pk in pages]
    urls += [reverse("portal:class_list"), reverse("admin:trainees_cadre_changelist")]
    for url in urls:
        body = staff.get(url).content.decode()
        assert html.escape(payload) in body, url
        assert payload == html.escape(payload) or payload not in body, url
        assert "49班" not in body and ">49<" not in body
    exported = staff.get(reverse("portal:class_roster_export", args=[one.pk]))
    assert "<" not in exported["Content-Disposition"] and "\n" not in exported["Content-Disposition"]


# ---- what files are called ----

CALLED = [
    "../../etc/x.xlsx", "..\\..\\x.xlsx", "长" * 300 + ".xlsx", "a.xlsx.exe", "考勤\r\nSet-Cookie: x=1.xlsx", "空\x00.xlsx",
    "....", "\u202exslx.exe.xlsx", "con.xlsx", "/absolute.xlsx", "",
]  # fmt: skip


@pytest.mark.parametrize("name", CALLED, ids=range(len(CALLED)))
def test_b29_no_file_name_reaches_the_disk_or_breaks_a_header(yunling, staff, name):
    before = set(StoredFile.objects.values_list("pk", flat=True))
    file = SimpleUploadedFile("x.xlsx", export_class(yunling.open_class, actor=None))
    file.name = name or "x"
    answer = staff.post(
        reverse("portal:workbook_upload"), {"op_id": str(new_key()), "workbook": file, "unit": yunling.root.pk}
    )
    assert answer.status_code in (302, 400, 422)
    for kept in StoredFile.objects.exclude(pk__in=before):
        assert kept.location == f"{kept.pk.hex[-2:]}/{kept.pk.hex}"
    for imported in WorkbookImport.objects.all():
        assert len(imported.file_name) <= 200 and not set("/\\\r\n\x00") & set(imported.file_name)
    header = download(b"%PDF", name or "x", PDF)["Content-Disposition"]
    assert header.startswith("attachment") and not set("\r\n\x00") & set(header)
    assert ".." not in header.replace("....", "") or "/" not in header


# ---- what a body can be made of ----


def many(count: int, kind: str = "field") -> dict:
    if kind == "field":
        return {f"cell-{number}": "1" for number in range(count)}
    return {f"file-{number}": BytesIO(b"x") for number in range(count)}


def test_e14_a_grid_of_4000_cells_is_no_attack(yunling, staff):
    """The stock limit of 1,000 fields refused an attendance sheet of 60 people."""
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS >= 4000
    late_entry(yunling)
    one = yunling.training_class
    values = {"op_id": str(new_key()), "seen": one.revision, "reason": "补记一次缺勤", **many(4000)}
    assert staff.post(reverse("portal:results_amend", args=[one.pk]), values).status_code == 302


@pytest.mark.parametrize("body", [many(5001), many(101, "file")], ids=["fields", "files"])
def test_b30_more_than_any_form_has_is_refused(staff, body):
    answer = staff.post(reverse("portal:workbook_upload"), {"op_id": str(new_key()), **body})
    assert answer.status_code == 400
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "kind", "codes"),
    [
        (b"--wrong\r\nnothing", "multipart/form-data; boundary=right", (400, 422)),
        (b"--b\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=b", (400, 422)),
        (b"x", "multipart/form-data", (400,)),
        (b"x" * 100, "multipart/form-data; boundary=" + "b" * 300, (400,)),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-7", (400, 415, 422)),
        (b"{]", "application/json", (400, 422)),
    ],
)
def test_b30_a_body_that_is_none_is_refused(staff, body, kind, codes):
    assert staff.generic("POST", reverse("portal:workbook_upload"), body, content_type=kind).status_code in codes


def test_b30_a_body_without_length_is_an_empty_form(staff):
    answer = staff.generic(
        "POST",
        reverse("portal:workbook_upload"),
        b"",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH="",
    )
    assert answer.status_code in (400, 411, 422)
    assert not WorkbookImport.objects.exists()
