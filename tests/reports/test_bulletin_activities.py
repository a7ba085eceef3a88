"""What a class did beside its lectures stands in its bulletin; what was cancelled does not."""

import pytest

from reports.gathering.surroundings import activities_of
from reports.papers.bulletin_wording import activities
from reports.papers.figures import ActivityCount
from tests import factories as make
from training.models import Activity, ActivityPart

pytestmark = pytest.mark.django_db


def test_activities_by_kind_without_those_cancelled():
    office = make.unit("YL", "云岭市委组织部")
    one = make.training_class(office, "春季班", "YL-01")
    people = [make.enrolment(one, make.cadre(name, office, office), at) for at, name in enumerate(("甲一", "乙二"), 1)]
    for kind, title, cancelled in (
        ("reading", "好书共读", ""), ("forum", "论坛一", ""), ("forum", "论坛二", ""), ("contest", "比武", "场地检修"),
    ):  # fmt: skip
        made = Activity.objects.create(training_class=one, kind=kind, title=title, date=one.start, cancelled=cancelled)
        ActivityPart.objects.bulk_create(ActivityPart(activity=made, enrolment=who) for who in people)
    found = activities_of(one)
    assert found == (ActivityCount("学员论坛", 2, 4), ActivityCount("读书分享", 1, 2))
    assert activities(found) == ["培训期间开展学员论坛2次、读书分享1次，累计参加6人次。"]


def test_a_class_without_activities_says_nothing():
    assert activities(()) == []
