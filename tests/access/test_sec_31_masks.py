"""SEC-31: with everything that stands beside a masked number, at least a thousand valid numbers fit."""

import io
import json
import logging
from datetime import date, timedelta

import pypdf
import pytest
from celery import current_app
from django.test import Client
from django.urls import reverse

from core import jobs
from core.files import load
from core.idnumber import check_character, mask
from core.logs import JsonLines
from core.models import Batch, BatchItem
from core.phone import mask_phone
from core.relay import Relay
from reports.models import Document
from reports.services import confirm_and_issue
from tests.access import stage
from tests.reports.story import ISSUED, a_scored_class, an_actor
from training.models import Enrolment

ENOUGH = 1000


@pytest.fixture(autouse=True)
def no_static_scan(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


def candidates(masked: str, *, region: str, days: list[date], sex: str) -> int:
    """Valid numbers with the mask's first and last character, of one region, one sex, born on one of these days.

    The worst case for a page: whoever looks knows the county, the sex, and when the person was born as far as the page says.
    """
    odd = {"男": (1,), "女": (0,), "": (0, 1)}[sex]
    fits = 0
    for day in days:
        for number in range(1000):
            if number % 2 in odd:
                first = f"{region}{day:%Y%m%d}{number:03d}"
                fits += first[0] == masked[0] and check_character(first) == masked[-1]
    return fits


def days_of(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


# What a page shows beside the mask, and what that leaves open of the date of birth (the fields are its own columns).
PAGES = {
    "class_roster": "姓名、单位、职务、职务层次：生日未知，按退休前的 40 年中任一个月估",
    "class_roster_export": "同上，另有职级",
    "trainees_cadre_change": "姓名、性别、民族、政治面貌、单位、任职：生日未知，同上",
}


@pytest.mark.parametrize("last", list("0123456789X"))
@pytest.mark.parametrize("sex", ["男", "女"])
def test_sec_31_a_thousand_numbers_fit_though_county_sex_and_month_were_known(sex, last):
    """Even with the birth month known, which no page shows: 30 days × 500 sequences ÷ 11 check characters."""
    assert candidates(f"9{'*' * 16}{last}", region="999001", days=days_of(date(1985, 6, 1), 30), sex=sex) >= ENOUGH


def test_sec_31_with_the_whole_birth_date_the_mask_would_not_do():
    """Positive control, and why no page may show a birth date beside the mask."""
    assert candidates(f"9{'*' * 16}1", region="999001", days=[date(1985, 6, 12)], sex="男") < ENOUGH


def forms_of(day: date) -> list[str]:
    return [
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day:%Y.%m}",
        f"{day:%Y-%m}",
        f"{day.year}年{day.month}月",
        f"{day:%Y/%m}",
    ]


@pytest.mark.parametrize("name", PAGES)
def test_sec_31_pages_that_show_the_mask_show_no_birth_date_and_no_number(yunling, name):
    cadre = yunling.cadres[0]
    cadre.set_phone("13912345678")
    cadre.save()
    url = (
        reverse("admin:trainees_cadre_change", args=[cadre.pk])
        if name == "trainees_cadre_change"
        else reverse(f"portal:{name}", args=[yunling.training_class.pk])
    )
    client = Client()
    client.force_login(yunling.staff)
    body = stage.body_of(client.get(url))
    number = cadre.open_id_number()
    assert mask(number) in body
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert [form for form in (*forms_of(born), number, number[:6], number[6:14], "13912345678") if form in body] == []


@pytest.mark.parametrize("form", ["", "data/json/", "data/xlsx/"])
def test_sec_31_an_archive_shows_the_mask_and_no_birth_date(yunling, form):
    """The register form bears the birth month, and no mask beside it (tests/portal/test_archive_services.py)."""
    cadre, client = yunling.cadres[0], Client()
    client.force_login(yunling.staff)
    body = stage.body_of(client.get(f"{reverse('portal:cadre', args=[cadre.pk])}{form}"))
    number = cadre.open_id_number()
    assert mask(number) in body
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert [one for one in (*forms_of(born), number, number[:6], number[6:14]) if one in body] == []


def test_sec_31_telephones_are_masked_where_they_are_shown(yunling):
    cadre = yunling.cadres[0]
    cadre.set_phone("13912345678")
    cadre.save()
    client = Client()
    client.force_login(yunling.staff)
    assert "139****5678" in client.get(reverse("admin:trainees_cadre_change", args=[cadre.pk])).content.decode()


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13912345678", "139****5678"), ("", ""), ("5678", "****"), ("0571-88001234", "***********34"), ("１３９１２３４５６７８", "１３９****５６７８")],
)  # fmt: skip
def test_sec_31_how_a_telephone_is_masked(number, shown):
    assert mask_phone(number) == shown
    assert len(number) != 11 or sum(one != other for one, other in zip(number, shown, strict=True)) == 4  # 10,000 fit


# ---- nowhere else: papers, rows of work, messages, the run-time log ----


@pytest.fixture
def issued(db, files_in_memory):
    one = a_scored_class()
    jobs.drain(confirm_and_issue(one, actor=an_actor(), on=ISSUED).pk)
    return one


def numbers_of(one) -> list[str]:
    rows = Enrolment.objects.filter(training_class=one).select_related("cadre")
    return [row.cadre.open_id_number() for row in rows]


def test_sec_31_no_paper_holds_a_number(issued):
    numbers = numbers_of(issued)
    papers = list(Document.objects.exclude(file=None).select_related("file"))
    assert len(papers) >= 8 and len(numbers) >= 4
    for paper in papers:
        pages = pypdf.PdfReader(io.BytesIO(load(paper.file))).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert [number for number in numbers if number in text] == [], paper


def test_sec_13_messages_and_rows_of_work_hold_no_number(issued, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda *args, **more: sent.append(json.dumps([args, more], default=str))
    )
    Relay().remember_duties()
    BatchItem.objects.update(state="waiting", not_before=None)
    Relay().sweep()
    rows = [str(row) for model in (Batch, BatchItem) for row in model.objects.values()]
    assert len(sent) >= 3
    assert [one for one in (*sent, *rows) for number in numbers_of(issued) if number in one] == []


@pytest.fixture
def run_time_log():
    """What the server's handler writes meanwhile."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_sec_31_the_log_holds_no_number_whatever_is_asked(yunling, run_time_log):
    """Searches, wrong searches, imports of numbers into addresses: what the handlers write is masked."""
    client, number = Client(), yunling.cadres[0].open_id_number()
    client.force_login(yunling.staff)
    for url in (reverse("portal:search"), reverse("admin:trainees_cadre_changelist"), f"/nowhere/{number}/"):
        client.get(url, {"q": number})
    client.post(reverse("portal:search_number"), {"number": number[:17]})
    client.get(reverse("portal:verify", args=[number]))
    assert "Not Found" in run_time_log.getvalue() and number not in run_time_log.getvalue()
