"""The number of queries of a page does not grow with its rows (ARCHITECTURE.md, "Growth")."""

from decimal import Decimal

import pytest
from django.urls import reverse

from assessments.models import WorkbookImport
from assessments.services import score_class
from core.files import keep
from core.keys import new_key
from tests import factories as make

pytestmark = pytest.mark.django_db

CLASS_TABS = (
    "class_page",
    "class_closing",
    "class_hours_export",
    "class_roster",
    "class_results",
    "class_files",
    "class_satisfaction",
    "result_detail",
)
ADMIN_LISTS = (
    "organization_unit", "organization_account", "organization_grant", "trainees_cadre", "training_trainingclass",
    "training_classrole", "training_enrolment", "training_session", "training_attendancemark", "assessments_scoreentry",
    "assessments_result", "assessments_exam", "assessments_workbookimport", "assessments_item", "reports_document",
)  # fmt: skip


def add_class(city, number: int) -> None:
    """Another class of three new people, with all records, imports and documents."""
    days = {"start": f"2026-0{number}-01", "end": f"2026-0{number}-05"}
    one = make.training_class(city.root, f"{city.word}第{number}期研修班", f"{city.word}-{number}", **days)
    one.refresh_from_db()
    make.class_role(city.manager, one)
    people = [make.cadre(f"新学员{number}{place}", city.bureau, city.root) for place in range(3)]
    seats = [make.enrolment(one, person, place) for place, person in enumerate(people, 1)]
    for who in seats:
        make.mark(who, make.session(one, who.position))
        make.entry(who, "课堂互动", "1", "发言")
    make.exams(one, seats, ["90", "91", "92"])
    make.assessment(one)
    score_class(one, actor=city.staff)
    make.document(one, "letter", 30 + number, "函", unit=city.bureau, number=30 + number)
    add_import(city, one)


def add_import(city, one) -> None:
    WorkbookImport.objects.create(
        unit=city.root, training_class=one, file=keep(b"x"), file_name="a.xlsx", state="committed",
        faults={"errors": [], "warnings": [], "notices": [], "class": None}, uploaded_by_id=new_key(),
    )  # fmt: skip


def add_trainees(city) -> None:
    """Three more in the city's class, with records, results and documents; their kinds were there before."""
    one = city.training_class
    sessions = list(one.sessions.all())
    for place in range(4, 7):
        who = make.enrolment(one, make.cadre(f"后来者{place}", city.sibling, city.root), place)
        make.mark(who, sessions[0])
        make.entry(who, "课堂互动", "1", "发言")
        first = one.results.first()
        one.results.create(
            enrolment=who, scheme=first.scheme, state="confirmed", points=first.points, base=first.base, rank=place,
            total=Decimal(80), grade="良好", explanation=first.explanation, leave_hours=0, attended_hours=16,
        )  # fmt: skip
        make.document(one, "sheet", 40 + place, "单", unit=who.unit, enrolment=who, number=40 + place)


@pytest.mark.parametrize("part", ["staff", "manager", "leader", "liaison", "trainee"])
def test_lists_and_homes_have_a_fixed_number(yunling, client_of, query_count, part):
    client = client_of(yunling.accounts[part])
    names = ["home", "search", "styleguide"] + (
        ["class_list", "class_list_export", "class_unclosed", "class_unclosed_export"]
        if part in ("staff", "manager")
        else []
    )
    urls = [reverse(f"portal:{name}") + ("?q=x" if name == "search" else "") for name in names]
    add_class(yunling, 1)
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    for number in (7, 8, 9):
        add_class(yunling, number)
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few


@pytest.mark.parametrize("part", ["staff", "manager"])
def test_the_tabs_of_a_class_have_a_fixed_number(yunling, client_of, query_count, part):
    client = client_of(yunling.accounts[part])
    who = yunling.enrolments[0].pk
    urls = [
        reverse(f"portal:{name}", args=[who if name == "result_detail" else yunling.training_class.pk])
        for name in CLASS_TABS
    ]
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    add_trainees(yunling)
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few


def test_a_tab_of_a_class_is_cheap(yunling, client_of, query_count):
    """What a page may cost in queries: session, account, grants, frame (3), class, door, and its own."""
    client = client_of(yunling.staff)
    counts = {
        name: query_count(lambda name=name: client.get(reverse(f"portal:{name}", args=[yunling.training_class.pk])))
        for name in CLASS_TABS[:7]
    }
    assert max(counts.values()) <= 22, counts


@pytest.mark.parametrize("name", ADMIN_LISTS)
def test_admin_lists_have_a_fixed_number(yunling, client_of, query_count, name):
    client, url = client_of(yunling.staff), reverse(f"admin:{name}_changelist")
    add_class(yunling, 1)
    few = query_count(lambda: client.get(url))
    add_class(yunling, 8)
    add_class(yunling, 9)
    assert query_count(lambda: client.get(url)) == few
