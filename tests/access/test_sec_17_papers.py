"""SEC-17: what is taken away, as Excel, folder or PDF, holds the own city's people and nobody of the other's."""

from typing import Any

import pytest
from django.urls import reverse

from core import jobs
from core.models import Batch
from reports.models import ArchivePaper, Document
from reports.services import make_drafts
from reports.services.archive_orders import order_booklet
from tests.access import stage
from tests.access.clients import client_of
from tests.reports.archive_story import fill
from training.models import SlipSheet
from training.services.slips import make_slips

BOOKS = (
    "class_export",
    "class_roster_export",
    "class_summary_xlsx",
    "class_summary_csv",
    "class_leaves_export",
    "class_zip",
)
LISTS = ("class_list_export", "workbook_template")
SHELVES = ("courses", "teachers", "rooms")


def taken(client: Any, url: str, method: str = "get") -> str:
    """The file's text, wherever the address leads."""
    answer = getattr(client, method)(url, {"op_id": stage.op_id()} if method == "post" else None)
    if answer.headers.get("Location", "").startswith("/files/"):
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200, url
    return stage.body_of(answer)


@pytest.mark.parametrize("column", ["staff", "manager"])
def test_sec_17_sheets_and_folders_hold_the_own_city_alone(cast, column):
    city = cast.yunling
    for other in (city, cast.wangjiang):
        for label in ("courses.Course", "courses.Teacher", "courses.Room"):
            stage.admin_object(other, label)
    client, one = client_of(cast, column), city.training_class.pk
    urls = [reverse(f"portal:{name}", args=[one]) for name in BOOKS] + [reverse(f"portal:{name}") for name in LISTS]
    urls += [reverse("portal:catalogue_export", args=[kind]) for kind in SHELVES]
    texts = {url: taken(client, url) for url in urls}
    assert [url for url, text in texts.items() if "望江" in text or "慕容望舒" in text] == []
    assert sum("司马清扬" in text for text in texts.values()) >= 4


def test_sec_17_papers_hold_the_own_city_alone(cast):
    """Letter, sheet and bulletin as they are printed; the words are found, so that a missing one means something."""
    one = cast.yunling.open_class
    jobs.drain(make_drafts(one, actor=cast.yunling.staff).pk)
    papers = Document.objects.unscoped("all that were made").filter(training_class=one).exclude(file=None)
    assert {paper.kind for paper in papers} == set(Document.Kind)
    for column in ("staff", "manager"):
        client = client_of(cast, column)
        texts = [taken(client, reverse("portal:document_download", args=[paper.pk])) for paper in papers]
        assert all("司马清扬" in text or "云岭市" in text for text in texts)
        assert [word for word in ("望江", "慕容望舒") for text in texts if word in text] == []


def test_sec_17_an_archive_on_paper_and_as_data_holds_the_own_city_alone(cast):
    for city in (cast.yunling, cast.wangjiang):
        fill(city)
    cadre, client = cast.yunling.cadres[0], client_of(cast, "staff")
    order_booklet(cadre, actor=cast.yunling.staff)
    jobs.drain(Batch.objects.latest("created").pk)
    paper = ArchivePaper.objects.get()
    urls = [reverse("portal:archive_paper", args=[paper.pk])]
    urls += [reverse("portal:cadre_data", args=[cadre.pk, form]) for form in ("json", "xlsx")]
    texts = [taken(client, url) for url in urls]
    assert all("司马清扬" in text and "云岭第1次专题研讨" in text for text in texts)
    assert [word for word in ("望江", "慕容望舒") for text in texts if word in text] == []


def test_sec_17_slips_hold_the_own_class_alone(cast):
    stage.slip_sheet(cast.yunling)
    sheet = cast.yunling.__dict__["slips"]
    SlipSheet.objects.filter(pk=sheet[1]).update(file=None)
    make_slips(sheet[1])
    text = taken(client_of(cast, "manager"), reverse("portal:slips_take", args=sheet), "post")
    assert "沈若溪" in text
    assert [word for word in ("望江", "夏侯望南") if word in text] == []
