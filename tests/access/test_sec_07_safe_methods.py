"""SEC-07: looking changes nothing, whoever looks at whatever; no address takes a POST without its token."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.access import stage
from tests.access.clients import HANDLER
from tests.access.matrix import ADMIN_PAGES, ROWS
from tests.access.test_matrix import MODELS, routes

# The log and who was seen when; what runs on its own; Django's and PostgreSQL's bookkeeping.
MOVING = ("core_auditentry", "account_session")
LAST_SIGHT = {"organization_account": "last_login"}
LOOKERS = ("staff",)  # of every other column the matrix sees that a GET writes nothing
ANYTHING = {"rest": "1/1/", "url": "x", "app_label": "organization", "content_type_id": "1", "object_id": "1"}


@pytest.fixture
def addresses(cast) -> list[str]:
    """Every address of the resolver, with the story's objects where it names one."""
    found = {*of_the_portal(cast.yunling), *of_the_admin(cast.yunling), *without_arguments()}
    assert len(found) > 150
    return sorted(found)


def of_the_portal(city: Any) -> Iterator[str]:
    """Objects that only a preparation makes are made; what a preparation does to the class besides is left alone."""
    for row in ROWS:
        try:
            arguments = row.arguments(city)
        except KeyError:
            stage.PREPARATIONS[row.prepared_by](city)
            arguments = row.arguments(city)
        yield reverse(f"portal:{row.name}", args=arguments) + row.query


def of_the_admin(city: Any) -> Iterator[str]:
    for model in MODELS:
        pk = object_of(city, model)
        for page in ADMIN_PAGES:
            arguments = [pk] if page in ("change", "history", "delete") else []
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)
    yield reverse("admin:trainees_cadre_unmask", args=[city.cadres[0].pk])


def object_of(city: Any, model: Any) -> Any:
    """The stage's object of a model, or the one that another object of the stage needed and made before."""
    try:
        with transaction.atomic():
            return stage.admin_object(city, model._meta.label)
    except IntegrityError:
        return model._base_manager.values_list("pk", flat=True).last()


def without_arguments() -> Iterator[str]:
    for _, route in routes(get_resolver()):
        if "(?P" not in route and "<" not in route:
            yield f"/{route}"
        elif "<path:rest>" in route:
            yield f"/{route.replace('<path:rest>', ANYTHING['rest'])}"


def checksums() -> dict[str, str]:
    """A digest of every table's rows, but for what moves when somebody looks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall() if name not in MOVING]
        return {name: digest_of(cursor, name) for name in sorted(tables)}


def digest_of(cursor: Any, table: str) -> str:
    row = f"to_jsonb(t) - '{LAST_SIGHT[table]}'" if table in LAST_SIGHT else "to_jsonb(t)"
    cursor.execute(
        f"SELECT count(*) || md5(coalesce(string_agg(md5(({row})::text), '' ORDER BY ({row})::text), '')) FROM {table} t"
    )
    return str(cursor.fetchone()[0])


def browser(cast: Any, part: str, **options: Any) -> Client:
    client = Client(**options)
    client.handler = HANDLER if not options else client.handler
    client.force_login(cast.yunling.accounts[part])
    return client


def test_sec_07_looking_changes_nothing(cast, addresses):
    clients = {part: browser(cast, part) for part in LOOKERS}
    before = checksums()
    for part, client in clients.items():
        for url in addresses:
            answer = client.get(url)
            if answer.streaming:
                b"".join(answer.streaming_content)
        after = checksums()
        changed = {table for table in before if before[table] != after[table]}
        assert changed == set(), f"{part} changed {changed} by looking"


def test_sec_07_the_checksums_would_notice(cast):
    before = checksums()
    cast.yunling.accounts["trainee"].display_name = "另一名字"
    cast.yunling.accounts["trainee"].save(update_fields=["display_name"])
    changed = {table for table, digest in checksums().items() if digest != before[table]}
    assert changed == {"organization_account", "core_rowchange"}


def test_sec_07_no_address_takes_a_post_without_its_token(cast, addresses):
    client = browser(cast, "staff", enforce_csrf_checks=True)
    answers = {url: client.post(url, {"op_id": stage.op_id(), "seen": 0}).status_code for url in addresses}
    kept_by_a_key = {reverse("portal:learning_records"): 401}  # no cookie opens it, so that no token could be stolen
    assert {url: code for url, code in answers.items() if code not in (403, 405)} == kept_by_a_key
