"""Pages of what a class lives through: the number of queries does not grow with sessions, people, activities or courses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, CourseCategory, Room, Teacher
from portal.pages.timetable import Timetable, warnings
from tests import factories as make
from training.models import Activity, CommitteeElection, Holiday, Session

pytestmark = pytest.mark.django_db

TABS = (
    "class_timetable", "timetable_print", "timetable_copy", "session_add", "class_activities", "activity_add",
    "election_add", "class_groups",
)  # fmt: skip
LISTS = ("courses", "teachers", "rooms")


def add_people(one, city, places) -> None:
    for place in places:
        make.enrolment(one, make.cadre(f"后来者{place}", city.sibling, city.root), place, state="reported")


def add_to_catalogue(city, numbers) -> None:
    category = CourseCategory.objects.get_or_create(name="理论教育", defaults={"kind": "theory"})[0]
    for number in numbers:
        teacher = Teacher.objects.create(unit=city.root, name=f"讲师{number}", kind=Teacher.Kind.choices[0][0])
        Room.objects.create(unit=city.root, name=f"第{number}教室", capacity=2)
        course = Course.objects.create(unit=city.root, title=f"第{number}课", category=category, hours=3)
        course.teachers.add(teacher)


def add_lessons(one, city, numbers) -> None:
    """Linked sessions that each give warnings: a holiday, a small room, a text that is also in another class."""
    other = make.training_class(city.root, f"{city.word}另一班{numbers[0]}", f"{city.word}-X{numbers[0]}")
    for number in numbers:
        begin = timezone.localtime().replace(hour=9) + timedelta(days=400 + number)
        facts = {"title": f"第{number}讲", "hours": Decimal(3), "teacher_name": "穆教授", "period": 1, "number": number}
        room, teacher = Room.objects.get(name=f"第{number}教室"), Teacher.objects.get(name=f"讲师{number}")
        links = {"room": room, "teacher": teacher, "span": DateTimeTZRange(begin, begin + timedelta(hours=3))}
        Session.objects.create(training_class=one, date=begin.date(), **facts, **links)
        Session.objects.create(training_class=other, date=begin.date(), **facts)
        Holiday.objects.create(date=begin.date(), kind=Holiday.Kind.OFF, name=f"节日{number}")


def add_activities(one, numbers) -> None:
    seats = list(one.enrolments.order_by("position"))
    for number in numbers:
        held = Activity.objects.create(training_class=one, kind="forum", title=f"论坛{number}", date=one.start)
        held.parts.bulk_create(held.parts.model(activity=held, enrolment=who, part="spoke") for who in seats)
        vote = CommitteeElection.objects.create(training_class=one, post=f"委员{number}", date=one.start, voters=9)
        vote.counts.create(enrolment=seats[number % len(seats)], votes=5, elected=True)


def fill(city, numbers) -> None:
    one = city.open_class
    add_people(one, city, [10 + number for number in numbers])
    add_to_catalogue(city, numbers)
    add_lessons(one, city, numbers)
    add_activities(one, numbers)
    former = make.training_class(city.root, f"往期{numbers[0]}班", f"W-{numbers[0]}")
    make.class_role(city.manager, former)
    make.session(former, 0)


def test_the_tabs_of_a_class_have_a_fixed_number(yunling, client_of, query_count):
    client, one = client_of(yunling.manager), yunling.open_class
    urls = [reverse(f"portal:{name}", args=[one.pk]) for name in TABS] + [
        f"{reverse('portal:class_groups', args=[one.pk])}?groups=2"
    ]
    fill(yunling, [1])
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    fill(yunling, [2, 3, 4])
    fill(yunling, [5])
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
    assert max(few) <= 25, dict(zip(urls, few, strict=True))


def test_warnings_ask_in_a_fixed_number(yunling, query_count):
    one = yunling.open_class

    def asked() -> int:
        table = Timetable.of(one)
        return query_count(lambda: warnings(table))

    fill(yunling, [1])
    few = asked()
    fill(yunling, [2, 3, 4])
    assert asked() == few <= 3
    assert len(warnings(Timetable.of(one))) >= 4


@pytest.mark.parametrize("kind", LISTS)
def test_the_catalogue_has_a_fixed_number(yunling, client_of, query_count, kind):
    client = client_of(yunling.staff)
    urls = [reverse("portal:catalogue", args=[kind]), reverse("portal:catalogue_export", args=[kind])]
    add_to_catalogue(yunling, [1])
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    add_to_catalogue(yunling, [2, 3, 4])
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
