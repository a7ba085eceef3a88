"""Every address × every column of the table; nothing unknown, nothing forgotten, nothing of the other city."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.scope import ScopedQuerySet
from organization.roles import role_may
from tests.access import matrix, stage
from tests.access.checksums import assert_unchanged, checksums
from tests.access.clients import client_of
from tests.access.matrix import ADMIN_PAGES, COLUMNS, OPENS_ADMIN, OUTSIDE, ROWS, Row

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
KEPT = ("core_auditentry", "account_session", "last_login")
FULL_NUMBERS = ("class_export", "workbook_marked")  # files that hold what the class office wrote into its workbook
BY_OBJECT = [row for row in ROWS if row.arguments.__name__ != "<lambda>" and row.method == "get"]


def ask(client: Client, row: Row, url: str) -> Any:
    """The answer; where it leads to a stored file, the file's."""
    if row.method == "post":
        answer = client.post(url, {"op_id": stage.op_id(), "seen": 0, **row.data})
    else:
        answer = client.get(url + row.query)
    way = answer.headers.get("Location", "")
    return client.get(way) if way.startswith("/files/") else answer


def writes(queries: CaptureQueriesContext) -> list[str]:
    """Statements that change something other than the log and the session."""
    changing = [one["sql"] for one in queries if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    return [sql for sql in changing if not any(name in sql for name in KEPT)]


def cell(cast: Any, column: str, row: Row, url: str) -> int:
    """Ask once, undo what may change, and check what holds for every answer: refusals and GETs write nothing, no word of the other city."""
    client = client_of(cast, column)
    reset_queries()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        response = ask(client, row, url)
        body = stage.body_of(response)
        changes = writes(queries)
        refused = row.method == "post" and row.expected(column) != row.code
        transaction.set_rollback(not refused)
    if row.method == "get" or refused:
        assert changes == [], f"{row.name} {column} writes"
    words = stage.canaries(cast, column)
    if row.name in FULL_NUMBERS:
        words = [word for word in words if not word.startswith("999")]
    assert [word for word in words if word in body] == [], f"{row.name} {column} shows what it must not"
    return int(response.status_code)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.arguments.__name__}")
def test_sec_17_every_page_every_column(cast, row):
    if row.prepared_by:
        stage.PREPARATIONS[row.prepared_by](cast.yunling)
    url = reverse(f"portal:{row.name}", args=row.arguments(cast.yunling))
    refused = [column for column in COLUMNS if row.method == "post" and row.expected(column) != row.code]
    before = checksums() if refused else {}
    found = {column: cell(cast, column, row, url) for column in refused}
    assert_unchanged(before, "refused, and yet something changed")
    found |= {column: cell(cast, column, row, url) for column in COLUMNS if column not in refused}
    expected = {column: row.expected(column) for column in COLUMNS}
    if row.name == "sign_in":  # who is signed in already goes home
        expected |= dict.fromkeys(matrix.SIGNED_IN, 302)
    assert found == expected


def test_sec_17_home_by_role(cast):
    row = Row("home", ok=matrix.ALL)
    found = {column: cell(cast, column, row, reverse("portal:home")) for column in COLUMNS}
    expected = {column: matrix.HOME.get(column, row.expected(column)) for column in COLUMNS}
    assert found == expected


def expected_in_admin(column: str, label: str, page: str) -> int:
    """By rule: the role's permission opens the page, the scope finds the row."""
    if column in OUTSIDE or column not in OPENS_ADMIN:
        return 302
    app, model = label.lower().split(".")
    role = matrix.kind_of(column)
    page_admin: Any = admin.site._registry[model_of(label)]
    views = any(role_may(role, f"{app}.{verb}_{model}") for verb in ("view", "change"))
    if page == "add":
        return 200 if page_admin.writes and role_may(role, f"{app}.add_{model}") else 403
    if page == "delete" or not views:
        return 403
    finds = page == "changelist" or column == "staff" or label in matrix.WITHOUT_SCOPE
    return 200 if finds or column in matrix.WHOLE_FOR.get(label, ()) else 404


def model_of(label: str) -> Any:
    return next(model for model in MODELS if model._meta.label == label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_sec_15_every_admin_page_every_column(cast, model):
    label, found, expected = model._meta.label, {}, {}
    pk = stage.admin_object(cast.yunling, label)
    for page in ADMIN_PAGES:
        arguments = [pk] if page in ("change", "history", "delete") else []
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)
        for column in COLUMNS:
            expected[page, column] = expected_in_admin(column, label, page)
            row = Row(f"{label} {page}", code=expected[page, column])
            found[page, column] = cell(cast, column, row, url)
    assert found == expected


@pytest.mark.parametrize("name", ["index", "jsi18n"])
def test_shared_admin_pages(cast, name):
    row = Row(f"admin {name}")
    found = {column: cell(cast, column, row, reverse(f"admin:{name}")) for column in COLUMNS}
    assert found == {column: 200 if column in OPENS_ADMIN else 302 for column in COLUMNS}


def test_the_admins_door_says_why_it_is_closed(cast):
    answer = client_of(cast, "trainee").get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403
    assert "打开管理后台" in answer.content.decode()


def test_unmasking_is_for_department_staff(cast):
    url = reverse("admin:trainees_cadre_unmask", args=[cast.yunling.cadres[0].pk])
    expected = dict.fromkeys(COLUMNS, 302) | {"staff": 200, "stranger_staff": 404} | dict.fromkeys(
        matrix.ADMINISTRATORS, 404
    )  # fmt: skip
    row = Row("unmask")
    assert {column: cell(cast, column, row, url) for column in COLUMNS} == expected


def test_sec_35_the_log_is_taken_away_by_the_audit_administrator_only(cast):
    url, row = reverse("admin:core_auditentry_export"), Row("audit export")
    expected = dict.fromkeys(COLUMNS, 302) | dict.fromkeys(OPENS_ADMIN, 403) | {"audit_admin": 200}
    assert {column: cell(cast, column, row, url) for column in COLUMNS} == expected


# ---- the table covers the resolver, both ways ----


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(namespaced name or empty, route) of every address."""
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern).removeprefix("^")
        if isinstance(one, URLPattern):
            yield (f"{namespace}{one.name}" if one.name else "", route)
        else:
            inner = f"{one.namespace}:" if one.namespace else ""
            yield from routes(one, route, namespace + inner)


def known_admin_names() -> set[str]:
    names = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}" for model in MODELS for page in ADMIN_PAGES
    }
    shared = ("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
              "view_on_site", "app_list", "trainees_cadre_unmask", "core_auditentry_export")  # fmt: skip
    return names | {f"admin:{name}" for name in shared}


def test_sec_16_the_table_covers_the_resolver():
    found = set(routes(get_resolver()))
    names = {name for name, _ in found if name}
    table = {f"portal:{row.name}" for row in ROWS} | {"portal:home"} | known_admin_names()
    assert names - table == set(), "addresses that the table does not know"
    assert table - names == set(), "rows of the table that do not exist"
    unnamed = {route for name, route in found if not name}
    kept_by_django = {route for route in unnamed if route.endswith("<path:object_id>/")}
    assert unnamed - kept_by_django == set(matrix.UNNAMED)


def test_every_registered_model_has_an_object():
    assert {model._meta.label for model in MODELS} == set(stage.ADMIN_OBJECTS)


# ---- the table can fail ----


@pytest.mark.parametrize("row", BY_OBJECT, ids=lambda row: f"{row.name}-{row.arguments.__name__}")
def test_sec_17_without_scope_a_cell_turns_red(cast, row, monkeypatch):
    """Positive control: where `visible_to` lets everybody see everything, the row must be found out."""
    if row.prepared_by:
        stage.PREPARATIONS[row.prepared_by](cast.yunling)
    url = reverse(f"portal:{row.name}", args=row.arguments(cast.yunling))
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, user: rows.unscoped("the guard is taken out"))
    outsiders = ("stranger_staff", "sibling_liaison", "other_trainee", "system_admin")
    answers = {column: ask(client_of(cast, column), row, url).status_code for column in outsiders}
    assert any(answers[column] != row.expected(column) for column in outsiders)


# ---- what holds for all of them ----


def test_only_the_listed_pages_are_open():
    from portal.urls import OPEN_PAGES

    assert {row.name for row in ROWS if row.open} == set(OPEN_PAGES)


def test_sec_15_the_admins_path_is_a_setting():
    assert reverse("admin:index") == f"/{settings.ADMIN_PATH}"
