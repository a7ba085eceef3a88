"""The inventory of personal data is code: a column that can hold something of a person has its entry (SEC-34)."""

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from organization.roles import Role
from portal.personal_data import HOLDINGS, IMPERSONAL, page

APPS = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal", "axes")
TEXTS = {"CharField", "TextField", "JSONField", "GenericIPAddressField", "BinaryField", "FileField", "EmailField"}
PEOPLE = {
    "organization.Account",
    "trainees.Cadre",
    "training.Enrolment",
    "core.StoredFile",
    "organization.DeviceCredential",
}
PAGE = Path(settings.BASE_DIR) / "docs" / "personal-data.md"


def can_hold_a_person(field: models.Field) -> bool:
    """Free text, a list of anything, an address on the net, bytes; a way to a person or to a file."""
    if field.primary_key or field.choices:
        return False
    if isinstance(field, models.ForeignKey):
        return field.related_model._meta.label in PEOPLE
    return field.get_internal_type() in TEXTS | {"UUIDField"}


def columns() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if can_hold_a_person(field)
    }


def listed() -> Counter[str]:
    rows = [(one.model, one.fields) for one in HOLDINGS] + list(IMPERSONAL.items())
    return Counter(f"{model}.{name}" for model, names in rows for name in names.split())


def test_sec_34_every_column_that_can_hold_a_person_is_listed():
    words = "portal/personal_data.py must say what it holds, or that it holds nothing of a person"
    assert [f"{column}: {words}" for column in sorted(columns() - listed().keys())] == []


def test_sec_34_nothing_is_listed_that_is_not_there_or_twice():
    there = {
        f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.concrete_fields
    }
    assert sorted(listed().keys() - there) == []
    assert [column for column, times in listed().items() if times > 1] == []


def test_sec_34_every_sealed_column_is_personal():
    personal = {f"{one.model}.{name}" for one in HOLDINGS for name in one.fields.split()}
    sealed = {column for column in columns() if column.endswith("_sealed")}
    assert len(sealed) >= 3 and sealed <= personal


@pytest.mark.parametrize("one", HOLDINGS, ids=lambda one: f"{one.model}-{one.fields.split()[0]}")
def test_sec_34_every_entry_says_why_how_long_and_who(one):
    assert all(len(text) >= 2 for text in (one.what, one.purpose, one.basis, one.retention, one.roles))
    assert "|" not in "".join((one.what, one.purpose, one.basis, one.retention, one.roles))


def test_sec_34_what_is_sealed_or_medical_is_called_sensitive():
    sensitive = {f"{one.model}.{name}" for one in HOLDINGS if one.sensitive for name in one.fields.split()}
    assert {
        "trainees.Cadre.id_number_sealed",
        "training.LeaveRequest.proof",
        "training.LeaveRequest.reason",
    } <= sensitive


def test_sec_34_the_page_is_made_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == page(), "python manage.py personal_data > docs/personal-data.md"


def test_the_rule_would_notice_a_new_column():
    field = models.CharField("家庭住址", max_length=100)
    field.set_attributes_from_name("home_address")
    assert can_hold_a_person(field)
    assert not can_hold_a_person(models.CharField(choices=Role.choices))
