"""Lists that cannot be read at all: refused with a sentence, kept by their hash only, whichever page took them (B08)."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.keys import new_key
from core.models import AuditEntry, StoredFile

NONSENSE = b"not a workbook"


@pytest.mark.parametrize(
    ("page", "field"), [("machine_upload", "records"), ("catalogue_upload", "sheet"), ("cadre_table_upload", "sheet")]
)
def test_sec_24_what_could_not_be_read_is_in_the_log(yunling, page, field):
    client, one = Client(), yunling.open_class
    client.force_login(yunling.staff)
    arguments = {"machine_upload": [one.pk], "catalogue_upload": ["rooms"], "cadre_table_upload": ["awards"]}[page]
    values = {"op_id": str(new_key()), "unit": str(yunling.root.pk), field: SimpleUploadedFile("a.xlsx", NONSENSE)}
    answer = client.post(reverse(f"portal:{page}", args=arguments), values)
    assert "xlsx" in answer.content.decode()
    entry = AuditEntry.objects.get(event="import.rejected")
    assert (entry.actor_id, entry.result) == (yunling.staff.pk, "refused")
    assert entry.after["sha256"] == hashlib.sha256(NONSENSE).hexdigest()
    assert not StoredFile.objects.filter(size=len(NONSENSE)).exists()
