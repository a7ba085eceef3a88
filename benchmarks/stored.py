"""What a measurement stored beside its database."""

from django.core.files.storage import default_storage

from core.models import StoredFile


def forget_files() -> None:
    """Delete the bytes: the database goes, and nothing would lead to them."""
    for location in StoredFile.objects.values_list("location", flat=True):
        default_storage.delete(location)
