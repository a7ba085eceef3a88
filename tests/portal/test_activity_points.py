"""记分 of an activity through its page: the form holds what was given, so that a second press takes nothing away."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from assessments.models import ScoreEntry
from assessments.services.awarding import award_activity
from core.keys import new_key
from tests import factories as make
from training.models import Enrolment
from training.services.activities import ActivityFacts, add_activity, change_activity

pytestmark = pytest.mark.django_db


def test_giving_points_again_after_a_change_starts_from_those_given(yunling, client_of):
    one, manager = yunling.open_class, yunling.manager
    for place, person in enumerate(yunling.cadres[1:], 2):
        make.enrolment(one, person, place, state="reported")
    first, second, third = Enrolment.objects.of_class(one)
    item, facts = make.item("加分项"), ActivityFacts("forum", "学员论坛", one.start)
    made = add_activity(one, facts, {first.pk: "spoke", second.pk: "took_part"}, actor=manager)
    award_activity(made, item, {"spoke": Decimal(2), "took_part": Decimal("0.5")}, actor=manager)
    change_activity(made, facts, {first.pk: "spoke", second.pk: "took_part", third.pk: "took_part"}, actor=manager)
    page = client_of(manager).get(reverse("portal:activity", args=[one.pk, made.pk]))
    award = page.context["award"]
    shown = {part["key"]: part["points"] for part in award["parts"]}
    assert shown == {"took_part": "0.5", "spoke": "2", "organised": "", "awarded": ""}
    assert [one["key"] for one in award["items"] if one["chosen"]] == [item.pk]
    body = page.content.decode()
    assert 'value="0.5"' in body and re.search(rf'value="{item.pk}"\s+selected', body)
    sent = {"op_id": str(new_key()), "item": item.pk} | {f"points-{part}": points for part, points in shown.items()}
    client_of(manager).post(award["url"], sent)
    standing = ScoreEntry.objects.filter(activity=made).standing()
    assert sorted(standing.values_list("points", flat=True)) == [Decimal("0.50"), Decimal("0.50"), Decimal(2)]
