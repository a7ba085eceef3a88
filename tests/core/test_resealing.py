"""Another key: everything is sealed anew, in steps that can be interrupted, and no old key id is left (SEC-11)."""

import base64
import secrets
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction

from core import resealing
from core.crypto import seal_text
from core.files import keep, load
from core.models import AuditEntry, StoredFile
from core.resealing import reseal, sealed_columns, with_old_key
from organization.models import SecondFactor
from trainees.models import Cadre

NEW = bytes(range(16))


@pytest.fixture
def people(yunling):
    """Cadres with telephones and a second factor, sealed with the key of the settings; letters in the store."""
    for cadre in yunling.cadres:
        cadre.set_phone("13900001234")
        cadre.save()
    factor = SecondFactor(account=yunling.staff)
    factor.set_key(b"twenty bytes of key!")
    factor.save()
    return yunling


@pytest.fixture
def another_key(people, settings):
    settings.FIELD_KEYS = {"k2": NEW, **settings.FIELD_KEYS}
    return settings


def key_ids() -> set[str]:
    """The key ids of every sealed value and file there is."""
    texts = [
        text for model, name in sealed_columns() for text in model._base_manager.values_list(name, flat=True) if text
    ]
    found = [base64.b64decode(text) for text in texts]
    for location in StoredFile.objects.filter(deleted=None).values_list("location", flat=True):
        with default_storage.open(location) as stored:
            found.append(stored.read(20))
    return {one.partition(b"\0")[0].decode() for one in found}


def test_sec_11_every_sealed_column_is_known():
    """A model that seals says so by its columns' names (`x_sealed`, bound to table:key:x)."""
    assert {f"{model._meta.label}.{name}" for model, name in sealed_columns()} >= {
        "trainees.Cadre.id_number_sealed", "trainees.Cadre.phone_sealed", "organization.SecondFactor.key_sealed",
    }  # fmt: skip


def test_sec_11_no_old_key_id_is_left_and_everything_opens(another_key, people, django_capture_on_commit_callbacks):
    numbers = [cadre.open_id_number() for cadre in people.cadres]
    old, files = key_ids(), StoredFile.objects.filter(deleted=None).count()
    assert old == {"k1"} or "k2" not in old
    with django_capture_on_commit_callbacks(execute=True):
        done = reseal()
    assert key_ids() == {"k2"}
    another_key.FIELD_KEYS = {"k2": NEW}
    assert [Cadre.objects.get(pk=cadre.pk).open_id_number() for cadre in people.cadres] == numbers
    assert SecondFactor.objects.get().open_key() == b"twenty bytes of key!"
    assert load(StoredFile.objects.get(pk=people.documents["letter"].file_id)).startswith(b"%PDF")
    assert (done.files, done.unreadable) == (files, [])
    held = set(StoredFile.objects.values_list("location", flat=True))
    there = {f"{d}/{name}" for d in default_storage.listdir("")[0] for name in default_storage.listdir(d)[1]}
    assert there == held, "old bytes are left"


def test_sec_11_again_it_finds_nothing_to_do(another_key):
    reseal()
    again = reseal()
    assert (again.columns, again.files) == (0, 0)
    assert AuditEntry.objects.filter(event="keys.reseal").count() == 2


def test_sec_11_who_was_interrupted_begins_where_it_was(another_key, people, monkeypatch):
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    seal, calls = resealing.seal_text, []

    def interrupted(text: str, place: str) -> str:
        calls.append(place)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return seal(text, place)

    monkeypatch.setattr(resealing, "seal_text", interrupted)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        reseal()
    monkeypatch.setattr(resealing, "seal_text", seal)
    assert reseal().unreadable == []
    assert key_ids() == {"k2"}


@pytest.mark.parametrize("key_id", ["k", "k2", "key", "key2026a"])
def test_sec_11_ids_that_begin_alike_are_told_apart(people, settings, key_id):
    former = settings.FIELD_KEYS
    cadre = people.cadres[0]
    for other in (key_id + "b"[: 8 - len(key_id)], key_id[:-1] or "a"):
        settings.FIELD_KEYS = {other: NEW, **former}
        Cadre.objects.filter(pk=cadre.pk).update(phone_sealed=seal_text("1", cadre.place("phone")))
        settings.FIELD_KEYS = {key_id: NEW, **former}
        if other != key_id:
            assert with_old_key(Cadre, "phone_sealed").filter(pk=cadre.pk).exists(), other
    Cadre.objects.filter(pk=cadre.pk).update(phone_sealed=seal_text("1", cadre.place("phone")))
    assert not with_old_key(Cadre, "phone_sealed").filter(pk=cadre.pk).exists()


def test_sec_11_what_does_not_open_is_named_and_the_rest_is_done(another_key, people):
    first, second = people.cadres[:2]
    broken = keep(b"1")
    with default_storage.open(broken.location, "wb") as there:
        there.write(b"k1\0" + b"x" * 40)
    Cadre.objects.filter(pk=first.pk).update(id_number_sealed=second.id_number_sealed)
    said, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match="旧密钥还不能撤下"):
        call_command("reencrypt", stdout=said, stderr=errors)
    assert first.place("id_number") in errors.getvalue() and f"file:{broken.pk}" in errors.getvalue()
    assert AuditEntry.objects.get(event="keys.reseal").after["unreadable"] == 2
    assert with_old_key(Cadre, "id_number_sealed").count() == 1


def test_sec_11_the_command_says_which_keys_can_go(another_key):
    said = StringIO()
    call_command("reencrypt", stdout=said)
    assert "已改用密钥 k2" in said.getvalue() and "撤下 k1" in said.getvalue()


def test_sec_11_another_index_key_finds_the_same_people(people, settings):
    number = people.cadres[0].open_id_number()
    settings.INDEX_KEY = bytes(32)
    assert not Cadre.objects.with_id_number(number).exists()
    call_command("reindex", stdout=StringIO())
    assert Cadre.objects.with_id_number(number).get() == people.cadres[0]


def test_sec_11_who_was_anonymised_is_passed_over(people, settings):
    """They have no number; two of them must not get one index (it is unique)."""
    gone = [one.pk for one in people.cadres[1:3]]
    for key in gone:
        Cadre.objects.filter(pk=key).update(id_number_sealed="", id_number_index=secrets.token_hex(32))
    before = set(Cadre.objects.filter(pk__in=gone).values_list("id_number_index", flat=True))
    settings.INDEX_KEY = bytes(32)
    call_command("reindex", stdout=StringIO())
    assert set(Cadre.objects.filter(pk__in=gone).values_list("id_number_index", flat=True)) == before
