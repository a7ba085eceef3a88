"""A day that is kept stands in its field when the page is opened again: browsers read 2026-03-02 only."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, CourseCategory
from training.services.activities import ActivityFacts, add_activity

pytestmark = pytest.mark.django_db


def test_the_day_of_an_activity(yunling, client_of):
    one = yunling.open_class
    made = add_activity(one, ActivityFacts("forum", "学员论坛", one.start), {}, actor=yunling.manager)
    page = client_of(yunling.manager).get(reverse("portal:activity_edit", args=[one.pk, made.pk]))
    assert f'value="{one.start.isoformat()}"' in page.content.decode()


def test_the_days_of_a_course(yunling, client_of):
    category = CourseCategory.objects.first() or CourseCategory.objects.create(name="理论教育", kind="theory")
    facts = {"title": "经典导读", "category": category, "hours": 3, "form": "lecture", "retired": date(2026, 3, 2)}
    course = Course.objects.create(unit=yunling.root, **facts)
    page = client_of(yunling.staff).get(reverse("portal:catalogue_entry", args=["courses", course.pk])).content.decode()
    assert 'value="2026-03-02"' in page
    assert f'value="{timezone.localdate().isoformat()}"' in page
