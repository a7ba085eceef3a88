"""A session that is chosen from the catalogue brings what the catalogue says of it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.keys import new_key
from courses.models import Course, CourseCategory, Teacher
from training.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(yunling):
    category = CourseCategory.objects.get_or_create(name="理论教育", defaults={"kind": "theory"})[0]
    made = Course.objects.create(
        unit=yunling.root, title="经典著作导读", category=category, hours=Decimal(3), form=Course.Form.DISCUSSION
    )
    made.teachers.add(Teacher.objects.create(unit=yunling.root, name="柳清如"))
    return made


def send(client, one, **more):
    data = {"op_id": str(new_key()), "date": one.start.isoformat(), "period": 3, **more}
    return client.post(reverse("portal:session_add", args=[one.pk]), data)


def test_what_is_left_empty_follows_the_course(yunling, client_of, course):
    answer = send(client_of(yunling.manager), yunling.open_class, course=course.pk)
    assert answer.status_code == 302
    made = Session.objects.get(course=course)
    assert (made.title, made.hours, made.category_name, made.form, made.teacher_name) == (
        "经典著作导读", Decimal(3), "理论教育", "研讨式", "柳清如",
    )  # fmt: skip


def test_what_is_filled_in_stands(yunling, client_of, course):
    send(client_of(yunling.manager), yunling.open_class, course=course.pk, hours="2", teacher_name="外请专家")
    made = Session.objects.get(course=course)
    assert (made.hours, made.teacher_name, made.teacher) == (Decimal(2), "外请专家", None)


def test_without_a_course_the_hours_are_asked_for(yunling, client_of):
    answer = send(client_of(yunling.manager), yunling.open_class, title="研讨")
    assert answer.status_code == 200
    assert "请填写学时" in answer.content.decode()
