"""Whatever the grants and the trees: what `visible_to` gives is what DOMAIN.md's table says, for every model."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from hypothesis import Phase, given, settings

from core.scope import ScopedQuerySet, any_of
from organization.models import Account
from organization.reasons import reasons
from tests.access.scope_table import RULES, Eyes
from tests.access.world import Plan, build, plans

pytestmark = pytest.mark.django_db
QUICK = (Phase.reuse, Phase.generate)  # an example writes thirty tables: shrinking one would take minutes


def test_every_scoped_model_has_a_rule():
    scoped = {model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")}
    assert scoped == set(RULES)


def seen(plan: Plan, who: int) -> dict[str, list[int]]:
    """Places of the rows that the account sees, by model."""
    account = Account.objects.get(pk=plan.rows[Account][who].pk)
    found = {}
    model: Any
    for model in RULES:
        keys = set(model._default_manager.visible_to(account).values_list("pk", flat=True))
        found[model.__name__] = [place for place, row in enumerate(plan.rows[model]) if row.pk in keys]
    return found


def expected(plan: Plan, who: int) -> dict[str, list[int]]:
    eyes = Eyes(plan, who)
    return {
        model.__name__: [place for place in range(len(plan.rows[model])) if plan.active[who] and rule(eyes, place)]
        for model, rule in RULES.items()
    }


@settings(max_examples=25, phases=QUICK)
@given(plans())
def test_sec_17_what_is_seen_is_what_the_table_says(plan):
    with transaction.atomic():
        build(plan, timezone.localdate())
        for who in range(len(plan.active)):
            assert seen(plan, who) == expected(plan, who)
        transaction.set_rollback(True)


@settings(max_examples=4, phases=QUICK)
@given(plans())
def test_the_reasons_never_differ_from_the_scope(plan):
    """A row has a reason exactly when it is seen, and every reason alone is enough."""
    scoped = [model for model in RULES if issubclass(type(model._default_manager.all()), ScopedQuerySet)]
    with transaction.atomic():
        build(plan, timezone.localdate())
        for who in plan.rows[Account]:
            access = Account.objects.get(pk=who.pk).access
            for model in scoped:
                visible = set(
                    model._default_manager.filter(any_of(model._default_manager.all().ways(access))).values_list(
                        "pk", flat=True
                    )
                )
                explained = {
                    row.pk for row in plan.rows[model] if reasons(model._default_manager.filter(pk=row.pk), access)
                }
                assert explained == visible, model
        transaction.set_rollback(True)
