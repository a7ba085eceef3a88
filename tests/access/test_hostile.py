"""Addresses that nobody was given, parameters that nobody asked for, fields that no form shows; guards taken out."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from organization.models import Grant, Unit
from portal import rules, rules_recognition
from portal.rules import Door
from tests import factories as make
from tests.access import matrix, stage
from tests.access.clients import client_of
from tests.access.matrix import OUTSIDE, ROWS, Row
from tests.access.test_matrix import ask, writes
from training.models import ClassRole

NOBODYS_KEYS = ("0", "-1", str(2**63), "1;--", "00000000-0000-0000-0000-000000000000", "..%2f..%2fetc")
ODD_QUERY = (
    "?page=9e9&page_size=1e6&sort=-password&o=-password&state=1;--&year=99999999999&q=%25%25%25&kind=nonsense"
    "&_connector=OR+1=1&id__in=1,2,3&next=//evil.test/&next=javascript:alert(1)&row=x&account=%25&date=2026-99-99"
)
CANARY = "XJ7CANARY"
BY_KEY = [row for row in ROWS if row.arguments.__name__ != "<lambda>" and not row.open]
READING = [row for row in ROWS if row.method == "get" and row.ok and not row.open]
POSTED = [row for row in ROWS if row.method == "post" and row.ok and not row.open]


def name_of(row: Row) -> str:
    return f"{row.name}-{row.arguments.__name__}"


def first_in(row: Row) -> str:
    """A column that the row lets in."""
    return next(column for column in matrix.SIGNED_IN if column in row.ok.split())


def place(cast: Any, row: Row) -> tuple[str, list[str]]:
    """The row's address and the keys in it."""
    if row.prepared_by:
        stage.PREPARATIONS[row.prepared_by](cast.yunling)
    arguments = row.arguments(cast.yunling)
    return reverse(f"portal:{row.name}", args=arguments), [str(one) for one in arguments]


@pytest.mark.parametrize("row", BY_KEY, ids=name_of)
def test_b32_a_key_of_nothing_is_not_found(cast, row):
    url, keys = place(cast, row)
    client = client_of(cast, first_in(row))
    for key in keys:
        for nonsense in NOBODYS_KEYS:
            with transaction.atomic():
                answer = ask(client, row, url.replace(key, nonsense))
                transaction.set_rollback(True)
            assert answer.status_code == 404, (row.name, nonsense)


@pytest.mark.parametrize("row", READING, ids=name_of)
def test_b31_parameters_that_nobody_asked_for(cast, row):
    """400 or as if they were not there; never an error, never the way to another site."""
    url, _ = place(cast, row)
    column = first_in(row)
    answer = client_of(cast, column).get(url + ODD_QUERY)
    assert answer.status_code in (row.expected(column), 200, 302, 400)
    assert "evil.test" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "name", ["cadre_list", "cadre_list_export", "recognition_list", "recognition_export", "duty_people"]
)
def test_b31_a_nul_is_no_parameter(cast, name):
    answer = client_of(cast, "staff").get(reverse(f"portal:{name}") + "?q=%00&name=%00&state=all&unit=%00")
    assert answer.status_code == 400 and "地址里有不能识别的字符" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/media/", "/files/", "/static/../var/files/", "/var/files/", "/files/..%2f..%2f.env", "/.env"]
)
def test_sec_17_stored_files_have_no_address_of_their_own(cast, address):
    file = cast.yunling.documents["letter"].file
    for name in (file.location, f"{file.sha256}.pdf", str(file.pk)):
        assert client_of(cast, "staff").get(f"{address}{name}", follow=True).status_code == 404


# ---- fields that no form shows ----


def shown_names() -> set[str]:
    """Fields of all forms of the portal."""
    known: set[type[forms.BaseForm]] = set()
    waiting: list[Any] = [forms.Form]
    while waiting:
        one = waiting.pop()
        known.add(one)
        waiting += one.__subclasses__()
    return {name for form in known for name in getattr(form, "declared_fields", {})}


def hidden_fields() -> dict[str, str]:
    models = [model for model in apps.get_models() if model.__module__.split(".")[0] in rules_apps()]
    names = {name for model in models for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return dict.fromkeys(names - shown_names(), CANARY)


def rules_apps() -> tuple[str, ...]:
    return ("core", "organization", "trainees", "courses", "training", "assessments", "reports")


@pytest.mark.parametrize("row", POSTED, ids=name_of)
def test_sec_19_a_field_that_no_form_shows_is_not_written(cast, row):
    url, _ = place(cast, row)
    client = client_of(cast, first_in(row))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        answer = client.post(url, hidden_fields() | {"op_id": stage.op_id(), "seen": 0, **row.data})
        written = writes(queries)
        transaction.set_rollback(True)
    assert answer.status_code in (row.code, 302)  # 302: the way to a file that was made
    assert [sql for sql in written if CANARY in sql] == []


# ---- guards taken out one by one ----


def questions() -> dict[str, Callable[..., Any]]:
    known = vars(rules) | vars(rules_recognition)
    return {name: one for name, one in known.items() if name.startswith("may_") and callable(one)}


def bound_at(one: Any) -> Iterator[tuple[Any, str]]:
    """Every name of the portal that stands for this function."""
    for module in [found for name, found in sys.modules.items() if name.startswith("portal")]:
        for name, value in list(vars(module).items()):
            if value is one:
                yield module, name


def put(monkeypatch: Any, one: Any, another: Any) -> None:
    for module, name in list(bound_at(one)):
        monkeypatch.setattr(module, name, another)


def refused_cells(cast: Any) -> dict[str, tuple[Row, str, str]]:
    """For each question a cell of the table whose 403 it is; each row's place is made once for all of its cells."""
    found: dict[str, tuple[Row, str, str]] = {}
    assert get_resolver().url_patterns, "every view holds its guard before it is taken out"
    with pytest.MonkeyPatch.context() as patch:
        asked: list[tuple[str, str]] = []
        for name, one in questions().items():
            put(patch, one, told(one, name, asked))
        for row in [row for row in ROWS if row.forbidden]:
            with transaction.atomic():
                for column, (name, why) in last_words(cast, row, asked):
                    found.setdefault(name, (row, column, why))
                transaction.set_rollback(True)
    return found


def last_words(cast: Any, row: Row, asked: list[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The question that refused each forbidden column, and what it said; a refusal writes nothing."""
    url, _ = place(cast, row)
    for column in row.forbidden.split():
        asked.clear()
        ask(client_of(cast, column), row, url)
        for one in asked[-1:]:
            yield column, one


def told(one: Callable[..., Any], name: str, asked: list[tuple[str, str]]) -> Callable[..., Any]:
    def question(*args: Any, **kwargs: Any) -> Any:
        refusal = one(*args, **kwargs)
        if refusal is not None:
            asked.append((name, refusal.why))
        return refusal

    return question


@pytest.fixture(scope="module")
def cells(whole_cast: Any, django_db_blocker: Any) -> dict[str, tuple[Row, str, str]]:
    with django_db_blocker.unblock(), transaction.atomic():
        found = refused_cells(whole_cast)
        transaction.set_rollback(True)
    return found


# Refusals that no cell of the table meets, and where they are met.
ELSEWHERE = {
    "may_use_admin": "test_matrix.py: the admin's door says why it is closed",
    "may_commit": "tests/portal/test_workbook_pages.py",
    "may_export_cadres": "tests/portal/test_duty_pages.py: more people than a file takes",
    "may_export_rows": "tests/portal/test_recognition_pages.py, test_online_pages.py, test_afterwards_pages.py",
    "may_take_marked": "tests/access/test_files.py",
    "may_touch_marks": "tests/portal/test_attendance_pages.py: confirmed results leave grid and timetable to look at",
}


@pytest.mark.parametrize("name", sorted(questions().keys() - ELSEWHERE.keys()))
def test_sec_17_without_this_guard_a_cell_turns_red(cast, cells, monkeypatch, name):
    """The page opens, or what the service behind it says is read in its place."""
    assert name in cells, f"no cell of the table is refused by {name}: give it a row in tests/access/matrix.py"
    row, column, why = cells[name]
    url, _ = place(cast, row)
    put(monkeypatch, questions()[name], lambda *args, **kwargs: None)
    client = client_of(cast, column)
    client.raise_request_exception = False
    answer = ask(client, row, url)
    assert answer.status_code != row.expected(column) or why not in stage.body_of(answer)


def test_sec_17_with_every_door_open_cells_turn_red(cast, monkeypatch):
    monkeypatch.setattr(Door, "of", classmethod(lambda cls, user, one: cls(True, True, True, True)))
    row = next(row for row in ROWS if row.name == "class_roster")
    url, _ = place(cast, row)
    assert ask(client_of(cast, "trainee"), row, url).status_code == 200 != row.expected("trainee")


# ---- what changes while somebody is signed in ----


def test_b34_a_unit_that_moves_takes_its_scope_along(cast):
    """The letter goes to a unit that comes under the other city: its department finds it at its next request."""
    url = reverse("portal:document_download", args=[cast.yunling.documents["letter"].pk])
    client = client_of(cast, "stranger_staff")
    assert client.get(url).status_code == 404
    unit, root = (Unit.objects.get(pk=one.pk) for one in (cast.yunling.bureau, cast.wangjiang.root))
    unit.move(root, "last-child")
    assert client.get(url).status_code in (200, 302)


def test_b34_a_liaison_named_elsewhere_sees_the_other_unit_at_once(cast):
    city, client = cast.yunling, client_of(cast, "liaison")
    own, other = (
        reverse("portal:document_download", args=[city.documents[n].pk]) for n in ("letter", "sibling_letter")
    )
    assert (client.get(own).status_code, client.get(other).status_code) != (404, 404)
    Grant.objects.filter(account=city.liaison).update(unit=city.sibling)
    assert client.get(own).status_code == 404
    assert client.get(other).status_code in (200, 302)


# ---- thirty grants cost what one costs ----


@pytest.mark.parametrize("row", READING, ids=name_of)
def test_queries_do_not_grow_with_grants_and_roles(cast, row, query_count):
    column = first_in(row)
    url, _ = place(cast, row)
    city = cast.wangjiang if column.startswith("stranger") else cast.yunling
    who = stage.account_of(cast, column)
    first = who.grants.first()
    classes = [
        make.training_class(city.root, f"{city.word}第{n}班", f"N{n}", start="2026-01-01", end="2026-01-02")
        for n in range(10)
    ]
    ClassRole.objects.bulk_create(role(classes[0], who) for _ in range(first is None or first.kind == "business"))
    client = client_of(cast, column)
    ask(client, row, url)
    few = query_count(lambda: ask(client, row, url))
    add_many(who, first, classes)
    assert query_count(lambda: ask(client, row, url)) == few


def role(one: Any, who: Any, kind: str = ClassRole.Kind.MANAGER) -> ClassRole:
    return ClassRole(training_class=one, account=who, kind=kind, since=make.LONG_AGO)


def add_many(who: Any, first: Any, classes: list[Any]) -> None:
    """Thirty grants like the first, and thirty roles in classes for those who may have them."""
    days = [make.LONG_AGO.replace(day=day) for day in range(2, 32)]
    if first is not None:
        Grant.objects.bulk_create(Grant(account=who, role=first.role, unit=first.unit, since=day) for day in days)
    if first is None or first.kind == "business":
        ClassRole.objects.bulk_create(
            ClassRole(training_class=one, account=who, kind=ClassRole.Kind.MANAGER, since=day)
            for one in classes
            for day in days[:3]
        )


def test_there_are_rows_to_try():
    assert BY_KEY and READING and POSTED and OUTSIDE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["d/%00/", "wall/%00/", "calendar/%00.ics", "c/%00/%0a/", "admin/%1b/", "sessions/%00/end/"]
)
def test_b32_an_address_with_a_control_character_is_not_found(client, path):
    """The open pages, too: whoever is not signed in gets no failure to look at."""
    answer = client.get(f"/{path}")
    assert answer.status_code == 404
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
