"""Stored bytes go when their time is over; their rows stay and say so (SEC-33)."""

from datetime import date

import pytest
from django.core.files.storage import default_storage

from core.files import FileGone, delete_overdue, keep, load

pytestmark = pytest.mark.django_db

LAST_DAY, DAY_AFTER = date(2026, 4, 10), date(2026, 4, 11)


@pytest.fixture(autouse=True)
def memory(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


def test_bytes_go_after_their_last_day_and_not_before():
    due, later, forever = keep(b"1", delete_after=LAST_DAY), keep(b"2", delete_after=DAY_AFTER), keep(b"3")
    assert delete_overdue(LAST_DAY) == 0
    assert delete_overdue(DAY_AFTER) == 1
    due.refresh_from_db()
    assert due.deleted is not None and not default_storage.exists(due.location)
    with pytest.raises(FileGone, match="保存期限"):
        load(due)
    assert (load(later), load(forever)) == (b"2", b"3")


def test_deleting_again_changes_nothing_and_lost_bytes_are_no_error():
    file = keep(b"1", delete_after=LAST_DAY)
    default_storage.delete(file.location)
    assert [delete_overdue(DAY_AFTER), delete_overdue(DAY_AFTER)] == [1, 0]
