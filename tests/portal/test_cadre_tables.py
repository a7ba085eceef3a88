"""Tables around people through their pages: what was shown is written once, who is asked again, what goes out."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.keys import new_key
from core.models import AuditEntry
from organization.sessions import PROVED
from portal.pages.cadre_tables import TABLES
from portal.pages.sheets import table_workbook
from tests import factories as make
from trainees.models import Appointment, Award, Exemption

pytestmark = pytest.mark.django_db
HEADS = ("姓名", "身份证号", "荣誉名称", "授予单位", "授予日期")


@pytest.fixture
def staff(yunling, client_of, files_in_memory):
    return client_of(yunling.staff)


def url(name, kind="awards"):
    return reverse(f"portal:{name}", args=[kind])


def rehearse(client, *rows):
    sheet = SimpleUploadedFile("学习荣誉.xlsx", table_workbook("学习荣誉", HEADS, rows))
    answer = client.post(url("cadre_table_upload"), {"op_id": str(new_key()), "sheet": sheet})
    return answer.content.decode()


def token_of(body):
    return re.search(r'name="token"\s+value="([^"]+)"', body)[1]


def table(client, kind, **query):
    answer = client.get(url("cadre_table_export", kind), query)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def given(who, name="学习型好干部"):
    return who.name, who.open_id_number(), name, "市委组织部", "2026-04-01"


def test_what_was_shown_is_written_once(staff, yunling):
    body = rehearse(staff, given(yunling.cadres[0]), given(yunling.cadres[2]))
    assert "司马清扬 学习型好干部" in body and yunling.cadres[0].open_id_number() not in body
    sent = {"op_id": str(new_key()), "token": token_of(body)}
    first, second = staff.post(url("cadre_table_import"), sent), staff.post(url("cadre_table_import"), sent)
    assert first.status_code == second.status_code == 302
    assert Award.objects.count() == 2
    assert "没有要写入的内容" in rehearse(staff, given(yunling.cadres[0]))


def test_a_sheet_with_faults_shows_them_and_offers_no_import(staff, yunling, wangjiang):
    body = rehearse(staff, given(yunling.cadres[0]), given(wangjiang.cadres[0]))
    assert "您的范围内没有这个身份证号的干部" in body and 'name="token"' not in body


def test_who_proved_themselves_long_ago_is_asked_again(staff, yunling):
    token = token_of(rehearse(staff, given(yunling.cadres[0])))
    session = staff.session
    session[PROVED] -= 601
    session.save()
    asked = [
        staff.get(url("cadre_table_upload")),
        staff.post(url("cadre_table_import"), {"op_id": str(new_key()), "token": token}),
    ]
    for answer in asked:
        assert answer.status_code == 302 and answer.headers["Location"].startswith(reverse("portal:confirm"))
    assert not Award.objects.exists()


def test_another_s_token_and_another_kind_s_is_not_found(staff, yunling, wangjiang, client_of):
    token = token_of(rehearse(staff, given(yunling.cadres[0])))
    sent = {"op_id": str(new_key()), "token": token}
    assert client_of(wangjiang.staff).post(url("cadre_table_import"), sent).status_code == 404
    assert staff.post(url("cadre_table_import", "exemptions"), sent).status_code == 404
    assert staff.get("/cadres/tables/nothing/").status_code == 404


def test_the_file_holds_exactly_what_the_search_shows_masked(staff, yunling):
    who = yunling.cadres[0]
    lines = table(staff, "appointments", q="smqy")
    assert lines[0][:4] == ["姓名", "身份证号", "单位", "任职单位"]
    assert [line[:3] for line in lines[1:]] == [[who.name, who.masked_id_number, who.unit.name]]
    assert len(table(staff, "appointments")) == 4
    entry = AuditEntry.objects.filter(event="cadre_table.export").first()
    assert entry.after == {"kind": "appointments", "rows": 1, "filter": "smqy"}
    page = staff.get(url("cadre_table", "appointments"), {"q": "smqy"}).content.decode()
    assert who.name in page and yunling.cadres[2].name not in page and who.masked_id_number not in page


def test_the_list_of_people_leads_there_for_the_department_alone(staff, yunling, client_of):
    assert url("cadre_table") in staff.get(reverse("portal:cadre_list")).content.decode()
    assert url("cadre_table") not in client_of(yunling.liaison).get(reverse("portal:cadre_list")).content.decode()


@pytest.mark.parametrize("kind", TABLES)
def test_a_list_and_its_file_have_a_fixed_number_of_queries(staff, yunling, query_count, kind):
    urls = [url("cadre_table", kind), f"{url('cadre_table', kind)}?q=sima&sort=-unit", url("cadre_table_export", kind)]

    def more(numbers):
        for number in numbers:
            who = make.cadre(f"司马{number}", yunling.office, yunling.root)
            Award.objects.create(cadre=who, name="学习标兵", giver="市委组织部", on="2026-04-01")
            Exemption.objects.create(cadre=who, year=2026, kind="illness", share=50, reason="长期病休")
            Appointment.objects.create(cadre=who, unit=yunling.bureau, post="委员", since="2020-01-01", primary=False)

    more([1])
    few = [query_count(lambda one=one: staff.get(one)) for one in urls]
    more(range(2, 9))
    assert [query_count(lambda one=one: staff.get(one)) for one in urls] == few
