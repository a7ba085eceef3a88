"""SEC-19: a key of the other city, put where a form names a row of one's own, writes nothing.

The fields and what is sent stand in swaps.py; with another's key, or with a key of nothing, the same sending is refused and
no table holds anything new.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, reverse

from assessments.models import Result, ScoreEntry, WorkbookImport
from assessments.services import export_class
from portal import urls
from tests import factories as make
from tests.access import stage
from tests.access.checksums import assert_unchanged, changed, checksums
from tests.access.clients import client_of
from tests.access.matrix import ROWS, SIGNED_IN
from tests.access.swaps import KEYS_OF_NOTHING, REFUSED, SWAPS, Sending, Swap
from tests.cast import City
from trainees.models import Cadre
from training.models import AttendanceMark, Enrolment, Session, TrainingClass

# ---- the same sending with another row's key ----


def sent(client: Any, url: str, data: Sending) -> Any:
    """The answer; a pair of name and bytes goes as a file."""
    fields = {name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for name, value in data.items()}
    return client.post(url, {"op_id": stage.op_id(), **fields})


def ready(cast: Any, swap: Swap) -> tuple[Any, str, Sending]:
    """Who sends, where, and what is accepted there."""
    place = swap.place(cast.yunling)
    return client_of(cast, swap.column), reverse(f"portal:{swap.view}", args=place), swap.send(cast.yunling)


def refuses(client: Any, url: str, data: Sending, what: Any) -> None:
    """The sending is answered with a fault, and every table is as it was."""
    before = checksums()
    answer = sent(client, url, data)
    assert answer.status_code in REFUSED, what
    assert "望江" not in stage.body_of(answer), what
    assert_unchanged(before, what)


def of_nothing(swap: Swap, data: Sending, name: str) -> Iterator[Sending]:
    """The sending with a key that nothing has in the field's place."""
    for key in (*KEYS_OF_NOTHING, str(uuid4())):
        yield {name: [key] if isinstance(data[name], list) else key}


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.id)
def test_sec_19_the_city_s_own_rows_are_taken(cast, swap):
    """Positive control: it is the key that is refused below, not the rest of the form."""
    client, url, data = ready(cast, swap)
    before = checksums()
    answer = sent(client, url, data)
    errors = (
        answer.context["form"].errors if answer.context and "form" in answer.context else answer.content.decode()[:300]
    )
    assert answer.status_code == 302 or swap.view == "catalogue_upload", errors
    assert changed(before) != set()


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.id)
def test_sec_19_the_other_city_s_rows_are_refused(cast, swap):
    client, url, data = ready(cast, swap)
    for name, other in swap.others(cast.wangjiang).items():
        refuses(client, url, data | other, (swap.id, name))


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.id)
def test_b32_keys_of_nothing_are_refused(cast, swap):
    client, url, data = ready(cast, swap)
    for name in sorted(swap.fields(cast.wangjiang) & data.keys()):
        for other in of_nothing(swap, data, name):
            refuses(client, url, data | other, (swap.id, other))


# ---- addresses that name two rows ----


def keys(row: Any, city: City) -> list[Any]:
    if row.prepared_by:
        stage.PREPARATIONS[row.prepared_by](city)
    return [one for one in row.arguments(city) if isinstance(one, UUID)]


def paired() -> list[Any]:
    """Rows of the table whose address names a class and something of it."""
    routes = {one.name: str(one.pattern) for one in urls.urlpatterns if isinstance(one, URLPattern)}
    return [row for row in ROWS if routes[row.name].count("<uuid:") > 1 and row.ok]


@pytest.mark.parametrize("row", paired(), ids=lambda row: row.name)
def test_sec_17_a_class_with_something_of_another_is_not_found(cast, row):
    """The class is one's own, and what is named in it is another city's, or another class's of one's own."""
    own, other = keys(row, cast.yunling), keys(row, cast.wangjiang)
    both = {cast.yunling.training_class.pk, cast.yunling.open_class.pk}
    elsewhere = [one for one in both if one != own[0]]
    mixed = [[own[0], *other[1:]], [other[0], *own[1:]], *([one, *own[1:]] for one in elsewhere)]
    mixed += [[*own[:2], *other[2:]]] if len(own) > 2 else []
    client = client_of(cast, next(column for column in SIGNED_IN if column in row.ok.split()))
    for arguments in mixed:
        url, before = reverse(f"portal:{row.name}", args=arguments), checksums()
        answer = sent(client, url, row.data | {"seen": 1}) if row.method == "post" else client.get(url)
        assert answer.status_code == 404, arguments
        assert_unchanged(before, arguments)


# ---- cells of the attendance grid ----


def cell(who: Any, when: Any, mark: str = "late", version: int = 0) -> Sending:
    return {"enrolment": str(who), "session": str(when), "mark": mark, "version": version}


def saved(client: Any, url: str, cells: list[Sending]) -> Any:
    body = json.dumps({"op_id": stage.op_id(), "cells": cells})
    return client.post(url, body, content_type="application/json")


def free_cell(city: City) -> tuple[Any, Any]:
    """A trainee of the open class and a session of it without a mark."""
    return city.open_enrolment.pk, make.session(city.open_class, 3, recorded=False).pk


def test_sec_19_cells_of_the_own_class_are_saved(cast):
    client, one = client_of(cast, "manager"), cast.yunling.open_class
    answer = saved(client, reverse("portal:attendance_marks", args=[one.pk]), [cell(*free_cell(cast.yunling))])
    assert answer.status_code == 200
    assert AttendanceMark.objects.filter(training_class=one, mark="late").exists()


def test_b26_a_cell_of_another_class_is_not_found_and_nothing_is_saved(cast):
    """Also among cells of one's own: the other city's trainee, its session, both; another class's of one's own city."""
    city, other = cast.yunling, cast.wangjiang
    (who, when), (stranger, elsewhere) = free_cell(city), free_cell(other)
    classmate, lesson = city.enrolments[0].pk, city.training_class.sessions.all()[0].pk
    wrong = [(stranger, when), (who, elsewhere), (stranger, elsewhere), (classmate, when), (who, lesson),
             (uuid4(), when), (who, uuid4())]  # fmt: skip
    client, url = client_of(cast, "manager"), reverse("portal:attendance_marks", args=[city.open_class.pk])
    for pair in wrong:
        for cells in ([cell(*pair)], [cell(who, when), cell(*pair)], [cell(*pair), cell(who, when)]):
            before = checksums()
            answer = saved(client, url, cells)
            assert (answer.status_code, "望江" in answer.content.decode()) == (404, False), pair
            assert_unchanged(before, pair)


@pytest.mark.parametrize("key", KEYS_OF_NOTHING)
def test_b32_a_cell_without_a_key_is_refused(cast, key):
    city = cast.yunling
    who, when = free_cell(city)
    client, url = client_of(cast, "manager"), reverse("portal:attendance_marks", args=[city.open_class.pk])
    for pair in ((key, when), (who, key)):
        before = checksums()
        assert saved(client, url, [cell(*pair)]).status_code in (400, 404)
        assert_unchanged(before, pair)


# ---- a workbook of the other city ----


def rows_of(city: City) -> list[Any]:
    """Everything that stands in the city's classes."""
    classes = [city.training_class.pk, city.open_class.pk]
    found: list[Any] = [
        list(TrainingClass.objects.unscoped("all of it").filter(pk__in=classes).order_by("pk").values())
    ]
    models: tuple[Any, ...] = (Enrolment, Session, AttendanceMark, ScoreEntry, Result)
    for model in models:
        found.append(list(model._base_manager.filter(training_class__in=classes).order_by("pk").values()))
    return [*found, list(Cadre._base_manager.filter(managing_authority=city.root).order_by("pk").values())]


def test_sec_19_a_workbook_of_the_other_city_changes_nothing_there(cast):
    """Whoever got hold of it: what is written is a class of one's own, with the class's number of there or not at all."""
    data = export_class(cast.wangjiang.open_class, actor=cast.wangjiang.manager)
    client, before = client_of(cast, "staff"), rows_of(cast.wangjiang)
    sending = {"workbook": ("别处.xlsx", data), "unit": cast.yunling.root.pk}
    answer = sent(client, reverse("portal:workbook_upload"), sending)
    assert answer.status_code == 302
    imported = WorkbookImport.objects.unscoped("the one that was made").latest("created")
    assert imported.training_class_id is None
    sent(client, reverse("portal:workbook_confirm", args=[imported.pk]), {})
    assert rows_of(cast.wangjiang) == before
