"""Scope below the views: the guard, scope that ends, lookups that would be oracles, what the admin may never do."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from core.admin import SEALED, ScopedAdmin
from core.models import AuditEntry
from tests.access import stage
from training.models import TrainingClass

APPS = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal")


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


@override_settings(ROOT_URLCONF="tests.access.forgetful")
def test_sec_18_a_view_that_forgets_scope_fails_closed(cast):
    """500 with a page in words, and nobody's name."""
    client = signed_in(cast.yunling.staff)
    client.raise_request_exception = False
    answer = client.get("/forgetful/")
    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()
    assert cast.yunling.cadres[0].name not in answer.content.decode()


def close(one: TrainingClass, days_ago: int) -> None:
    TrainingClass.objects.filter(pk=one.pk).update(
        state="closed", closed_on=timezone.localdate() - timedelta(days=days_ago)
    )


@pytest.mark.parametrize(("days_ago", "code"), [(0, 200), (15, 200), (16, 404)])
def test_sec_21_a_manager_reads_fifteen_days_after_closing(cast, days_ago, code):
    city = cast.yunling
    close(city.training_class, days_ago)
    url = reverse("portal:class_results", args=[city.training_class.pk])
    assert signed_in(city.manager).get(url).status_code == code


def test_sec_21_after_closing_a_manager_reads_only(cast):
    city = cast.yunling
    close(city.open_class, 1)
    url = reverse("portal:class_drafts", args=[city.open_class.pk])
    answer = signed_in(city.manager).post(url, {"op_id": stage.op_id()})
    assert answer.status_code == 403
    assert "班次已结班" in answer.content.decode()


def test_sec_06_a_grant_that_ends_closes_the_page_at_once(cast):
    city = cast.yunling
    client, url = signed_in(city.staff), reverse("portal:class_page", args=[city.training_class.pk])
    assert client.get(url).status_code == 200
    city.staff.grants.update(until=timezone.localdate() - timedelta(days=1))
    assert client.get(url).status_code == 404


def test_sec_06_a_disabled_account_is_out_at_its_next_request(cast):
    city = cast.yunling
    client, url = signed_in(city.staff), reverse("portal:home")
    assert client.get(url).status_code == 200
    type(city.staff).objects.filter(pk=city.staff.pk).update(is_active=False)
    assert client.get(url)["Location"].startswith(reverse("portal:sign_in"))


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("trainees_cadre", "id_number_index__startswith"),
        ("trainees_cadre", "id_number_sealed__contains"),
        ("trainees_cadre", "phone_sealed__gt"),
        ("trainees_cadre", "account__password__startswith"),
        ("training_enrolment", "cadre__id_number_index"),
        ("organization_account", "password__startswith"),
        ("reports_document", "token__startswith"),
    ],
)
def test_sec_32_sealed_columns_answer_no_question(cast, model, lookup):
    url = reverse(f"admin:{model}_changelist")
    assert signed_in(cast.yunling.staff).get(url, {lookup: "1"}).status_code == 400


def test_sec_15_every_admin_page_has_the_scoped_base():
    for model, page in admin.site._registry.items():
        assert isinstance(page, ScopedAdmin), model
        assert "delete_selected" not in page.actions, model
        assert not page.admin_site.actions, "an action for every model"


def test_sec_15_every_action_declares_its_permission(rf, cast):
    request = rf.get("/")
    request.user = cast.yunling.staff
    for model, page in admin.site._registry.items():
        for name in page.actions:
            assert getattr(getattr(page, name), "allowed_permissions", None), f"{model} {name}"


def test_sec_15_no_row_is_called_by_its_id_number(cast):
    """`str` of a row stands in check boxes and titles."""
    numbers = [person.open_id_number() for person in cast.yunling.cadres]
    for label, find in stage.ADMIN_OBJECTS.items():
        model = next(model for model in admin.site._registry if model._meta.label == label)
        shown = str(model._default_manager.get(pk=find(cast.yunling)))
        assert not any(number in shown for number in numbers), label


def test_sec_31_the_full_number_only_with_a_reason_and_in_the_log(cast):
    city, cadre = cast.yunling, cast.yunling.cadres[0]
    client, url = signed_in(city.staff), reverse("admin:trainees_cadre_unmask", args=[cadre.pk])
    number = cadre.open_id_number()
    assert number not in client.get(url).content.decode()
    refused = client.post(url, {"op_id": stage.op_id(), "reason": "看看"}).content.decode()
    assert number not in refused and "理由至少五个字" in refused
    shown = client.post(url, {"op_id": stage.op_id(), "reason": "核对调训名单"}).content.decode()
    assert number in shown
    entry = AuditEntry.objects.get(event="cadre.unmask")
    assert (entry.actor_id, entry.object_id, entry.reason) == (city.staff.pk, str(cadre.pk), "核对调训名单")
    assert number not in str(entry.after) + str(entry.before)


def test_sec_19_forms_name_their_fields():
    """No form of a model takes whatever the model has."""
    for app in APPS:
        for file in (Path(project.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "fields":
                    assert not (isinstance(node.value, ast.Constant) and node.value.value == "__all__"), file


def test_sealed_names_exist():
    """A renamed column must not slip out of the list."""
    columns = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    assert columns >= SEALED
