"""Every sealed column and stored file is sealed anew with the newest of FIELD_KEYS; afterwards the old ones can go (SEC-11).

A column `x_sealed` holds what is bound to `table:key:x` (core.crypto). What carries the newest key already is passed
over, so that whoever was interrupted begins again where it was; the portal may run meanwhile.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction

from core.audit import record
from core.crypto import Unreadable, open_bytes, open_text, seal_bytes, seal_text
from core.models import StoredFile

SUFFIX = "_sealed"
AT_ONCE = 500


@dataclass
class Resealed:
    """How much was sealed anew, and the places of what does not open with any key."""

    columns: int = 0
    files: int = 0
    unreadable: list[str] = field(default_factory=list)


def newest() -> str:
    """The key id that everything carries in the end."""
    return str(next(iter(settings.FIELD_KEYS)))


def reseal() -> Resealed:
    """All of it, in batches of their own transactions; one audit entry at the end."""
    done = Resealed()
    for model, name in sealed_columns():
        _reseal_column(model, name, done)
    for key in _old_files():
        _reseal_file(key, done)
    facts = {"key": newest(), "columns": done.columns, "files": done.files, "unreadable": len(done.unreadable)}
    record("keys.reseal", actor=None, result="failed" if done.unreadable else "ok", after=facts)
    return done


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that holds sealed text."""
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if column.name.endswith(SUFFIX):
                yield model, column.name


def with_old_key(model: type[models.Model], name: str) -> models.QuerySet[Any]:
    """Rows whose value does not carry the newest key: its id stands at the beginning, in base64.

    Whole characters are compared. The NUL behind the id differs from every letter in its upper six bits, so that ids of
    which one begins with the other are told apart.
    """
    mark = f"{newest()}\0".encode()
    text = base64.b64encode(mark)[: len(mark) * 8 // 6].decode()
    return model._base_manager.exclude(**{f"{name}__startswith": text}).exclude(**{name: ""})


def _reseal_column(model: type[models.Model], name: str, done: Resealed) -> None:
    last: Any = None
    while True:
        with transaction.atomic():
            rows = with_old_key(model, name).order_by("pk")
            rows = rows if last is None else rows.filter(pk__gt=last)
            some = list(rows.select_for_update(of=["self"]).only("pk", name)[:AT_ONCE])
            if not some:
                return
            last = some[-1].pk
            model._base_manager.bulk_update(list(_opened_and_sealed(some, name, done)), [name])


def _opened_and_sealed(rows: list[Any], name: str, done: Resealed) -> Iterator[Any]:
    """The rows with their new values; what does not open is left as it is and noted."""
    for row in rows:
        place = f"{row._meta.db_table}:{row.pk}:{name.removesuffix(SUFFIX)}"
        try:
            setattr(row, name, seal_text(open_text(getattr(row, name), place), place))
        except Unreadable:
            done.unreadable.append(place)
        else:
            done.columns += 1
            yield row


def _old_files() -> Iterator[UUID]:
    """Files whose bytes do not begin with the newest key's id; one that is not there is asked for by `load` some day."""
    mark = f"{newest()}\0".encode()
    rows = StoredFile.objects.filter(deleted=None, encrypted=True).order_by("pk").values_list("pk", "location")
    for key, location in list(rows):
        if not default_storage.exists(location):
            continue
        with default_storage.open(location) as stored:
            old = stored.read(len(mark)) != mark
        if old:
            yield key


def _reseal_file(key: UUID, done: Resealed) -> None:
    """New bytes beside the old ones, then the row; the old bytes go with the commit, or as nobody's (core.sweeping)."""
    with transaction.atomic():
        file = StoredFile.objects.select_for_update().get(pk=key)
        if file.deleted is not None:
            return
        place, before = f"file:{key}", file.location
        with default_storage.open(before) as stored:
            sealed = stored.read()
        try:
            data = open_bytes(sealed, place)
        except Unreadable:
            done.unreadable.append(place)
            return
        file.location = default_storage.save(f"{key.hex[-2:]}/{key.hex}", BytesIO(seal_bytes(data, place)))
        file.save(update_fields=["location"])
        transaction.on_commit(lambda: default_storage.delete(before))
    done.files += 1
