"""Nobody confirms, shows or amends what they have not seen: a page's acts carry the revision it showed (REL-04)."""

import re

import pytest
from django.urls import reverse

from assessments.models import Result
from core.keys import new_key
from reports.models import Document
from training.models import TrainingClass

pytestmark = pytest.mark.django_db


def send(client, page, pk, **data):
    return client.post(reverse(f"portal:{page}", args=[pk]), {"op_id": str(new_key()), **data})


@pytest.fixture
def somebody_else_was_quicker(yunling):
    """The department looked at revision 0; a corrected workbook came in meanwhile."""
    one = yunling.open_class
    TrainingClass.objects.filter(pk=one.pk).update(revision=1)
    return one


def test_rel_04_scores_that_changed_since_are_not_confirmed(yunling, client_of, somebody_else_was_quicker):
    one = somebody_else_was_quicker
    answer = send(client_of(yunling.staff), "results_confirm", one.pk, seen=0)
    assert answer.status_code == 409
    assert "第 0 次修订，现在是第 1 次" in answer.content.decode()
    assert not Result.objects.filter(training_class=one, state=Result.State.CONFIRMED).exists()
    assert not Document.objects.filter(training_class=one, state=Document.State.ISSUED).exists()
    assert send(client_of(yunling.staff), "results_confirm", one.pk, seen=1).status_code == 302


def test_scores_that_changed_since_are_not_shown(yunling, client_of, somebody_else_was_quicker):
    one = somebody_else_was_quicker
    states = set(Result.objects.filter(training_class=one).values_list("state", flat=True))
    assert send(client_of(yunling.staff), "results_show", one.pk, seen=0).status_code == 409
    assert set(Result.objects.filter(training_class=one).values_list("state", flat=True)) == states


def test_rel_04_a_confirmed_class_that_changed_since_is_not_amended(yunling, client_of):
    one = yunling.training_class
    TrainingClass.objects.filter(pk=one.pk).update(revision=one.revision + 1)
    answer = send(client_of(yunling.staff), "results_amend", one.pk, seen=one.revision, reason="补记课堂纪律")
    assert answer.status_code == 409


def test_leave_is_not_let_pass_for_a_result_that_changed_since(yunling, client_of):
    who = yunling.open_enrolment
    Result.objects.filter(enrolment=who).update(version=2)
    answer = send(client_of(yunling.staff), "result_leave", who.pk, seen=1, reason="援藏任务经批准")
    assert answer.status_code == 409
    who.refresh_from_db()
    assert who.override_reason == ""


def test_drafts_of_scores_that_changed_since_are_not_made(yunling, client_of, somebody_else_was_quicker):
    one = somebody_else_was_quicker
    assert send(client_of(yunling.staff), "class_drafts", one.pk, seen=0).status_code == 409
    assert not Document.objects.filter(training_class=one).exists()
    assert send(client_of(yunling.staff), "class_drafts", one.pk, seen=1).status_code == 302


@pytest.mark.parametrize("page", ["results_confirm", "results_show", "class_drafts"])
def test_without_a_revision_nothing_is_done(yunling, client_of, page):
    assert send(client_of(yunling.staff), page, yunling.open_class.pk).status_code == 400


def test_the_page_carries_the_revision_it_shows(yunling, client_of):
    one = yunling.open_class
    TrainingClass.objects.filter(pk=one.pk).update(revision=7)
    body = client_of(yunling.staff).get(reverse("portal:class_results", args=[one.pk])).content.decode()
    assert set(re.findall(r'name="seen" value="([^"]*)"', body)) == {"7"}
