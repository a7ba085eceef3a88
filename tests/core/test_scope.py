"""The guard: people's data without `visible_to` raises inside a request, and only there."""

import pytest
from django.http import Http404

from core.operations import intention
from core.scope import ScopeError, get_in_scope, guarded, unscoped
from organization.models import Account
from trainees.models import Cadre

pytestmark = pytest.mark.django_db

EVALUATIONS = {
    "list": list,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.filter(pk__isnull=True).get(),
    "iterator": lambda rows: list(rows.iterator()),
    "aggregate": lambda rows: rows.aggregate(),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.delete(),
    "values": lambda rows: list(rows.values_list("pk")),
    "len": len,
    "bool": bool,
    "in_bulk": lambda rows: rows.in_bulk([]) or rows.in_bulk(),
}


@pytest.mark.parametrize("evaluate", EVALUATIONS.values(), ids=EVALUATIONS)
def test_sec_18_every_way_to_evaluate_raises_in_a_request(evaluate):
    with guarded(), pytest.raises(ScopeError):
        evaluate(Cadre.objects.filter(name="谁"))


def test_outside_a_request_nothing_raises():
    assert Cadre.objects.count() == 0


def test_scoped_queries_stay_scoped_when_refined():
    nobody = Account.objects.create(username="nobody")
    with guarded():
        assert list(Cadre.objects.visible_to(nobody).filter(name="谁").order_by("pinyin")[:5]) == []
        assert Cadre.objects.unscoped("a test that says why").count() == 0


def test_a_service_may_ask_what_it_needs():
    @intention
    def serve():
        return Cadre.objects.count()

    with guarded():
        assert serve() == 0
        with pytest.raises(ScopeError):
            Cadre.objects.count()


def test_lifting_the_guard_needs_a_reason():
    with pytest.raises(ValueError), unscoped("why"):
        pass
    with pytest.raises(ValueError):
        Cadre.objects.unscoped("")


def test_out_of_scope_is_not_found():
    nobody = Account.objects.create(username="nobody")
    with pytest.raises(Http404):
        get_in_scope(Cadre.objects.all(), nobody, name="谁")
