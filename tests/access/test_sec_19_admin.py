"""SEC-19 in the admin: whatever a page lets choose is in scope; the other city's row is no choice, for every page that writes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.urls import reverse

from tests.access import stage
from tests.access.checksums import assert_unchanged, checksums
from tests.access.clients import client_of
from tests.access.matrix import ADMINISTRATORS, WHOLE_FOR, WITHOUT_SCOPE
from tests.access.test_matrix import MODELS, expected_in_admin

WRITING = [model for model in MODELS if admin.site._registry[model].writes]  # type: ignore[attr-defined]
WRITERS = ("staff", *ADMINISTRATORS)


def pages(cast: Any, model: Any) -> Iterator[tuple[str, Any, str]]:
    """(column, client, address) of every form for a row of the model that the column opens."""
    label, name = model._meta.label, f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pk = stage.admin_object(cast.yunling, label)
    for column in WRITERS:
        client = client_of(cast, column)
        if expected_in_admin(column, label, "add") == 200:
            yield column, client, reverse(f"{name}_add")
        if expected_in_admin(column, label, "change") == 200:
            yield column, client, reverse(f"{name}_change", args=[pk])


def choices(form: Any, column: str) -> Iterator[tuple[str, Any]]:
    """Fields whose rows have a scope for this column, with the model they choose from."""
    for name, field in form.fields.items():
        if isinstance(field, ModelChoiceField) and field.queryset is not None:
            label = field.queryset.model._meta.label
            if label not in WITHOUT_SCOPE and column not in WHOLE_FOR.get(label, ()):
                yield name, field


def filled(page: Any) -> dict[str, Any]:
    """What the page's form holds when it is sent as it is, inlines included."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form]
    data: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            data[bound.html_name] = "" if value is None else value
    return data | {"seen": page.context.get("hidden", {}).get("seen", "")}


def faults(client: Any, url: str, data: dict[str, Any], name: str) -> list[str]:
    """Codes of what the form finds wrong with the field."""
    answer = client.post(url, data | {"op_id": stage.op_id()})
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    return [error.code for error in answer.context["adminform"].form.errors.as_data().get(name, [])]


def row_of(city: Any, field: Any) -> Any:
    key = stage.admin_object(city, field.queryset.model._meta.label)
    return [key] if isinstance(field, ModelMultipleChoiceField) else key


@pytest.mark.parametrize("model", WRITING, ids=lambda model: model._meta.label)
def test_sec_19_the_other_city_s_row_is_no_choice(cast, model):
    for column, client, url in list(pages(cast, model)):
        page = client.get(url)
        if "adminform" not in page.context:
            continue
        for name, field in choices(page.context["adminform"].form, column):
            own, other = row_of(cast.yunling, field), row_of(cast.wangjiang, field)
            data, before = filled(page), checksums()
            assert faults(client, url, data | {name: other}, name) == ["invalid_choice"], (column, url, name)
            assert_unchanged(before, (column, url, name))
            assert "invalid_choice" not in faults(client, url, data | {name: own}, name), (column, url, name)


def test_there_are_pages_that_write():
    assert {"organization.Unit", "organization.Grant", "training.ClassRole", "training.LeaveApprover"} <= {
        model._meta.label for model in WRITING
    }
