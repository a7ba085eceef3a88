"""What is sealed stays shut when it was touched, and the log says where (SEC-33); a dump holds no number."""

import base64

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import jobs
from core.keys import new_key
from core.models import AuditEntry
from trainees.models import Cadre


@pytest.fixture(autouse=True)
def no_static_scan(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def staff(yunling) -> Client:
    client = Client()
    client.raise_request_exception = False
    client.force_login(yunling.staff)
    return client


def tamper(sealed: str) -> str:
    """One bit of the ciphertext turned."""
    data = bytearray(base64.b64decode(sealed))
    data[-20] ^= 1
    return base64.b64encode(bytes(data)).decode()


def shut(client: Client, url: str, place: str) -> None:
    """The page fails closed and one entry says where."""
    answer = client.get(url, follow=True)
    assert answer.status_code == 500
    assert "内容打不开" in answer.content.decode()
    entry = AuditEntry.objects.get(event="sealed.unreadable")
    assert (entry.result, entry.after) == ("failed", {"place": place})


def test_sec_33_one_changed_bit_fails_closed(yunling, staff):
    cadre = yunling.cadres[0]
    Cadre.objects.filter(pk=cadre.pk).update(id_number_sealed=tamper(cadre.id_number_sealed))
    shut(staff, reverse("admin:trainees_cadre_change", args=[cadre.pk]), cadre.place("id_number"))


def test_sec_33_swapped_numbers_do_not_open(yunling, staff):
    first, second = yunling.cadres[:2]
    Cadre.objects.filter(pk=first.pk).update(id_number_sealed=second.id_number_sealed)
    Cadre.objects.filter(pk=second.pk).update(id_number_sealed=first.id_number_sealed)
    shut(staff, reverse("admin:trainees_cadre_change", args=[first.pk]), first.place("id_number"))


def test_sec_33_a_changed_file_does_not_open(yunling, staff):
    file = yunling.documents["letter"].file
    with default_storage.open(file.location) as there:
        data = bytearray(there.read())
    data[-20] ^= 1
    default_storage.delete(file.location)
    with default_storage.open(file.location, "wb") as there:
        there.write(bytes(data))
    shut(staff, reverse("portal:document_download", args=[yunling.documents["letter"].pk]), f"file:{file.pk}")


def test_sec_33_text_that_is_no_ciphertext_fails_closed_too(yunling, staff):
    cadre = yunling.cadres[0]
    Cadre.objects.filter(pk=cadre.pk).update(id_number_sealed="不是密文")
    shut(staff, reverse("admin:trainees_cadre_change", args=[cadre.pk]), cadre.place("id_number"))


def opens_it(subject) -> None:
    Cadre.objects.get(pk=subject).open_id_number()


def test_sec_33_a_worker_records_it_too(yunling, settings):
    cadre = yunling.cadres[0]
    Cadre.objects.filter(pk=cadre.pk).update(id_number_sealed=tamper(cadre.id_number_sealed))
    settings.JOB_HANDLERS = {"opening": f"{__name__}.opens_it"}
    batch = jobs.submit("opening", "打开", [cadre.pk], actor=None, subject_id=new_key())
    jobs.drain(batch.pk)
    assert AuditEntry.objects.get(event="sealed.unreadable").after["place"] == cadre.place("id_number")


def test_sec_33_no_table_holds_a_number_as_text(cast):
    """Every table of the database as text, as a dump would write it."""
    numbers = {person.open_id_number() for city in (cast.yunling, cast.wangjiang) for person in city.cadres}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        assert len(tables) > 50
        for table in tables:
            with cursor.copy(f'COPY (SELECT * FROM "{table}") TO STDOUT') as rows:
                text = b"".join(bytes(piece) for piece in rows).decode()
            assert not any(number in text for number in numbers), table
