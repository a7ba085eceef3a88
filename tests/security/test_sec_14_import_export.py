"""SEC-14, E1: django-import-export brings columns and rows, never pages: nobody without a right gets at a table."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from import_export.admin import ExportMixin, ImportMixin
from tablib import Dataset

from organization.resources import UnitResource
from tests.access.clients import HANDLER
from trainees.models import Cadre
from trainees.resources import CadreResource

ROOT = Path(__file__).resolve().parents[2]
MODELS = [model._meta for model in admin.site._registry]


@pytest.mark.parametrize("part", ["trainee", "audit_admin"])
def test_e1_no_model_has_a_page_to_import_or_export(yunling, part):
    """With the library's own defaults a person without any right got 200 here, and the whole table."""
    client = Client()
    client.handler = HANDLER
    client.force_login(yunling.accounts[part])
    tables = [f"/{settings.ADMIN_PATH}{meta.app_label}/{meta.model_name}" for meta in MODELS]
    answers = {f"{table}/export/": (client.get(f"{table}/export/"),) for table in tables}
    answers |= {f"{table}/import/": (client.post(f"{table}/import/"),) for table in tables}
    codes = {url: {one.status_code for one in pair} for url, pair in answers.items()}
    assert {url: found for url, found in codes.items() if found - {302, 403, 404}} == {}
    led = {one.headers["Location"].split("?")[0] for pair in answers.values() for one in pair if one.status_code == 302}
    # Who has no door to the admin is led to the sentence that says so; the catch-all of the admin looks for a row.
    assert {client.get(where).status_code for where in led} <= {302, 403, 404}


def test_sec_14_no_admin_page_is_the_librarys():
    assert [page for page in admin.site._registry.values() if isinstance(page, ImportMixin | ExportMixin)] == []
    for meta in MODELS:
        for page in ("import", "export", "process_import"):
            if (meta.label, page) != ("core.AuditEntry", "export"):  # our own, for the audit administrator
                with pytest.raises(NoReverseMatch):
                    reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}")
    assert "import_export" not in settings.INSTALLED_APPS


def test_sec_14_rows_are_known_by_their_code_never_by_key():
    assert UnitResource._meta.import_id_fields == ("code",)
    assert "id" not in UnitResource._meta.fields


def test_sec_14_the_librarys_own_pages_would_ask_for_both_rights():
    assert settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE == "change"
    assert settings.IMPORT_EXPORT_EXPORT_PERMISSION_CODE == "view"


def test_sec_14_people_are_taken_out_in_scope_masked_and_never_brought_in_by_a_resource(yunling, wangjiang):
    resource = CadreResource(yunling.staff)
    lines = list(resource.lines(Cadre.objects.all()))
    assert {line[0] for line in lines} == {"司马清扬", "欧阳致远", "沈若溪"}
    assert all("*" * 16 in line[1] for line in lines)
    with pytest.raises(PermissionError):
        resource.import_data(Dataset(headers=["姓名"]), dry_run=True)
